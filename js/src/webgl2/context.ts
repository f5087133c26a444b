/**
 * The page's one WebGL2 context: browsers hold about sixteen. It draws into a canvas that is not on the page, and each
 * picture is copied to the widget's own canvas.
 */

import type { Lost } from "../renderer";
import { keep, type Kept, makeShared } from "../shared";
import { makePrograms, type Programs } from "./programs";
import { makeSmooth, type Smooth } from "./smooth";
import { makeTargets, type Targets } from "./target";

interface Context {
  gl: WebGL2RenderingContext;
  canvas: HTMLCanvasElement;
  /** SwiftShader and the like: draws on the CPU. */
  software: boolean;
  kept: Kept;
}

export interface Gl extends Context {
  programs: Programs;
  targets: Targets;
  smooth: Smooth;
}

async function open(gone: Lost): Promise<Context> {
  const canvas = document.createElement("canvas");
  // Samples are our own (target.ts), as a picture in a hurry has one only; alpha, because they are resolved into it.
  const gl = canvas.getContext("webgl2", { antialias: false, alpha: true, depth: true, powerPreference: "high-performance" });
  if (!gl) throw new Error("this browser has no WebGL2");
  const info = gl.getExtension("WEBGL_debug_renderer_info");
  const name = String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  canvas.addEventListener("webglcontextlost", () => gone("the WebGL2 context was lost"));
  return { gl, canvas, software: /swiftshader|llvmpipe|software|basic render/i.test(name), kept: new Map() };
}

const shared = makeShared("gl", open, ({ gl }) => gl.getExtension("WEBGL_lose_context")?.loseContext());

export async function acquire(lost: Lost): Promise<{ own: Gl; release: () => void }> {
  const { own, release } = await shared.acquire(lost);
  const { gl, kept } = own;
  const programs = keep(kept, "programs", () => makePrograms(gl));
  const targets = keep(kept, "targets", () => makeTargets(gl));
  return { own: { ...own, programs, targets, smooth: keep(kept, "smooth", () => makeSmooth(gl, programs)) }, release };
}
