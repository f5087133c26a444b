/**
 * The renderer's life in one view: chosen by the ladder, told everything again after a lost device, gone with the view.
 */

import type { Backend, Renderer } from "../renderer";
import type { Scene } from "../scene";
import { h } from "./dom";

export type MakeRenderer = (
  canvas: HTMLCanvasElement,
  gone: (reason: string, backend: Backend) => void,
  without?: readonly Backend[],
) => Promise<{ renderer: Renderer | null; why: string }>;

export interface PictureEvents {
  /** A renderer was chosen, or none could be. */
  chosen(renderer: Renderer | null, why: string): void;
  lost(reason: string): void;
}

export interface Picture {
  readonly renderer: Renderer | null;
  readonly canvas: HTMLCanvasElement;
  setScene(scene: Scene): void;
  setChannels(channels: Uint8Array, seconds: number): void;
  setEmphasis(edges: Uint8Array, accounts: Uint8Array): void;
  /** It cannot be drawn: a still picture takes its place, and says why. */
  fail(error: unknown): void;
}

/** A device lost this often within a minute is not tried again: the next step of the ladder is. */
const PATIENCE = 3;
const MINUTE = 60_000;

const makeCanvas = (): HTMLCanvasElement =>
  h("canvas", { tabindex: 0, role: "application", "aria-roledescription": "picture of a network" });

export function makePicture(area: HTMLElement, make: MakeRenderer, events: PictureEvents, signal: AbortSignal): Picture {
  let renderer: Renderer | null = null;
  let canvas = makeCanvas();
  let scene: Scene | null = null;
  let channels: Uint8Array | null = null;
  let emphasis: [Uint8Array, Uint8Array] | null = null;
  const losses: { backend: Backend; at: number }[] = [];
  const without: Backend[] = [];

  const restore = (): void => {
    if (!renderer || !scene) return;
    renderer.setScene(channels ? { ...scene, channels } : scene);
    if (emphasis) renderer.setEmphasis(...emphasis);
  };

  /** A scene may be too large for a machine: then there is no live picture of it, and the reader is told. */
  const fail = (error: unknown): void => {
    renderer?.destroy();
    renderer = null;
    events.chosen(null, `a still picture: ${error instanceof Error ? error.message : String(error)}`);
  };

  const blame = (backend: Backend): void => {
    const at = performance.now();
    losses.push({ backend, at });
    if (losses.filter((loss) => loss.backend === backend && at - loss.at < MINUTE).length >= PATIENCE) without.push(backend);
  };

  const start = async (): Promise<void> => {
    let gone = false;
    const lost = (reason: string, backend: Backend): void => {
      if (gone || signal.aborted) return;
      gone = true;
      blame(backend);
      renderer?.destroy();
      renderer = null;
      events.lost(reason);
      // A canvas keeps the kind of its first context for life, so a new one takes its place.
      const fresh = makeCanvas();
      for (const { name, value } of canvas.attributes) if (name.startsWith("aria-")) fresh.setAttribute(name, value);
      const focused = canvas.matches(":focus");
      canvas.replaceWith(fresh);
      canvas = fresh;
      if (focused) canvas.focus({ preventScroll: true });
      void start().catch(fail);
    };
    const made = await make(canvas, lost, without);
    if (signal.aborted) return made.renderer?.destroy();
    if (gone) return made.renderer?.destroy();
    renderer = made.renderer;
    restore();
    events.chosen(renderer, made.why);
  };

  area.append(canvas);
  signal.addEventListener("abort", () => renderer?.destroy());
  void start().catch(fail);
  return {
    get renderer() {
      return renderer;
    },
    get canvas() {
      return canvas;
    },
    setScene(next) {
      scene = next;
      channels = null;
      emphasis = null;
      try {
        restore();
      } catch (error) {
        fail(error);
      }
    },
    setChannels(next, seconds) {
      channels = next;
      renderer?.setChannels(next, seconds);
    },
    setEmphasis(edges, accounts) {
      emphasis = [edges, accounts];
      renderer?.setEmphasis(edges, accounts);
    },
    fail,
  };
}
