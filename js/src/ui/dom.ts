/** Elements without a framework. Text always goes through text nodes, so a name that holds HTML stays a name. */

type Value = string | number | boolean | null | undefined;
type Child = Node | string | null | undefined;

const SVG = "http://www.w3.org/2000/svg";

function fill(el: Element, attributes: Record<string, Value>, children: Child[]): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) el.setAttribute(name, "");
    else if (value !== false && value != null) el.setAttribute(name, String(value));
  }
  el.append(...children.filter((child) => child != null));
}

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, Value> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const el = document.createElement(tag);
  fill(el, attributes, children);
  return el;
}

export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Record<string, Value> = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  const el = document.createElementNS(SVG, tag);
  fill(el, attributes, children);
  return el;
}

/** Icons that begin what moves, and stop it. */
export const PLAY = "M5 3l8 5-8 5z";
export const PAUSE = "M5.5 3.5v9M10.5 3.5v9";

/** A line icon of 16 units, drawn with `path` data. */
export function icon(path: string): SVGSVGElement {
  return svg("svg", { viewBox: "0 0 16 16", class: "icon", "aria-hidden": "true" }, svg("path", { d: path }));
}

/** An id for something in one document with others of its kind; each widget brings a copy of this module, so it is not counted. */
export const uid = (what: string): string => `archivit-${what}-${crypto.getRandomValues(new Uint32Array(1))[0].toString(36)}`;

type Later<A extends unknown[]> = { flush(): void; later(...args: A): void };

function makeLater<A extends unknown[]>(wait: number, call: (...args: A) => void, signal: AbortSignal, restarts: boolean): Later<A> {
  let timer = 0;
  let waiting: A | null = null;
  const flush = (): void => {
    clearTimeout(timer);
    timer = 0;
    if (waiting && !signal.aborted) call(...waiting);
    waiting = null;
  };
  signal.addEventListener("abort", () => clearTimeout(timer));
  return {
    flush,
    later(...args) {
      waiting = args;
      if (restarts) clearTimeout(timer);
      if (restarts || !timer) timer = window.setTimeout(flush, wait);
    },
  };
}

/** Calls once in `wait` ms at most, with the latest arguments; `flush` calls at once. */
export const throttle = <A extends unknown[]>(wait: number, call: (...args: A) => void, signal: AbortSignal): Later<A> =>
  makeLater(wait, call, signal, false);

/** Calls when nothing more came for `wait` ms, with the latest arguments; `flush` calls at once. */
export const debounce = <A extends unknown[]>(wait: number, call: (...args: A) => void, signal: AbortSignal): Later<A> =>
  makeLater(wait, call, signal, true);
