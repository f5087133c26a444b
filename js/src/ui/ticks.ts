/** Texts under a scale. */

import { h } from "./dom";

/** Pixels that a digit of the small type takes. */
const GLYPH = 5.9;

/** Texts at fractions of `width` pixels, inside its ends and kept apart: the two ends first, then from right to left. */
export function ticks(texts: [fraction: number, text: string][], width: number): HTMLElement[] {
  const kept: { left: number; wide: number; text: string }[] = [];
  const [first, ...others] = [...texts].sort((a, b) => a[0] - b[0]);
  for (const [fraction, text] of first ? [...others.splice(-1), first, ...others.reverse()] : []) {
    const wide = text.length * GLYPH;
    const left = Math.max(0, Math.min(width - wide, fraction * width - wide / 2));
    if (kept.some((other) => left < other.left + other.wide + GLYPH && other.left < left + wide + GLYPH)) continue;
    kept.push({ left, wide, text });
  }
  return kept
    .sort((a, b) => a.left - b.left)
    .map(({ left, wide, text }) => h("span", { style: `left:${left.toFixed(1)}px;width:${wide.toFixed(1)}px` }, text));
}
