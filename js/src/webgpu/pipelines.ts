/** All pipelines of a device, each compiled once for every widget on the page, when first asked for. */

import type { Gpu } from "../device";
import { constants } from "../look";
import { type Program, program } from "./programs";

/** How a picture is drawn: with four samples a pixel, with one (in a hurry), or as rows for picking. */
export type Style = "sampled" | "single" | "picked";

export const DEPTH: GPUTextureFormat = "depth24plus";
export const PICKED: GPUTextureFormat = "r32uint";

export interface Pipelines {
  readonly layouts: Layouts;
  cull(): Promise<GPUComputePipeline>;
  rebase(): Promise<GPUComputePipeline>;
  arteries(style: Style): Promise<GPURenderPipeline>;
  alerts(style: Style): Promise<GPURenderPipeline>;
  accounts(style: Style): Promise<GPURenderPipeline>;
}

export interface Layouts {
  cull: GPUBindGroupLayout;
  rebase: GPUBindGroupLayout;
  arteries: GPUBindGroupLayout;
  bucket: GPUBindGroupLayout;
  accounts: GPUBindGroupLayout;
}

type Kind = GPUBufferBindingType;

function makeLayouts(device: GPUDevice): Layouts {
  const { COMPUTE, VERTEX, FRAGMENT } = GPUShaderStage;
  const layout = (visibility: number, ...kinds: Kind[]) =>
    device.createBindGroupLayout({
      entries: kinds.map((type, binding) => ({
        binding,
        visibility: type === "uniform" && visibility !== COMPUTE ? VERTEX | FRAGMENT : visibility,
        buffer: { type },
      })),
    });
  const read: Kind = "read-only-storage";
  return {
    cull: layout(COMPUTE, "uniform", read, read, read, read, read, "storage", "storage", "storage"),
    rebase: layout(COMPUTE, "uniform", "storage", read),
    arteries: layout(VERTEX, "uniform", read, read),
    bucket: layout(VERTEX, "uniform"),
    accounts: layout(VERTEX, "uniform", read, read),
  };
}

function makePipelines({ device, format }: Gpu): Pipelines {
  const layouts = makeLayouts(device);
  const once = new Map<string, unknown>();
  function keep<T>(key: string, make: () => T): T {
    if (!once.has(key)) once.set(key, make());
    return once.get(key) as T;
  }
  const module = (name: Program) => keep(`module ${name}`, () => device.createShaderModule({ label: name, code: program(name) }));
  const layout = (...bindGroupLayouts: GPUBindGroupLayout[]) => device.createPipelineLayout({ bindGroupLayouts });

  const compute = (name: "cull" | "rebase") =>
    keep(name, () =>
      device.createComputePipelineAsync({
        label: name,
        layout: layout(layouts[name]),
        compute: { module: module(name), entryPoint: name, constants },
      }),
    );
  const render = (name: "artery" | "account", entryPoint: string, style: Style, groups: GPUBindGroupLayout[]) =>
    keep(`${name} ${entryPoint}`, () =>
      device.createRenderPipelineAsync({
        label: `${name} ${entryPoint}`,
        layout: layout(...groups),
        vertex: { module: module(name), entryPoint: "vertex", constants },
        fragment: { module: module(name), entryPoint, constants, targets: [{ format: style === "picked" ? PICKED : format }] },
        primitive: { topology: name === "artery" ? "triangle-strip" : "triangle-list" },
        depthStencil: { format: DEPTH, depthWriteEnabled: true, depthCompare: "less" },
        multisample: { count: style === "sampled" ? 4 : 1 },
      }),
    );
  return {
    layouts,
    cull: () => compute("cull"),
    rebase: () => compute("rebase"),
    arteries: (style) => render("artery", style, style, [layouts.arteries, layouts.bucket]),
    alerts: (style) => render("artery", style === "picked" ? style : `${style}_alert`, style, [layouts.arteries, layouts.bucket]),
    accounts: (style) => render("account", style, style, [layouts.accounts]),
  };
}

const made = new WeakMap<GPUDevice, Pipelines>();

export function pipelinesOf(gpu: Gpu): Pipelines {
  let pipelines = made.get(gpu.device);
  if (!pipelines) made.set(gpu.device, (pipelines = makePipelines(gpu)));
  return pipelines;
}
