import { expect, test } from "vitest";
import { leastKeep, makeBudget, shareOf, strongOf } from "../src/quality";

/** Channels of so many arteries, of widths 0..1. */
function channels(edges: number, width: (row: number) => number = () => 0): Uint8Array {
  const out = new Uint8Array(4 * edges);
  for (let row = 0; row < edges; row++) out[4 * row] = Math.round(255 * width(row));
  return out;
}

test("a graphics card draws everything at rest, however slow it is", () => {
  const budget = makeBudget(false);
  budget.begin(channels(1_000_000));
  budget.spent(5000, false);
  expect(budget.quality(false).keep).toBe(1);
});

test("a software adapter leaves out weak arteries where there are very many, and says so by what it keeps", () => {
  const budget = makeBudget(true);
  budget.begin(channels(6_000));
  budget.spent(60_000, false); // the first frame also compiles shaders
  expect(budget.quality(false).keep).toBe(1);
  budget.begin(channels(400_000));
  const guess = budget.quality(false).keep;
  expect(guess).toBeLessThan(0.5);
  budget.spent(100, false);
  expect(budget.quality(false).keep).toBe(guess); // a picture that stands does not change by itself
  budget.spent(60_000, false);
  expect(budget.quality(false).keep).toBe(guess / 2);
});

test.each([true, false])("in a hurry the share that is drawn settles where frames fit their time", (software) => {
  const budget = makeBudget(software, 50);
  budget.begin(channels(100_000));
  const cost = (keep: number) => 10 + 400 * keep;
  for (let frame = 0; frame < 40; frame++) budget.spent(cost(budget.quality(true).keep), true);
  expect(cost(budget.quality(true).keep)).toBeGreaterThan(40);
  expect(cost(budget.quality(true).keep)).toBeLessThan(60);
});

test("a hurried frame that takes for ever is made far cheaper at once", () => {
  const budget = makeBudget(true, 50);
  budget.begin(channels(5_000));
  budget.spent(2000, true);
  expect(budget.quality(true).keep).toBeLessThan(0.05);
  for (let frame = 0; frame < 40; frame++) budget.spent(5, true);
  expect(budget.quality(true).keep).toBe(1);
});

test("strong arteries stay longer than weak ones, and none is left out where all are kept", () => {
  expect([0, 0.5, 1].map((width) => shareOf(width, { keep: 0.2, sure: 1, power: 4 }))).toEqual([0.2, 0.25, 1]);
  for (const width of [0, 0.3, 0.99]) expect(shareOf(width, { keep: 1, sure: 1, power: 4 })).toBe(1);
  for (const strong of [{ sure: 1, power: 4 }, { sure: 0.8, power: 32 }])
    for (const hash of [0.1, 0.6, 1]) expect(shareOf(0.7, { keep: leastKeep(0.7, hash, strong), ...strong })).toBeCloseTo(hash, 12);
  expect(leastKeep(0.9, 1, { sure: 0.8, power: 4 })).toBe(0);
});

const ALL = 100_000;
const SHAPES: [string, (row: number) => number][] = [
  ["few are strong", (row) => (row < 900 ? 0.6 : 0.2)],
  ["widths are even", (row) => row / ALL],
  ["all are as wide as can be", () => 1],
  ["all are alike", () => 0.5],
  ["nothing passed", () => 0],
];

test.each(SHAPES)("where %s, so many and no more are drawn", (_, width) => {
  const widths = channels(ALL, width);
  const strong = strongOf(widths, 2500);
  let drawn = 0;
  for (let row = 0; row < ALL; row++) drawn += shareOf(widths[4 * row] / 255, { keep: 0, ...strong });
  expect(drawn).toBeLessThanOrEqual(2500);
});

test("the strongest are drawn for sure, be they ever so thin", () => {
  const strong = strongOf(channels(ALL, SHAPES[0][1]), 2500);
  expect(shareOf(0.6, { keep: 0, ...strong })).toBe(1);
  const alerts = channels(ALL, () => 1);
  for (let row = 0; row < ALL; row++) alerts[4 * row + 3] = 255;
  expect(strongOf(alerts, 2500).power).toBe(4); // they are drawn anyhow
});

test("a budget thins by the channels that are shown now", () => {
  const budget = makeBudget(true);
  budget.begin(channels(ALL));
  const before = budget.quality(true);
  budget.change(channels(ALL, (row) => row / ALL));
  expect(budget.quality(true).sure).toBeGreaterThan(before.sure);
});

test("an artery wide enough for a tube is one at rest and in a hurry, where pixels are coarser", () => {
  const budget = makeBudget(true);
  expect(budget.quality(true, 0.5).thread / 0.5).toBeCloseTo(budget.quality(false, 1).thread, 1);
});
