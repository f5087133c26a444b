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

/** A line icon of 16 units, drawn with `path` data. */
export function icon(path: string): SVGSVGElement {
  return svg("svg", { viewBox: "0 0 16 16", class: "icon", "aria-hidden": "true" }, svg("path", { d: path }));
}

/** Calls at most once in `wait` ms, with the latest arguments; `flush` calls at once. */
export function debounce<A extends unknown[]>(wait: number, call: (...args: A) => void, signal: AbortSignal) {
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
    later: (...args: A): void => {
      waiting = args;
      timer ||= window.setTimeout(flush, wait);
    },
  };
}
