/** All pipelines of a device, each compiled once for every widget on the page, when first asked for. */

import type { Gpu } from "../device";
import { constants } from "../look";
import { keep } from "../shared";
import { type Program, program } from "./programs";

/** How a picture is drawn: with four samples a pixel, with one (software adapters), or as rows for picking. */
export type Style = "sampled" | "single" | "picked";

export const DEPTH: GPUTextureFormat = "depth24plus";
export const PICKED: GPUTextureFormat = "r32uint";

/** What one style draws with. */
export interface DrawPipelines {
  accounts: GPURenderPipeline;
  threads: GPURenderPipeline;
  tubes: GPURenderPipeline;
  beaded: GPURenderPipeline;
}

export type Compute = "cull" | "scan" | "scatter" | "rebase";
const PROGRAM_OF = { cull: "cull", scan: "lists", scatter: "lists", rebase: "rebase" } as const;

export interface Pipelines {
  readonly layouts: Layouts;
  /** Passes over edges, by their entry point. */
  compute(entryPoint: Compute): Promise<GPUComputePipeline>;
  draws(style: Style): Promise<DrawPipelines>;
  /** For scenes with ghosts, made at once: the device makes their first picture wait, nobody else's. */
  ghostly(style: Style): DrawPipelines;
  smooth(): Promise<GPURenderPipeline>;
}

export interface Layouts {
  cull: GPUBindGroupLayout;
  lists: GPUBindGroupLayout;
  rebase: GPUBindGroupLayout;
  arteries: GPUBindGroupLayout;
  bucket: GPUBindGroupLayout;
  accounts: GPUBindGroupLayout;
  smooth: GPUBindGroupLayout;
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
  const smooth = { entries: [{ binding: 0, visibility: FRAGMENT, texture: {} }, { binding: 1, visibility: FRAGMENT, sampler: {} }] };
  return {
    cull: layout(COMPUTE, "uniform", read, read, read, read, read, "storage", "storage", "storage"),
    lists: layout(COMPUTE, "uniform", read, "storage", "storage", "storage"),
    rebase: layout(COMPUTE, "uniform", "storage", read),
    arteries: layout(VERTEX, "uniform", read, read),
    bucket: layout(VERTEX, "uniform"),
    accounts: layout(VERTEX, "uniform", read, read),
    smooth: device.createBindGroupLayout(smooth),
  };
}

const COVER: GPUBlendState = {
  color: { srcFactor: "src-alpha", dstFactor: "one-minus-src-alpha" },
  alpha: { srcFactor: "zero", dstFactor: "one" },
};

function makePipelines({ device, share, format }: Gpu): Pipelines {
  const layouts = makeLayouts(device);
  const once = new Map<string, unknown>();
  function keep<T>(key: string, make: () => T): T {
    if (!once.has(key)) once.set(key, make());
    return once.get(key) as T;
  }
  const module = (name: Program) => keep(`module ${name}`, () => device.createShaderModule({ label: name, code: program(name) }));
  const layout = (...bindGroupLayouts: GPUBindGroupLayout[]) => device.createPipelineLayout({ bindGroupLayouts });
  const ribbon = layout(layouts.arteries, layouts.bucket);

  const compute = (entryPoint: Compute) =>
    keep(entryPoint, () => {
      const name = PROGRAM_OF[entryPoint];
      const program = { module: module(name), entryPoint, constants: { ...constants, share } };
      return device.createComputePipelineAsync({ label: entryPoint, layout: layout(layouts[name]), compute: program });
    });
  function render(name: Program, entryPoint: string, style: Style, ghostly: boolean): GPURenderPipelineDescriptor {
    const numbers = { ...constants, ghostly: Number(ghostly) };
    const blend = entryPoint === "thread" ? COVER : undefined;
    return {
      label: `${name} ${entryPoint} ${style}${ghostly ? " ghostly" : ""}`,
      layout: name === "account" ? layout(layouts.accounts) : ribbon,
      vertex: { module: module(name), entryPoint: "vertex", constants: numbers },
      fragment: { module: module(name), entryPoint, constants: numbers, targets: [{ format: style === "picked" ? PICKED : format, blend }] },
      primitive: { topology: name === "account" ? "triangle-list" : "triangle-strip" },
      depthStencil: { format: DEPTH, depthWriteEnabled: !blend, depthCompare: "less" },
      multisample: { count: style === "sampled" ? 4 : 1 },
    };
  }
  function drawn(style: Style, ghostly: boolean): Record<keyof DrawPipelines, GPURenderPipelineDescriptor> {
    const rows = style === "picked" ? style : null;
    return {
      accounts: render("account", style, style, ghostly),
      threads: render("thread", rows ?? "thread", style, ghostly),
      tubes: render("artery", rows ?? "tube", style, ghostly),
      beaded: render("artery", rows ?? `${style}_beads`, style, ghostly),
    };
  }
  return {
    layouts,
    compute,
    draws: (style) =>
      keep(`draws ${style}`, async () => {
        const made = Object.entries(drawn(style, false)).map(async ([kind, how]) => [kind, await keep(how.label!, () => device.createRenderPipelineAsync(how))]);
        return Object.fromEntries(await Promise.all(made)) as DrawPipelines;
      }),
    ghostly: (style) =>
      keep(`ghostly ${style}`, () => {
        const made = Object.entries(drawn(style, true)).map(([kind, how]) => [kind, keep(how.label!, () => device.createRenderPipeline(how))]);
        return Object.fromEntries(made) as DrawPipelines;
      }),
    smooth: () =>
      keep("smooth", () =>
        device.createRenderPipelineAsync({
          label: "smooth",
          layout: layout(layouts.smooth),
          vertex: { module: module("smooth"), entryPoint: "vertex" },
          fragment: { module: module("smooth"), entryPoint: "single", targets: [{ format }] },
        }),
      ),
  };
}

export const pipelinesOf = (gpu: Gpu): Pipelines => keep(gpu.kept, "pipelines", () => makePipelines(gpu));
