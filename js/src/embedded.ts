/**
 * The same feed without a kernel, for a picture that lives in a file: `mount(el, text)`.
 *
 * `text` is base64 of gzip of: u4 length of the JSON; the JSON, padded with spaces to a multiple of 4 bytes; the body. All
 * little-endian. The JSON is ::
 *
 *     {traits, messages: [{content, buffers: [[offset, length], ...]}, ...], accounts: [name, ...], tokens: [name, ...],
 *      unit, sentences: [text, ...], tables: [{name, dtype, shape, offset}, ...]}
 *
 * with offsets in the body. `messages` are the protocol's own (`frames/protocol.py`), scene first, then times; `traits` are
 * those of the widget, without bytes. Tables, all at multiples of 8 bytes of the body, NaN where unknown:
 *
 * - `volume`, `avg_value`, `hold_time` f4 (m,) of the edges
 * - `token_of` u4 (k,), for each transfer in the order of the times message: row of its token, 0xffffffff where none
 * - `ring_of` u4 (m,) ring of each edge, 0xffffffff where none; `ring_starts` u4 (rings + 1,), where in `ring_steps` u4
 *   each begins: rows of edges in order of time, `ring_times` f8; `sentences` say what it is
 * - `account_out`, `account_in` u4 (n,), `account_volume` f4 (n,), `account_first`, `account_last` f8 (n,)
 */

import { makeAnswers, type Archive } from "./answers";
import type { Answer, Feed, Model, Watcher } from "./feed";
import { makeRenderer } from "./ladder";
import { makeReader } from "./protocol";
import type { Scene, Times } from "./scene";
import { makeView } from "./view";

/** Undoes base64 and gzip without a request, as pages under a strict content policy need. */
async function unpack(text: string): Promise<Archive> {
  const packed = Uint8Array.from(atob(text.trim()), (char) => char.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const whole = await new Response(stream).arrayBuffer();
  const length = new DataView(whole).getUint32(0, true);
  const start = 4 + Math.ceil(length / 4) * 4;
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(whole, 4, length)));
  return { ...head, body: whole.slice(start) };
}

/** Traits that nobody else watches. */
function makeModel(traits: Record<string, unknown>): Model {
  const listeners = new Map<string, Set<() => void>>();
  return {
    get: (key) => traits[key],
    set(key, value) {
      traits[key] = value;
      for (const call of listeners.get(`change:${key}`) ?? []) call();
    },
    save_changes: () => undefined,
    on: (event, call) => void listeners.set(event, (listeners.get(event) ?? new Set()).add(call)),
    off: (event, call) => void listeners.get(event)?.delete(call),
  };
}

function makeStillFeed(archive: Archive): Feed {
  const read = makeReader();
  let scene: Scene | null = null;
  let times: Times | null = null;
  let time: number | null = null;
  for (const { content, buffers } of archive.messages) {
    const message = read(content, buffers.map(([offset, length]) => new Uint8Array(archive.body, offset, length)));
    if (message?.kind === "scene") ({ scene, time } = message);
    if (message?.kind === "times") times = message.times;
  }
  const answer = makeAnswers(archive, scene!, times!);
  return {
    scene,
    times,
    channels: scene!.channels,
    frame: 0,
    time,
    watch(watcher: Watcher) {
      watcher.scene(scene!);
      if (times) watcher.times(times);
    },
    wantTimes: () => undefined,
    shown: () => undefined,
    unseen: () => undefined,
    ask: async <T>(what: string, args: Record<string, unknown>) => answer(what, args) as Answer<T>,
    close: () => undefined,
  };
}

/** Shows the picture that `text` holds; settles with a function that takes it away. */
export async function mount(el: HTMLElement, text: string): Promise<() => void> {
  const archive = await unpack(text);
  const end = new AbortController();
  makeView(el, makeModel(archive.traits), makeStillFeed(archive), makeRenderer, end.signal);
  return () => end.abort();
}
