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
    ghosts: 0,
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

/** The message that carries a scene whole, with its channels as of `frame`; frames/protocol.py says how. */
export function sceneMessage(scene: Scene, frame: number) {
  const { id, accounts, edges, ghosts, flat, positions, sizes, source, target, bend, channels } = scene;
  const arrays = { positions, sizes, source, target, bend, channels };
  const dtypes = { positions: "f4", sizes: "u1", source: "u2", target: "u2", bend: "i1", channels: "u1" };
  const [sections, bytes]: [object[], number[]] = [[], []];
  for (const [name, array] of Object.entries(arrays)) {
    sections.push({ name, dtype: dtypes[name as keyof typeof dtypes], shape: [array.length], offset: bytes.length });
    bytes.push(...new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
    while (bytes.length % 4) bytes.push(0);
  }
  const head = { accounts, edges, ghosts, flat, labels: [], frame, sections };
  return [{ kind: "scene", v: 1, scene: id, part: 0, parts: 1, bytes: bytes.length, head }, [new DataView(Uint8Array.from(bytes).buffer)]] as const;
}

/** Times of each artery's transfers, in seconds. */
export function timesOf(lists: number[][]): Times {
  const offsets = Uint32Array.from([0, ...lists.map(((sum) => (list: number[]) => (sum += list.length))(0))]);
  return { offsets, at: Uint32Array.from(lists.flat(), (t) => t + 1000), start: -1000 };
}
