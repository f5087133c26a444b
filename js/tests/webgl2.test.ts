import { expect, test } from "vitest";
import { axes, fit } from "../src/camera";
import { BUCKETS, cull, hash, makeLists, makeOrder } from "../src/webgl2/cull";
import { curvesOf } from "../src/webgl2/geometry";
import { makeStates, phaseNow, rebase, setMarks, setTarget } from "../src/webgl2/pulse";
import { look } from "../src/look";
import { shareOf } from "../src/quality";
import type { Scene } from "../src/scene";
import { line } from "./scenes";

const EDGES = 500;
const bytes = (n: number, of: (i: number) => number) => Uint8Array.from({ length: n }, (_, i) => of(i));
const random = (seed: number) => (i: number) => hash(i + 1000 * seed);

function scene(): Scene {
  const accounts = 60;
  const [p, s, t] = [random(1), random(2), random(3)];
  const pairs = Array.from({ length: EDGES }, (_, i): [number, number] => [Math.floor(s(i) * accounts), Math.floor(t(i) * accounts)]);
  return {
    ...line(accounts, pairs),
    positions: Float32Array.from({ length: 3 * accounts }, (_, i) => 2 * p(i) - 1),
    bend: Int8Array.from({ length: 4 * EDGES }, (_, i) => (i % 4 === 3 ? 0 : 25)),
    channels: bytes(4 * EDGES, (i) => (i % 4 === 3 ? (i === 7 ? 255 : 0) : Math.floor(250 * random(4)(i)))),
  };
}

const statesOf = ({ channels, bend }: Scene) => makeStates(channels, bend, 4 * EDGES);
const STRONG = { sure: 1, power: 4 };
const QUALITY = { keep: 1, ...STRONG, tolerance: 0.4, thin: 0.6, thread: 1.2, feather: 0.5 } as const;

function listsFor(shown: Scene, keep: number) {
  const states = statesOf(shown);
  const lists = makeLists(EDGES, EDGES);
  const camera = fit(shown, 2);
  const sight = { camera: { ...camera, distance: 9 }, aspect: 2, pixel: 0.001, quality: { ...QUALITY, keep }, ghosts: EDGES };
  cull(lists, curvesOf(shown, 16 * EDGES), states, makeOrder(states, EDGES, EDGES, STRONG), sight);
  return lists;
}

test("a changed speed moves no pulse at that moment, and none runs backwards", () => {
  const before = phaseNow(0.3, 0.2, 0.2, { elapsed: 4, transition: 0, shown: 1 });
  expect(phaseNow(before, 0.2, 0.9, { elapsed: 0, transition: 0.5, shown: 0 })).toBe(before);
  let last = before;
  for (let elapsed = 0; elapsed < 2; elapsed += 0.01) {
    const phase = phaseNow(before, 0.9, 0, { elapsed, transition: 0.5, shown: 0 });
    expect(phase).toBeGreaterThanOrEqual(last);
    last = phase;
  }
});

test("phase is the integral of speed", () => {
  const moment = { elapsed: 3, transition: 1, shown: 1 };
  const [slow, fast] = look.pulse.speed;
  const speed = (t: number) => slow + (fast - slow) * (t < 1 ? 0.1 + 0.7 * t : 0.8);
  let sum = 0;
  for (let i = 0; i < 3000; i++) sum += speed((i + 0.5) / 1000) / 1000;
  expect(phaseNow(0, 0.1, 0.8, moment)).toBeCloseTo(sum, 4);
});

test("a rebase keeps what is shown, halfway through a transition too", () => {
  const shown = scene();
  const states = statesOf(shown);
  setTarget(states, bytes(4 * EDGES, () => 200));
  const moment = { elapsed: 0.4, transition: 0.8, shown: 0.5 };
  const phases = Array.from({ length: EDGES }, (_, i) => phaseNow(states.phases[4 * i + 2], states.bytes[16 * i + 1] / 255, 200 / 255, moment));
  rebase(states, EDGES, moment);
  for (let i = 0; i < EDGES; i++) {
    expect(states.phases[4 * i + 2]).toBeCloseTo(phases[i] % 1, 5);
    expect(Math.abs(states.bytes[16 * i] - (shown.channels[4 * i] + 200) / 2)).toBeLessThanOrEqual(1);
  }
});

