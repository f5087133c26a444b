/** The WebGPU backend: wires buffers, passes and the canvas together; each pass has a file of its own. */

import { acquire, type Gpu } from "../device";
import { makeMotion, type Moment } from "../motion";
import { patchRound } from "../nearest";
import { makeBudget } from "../quality";
import type { Lost, Renderer, Size, View } from "../renderer";
import type { Scene } from "../scene";
import { fits, freeScene, makeBuffer, type SceneBuffers, uploadScene, writeBytes } from "./buffers";
import { bindEdges, type EdgePipelines, encodeCull, encodeRebase, makeDraws } from "./cull";
import { bindDraws, type Drawing, encodeOpaque, encodeThreads, freeBuckets, makeBuckets } from "./draw";
import { readPick } from "./pick";
import { type DrawPipelines, type Pipelines, pipelinesOf, type Style } from "./pipelines";
import { makeResources, type Node, type Source } from "./resources";
import { bindSmooth, encodeSmooth, freeTarget, makeTarget, passOnto, passOver, type Target } from "./target";
import { packView, VIEW_BYTES } from "./view";

/** What is compiled before the first picture; what can wait is not. */
interface Ready {
  style: "sampled" | "single";
  edges: EdgePipelines;
  draws: DrawPipelines;
}

/** The picture is on the screen by then. */
const SETTLED_MS = 100;

export async function makeWebGpuRenderer(canvas: HTMLCanvasElement, lost: Lost): Promise<Renderer> {
  let renderer: Renderer | null = null;
  const gone: Lost = (reason) => (renderer?.destroy(), lost(reason));
  const { own: gpu, release } = await acquire(gone);
  try {
    const pipelines = pipelinesOf(gpu);
    const style = gpu.software ? "single" : "sampled";
    const [cull, scan, scatter, draws] = await Promise.all([
      pipelines.compute("cull"),
      pipelines.compute("scan"),
      pipelines.compute("scatter"),
      pipelines.draws(style),
    ]);
    const context = canvas.getContext("webgpu");
    if (!context) throw new Error("the canvas gave no WebGPU context");
    return (renderer = wire(gpu, canvas, context, pipelines, { style, edges: { cull, scan, scatter }, draws }, gone, release));
  } catch (error) {
    release();
    throw error;
  }
}

/** Every GPU resource of one widget; each follows the scene or the size of the picture. */
function allocate({ device, format }: Gpu, { layouts }: Pipelines) {
  const graph = makeResources();
  const scene: Source<Scene | null> = graph.source(null);
  const size: Source<Size> = graph.source({ width: 1, height: 1 });
  const view = graph.derive([], () => makeBuffer(device, "view", GPUBufferUsage.UNIFORM, VIEW_BYTES), (buffer) => buffer.destroy());
  const draws = graph.derive([], () => makeDraws(device), (buffer) => buffer.destroy());
  const buckets = graph.derive([], () => makeBuckets(device, layouts), freeBuckets);
  const buffers: Node<SceneBuffers> = graph.derive([scene], (now) => uploadScene(device, now!), freeScene);
  const groups = graph.derive([view, buffers, draws], (view, buffers, draws) => ({
    edges: bindEdges(device, layouts, view, buffers, draws),
    draws: bindDraws(device, layouts, view, buffers),
  }));
  const target = (style: Style): Node<Target> => graph.derive([size], (now) => makeTarget(device, now, style, format), freeTarget);
  const targets = { sampled: target("sampled"), single: target("single"), picked: target("picked") };
  const smooth = graph.derive([targets.single], (target) => bindSmooth(device, layouts, target));
  return { graph, scene, size, view, draws, buckets, buffers, groups, targets, smooth };
}

