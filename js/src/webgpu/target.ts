/** What is drawn on: depth, and four samples a pixel where the picture is at rest. */

import { DEPTH, PICKED, type Style } from "./pipelines";

export interface Size {
  width: number;
  height: number;
}

export interface Target {
  color: GPUTexture | null;
  depth: GPUTexture;
}

export function makeTarget(device: GPUDevice, { width, height }: Size, style: Style, format: GPUTextureFormat): Target {
  const sampleCount = style === "sampled" ? 4 : 1;
  const make = (label: string, format: GPUTextureFormat, usage: number) =>
    device.createTexture({ label: `${style} ${label}`, size: [width, height], format, sampleCount, usage });
  const { RENDER_ATTACHMENT, COPY_SRC } = GPUTextureUsage;
  const depth = make("depth", DEPTH, RENDER_ATTACHMENT);
  if (style === "sampled") return { color: make("color", format, RENDER_ATTACHMENT), depth };
  if (style === "picked") return { color: make("rows", PICKED, RENDER_ATTACHMENT | COPY_SRC), depth };
  return { color: null, depth };
}

export function freeTarget({ color, depth }: Target): void {
  color?.destroy();
  depth.destroy();
}

/** A pass onto the target, shown on the canvas where there is one. */
export function passOnto({ color, depth }: Target, canvas: GPUTexture | null, background: readonly number[]): GPURenderPassDescriptor {
  const [r, g, b] = background;
  const drawn = color ?? canvas!;
  return {
    colorAttachments: [
      {
        view: drawn.createView(),
        resolveTarget: color && canvas ? canvas.createView() : undefined,
        clearValue: canvas ? { r, g, b, a: 1 } : { r: 0, g: 0, b: 0, a: 0 },
        loadOp: "clear",
        storeOp: color && canvas ? "discard" : "store",
      },
    ],
    depthStencilAttachment: { view: depth.createView(), depthClearValue: 1, depthLoadOp: "clear", depthStoreOp: "discard" },
  };
}
