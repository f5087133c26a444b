/** The passes over edges: what is seen, in which list, and what each pulse keeps when a frame arrives. */

import { BUCKETS, GROUP, makeBuffer, type SceneBuffers } from "./buffers";
import type { Layouts } from "./pipelines";

const MOST_GROUPS = 65535;

export interface EdgeGroups {
  cull: GPUBindGroup;
  lists: GPUBindGroup;
  rebase: GPUBindGroup;
}

export interface EdgePipelines {
  cull: GPUComputePipeline;
  scan: GPUComputePipeline;
  scatter: GPUComputePipeline;
}

/** One indirect draw for each bucket: the vertices that `scan` counts, one instance. */
export function makeDraws(device: GPUDevice): GPUBuffer {
  const { INDIRECT, STORAGE } = GPUBufferUsage;
  const none = Uint32Array.from({ length: 4 * BUCKETS.length }, (_, i) => (i % 4 === 1 ? 1 : 0));
  return makeBuffer(device, "draws", INDIRECT | STORAGE, none);
}

export function bind(device: GPUDevice, layout: GPUBindGroupLayout, ...buffers: GPUBuffer[]): GPUBindGroup {
  return device.createBindGroup({ layout, entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })) });
}

export function bindEdges(device: GPUDevice, layouts: Layouts, view: GPUBuffer, scene: SceneBuffers, draws: GPUBuffer): EdgeGroups {
  const { positions, records, states, to, edgeEmphasis, prepared, places, totals, lists } = scene;
  return {
    cull: bind(device, layouts.cull, view, positions, records, states, to, edgeEmphasis, prepared, places, totals),
    lists: bind(device, layouts.lists, view, places, totals, lists, draws),
    rebase: bind(device, layouts.rebase, view, states, to),
  };
}

/** Two dimensions because one holds 65,535 groups at most. */
function overEdges(pass: GPUComputePassEncoder, pipeline: GPUComputePipeline, group: GPUBindGroup, lanes: number): void {
  const groups = Math.ceil(lanes / GROUP);
  const across = Math.min(groups, MOST_GROUPS);
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  if (groups) pass.dispatchWorkgroups(across, Math.ceil(groups / across));
}

export function encodeCull(encoder: GPUCommandEncoder, pipelines: EdgePipelines, groups: EdgeGroups, lanes: number): void {
  const pass = encoder.beginComputePass({ label: "cull" });
  overEdges(pass, pipelines.cull, groups.cull, lanes);
  pass.setPipeline(pipelines.scan);
  pass.setBindGroup(0, groups.lists);
  pass.dispatchWorkgroups(BUCKETS.length);
  overEdges(pass, pipelines.scatter, groups.lists, lanes);
  pass.end();
}

export function encodeRebase(encoder: GPUCommandEncoder, pipeline: GPUComputePipeline, groups: EdgeGroups, lanes: number): void {
  const pass = encoder.beginComputePass({ label: "rebase" });
  overEdges(pass, pipeline, groups.rebase, lanes);
  pass.end();
}
