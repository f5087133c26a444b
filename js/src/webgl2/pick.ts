/** Reads what lies under a point from a picture of rows, without making the page wait for the GPU. */

import { nearest, type Patch } from "../nearest";
import type { Hit } from "../renderer";
import { finished } from "./wait";

/** The framebuffer with rows, `size.height` pixels high, is bound for reading. */
export async function readPick(gl: WebGL2RenderingContext, size: { height: number }, patch: Patch): Promise<Hit | null> {
  const { left, top, width, height } = patch;
  const packed = gl.createBuffer();
  // Of integer formats only four to a pixel can be read everywhere.
  const values = new Uint32Array(4 * width * height);
  gl.bindBuffer(gl.PIXEL_PACK_BUFFER, packed);
  gl.bufferData(gl.PIXEL_PACK_BUFFER, values.byteLength, gl.STREAM_READ);
  gl.readPixels(left, size.height - top - height, width, height, gl.RGBA_INTEGER, gl.UNSIGNED_INT, 0);
  gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
  const done = await finished(gl);
  if (done) {
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, packed);
    gl.getBufferSubData(gl.PIXEL_PACK_BUFFER, 0, values);
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
  }
  gl.deleteBuffer(packed);
  return done ? nearest((column, line) => values[4 * ((height - 1 - line) * width + column)], patch) : null;
}
