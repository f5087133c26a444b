/** One cell's view of a model: the picture, and the parts round it. Everything ends with the signal. */

import { fit } from "./camera";
import { GONE, type Feed, type Model } from "./feed";
import { KERNEL_GONE } from "./lab/gone";
import { shareOf, type Thinning } from "./quality";
import { debounce, h } from "./ui/dom";
import { emphasise, inside, type Inside } from "./ui/emphasis";
import { makeEye } from "./ui/eye";
import { makeHub } from "./ui/hub";
import { roomBeside } from "./ui/legend";
import { watchSeen } from "./ui/loop";
import { makePainter, type Mood } from "./ui/painter";
import { FIRST, LATER, STILL } from "./ui/parts";
import { makePicture, type MakeRenderer, type PictureEvents } from "./ui/picture";
import { makePoster } from "./ui/poster";
import { isEmpty } from "./ui/select";
import { makeSelecting } from "./ui/selecting";
import { makeStage, type Part, type StageEvents } from "./ui/stage";
import { makeStatus } from "./ui/status";
import css from "./ui/style.css";
import { count } from "./ui/words";
import { watchMotion, watchPixels, watchTheme } from "./ui/theme";

/** The status line is read out, so what it counts waits until no new frames come. */
const REST_MS = 1000;
/** A cell's new size has stood for so long when the data is framed anew. */
const RESIZED_MS = 100;
const SLOW = "At most 5 frames a second here, coarser while moving, no turning by itself.";

/** Says that a picture at rest leaves out some of its weak arteries, see `hash` in shaders/cull.wgsl. */
function leftOut(kept: Thinning, channels: Uint8Array): string {
  if (kept.keep >= 1) return "";
  const edges = channels.length / 4;
  let drawn = 0;
  for (let row = 0; row < edges; row++) drawn += channels[4 * row + 3] >= 128 ? 1 : shareOf(channels[4 * row] / 255, kept);
  if (Math.round(drawn) >= edges) return "";
  return `About ${Math.round(drawn).toLocaleString("en-US")} of ${count(edges, "artery", "arteries")} are drawn here, the strongest and all alerts among them.`;
}

