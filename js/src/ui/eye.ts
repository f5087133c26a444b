/** Where one view looks from: the reader's hand, the kernel's trait, a flight to somewhere, and the idle turning. */

import type { Camera } from "../camera";
import type { Model } from "../feed";
import { debounce } from "./dom";
import { between } from "./flight";

/** Radians a second. */
const TURN = 0.05;
const FLIGHT_MS = 450;
const WRITE_MS = 300;

export interface Eye {
  readonly camera: Camera;
  /** The reader moved it. */
  move(camera: Camera): void;
  fly(camera: Camera, at_once: boolean): void;
  /** Flies for the kernel: `leave` flies back to where the reader looked, unless the camera was moved since. */
  visit(camera: Camera, at_once: boolean): void;
  leave(at_once: boolean): void;
  /** Where the data is framed; taken as long as nobody chose a camera. */
  setHome(camera: Camera): void;
  readonly home: Camera;
  readonly flying: boolean;
  /** Nobody has touched the picture, so it may turn by itself. */
  readonly untouched: boolean;
  /** One step of flight or turning, before a frame is drawn. */
  step(now: number, seconds: number, turning: boolean): void;
  touch(): void;
}

const NOWHERE: Camera = { yaw: 0.6, pitch: 0.35, distance: 3.5, target: [0, 0, 0] };

function parse(value: unknown): Camera | null {
  const c = value as Partial<Camera> | null;
  const numbers = [c?.yaw, c?.pitch, c?.distance, ...(c?.target ?? [])];
  return c && numbers.length === 6 && numbers.every(Number.isFinite) ? { yaw: c.yaw!, pitch: c.pitch!, distance: c.distance!, target: [...c.target!] } : null;
}

const same = (a: Camera, b: Camera): boolean => JSON.stringify(a) === JSON.stringify(b);

export function makeEye(model: Model, changed: () => void, signal: AbortSignal): Eye {
  const given = parse(model.get("camera"));
  let camera = given ?? NOWHERE;
  let home = camera;
  let chosen = given !== null;
  let untouched = true;
  let back: (() => Camera) | null = null;
  let flight: { from: Camera; to: Camera; start: number } | null = null;

  // Not while the hand moves: each message makes the notebook paint its busy sign, which costs as much as a picture.
  const write = debounce(
    WRITE_MS,
    () => {
      // Home is no choice: wherever the model is shown next, the data is framed for that place.
      model.set("camera", chosen ? camera : null);
      model.save_changes();
    },
    signal,
  );
  const take = (next: Camera): void => {
    camera = next;
    changed();
  };
  const onTrait = (): void => {
    const value = model.get("camera");
    const told = parse(value);
    if (value === null ? !chosen : !told || same(told, camera)) return;
    flight = back = null;
    chosen = told !== null;
    take(told ?? home);
  };
  const fly = (to: Camera, atOnce: boolean): void => {
    untouched = false;
    chosen = to !== home;
    write.later();
    if (atOnce) return take(to);
    flight = { from: camera, to, start: NaN };
    changed();
  };
  model.on("change:camera", onTrait);
  signal.addEventListener("abort", () => model.off("change:camera", onTrait));

  return {
    get camera() {
      return camera;
    },
    get home() {
      return home;
    },
    get flying() {
      return flight !== null;
    },
    get untouched() {
      return untouched;
    },
    touch() {
      untouched = false;
    },
    move(next) {
      untouched = false;
      chosen = true;
      flight = back = null;
      take(next);
      write.later();
    },
    fly(to, atOnce) {
      back = null;
      fly(to, atOnce);
    },
    visit(to, atOnce) {
      const from = camera;
      back ??= chosen ? () => from : () => home;
      fly(to, atOnce);
    },
    leave(atOnce) {
      if (back) fly(back(), atOnce);
      back = null;
    },
    setHome(next) {
      // The idle turning goes on from where it is, unless it was under another direction that it began.
      const yaw = flight || home.yaw !== next.yaw ? next.yaw : camera.yaw;
      home = next;
      if (chosen) return;
      flight = null;
      take({ ...next, yaw });
    },
    step(now, seconds, turning) {
      if (flight) {
        if (Number.isNaN(flight.start)) flight.start = now;
        const t = Math.min(1, (now - flight.start) / FLIGHT_MS);
        camera = t < 1 ? between(flight.from, flight.to, t * t * (3 - 2 * t)) : flight.to;
        if (t === 1) {
          flight = null;
          write.later();
        }
      } else if (turning) camera = { ...camera, yaw: camera.yaw + TURN * seconds };
    },
  };
}
