/** Shader programs from shaders/*.vert and *.frag, each with the look's numbers and view.glsl before it. */

import accountFrag from "../../../shaders/account.frag";
import accountVert from "../../../shaders/account.vert";
import arteryFrag from "../../../shaders/artery.frag";
import arteryVert from "../../../shaders/artery.vert";
import ribbon from "../../../shaders/ribbon.glsl";
import smoothFrag from "../../../shaders/smooth.frag";
import smoothVert from "../../../shaders/smooth.vert";
import threadFrag from "../../../shaders/thread.frag";
import threadVert from "../../../shaders/thread.vert";
import view from "../../../shaders/view.glsl";
import { constants } from "../look";
import { WIDTH } from "./textures";

/** What is drawn; `picked` programs draw rows instead of colours. */
export type Drawn = "accounts" | "tubes" | "beaded" | "threads";
export type Kind = Drawn | `picked ${Drawn}` | "smooth";

export interface Program {
  program: WebGLProgram;
  uniform(name: string): WebGLUniformLocation | null;
}

export type Programs = (kind: Kind) => Program;

const SAMPLERS = ["lists", "curves", "states", "positions", "picture"];
/** The unit that each texture is bound to, in every program. */
export const UNIT: Record<string, number> = Object.fromEntries(SAMPLERS.map((name, unit) => [name, unit]));

const SOURCES: Record<Drawn | "smooth", [vertex: string, fragment: string, defines: string]> = {
  accounts: [accountVert, accountFrag, ""],
  tubes: [ribbon + arteryVert, arteryFrag, ""],
  beaded: [ribbon + arteryVert, arteryFrag, "#define BEADED\n"],
  threads: [ribbon + threadVert, threadFrag, ""],
  smooth: [smoothVert, smoothFrag, ""],
};

function sourceOf(kind: Kind): [string, string, string] {
  if (!kind.startsWith("picked ")) return SOURCES[kind as Drawn];
  const [vertex, fragment] = SOURCES[kind.slice("picked ".length) as Drawn];
  return [vertex, fragment, "#define PICKED\n"];
}

const numbers = (): string =>
  Object.entries(constants)
    .map(([name, value]) => `const float ${name} = ${value.toFixed(7)};`)
    .join("\n");

function compile(gl: WebGL2RenderingContext, type: number, defines: string, source: string): WebGLShader {
  const shader = gl.createShader(type)!;
  const head = `#version 300 es\n${defines}precision highp float;\nprecision highp int;\nconst uint WIDTH = ${WIDTH}u;\n`;
  gl.shaderSource(shader, `${head}${numbers()}\n${view}\n${source}`);
  gl.compileShader(shader);
  return shader;
}

/** Starts the compilers; whether they were content is only asked when the program is used, as asking waits for them. */
function link(gl: WebGL2RenderingContext, kind: Kind): () => Program {
  const [vertex, fragment, defines] = sourceOf(kind);
  const program = gl.createProgram()!;
  const shaders = [compile(gl, gl.VERTEX_SHADER, defines, vertex), compile(gl, gl.FRAGMENT_SHADER, defines, fragment)];
  for (const shader of shaders) gl.attachShader(program, shader);
  gl.linkProgram(program);
  return () => {
    if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
      const said = [gl.getProgramInfoLog(program), ...shaders.map((shader) => gl.getShaderInfoLog(shader))];
      throw new Error(`WebGL2 could not compile ${kind}: ${said.filter(Boolean).join(" ")}`);
    }
    for (const shader of shaders) gl.deleteShader(shader);
    const locations = new Map<string, WebGLUniformLocation | null>();
    const uniform = (name: string) => {
      if (!locations.has(name)) locations.set(name, gl.getUniformLocation(program, name));
      return locations.get(name)!;
    };
    gl.useProgram(program);
    for (const name of SAMPLERS) if (uniform(name)) gl.uniform1i(uniform(name), UNIT[name]);
    const block = gl.getUniformBlockIndex(program, "View");
    if (block !== gl.INVALID_INDEX) gl.uniformBlockBinding(program, block, 0);
    return { program, uniform };
  };
}

/** What every picture needs. */
export const FIRST = ["accounts", "tubes", "beaded", "threads"] as const;

/** All programs of a context; those of the picture start compiling at once, side by side. */
export function makePrograms(gl: WebGL2RenderingContext): Programs {
  const linking = new Map<Kind, () => Program>();
  const ready = new Map<Kind, Program>();
  for (const kind of FIRST) linking.set(kind, link(gl, kind));
  return (kind) => {
    if (!ready.has(kind)) ready.set(kind, (linking.get(kind) ?? link(gl, kind))());
    return ready.get(kind)!;
  };
}
