/** One cell's view of a model: the picture, and the parts round it. Everything ends with the signal. */

import { fit } from "./camera";
import type { Feed, Model } from "./feed";
import type { Renderer, Theme, View } from "./renderer";
import type { Scene } from "./scene";
import { h } from "./ui/dom";
import { emphasise, inside } from "./ui/emphasis";
import { makeEye } from "./ui/eye";
import { makeHub } from "./ui/hub";
import { makeLoop, watchSeen } from "./ui/loop";
import { focusOn } from "./ui/flight";
import { FIRST, LATER, STILL } from "./ui/parts";
import { makePicture, type MakeRenderer } from "./ui/picture";
import { makePoster } from "./ui/poster";
import { isEmpty } from "./ui/select";
import { makeSelecting } from "./ui/selecting";
import type { Stage, StageEvents } from "./ui/stage";
import { makeStatus } from "./ui/status";
import css from "./ui/style.css";
import { watchMotion, watchTheme } from "./ui/theme";

/** While something moves on a slow adapter, a picture of half the pixels in each direction. */
const COARSE = 0.5;
const LONGEST_STEP = 2;

export function makeView(el: HTMLElement, model: Model, feed: Feed, make: MakeRenderer, signal: AbortSignal): void {
  const hub = makeHub<StageEvents>();
  const status = makeStatus();
  const over = h("div", { class: "stage", style: `height:${Number(model.get("height")) || 480}px` });
  const root = h("div", { class: "archivit-arteries", "data-state": "loading" });
  const title = h("div", { class: "heading" });
  const area = h("div", { class: "area" });
  over.append(area);
  root.append(h("style", {}, css), title, over, status.el);
  el.append(root);

  const size = { width: 0, height: 0 };
  let theme: Theme = { dark: false, background: [1, 1, 1] };
  let reduced = false;
  let paused = false;
  let boxing = false;
  let moving = false;
  let ready = false;
  let time = 0;
  let last = NaN;
  let acked = -1;
  let drawnAs: View | null = null;

  const state = (name: "loading" | "ready" | "lost" | "stale"): void => void (root.dataset.state = name);
  const clock = (): number | null => (model.get("clock") as number | null | undefined) ?? null;
  const turning = (): boolean =>
    eye.untouched && !reduced && !paused && !loop.slow && !feed.scene?.flat && model.get("turn") !== false;
  const beating = (): boolean => !reduced && !paused && clock() === null;
  const ask = (): void => loop.ask();

  const picture = makePicture(
    area,
    make,
    {
      lost(reason) {
        state("lost");
        status.set("backend", `The graphics device was lost (${reason}); the picture is being rebuilt.`);
      },
      chosen(renderer: Renderer | null, why) {
        root.dataset.backend = renderer?.backend ?? "static";
        status.set("backend", why);
        poster.show(renderer === null);
        if (renderer) return ask();
        state("ready");
        for (const part of ready ? [] : STILL) part(stage);
        ready = true;
      },
    },
    signal,
  );
  const poster = makePoster(model, over, signal);
  const eye = makeEye(model, ask, signal);

  const frame = (scene: Scene): void => eye.setHome(fit(scene.positions, scene.flat, size.width / size.height));
  const measure = (): void => {
    const [width, height] = [over.clientWidth, over.clientHeight];
    if (width === size.width && height === size.height) return;
    Object.assign(size, { width, height });
    if (feed.scene && width && height) frame(feed.scene);
    ask();
  };

  const draw = async (now: number): Promise<number> => {
    const renderer = picture.renderer!;
    const seconds = Math.min(LONGEST_STEP, Math.max(0, (now - last) / 1000 || 0));
    last = now;
    eye.step(now, seconds, turning());
    if (beating()) time += seconds;
    const hurried = moving || eye.flying;
    const pixels = Math.min(2, devicePixelRatio || 1);
    const scale = loop.slow ? (hurried ? COARSE : 1) : pixels;
    const number = feed.frame;
    const view: View = { camera: eye.camera, theme, ...size, scale, time: clock() ?? time, still: reduced, hurried };
    renderer.draw(view);
    drawnAs = view;
    hub.emit("drawn", view);
    const ms = await renderer.done();
    if (signal.aborted || picture.renderer !== renderer) return NaN;
    shown(number, ms);
    return ms;
  };

  const shown = (number: number, ms: number): void => {
    root.dataset.frame = String(number);
    state("ready");
    if (number !== acked) feed.shown({ frame: number, ms, fps: loop.fps(), backend: picture.renderer!.backend });
    acked = number;
    if (ready) return;
    ready = true;
    // What can wait, waits for the first frame; a task of its own lets that frame reach the screen.
    setTimeout(() => {
      if (signal.aborted) return;
      feed.wantTimes();
      for (const part of LATER) part(stage);
      if (feed.times) hub.emit("times", feed.times);
    });
  };

  const loop = makeLoop(
    {
      draw,
      able() {
        if (!size.width) measure();
        return picture.renderer !== null && feed.scene !== null && size.width > 0 && size.height > 0;
      },
      moves: () => eye.flying || beating() || turning() || (picture.renderer?.busy ?? false),
      software: () => picture.renderer?.software ?? false,
      paced(slow) {
        status.set("pace", slow ? "At most 5 frames a second here, coarser while moving, no turning by itself." : "");
      },
    },
    signal,
  );

  let plain = true;
  const highlight = (): void => {
    if (!feed.scene) return;
    const open = feed.times && selecting.window ? inside(feed.times, selecting.window).edges : null;
    const before = plain;
    plain = !open && isEmpty(selecting.selection);
    if (plain && before) return;
    const { edges, accounts } = emphasise(feed.scene, selecting.selection, open);
    picture.setEmphasis(edges, accounts);
    ask();
  };
  const selecting = makeSelecting(
    model,
    {
      selection(selection, told) {
        highlight();
        hub.emit("selection", selection);
        if (told && !isEmpty(selection)) stage.focus();
      },
      window(window) {
        highlight();
        hub.emit("window", window);
      },
    },
    signal,
  );

  const stage: Stage = {
    feed,
    model,
    hub,
    signal,
    root,
    area,
    over,
    size,
    get theme() {
      return theme;
    },
    get camera() {
      return eye.camera;
    },
    move: eye.move,
    fly: (camera) => eye.fly(camera, reduced || loop.slow),
    home: () => eye.home,
    focus() {
      const { selection } = selecting;
      stage.fly(feed.scene && !isEmpty(selection) ? focusOn(feed.scene, selection, eye.camera, size.width / size.height) : eye.home);
    },
    get selection() {
      return selecting.selection;
    },
    select: selecting.select,
    get window() {
      return selecting.window;
    },
    setWindow: selecting.setWindow,
    get paused() {
      return paused;
    },
    set paused(on) {
      paused = on;
      hub.emit("paused", on);
      ask();
    },
    get boxing() {
      return boxing;
    },
    set boxing(on) {
      boxing = on;
      hub.emit("boxing", on);
    },
    get reduced() {
      return reduced;
    },
    get slow() {
      return loop.slow;
    },
    hurry(on) {
      moving = on;
      eye.touch();
      ask();
    },
    pick: async (x, y) => (drawnAs && picture.renderer ? picture.renderer.pick(x, y) : null),
    picture: () => (picture.renderer ? picture.renderer.toBlob() : Promise.reject(new Error("there is no picture yet"))),
    canvas: () => picture.canvas,
    status,
  };

  const enter = (scene: Scene): void => {
    plain = true;
    picture.setScene(scene);
    selecting.read(scene);
    hub.emit("scene", scene);
    if (size.width && size.height) frame(scene);
    highlight();
    ask();
  };
  feed.watch(
    {
      scene: enter,
      frame(channels, seconds) {
        picture.setChannels(channels, reduced ? 0 : seconds);
        ask();
      },
      times(times) {
        highlight();
        hub.emit("times", times);
      },
      silent(silent) {
        if (silent) state("stale");
        poster.asleep(silent);
      },
      seen: () => picture.renderer !== null && loop.seen && size.width > 0,
    },
    signal,
  );

  // Notebooks take bare keys as commands (in JupyterLab A adds a cell, X cuts one); what is typed here is meant for here.
  const keep = (e: KeyboardEvent): void => {
    const theirs = e.ctrlKey || e.metaKey || e.altKey || (e.shiftKey && e.key === "Enter");
    if (!theirs) e.stopPropagation();
  };
  root.addEventListener("keydown", keep, { signal });

  const onTrait: Record<string, () => unknown> = {
    "change:clock": ask,
    "change:turn": ask,
    "change:height": () => (over.style.height = `${Number(model.get("height")) || 480}px`),
    "change:_title": () => (title.textContent = String(model.get("_title") ?? "")),
  };
  onTrait["change:_title"]();
  for (const [event, call] of Object.entries(onTrait)) model.on(event, call);
  const resized = new ResizeObserver(measure);
  resized.observe(over);
  watchTheme(root, (next) => ((theme = next), hub.emit("theme", next), ask()), signal);
  watchMotion((on) => ((reduced = on), ask()), signal);
  watchSeen(over, loop.see, signal);
  for (const part of FIRST) part(stage);
  // For tests, which read here instead of sleeping.
  const debugged = {
    ...{ feed, stage, loop, view: () => drawnAs },
    get renderer() {
      return picture.renderer;
    },
    get draws() {
      return loop.draws;
    },
  };
  Object.defineProperty(root, "archivit", { value: debugged });
  signal.addEventListener("abort", () => {
    resized.disconnect();
    for (const [event, call] of Object.entries(onTrait)) model.off(event, call);
    root.remove();
  });
}
