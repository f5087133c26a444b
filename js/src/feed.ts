/**
 * What comes from the kernel and goes back: once for each model and page, however many cells show it.
 *
 * A feed asks for the scene, keeps the latest channels, and tells its watchers. `embedded.ts` is the same feed for a
 * picture that lives in a file.
 */

import { makeReader, type Message } from "./protocol";
import type { Scene, Times } from "./scene";

/** The part of anywidget's model that we use. */
export interface Model {
  get(key: string): any;
  set(key: string, value: unknown): void;
  save_changes(): void;
  on(event: string, call: (...args: any[]) => void): void;
  off(event: string, call: (...args: any[]) => void): void;
  send?(content: unknown): void;
}

export interface Watcher {
  scene(scene: Scene): void;
  /** New channels (edges * 4), to be moved to in `seconds`. */
  frame(channels: Uint8Array, seconds: number): void;
  times(times: Times): void;
  /** Nobody has answered for a while, or ever will: the kernel restarted. Or somebody does again. */
  silent(silent: boolean): void;
  /** Whether what this watcher draws can be seen; where none can, frames are acknowledged unseen. */
  seen(): boolean;
}

export interface Shown {
  frame: number;
  ms: number;
  fps: number;
  backend: string;
}

export interface Feed {
  readonly scene: Scene | null;
  readonly times: Times | null;
  readonly channels: Uint8Array | null;
  /** Number of the frame that `channels` are. */
  readonly frame: number;
  /** The moment that it shows, in seconds; null: none is said. */
  readonly time: number | null;
  watch(watcher: Watcher, signal: AbortSignal): void;
  wantTimes(): void;
  shown(shown: Shown): void;
  /** A view went out of sight, or draws no more: what waits to be drawn there will not be, and the kernel should not wait for it. */
  unseen(): void;
  /** Settles with the kernel's answer; rejects with its error, or when the feed is closed. */
  ask<T>(what: string, args: Record<string, unknown>): Promise<Answer<T>>;
  close(): void;
}

export type Answer<T> = T & { buffers: DataView[] };

interface Pending {
  settle(answer: Answer<any>): void;
  fail(error: Error): void;
}

/** No answer to the first `want` for so long: say what the reader can do. */
const SILENCE = 2500;
/** What questions to a kernel that has gone are answered with, and what a picture of it says. */
export const GONE = "The kernel was stopped or restarted; run the cell to make the picture live.";
/** A delta that does not fit asks for a keyframe, but not at every delta. */
const REPEAT = 1000;

export function makeFeed(model: Model): Feed {
  const client = crypto.getRandomValues(new Uint32Array(2)).join("-");
  const read = makeReader();
  const watchers = new Set<Watcher>();
  const asked = new Map<number, Pending>();
  let [scene, times, channels]: [Scene | null, Times | null, Uint8Array | null] = [null, null, null];
  let frame = -1;
  let time: number | null = null;
  let acked = -1;
  let stream: unknown = null;
  let questions = 0;
  let wantedAt = -Infinity;
  let silence = 0;
  let again = 0;
  let silent = false;

  const tell = (call: (watcher: Watcher) => void): void => [...watchers].forEach(call);
  const hush = (on: boolean): void => {
    clearTimeout(silence);
    if (on !== silent) tell((w) => w.silent(on));
    silent = on;
  };
  const failAll = (words: string): void => {
    for (const { fail } of asked.values()) fail(new Error(words));
    asked.clear();
  };
  const gone = (): void => {
    failAll(GONE);
    hush(true);
  };
  const send = (content: Record<string, unknown>): void => {
    try {
      model.send?.({ client, ...content });
    } catch {
      gone(); // and the comm with it: a kernel that dies is not told of
    }
  };
  const want = (): void => {
    clearTimeout(again);
    const wait = wantedAt + REPEAT - performance.now();
    // What comes last may not fit either, and nothing after it would ask.
    if (wait > 0) return void (again = window.setTimeout(want, wait));
    wantedAt = performance.now();
    send({ kind: "want", scene: scene?.id ?? null, frame: scene ? frame : null });
  };
  const ack = (shown: Partial<Shown>, visible: boolean): void => {
    const content = { kind: "ack", stream, frame, fps: 0, ms: 0, backend: "", ...shown, visible };
    acked = Math.max(acked, content.frame);
    send(content);
  };
  const unseen = (): void => {
    if (![...watchers].some((w) => w.seen())) ack({}, false);
  };
  const settle = (): void => {
    if (scene && acked < frame) unseen();
  };

  const receive = (message: Message): void => {
    if (message.kind === "scene" && message.scene.id === scene?.id) {
      // Another page asked for it: views have it, and their times, already.
      if (message.frame === frame) return;
      ({ frame, time } = message);
      channels = message.scene.channels;
      tell((w) => w.frame(channels!, 0));
    } else if (message.kind === "scene") {
      ({ scene, frame, time } = message);
      channels = scene.channels;
      times = null;
      acked = -1;
      hush(false);
      tell((w) => w.scene(message.scene));
    } else if (message.kind === "times") {
      if (message.scene !== scene?.id) return;
      times = message.times;
      tell((w) => w.times(message.times));
      return;
    } else {
      if (!scene || message.scene !== scene.id || !message.fits(frame)) return want();
      channels = message.apply(channels!);
      ({ frame, stream, time } = message);
      tell((w) => w.frame(channels!, message.ms / 1000));
    }
    clearTimeout(again);
    unseen();
  };

  const onMessage = (content: any, buffers: DataView[] = []): void => {
    if (scene) hush(false);
    if (content?.kind === "answer") {
      if (content.to !== client) return;
      const pending = asked.get(content.id);
      asked.delete(content.id);
      if (content.ok) pending?.settle({ ...content, buffers });
      else pending?.fail(new Error(content.error ?? "no answer"));
      return;
    }
    const message = read(content, buffers);
    if (message) receive(message);
  };

  const onNamed = (): void => {
    if (scene?.id !== model.get("_scene")) want();
  };
  model.on("msg:custom", onMessage);
  model.on("change:_scene", onNamed);
  // ipywidgets says it of all models when a kernel is restarted, and never that one lives again.
  model.on("comm_live_update", gone);
  // A new widget sends its scene unasked and names it afterwards: a name without a scene means that it passed us by.
  if (model.get("_scene")) want();
  silence = window.setTimeout(() => hush(true), SILENCE);

  return {
    get scene() {
      return scene;
    },
    get times() {
      return times;
    },
    get channels() {
      return channels;
    },
    get frame() {
      return frame;
    },
    get time() {
      return time;
    },
    watch(watcher, signal) {
      watchers.add(watcher);
      signal.addEventListener("abort", () => (watchers.delete(watcher), settle()));
      if (scene) {
        watcher.scene(scene);
        if (channels !== scene.channels) watcher.frame(channels!, 0);
      }
      if (silent) watcher.silent(true);
      if (times) watcher.times(times);
    },
    wantTimes() {
      if (scene && !times) send({ kind: "want_times", scene: scene.id });
    },
    shown: (shown) => ack(shown, true),
    unseen: settle,
    ask: (what, args) =>
      new Promise((settle, fail) => {
        const id = ++questions;
        asked.set(id, { settle, fail });
        send({ kind: "ask", id, what, ...args });
      }),
    close() {
      clearTimeout(silence);
      clearTimeout(again);
      model.off("msg:custom", onMessage);
      model.off("change:_scene", onNamed);
      model.off("comm_live_update", gone);
      failAll("the widget was closed");
      watchers.clear();
    },
  };
}
