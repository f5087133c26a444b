/** Reads what lies under a point from a picture of rows, without making the page wait for the GPU. */

import type { Hit } from "../renderer";
import { nearest, REACH } from "../nearest";
import type { Size } from "./target";
import { finished } from "./wait";

/** `x` and `y` in pixels from the upper left corner; the framebuffer with rows is bound for reading. */
export async function readPick(gl: WebGL2RenderingContext, size: Size, x: number, y: number): Promise<Hit | null> {
  const left = Math.max(0, Math.floor(x) - REACH);
  const bottom = Math.max(0, size.height - 1 - Math.floor(y) - REACH);
  const width = Math.min(2 * REACH + 1, size.width - left);
  const height = Math.min(2 * REACH + 1, size.height - bottom);
  if (width <= 0 || height <= 0) return null;
  const packed = gl.createBuffer();
  // Of integer formats only four to a pixel can be read everywhere.
  const values = new Uint32Array(4 * width * height);
  gl.bindBuffer(gl.PIXEL_PACK_BUFFER, packed);
  gl.bufferData(gl.PIXEL_PACK_BUFFER, values.byteLength, gl.STREAM_READ);
  gl.readPixels(left, bottom, width, height, gl.RGBA_INTEGER, gl.UNSIGNED_INT, 0);
  gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
  const done = await finished(gl);
  if (done) {
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, packed);
    gl.getBufferSubData(gl.PIXEL_PACK_BUFFER, 0, values);
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
  }
  gl.deleteBuffer(packed);
  const at = (column: number, line: number) => values[4 * ((height - 1 - line) * width + column)];
  const top = size.height - bottom - height;
  return done ? nearest(at, Math.floor(x) - left, Math.floor(y) - top, width, height) : null;
}
