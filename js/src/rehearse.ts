/**
 * Draws a tiny picture that nobody sees, once a page, while the kernel still measures: drivers compile a shader when it
 * is first drawn with, and that would otherwise delay the first picture.
 */

import type { makeRenderer } from "./ladder";
import type { View } from "./renderer";
import type { Scene } from "./scene";

/** Two accounts, joined by a thread, a tube and an alert. */
const SCENE: Scene = {
  ...{ id: "rehearsal", accounts: 2, edges: 3, flat: false, labels: [] },
  positions: Float32Array.of(-0.5, 0, 0, 0.5, 0, 0),
  sizes: Uint8Array.of(255, 255),
  source: Uint16Array.of(0, 0, 1),
  target: Uint16Array.of(1, 1, 0),
  bend: Int8Array.of(0, 30, 0, 0, 0, 60, 0, 0, 0, 30, 0, 0),
  channels: Uint8Array.of(0, 128, 128, 0, 255, 128, 128, 0, 255, 128, 128, 255),
};

const VIEW: View = {
  camera: { yaw: 0, pitch: 0, distance: 2, target: [0, 0, 0] },
  theme: { dark: false, background: [1, 1, 1] },
  ...{ width: 32, height: 32, scale: 1, time: 0, still: false, hurried: false },
};

let begun = false;

export async function rehearse(make: typeof makeRenderer): Promise<void> {
  if (begun) return;
  begun = true;
  const { renderer } = await make(document.createElement("canvas"), () => undefined);
  if (!renderer) return;
  renderer.setScene(SCENE);
  renderer.draw(VIEW);
  await renderer.done();
  renderer.destroy();
}
