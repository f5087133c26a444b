/** The reader's hand on the picture: camera, clicks, boxes, keys. */

import { takeControls } from "./controls";
import { h } from "./dom";
import { boxed, joined, nothing, things, toggled } from "./select";
import type { Stage } from "./stage";

export function handsOn(stage: Stage): void {
  const { area, feed, hub, signal } = stage;
  const frame = h("div", { class: "box", hidden: true });
  stage.over.append(frame);

  takeControls(
    area,
    {
      camera: () => stage.camera,
      move: stage.move,
      moving: stage.hurry,
      flat: () => feed.scene?.flat ?? false,
      boxing: () => stage.mood.boxing,
      async click(x, y, add) {
        const hit = await stage.pick(x, y);
        if (!feed.scene || signal.aborted) return;
        const picked = things(feed.scene, hit);
        if (!add) {
          stage.select(picked);
          if (hit) hub.emit("clicked", hit);
        }
        else if (hit) stage.select(toggled(stage.selection, picked));
      },
      box(a, b, done, add) {
        frame.hidden = done;
        const [left, top] = [Math.min(a[0], b[0]), Math.min(a[1], b[1])];
        frame.style.cssText = `left:${left}px;top:${top}px;width:${Math.abs(a[0] - b[0])}px;height:${Math.abs(a[1] - b[1])}px`;
        if (!done || !feed.scene) return;
        const found = boxed(feed.scene, stage, a, b);
        stage.select(add ? joined(stage.selection, found) : found);
        stage.box(false);
      },
      hover: (x, y) => hub.emit("hover", [x, y]),
      leave: () => hub.emit("hover", null),
      hint: (text) => hub.emit("hint", text),
      focus: () => stage.canvas().focus({ preventScroll: true }),
      focused: () => stage.canvas().matches(":focus"),
    },
    signal,
  );

  const commands: Record<string, () => void> = {
    f: () => stage.focus(),
    r: () => stage.fly(stage.home()),
    Home: () => stage.fly(stage.home()),
    " ": () => stage.pause(!stage.mood.paused),
    b: () => stage.box(!stage.mood.boxing),
    "/": () => stage.over.querySelector<HTMLElement>(".search input")?.focus(),
    Escape: () => (stage.mood.boxing ? stage.box(false) : stage.select(nothing())),
  };
  area.addEventListener(
    "keydown",
    (e) => {
      // With Caps Lock, letters come as capitals.
      const command = commands[e.key.length === 1 ? e.key.toLowerCase() : e.key];
      if (!command || e.ctrlKey || e.metaKey || e.altKey) return;
      e.preventDefault();
      e.stopPropagation();
      command();
    },
    { signal },
  );
}
