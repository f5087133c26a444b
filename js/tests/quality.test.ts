import { expect, test } from "vitest";
import { leastKeep, makeBudget, shareOf } from "../src/quality";

test("a graphics card draws everything at rest, however slow it is", () => {
  const budget = makeBudget(false);
  budget.begin(1_000_000);
  budget.spent(5000, false);
  expect(budget.quality(false).keep).toBe(1);
});

test("a software adapter leaves out weak arteries where there are very many, and says so by what it keeps", () => {
  const budget = makeBudget(true);
  budget.begin(6_000);
  budget.spent(60_000, false); // the first frame also compiles shaders
  expect(budget.quality(false).keep).toBe(1);
  budget.begin(400_000);
  const guess = budget.quality(false).keep;
  expect(guess).toBeLessThan(0.5);
  budget.spent(100, false);
  expect(budget.quality(false).keep).toBe(guess); // a picture that stands does not change by itself
  budget.spent(60_000, false);
  expect(budget.quality(false).keep).toBe(guess / 2);
});

test.each([true, false])("in a hurry the share that is drawn settles where frames fit their time", (software) => {
  const budget = makeBudget(software, 50);
  budget.begin(100_000);
  const cost = (keep: number) => 10 + 400 * keep;
  for (let frame = 0; frame < 40; frame++) budget.spent(cost(budget.quality(true).keep), true);
  expect(cost(budget.quality(true).keep)).toBeGreaterThan(40);
  expect(cost(budget.quality(true).keep)).toBeLessThan(60);
});

test("a hurried frame that takes for ever is made far cheaper at once", () => {
  const budget = makeBudget(true, 50);
  budget.begin(5_000);
  budget.spent(2000, true);
  expect(budget.quality(true).keep).toBeLessThan(0.05);
  for (let frame = 0; frame < 40; frame++) budget.spent(5, true);
  expect(budget.quality(true).keep).toBe(1);
});

test("strong arteries stay longer than weak ones, and none is left out where all are kept", () => {
  const shares = [0, 0.5, 0.9, 1].map((width) => shareOf(width, 0.2));
  expect(shares[0]).toBe(0.2);
  expect(shares[3]).toBe(1);
  expect(shares).toEqual([...shares].sort());
  for (const width of [0, 0.3, 0.99]) expect(shareOf(width, 1)).toBe(1);
  for (const hash of [0.1, 0.6, 1]) expect(shareOf(0.7, leastKeep(0.7, hash))).toBeCloseTo(hash, 12);
});

test("in a hurry a picture of strong arteries fits its time too", () => {
  const budget = makeBudget(true, 50);
  budget.begin(100_000);
  const widths = Array.from({ length: 1000 }, (_, i) => i / 999);
  const cost = (keep: number) => 10 + 400 * (widths.reduce((sum, width) => sum + shareOf(width, keep), 0) / widths.length);
  for (let frame = 0; frame < 40; frame++) budget.spent(cost(budget.quality(true).keep), true);
  expect(cost(budget.quality(true).keep)).toBeLessThan(60);
});
