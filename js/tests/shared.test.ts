import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { keep, makeShared } from "../src/shared";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

let names = 0;
/** Two copies of a module on one page, which open numbers. */
function makeCopies(open?: () => Promise<number>) {
  const name = `test ${++names}`;
  const closed: number[] = [];
  const gone: ((reason: string) => void)[] = [];
  const opens = open ?? (async () => gone.length);
  const copy = () => makeShared<number>(name, (tell) => (gone.push(tell), opens()), (own) => void closed.push(own));
  return { copies: [copy(), copy()], closed, gone };
}
const nobody = (): void => undefined;

test("copies share what the first one opens, and the last to go closes it, a little later", async () => {
  const { copies, closed, gone } = makeCopies();
  const [one, other] = await Promise.all(copies.map((copy) => copy.acquire(nobody)));
  expect([one.own, other.own, gone.length]).toEqual([1, 1, 1]);
  one.release();
  one.release();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(closed).toEqual([]);
  other.release();
  await vi.advanceTimersByTimeAsync(4_000);
  expect(closed).toEqual([]);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(closed).toEqual([1]);
  expect((await copies[0].acquire(nobody)).own).toBe(2);
});

test("each user is told once of a loss, and whoever opens again in that moment gets another one", async () => {
  const { copies, gone } = makeCopies();
  const told: string[] = [];
  const again: Promise<{ own: number }>[] = [];
  for (const copy of copies) await copy.acquire((reason) => (told.push(reason), again.push(copy.acquire(nobody))));
  gone[0]("a test");
  gone[0]("a test");
  expect(told).toEqual(["a test", "a test"]);
  expect((await Promise.all(again)).map(({ own }) => own)).toEqual([2, 2]);
});

test("who gave it back hears no more of it, and is not kept", async () => {
  const { copies, gone } = makeCopies();
  const lost = vi.fn();
  await copies[1].acquire(nobody);
  (await copies[0].acquire(lost)).release();
  gone[0]("a test");
  expect(lost).not.toHaveBeenCalled();
});

test("what cannot be opened is said to each, and tried again by the next", async () => {
  let works = false;
  const { copies, closed } = makeCopies(async () => {
    if (!works) throw new Error("none here");
    return 7;
  });
  for (const copy of copies) await expect(copy.acquire(nobody)).rejects.toThrow("none here");
  works = true;
  const { own, release } = await copies[0].acquire(nobody);
  expect(own).toBe(7);
  release();
  await vi.advanceTimersByTimeAsync(6_000);
  expect(closed).toEqual([7]);
});

test("who comes while it is being closed keeps it open", async () => {
  const { copies, closed } = makeCopies();
  (await copies[0].acquire(nobody)).release();
  vi.advanceTimersByTime(6_000); // the close waits for a promise from here on
  const { own } = await copies[1].acquire(nobody);
  await vi.advanceTimersByTimeAsync(6_000);
  expect([own, closed]).toEqual([1, []]);
});

test("things are made once for each build", () => {
  const [kept, make] = [new Map<string, unknown>(), vi.fn(() => ({}))];
  expect(keep(kept, "programs", make)).toBe(keep(kept, "programs", make));
  expect(make).toHaveBeenCalledTimes(1);
});
