/** The draws of one picture: spheres, tubes and alerts, which are opaque; then threads, which are translucent. */

import type { Gl } from "./context";
import { BUCKETS, type Lists } from "./cull";
import { type Drawn, UNIT } from "./programs";
import type { DataTexture } from "./textures";

/** Four samples a pixel, one (software adapters), or rows for picking. */
export type Style = "sampled" | "single" | "picked";

export interface Textures {
  lists: DataTexture;
  curves: DataTexture;
  states: DataTexture;
  positions: DataTexture;
}

export interface Drawing {
  context: Gl;
  style: Style;
  textures: Textures;
  lists: Lists;
  accounts: number;
}

function use({ context: { gl, programs }, style }: Drawing, kind: Drawn): (name: string) => WebGLUniformLocation | null {
  const { program, uniform } = programs(style === "picked" ? `picked ${kind}` : kind);
  gl.useProgram(program);
  gl.uniform1i(uniform("sampled"), style === "sampled" ? 1 : 0);
  return uniform;
}

function drawBuckets(drawing: Drawing, kind: Drawn): void {
  const { gl } = drawing.context;
  const { starts } = drawing.lists;
  const uniform = use(drawing, kind);
  BUCKETS.forEach((bucket, k) => {
    const count = starts[k + 1] - starts[k];
    if (bucket.kind !== kind || !count) return;
    gl.uniform3ui(uniform("bucket"), starts[k], bucket.segments, bucket.caps);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, count * (2 * (bucket.segments + 2 * bucket.caps) + 4));
  });
}

export function drawOpaque(drawing: Drawing): void {
  const { context, textures, style, accounts } = drawing;
  const { gl } = context;
  for (const [name, { texture }] of Object.entries(textures) as [string, DataTexture][]) {
    gl.activeTexture(gl.TEXTURE0 + UNIT[name]);
    gl.bindTexture(gl.TEXTURE_2D, texture);
  }
  gl.enable(gl.DEPTH_TEST);
  if (style === "sampled") gl.enable(gl.SAMPLE_ALPHA_TO_COVERAGE);
  // Alpha only says how many samples are covered; what is drawn is opaque.
  gl.colorMask(true, true, true, style === "picked");
  use(drawing, "accounts");
  gl.drawArrays(gl.TRIANGLES, 0, 3 * accounts);
  drawBuckets(drawing, "tubes");
  drawBuckets(drawing, "beaded");
  gl.colorMask(true, true, true, true);
  gl.disable(gl.SAMPLE_ALPHA_TO_COVERAGE);
}

/** Threads cover what lies below by their alpha. */
export function drawThreads(drawing: Drawing): void {
  const { gl } = drawing.context;
  const blends = drawing.style !== "picked";
  if (blends) {
    gl.enable(gl.BLEND);
    gl.depthMask(false);
    gl.blendFuncSeparate(gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA, gl.ZERO, gl.ONE);
  }
  drawBuckets(drawing, "threads");
  gl.depthMask(true);
  gl.disable(gl.BLEND);
}
