/**
 * Draws a tiny picture that nobody sees, once a page, while the kernel still measures: drivers compile a shader when it
 * is first drawn with, and that would otherwise delay the first picture.
 */

import type { makeRenderer } from "./ladder";
import type { View } from "./renderer";
import type { Scene } from "./scene";

/** Two accounts, joined by a thread, a tube and an alert. */
const SCENE: Scene = {
  ...{ id: "rehearsal", accounts: 2, edges: 3, ghosts: 0, flat: false, labels: [] },
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

/** Whether this page has begun, whichever copy of this module it was. */
const KEY = Symbol.for("archivit.rehearsed.1");
const page = globalThis as unknown as Record<symbol, boolean>;

/** Keeps all that was compiled until the returned function is called. */
export async function prepare(make: typeof makeRenderer): Promise<() => void> {
  const begun = page[KEY];
  page[KEY] = true;
  const { renderer } = await make(document.createElement("canvas"), () => undefined);
  if (!renderer) return () => undefined;
  try {
    if (!begun) {
      renderer.setScene(SCENE);
      renderer.draw(VIEW);
      await renderer.done();
    }
  } catch (error) {
    renderer.destroy();
    throw error;
  }
  return renderer.destroy;
}

/** For a copy of this module that comes later only the pipelines: the device has them, but they arrive a message later. */
export const rehearse = async (make: typeof makeRenderer): Promise<void> => (await prepare(make))();