test("all arteries in sight are drawn once, tubes from near to far, threads from far to near", () => {
  const shown = scene();
  const lists = listsFor(shown, 1);
  const count = lists.starts[BUCKETS.length];
  expect(count).toBe(EDGES);
  expect(new Set(lists.rows.subarray(0, count)).size).toBe(EDGES);
  expect([...lists.rows.subarray(lists.starts[BUCKETS.length - 1], count)]).toEqual([1]);
  const curves = curvesOf(shown, 16 * EDGES);
  const { back } = axes(fit(shown, 2));
  const nearness = (row: number) => [0, 1, 2].reduce((sum, i) => sum + (back[i] * (curves[16 * row + 4 + i] + curves[16 * row + 8 + i])) / 2, 0);
  let drawn = 0;
  BUCKETS.forEach(({ kind }, k) => {
    const depths = [...lists.rows.subarray(lists.starts[k], lists.starts[k + 1])].map((row) => (kind === "threads" ? 1 : -1) * nearness(row));
    drawn += Math.max(0, depths.length - 1);
    depths.slice(1).forEach((depth, i) => expect(depth).toBeGreaterThan(depths[i] - 3 / 256)); // within a layer they come as they are
  });
  expect(drawn).toBeGreaterThan(EDGES - BUCKETS.length);
});

test("what is out of sight is not drawn", () => {
  const shown = scene();
  const states = statesOf(shown);
  const lists = makeLists(EDGES, EDGES);
  const sight = { camera: { yaw: 0, pitch: 0, distance: 1, target: [50, 0, 0] as [number, number, number] }, aspect: 1, pixel: 0.001, quality: QUALITY, ghosts: EDGES };
  cull(lists, curvesOf(shown, 16 * EDGES), states, makeOrder(states, EDGES, EDGES, STRONG), sight);
  expect(lists.starts[BUCKETS.length]).toBe(0);
});

test("thinning keeps alerts, what is near the selection, and the same rows each time", () => {
  const shown = scene();
  const few = listsFor(shown, 0.05);
  const more = listsFor(shown, 0.5);
  const rows = (lists: typeof few) => new Set(lists.rows.subarray(0, lists.starts[BUCKETS.length]));
  expect(rows(few).has(1)).toBe(true);
  expect(rows(few).size).toBeLessThan(rows(more).size);
  for (const row of rows(few)) expect(rows(more).has(row)).toBe(true);

  const states = statesOf(shown);
  setMarks(states, bytes(EDGES, () => 2));
  expect(makeOrder(states, EDGES, EDGES, STRONG).upTo(0)).toBe(EDGES);
});

test("ghosts stay when the weakest are thinned out, however thin they are", () => {
  const shown = scene();
  const [none, some] = [EDGES, EDGES - 7].map((ghosts) => makeOrder(statesOf(shown), EDGES, ghosts, STRONG));
  const kept = some.rows.subarray(0, some.upTo(0));
  for (let row = EDGES - 7; row < EDGES; row++) expect(kept).toContain(row);
  expect(some.upTo(0)).toBeGreaterThan(none.upTo(0));
});

test("the order thins as the shader does: by hash and width", () => {
  const shown = scene();
  const order = makeOrder(statesOf(shown), EDGES, EDGES, STRONG);
  const keep = 0.25;
  const kept = new Set(order.rows.subarray(0, order.upTo(keep)));
  let differ = 0;
  for (let row = 0; row < EDGES; row++) {
    const width = shown.channels[4 * row] / 255;
    const drawn = row === 1 || hash(row) <= shareOf(width, { keep, ...STRONG });
    if (drawn !== kept.has(row)) differ++;
  }
  expect(differ).toBeLessThanOrEqual(3); // rows at the edge of a bin
});

test("a loop leaves its account and comes back, in the plane of a flat picture", () => {
  const shown = { ...scene(), edges: 1, source: Uint16Array.of(3), target: Uint16Array.of(3), bend: Int8Array.of(127, 0, 0, 0) };
  const curve = curvesOf(shown, 16);
  const away = (k: number) => Math.hypot(curve[k] - curve[0], curve[k + 1] - curve[1]);
  expect(away(12)).toBe(0);
  expect(away(4)).toBeGreaterThan(look.loop.most);
  expect(curve[6]).toBe(curve[2]);
});
