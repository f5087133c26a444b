/** Which arteries stand out, from the selection and the time window. */

import { Emphasis, type Scene, type Times } from "../scene";

export interface Selection {
  edges: Set<number>;
  accounts: Set<number>;
}

export type Window = [start: number, end: number];

/** First index in at[from, to) whose value is at least `value`. */
function lowerBound(at: Times["at"], from: number, to: number, value: number): number {
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (at[middle] < value) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** What lies in a window. */
export interface Inside {
  /** (edges,) 1 where a transfer does. */
  edges: Uint8Array;
  /** How many transfers do. */
  transfers: number;
}

/** What lies in [start, end): all edges are gone through for it. Ghosts come after all that is recorded, until `now`. */
export function inside(times: Times, [start, end]: Window, ghosts = 0, now = Infinity): Inside {
  const { offsets, at } = times;
  const [first, last] = [start - times.start, end - times.start];
  const known = offsets.length - 1;
  const edges = new Uint8Array(known + ghosts).fill(end >= now ? 1 : 0, known);
  let transfers = 0;
  for (let e = 0; e < known; e++) {
    const a = lowerBound(at, offsets[e], offsets[e + 1], first);
    const b = lowerBound(at, a, offsets[e + 1], last);
    edges[e] = b > a ? 1 : 0;
    transfers += b - a;
  }
  return { edges, transfers };
}

/** (accounts,) 1 where an artery that is open in the window begins or ends. */
export function ends({ accounts, source, target }: Scene, open: Uint8Array): Uint8Array {
  const active = new Uint8Array(accounts);
  for (let e = 0; e < open.length; e++) if (open[e]) active[source[e]] = active[target[e]] = 1;
  return active;
}

/** Of more selected arteries their widths say more than that each can be told. */
const FEW = 40;
const NONE: ReadonlySet<number> = new Set();

/**
 * One byte for each artery and account. Selected things and their neighbours stand out; where something is selected,
 * the rest fades, and outside the window everything fades except what is selected. While some of that is still `unlit`,
 * nothing is near: what lights up is to be seen.
 */
export function emphasise(scene: Scene, selection: Selection, window: Uint8Array | null, unlit: ReadonlySet<number> = NONE): { edges: Uint8Array; accounts: Uint8Array } {
  const { source, target } = scene;
  const edges = new Uint8Array(scene.edges);
  const accounts = new Uint8Array(scene.accounts);
  const chosen = selection.edges.size + selection.accounts.size > 0;
  if (!chosen && !window) return { edges, accounts };

  const active = window && ends(scene, window);
  const mark = selection.edges.size > FEW ? Emphasis.Selected : Emphasis.Chosen;
  const centre = new Uint8Array(scene.accounts);
  for (const row of selection.accounts) centre[row] = 1;
  if (!selection.accounts.size) for (const row of selection.edges) centre[source[row]] = centre[target[row]] = 1;
  if (chosen) accounts.fill(Emphasis.Faded);
  for (let e = 0; e < edges.length; e++) {
    const [a, b] = [source[e], target[e]];
    const open = !window || window[e];
    if (selection.edges.has(e)) edges[e] = unlit.has(e) ? Emphasis.Near : mark;
    else if (!open) edges[e] = Emphasis.Faded;
    else if (chosen) edges[e] = !unlit.size && (centre[a] || centre[b]) ? Emphasis.Near : Emphasis.Faded;
    if (chosen && edges[e] !== Emphasis.Faded) accounts[a] = accounts[b] = Emphasis.Near;
  }
  for (let a = 0; a < accounts.length; a++) {
    if (selection.accounts.has(a)) accounts[a] = Emphasis.Selected;
    else if (active && !active[a] && accounts[a] !== Emphasis.Near) accounts[a] = Emphasis.Faded;
  }
  return { edges, accounts };
}
