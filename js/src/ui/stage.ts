/** What the parts of one view share. Each part is a function of the stage and ends with its signal. */

import type { Camera } from "../camera";
import type { Feed, Model } from "../feed";
import type { Hit, Size, Theme, View } from "../renderer";
import type { Scene, Times } from "../scene";
import type { Inside, Selection, Window } from "./emphasis";
import type { Eye } from "./eye";
import { focusOn } from "./flight";
import type { Hub } from "./hub";
import type { Mood, Painter } from "./painter";
import type { Picture } from "./picture";
import { isEmpty } from "./select";
import type { Selecting } from "./selecting";
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
  paused: boolean;
  boxing: boolean;
  /** The reader chose this and nothing else. */
  clicked: Hit;
  /** Arteries in order of time are shown, each as often as it was taken; none: no longer. */
  ring: readonly number[];
  /** When what a run has come to took place, in seconds; null: nothing runs. */
  step: number | null;
}

/** What a view is made of, before anybody may touch it. */
export interface Props {
  feed: Feed;
  model: Model;
  hub: Hub<StageEvents>;
  signal: AbortSignal;
  root: HTMLElement;
  /** Holds the canvas and the names; takes pointers and keys. */
  area: HTMLElement;
  /** Holds the area, and what floats over it. */
  over: HTMLElement;
  size: Size;
  mood: Readonly<Mood>;
  status: Status;
}

export interface Stage extends Props {
  readonly camera: Camera;
  /** The reader moved the camera: idle turning ends, the kernel hears of it. */
  move(camera: Camera): void;
  /** Moves there in a moment, or at once where motion is not wanted. */
  fly(camera: Camera): void;
  /** The camera that frames all the data. */
  home(): Camera;
  /** Flies to the selection, or home where nothing is selected. */
  focus(): void;
  /** Flies to what the kernel selected, and back when it selects nothing. */
  follow(): void;
  readonly selection: Selection;
  select(selection: Selection): void;
  /** Of what is selected, the arteries that a run through time has not come to. */
  dim(unlit: ReadonlySet<number>): void;
  readonly window: Window | null;
  setWindow(window: Window | null): void;
  /** What lies in the window; null where there is none, or the times are not known. */
  readonly inside: Inside | null;
  /** A live picture, on screen in a tab that is shown. */
  readonly seen: boolean;
  pause(on: boolean): void;
  box(on: boolean): void;
  /** The camera is in the reader's hand, or no longer. */
  hurry(on: boolean): void;
  /** Frames are dear here: do less. */
  readonly slow: boolean;
  /** What lies there; never rejects. */
  pick(x: number, y: number): Promise<Hit | null>;
  /** The page's own pixels. */
  save(): Promise<Blob>;
  canvas(): HTMLCanvasElement;
}

export type Part = (stage: Stage) => void;

interface Machinery {
  mood: Mood;
  eye: Eye;
  picture: Picture;
  painter: Painter;
  selecting: Selecting;
  inside(): Inside | null;
  dim(unlit: ReadonlySet<number>): void;
}

export function makeStage(props: Props, { mood, eye, picture, painter, selecting, inside, dim }: Machinery): Stage {
  const { feed, hub, size } = props;
  const { loop } = painter;
  const atOnce = (): boolean => mood.reduced || loop.slow;
  const near = (): Camera => focusOn(feed.scene!, selecting.selection, eye.camera, size.width / size.height);
  const some = (): boolean => feed.scene !== null && !isEmpty(selecting.selection);
  return {
    ...props,
    get camera() {
      return eye.camera;
    },
    move: eye.move,
    fly: (camera) => eye.fly(camera, atOnce()),
    home: () => eye.home,
    focus: () => eye.fly(some() ? near() : eye.home, atOnce()),
    follow: () => (some() ? eye.visit(near(), atOnce()) : eye.leave(atOnce())),
    get selection() {
      return selecting.selection;
    },
    select: selecting.select,
    dim,
    get window() {
      return selecting.window;
    },
    setWindow: selecting.setWindow,
    get inside() {
      return inside();
    },
    get seen() {
      return picture.renderer !== null && loop.seen;
    },
    pause(on) {
      mood.paused = on;
      hub.emit("paused", on);
      loop.ask();
    },
    box(on) {
      mood.boxing = on;
      hub.emit("boxing", on);
    },
    hurry(on) {
      mood.moving = on;
      eye.touch();
      loop.ask();
    },
    get slow() {
      return loop.slow;
    },
    // Of a device that is being lost nothing can be read.
    pick: async (x, y) => (painter.view && picture.renderer ? picture.renderer.pick(x, y).catch(() => null) : null),
    save: () => (picture.renderer ? picture.renderer.toBlob() : Promise.reject(new Error("there is no picture yet"))),
    canvas: () => picture.canvas,
  };
}
