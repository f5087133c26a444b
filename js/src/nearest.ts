/** Which of the rows round a point is meant: arteries may be a pixel wide, so a few pixels each way are looked at. */

import type { Hit } from "./renderer";

/** CSS pixels looked at round the point, each way; in device pixels at most so many that a line of them fits in 256 bytes. */
const REACH = 3;
const MOST = 31;
const ACCOUNT = 0x80000000;

/** What is looked at, in device pixels from the upper left corner of the picture; the point itself, counted from there. */
export interface Patch {
  left: number;
  top: number;
  width: number;
  height: number;
  point: [number, number];
}

/** `x` and `y` in CSS pixels, of which each is `scale` device pixels; null outside of the picture. */
export function patchRound(x: number, y: number, scale: number, size: { width: number; height: number }): Patch | null {
  const reach = Math.min(MOST, Math.ceil(REACH * scale));
  const [column, line] = [Math.floor(x * scale), Math.floor(y * scale)];
  const [left, top] = [Math.max(0, column - reach), Math.max(0, line - reach)];
  const [right, bottom] = [Math.min(size.width, column + reach + 1), Math.min(size.height, line + reach + 1)];
  if (right <= left || bottom <= top) return null;
  return { left, top, width: right - left, height: bottom - top, point: [column - left, line - top] };
}

function hitOf(value: number): Hit {
  const account = value >= ACCOUNT;
  return { kind: account ? "account" : "edge", row: (account ? value - ACCOUNT : value) - 1 };
}

/** The nearest to the point; an account before an edge at the same distance. `at` gives row + 1, 0 is nothing. */
export function nearest(at: (column: number, line: number) => number, { width, height, point }: Patch): Hit | null {
  let best = 0;
  let closest = Infinity;
  for (let line = 0; line < height; line++) {
    for (let column = 0; column < width; column++) {
      const value = at(column, line);
      if (!value) continue;
      const away = Math.hypot(column - point[0], line - point[1]) - (value >= ACCOUNT ? 0.5 : 0);
      if (away < closest) [best, closest] = [value, away];
    }
  }
  return best ? hitOf(best) : null;
}
