// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { makeLoop, makePace, restAfter } from "../src/ui/loop";

describe("pace", () => {
  test("is slow after four dear frames in a row, not counting the first two", () => {
    const pace = makePace();
    const slow = [900, 900, 60, 60, 60, 60].map(pace);
    expect(slow).toEqual([false, false, false, false, false, true]);
  });
  test("does not flutter: one cheap frame does not end it, eight do", () => {
    const pace = makePace();
    [0, 0, 60, 60, 60, 60].forEach(pace);
    expect(pace(10)).toBe(true);
    expect(pace(40)).toBe(true);
    expect(Array.from({ length: 8 }, () => pace(10)).at(-1)).toBe(false);
  });
  test("keeps to 5 frames a second and 30 % of the time", () => {
    expect(restAfter(10)).toBe(200);
    expect(restAfter(300)).toBeCloseTo(1000);
  });
});

describe("loop", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "requestAnimationFrame", "cancelAnimationFrame", "performance"] }));
  afterEach(() => void vi.useRealTimers());

  function stage(options: { moves?: boolean; software?: boolean; ms?: number; able?: boolean; hurried?: boolean; error?: Error } = {}) {
    const end = new AbortController();
    const times: number[] = [];
    const failed = vi.fn();
    const draw = async (): Promise<number> => {
      times.push(performance.now());
      if (options.error) throw options.error;
      return options.ms ?? 1;
    };
    const loop = makeLoop(
      {
        able: () => options.able ?? true,
        draw,
        failed,
        moves: () => options.moves ?? false,
        software: () => options.software ?? false,
        hurried: () => options.hurried ?? false,
        paced: () => undefined,
      },
      end.signal,
    );
    return { loop, times, end, options, failed };
  }

  test("draws once for each asking, and not again", async () => {
    const { loop, times } = stage();
    loop.see(true);
    loop.ask();
    loop.ask();
    await vi.advanceTimersByTimeAsync(1000);
    expect(times).toHaveLength(1);
  });
  test("draws nothing off screen, and what was asked for on the way back", async () => {
    const { loop, times } = stage({ moves: true });
    loop.ask();
    await vi.advanceTimersByTimeAsync(1000);
    expect(times).toHaveLength(0);
    loop.see(true);
    await vi.advanceTimersByTimeAsync(100);
    expect(times.length).toBeGreaterThan(3);
    const before = times.length;
    loop.see(false);
    await vi.advanceTimersByTimeAsync(1000);
    expect(times).toHaveLength(before);
  });
  test("draws nothing while there is nothing to draw", async () => {
    const { loop, times } = stage({ moves: true, able: false });
    loop.see(true);
    loop.ask();
    await vi.advanceTimersByTimeAsync(1000);
    expect(times).toHaveLength(0);
  });
  test("what is asked for while a frame is begun is that frame, not one more", async () => {
    const { loop, times, options } = stage();
    Object.defineProperty(options, "able", { get: () => (loop.ask(), true) });
    loop.see(true);
    loop.ask();
    await vi.advanceTimersByTimeAsync(1000);
    expect(times).toHaveLength(1);
  });
  test("a software adapter gets five frames a second at most", async () => {
    const { loop, times } = stage({ moves: true, software: true });
    loop.see(true);
    loop.ask();
    await vi.advanceTimersByTimeAsync(4000);
    expect(times.length).toBeLessThanOrEqual(21);
    expect(times.length).toBeGreaterThan(15);
    expect(loop.slow).toBe(true);
  });
  test("a frame in a hurry does not wait out the rest after a dear one, which the next dear one does", async () => {
    const { loop, times, options } = stage({ software: true, ms: 600 });
    loop.see(true);
    loop.ask();
    await vi.advanceTimersByTimeAsync(50);
    loop.ask(); // waits: a frame of 600 ms earns a rest of 2 s
    await vi.advanceTimersByTimeAsync(300);
    expect(times).toHaveLength(1);
    Object.assign(options, { hurried: true, ms: 30 });
    loop.ask();
    await vi.advanceTimersByTimeAsync(50);
    expect(times).toHaveLength(2);
    options.hurried = false;
    loop.ask();
    await vi.advanceTimersByTimeAsync(1600);
    expect(times).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(400);
    expect(times).toHaveLength(3);
  });
  test("in a hurry, too, five frames a second are the most", async () => {
    const { loop, times } = stage({ moves: true, software: true, hurried: true });
    loop.see(true);
    loop.ask();
    await vi.advanceTimersByTimeAsync(4000);
    expect(times.length).toBeLessThanOrEqual(21);
    expect(times.length).toBeGreaterThan(15);
  });
  test("what goes wrong while drawing is told, and the next frame is drawn all the same", async () => {
    const error = new Error("no memory");
    const { loop, times, failed, options } = stage({ error });
    loop.see(true);
    loop.ask();
    await vi.advanceTimersByTimeAsync(100);
    expect(failed.mock.calls).toEqual([[error]]);
    options.error = undefined;
    loop.ask();
    await vi.advanceTimersByTimeAsync(100);
    expect([times.length, failed.mock.calls.length]).toEqual([2, 1]);
  });
  test("ends with its signal", async () => {
    const { loop, times, end } = stage({ moves: true });
    loop.see(true);
    loop.ask();
    await vi.advanceTimersByTimeAsync(100);
    end.abort();
    const before = times.length;
    await vi.advanceTimersByTimeAsync(1000);
    expect(times).toHaveLength(before);
  });
});
