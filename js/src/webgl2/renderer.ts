/** The WebGL2 backend: wires textures, culling on the CPU, draws and the canvas together. */

import { focal } from "../camera";
import { makeMotion } from "../motion";
import { patchRound } from "../nearest";
import { makeBudget, type Quality } from "../quality";
import type { Lost, Renderer, Size, View } from "../renderer";
import { firstGhost, type Scene } from "../scene";
import { packView, VIEW_BYTES } from "../webgpu/view";
import { acquire, type Gl } from "./context";
import { cull, type Lists, makeLists, makeOrder, type Order } from "./cull";
import { drawOpaque, drawThreads, type Drawing, type Style, type Textures } from "./draw";
import { curvesOf } from "./geometry";
import { readPick } from "./pick";
import { makeStates, rebase, setMarks, setTarget, type States } from "./pulse";
import { makeRowTarget, type RowTarget } from "./target";
import { FIRST, UNIT } from "./programs";
import { makeDataTexture } from "./textures";
import { finished } from "./wait";

/** What belongs to one scene: data on the CPU and its textures. */
interface Loaded {
  scene: Scene;
  curves: Float32Array;
  states: States;
  positions: Float32Array;
  lists: Lists;
  textures: Textures;
}

function load(gl: WebGL2RenderingContext, scene: Scene): Loaded {
  const { edges, accounts } = scene;
  const textures: Textures = {
    curves: makeDataTexture(gl, "rgba32f", 4 * edges, UNIT.curves),
    states: makeDataTexture(gl, "rgba32ui", edges, UNIT.states),
    lists: makeDataTexture(gl, "r32ui", edges, UNIT.lists),
    positions: makeDataTexture(gl, "rgba32f", accounts, UNIT.positions),
  };
  const curves = curvesOf(scene, textures.curves.length);
  const states = makeStates(scene.channels, scene.bend, textures.states.length);
  const positions = new Float32Array(textures.positions.length);
  for (let row = 0; row < accounts; row++) {
    positions.set(scene.positions.subarray(3 * row, 3 * row + 3), 4 * row);
    positions[4 * row + 3] = scene.sizes[row];
  }
  textures.curves.write(curves);
  textures.states.write(states.words);
  textures.positions.write(positions);
  return { scene, curves, states, positions, lists: makeLists(edges, textures.lists.length), textures };
}

function unload(gl: WebGL2RenderingContext, { textures }: Loaded): void {
  for (const { texture } of Object.values(textures)) gl.deleteTexture(texture);
}

export async function makeWebGl2Renderer(canvas: HTMLCanvasElement, lost: Lost): Promise<Renderer> {
  let renderer: Renderer | null = null;
  const { own: context, release } = await acquire((reason) => (renderer?.destroy(), lost(reason)));
  try {
    const shown = canvas.getContext("2d", { alpha: false });
    if (!shown) throw new Error("the canvas gave no context to draw on");
    for (const kind of FIRST) context.programs(kind);
    return (renderer = wire(context, canvas, shown, release));
  } catch (error) {
    release();
    throw error;
  }
}

