/**
 * Mouse, touch and keyboard on the picture.
 *
 * Drag turns, right or middle button (or two fingers, or ctrl) moves, shift-drag draws a box. The wheel zooms once the
 * picture has the focus and scrolls the notebook before that; a pinch always zooms. On a trackpad that is the wheel with
 * ctrl, in Safari a gesture event.
 */

import { orbit, pan, zoom, type Camera } from "../camera";

export interface Hands {
  camera(): Camera;
  /** The reader moved the camera. */
  move(camera: Camera): void;
  moving(on: boolean): void;
  flat(): boolean;
  /** Box selection is on without shift. */
  boxing(): boolean;
  click(x: number, y: number, add: boolean): void;
  box(from: [number, number], to: [number, number], done: boolean, add: boolean): void;
  hover(x: number, y: number): void;
  leave(): void;
  hint(text: string): void;
  focus(): void;
  focused(): boolean;
}

/** Safari's own; `scale` is 1 where it starts. */
type Gesture = MouseEvent & { scale: number };

const SLOP = 4;
/** Pixels that one press of an arrow key stands for. */
const STEP = 24;

export function takeControls(area: HTMLElement, hands: Hands, signal: AbortSignal): void {
  const fingers = new Map<number, [number, number]>();
  let mode: "turn" | "move" | "box" | null = null;
  let start: [number, number] = [0, 0];
  let began = hands.camera();
  let far = false;
  let pinched = false;
  let idle = 0;
  const on = <K extends keyof HTMLElementEventMap>(type: K, call: (e: HTMLElementEventMap[K]) => void): void =>
    area.addEventListener(type, call, { signal, passive: false });
  const at = (e: MouseEvent): [number, number] => {
    const box = area.getBoundingClientRect();
    return [e.clientX - box.left, e.clientY - box.top];
  };
  const spread = (): [number, number, number] => {
    const [a, b] = [...fingers.values()];
    return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2, Math.hypot(a[0] - b[0], a[1] - b[1])];
  };
  /** For moves without an end of their own, such as the wheel. */
  const nudge = (): void => {
    hands.moving(true);
    clearTimeout(idle);
    idle = window.setTimeout(() => hands.moving(false), 200);
  };
  signal.addEventListener("abort", () => clearTimeout(idle));

  on("pointerdown", (e) => {
    area.setPointerCapture(e.pointerId);
    fingers.set(e.pointerId, at(e));
    if (fingers.size > 1) {
      if (mode === "box") hands.box(start, start, true, true); // two fingers draw none
      pinched = true;
      mode = "move";
      return;
    }
    start = at(e);
    began = hands.camera();
    far = pinched = false;
    const panning = e.button > 0 || e.ctrlKey || e.metaKey || (hands.flat() && !e.shiftKey);
    mode = e.shiftKey || (hands.boxing() && e.button === 0) ? "box" : panning ? "move" : "turn";
    if (e.pointerType !== "touch") hands.focus();
    if (e.button === 1) e.preventDefault();
  });

  on("pointermove", (e) => {
    const now = at(e);
    const before = fingers.get(e.pointerId);
    if (!before || !mode) return fingers.size ? undefined : hands.hover(...now);
    const height = area.clientHeight;
    if (fingers.size > 1) {
      const [x0, y0, d0] = spread();
      fingers.set(e.pointerId, now);
      const [x, y, d] = spread();
      const moved = pan(hands.camera(), x - x0, y - y0, height);
      hands.moving(true);
      return hands.move(zoom(moved, d0 / Math.max(d, 1), x, y, area.clientWidth, height));
    }
    if (!far && Math.hypot(now[0] - start[0], now[1] - start[1]) < SLOP) return;
    if (!far) hands.leave();
    far = true;
    fingers.set(e.pointerId, now);
    const [dx, dy] = [now[0] - before[0], now[1] - before[1]];
    if (mode === "box") return hands.box(start, now, false, e.ctrlKey || e.metaKey);
    hands.moving(true);
    hands.move(mode === "turn" ? orbit(hands.camera(), dx, dy, height) : pan(hands.camera(), dx, dy, height));
  });

  const up = (e: PointerEvent): void => {
    if (!fingers.delete(e.pointerId) || fingers.size) return;
    const now = at(e);
    const ended = mode;
    mode = null;
    hands.moving(false);
    if (e.type === "pointercancel") {
      // The browser took the finger for its own scrolling: what it did here never was.
      if (ended === "box") hands.box(start, start, true, true);
      else if (far || pinched) hands.move(began);
      return;
    }
    hands.focus();
    if (ended === "box" && far) hands.box(start, now, true, e.ctrlKey || e.metaKey);
    else if (!far && !pinched && e.button === 0) hands.click(...now, e.shiftKey || e.ctrlKey || e.metaKey);
  };
  on("pointerup", up);
  on("pointercancel", up);
  on("pointerleave", () => hands.leave());
  on("contextmenu", (e) => e.preventDefault());

  on("wheel", (e) => {
    const pinch = e.ctrlKey;
    if (!pinch && !hands.focused()) {
      return hands.hint("Click the picture, then the wheel zooms. Until then it scrolls the page.");
    }
    e.preventDefault();
    e.stopPropagation();
    const lines = e.deltaMode === 1 ? 16 : e.deltaMode === 2 ? 400 : 1;
    const [x, y] = at(e);
    nudge();
    const factor = Math.exp(Math.max(-0.5, Math.min(0.5, e.deltaY * lines * (pinch ? 0.01 : 0.0015))));
    hands.move(zoom(hands.camera(), factor, x, y, area.clientWidth, area.clientHeight));
  });

  let spreadBefore = 1;
  const gesture = (e: Event): void => {
    e.preventDefault(); // the page would be zoomed
    if (fingers.size) return; // on a touch screen the fingers themselves are told
    const { scale } = e as Gesture;
    if (e.type === "gesturechange") {
      const [x, y] = at(e as Gesture);
      nudge();
      hands.move(zoom(hands.camera(), spreadBefore / scale, x, y, area.clientWidth, area.clientHeight));
    }
    spreadBefore = scale;
  };
  for (const type of ["gesturestart", "gesturechange"]) area.addEventListener(type, gesture, { signal, passive: false });

  on("keydown", (e) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key];
    const closer = { "+": 0.85, "=": 0.85, "-": 1 / 0.85, _: 1 / 0.85 }[e.key];
    if ((!step && !closer) || e.ctrlKey || e.metaKey || e.altKey) return;
    e.preventDefault();
    e.stopPropagation();
    nudge();
    if (closer) return hands.move(zoom(hands.camera(), closer, 0.5, 0.5, 1, 1));
    const [x, y] = step!;
    const moved = e.shiftKey || hands.flat() ? pan(hands.camera(), -x * STEP, -y * STEP, area.clientHeight) : orbit(hands.camera(), x * STEP, y * STEP, area.clientHeight);
    hands.move(moved);
  });
}
