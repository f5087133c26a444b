/**
 * The host's theme, read from what it paints.
 *
 * The style sheet gives the root a background from the host's own variables (JupyterLab, VS Code, marimo); where none is
 * set, the nearest painted ancestor counts; on a bare page the browser's preference does, and the root paints itself
 * (`data-bare`, with an image, so that its background's colour stays the host's). A one-millisecond CSS transition on that
 * background makes the browser tell us of every change, however the host made it; a MutationObserver covers the rest. A host
 * may call render before the root is in its page, where nothing is painted yet: the root's first size says when it is.
 */

import { look, rgb } from "../look";
import type { Theme } from "../renderer";
import { h } from "./dom";

type Rgba = [number, number, number, number];

/** Any colour that the browser knows, by what it paints. */
function paint(text: string): Rgba {
  const canvas = h("canvas", { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
  if (!canvas) return [0, 0, 0, 0];
  canvas.fillStyle = text;
  canvas.fillRect(0, 0, 1, 1);
  return [...canvas.getImageData(0, 0, 1, 1).data].map((byte) => byte / 255) as Rgba;
}

/**
 * "rgb(17, 20, 24)", "rgba(0, 0, 0, 0)" or "color(srgb 0.1 0.1 0.1 / 1)" as fractions of sRGB, and through `other` those
 * that keep their own notation when they are computed: oklch(), lab(), color(display-p3 ..) and the like.
 */
export function parseColor(text: string, other = paint): Rgba {
  if (!/^(rgba?\(|color\(srgb )/.test(text)) return other(text);
  const numbers = (text.match(/-?[\d.]+(e-?\d+)?%?/g) ?? []).map((n) => (n.endsWith("%") ? parseFloat(n) / 100 : parseFloat(n)));
  if (numbers.length < 3) return [0, 0, 0, 0];
  const by = text.startsWith("rgb") ? 255 : 1;
  return [numbers[0] / by, numbers[1] / by, numbers[2] / by, numbers[3] ?? 1];
}

const linear = (c: number): number => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);

function painted(root: HTMLElement): Rgba | null {
  for (let el: Element | null = root; el; el = el.parentElement ?? ((el.getRootNode() as ShadowRoot).host || null)) {
    const color = parseColor(getComputedStyle(el).backgroundColor);
    if (color[3] > 0.5) return color;
  }
  return null;
}

function readTheme(root: HTMLElement): Theme {
  const prefersDark = matchMedia("(prefers-color-scheme: dark)").matches;
  const found = painted(root);
  root.toggleAttribute("data-bare", !found);
  const color = found ?? rgb(look.themes[prefersDark ? "dark" : "light"].background);
  const [r, g, b] = [color[0], color[1], color[2]].map(linear);
  return { dark: 0.2126 * r + 0.7152 * g + 0.0722 * b < 0.18, background: [color[0], color[1], color[2]] };
}

/** Calls `change` now and whenever the host's theme changes. */
export function watchTheme(root: HTMLElement, change: (theme: Theme) => void, signal: AbortSignal): void {
  let last = "";
  const read = (): void => {
    const theme = readTheme(root);
    const key = theme.dark + " " + theme.background;
    if (key === last) return;
    last = key;
    root.dataset.theme = theme.dark ? "dark" : "light";
    change(theme);
  };
  const observer = new MutationObserver(read);
  const options = { attributes: true, attributeFilter: ["class", "style", "data-theme", "data-jp-theme-light", "data-vscode-theme-kind"] };
  observer.observe(document.documentElement, options);
  observer.observe(document.body, options);
  const entered = new ResizeObserver(read);
  entered.observe(root);
  root.addEventListener("transitionend", (e) => e.target === root && read(), { signal });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", read, { signal });
  signal.addEventListener("abort", () => (observer.disconnect(), entered.disconnect()));
  read();
}

/** Calls `change` now and whenever the reader asks for less motion, or no longer does. */
export function watchMotion(change: (reduced: boolean) => void, signal: AbortSignal): void {
  const query = matchMedia("(prefers-reduced-motion: reduce)");
  query.addEventListener("change", () => change(query.matches), { signal });
  change(query.matches);
}

/** Calls `change` whenever a CSS pixel takes more or fewer device pixels: another screen, or another zoom of the page. */
export function watchPixels(change: () => void, signal: AbortSignal): void {
  const listen = (): void => {
    const query = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    query.addEventListener("change", () => (change(), listen()), { once: true, signal });
  };
  listen();
}