function wire(context: Gl, canvas: HTMLCanvasElement, shown: CanvasRenderingContext2D, release: () => void): Renderer {
  const { gl } = context;
  const motion = makeMotion();
  const budget = makeBudget(context.software);
  const uniforms = gl.createBuffer();
  gl.bindBuffer(gl.UNIFORM_BUFFER, uniforms);
  gl.bufferData(gl.UNIFORM_BUFFER, VIEW_BYTES, gl.DYNAMIC_DRAW);
  let own: Loaded | null = null;
  let order: Order | null = null;
  let rows: { size: Size; target: RowTarget } | null = null;
  /** What the lists, and the picture of rows, were made from. */
  let culled = "";
  let pickable = "";
  let last: View | null = null;
  let dead = false;
  let smooths = false;
  let cost = Promise.resolve(0);

  const sizeOf = (view: View): Size => {
    const most = gl.getParameter(gl.MAX_RENDERBUFFER_SIZE) as number;
    const pixels = (css: number) => Math.max(1, Math.min(most, Math.round(css * view.scale)));
    return { width: pixels(view.width), height: pixels(view.height) };
  };

  /** What is shown at the view drawn last becomes what edges keep. */
  function settle({ scene, states, textures }: Loaded): void {
    if (!last) return;
    rebase(states, scene.edges, motion.at(last));
    textures.states.write(states.words);
  }

  function choose(view: View, { curves, states, lists, textures, scene }: Loaded, quality: Quality): void {
    const aspect = view.width / view.height;
    const key = JSON.stringify([view.camera, aspect, view.height * view.scale, quality]);
    if (order && culled === key) return;
    culled = key;
    pickable = "";
    order ??= makeOrder(states, scene.edges, firstGhost(scene), quality);
    const pixel = 2 / (focal(aspect)[1] * view.height * view.scale);
    cull(lists, curves, states, order, { camera: view.camera, aspect, pixel, quality, ghosts: firstGhost(scene) });
    textures.lists.write(lists.rows, lists.starts[lists.starts.length - 1]);
  }

  function prepare(view: View, loaded: Loaded, size: Size, quality: Quality): void {
    choose(view, loaded, quality);
    gl.bindBufferBase(gl.UNIFORM_BUFFER, 0, uniforms);
    gl.bufferSubData(gl.UNIFORM_BUFFER, 0, packView(view, motion.at(view), quality, loaded.scene));
    gl.viewport(0, 0, size.width, size.height);
  }

  function draw(view: View): void {
    if (dead || !own || view.width <= 0 || view.height <= 0) return;
    if (motion.due(view.time)) {
      settle(own);
      motion.begin(last?.time ?? 0, 0);
    }
    const began = performance.now();
    last = view;
    const size = sizeOf(view);
    for (const drawn of [context.canvas, canvas]) {
      if (drawn.width !== size.width) drawn.width = size.width;
      if (drawn.height !== size.height) drawn.height = size.height;
    }
    prepare(view, own, size, budget.quality(view.hurried, view.scale));
    if (context.software) gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    else context.targets.sampled(size);
    gl.clearColor(...view.theme.background, 1);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    const drawing = drawingOf(own, context.software ? "single" : "sampled");
    drawOpaque(drawing);
    // Silhouettes are smoothed before threads come on top: those have soft sides of their own.
    if (smooths && !view.hurried) context.smooth(size);
    drawThreads(drawing);
    if (!context.software) context.targets.resolve(size);
    shown.drawImage(context.canvas, 0, 0);
    measure(began, view.hurried);
    if (context.software && !smooths) startSmoothing().catch(() => undefined); // a picture with steps is one too
  }

  /** A software adapter smooths pictures at rest; the first one does not wait for that. */
  async function startSmoothing(): Promise<void> {
    await cost;
    if (dead) return;
    context.programs("smooth");
    smooths = true;
    renderer.better();
  }

  function drawingOf({ textures, lists, scene: { accounts } }: Loaded, style: Style): Drawing {
    return { context, style, textures, lists, accounts };
  }

  function measure(began: number, hurried: boolean): void {
    cost = finished(gl).then(() => {
      const ms = performance.now() - began;
      budget.spent(ms, hurried);
      return ms;
    });
  }

  /** Draws rows instead of colours, where the picture of them is not that of the frame drawn last. */
  function drawRows(view: View, loaded: Loaded): Size {
    const size = sizeOf(view);
    if (rows?.size.width !== size.width || rows.size.height !== size.height) {
      rows?.target.free();
      rows = { size, target: makeRowTarget(gl, size) };
      pickable = "";
    }
    const quality = budget.quality(view.hurried, view.scale);
    choose(view, loaded, quality);
    gl.bindFramebuffer(gl.FRAMEBUFFER, rows.target.frame);
    if (pickable === culled && !motion.busy) return size;
    prepare(view, loaded, size, quality);
    pickable = culled;
    gl.clearBufferuiv(gl.COLOR, 0, [0, 0, 0, 0]);
    gl.clearBufferfv(gl.DEPTH, 0, [1]);
    const drawing = drawingOf(loaded, "picked");
    drawOpaque(drawing);
    drawThreads(drawing);
    return size;
  }

  function destroy(): void {
    if (dead) return;
    dead = true;
    if (own) unload(gl, own);
    rows?.target.free();
    gl.deleteBuffer(uniforms);
    release();
  }

  const renderer: Renderer = {
    backend: "webgl2",
    software: context.software,
    setScene(scene) {
      if (dead) return;
      if (own) unload(gl, own);
      own = load(gl, scene);
      budget.begin(scene.channels);
      order = null;
      last = null;
      motion.begin(0, 0);
    },
    setChannels(channels, seconds) {
      if (dead || !own) return;
      settle(own);
      setTarget(own.states, channels);
      budget.change(channels);
      own.textures.states.write(own.states.words);
      order = null;
      motion.begin(last?.time ?? 0, last ? seconds : 0);
    },
    setEmphasis(edges, accounts) {
      if (dead || !own) return;
      setMarks(own.states, edges);
      for (let row = 0; row < accounts.length; row++) own.positions[4 * row + 3] = own.scene.sizes[row] + 256 * accounts[row];
      own.textures.states.write(own.states.words);
      own.textures.positions.write(own.positions);
      order = null;
    },
    draw,
    get kept() {
      return budget.quality(false);
    },
    get moving() {
      return motion.busy;
    },
    get busy() {
      return motion.busy || (context.software && !smooths);
    },
    better: () => undefined,
    async pick(x, y) {
      if (dead || !own || !last) return null;
      const patch = patchRound(x, y, last.scale, sizeOf(last));
      return patch && readPick(gl, drawRows(last, own), patch);
    },
    done: () => cost,
    toBlob() {
      if (last) draw({ ...last, hurried: false, scale: Math.max(1, last.scale) });
      return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the picture could not be read")))));
    },
    destroy,
  };
  return renderer;
}
