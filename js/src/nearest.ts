/** Which of the rows round a point is meant: arteries may be a pixel wide, so a few pixels each way are looked at. */

import type { Hit } from "./renderer";

/** Pixels looked at round the point, each way. */
export const REACH = 3;
const ACCOUNT = 0x80000000;

function hitOf(value: number): Hit {
  const account = value >= ACCOUNT;
  return { kind: account ? "account" : "edge", row: (account ? value - ACCOUNT : value) - 1 };
}

/** The nearest to the point (left, top); an account before an edge at the same distance. `at` gives row + 1, 0 is nothing. */
export function nearest(
  at: (column: number, line: number) => number,
  left: number,
  top: number,
  width: number,
  height: number,
): Hit | null {
  let best = 0;
  let closest = Infinity;
  for (let line = 0; line < height; line++) {
    for (let column = 0; column < width; column++) {
      const value = at(column, line);
      if (!value) continue;
      const away = Math.hypot(column - left, line - top) - (value >= ACCOUNT ? 0.5 : 0);
      if (away < closest) [best, closest] = [value, away];
    }
  }
  return best ? hitOf(best) : null;
}
