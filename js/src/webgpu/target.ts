/** What is drawn on before it reaches the canvas. */

import type { Size } from "../renderer";
import { DEPTH, type Layouts, PICKED, type Style } from "./pipelines";

export interface Target {
  color: GPUTexture;
  depth: GPUTexture;
}

export function makeTarget(device: GPUDevice, { width, height }: Size, style: Style, format: GPUTextureFormat): Target {
  const { RENDER_ATTACHMENT, COPY_SRC, TEXTURE_BINDING } = GPUTextureUsage;
  const make = (label: string, format: GPUTextureFormat, extra: number) =>
    device.createTexture({
      label: `${style} ${label}`,
      size: [width, height],
      format,
      sampleCount: style === "sampled" ? 4 : 1,
      usage: RENDER_ATTACHMENT | extra,
    });
  const reads = { sampled: 0, single: TEXTURE_BINDING, picked: COPY_SRC }[style];
  return { color: make("color", style === "picked" ? PICKED : format, reads), depth: make("depth", DEPTH, 0) };
}

export function freeTarget({ color, depth }: Target): void {
  color.destroy();
  depth.destroy();
}

/** A pass that draws onto `color`; four samples a pixel are resolved onto `canvas`. */
export function passOnto(color: GPUTexture, depth: GPUTexture, background: readonly number[], canvas?: GPUTexture): GPURenderPassDescriptor {
  const [r, g, b] = background;
  const clearValue = { r, g, b, a: 1 };
  const resolved = canvas && { resolveTarget: canvas.createView() };
  return {
    colorAttachments: [{ view: color.createView(), clearValue, loadOp: "clear", storeOp: canvas ? "discard" : "store", ...resolved }],
    depthStencilAttachment: { view: depth.createView(), depthClearValue: 1, depthLoadOp: "clear", depthStoreOp: "store" },
  };
}

/** A pass that draws more onto what is there. */
export function passOver(color: GPUTexture, depth: GPUTexture): GPURenderPassDescriptor {
  return {
    colorAttachments: [{ view: color.createView(), loadOp: "load", storeOp: "store" }],
    depthStencilAttachment: { view: depth.createView(), depthLoadOp: "load", depthStoreOp: "discard" },
  };
}

export function bindSmooth(device: GPUDevice, { smooth }: Layouts, { color }: Target): GPUBindGroup {
  const sampler = device.createSampler({ magFilter: "linear", minFilter: "linear" });
  return device.createBindGroup({
    layout: smooth,
    entries: [
      { binding: 0, resource: color.createView() },
      { binding: 1, resource: sampler },
    ],
  });
}

/** Smooths the picture onto the canvas. */
export function encodeSmooth(encoder: GPUCommandEncoder, pipeline: GPURenderPipeline, group: GPUBindGroup, canvas: GPUTexture): void {
  const pass = encoder.beginRenderPass({ colorAttachments: [{ view: canvas.createView(), loadOp: "clear", storeOp: "store" }] });
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  pass.draw(3);
  pass.end();
}
