/** The curves of all arteries, worked out once a scene: the twin of `curve_of` in shaders/curve.wgsl. */

import { look } from "../look";
import type { Scene } from "../scene";

/** Numbers an edge: a.xyz length, b.xyz chord, c.xyz bulge, d.xyz 0. */
export const STRIDE = 16;

/** (room,) float32, the first 16 * edges of them used. */
export function curvesOf(scene: Scene, room: number): Float32Array {
  const { positions, source, target, bend, edges } = scene;
  const out = new Float32Array(room);
  for (let row = 0; row < edges; row++) {
    const [s, t, k] = [3 * source[row], 3 * target[row], STRIDE * row];
    const [x, y, z] = [bend[4 * row] / 127, bend[4 * row + 1] / 127, bend[4 * row + 2] / 127];
    const reach = Math.hypot(positions[t] - positions[s], positions[t + 1] - positions[s + 1], positions[t + 2] - positions[s + 2]);
    const loops = s === t;
    for (let i = 0; i < 3; i++) {
      const a = positions[s + i];
      const along = positions[t + i] - a;
      const off = reach * (i === 0 ? x : i === 1 ? y : z);
      out[k + i] = a;
      out[k + 4 + i] = a + along / 3 + off;
      out[k + 8 + i] = a + (2 * along) / 3 + off;
      out[k + 12 + i] = positions[t + i];
    }
    if (loops) bendLoop(out, k, [x, y, z]);
    const size = Math.hypot(x, y, z);
    const chord = loops ? 2 * look.loop.most * size : reach;
    const bulge = loops ? look.loop.most * size : 0.75 * size * reach;
    out[k + 3] = chord * 1.1 + bulge * 0.7;
    out[k + 7] = chord;
    out[k + 11] = bulge;
  }
  return out;
}

/** Moves the inner points of a loop away from its account. */
function bendLoop(out: Float32Array, k: number, bend: number[]): void {
  const [x, y, z] = bend;
  const size = Math.hypot(x, y, z);
  const across = Math.abs(z) > 0.9 * size ? [0, z, -y] : [y, -x, 0];
  const long = Math.hypot(...across) || 1;
  for (let i = 0; i < 3; i++) {
    const p = (size * across[i]) / long;
    out[k + 4 + i] += look.loop.most * (bend[i] + p);
    out[k + 8 + i] += look.loop.most * (bend[i] - p);
  }
}
