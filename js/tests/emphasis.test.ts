import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Emphasis } from "../src/scene";
import { emphasise, inside } from "../src/ui/emphasis";
import { boxed, nothing, things, toggled } from "../src/ui/select";
import { line, timesOf } from "./scenes";

const { Normal, Faded, Near, Selected, Chosen } = { Normal: Emphasis.Normal, Faded: Emphasis.Faded, Near: Emphasis.Near, Selected: Emphasis.Selected, Chosen: Emphasis.Chosen };
const scene = line(5, [
  [0, 1],
  [1, 2],
  [2, 3],
  [3, 4],
]);

describe("window", () => {
  const times = timesOf([[-10, 5], [5], [], [20]]);
  test("is half open and counts transfers", () => {
    expect(inside(times, [5, 20])).toEqual({ edges: Uint8Array.of(1, 1, 0, 0), transfers: 2 });
    expect(inside(times, [-10, -9])).toEqual({ edges: Uint8Array.of(1, 0, 0, 0), transfers: 1 });
    expect(inside(times, [6, 20]).transfers).toBe(0);
  });
  test("is half open to the second in a record of two centuries too", () => {
    const lists = [[-7e9, -7e9 + 1, 0], [-7e9 + 1, 1], [1_600_000_001, 1_600_000_002]];
    const at = Float64Array.from(lists.flat(), (t) => t + 7e9);
    const long = { offsets: Uint32Array.of(0, 3, 5, 7), at, start: -7e9 };
    for (const start of [-7e9, -7e9 + 1, 0, 1, 1_600_000_001])
      for (const end of [-7e9 + 1, 0, 1, 2, 1_600_000_001, 1_600_000_002, 1_600_000_003]) {
        const within = lists.map((list) => list.filter((t) => t >= start && t < end).length);
        const edges = Uint8Array.from(within, (n) => Math.min(n, 1));
        expect(inside(long, [start, end])).toEqual({ edges, transfers: within.reduce((a, b) => a + b) });
      }
  });
  test("fades arteries outside, and accounts without any inside", () => {
    const { edges, accounts } = emphasise(scene, nothing(), Uint8Array.of(1, 0, 0, 0));
    expect([...edges]).toEqual([Normal, Faded, Faded, Faded]);
    expect([...accounts]).toEqual([Normal, Normal, Faded, Faded, Faded]);
  });
});

describe("selection", () => {
  test("nothing selected: nothing stands out", () => {
    expect(emphasise(scene, nothing(), null).edges.every((e) => e === Normal)).toBe(true);
  });
  test("an account brings its neighbours", () => {
    const { edges, accounts } = emphasise(scene, { edges: new Set(), accounts: new Set([1]) }, null);
    expect([...edges]).toEqual([Near, Near, Faded, Faded]);
    expect([...accounts]).toEqual([Near, Selected, Near, Faded, Faded]);
  });
  test("an artery stays selected outside the window", () => {
    const { edges } = emphasise(scene, { edges: new Set([3]), accounts: new Set() }, Uint8Array.of(1, 1, 1, 0));
    expect(edges[3]).toBe(Chosen);
    expect(edges[2]).toBe(Near);
    expect(edges[0]).toBe(Faded);
  });
  test("few selected arteries are never too thin to be seen, of many the widths are kept", () => {
    const many = line(2, Array.from({ length: 41 }, () => [0, 1]));
    const rows = [...Array(41).keys()];
    for (const [n, mark] of [[40, Chosen], [41, Selected]]) {
      const { edges } = emphasise(many, { edges: new Set(rows.slice(0, n)), accounts: new Set() }, null);
      expect(edges.filter((e) => e === mark)).toHaveLength(n);
    }
  });
  test("a click on an account takes its arteries", () => {
    expect(things(scene, { kind: "account", row: 2 })).toEqual({ edges: new Set([1, 2]), accounts: new Set([2]) });
    expect(things(scene, null)).toEqual(nothing());
  });
  test("adding twice takes away", () => {
    const one = things(scene, { kind: "edge", row: 0 });
    const two = toggled(one, things(scene, { kind: "edge", row: 2 }));
    expect(two.edges).toEqual(new Set([0, 2]));
    expect(toggled(two, one).edges).toEqual(new Set([2]));
  });
  test("a box takes accounts inside and arteries between them, from any corner", () => {
    const stage = { camera: { yaw: 0, pitch: 0, distance: 6, target: [0, 0, 0] as [number, number, number] }, size: { width: 600, height: 400 } };
    const found = boxed(scene, { ...stage, inside: null }, [310, 390], [0, 10]);
    expect(found).toEqual({ edges: new Set([0, 1]), accounts: new Set([0, 1, 2]) });
    expect(boxed(scene, { ...stage, inside: null }, [0, 10], [310, 390])).toEqual(found);
  });
  test("a box takes no account that is not drawn", () => {
    const stage = { camera: { yaw: 0, pitch: 0, distance: 6, target: [0, 0, 0] as [number, number, number] }, size: { width: 600, height: 400 } };
    const sizes = Uint8Array.of(100, 0, 100, 100, 100);
    expect(boxed({ ...scene, sizes }, { ...stage, inside: null }, [0, 0], [600, 400]).accounts).toEqual(new Set([0, 2, 3, 4]));
  });
  test("a box inside a window takes nothing that the window has faded", () => {
    const camera = { yaw: 0, pitch: 0, distance: 6, target: [0, 0, 0] as [number, number, number] };
    const stage = { camera, size: { width: 600, height: 400 } };
    const all = [[0, 0], [600, 400]] as [[number, number], [number, number]];
    const inside = { edges: Uint8Array.of(0, 1, 0, 0), transfers: 1 };
    expect(boxed(scene, { ...stage, inside }, ...all)).toEqual({ edges: new Set([1]), accounts: new Set([1, 2]) });
    expect(boxed(scene, { ...stage, inside: null }, ...all).accounts.size).toBe(5);
  });
});

test("ghosts come after all that is recorded: a window that reaches its end shows them, an earlier one does not", () => {
  const times = timesOf([[0], [500]]);
  expect([...inside(times, [0, 400], 2, 1000).edges]).toEqual([1, 0, 0, 0]);
  expect([...inside(times, [400, 1000], 2, 1000).edges]).toEqual([0, 1, 1, 1]);
  expect(inside(times, [400, 1000], 2, 1000).transfers).toBe(1);
});

test("while a ring lights up, what it has not come to is near, and nothing else is", () => {
  const scene = line(4, [[0, 1], [1, 2], [2, 3]]);
  const ring = { edges: new Set([0, 1]), accounts: new Set<number>() };
  expect([...emphasise(scene, ring, null).edges]).toEqual([Emphasis.Chosen, Emphasis.Chosen, Emphasis.Near]);
  expect([...emphasise(scene, ring, null, new Set([1])).edges]).toEqual([Emphasis.Chosen, Emphasis.Near, Emphasis.Faded]);
});

test("the page and the kernel agree on what stands out", () => {
  const bytes = Uint8Array.from(readFileSync(new URL("../../tests/frames/golden/emphasis.json", import.meta.url)));
  const cases = JSON.parse(new TextDecoder().decode(bytes));
  expect(cases.length).toBeGreaterThan(5);
  for (const { source, target, edges, accounts, open, expect: wanted } of cases) {
    const scene = line(12, source.map((from: number, e: number) => [from, target[e]]));
    const found = emphasise(scene, { edges: new Set(edges), accounts: new Set(accounts) }, open && Uint8Array.from(open));
    expect({ edges: [...found.edges], accounts: [...found.accounts] }).toEqual(wanted);
  }
});
