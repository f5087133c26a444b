/** Shader programs from shaders/*.vert and *.frag, each with the look's numbers and view.glsl before it. */

import accountFrag from "../../../shaders/account.frag";
import accountVert from "../../../shaders/account.vert";
import arteryFrag from "../../../shaders/artery.frag";
import arteryVert from "../../../shaders/artery.vert";
import view from "../../../shaders/view.glsl";
import { constants } from "../look";
import { WIDTH } from "./textures";

/** `picked` programs draw rows instead of colours. */
export type Kind = "artery" | "alert" | "account" | "picked artery" | "picked account";

export interface Program {
  program: WebGLProgram;
  uniform(name: string): WebGLUniformLocation | null;
}

export type Programs = (kind: Kind) => Program;

const SAMPLERS = ["lists", "curves", "states", "positions"];
/** The unit that each data texture is bound to, in every program. */
export const UNIT: Record<string, number> = Object.fromEntries(SAMPLERS.map((name, unit) => [name, unit]));

const SOURCES: Record<Kind, [string, string, string]> = {
  artery: [arteryVert, arteryFrag, ""],
  alert: [arteryVert, arteryFrag, "#define ALERT\n"],
  account: [accountVert, accountFrag, ""],
  "picked artery": [arteryVert, arteryFrag, "#define PICKED\n"],
  "picked account": [accountVert, accountFrag, "#define PICKED\n"],
};

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
  const [vertex, fragment, defines] = SOURCES[kind];
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
    gl.uniformBlockBinding(program, gl.getUniformBlockIndex(program, "View"), 0);
    return { program, uniform };
  };
}

/** All programs of a context; those of the picture start compiling at once, side by side. */
export function makePrograms(gl: WebGL2RenderingContext): Programs {
  const linking = new Map<Kind, () => Program>();
  const ready = new Map<Kind, Program>();
  for (const kind of ["account", "artery", "alert"] as const) linking.set(kind, link(gl, kind));
  return (kind) => {
    if (!ready.has(kind)) ready.set(kind, (linking.get(kind) ?? link(gl, kind))());
    return ready.get(kind)!;
  };
}
