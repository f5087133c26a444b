/**
 * The page's end of the protocol that archivit_widgets/frames/protocol.py states: messages become scenes, times, frames.
 *
 * Buffers come as DataView, ArrayBuffer or Uint8Array, often somewhere inside a larger buffer, and need not be aligned.
 */

import type { Label, Rows, Scene, Times } from "./scene";

export type Buffer = DataView | ArrayBuffer | Uint8Array;

export interface SceneMessage {
  kind: "scene";
  scene: Scene;
  frame: number;
  time: number | null;
}

export interface TimesMessage {
  kind: "times";
  /** Id of the scene. */
  scene: string;
  times: Times;
}

export interface FrameMessage {
  kind: "frame";
  scene: string;
  stream: string;
  frame: number;
  /** Milliseconds from the old values to the new. */
  ms: number;
  /** The moment that it shows, in seconds; null: none is said. */
  time: number | null;
  /** Whether it can be laid over the channels of frame `held`. */
  fits(held: number): boolean;
  /** New channels for all edges; `held` stays as it is. */
  apply(held: Uint8Array): Uint8Array;
}

export type Message = SceneMessage | TimesMessage | FrameMessage;

interface Body {
  key: string;
  head: any;
  pieces: Uint8Array[][];
}

/** Bytes of a buffer, wherever it lies. */
export function bytesOf(buffer: Buffer): Uint8Array {
  if (buffer instanceof ArrayBuffer) return new Uint8Array(buffer);
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

/** Makes a reader: given one message after the other, it returns what is whole, and null while pieces are missing. */
export function makeReader(): (content: any, buffers: readonly Buffer[]) => Message | null {
  const open = new Map<string, Body>();
  return (content, buffers) => {
    const kind = content?.kind;
    if (content?.v !== 1 || (kind !== "scene" && kind !== "times" && kind !== "frame")) return null;
    const key = [content.scene, content.stream, content.frame].join();
    let body = open.get(kind);
    if (content.part === 0) open.set(kind, (body = { key, head: content.head, pieces: [] }));
    if (!body || body.key !== key || body.pieces.length !== content.part) {
      open.delete(kind); // a piece went missing: the page will ask again
      return null;
    }
    body.pieces.push(buffers.map(bytesOf));
    if (content.part + 1 < content.parts) return null;
    open.delete(kind);
    return whole(content, body);
  };
}

function whole(content: any, { head, pieces }: Body): Message {
  if (content.kind === "frame") return frameOf(content, pieces);
  const body = aligned(pieces.map((buffers) => buffers[0]));
  if (content.kind === "scene") return { kind: "scene", scene: sceneOf(content.scene, head, body), frame: head.frame, time: head.time ?? null };
  return { kind: "times", scene: content.scene, times: timesOf(content, body) };
}

function frameOf(content: any, pieces: Uint8Array[][]): FrameMessage {
  const { scene, stream, frame, base, count, ms, time } = content;
  const fits = (held: number): boolean => base === null || base === held;
  const apply = (held: Uint8Array): Uint8Array => {
    if (base === null) return new Uint8Array(aligned(pieces.map((buffers) => buffers[0])));
    const rows = new Uint32Array(aligned(pieces.map((buffers) => buffers[0])));
    const values = new Uint32Array(aligned(pieces.map((buffers) => buffers[1])));
    const next = new Uint32Array(aligned([held]));
    for (let i = 0; i < count; i++) next[rows[i]] = values[i];
    return new Uint8Array(next.buffer);
  };
  return { kind: "frame", scene, stream, frame, ms, time: time ?? null, fits, apply };
}

function sceneOf(id: string, head: any, body: ArrayBuffer): Scene {
  const views: Record<string, any> = {};
  for (const { name, dtype, shape, offset } of head.sections) {
    const length = shape.reduce((a: number, b: number) => a * b, 1);
    views[name] = new VIEWS[dtype](body, offset, length);
  }
  const labels: Label[] = head.labels.map(([row, text]: [number, string]) => ({ row, text }));
  const { positions, sizes, source, target, bend, channels } = views;
  return {
    ...{ id, accounts: head.accounts, edges: head.edges, ghosts: head.ghosts, flat: head.flat, labels },
    ...{ positions, sizes, source: source as Rows, target: target as Rows, bend, channels },
  };
}

function timesOf({ start, at, edges, counts }: any, body: ArrayBuffer): Times {
  const each = new VIEWS[counts](body, 0, edges) as Uint8Array | Uint16Array | Uint32Array;
  const offsets = new Uint32Array(edges + 1);
  for (let i = 0; i < edges; i++) offsets[i + 1] = offsets[i] + each[i];
  const size = at === "f8" ? 8 : 4;
  return { start, offsets, at: new VIEWS[at](body, Math.ceil(each.byteLength / size) * size, offsets[edges]) as Times["at"] };
}

const VIEWS: Record<string, new (body: ArrayBuffer, offset: number, length: number) => ArrayBufferView> = {
  f4: Float32Array,
  f8: Float64Array,
  u1: Uint8Array,
  u2: Uint16Array,
  u4: Uint32Array,
  i1: Int8Array,
};

/** Joins pieces into a buffer of their own, which starts at 0 and so can be viewed as numbers of any size. */
function aligned(pieces: readonly Uint8Array[]): ArrayBuffer {
  const joined = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined.buffer;
}
