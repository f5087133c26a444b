/** Reads what lies under a point from a picture of rows, which is drawn only when asked for after a change. */

import { nearest, REACH } from "../nearest";
import type { Hit } from "../renderer";

const SIDE = 2 * REACH + 1;
const ROW_BYTES = 256;

/** `x` and `y` are in pixels of the texture; `draw` adds what has to be drawn before. */
export async function readPick(
  device: GPUDevice,
  rows: GPUTexture,
  x: number,
  y: number,
  draw: (encoder: GPUCommandEncoder) => void,
): Promise<Hit | null> {
  const left = Math.max(0, Math.floor(x) - REACH);
  const top = Math.max(0, Math.floor(y) - REACH);
  const width = Math.min(SIDE, rows.width - left);
  const height = Math.min(SIDE, rows.height - top);
  if (width <= 0 || height <= 0) return null;
  const { COPY_DST, MAP_READ } = GPUBufferUsage;
  const buffer = device.createBuffer({ label: "pick", size: ROW_BYTES * SIDE, usage: COPY_DST | MAP_READ });
  try {
    const encoder = device.createCommandEncoder({ label: "pick" });
    draw(encoder);
    encoder.copyTextureToBuffer({ texture: rows, origin: [left, top] }, { buffer, bytesPerRow: ROW_BYTES }, [width, height]);
    device.queue.submit([encoder.finish()]);
    await buffer.mapAsync(GPUMapMode.READ);
    const values = new Uint32Array(buffer.getMappedRange());
    const at = (column: number, line: number) => values[(line * ROW_BYTES) / 4 + column];
    return nearest(at, Math.floor(x) - left, Math.floor(y) - top, width, height);
  } finally {
    buffer.destroy();
  }
}
