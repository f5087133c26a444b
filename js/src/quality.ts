/** How much is drawn: all of it at rest, where a graphics card is; what fits the time in a hurry, measured on the way. */

import { look } from "./look";

/** Which arteries are strong: see `shareOf`. */
export interface Strong {
  /** Width from which on all are drawn. */
  sure: number;
  /** How steeply the share falls below that width. */
  power: number;
}

export interface Thinning extends Strong {
  /** 0..1: share of the weakest arteries that is drawn, chosen by a hash of the row. */
  keep: number;
}

export interface Quality extends Thinning {
  /** Pixels that a drawn curve may stray from the true one. */
  tolerance: number;
  /** Half width in device pixels below which an artery fades instead of shrinking, and up to which it is a thread. */
  thin: number;
  thread: number;
  /** Pixels over which a thread fades to both sides. */
  feather: number;
}

export interface Budget {
  /** A scene with such channels (edges * 4) is drawn from now on. */
  begin(channels: Uint8Array): void;
  /** Its channels have changed. */
  change(channels: Uint8Array): void;
  /** `scale`: device pixels for each CSS pixel; finer ones show the same picture, not another. */
  quality(hurried: boolean, scale?: number): Quality;
  /** What the last frame cost, in ms, and whether it was drawn in a hurry. */
  spent(ms: number, hurried: boolean): void;
}

const relative = (width: number, { sure, power }: Strong): number => Math.min(1, width / sure) ** power;

/** Of arteries of a width 0..1, the share that is drawn; shaders/cull.wgsl does the same. */
export function shareOf(width: number, thinning: Thinning): number {
  return thinning.keep + (1 - thinning.keep) * relative(width, thinning);
}

/** The least `keep` with which one is drawn whose row has this number 0..1; 0 or below: it always is. */
export function leastKeep(width: number, hash: number, thinning: Strong): number {
  const share = relative(width, thinning);
  return share < 1 ? (hash - share) / (1 - share) : 0;
}

/** Who is strong among channels (edges * 4): where none of the weakest is kept, at most so many are drawn, half of them for sure. */
export function strongOf(channels: Uint8Array, most: number): Strong {
  const counts = new Uint32Array(256);
  for (let k = 0; k < channels.length; k += 4) if (channels[k + 3] < 128) counts[channels[k]]++;
  let [byte, above] = [256, 0];
  while (byte > 1 && above + counts[byte - 1] <= most / 2) above += counts[--byte];
  const sure = byte / 255;
  const drawn = (power: number): number => counts.reduce((sum, count, width) => sum + count * relative(width / 255, { sure, power }), 0);
  return { sure, power: POWERS.find((power) => drawn(power) <= most) ?? POWERS[POWERS.length - 1] };
}

const POWERS = [4, 8, 16, 32, 64, 128, 256, 512, 1024];
const LEAST = 0.02;
/** A software adapter's first guess: edges that it draws in time. */
const EDGES = { hurried: 3000, resting: 40_000 };
/** A picture at rest may take this long on a software adapter, ms; beyond twice that more weak ones of many are left out. */
const PATIENCE = 900;

/** `target` ms is what a hurried frame should cost; a software adapter keeps all cores busy meanwhile. */
export function makeBudget(software: boolean, target = software ? 36 : 14): Budget {
  const keep = { hurried: 1, resting: 1 };
  let many = false;
  let strong = strongOf(new Uint8Array(), 0);
  const change = (channels: Uint8Array): void => void (strong = strongOf(channels, EDGES.hurried / 2));
  return {
    change,
    begin(channels) {
      const edges = channels.length / 4;
      change(channels);
      many = edges > EDGES.resting;
      keep.hurried = software ? Math.min(1, EDGES.hurried / edges) : 1;
      keep.resting = software ? Math.min(1, EDGES.resting / edges) : 1;
    },
    quality(hurried, scale = 1) {
      const share = hurried ? keep.hurried : keep.resting;
      const fine = Math.max(1, scale);
      const kept = { keep: share, ...strong };
      if (!hurried) return { ...kept, tolerance: 0.4, thin: 0.5 * fine, thread: look.thread * fine, feather: 0.5 };
      const thin = 0.6 * fine;
      // What is a tube at rest is none the less one where pixels are coarse.
      const thread = Math.max(thin + 0.01, look.thread * scale);
      return { ...kept, tolerance: software ? 4 : 0.6, thin, thread, feather: software ? 0 : 0.5 };
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
