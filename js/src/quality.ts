/** How much is drawn: all of it at rest, where a graphics card is; what fits the time in a hurry, measured on the way. */

import { look } from "./look";

export interface Quality {
  /** 0..1: share of the weakest arteries that is drawn, chosen by a hash of the row; of stronger ones more are, see `shareOf`. */
  keep: number;
  /** Pixels that a drawn curve may stray from the true one. */
  tolerance: number;
  /** Half width in device pixels below which an artery fades instead of shrinking, and up to which it is a thread. */
  thin: number;
  thread: number;
  /** Pixels over which a thread fades to both sides. */
  feather: number;
}

export interface Budget {
  /** A scene of so many edges is drawn from now on. */
  begin(edges: number): void;
  /** `scale`: device pixels for each CSS pixel; finer ones show the same picture, not another. */
  quality(hurried: boolean, scale?: number): Quality;
  /** What the last frame cost, in ms, and whether it was drawn in a hurry. */
  spent(ms: number, hurried: boolean): void;
}

/**
 * Of arteries of a width 0..1, the share that is drawn where `keep` of the weakest are; shaders/cull.wgsl does the same.
 * Of a picture whose arteries are mostly strong any share can be left out too: but the widest, none always stays.
 */
export const shareOf = (width: number, keep: number): number => keep ** (1 - width ** 4);

/** The least `keep` with which one is drawn whose row has this number 0..1. */
export const leastKeep = (width: number, hash: number): number => hash ** (1 / (1 - width ** 4));

const LEAST = 0.005;
/** A software adapter's first guess: edges that it draws in time. */
const EDGES = { hurried: 5000, resting: 40_000 };
/** A picture at rest may take this long on a software adapter, ms; beyond twice that more weak ones of many are left out. */
const PATIENCE = 900;

/** `target` ms is what a hurried frame should cost; a software adapter keeps all cores busy meanwhile. */
export function makeBudget(software: boolean, target = software ? 36 : 14): Budget {
  const keep = { hurried: 1, resting: 1 };
  let many = false;
  return {
    begin(edges) {
      many = edges > EDGES.resting;
      keep.hurried = software ? Math.min(1, EDGES.hurried / edges) : 1;
      keep.resting = software ? Math.min(1, EDGES.resting / edges) : 1;
    },
    quality(hurried, scale = 1) {
      const share = hurried ? keep.hurried : keep.resting;
      const fine = Math.max(1, scale);
      const kept = { keep: share, thread: look.thread * fine };
      if (!hurried) return { ...kept, tolerance: 0.4, thin: 0.5 * fine, feather: 0.5 };
      return { ...kept, tolerance: software ? 4 : 0.6, thin: 0.6 * fine, feather: software ? 0 : 0.5 };
    },
    spent(ms, hurried) {
      // At rest it only ever falls, and by halves: a picture that stands should not change by itself.
      if (!hurried) {
        if (software && many && ms > 2 * PATIENCE) keep.resting = Math.max(LEAST, keep.resting / 2);
        return;
      }
      const wanted = (keep.hurried * target) / Math.max(ms, 1);
      const next = wanted < keep.hurried / 2 ? wanted : 0.6 * keep.hurried + 0.4 * wanted;
      keep.hurried = Math.min(1, Math.max(LEAST, next));
    },
  };
}
