/** Reads what lies under a point from a picture of rows, which is drawn only when asked for after a change. */

import type { Hit } from "../renderer";

/** Pixels looked at round the point, each way: thin arteries should be easy to hit. */
const REACH = 3;
const SIDE = 2 * REACH + 1;
const ROW_BYTES = 256;
const ACCOUNT = 0x80000000;

function hitOf(value: number): Hit {
  const account = value >= ACCOUNT;
  return { kind: account ? "account" : "edge", row: (account ? value - ACCOUNT : value) - 1 };
}

/** The nearest to the middle; an account before an edge at the same distance. */
export function nearest(values: Uint32Array, left: number, top: number, width: number, height: number): Hit | null {
  let best = 0;
  let closest = Infinity;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = values[(y * ROW_BYTES) / 4 + x];
      if (!value) continue;
      const away = Math.hypot(x - left, y - top) - (value >= ACCOUNT ? 0.5 : 0);
      if (away < closest) [best, closest] = [value, away];
    }
  }
  return best ? hitOf(best) : null;
}

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
    return nearest(new Uint32Array(buffer.getMappedRange()), Math.floor(x) - left, Math.floor(y) - top, width, height);
  } finally {
    buffer.destroy();
  }
}
