/** WebGPU, else WebGL2, else nothing: the caller then shows the kernel's still picture. Each step down says why, in words. */

import type { Backend, Lost, Renderer } from "./renderer";
import { makeWebGl2Renderer } from "./webgl2/renderer";
import { makeWebGpuRenderer } from "./webgpu/renderer";

export interface Choice {
  renderer: Renderer | null;
  /** What was chosen and why, for the one line in the cell. */
  why: string;
}

/** The device of a backend went away. */
export type Gone = (reason: string, backend: Backend) => void;

type Make = (canvas: HTMLCanvasElement, lost: Lost) => Promise<Renderer>;

const STEPS: [Backend, string, Make][] = [
  ["webgpu", "WebGPU", makeWebGpuRenderer],
  ["webgl2", "WebGL2", makeWebGl2Renderer],
];

/** The first backend that starts, but none of those that were `lost` too often. */
export async function makeRenderer(canvas: HTMLCanvasElement, gone: Gone, lost: readonly Backend[] = []): Promise<Choice> {
  const reasons: string[] = [];
  for (const [backend, name, make] of STEPS) {
    if (lost.includes(backend)) {
      reasons.push(`${name} was lost again and again`);
      continue;
    }
    try {
      const renderer = await make(canvas, (reason) => gone(reason, backend));
      const where = renderer.software ? `${name} on the processor (no graphics card)` : name;
      return { renderer, why: reasons.length ? `${where}: ${reasons.join("; ")}` : where };
    } catch (error) {
      reasons.push(error instanceof Error ? error.message : String(error));
    }
  }
  return { renderer: null, why: `a still picture: ${reasons.join("; ")}` };
}
