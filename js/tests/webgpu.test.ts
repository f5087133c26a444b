import { expect, test, vi } from "vitest";
import { makeMotion } from "../src/motion";
import { makeResources } from "../src/webgpu/resources";

test("a resource is made when asked for, remade when its input changes, and freed", () => {
  const graph = makeResources();
  const size = graph.source(1);
  const [make, free] = [vi.fn((n: number) => ({ n })), vi.fn()];
  const texture = graph.derive([size], make, free);
  const view = graph.derive([texture], (of) => ({ of }));
  expect(make).not.toHaveBeenCalled();
  const first = view.get();
  expect(view.get()).toBe(first);
  size.set(2);
  expect(view.get().of.n).toBe(2);
  expect(free).toHaveBeenCalledWith({ n: 1 });
  graph.destroy();
  graph.destroy();
  expect(free.mock.calls).toEqual([[{ n: 1 }], [{ n: 2 }]]);
});

const at = (time: number, still = false) => ({ time, still });

test("where nothing may move, a clock that runs all the same moves no pulse, not even when a frame arrives", () => {
  const motion = makeMotion();
  motion.begin(5, 0);
  expect(motion.at(at(8)).elapsed).toBe(3);
  expect(motion.at(at(8, true)).elapsed).toBe(0);
});

test("a transition takes its time on the wall clock, phases run on the animation's", () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const motion = makeMotion();
  expect(motion.at(at(5))).toEqual({ elapsed: 5, transition: 0, shown: 1 });
  motion.begin(5, 0.4);
  vi.advanceTimersByTime(100);
  expect(motion.busy).toBe(true);
  expect(motion.at(at(5))).toMatchObject({ elapsed: 0, transition: 0.4, shown: expect.closeTo(0.25, 6) });
  vi.advanceTimersByTime(1000);
  expect(motion.busy).toBe(false);
  expect(motion.at(at(7)).shown).toBe(1);
  vi.useRealTimers();
});

test("phases are rebased after a while, but never in the middle of a transition", () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const motion = makeMotion();
  expect(motion.due(30)).toBe(false);
  expect(motion.due(90)).toBe(true);
  expect(motion.due(-90)).toBe(true);
  motion.begin(0, 1);
  expect(motion.due(90)).toBe(false);
  vi.useRealTimers();
});
