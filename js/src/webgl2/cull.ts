/**
 * What is drawn of the arteries, and with how many segments: the twin of shaders/cull.wgsl, which thins by a number that
 * belongs to the row and to its width. Here edges lie sorted by that number, so that thinning is to stop early.
 */

import { axes, eye, focal, type Camera } from "../camera";
import { look, widths } from "../look";
import { leastKeep, type Quality, type Strong } from "../quality";
import { Emphasis } from "../scene";
import { STRIDE } from "./geometry";
import type { States } from "./pulse";

/** Buckets as in shaders/lod.wgsl: what each is drawn as, with how many segments, and rings that round off each end. */
export const BUCKETS = [
  { kind: "threads", segments: 2, caps: 0 },
  { kind: "threads", segments: 6, caps: 0 },
  { kind: "threads", segments: 14, caps: 0 },
  { kind: "tubes", segments: 4, caps: 2 },
  { kind: "tubes", segments: 8, caps: 2 },
  { kind: "tubes", segments: 16, caps: 2 },
  { kind: "beaded", segments: 24, caps: 0 },
] as const;
const TUBES = 3;
const BEADED = BUCKETS.length - 1;
const BINS = 1024;
const HIDDEN = 65535;
/** Layers that arteries are sorted into by depth, and how deep they are in all. */
const DEPTHS = 256;
const RANGE = 3;

/** A number 0..1 that belongs to a row (PCG; Jarzynski and Olano 2020). */
export function hash(row: number): number {
  const state = (Math.imul(row, 747796405) + 2891336453) >>> 0;
  const word = Math.imul((state >>> ((state >>> 28) + 4)) ^ state, 277803737) >>> 0;
  return (((word >>> 22) ^ word) >>> 0) / 4294967296;
}

/** Rows by how long they stay when arteries are thinned out. */
export interface Order {
  rows: Uint32Array;
  /** How many rows are drawn when a share 0..1 of the weakest is kept. */
  upTo(keep: number): number;
}

/** Alerts, ghosts and what is selected or near it always stay; of the others the strong stay longer. */
export function makeOrder({ bytes, words }: States, edges: number, ghosts: number, strong: Strong): Order {
  const bins = new Uint16Array(edges);
  const ends = new Uint32Array(BINS + 2);
  for (let row = 0; row < edges; row++) {
    const width = bytes[16 * row + 4] / 255;
    const always = row >= ghosts || bytes[16 * row + 7] >= 128 || words[4 * row + 3] >= Emphasis.Near;
    const leaves = always ? 0 : leastKeep(width, hash(row), strong);
    bins[row] = leaves <= 0 ? 0 : 1 + Math.min(BINS - 1, Math.floor(leaves * BINS));
    ends[bins[row] + 1]++;
  }
  for (let bin = 0; bin <= BINS; bin++) ends[bin + 1] += ends[bin];
  const next = ends.slice();
  const rows = new Uint32Array(edges);
  for (let row = 0; row < edges; row++) rows[next[bins[row]]++] = row;
  return { rows, upTo: (keep) => ends[Math.min(BINS, Math.round(keep * BINS)) + 1] };
}

/** Rows of each bucket, one bucket after the other: bucket k is [starts[k], starts[k + 1]), near arteries first. */
export interface Lists {
  rows: Uint32Array;
  starts: number[];
  /** Scratch: where each row goes. */
  places: Uint16Array;
}

export interface Sight {
  camera: Camera;
  aspect: number;
  /** Size of a device pixel at distance 1. */
  pixel: number;
  quality: Quality;
  /** The first row that stands in no record. */
  ghosts: number;
}

export function makeLists(edges: number, room: number): Lists {
  return { rows: new Uint32Array(room), starts: BUCKETS.map(() => 0).concat(0), places: new Uint16Array(edges) };
}

