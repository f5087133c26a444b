/** How much is drawn: all of it at rest; while in a hurry what fits the time, measured on the way. */

export interface Quality {
  /** 0..1: share of the weakest arteries that is drawn, chosen by a hash of the row; and what the strongest get on top. */
  keep: number;
  keepStrong: number;
  /** Pixels that a drawn curve may stray from the true one. */
  tolerance: number;
  /** Half width in pixels below which an artery fades instead of shrinking. */
  thin: number;
  /** Pixels over which a thread fades to both sides. */
  feather: number;
}

export interface Budget {
  quality(hurried: boolean): Quality;
  /** What the last frame cost, in ms, and whether it was drawn in a hurry. */
  spent(ms: number, hurried: boolean): void;
}

const BEST: Quality = { keep: 1, keepStrong: 1, tolerance: 0.4, thin: 0.5, feather: 0.5 };
const LEAST = 0.04;

/** `target` ms is what a hurried frame should cost. */
export function makeBudget(software: boolean, target = software ? 80 : 14): Budget {
  let keep = 1;
  return {
    quality(hurried) {
      if (!hurried) return BEST;
      return { keep, keepStrong: 1 - keep, tolerance: software ? 4 : 0.6, thin: 0.6, feather: software ? 0 : 0.5 };
    },
    spent(ms, hurried) {
      if (!hurried) return;
      const wanted = (keep * target) / Math.max(ms, 1);
      keep = Math.min(1, Math.max(LEAST, 0.6 * keep + 0.4 * wanted));
    },
  };
}
