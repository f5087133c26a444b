/** What the parts of one view share. Each part is a function of the stage and ends with its signal. */

import type { Camera } from "../camera";
import type { Feed, Model } from "../feed";
import type { Hit, Theme, View } from "../renderer";
import type { Scene, Times } from "../scene";
import type { Selection, Window } from "./emphasis";
import type { Hub } from "./hub";
import type { Status } from "./status";

export interface StageEvents {
  scene: Scene;
  times: Times;
  theme: Theme;
  /** A frame was drawn as this view. */
  drawn: View;
  /** Something to say for a moment, over the picture. */
  hint: string;
  /** The pointer rests or moves here, in pixels of the area; null when it is gone. */
  hover: [number, number] | null;
  selection: Selection;
  window: Window | null;
  /** Paused, or no longer. */
  paused: boolean;
  boxing: boolean;
}

export interface Stage {
  readonly feed: Feed;
  readonly model: Model;
  readonly hub: Hub<StageEvents>;
  readonly signal: AbortSignal;
  readonly root: HTMLElement;
  /** Holds the canvas alone; takes pointers and keys. */
  readonly area: HTMLElement;
  /** Holds the area, and what floats over it. */
  readonly over: HTMLElement;
  readonly size: { width: number; height: number };
  readonly theme: Theme;
  readonly camera: Camera;
  /** The reader moved the camera: idle turning ends, the kernel hears of it. */
  move(camera: Camera): void;
  /** Moves there in a moment, or at once where motion is not wanted. */
  fly(camera: Camera): void;
  /** The camera that frames all the data. */
  home(): Camera;
  /** Flies to the selection, or home where nothing is selected. */
  focus(): void;
  readonly selection: Selection;
  select(selection: Selection): void;
  readonly window: Window | null;
  setWindow(window: Window | null): void;
  paused: boolean;
  boxing: boolean;
  readonly reduced: boolean;
  readonly slow: boolean;
  pick(x: number, y: number): Promise<Hit | null>;
  picture(): Promise<Blob>;
  canvas(): HTMLCanvasElement;
  /** The camera is in the reader's hand: draw what can be drawn in time. */
  hurry(on: boolean): void;
  readonly status: Status;
}

export type Part = (stage: Stage) => void;
