/** The one line under the picture: what is shown, what is selected, and which backend draws it and why. */

import { h } from "./dom";

export interface Status {
  readonly el: HTMLElement;
  /** Each part of the line keeps its place; an empty text leaves it out. */
  set(part: "summary" | "moment" | "selection" | "ring" | "kernel" | "backend" | "pace" | "left out", text: string): void;
}

export function makeStatus(): Status {
  const quiet = (): HTMLElement => h("span", { class: "quiet" });
  // It changes with every frame, which is not to be read out.
  const moment = h("span", { "aria-live": "off" });
  const parts = { summary: h("span"), moment, selection: h("span"), ring: h("span"), kernel: h("span"), backend: quiet(), pace: quiet(), "left out": quiet() };
  const el = h("div", { class: "status", role: "status" }, ...Object.values(parts));
  return {
    el,
    set(part, text) {
      if (parts[part].textContent !== text) parts[part].textContent = text;
    },
  };
}
