/** Reads what lies under a point from a picture of rows, which is drawn only when asked for after a change. */

import { nearest, type Patch } from "../nearest";
import type { Hit } from "../renderer";

const ROW_BYTES = 256;

/** `draw` adds what has to be drawn before. */
export async function readPick(
  device: GPUDevice,
  rows: GPUTexture,
  patch: Patch,
  draw: (encoder: GPUCommandEncoder) => void,
): Promise<Hit | null> {
  const { left, top, width, height } = patch;
  const { COPY_DST, MAP_READ } = GPUBufferUsage;
  const buffer = device.createBuffer({ label: "pick", size: ROW_BYTES * height, usage: COPY_DST | MAP_READ });
  try {
    const encoder = device.createCommandEncoder({ label: "pick" });
    draw(encoder);
    encoder.copyTextureToBuffer({ texture: rows, origin: [left, top] }, { buffer, bytesPerRow: ROW_BYTES }, [width, height]);
    device.queue.submit([encoder.finish()]);
    await buffer.mapAsync(GPUMapMode.READ);
    const values = new Uint32Array(buffer.getMappedRange());
    return nearest((column, line) => values[(line * ROW_BYTES) / 4 + column], patch);
  } finally {
    buffer.destroy();
  }
}