/** Fills lists with what is in sight. Near ones are drawn first, so that what they hide is never shaded. */
export function cull(lists: Lists, curves: Float32Array, states: States, order: Order, sight: Sight): void {
  const count = order.upTo(sight.quality.keep);
  const { starts, rows, places } = lists;
  const placeOf = chooser(curves, states, places.length, sight);
  const next = new Uint32Array(BUCKETS.length * DEPTHS + 1);
  for (let i = 0; i < count; i++) {
    const place = (places[i] = placeOf(order.rows[i]));
    if (place !== HIDDEN) next[place + 1]++;
  }
  for (let place = 1; place < next.length; place++) next[place] += next[place - 1];
  for (let k = 0; k < starts.length; k++) starts[k] = next[k * DEPTHS];
  for (let i = 0; i < count; i++) if (places[i] !== HIDDEN) rows[next[places[i]]++] = order.rows[i];
}

/** Where a row goes, by its bucket (width, and the pixels it bulges) and its depth; HIDDEN where it is out of sight. */
function chooser(curves: Float32Array, { bytes, words }: States, edges: number, sight: Sight): (row: number) => number {
  const { camera, aspect, pixel, quality, ghosts } = sight;
  const { right, up, back } = axes(camera);
  const [ex, ey, ez] = eye(camera);
  const [fx, fy] = focal(aspect);
  const radii = radiiOf(edges);
  return (row) => {
    const k = STRIDE * row;
    const x = (curves[k + 4] + curves[k + 8]) / 2 - ex;
    const y = (curves[k + 5] + curves[k + 9]) / 2 - ey;
    const z = (curves[k + 6] + curves[k + 10]) / 2 - ez;
    const bulge = curves[k + 11];
    const reach = curves[k + 7] / 2 + bulge + radii[255] * look.alert.swell;
    const depth = -(back[0] * x + back[1] * y + back[2] * z);
    const across = fx * (right[0] * x + right[1] * y + right[2] * z);
    const high = fy * (up[0] * x + up[1] * y + up[2] * z);
    if (depth <= -reach || Math.abs(across) >= depth + reach * (1 + fx) || Math.abs(high) >= depth + reach * (1 + fy)) return HIDDEN;
    const layer = Math.min(DEPTHS - 1, Math.max(0, Math.floor((0.5 + (depth - camera.distance) / RANGE) * DEPTHS)));
    if (bytes[16 * row + 7] >= 128) return BEADED * DEPTHS + layer;
    const pixels = 1 / (pixel * Math.max(depth, 0.05));
    const mark = words[4 * row + 3];
    const half = Math.max(radii[bytes[16 * row + 4]] * SCALES[mark] * pixels, mark === Emphasis.Chosen ? CHOSEN * quality.thread : 0);
    // Threads are translucent: far ones first, and ghosts lie over all others.
    const order = half > quality.thread ? layer : DEPTHS - 1 - (row >= ghosts ? 0 : layer);
    const bucket = bucketFor(bulge * pixels, half, quality);
    return (row >= ghosts && bucket >= TUBES ? BEADED : bucket) * DEPTHS + order;
  };
}

/** How much thicker an edge is drawn by its emphasis. */
const SCALES = [1, 0.6, 0.8, 1.3, 1.3];
/** How much thicker than a thread a chosen edge is at least. */
const CHOSEN = 1.2;

/** Radius in the scene of each value of the radius channel. */
function radiiOf(edges: number): Float32Array {
  const [thin, thick] = widths(edges);
  return Float32Array.from({ length: 256 }, (_, byte) => thin * (thick / thin) ** (byte / 255));
}

/** Segments so that straight pieces stray at most `tolerance` pixels: n of them stray by bulge / n^2. */
function bucketFor(bulge: number, half: number, { tolerance, thread: most }: Quality): number {
  const segments = Math.sqrt(bulge / tolerance);
  const thread = half <= most;
  const wanted = thread ? segments : segments * (1 + 0.06 * Math.min(half, 10));
  const last = (thread ? TUBES : BEADED) - 1;
  let bucket = thread ? 0 : TUBES;
  while (bucket < last && BUCKETS[bucket].segments < wanted) bucket++;
  return bucket;
}
