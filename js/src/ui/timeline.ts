/** Transfers over time below the picture: a histogram, a window to drag over it, and a button that plays the window. */

import { h, icon, PAUSE, PLAY, svg } from "./dom";
import type { Window } from "./emphasis";
import { makePlaying } from "./playing";
import type { Stage } from "./stage";
import { ticks } from "./ticks";
import { count, minute, moment } from "./words";

interface Histogram {
  start: number;
  end: number;
  /** (bins + 1,) seconds. */
  edges: number[];
  counts: number[];
  /** Of the first and the last bin: what lies before and after all bins, since `start` and until `end`. */
  before?: number;
  after?: number;
  ticks?: [second: number, text: string][];
  /** [start, end) of what is predicted. */
  forecast?: Window | null;
}

const HEIGHT = 36;

export function timeline(stage: Stage): void {
  const { model, hub, size, status, signal } = stage;
  const data = model.get("_timeline") as Histogram | null;
  if (!data?.counts?.length) return;
  const { forecast } = data;
  const [low, high] = [data.edges[0], data.edges[data.edges.length - 1]];
  /** A window chooses among transfers; the axis may reach further. */
  const span = Math.max(high, forecast?.[1] ?? high) - low;
  const share = (t: number): number => (t - low) / span;
  const at = (t: number): string => `${(100 * share(t)).toFixed(3)}%`;
  const rest = (t: number): string => `${(100 * (1 - share(t))).toFixed(3)}%`;

  const chart = svg("svg", { viewBox: `0 0 1000 ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" }, svg("path", { d: bars(data, share) }));
  const brush = h("div", { class: "brush", hidden: true });
  const handles = (["start", "end"] as const).map((side) =>
    h("div", { class: `handle ${side}`, role: "slider", tabindex: 0, "aria-label": `Window ${side}`, "aria-valuemin": low, "aria-valuemax": high }),
  );
  const marker = h("div", { class: "marker", hidden: true });
  const predicted = forecast && h("div", { class: "hatched" });
  if (predicted) predicted.style.cssText = `left:${at(forecast[0])};right:${rest(forecast[1])}`;
  const track = h("div", { class: "track" }, chart, predicted, brush, marker, ...handles);
  const dates = (data.ticks ?? []).map(([t, text]): [number, string] => [share(t), text]).filter(([f]) => f > 0.02 && f < 0.98);
  const axis = h("div", { class: "axis", "aria-hidden": "true" });
  const play = h("button", { type: "button", "aria-label": "Play the window over time", title: "Play the window over time" }, icon(PLAY));
  const words = h("div", { class: "window" });
  const named = forecast && h("div", { class: "window" }, `forecast from ${moment(forecast[0], span)}`);
  const el = h("div", { class: "timeline", role: "group", "aria-label": "Timeline" }, play, h("div", { class: "time" }, h("div", { class: "said" }, words, named), track, axis));
  status.el.before(el);

  let filled = 0;
  const fill = (): void => {
    if (filled === size.width) return;
    filled = size.width;
    axis.replaceChildren(...ticks(dates, axis.clientWidth));
  };
  /** Of the frame on show, or of a step of what runs over it. */
  let told: number | null = null;
  let step: number | null = null;
  const mark = (): void => {
    const time = step ?? stage.feed.time;
    if (time === told) return;
    told = time;
    marker.hidden = time === null || share(time) < 0 || share(time) > 1;
    if (time !== null) marker.style.left = at(time);
    status.set("moment", said(time, step === null ? forecast : null)); // what took place is not predicted
  };
  hub.on("drawn", () => (fill(), mark()), signal);
  hub.on("step", (time) => ((step = time), mark()), signal);
  fill();
  mark();

  /** The window as far as the bins reach. */
  const shown = (): Window => (stage.window ? [Math.max(low, stage.window[0]), Math.min(high, stage.window[1])] : [low, high]);
  const write = (): void => {
    const [start, end] = shown();
    brush.hidden = !stage.window;
    brush.style.left = at(start);
    brush.style.right = rest(end);
    handles.forEach((handle, i) => {
      const t = i ? end : start;
      handle.style.left = at(t);
      handle.setAttribute("aria-valuenow", String(t));
      handle.setAttribute("aria-valuetext", moment(t, span));
    });
    track.classList.toggle("windowed", stage.window !== null);
    words.textContent = stage.window ? describe(stage.window) : ["Drag over the bars to choose a time", ...beyond(data)].join("; ");
  };
  const describe = (window: Window): string => {
    const dates = `${moment(window[0], span)} – ${moment(window[1] - 1, span)}`;
    return stage.inside ? `${dates}, ${count(stage.inside.transfers, "transfer")}` : dates;
  };
  const set = (start: number, end: number): void => {
    const [a, b] = [Math.max(low, Math.min(start, end)), Math.min(high, Math.max(start, end))];
    const all = a <= low && b >= high;
    // What the outer bins count lies in a window that reaches their outer ends.
    stage.setWindow(all ? null : [a <= low ? Math.min(low, data.start) : a, b >= high ? Math.max(high, data.end) : Math.max(b, a + 1)]);
  };

  const turned = (on: boolean): void => {
    play.replaceChildren(icon(on ? PAUSE : PLAY));
    play.setAttribute("aria-pressed", String(on));
  };
  const { toggle, stop } = makePlaying(stage, { low, high, shown, set, turned });
  play.addEventListener("click", toggle, { signal });

  takeBrush(track, handles, { shown, set, stop, windowed: () => stage.window !== null, clear: () => stage.setWindow(null), low, high, span }, signal);
  handles.forEach((handle, i) =>
    handle.addEventListener(
      "keydown",
      (e) => {
        const bin = span / data.counts.length;
        const by = { ArrowLeft: -bin, ArrowDown: -bin, ArrowRight: bin, ArrowUp: bin, PageDown: -10 * bin, PageUp: 10 * bin }[e.key];
        const to = by ? shown()[i] + by : { Home: low, End: high }[e.key];
        if (e.key === "Escape") stage.setWindow(null);
        else if (to === undefined) return;
        else {
          const [a, b] = shown();
          if (i) set(a, Math.max(to, a + bin));
          else set(Math.min(to, b - bin), b);
        }
        stop();
        e.preventDefault();
        e.stopPropagation();
      },
      { signal },
    ),
  );
  hub.on("window", write, signal);
  hub.on("times", write, signal);
  write();
}

/** Which moment a frame shows, and whether that is predicted. */
function said(time: number | null, forecast?: Window | null): string {
  if (time === null) return "";
  return minute(time) + (forecast && time >= forecast[0] && time < forecast[1] ? ", predicted" : "");
}

/** Says how many transfers lie outside the bins' span, and when. */
function beyond({ before, after, start, end }: Histogram): string[] {
  const span = end - start;
  return [
    ...(before ? [`the first bar counts ${count(before, "transfer")} since ${moment(start, span)} too`] : []),
    ...(after ? [`the last bar counts ${count(after, "transfer")} until ${moment(end - 1, span)} too`] : []),
  ];
}

/** Bars whose heights go with the square root of the count, so that quiet years are seen beside a boom. */
function bars({ edges, counts }: Histogram, share: (t: number) => number): string {
  const most = Math.sqrt(counts.reduce((a, b) => Math.max(a, b), 1));
  return counts
    .map((n, i) => {
      const [x0, x1] = [1000 * share(edges[i]), 1000 * share(edges[i + 1])];
      const gap = Math.min(1.2, (x1 - x0) * 0.2);
      return n ? `M${x0.toFixed(1)} ${HEIGHT}V${(HEIGHT - Math.max(1.5, (HEIGHT * Math.sqrt(n)) / most)).toFixed(1)}H${(x1 - gap).toFixed(1)}V${HEIGHT}Z` : "";
    })
    .join("");
}

interface Brushing {
  shown(): Window;
  set(start: number, end: number): void;
  stop(): void;
  windowed(): boolean;
  clear(): void;
  low: number;
  high: number;
  span: number;
}

/** A drag on bare bars makes a window, on the window moves it, on a handle bends it; a click beside the window ends it. */
function takeBrush(track: HTMLElement, handles: HTMLElement[], brushing: Brushing, signal: AbortSignal): void {
  let drag: { from: number; window: Window; kind: "new" | "move" | "start" | "end"; far: boolean } | null = null;
  const time = (e: PointerEvent): number => {
    const box = track.getBoundingClientRect();
    return brushing.low + (brushing.span * (e.clientX - box.left)) / box.width;
  };
  const on = <K extends keyof HTMLElementEventMap>(type: K, call: (e: HTMLElementEventMap[K]) => void): void =>
    track.addEventListener(type, call, { signal });
  on("pointerdown", (e) => {
    if (e.button) return;
    const from = time(e);
    const shown = brushing.shown();
    const inWindow = brushing.windowed() && from >= shown[0] && from <= shown[1];
    const kind = e.target === handles[0] ? "start" : e.target === handles[1] ? "end" : inWindow ? "move" : "new";
    drag = { from, window: shown, kind, far: false };
    brushing.stop();
    track.setPointerCapture(e.pointerId);
  });
  const follow = (e: PointerEvent): void => {
    if (!drag) return;
    const now = time(e);
    const { from, window, kind } = drag;
    drag.far ||= Math.abs(now - from) > brushing.span / 200;
    if (!drag.far) return;
    if (kind === "new") brushing.set(from, now);
    else if (kind === "start") brushing.set(now, window[1]);
    else if (kind === "end") brushing.set(window[0], now);
    else {
      const by = Math.max(brushing.low - window[0], Math.min(brushing.high - window[1], now - from));
      brushing.set(window[0] + by, window[1] + by);
    }
  };
  on("pointermove", follow);
  const up = (e: PointerEvent): void => {
    follow(e);
    if (drag && !drag.far && drag.kind === "new") brushing.clear();
    drag = null;
  };
  on("pointerup", up);
  on("pointercancel", () => (drag = null));
}
