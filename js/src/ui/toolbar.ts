/** Buttons over the picture: frame, box, pause, save, full screen, help. */

import { h, icon, PAUSE, PLAY } from "./dom";
import { HELP } from "./keys";
import { savePicture } from "./save";
import type { Stage } from "./stage";

const PATHS = {
  home: "M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10M6.5 8a1.5 1.5 0 1 0 3 0 1.5 1.5 0 1 0-3 0",
  box: "M2.5 5V2.5H5M7 2.5h2M11 2.5h2.5V5M13.5 7v2M13.5 11v2.5H11M9 13.5H7M5 13.5H2.5V11M2.5 9V7",
  pause: PAUSE,
  play: PLAY,
  save: "M8 2.5v7.5M4.8 7L8 10.2 11.2 7M2.5 11.5v2h11v-2",
  full: "M9.5 2.5h4v4M13.5 2.5L9 7M6.5 13.5h-4v-4M2.5 13.5L7 9",
  help: "M5.8 6a2.2 2.2 0 1 1 3.3 1.9c-.7.4-1.1.8-1.1 1.7M8 12.2v.4",
};

export function toolbar(stage: Stage): void {
  const { hub, over, root, signal } = stage;
  const button = (path: keyof typeof PATHS, label: string, press: () => void): HTMLButtonElement => {
    const el = h("button", { type: "button", "aria-label": label, title: label }, icon(PATHS[path]));
    el.addEventListener("click", press, { signal });
    return el;
  };
  const toggle = (el: HTMLElement, on: boolean): void => el.setAttribute("aria-pressed", String(on));

  const box = button("box", "Select in a box (B)", () => stage.box(!stage.mood.boxing));
  const pause = button("pause", "Pause the pulses (space)", () => stage.pause(!stage.mood.paused));
  const help = button("help", "Keys and gestures", () => showHelp(card.hidden));
  const full = button("full", "Full screen", () => void toggleFull());
  const card = h(
    "div",
    { class: "help panel", hidden: true, role: "note", "aria-label": "Keys and gestures" },
    h("dl", {}, ...HELP.flatMap(([keys, does]) => [h("dt", {}, keys), h("dd", {}, does)])),
  );
  const bar = h(
    "div",
    { class: "toolbar", role: "toolbar", "aria-label": "Picture" },
    button("home", "The first view (R)", () => stage.fly(stage.home())),
    box,
    pause,
    button("save", "Save as PNG", () => void savePicture(stage)),
    full,
    help,
  );
  over.append(bar, card);

  const showHelp = (on: boolean): void => {
    card.hidden = !on;
    help.setAttribute("aria-expanded", String(on));
  };
  showHelp(false);
  const toggleFull = async (): Promise<void> => {
    try {
      if (document.fullscreenElement) await document.exitFullscreen();
      else await root.requestFullscreen();
    } catch {
      hub.emit("hint", "This page does not allow full screen.");
    }
  };
  if (!document.fullscreenEnabled) full.hidden = true;

  toggle(box, stage.mood.boxing);
  toggle(pause, stage.mood.paused);
  hub.on("boxing", (on) => (toggle(box, on), over.classList.toggle("boxing", on)), signal);
  hub.on(
    "paused",
    (on) => {
      toggle(pause, on);
      pause.replaceChildren(icon(PATHS[on ? "play" : "pause"]));
    },
    signal,
  );
  over.addEventListener("keydown", (e) => e.key === "Escape" && !card.hidden && (showHelp(false), e.stopPropagation()), { signal, capture: true });
}
