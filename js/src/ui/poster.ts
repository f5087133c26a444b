/** The kernel's still picture, where there is no live one: no backend, or nobody who answers. */

import type { Model } from "../feed";
import { h } from "./dom";

const ASLEEP = "A saved picture. Run the cell to make it live.";
const BUSY = "Waiting for the kernel. If no cell is running, run this cell to make it live.";

export interface Poster {
  /** Show the still picture instead of a live one. */
  show(on: boolean): void;
  /** Nobody answers: say so, over the still picture if there is one. */
  asleep(on: boolean): void;
}

export function makePoster(model: Model, over: HTMLElement, signal: AbortSignal): Poster {
  const image = h("img", { draggable: "false" });
  const words = h("p");
  const el = h("div", { class: "poster", hidden: true }, image, words);
  let [still, silent] = [false, false];
  over.append(el);

  const update = (): void => {
    const data = String(model.get("_poster") ?? "");
    const usable = data.startsWith("data:image/");
    if (usable) image.src = data;
    image.hidden = !usable;
    image.alt = ["Still picture of the arteries", model.get("_summary")].filter(Boolean).join(": ");
    words.textContent = silent ? (usable ? ASLEEP : BUSY) : "";
    words.hidden = !silent;
    el.hidden = !(still || silent);
  };
  const traits = ["change:_poster", "change:_summary"];
  for (const event of traits) model.on(event, update);
  signal.addEventListener("abort", () => traits.forEach((event) => model.off(event, update)));
  return {
    show(on) {
      still = on;
      update();
    },
    asleep(on) {
      silent = on;
      update();
    },
  };
}