export function makeView(el: HTMLElement, model: Model, feed: Feed, make: MakeRenderer, signal: AbortSignal): void {
  const hub = makeHub<StageEvents>();
  const status = makeStatus();
  const { root, title, over, area } = makeFrame(status.el);
  el.append(root);

  const size = { width: 0, height: 0 };
  const mood: Mood = { theme: { dark: false, background: [1, 1, 1] }, reduced: false, paused: false, moving: false, boxing: false };
  let furnished = false;
  let acked = -1;
  let told = NaN;
  let asleep = false;
  const ask = (): void => painter.loop.ask();
  const state = (name: "ready" | "lost"): void => void (root.dataset.state = asleep && name === "ready" ? "stale" : name);

  const events: PictureEvents = {
    lost(reason) {
      state("lost");
      status.set("backend", `The graphics device was lost (${reason}); the picture is being rebuilt.`);
    },
    chosen(renderer, why) {
      root.dataset.backend = renderer?.backend ?? "static";
      status.set("backend", why);
      poster.show(renderer === null);
      // What cannot be seen to move takes neither wheel nor keys: those are the page's.
      area.toggleAttribute("inert", renderer === null);
      if (renderer) {
        renderer.better = ask;
        return ask();
      }
      state("ready");
      feed.unseen();
      furnish(STILL);
    },
  };
  const picture = makePicture(area, make, events, signal);
  const poster = makePoster(model, over, signal);
  const eye = makeEye(model, ask, signal);
  const frame = (): void => {
    if (feed.scene && size.width) eye.setHome(fit(feed.scene, size.width / size.height, roomBeside(size)));
  };
  // All arteries are gone through for it, which cannot be done for each size that a cell goes through.
  const reframe = debounce(RESIZED_MS, frame, signal);
  const measure = (): void => {
    const [width, height] = [over.clientWidth, over.clientHeight];
    // A notebook takes cells that are scrolled away out of the page: they come back as they were.
    if (!width || !height || (width === size.width && height === size.height)) return;
    const first = !size.width;
    Object.assign(size, { width, height });
    if (first) frame();
    else reframe.later();
    ask();
  };

  const sayLeftOut = (): void => void (picture.renderer && status.set("left out", leftOut(picture.renderer.kept, feed.channels!)));
  const tellLeftOut = debounce(REST_MS, sayLeftOut, signal);
  const shown = (number: number, ms: number): void => {
    const kept = picture.renderer!.kept.keep;
    const other = kept !== told;
    told = kept;
    if (other || (kept < 1 && number !== acked)) tellLeftOut.later();
    if (other) tellLeftOut.flush();
    if (number !== acked) feed.shown({ frame: number, ms, fps: painter.loop.fps(), backend: picture.renderer!.backend });
    acked = number;
    // What can wait, waits for the first frame; a task of its own lets that frame reach the screen.
    if (!furnished) setTimeout(() => signal.aborted || furnish(LATER));
  };
  const drawn = (view: StageEvents["drawn"], number: number): void => {
    root.dataset.frame = String(number);
    state("ready");
    hub.emit("drawn", view);
  };
  const paced = (slow: boolean): void => status.set("pace", slow ? SLOW : "");
  const painter = makePainter({ model, feed, picture, eye, mood, size, measure, drawn, shown, paced }, signal);

  let plain = true;
  let open: Inside | null = null;
  let unlit: ReadonlySet<number> = new Set();
  const highlight = (): void => {
    if (!feed.scene) return;
    const before = plain;
    plain = !open && isEmpty(selecting.selection);
    if (plain && before) return;
    const { edges, accounts } = emphasise(feed.scene, selecting.selection, open?.edges ?? null, unlit);
    picture.setEmphasis(edges, accounts);
    ask();
  };
  const look = (): void => {
    const { times, scene } = feed;
    const now = (model.get("_timeline") as { end?: number } | null)?.end;
    open = times && selecting.window ? inside(times, selecting.window, scene?.ghosts, now) : null;
    highlight();
  };
  const selecting = makeSelecting(
    model,
    {
      selection(selection, told) {
        highlight();
        hub.emit("selection", selection);
        if (told) stage.follow();
      },
      window(window) {
        look();
        hub.emit("window", window);
      },
    },
    signal,
  );

  const machinery = { mood, eye, picture, painter, selecting, inside: () => open, dim: (some: typeof unlit) => ((unlit = some), highlight()) };
  const stage = makeStage({ feed, model, hub, signal, root, area, over, size, mood, status }, machinery);
  const furnish = (parts: Part[]): void => {
    if (furnished) return;
    furnished = true;
    feed.wantTimes();
    for (const part of parts) part(stage);
  };

  feed.watch(
    {
      scene(scene) {
        plain = true;
        told = NaN;
        picture.setScene(scene);
        selecting.read(scene);
        hub.emit("scene", scene);
        frame();
        look();
        ask();
      },
      frame(channels, seconds) {
        // At five frames a second a transition would only delay the new values.
        picture.setChannels(channels, mood.reduced || painter.loop.slow ? 0 : seconds);
        ask();
      },
      times(times) {
        look();
        hub.emit("times", times);
      },
      silent(silent) {
        asleep = silent;
        // A picture that is there can still be looked at from all sides.
        status.set("kernel", silent && feed.scene ? GONE : "");
        poster.asleep(silent && !feed.scene);
        if (silent || root.dataset.frame) state("ready");
      },
      seen: () => picture.renderer !== null && painter.loop.seen && size.width > 0,
    },
    signal,
  );

  const traits: Record<string, () => unknown> = {
    "change:clock": ask,
    "change:turn": ask,
    "change:height": () => (over.style.height = `${Number(model.get("height")) || 480}px`),
    "change:_title": () => (title.textContent = String(model.get("_title") ?? "")),
  };
  for (const call of Object.values(traits)) call();
  for (const [event, call] of Object.entries(traits)) model.on(event, call);
  const resized = new ResizeObserver(measure);
  resized.observe(over);
  watchTheme(root, (theme) => (Object.assign(mood, { theme }), hub.emit("theme", theme), ask()), signal);
  watchMotion((reduced) => (Object.assign(mood, { reduced }), ask()), signal);
  watchPixels(ask, signal);
  const see = (seen: boolean): void => {
    painter.loop.see(seen);
    if (!seen) feed.unseen();
  };
  watchSeen(over, see, signal);
  root.addEventListener("keydown", keepKeys, { signal });
  // To a kernel that has gone nothing can be sent: the feed notices that, and says so.
  const enquire = (): void => void feed.ask("account", { row: 0 }).catch(() => undefined);
  document.addEventListener(KERNEL_GONE, enquire, { signal });
  for (const part of FIRST) part(stage);

  Object.defineProperty(root, "archivit", { value: inspected(feed, stage, painter, picture) });
  signal.addEventListener("abort", () => {
    resized.disconnect();
    for (const [event, call] of Object.entries(traits)) model.off(event, call);
    root.remove();
  });
}

function makeFrame(status: HTMLElement) {
  const title = h("div", { class: "heading" });
  const area = h("div", { class: "area" });
  const over = h("div", { class: "stage" }, area);
  const root = h("div", { class: "archivit-arteries", "data-state": "loading" }, h("style", {}, css), title, over, status);
  return { root, title, over, area };
}

/** Notebooks take bare keys as commands (in JupyterLab A adds a cell, X cuts one); what is typed here is meant for here. */
function keepKeys(e: KeyboardEvent): void {
  const theirs = e.ctrlKey || e.metaKey || e.altKey || (e.shiftKey && e.key === "Enter");
  if (!theirs) e.stopPropagation();
}

/** For tests, which read here instead of sleeping. */
function inspected(feed: Feed, stage: object, painter: ReturnType<typeof makePainter>, picture: ReturnType<typeof makePicture>) {
  return {
    ...{ feed, stage, loop: painter.loop, view: () => painter.view },
    get renderer() {
      return picture.renderer;
    },
    get draws() {
      return painter.loop.draws;
    },
  };
}
