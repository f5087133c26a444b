/** The bare stage of the pixel tests: a canvas and a renderer, with no widget round it. Built and served by stage.py. */

import { fit, project } from "../../js/src/camera";
import { makeRenderer } from "../../js/src/ladder";
import type { Backend, Renderer, View } from "../../js/src/renderer";
import type { Scene } from "../../js/src/scene";

type Packed = Record<string, { type: string; data: string }>;

const TYPES = { f4: Float32Array, u1: Uint8Array, i1: Int8Array, u2: Uint16Array, u4: Uint32Array };

function unpack({ type, data }: { type: string; data: string }) {
  const bytes = Uint8Array.from(atob(data), (char) => char.charCodeAt(0));
  return new TYPES[type as keyof typeof TYPES](bytes.buffer);
}

const unpacked = (arrays: Packed) => Object.fromEntries(Object.entries(arrays).map(([key, packed]) => [key, unpack(packed)]));

const canvases = new Map<string, HTMLCanvasElement>();
const renderers = new Map<string, Renderer>();
const lost: string[] = [];
const BACKENDS: Backend[] = ["webgpu", "webgl2"];

/** Makes a canvas with a renderer of its own, called `name`; gives the ladder's words. */
async function open(name: string, width: number, height: number, only?: Backend): Promise<string> {
  const canvas = document.createElement("canvas");
  canvas.style.cssText = `display:block;width:${width}px;height:${height}px`;
  canvas.id = name;
  document.body.append(canvas);
  canvases.set(name, canvas);
  const { renderer, why } = await makeRenderer(canvas, (reason) => lost.push(reason), BACKENDS.filter((backend) => only && backend !== only));
  if (!renderer) throw new Error(why);
  renderers.set(name, renderer);
  return why;
}

function setScene(name: string, arrays: Packed, flat: boolean): void {
  const content = unpacked(arrays);
  const scene = { id: name, labels: [], flat, accounts: arrays.sizes ? content.sizes.length : 0, edges: content.source.length, ghosts: 0, ...content };
  if (arrays.ghosts) scene.ghosts = content.ghosts[0];
  renderers.get(name)!.setScene(scene as unknown as Scene);
}

/** Draws until nothing is under way any more, so that the picture is the final one. */
async function settle(name: string, view: View): Promise<void> {
  const renderer = renderers.get(name)!;
  do {
    renderer.draw(view);
    await renderer.done();
    await new Promise(requestAnimationFrame);
  } while (renderer.busy);
  renderer.draw(view);
  await renderer.done();
}

async function picture(name: string, view: View): Promise<string> {
  await settle(name, view);
  const bytes = new Uint8Array(await (await renderers.get(name)!.toBlob()).arrayBuffer());
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

function close(name: string): void {
  renderers.get(name)!.destroy();
  canvases.get(name)!.remove();
  renderers.delete(name);
}

const made = { contexts: 0, alive: 0 };
const getContext = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, kind: string, ...rest: unknown[]) {
  made.contexts += Number(kind === "webgl2");
  return getContext.call(this, kind, ...rest);
} as typeof getContext;

/** Counts buffers and textures from here on, see `alive`. */
function countWebGl2(): void {
  const kinds = WebGL2RenderingContext.prototype as unknown as Record<string, (...args: unknown[]) => unknown>;
  for (const thing of ["Buffer", "Texture", "Renderbuffer", "Framebuffer", "Sync"]) {
    for (const [verb, step] of [[thing === "Sync" ? "fence" : "create", 1], ["delete", -1]] as const) {
      const call = kinds[verb + thing];
      kinds[verb + thing] = function (...args) {
        if (step === 1 || args[0]) made.alive += step;
        return call.apply(this, args);
      };
    }
  }
}

Object.assign(globalThis, { stage: { countWebGl2, contexts: () => made.contexts, alive: () => made.alive, open, setScene, settle, picture, close, fit, project, unpack, unpacked, renderers, canvases, lost } });
