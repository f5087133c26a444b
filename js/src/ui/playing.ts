/** Plays the timeline's window over the data until it has come to the end, or the reader or the kernel sets a window. */

import type { Window } from "./emphasis";
import type { Stage } from "./stage";

/** One run of the window over all the data. */
const RUN_MS = 14_000;
const STEP_MS = 50;
const SLOW_STEP_MS = 400;
/** How late the kernel may say again what a run has set. */
const ECHO_MS = 5000;

interface Course {
  low: number;
  high: number;
  /** The window as far as the bins reach. */
  shown(): Window;
  set(start: number, end: number): void;
  /** A run began or ended. */
  turned(on: boolean): void;
}

export interface Playing {
  toggle(): void;
  stop(): void;
}

export function makePlaying(stage: Stage, { low, high, shown, set, turned }: Course): Playing {
  const { hub, signal } = stage;
  let timer = 0;
  let setting = false;
  /** What the run has set. */
  const ran = new Set<string>();
  /** What is set since somebody else ended the run. */
  let since: { window: Window | null; end: number } | null = null;

  const move = (a: number, b: number): void => {
    setting = true;
    set(a, b);
    setting = false;
    ran.add(String(stage.window));
  };
  const stop = (): void => {
    clearInterval(timer);
    timer = 0;
    turned(false);
  };
  const start = (): void => {
    ran.clear();
    since = null;
    let [a, b] = stage.window ? shown() : [low, low + (high - low) / 10];
    if (b >= high) [a, b] = [low, low + (b - a)];
    move(a, b);
    const width = b - a;
    const step = stage.slow || stage.mood.reduced ? SLOW_STEP_MS : STEP_MS;
    turned(true);
    timer = window.setInterval(() => {
      if (!stage.seen) return;
      a += ((high - low) * step) / RUN_MS;
      if (a + width >= high) stop();
      move(Math.min(a, high - width), Math.min(a + width, high));
    }, step);
  };

  /**
   * What the kernel hears of a run after it has set a window of its own overwrites that, and comes back as an echo: then
   * the window is set again. An echo does not end a run.
   */
  const heed = (given: Window | null): void => {
    if (setting) return;
    if (ran.has(String(given))) {
      if (!timer && since && performance.now() < since.end) setTimeout(() => signal.aborted || timer || !since || stage.setWindow(since.window));
      return;
    }
    if (timer) {
      stop();
      since = { window: given, end: performance.now() + ECHO_MS };
    } else if (since) since.window = given;
  };
  hub.on("window", heed, signal);
  signal.addEventListener("abort", stop);
  return { toggle: () => (timer ? stop() : start()), stop };
}
