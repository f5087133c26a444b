/** The one interface that both GPU backends keep. */

import type { Camera } from "./camera";
import type { Thinning } from "./quality";
import type { Scene } from "./scene";

export type Backend = "webgpu" | "webgl2";

export interface Theme {
  dark: boolean;
  /** sRGB as 0..1, as the host paints its cells. */
  background: [number, number, number];
}

export interface Size {
  width: number;
  height: number;
}

/** Everything one drawn frame depends on besides scene, channels and emphasis. */
export interface View {
  camera: Camera;
  theme: Theme;
  /** Canvas size in CSS pixels, and device pixels for each of them (lower while moving on slow adapters). */
  width: number;
  height: number;
  scale: number;
  /** Seconds on the animation's clock; the renderer keeps phases, so it may jump. */
  time: number;
  /** No motion: pulses stand where they are. */
  still: boolean;
  /** The camera moves: draw what can be drawn in time, strongest arteries first; alerts always. */
  hurried: boolean;
}

export interface Hit {
  kind: "edge" | "account";
  row: number;
}

export interface Renderer {
  readonly backend: Backend;
  /** The adapter draws on the CPU: draw less. */
  readonly software: boolean;
  setScene(scene: Scene): void;
  /** New channels for all edges (edges * 4), moved to from what is shown now over `seconds`; alert switches at once. */
  setChannels(channels: Uint8Array, seconds: number): void;
  /** (edges,) of `Emphasis`, and (accounts,) likewise. */
  setEmphasis(edges: Uint8Array, accounts: Uint8Array): void;
  draw(view: View): void;
  /** Which arteries a picture at rest shows: all, but on slow adapters with very many. */
  readonly kept: Thinning;
  /** A transition of channels is under way, so that somebody keeps drawing. */
  readonly moving: boolean;
  /** The same view will yet be drawn otherwise: it moves, or what draws it better is being compiled. */
  readonly busy: boolean;
  /** Called when the view drawn last can be drawn better. */
  better: () => void;
  /** What lies under a point given in CSS pixels of the canvas, by the view drawn last. */
  pick(x: number, y: number): Promise<Hit | null>;
  /** Settles when all that was drawn so far is on its way to the screen; gives its cost in ms where known. */
  done(): Promise<number>;
  /** The drawn picture, for the toolbar's export. */
  toBlob(): Promise<Blob>;
  destroy(): void;
}

/** Called once if the GPU goes away; the renderer is dead from then on. */
export type Lost = (reason: string) => void;
