/** The cull pass: fills each bucket's list and its indirect draw. */

import type { SceneBuffers } from "./buffers";
import { BUCKETS, makeBuffer } from "./buffers";
import type { Layouts } from "./pipelines";

const WORKGROUP = 64;
const MOST_GROUPS = 65535;

/** One indirect draw for each bucket: vertices counted by the shader, one instance. */
export interface Draws {
  empty: GPUBuffer;
  counted: GPUBuffer;
}

export function makeDraws(device: GPUDevice): Draws {
  const none = Uint32Array.from({ length: 4 * BUCKETS.length }, (_, i) => (i % 4 === 1 ? 1 : 0));
  const { COPY_SRC, INDIRECT, STORAGE } = GPUBufferUsage;
  return {
    empty: makeBuffer(device, "no draws", COPY_SRC, none),
    counted: makeBuffer(device, "draws", INDIRECT | STORAGE | COPY_SRC, none),
  };
}

export function freeDraws({ empty, counted }: Draws): void {
  empty.destroy();
  counted.destroy();
}

export function bindCull(device: GPUDevice, layouts: Layouts, view: GPUBuffer, scene: SceneBuffers, draws: Draws): GPUBindGroup {
  const { positions, records, states, to, edgeEmphasis, prepared, lists } = scene;
  return bind(device, layouts.cull, view, positions, records, states, to, edgeEmphasis, prepared, lists, draws.counted);
}

export function bindRebase(device: GPUDevice, layouts: Layouts, view: GPUBuffer, { states, to }: SceneBuffers): GPUBindGroup {
  return bind(device, layouts.rebase, view, states, to);
}

export function bind(device: GPUDevice, layout: GPUBindGroupLayout, ...buffers: GPUBuffer[]): GPUBindGroup {
  return device.createBindGroup({ layout, entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })) });
}

/** One thread an edge; two dimensions because one holds 65,535 groups at most. */
export function dispatch(encoder: GPUCommandEncoder, pipeline: GPUComputePipeline, group: GPUBindGroup, threads: number): void {
  const groups = Math.ceil(threads / WORKGROUP);
  const across = Math.min(groups, MOST_GROUPS);
  const pass = encoder.beginComputePass({ label: pipeline.label });
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  if (groups) pass.dispatchWorkgroups(across, Math.ceil(groups / across));
  pass.end();
}
