/** Draws one view's frames, and says what still moves. */

import type { Feed, Model } from "../feed";
import type { Size, Theme, View } from "../renderer";
import type { Eye } from "./eye";
import { makeLoop, type Loop } from "./loop";
import type { Picture } from "./picture";

/** While the camera moves on a slow adapter, a picture of half the pixels in each direction. */
const COARSE = 0.5;
const FINEST = 2;
/** Where a device was lost, what is drawn may go wrong before that is told: milliseconds to wait for it. */
const TELLING = 500;
/** Seconds that the clock goes on at most from frame to frame. */
const LONGEST_STEP = 2;

/** How a view is to be drawn just now. */
export interface Mood {
  theme: Theme;
  /** The reader asks for less motion. */
  reduced: boolean;
  paused: boolean;
  /** The camera is in the reader's hand. */
  moving: boolean;
  /** Drags draw a box. */
  boxing: boolean;
}

interface Painting {
  model: Model;
  feed: Feed;
  picture: Picture;
  eye: Eye;
  mood: Mood;
  size: Size;
  measure(): void;
  /** Frame `number` was given to the graphics device as this view: it is on the screen with whatever else changes now. */
  drawn(view: View, number: number): void;
  /** The device has drawn it, at the cost of `ms`. */
  shown(number: number, ms: number): void;
  paced(slow: boolean): void;
}

export interface Painter {
  readonly loop: Loop;
  /** The view drawn last. */
  readonly view: View | null;
}

export function makePainter(painting: Painting, signal: AbortSignal): Painter {
  const { model, feed, picture, eye, mood, size } = painting;
  let time = 0;
  let last = 0;
  /** Something moved by itself after the frame drawn last: the time since then is the picture's own. */
  let going = false;
  let drawn = NaN;
  let view: View | null = null;

  const clock = (): number | null => (model.get("clock") as number | null | undefined) ?? null;
  const beating = (): boolean => !mood.reduced && !mood.paused && clock() === null;
  const turning = (): boolean =>
    eye.untouched && !mood.reduced && !mood.paused && !loop.slow && !feed.scene?.flat && model.get("turn") !== false;

  /** A slow adapter shows what is new at once, coarsely, and draws it well after that. */
  const fresh = (): boolean => loop.slow && feed.frame !== drawn;
  const hurried = (): boolean => mood.moving || eye.flying || fresh();

  const draw = async (now: number): Promise<number> => {
    const renderer = picture.renderer!;
    const seconds = going ? Math.min(LONGEST_STEP, Math.max(0, (now - last) / 1000)) : 0;
    last = now;
    going = beating() || turning();
    eye.step(now, seconds, turning());
    if (beating()) time += seconds;
    const number = feed.frame;
    const [coarse, again] = [hurried(), fresh()];
    const scale = loop.slow ? (coarse ? COARSE : 1) : Math.min(FINEST, devicePixelRatio || 1);
    view = { camera: eye.camera, theme: mood.theme, ...size, scale, time: clock() ?? time, still: mood.reduced, hurried: coarse };
    renderer.draw(view);
    painting.drawn(view, number);
    const ms = await renderer.done();
    if (signal.aborted || picture.renderer !== renderer) return NaN;
    drawn = number;
    if (again) loop.ask();
    painting.shown(number, ms);
    return ms;
  };

  const failed = (error: unknown): void => {
    const { renderer } = picture;
    setTimeout(() => signal.aborted || !renderer || picture.renderer !== renderer || picture.fail(error), TELLING);
  };

  const loop = makeLoop(
    {
      draw,
      failed,
      able() {
        if (!size.width) painting.measure();
        return picture.renderer !== null && feed.scene !== null && size.width > 0 && size.height > 0;
      },
      moves: () => eye.flying || beating() || turning() || (picture.renderer?.moving ?? false),
      software: () => picture.renderer?.software ?? false,
      hurried,
      paced: painting.paced,
    },
    signal,
  );
  return {
    loop,
    get view() {
      return view;
    },
  };
}
