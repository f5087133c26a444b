/** The WebGPU backend: wires buffers, passes and the canvas together; each pass has a file of its own. */

import { acquire, type Gpu } from "../device";
import { makeMotion, type Moment } from "../motion";
import { makeBudget } from "../quality";
import type { Lost, Renderer, View } from "../renderer";
import type { Scene } from "../scene";
import { freeScene, makeBuffer, type SceneBuffers, uploadScene, writeBytes } from "./buffers";
import { bindCull, bindRebase, dispatch, freeDraws, makeDraws } from "./cull";
import { bindDraws, type DrawPipelines, encodeDraws, freeBuckets, loadDrawPipelines, makeBuckets } from "./draw";
import { readPick } from "./pick";
import { type Pipelines, pipelinesOf, type Style } from "./pipelines";
import { makeResources, type Node, type Source } from "./resources";
import { freeTarget, makeTarget, passOnto, type Size, type Target } from "./target";
import { packView, VIEW_BYTES } from "./view";

interface Ready {
  cull: GPUComputePipeline;
  rebase: GPUComputePipeline;
  styles: Map<Style, DrawPipelines>;
}

export async function makeWebGpuRenderer(canvas: HTMLCanvasElement, lost: Lost): Promise<Renderer> {
  const { gpu, release } = await acquire();
  try {
    const pipelines = pipelinesOf(gpu);
    const first: Style = gpu.software ? "single" : "sampled";
    const [cull, rebase, drawn] = await Promise.all([pipelines.cull(), pipelines.rebase(), loadDrawPipelines(pipelines, first)]);
    const context = canvas.getContext("webgpu");
    if (!context) throw new Error("the canvas gave no WebGPU context");
    const ready = { cull, rebase, styles: new Map([[first, drawn]]) };
    return wire(gpu, canvas, context, pipelines, ready, lost, release);
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
  const draws = graph.derive([], () => makeDraws(device), freeDraws);
  const buckets = graph.derive([], () => makeBuckets(device, layouts), freeBuckets);
  const buffers: Node<SceneBuffers> = graph.derive([scene], (now) => uploadScene(device, now!), freeScene);
  const groups = graph.derive([view, buffers, draws], (view, buffers, draws) => ({
    cull: bindCull(device, layouts, view, buffers, draws),
    rebase: bindRebase(device, layouts, view, buffers),
    draws: bindDraws(device, layouts, view, buffers),
  }));
  const target = (style: Style): Node<Target> => graph.derive([size], (now) => makeTarget(device, now, style, format), freeTarget);
  const targets = { sampled: target("sampled"), single: target("single"), picked: target("picked") };
  return { graph, scene, size, view, draws, buckets, buffers, groups, targets };
}

function wire(
  gpu: Gpu,
  canvas: HTMLCanvasElement,
  context: GPUCanvasContext,
  pipelines: Pipelines,
  ready: Ready,
  lost: Lost,
  release: () => void,
): Renderer {
  const { device } = gpu;
  const own = allocate(gpu, pipelines);
  const motion = makeMotion();
  const budget = makeBudget(gpu.software);
  let last: View | null = null;
  let dead = false;
  let loading = 0;
  /** Whether the picture of rows is that of the frame drawn last. */
  let pickable = false;
  let cost = Promise.resolve(0);

  context.configure({ device, format: gpu.format, alphaMode: "opaque" });
  void device.lost.then(({ message }) => {
    if (dead) return;
    destroy();
    lost(message || "the graphics device went away");
  });

  /** Draw pipelines of a style if they are compiled; else they are on their way, and `busy` asks for another frame. */
  function compiled(style: Style): DrawPipelines | undefined {
    const found = ready.styles.get(style);
    if (!found) void load(style);
    return found;
  }

  async function load(style: Style): Promise<DrawPipelines> {
    loading++;
    const loaded = await loadDrawPipelines(pipelines, style);
    ready.styles.set(style, loaded);
    loading--;
    return loaded;
  }

  function resize(view: View): void {
    const most = device.limits.maxTextureDimension2D;
    const pixels = (css: number) => Math.max(1, Math.min(most, Math.round(css * view.scale)));
    const [width, height] = [pixels(view.width), pixels(view.height)];
    if (canvas.width === width && canvas.height === height) return;
    canvas.width = width;
    canvas.height = height;
    own.size.set({ width, height });
  }

  function writeView(view: View, scene: Scene, moment: Moment): void {
    const packed = packView(view, moment, budget.quality(view.hurried), scene.edges, scene.accounts);
    device.queue.writeBuffer(own.view.get(), 0, packed);
  }

  /** Phases and channels shown at the view drawn last become those that edges keep. */
  function settle(scene: Scene): void {
    if (!last) return;
    writeView(last, scene, motion.at(last.time));
    const encoder = device.createCommandEncoder({ label: "rebase" });
    dispatch(encoder, ready.rebase, own.groups.get().rebase, scene.edges);
    device.queue.submit([encoder.finish()]);
  }

  function draw(view: View): void {
    const scene = own.scene.get();
    if (dead || !scene || view.width <= 0 || view.height <= 0) return;
    if (motion.due(view.time)) {
      settle(scene);
      motion.begin(last?.time ?? 0, 0);
    }
    resize(view);
    last = view;
    pickable = false;
    writeView(view, scene, motion.at(view.time));
    const wanted: Style = budget.quality(view.hurried).samples === 4 ? "sampled" : "single";
    const style = compiled(wanted) ? wanted : ([...ready.styles.keys()].find((style) => style !== "picked") ?? wanted);
    const encoder = device.createCommandEncoder({ label: "frame" });
    const { empty, counted } = own.draws.get();
    encoder.copyBufferToBuffer(empty, 0, counted, 0, empty.size);
    dispatch(encoder, ready.cull, own.groups.get().cull, scene.edges);
    const pass = encoder.beginRenderPass(passOnto(own.targets[style].get(), context.getCurrentTexture(), view.theme.background));
    encodeDraws(pass, ready.styles.get(style)!, own.groups.get().draws, own.buckets.get(), own.draws.get(), scene.accounts);
    pass.end();
    device.queue.submit([encoder.finish()]);
    measure(view.hurried);
  }

  function measure(hurried: boolean): void {
    const began = performance.now();
    cost = device.queue.onSubmittedWorkDone().then(() => {
      const ms = performance.now() - began;
      budget.spent(ms, hurried);
      return ms;
    });
    // A lost device rejects; `lost` has said so already.
    cost.catch(() => 0);
  }

  async function pick(x: number, y: number) {
    const scene = own.scene.get();
    if (dead || !scene || !last) return null;
    const pipelines = ready.styles.get("picked") ?? (await load("picked"));
    if (dead || !last) return null;
    const target = own.targets.picked.get();
    return readPick(device, target.color!, x * last.scale, y * last.scale, (encoder) => {
      if (pickable) return;
      pickable = true;
      const pass = encoder.beginRenderPass(passOnto(target, null, [0, 0, 0]));
      encodeDraws(pass, pipelines, own.groups.get().draws, own.buckets.get(), own.draws.get(), scene.accounts);
      pass.end();
    });
  }

  function destroy(): void {
    if (dead) return;
    dead = true;
    own.graph.destroy();
    context.unconfigure();
    release();
  }

  return {
    backend: "webgpu",
    software: gpu.software,
    setScene(scene) {
      own.scene.set(scene);
      motion.begin(0, 0);
      last = null;
    },
    setChannels(channels, seconds) {
      const scene = own.scene.get();
      if (dead || !scene) return;
      settle(scene);
      writeBytes(device, own.buffers.get().to, channels);
      motion.begin(last?.time ?? 0, last ? seconds : 0);
    },
    setEmphasis(edges, accounts) {
      if (dead || !own.scene.get()) return;
      writeBytes(device, own.buffers.get().edgeEmphasis, edges);
      writeBytes(device, own.buffers.get().accountEmphasis, accounts);
    },
    draw,
    get busy() {
      return motion.busy || loading > 0;
    },
    pick,
    done: () => cost,
    toBlob() {
      // The canvas holds a picture only until the page is painted: draw and read in one go.
      if (last) draw({ ...last, hurried: false });
      return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the picture could not be read")))));
    },
    destroy,
  };
}
