/** The draws of one picture: spheres, then each bucket of arteries, then alerts. */

import { SEGMENTS, type Lists } from "./cull";
import type { Gl } from "./context";
import { type Kind, UNIT } from "./programs";
import type { DataTexture } from "./textures";

export interface Textures {
  lists: DataTexture;
  curves: DataTexture;
  states: DataTexture;
  positions: DataTexture;
}

function bind(gl: WebGL2RenderingContext, textures: Textures): void {
  for (const [name, { texture }] of Object.entries(textures) as [string, DataTexture][]) {
    gl.activeTexture(gl.TEXTURE0 + UNIT[name]);
    gl.bindTexture(gl.TEXTURE_2D, texture);
  }
}

/** `style` as the framebuffer is: four samples a pixel, one, or rows. */
export function drawAll(
  { gl, programs }: Gl,
  style: "sampled" | "single" | "picked",
  textures: Textures,
  lists: Lists,
  accounts: number,
): void {
  const use = (kind: Kind) => {
    const { program, uniform } = programs(style === "picked" ? (kind === "account" ? "picked account" : "picked artery") : kind);
    gl.useProgram(program);
    gl.uniform1i(uniform("sampled"), style === "sampled" ? 1 : 0);
    return uniform;
  };
  bind(gl, textures);
  gl.enable(gl.DEPTH_TEST);
  (style === "sampled" ? gl.enable : gl.disable).call(gl, gl.SAMPLE_ALPHA_TO_COVERAGE);
  // Alpha only says how many samples are covered; what is drawn is opaque.
  gl.colorMask(true, true, true, style === "picked");
  use("account");
  gl.drawArrays(gl.TRIANGLES, 0, 3 * accounts);
  let uniform = use("artery");
  SEGMENTS.forEach((segments, k) => {
    const count = lists.starts[k + 1] - lists.starts[k];
    if (!count) return;
    if (k === SEGMENTS.length - 1) uniform = use("alert");
    gl.uniform2ui(uniform("bucket"), lists.starts[k], segments);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, count * (2 * segments + 4));
  });
  gl.colorMask(true, true, true, true);
}
