/** The draws of one picture: spheres, then each bucket of arteries, then alerts. */

import { BUCKETS, makeBuffer, type SceneBuffers } from "./buffers";
import { bind, type Draws } from "./cull";
import type { Layouts, Pipelines, Style } from "./pipelines";

export interface DrawPipelines {
  arteries: GPURenderPipeline;
  alerts: GPURenderPipeline;
  accounts: GPURenderPipeline;
}

export async function loadDrawPipelines(pipelines: Pipelines, style: Style): Promise<DrawPipelines> {
  const [arteries, alerts, accounts] = await Promise.all([pipelines.arteries(style), pipelines.alerts(style), pipelines.accounts(style)]);
  return { arteries, alerts, accounts };
}

export interface DrawGroups {
  arteries: GPUBindGroup;
  accounts: GPUBindGroup;
}

export function bindDraws(device: GPUDevice, layouts: Layouts, view: GPUBuffer, scene: SceneBuffers): DrawGroups {
  return {
    arteries: bind(device, layouts.arteries, view, scene.prepared, scene.lists),
    accounts: bind(device, layouts.accounts, view, scene.positions, scene.accountEmphasis),
  };
}

export interface Bucket {
  number: GPUBuffer;
  group: GPUBindGroup;
}

export function makeBuckets(device: GPUDevice, layouts: Layouts): Bucket[] {
  return Array.from({ length: BUCKETS }, (_, bucket) => {
    const number = makeBuffer(device, `bucket ${bucket}`, GPUBufferUsage.UNIFORM, new Uint32Array([bucket, 0, 0, 0]));
    return { number, group: bind(device, layouts.bucket, number) };
  });
}

export function freeBuckets(buckets: Bucket[]): void {
  buckets.forEach(({ number }) => number.destroy());
}

export function encodeDraws(
  pass: GPURenderPassEncoder,
  pipelines: DrawPipelines,
  groups: DrawGroups,
  buckets: Bucket[],
  draws: Draws,
  accounts: number,
): void {
  pass.setPipeline(pipelines.accounts);
  pass.setBindGroup(0, groups.accounts);
  pass.draw(3 * accounts);
  pass.setPipeline(pipelines.arteries);
  pass.setBindGroup(0, groups.arteries);
  buckets.forEach(({ group }, bucket) => {
    if (bucket === BUCKETS - 1) pass.setPipeline(pipelines.alerts);
    pass.setBindGroup(1, group);
    pass.drawIndirect(draws.counted, 16 * bucket);
  });
}
