/** The page's one GPUDevice. */

import { type Kept, makeShared } from "./shared";

export interface Gpu {
  device: GPUDevice;
  /** SwiftShader and the like: draws on the CPU. */
  software: boolean;
  /** Edges that a lane of a compute pass handles, see shaders/groups.wgsl. */
  share: number;
  format: GPUTextureFormat;
  kept: Kept;
}

/** Why there is no WebGPU, in words for the status line. */
function reasonWithout(): string {
  return globalThis.isSecureContext
    ? "this browser has no WebGPU"
    : "WebGPU needs a secure page: open the notebook through localhost or https";
}

/** Older browsers do not tell what they draw with. */
function isSoftware({ info }: GPUAdapter): boolean {
  if (!info) return false;
  return info.isFallbackAdapter || /swiftshader|llvmpipe|lavapipe|warp/i.test(`${info.vendor} ${info.architecture} ${info.description}`);
}

async function open(gone: (reason: string) => void): Promise<Gpu> {
  if (!navigator.gpu) throw new Error(reasonWithout());
  const adapter = await navigator.gpu.requestAdapter();
  if (!adapter) throw new Error("WebGPU found no graphics adapter");
  // No more than the adapter has, and nothing needs more than every adapter has but scenes of millions of edges.
  const { maxStorageBufferBindingSize, maxBufferSize } = adapter.limits;
  const device = await adapter.requestDevice({ requiredLimits: { maxStorageBufferBindingSize, maxBufferSize } });
  void device.lost.then(({ message }) => gone(message || "the graphics device went away"));
  const software = isSoftware(adapter);
  return { device, software, share: software ? 32 : 1, format: navigator.gpu.getPreferredCanvasFormat(), kept: new Map() };
}

export const { acquire } = makeShared("gpu", open, ({ device }) => device.destroy());
