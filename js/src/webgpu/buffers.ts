/** The scene on the GPU: 12 bytes an edge sent once, 12 that change with frames, and what the cull pass leaves. */

import type { Scene } from "../scene";

/** What each bucket of shaders/lod.wgsl is drawn with. */
export const BUCKETS = ["threads", "threads", "threads", "tubes", "tubes", "tubes", "beaded"] as const;
/** Lanes of a workgroup; each handles one edge or more. */
export const GROUP = 64;
const ARTERY_BYTES = 64;

export interface SceneBuffers {
  positions: GPUBuffer;
  records: GPUBuffer;
  states: GPUBuffer;
  to: GPUBuffer;
  edgeEmphasis: GPUBuffer;
  accountEmphasis: GPUBuffer;
  prepared: GPUBuffer;
  places: GPUBuffer;
  totals: GPUBuffer;
  lists: GPUBuffer;
}

/** Whether the largest buffer, of prepared arteries, can be bound whole. */
export const fits = (device: GPUDevice, { edges }: Scene): boolean => ARTERY_BYTES * edges <= device.limits.maxStorageBufferBindingSize;

export function makeBuffer(device: GPUDevice, label: string, usage: number, content: ArrayBufferView | number): GPUBuffer {
  const bytes = typeof content === "number" ? content : content.byteLength;
  // A binding holds at least one element, also where a graph has no edges.
  const size = Math.max(ARTERY_BYTES, Math.ceil(bytes / 4) * 4);
  const buffer = device.createBuffer({ label, size, usage: usage | GPUBufferUsage.COPY_DST });
  if (typeof content !== "number") writeBytes(device, buffer, content);
  return buffer;
}

/** Writes views of any length; WebGPU itself takes multiples of four bytes only. */
export function writeBytes(device: GPUDevice, buffer: GPUBuffer, view: ArrayBufferView): void {
  const whole = view.byteLength & ~3;
  const bytes = new Uint8Array(view.buffer as ArrayBuffer, view.byteOffset, view.byteLength);
  if (whole) device.queue.writeBuffer(buffer, 0, bytes, 0, whole);
  if (whole === view.byteLength) return;
  const rest = new Uint8Array(4);
  rest.set(bytes.subarray(whole));
  device.queue.writeBuffer(buffer, whole, rest);
}

function positionsOf({ positions, sizes, accounts }: Scene): Float32Array {
  const out = new Float32Array(4 * accounts);
  for (let i = 0; i < accounts; i++) {
    out[4 * i] = positions[3 * i];
    out[4 * i + 1] = positions[3 * i + 1];
    out[4 * i + 2] = positions[3 * i + 2];
    out[4 * i + 3] = sizes[i] / 255;
  }
  return out;
}

function recordsOf({ source, target, bend, edges }: Scene): Uint32Array {
  const out = new Uint32Array(3 * edges);
  for (let i = 0; i < edges; i++) {
    out[3 * i] = source[i];
    out[3 * i + 1] = target[i];
    out[3 * i + 2] = (bend[4 * i] & 255) | ((bend[4 * i + 1] & 255) << 8) | ((bend[4 * i + 2] & 255) << 16);
  }
  return out;
}

/** Channels shown at the start, and the phase that the seed in the bend's fourth byte gives. */
function statesOf({ channels, bend, edges }: Scene): ArrayBuffer {
  const out = new DataView(new ArrayBuffer(8 * edges));
  for (let i = 0; i < edges; i++) {
    for (let k = 0; k < 4; k++) out.setUint8(8 * i + k, channels[4 * i + k]);
    out.setFloat32(8 * i + 4, (bend[4 * i + 3] + 127) / 254, true);
  }
  return out.buffer;
}

export function uploadScene(device: GPUDevice, scene: Scene): SceneBuffers {
  const { STORAGE } = GPUBufferUsage;
  const make = (label: string, content: ArrayBufferView | number) => makeBuffer(device, label, STORAGE, content);
  return {
    positions: make("positions", positionsOf(scene)),
    records: make("records", recordsOf(scene)),
    states: make("states", new Uint8Array(statesOf(scene))),
    to: make("to", scene.channels),
    edgeEmphasis: make("edge emphasis", scene.edges),
    accountEmphasis: make("account emphasis", scene.accounts),
    prepared: make("prepared", ARTERY_BYTES * scene.edges),
    places: make("places", 4 * scene.edges),
    totals: make("totals", 4 * BUCKETS.length * Math.ceil(scene.edges / GROUP)),
    lists: make("lists", 4 * BUCKETS.length * scene.edges),
  };
}

export function freeScene(buffers: SceneBuffers): void {
  Object.values(buffers).forEach((buffer: GPUBuffer) => buffer.destroy());
}
