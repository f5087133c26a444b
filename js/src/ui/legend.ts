/** What the four channels mean, in the data's units; folds away. It lies over a picture that has room for it, else below. */

import { focal, ROOM, type Room } from "../camera";
import { look, widths } from "../look";
import type { Size } from "../renderer";
import { h, svg } from "./dom";
import type { Stage } from "./stage";
import { ticks } from "./ticks";

export interface Entry {
  channel: "radius" | "pulse" | "color" | "alert" | "ghost" | "forecast";
  title: string;
  unit: string;
  scale: string;
  ticks: [fraction: number, text: string][];
  unknown: boolean;
  note: string;
}

const WIDTH = 168;
/** Width and height of a picture that has room for an open legend, and how much of the width the legend takes. */
const NARROW = 720;
const LOW = 360;
const TAKEN = 208;
/** Half the height of the widest sample. */
const MOST = 20;
/** Pixels beside the samples in a cell that they fill. */
const MARGINS = 46;

type Ends = [number, number];

/** Half widths in pixels of the thinnest and the widest artery at the target's distance. */
function ends({ camera, size, feed }: Stage): Ends {
  const [thinnest, widest] = widths(feed.scene?.edges ?? 0);
  const pixels = (focal(1)[1] * size.height) / 2 / camera.distance;
  return [thinnest * pixels, widest * pixels];
}

/** A tube that swells from the thinnest to the thickest, in true widths; of a close view, as much as finds room. */
function wedge([thinnest, widest]: Ends): Element {
  const high = Math.min(MOST, Math.max(6, widest));
  const half = (f: number): number => Math.min(high, Math.max(0.4, widest * (thinnest / widest) ** (1 - f)));
  const edge = Array.from({ length: 57 }, (_, i) => [(i / 56) * WIDTH, half(i / 56)]);
  const points = [...edge.map(([x, r]) => [x, high - r]), ...edge.reverse().map(([x, r]) => [x, high + r])];
  const shape = svg("polygon", { class: "ink", points: points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(2)}`).join(" ") });
  return strip(shape, 2 * high);
}

const strip = (drawing: Element, height = 12, fits = "none"): Element =>
  svg("svg", { viewBox: `0 0 ${WIDTH} ${height}`, preserveAspectRatio: fits, class: "strip", style: `height:${height}px`, "aria-hidden": "true" }, drawing);

/** Bands of light on a tube, far apart where slow, close where fast: each has come as far as its speed takes it. */
function bands(dark: boolean): Element {
  const marks = [];
  for (let f = 0.05; f < 0.97; f += 0.05 + 0.14 * (1 - f) ** 1.5)
    marks.push(svg("rect", { x: (f * WIDTH).toFixed(1), y: 3, width: (2 + 6 * f).toFixed(1), height: 7, rx: 3, opacity: (0.4 + 0.6 * f).toFixed(2) }));
  const glow = look.themes[dark ? "dark" : "light"].glow;
  return svg("g", {}, svg("rect", { class: "ink", x: 0, y: 3, width: WIDTH, height: 7, rx: 3.5 }), svg("g", { fill: glow }, ...marks));
}

/** A beaded tube. */
function beads(): Element {
  const { color, pitch, string } = look.alert;
  const [n, r] = [7, 4];
  const balls = Array.from({ length: n }, (_, i) => svg("circle", { cx: r + i * pitch * r, cy: 6, r }));
  return svg("g", { fill: color }, svg("rect", { x: r, y: 6 - string * r, width: (n - 1) * pitch * r, height: 2 * string * r }), ...balls);
}

/** Beads drawn out, and no string. */
function dashes(dark: boolean): Element {
  const [pitch, r] = [24, 3.5];
  const wide = pitch * look.ghost.dash;
  const some = Array.from({ length: WIDTH / pitch }, (_, i) => svg("rect", { x: i * pitch, y: 6 - r, width: wide, height: 2 * r, rx: r }));
  return svg("g", { fill: look.themes[dark ? "dark" : "light"].ghost }, ...some);
}

function ramp(dark: boolean): HTMLElement {
  const colors = look.colors[dark ? "dark" : "light"];
  return h("div", { class: "ramp", style: `background:linear-gradient(90deg,${colors.join(",")})` });
}

const scaled = (entry: Entry): boolean => entry.scale !== "constant";

/** What an entry's values look like. */
function sample(entry: Entry, dark: boolean, tube: Ends, wide: number): Node[] {
  const under = h("div", { class: "ticks" }, ...ticks(entry.ticks, wide));
  if (entry.channel === "alert") return [strip(beads(), 12, "xMinYMid")];
  if (entry.channel === "ghost") return [strip(dashes(dark), 12, "xMinYMid")];
  if (entry.channel === "forecast") return [h("div", { class: "hatched" })];
  if (!scaled(entry)) return [];
  if (entry.channel === "radius") return [wedge(tube), under];
  if (entry.channel === "pulse") return [strip(bands(dark)), under];
  const unknown = h("div", { class: "unknown" }, h("i", { style: `background:${look.themes[dark ? "dark" : "light"].unknown}` }), "unknown");
  return [ramp(dark), under, ...(entry.unknown ? [unknown] : [])];
}

function row(entry: Entry, dark: boolean, tube: Ends, wide: number): HTMLElement {
  const what = entry.unit ? `${entry.title} (${entry.unit})` : entry.title;
  const words = scaled(entry) ? what : entry.title === "none" ? "none in the data" : `constant ${entry.title}`;
  const caption = h("div", { class: "caption" }, h("b", {}, look.names[entry.channel]), ` ${words}`, entry.note ? h("span", { class: "quiet" }, ` ${entry.note}`) : null);
  return h("div", { class: `channel ${entry.channel}` }, caption, ...sample(entry, dark, tube, wide));
}

const opens = ({ width, height }: Size): boolean => width >= NARROW && height >= LOW;

/** What the first view may fill: not what stands under an open legend; as much on the other side, or it would turn aside. */
export function roomBeside(size: Size): Room {
  return [opens(size) ? 1 - (2 * TAKEN) / size.width : ROOM[0], ROOM[1]];
}

export function legend(stage: Stage): void {
  const { model, over, hub, size, signal } = stage;
  const body = h("div", { class: "channels" });
  const el = h("details", { class: "legend panel", open: opens(size) }, h("summary", {}, "Legend"), body);
  const settle = (): void => (opens(size) ? over.append(el) : over.after(el));
  settle();
  let { dark } = stage.mood.theme;
  let [tube, wide]: [Ends, number] = [[0, 0], 0];
  const room = (): number => Math.min(WIDTH, size.width - MARGINS);
  const write = (): void => {
    [tube, wide] = [ends(stage), room()];
    // What an alert looks like is told where there is none, too: the next frame may bring one.
    const entries = (model.get("_legend") ?? []) as Entry[];
    body.replaceChildren(...entries.map((entry) => row(entry, dark, tube, wide)));
  };
  let roomy = opens(size);
  const drawn = (): void => {
    if (opens(size) !== roomy) {
      el.open = roomy = !roomy;
      settle();
    }
    // A tenth of a pixel is not seen.
    if (Math.abs(ends(stage)[1] - tube[1]) > 0.1 || room() !== wide) write();
  };
  hub.on("drawn", drawn, signal);
  hub.on("theme", (next) => ((dark = next.dark), write()), signal);
  model.on("change:_legend", write);
  signal.addEventListener("abort", () => model.off("change:_legend", write));
  write();
}
