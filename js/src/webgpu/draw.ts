/** The draws of one picture: spheres, then each bucket of arteries, threads last. */

import { BUCKETS, makeBuffer, type SceneBuffers } from "./buffers";
import { bind } from "./cull";
import type { DrawPipelines, Layouts } from "./pipelines";

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

/** The uniform that tells a draw which bucket it is. */
export interface Bucket {
  number: GPUBuffer;
  group: GPUBindGroup;
}

export function makeBuckets(device: GPUDevice, layouts: Layouts): Bucket[] {
  return BUCKETS.map((_, bucket) => {
    const number = makeBuffer(device, `bucket ${bucket}`, GPUBufferUsage.UNIFORM, new Uint32Array([bucket, 0, 0, 0]));
    return { number, group: bind(device, layouts.bucket, number) };
  });
}

export function freeBuckets(buckets: Bucket[]): void {
  buckets.forEach(({ number }) => number.destroy());
}

/** All that is drawn, as one pass or two: opaque things, then threads, which are translucent and test their depth. */
export interface Drawing {
  pipelines: DrawPipelines;
  groups: DrawGroups;
  buckets: Bucket[];
  draws: GPUBuffer;
  accounts: number;
}

export function encodeOpaque(pass: GPURenderPassEncoder, drawing: Drawing): void {
  const { pipelines, groups, accounts } = drawing;
  pass.setPipeline(pipelines.accounts);
  pass.setBindGroup(0, groups.accounts);
  pass.draw(3 * accounts);
  encodeBuckets(pass, drawing, "tubes", pipelines.tubes);
  encodeBuckets(pass, drawing, "beaded", pipelines.beaded);
}

export function encodeThreads(pass: GPURenderPassEncoder, drawing: Drawing): void {
  encodeBuckets(pass, drawing, "threads", drawing.pipelines.threads);
}

function encodeBuckets(pass: GPURenderPassEncoder, drawing: Drawing, kind: (typeof BUCKETS)[number], pipeline: GPURenderPipeline): void {
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, drawing.groups.arteries);
  BUCKETS.forEach((bucket, i) => {
    if (bucket !== kind) return;
    pass.setBindGroup(1, drawing.buckets[i].group);
    pass.drawIndirect(drawing.draws, 16 * i);
  });
}
