/** What lies under the pointer, in words: the kernel knows the names, so it is asked. */

import type { Answer } from "../feed";
import type { Hit, View } from "../renderer";
import { h } from "./dom";
import type { Stage } from "./stage";
import { count, minute, number, short } from "./words";

interface EdgeFacts {
  source: string;
  target: string;
  count: number;
  volume: number | null;
  unit: string;
  last: number;
  tokens: string[];
  more: number;
  extra?: Record<string, string>;
  /** It stands in no record: nothing else is known of it. */
  ghost?: boolean;
}

interface AccountFacts {
  name: string;
  out: number;
  in: number;
  volume: number | null;
  unit: string;
  first: number | null;
  last: number | null;
}

const REST_MS = 40;
const SLOW_REST_MS = 160;
/** The kernel runs a cell: say so instead of showing nothing. */
const PATIENCE_MS = 350;
const REMEMBERED = 500;
/** Pixels that the pointer may move while what is said of where it was stays. */
const SLACK = 6;
/** Steps of one artery that are named. */
const FEW = 6;

const EXTRA: Record<string, string> = { avg_value: "average", hold_time: "held before", first: "first" };

type Line = [label: string, value: string];

function lines(hit: Hit, facts: Answer<EdgeFacts & AccountFacts>): { title: Node; rows: Line[] } {
  const volume = facts.volume == null ? "unknown" : `${number(facts.volume)} ${facts.unit}`.trim();
  if (hit.kind === "account") {
    const rows: Line[] = [
      ["received", count(facts.in, "transfer")],
      ["gave", count(facts.out, "transfer")],
      ["volume", volume],
      ["first", minute(facts.first)],
      ["last", minute(facts.last)],
    ];
    return { title: h("b", {}, short(facts.name, 80)), rows };
  }
  const arrow = h("span", { class: "arrow", "aria-label": "to" }, "→");
  const title = h("span", {}, h("b", {}, short(facts.source, 60)), " ", arrow, " ", h("b", {}, short(facts.target, 60)));
  if (facts.ghost) return { title, rows: [["", "likely, not in the record"]] };
  const tokens = facts.tokens.map((token) => short(token, 32)).join(", ") + (facts.more > 0 ? ` and ${facts.more.toLocaleString("en-US")} more` : "");
  const rows: Line[] = [
    ["transfers", facts.count.toLocaleString("en-US")],
    ["volume", volume],
    ["last", minute(facts.last)],
    [facts.tokens.length + facts.more === 1 ? "token" : "tokens", tokens],
    ...Object.entries(facts.extra ?? {}).map(([key, value]): Line => [EXTRA[key] ?? key, value]),
  ];
  return { title, rows: rows.filter(([, value]) => value) };
}

/** When an artery was taken in the ring that is shown. */
function stepsOf(found: string, ring: readonly number[]): Line[] {
  const steps = ring.flatMap((row, i) => (found === `edge${row}` ? [i + 1] : []));
  const some = steps.slice(0, FEW).join(", ") + (steps.length > FEW ? " …" : "");
  return steps.length && ring.length > 1 ? [["in the ring", `${steps.length > 1 ? "steps" : "step"} ${some} of ${ring.length}`]] : [];
}

export function tooltip(stage: Stage): void {
  const { area, over, hub, feed, pick, signal } = stage;
  const el = h("div", { class: "tooltip", role: "tooltip", hidden: true });
  over.append(el);
  const known = new Map<string, Answer<EdgeFacts & AccountFacts>>();
  /** What was found last, and what is to be said of it. */
  let found = "";
  let words: [title: Node, rows: Line[]] | null = null;
  let ring: readonly number[] = [];
  let timer = 0;
  let busy = false;
  let waiting: [number, number] | null = null;
  let at: [number, number] | null = null;
  let spot: [number, number] = [NaN, NaN];
  /** From where the picture was looked at last, and whether it has moved under the pointer since the last look. */
  let camera = stage.camera;
  let moved = false;

  const hide = (): void => {
    found = "";
    words = null;
    el.hidden = true;
    area.style.cursor = "";
  };
  const place = (x: number, y: number): void => {
    const { clientWidth, clientHeight } = over;
    const [w, t] = [el.offsetWidth, el.offsetHeight];
    el.style.left = `${Math.max(4, x + 14 + w > clientWidth ? x - w - 10 : x + 14)}px`;
    el.style.top = `${Math.max(4, y + 14 + t > clientHeight ? y - t - 8 : y + 14)}px`;
  };
  /** Says it where the pointer rests: not while it is still to be found out what lies there. */
  const tell = (): void => {
    if (!words || busy || waiting || !at) return;
    const [title, rows] = words;
    const steps = stepsOf(found, ring);
    const list = h("dl", {}, ...[...rows, ...steps].flatMap(([label, value]) => [h("dt", {}, label), h("dd", {}, value)]));
    el.replaceChildren(h("div", { class: "title" }, title), list);
    el.hidden = false;
    place(...at);
  };

  const show = async (hit: Hit): Promise<void> => {
    const key = hit.kind + hit.row;
    if (key === found) return tell();
    hide();
    found = key;
    area.style.cursor = "pointer";
    const say = (title: Node, rows: Line[]): void => {
      if (found !== key || signal.aborted) return;
      words = [title, rows];
      tell();
    };
    const patience = (): void => say(h("span", {}, hit.kind === "edge" ? "Artery" : "Account"), [["", "Details come when the kernel is free."]]);
    const slow = window.setTimeout(patience, PATIENCE_MS);
    try {
      const facts = known.get(key) ?? (await feed.ask<EdgeFacts & AccountFacts>(hit.kind, { row: hit.row }));
      if (known.size > REMEMBERED) known.clear();
      known.set(key, facts);
      const { title, rows } = lines(hit, facts);
      say(title, rows);
    } catch (error) {
      say(h("span", {}, (error as Error).message), []);
    } finally {
      clearTimeout(slow);
    }
  };

  const look = async (): Promise<void> => {
    timer = 0;
    if (!waiting || busy) return;
    spot = waiting;
    waiting = null;
    moved = false;
    busy = true;
    const hit = await pick(...spot);
    busy = false;
    if (signal.aborted) return;
    if (waiting) rest();
    else if (hit && at) void show(hit);
    else hide();
    if (moved) lookAgain();
  };
  /** What stands there may no longer lie under the pointer. */
  const lookAgain = (): void => {
    moved = true;
    if (!found || !at || busy) return;
    waiting = at;
    rest();
  };
  const rest = (): void => void (timer ||= window.setTimeout(() => void look(), stage.slow ? SLOW_REST_MS : REST_MS));

  const point = (now: [number, number] | null): void => {
    waiting = at = now;
    if (now) rest();
    if (!now || Math.hypot(now[0] - spot[0], now[1] - spot[1]) > SLACK) hide();
  };
  const drawn = (view: View): void => {
    if (view.camera === camera) return;
    ({ camera } = view);
    lookAgain();
  };
  hub.on("hover", point, signal);
  hub.on("drawn", drawn, signal);
  hub.on("ring", (steps) => ((ring = steps), el.hidden || tell()), signal);
  // Wherever the focus is: what covers the picture can be sent away without moving the pointer.
  document.addEventListener("keydown", (e) => e.key === "Escape" && point(null), { signal, capture: true });
  hub.on("scene", () => (known.clear(), hide()), signal);
  signal.addEventListener("abort", () => clearTimeout(timer));
}
