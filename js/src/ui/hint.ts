/** A sentence over the picture that goes away by itself. */

import { h } from "./dom";
import type { Stage } from "./stage";

const READ_MS = 2600;

export function hint({ over, hub, signal }: Stage): void {
  const el = h("div", { class: "hint" });
  over.append(el);
  let timer = 0;
  hub.on(
    "hint",
    (text) => {
      el.textContent = text;
      el.classList.add("on");
      clearTimeout(timer);
      timer = window.setTimeout(() => el.classList.remove("on"), READ_MS);
    },
    signal,
  );
  signal.addEventListener("abort", () => clearTimeout(timer));
}
