/**
 * One WebGL2 context for each page, shared by all widgets and counted: browsers hold about sixteen. It draws into a canvas
 * that is not on the page, and each picture is copied to the widget's own canvas.
 */

import type { Lost } from "../renderer";
import { makePrograms, type Programs } from "./programs";
import { makeSmooth, type Smooth } from "./smooth";
import { makeTargets, type Targets } from "./target";

export interface Gl {
  gl: WebGL2RenderingContext;
  canvas: OffscreenCanvas;
  /** SwiftShader and the like: draws on the CPU. */
  software: boolean;
  programs: Programs;
  targets: Targets;
  smooth: Smooth;
  /** Called if the context goes away. */
  losers: Set<Lost>;
}

interface Shared {
  context: Gl | null;
  users: number;
}

const KEY = Symbol.for("archivit.gl.1");
const IDLE_MS = 5000;

function shared(): Shared {
  const page = globalThis as unknown as Record<symbol, Shared>;
  return (page[KEY] ??= { context: null, users: 0 });
}

function open(): Gl {
  if (typeof OffscreenCanvas === "undefined") throw new Error("this browser has no WebGL2 off the screen");
  const canvas = new OffscreenCanvas(1, 1);
  // Samples are our own (target.ts), as a picture in a hurry has one only; alpha, because they are resolved into it.
  const gl = canvas.getContext("webgl2", { antialias: false, alpha: true, depth: true, powerPreference: "high-performance" });
  if (!gl) throw new Error("this browser has no WebGL2");
  const info = gl.getExtension("WEBGL_debug_renderer_info");
  const name = String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  const software = /swiftshader|llvmpipe|software|basic render/i.test(name);
  const losers = new Set<Lost>();
  const programs = makePrograms(gl);
  const context = { gl, canvas, software, programs, targets: makeTargets(gl), smooth: makeSmooth(gl, programs), losers };
  canvas.addEventListener("webglcontextlost", () => {
    forget(context);
    for (const lost of [...losers]) lost("the WebGL2 context was lost");
  });
  return context;
}

function forget(context: Gl): void {
  const page = shared();
  if (page.context === context) page.context = null;
}

/** The page's context, and a function that gives it back; the last to go closes it, a little later. */
export function acquire(): { context: Gl; release: () => void } {
  const page = shared();
  const context = (page.context ??= open());
  page.users++;
  let held = true;
  const release = () => {
    if (!held) return;
    held = false;
    page.users--;
    setTimeout(closeIfIdle, IDLE_MS);
  };
  return { context, release };
}

function closeIfIdle(): void {
  const page = shared();
  if (page.users || !page.context) return;
  const { gl } = page.context;
  page.context = null;
  gl.getExtension("WEBGL_lose_context")?.loseContext();
}
