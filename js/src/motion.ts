/**
 * Where a transition of channels and the pulses' phases stand; the same for both backends.
 *
 * Channels move from old to new over `seconds` of the wall clock, also while the animation's clock stands. A pulse's
 * phase is the integral of its speed over the animation's clock since the last rebase (shaders/pulse.wgsl):
 *
 *     elapsed = time - start      phase = kept + area under the speed, which climbs from old to new over `seconds`
 *
 * At a rebase each edge keeps the phase and the channels that are shown, so no frame moves a pulse when it arrives.
 */

import type { View } from "./renderer";

/** Seconds after which phases are rebased without a frame, so that float32 stays exact. */
const LONG = 60;

export interface Moment {
  /** Seconds of the animation's clock since the last rebase; 0 where nothing may move. */
  elapsed: number;
  /** Seconds the transition takes in all. */
  transition: number;
  /** 0..1: its state now. */
  shown: number;
}

export interface Motion {
  at(view: Pick<View, "time" | "still">): Moment;
  /** A rebase has taken place at `time`; from here on channels move for `seconds`. */
  begin(time: number, seconds: number): void;
  /** Phases have run so long that they should be rebased. */
  due(time: number): boolean;
  readonly busy: boolean;
}

const now = () => performance.now() / 1000;

export function makeMotion(): Motion {
  let start = 0;
  let began = 0;
  let transition = 0;
  const shown = () => (transition > 0 ? Math.min(1, (now() - began) / transition) : 1);
  return {
    at: ({ time, still }) => ({ elapsed: still ? 0 : time - start, transition, shown: shown() }),
    begin(time, seconds) {
      start = time;
      began = now();
      transition = seconds;
    },
    due: (time) => Math.abs(time - start) > LONG && shown() === 1,
    get busy() {
      return shown() < 1;
    },
  };
}