function wire(
  gpu: Gpu,
  canvas: HTMLCanvasElement,
  context: GPUCanvasContext,
  pipelines: Pipelines,
  ready: Ready,
  gone: Lost,
  release: () => void,
): Renderer {
  const { device } = gpu;
  const own = allocate(gpu, pipelines);
  const motion = makeMotion();
  const budget = makeBudget(gpu.software);
  let last: View | null = null;
  let dead = false;
  let completing = 0;
  let whole = false;
  let smooth: GPURenderPipeline | null = null;
  let rebase: GPUComputePipeline | null = null;
  /** Channels that came before `rebase` was compiled: the latest wins. */
  let waiting: [Uint8Array, number] | null = null;
  /** Whether the picture of rows is that of the frame drawn last. */
  let pickable = false;
  let cost = Promise.resolve(0);

  context.configure({ device, format: gpu.format, alphaMode: "opaque" });

  /** Whoever runs out of memory is not told by an exception. */
  function allocated(): void {
    device.pushErrorScope("out-of-memory");
    own.buffers.get();
    const said = device.popErrorScope();
    said.then((error) => error && !dead && gone("its memory is full"), () => 0);
  }

  function resize(view: View): void {
    const most = device.limits.maxTextureDimension2D;
    const pixels = (css: number) => Math.max(1, Math.min(most, Math.round(css * view.scale)));
    const [width, height] = [pixels(view.width), pixels(view.height)];
    const before = own.size.get();
    if (before.width === width && before.height === height) return;
    canvas.width = width;
    canvas.height = height;
    own.size.set({ width, height });
  }

  function writeView(view: View, scene: Scene, moment: Moment): void {
    const packed = packView(view, moment, budget.quality(view.hurried, view.scale), scene);
    device.queue.writeBuffer(own.view.get(), 0, packed);
  }

  const lanesOf = ({ edges }: Scene): number => Math.ceil(edges / gpu.share);

  /** Phases and channels shown at the view drawn last become those that edges keep. */
  function settle(scene: Scene, rebase: GPUComputePipeline): void {
    if (!last) return;
    writeView(last, scene, motion.at(last));
    const encoder = device.createCommandEncoder({ label: "rebase" });
    encodeRebase(encoder, rebase, own.groups.get().edges, lanesOf(scene));
    device.queue.submit([encoder.finish()]);
  }

  function draw(view: View): void {
    const scene = own.scene.get();
    if (dead || !scene || view.width <= 0 || view.height <= 0) return;
    if (rebase && motion.due(view.time)) {
      settle(scene, rebase);
      motion.begin(last?.time ?? 0, 0);
    }
    resize(view);
    last = view;
    pickable = false;
    writeView(view, scene, motion.at(view));
    const encoder = device.createCommandEncoder({ label: "frame" });
    encodeCull(encoder, ready.edges, own.groups.get().edges, lanesOf(scene));
    const shown = context.getCurrentTexture();
    const { color, depth } = own.targets[ready.style].get();
    const { background } = view.theme;
    const drawing = drawingOf(scene, scene.ghosts ? pipelines.ghostly(ready.style) : ready.draws);
    if (!gpu.software) inOnePass(encoder, passOnto(color, depth, background, shown), drawing);
    else if (view.hurried || !smooth) inOnePass(encoder, passOnto(shown, depth, background), drawing);
    else smoothed(encoder, shown, background, drawing);
    device.queue.submit([encoder.finish()]);
    measure(view.hurried);
  }

  function drawingOf({ accounts }: Scene, pipelines: DrawPipelines): Drawing {
    return { pipelines, groups: own.groups.get().draws, buckets: own.buckets.get(), draws: own.draws.get(), accounts };
  }

  function inOnePass(encoder: GPUCommandEncoder, onto: GPURenderPassDescriptor, drawing: Drawing): void {
    const pass = encoder.beginRenderPass(onto);
    encodeOpaque(pass, drawing);
    encodeThreads(pass, drawing);
    pass.end();
  }

  /** Silhouettes are smoothed before threads come on top: those have soft sides of their own. */
  function smoothed(encoder: GPUCommandEncoder, shown: GPUTexture, background: readonly number[], drawing: Drawing): void {
    const { color, depth } = own.targets.single.get();
    const opaque = encoder.beginRenderPass(passOnto(color, depth, background));
    encodeOpaque(opaque, drawing);
    opaque.end();
    encodeSmooth(encoder, smooth!, own.smooth.get(), shown);
    const threads = encoder.beginRenderPass(passOver(shown, depth));
    encodeThreads(threads, drawing);
    threads.end();
  }

  /** What the first picture can do without is compiled once it stands: a processor that does both would show it later. */
  async function complete(): Promise<void> {
    if (dead) return;
    await loadRebase();
    // A software adapter smooths pictures at rest.
    if (gpu.software) smooth = await pipelines.smooth();
    whole = true;
    if (!dead) renderer.better();
  }

  function measure(hurried: boolean): void {
    const began = performance.now();
    cost = device.queue.onSubmittedWorkDone().then(() => {
      const ms = performance.now() - began;
      budget.spent(ms, hurried);
      if (!completing) completing = window.setTimeout(() => complete().catch(() => 0), SETTLED_MS);
      return ms;
    });
    // A lost device rejects; `lost` has said so already.
    cost.catch(() => 0);
  }

  async function loadRebase(): Promise<void> {
    rebase = await pipelines.compute("rebase");
    if (!waiting) return;
    setChannels(...waiting);
    renderer.better();
  }

  function setChannels(channels: Uint8Array, seconds: number): void {
    const scene = own.scene.get();
    waiting = null;
    if (dead || !scene) return;
    if (last && !rebase) {
      waiting = [channels, seconds];
      loadRebase().catch(() => 0); // a lost device has said so already
      return;
    }
    if (rebase) settle(scene, rebase);
    writeBytes(device, own.buffers.get().to, channels);
    budget.change(channels);
    motion.begin(last?.time ?? 0, last ? seconds : 0);
  }

  async function pick(x: number, y: number) {
    const scene = own.scene.get();
    if (dead || !scene || !last) return null;
    const rows = scene.ghosts ? pipelines.ghostly("picked") : await pipelines.draws("picked");
    if (dead || !last) return null;
    const { color, depth } = own.targets.picked.get();
    const patch = patchRound(x, y, last.scale, color);
    if (!patch) return null;
    return readPick(device, color, patch, (encoder) => {
      if (!pickable) inOnePass(encoder, passOnto(color, depth, [0, 0, 0]), drawingOf(scene, rows));
      pickable = true;
    });
  }

  function destroy(): void {
    if (dead) return;
    dead = true;
    clearTimeout(completing);
    own.graph.destroy();
    context.unconfigure();
    release();
  }

  const renderer: Renderer = {
    backend: "webgpu",
    software: gpu.software,
    setScene(scene) {
      if (!fits(device, scene)) throw new Error(`${scene.edges.toLocaleString("en-US")} arteries are more than the graphics device's buffers hold`);
      own.scene.set(scene);
      allocated();
      budget.begin(scene.channels);
      motion.begin(0, 0);
      waiting = last = null;
    },
    setChannels,
    setEmphasis(edges, accounts) {
      if (dead || !own.scene.get()) return;
      writeBytes(device, own.buffers.get().edgeEmphasis, edges);
      writeBytes(device, own.buffers.get().accountEmphasis, accounts);
    },
    draw,
    get kept() {
      return budget.quality(false);
    },
    get moving() {
      return motion.busy;
    },
    get busy() {
      return motion.busy || !whole;
    },
    better: () => undefined,
    pick,
    done: () => cost,
    toBlob() {
      // The canvas holds a picture only until the page is painted: draw and read in one go.
      if (last) draw({ ...last, hurried: false, scale: Math.max(1, last.scale) });
      return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the picture could not be read")))));
    },
    destroy,
  };
  return renderer;
}
