/** A view without a kernel and without a graphics device. */

import { afterEach, beforeEach, vi } from "vitest";
import type { Feed, Model, Watcher } from "../src/feed";
import type { Gone } from "../src/ladder";
import type { Renderer, View } from "../src/renderer";
import { makeView } from "../src/view";
import { line, timesOf } from "./scenes";

export const observers = { made: 0, ended: 0 };
export class Observer {
  private static all: Observer[] = [];
  private static seen = true;
  /** Says again what is observed; `seen`: it is on screen. */
  static tell(seen = true): void {
    Observer.seen = seen;
    Observer.all.forEach((observer) => observer.observe());
  }
  constructor(private call: (entries: unknown[]) => void) {
    observers.made++;
    Observer.all.push(this);
  }
  observe(): void {
    queueMicrotask(() => this.call([{ isIntersecting: Observer.seen }]));
  }
  disconnect(): void {
    observers.ended++;
    Observer.all = Observer.all.filter((observer) => observer !== this);
  }
}

/** What the page's media queries say, and whom they tell. */
export class Query extends EventTarget {
  static all: Query[] = [];
  /** Media features that are so. */
  static so: string[] = [];
  /** From now on it is so, or is not; all queries that name it tell of it. */
  static tell(feature: string, so: boolean): void {
    Query.so = Query.so.filter((other) => other !== feature).concat(so ? feature : []);
    for (const query of [...Query.all]) if (query.media.includes(feature)) query.dispatchEvent(new Event("change"));
  }
  constructor(readonly media: string) {
    super();
    Query.all.push(this);
  }
  get matches(): boolean {
    return Query.so.some((feature) => this.media.includes(feature));
  }
}

/** What listens from now on to the document, its window and media queries, gone with its signal. */
export function listenersOutside(): Map<object, string> {
  const held = new Map<object, string>();
  for (const target of [document, window, Query.prototype]) {
    const add = target.addEventListener;
    vi.spyOn(target, "addEventListener").mockImplementation(function (this: EventTarget, ...args: any[]) {
      const [type, call, options] = args;
      held.set(call, type);
      options?.signal?.addEventListener("abort", () => held.delete(call));
      add.call(this, type, call, options);
    } as never);
  }
  return held;
}

/** A renderer that only remembers, but for what is its own; the real ones are tested in a browser. */
export function makeStub(own: Partial<Renderer> = {}) {
  const log: string[] = [];
  const seconds: number[] = [];
  const views: View[] = [];
  let lost: (reason: string) => void = () => undefined;
  const renderer = (): Renderer => ({
    backend: "webgpu",
    software: false,
    moving: false,
    busy: false,
    better: () => undefined,
    kept: { keep: 1, sure: 1, power: 4 },
    setScene: (s) => void log.push(`scene ${s.channels[0]}`),
    setChannels: (c, s) => (log.push(`channels ${c[0]}`), void seconds.push(s)),
    setEmphasis: (e) => void log.push(`emphasis ${[...e]}`),
    draw: (view) => void views.push(view),
    pick: async () => null,
    done: async () => 1,
    toBlob: async () => new Blob(),
    destroy: () => void log.push("destroyed"),
    ...own,
  });
  const make = async (_: HTMLCanvasElement, gone: Gone) => {
    lost = (reason) => gone(reason, "webgpu");
    return { renderer: renderer(), why: "A stub" };
  };
  return { make, log, views, seconds, lose: (reason: string) => lost(reason) };
}

/** A model that remembers what was sent to the kernel. */
export function makeModel(values: Record<string, unknown> = {}) {
  const sent: any[] = [];
  const listeners = new Map<string, Set<(...args: any[]) => void>>();
  const emit = (event: string, ...args: unknown[]): void => [...(listeners.get(event) ?? [])].forEach((call) => call(...args));
  /** The page or the kernel gives a trait another value. */
  const tell = (key: string, value: unknown): void => {
    values[key] = value;
    emit(`change:${key}`);
  };
  const model: Model = {
    get: (key) => values[key],
    set: tell,
    save_changes: () => undefined,
    on: (event, call) => void listeners.set(event, (listeners.get(event) ?? new Set()).add(call)),
    off: (event, call) => void listeners.get(event)?.delete(call),
    send: (content) => void sent.push(content),
  };
  const hearing = (): number => [...listeners.values()].reduce((n, set) => n + set.size, 0);
  return { model, hearing, tell, emit, values, sent, kinds: () => sent.map((m) => m.kind) };
}

export function makeStillFeed(names: string[] = ["A", "B", "C"]) {
  let watcher: Watcher | null = null;
  const shown: number[] = [];
  const scene = line(3, [
    [0, 1],
    [1, 2],
  ]);
  const feed: Feed = {
    ...{ scene, times: timesOf([[0], [500]]), channels: scene.channels, frame: 0, time: null as number | null },
    watch(w, signal) {
      watcher = w;
      signal.addEventListener("abort", () => (watcher = null));
      w.scene(scene);
    },
    wantTimes: () => undefined,
    shown: ({ frame }) => void shown.push(frame),
    unseen: () => undefined,
    ask: async (what, args) =>
      (what === "account"
        ? { name: names[args.row as number], out: 1, in: 2, volume: 3, unit: "ETH", first: 0, last: 0, buffers: [] }
        : { source: names[0], target: names[1], count: 1, volume: 2, unit: "ETH", last: 0, tokens: [names[2]], more: 0, buffers: [] }) as never,
    close: () => undefined,
  };
  return { feed, shown, watcher: () => watcher };
}

export const settle = (ms = 60): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

/** The size that every element has from now on. */
export function resize(width: number, height = 400): void {
  for (const [key, value] of [["clientWidth", width], ["clientHeight", height]] as const)
    Object.defineProperty(HTMLElement.prototype, key, { configurable: true, get: () => value });
}

/** Before each test clocks that stand and what jsdom lacks; an empty page after it. */
export function usePage(): void {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "requestAnimationFrame", "cancelAnimationFrame", "performance"] });
    Object.assign(observers, { made: 0, ended: 0 });
    vi.stubGlobal("IntersectionObserver", Observer);
    vi.stubGlobal("ResizeObserver", Observer);
    vi.stubGlobal("matchMedia", (media: string) => new Query(media));
    Object.assign(Query, { all: [], so: [] });
    resize(600);
    HTMLElement.prototype.setPointerCapture = HTMLElement.prototype.scrollIntoView = () => undefined;
  });
  afterEach(() => {
    opened.splice(0).forEach((end) => end.abort());
    vi.useRealTimers();
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
    Observer.tell();
    document.body.replaceChildren();
  });
}

export const TIMELINE = { start: 0, end: 1000, edges: [0, 500, 1000], counts: [1, 4], ticks: [[500, "<i>1970</i>"]] };

const opened: AbortController[] = [];

/** A view of a model with `values`; `make` may be that of another copy of the module. */
export async function openView(values: Record<string, unknown> = {}, stub = makeStub(), names?: string[], flat = false, make = makeView) {
  const model = makeModel({ height: 400, clock: 1, turn: false, _timeline: TIMELINE, _legend: [], _summary: "two <b>", ...values });
  const still = makeStillFeed(names);
  still.feed.scene!.flat = flat;
  const end = new AbortController();
  opened.push(end);
  const cell = document.createElement("div");
  document.body.append(cell);
  make(cell, model.model, still.feed, stub.make, end.signal);
  await settle();
  const root = cell.querySelector<HTMLElement>(".archivit-arteries")!;
  return { ...model, ...still, ...stub, end, root, stage: (root as any).archivit.stage };
}
