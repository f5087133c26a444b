/** Texts under a scale. */

import { h } from "./dom";

/** Pixels that a digit of the small type takes. */
const GLYPH = 5.9;

/** Texts at fractions of `width` pixels, inside its ends and kept apart: of two that would touch, the left one is left out. */
export function ticks(texts: [fraction: number, text: string][], width: number): HTMLElement[] {
  const kept: HTMLElement[] = [];
  let limit = Infinity;
  for (const [fraction, text] of [...texts].sort((a, b) => b[0] - a[0])) {
    const wide = text.length * GLYPH;
    const left = Math.max(0, Math.min(width - wide, fraction * width - wide / 2));
    if (left + wide > limit) continue;
    limit = left - GLYPH;
    kept.push(h("span", { style: `left:${left.toFixed(1)}px;width:${wide.toFixed(1)}px` }, text));
  }
  return kept;
}
