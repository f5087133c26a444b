/** Small scenes for tests of the page. */

import type { Scene, Times } from "../src/scene";

/** Accounts on a line from x = -1 to 1; arteries as pairs of rows. */
export function line(accounts: number, pairs: [number, number][]): Scene {
  const positions = new Float32Array(3 * accounts);
  for (let i = 0; i < accounts; i++) positions[3 * i] = accounts > 1 ? (2 * i) / (accounts - 1) - 1 : 0;
  return {
    id: "line",
    accounts,
    edges: pairs.length,
    positions,
    sizes: new Uint8Array(accounts).fill(100),
    source: Uint16Array.from(pairs, ([a]) => a),
    target: Uint16Array.from(pairs, ([, b]) => b),
    bend: new Int8Array(4 * pairs.length),
    channels: new Uint8Array(4 * pairs.length).fill(128).map((byte, i) => (i % 4 === 3 ? 0 : byte)),
    labels: [{ row: 0, text: "<b>first</b>" }],
    flat: false,
  };
}

/** Times of each artery's transfers, in seconds. */
export function timesOf(lists: number[][]): Times {
  const offsets = Uint32Array.from([0, ...lists.map(((sum) => (list: number[]) => (sum += list.length))(0))]);
  return { offsets, at: Uint32Array.from(lists.flat(), (t) => t + 1000), start: -1000, unit: 1 };
}
