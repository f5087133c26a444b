/**
 * Frames on demand. A frame is drawn when something asked for one and the picture can be seen, never otherwise.
 *
 * On a slow adapter the loop keeps to 5 frames a second and 30 % of the time, so that a kernel on the same machine is
 * not starved by its own picture. A frame in a hurry does not wait out the long rest after a picture drawn well: it
 * borrows that time, and the next picture drawn well comes so much later.
 */

const SLOW_MS = 50;
const SLOW_PERIOD = 200;
const DUTY = 0.3;
/** The first frames compile shaders; their cost says nothing. */
const WARM_UP = 2;

export interface Loop {
  /** Something changed: draw once, as soon as the picture is seen. */
  ask(): void;
  readonly slow: boolean;
  readonly seen: boolean;
  /** No frame is wanted or under way. */
  readonly resting: boolean;
  /** Frames a second, over the last two seconds. */
  fps(): number;
  readonly draws: number;
  see(seen: boolean): void;
}

export interface Drawing {
  /** There is something to draw, and somewhere to draw it. */
  able(): boolean;
  /** Draws; settles with the frame's cost in ms. */
  draw(now: number): Promise<number>;
  /** Something moves by itself: draw again without being asked. */
  moves(): boolean;
  software(): boolean;
  /** The next frame is one in a hurry: somebody waits for it, and it is cheap. */
  hurried(): boolean;
  /** To draw went wrong. */
  failed(error: unknown): void;
  /** Slow mode began or ended. */
  paced(slow: boolean): void;
}

/** Slow after four dear frames in a row, quick again after eight cheap ones: no flutter between the two. */
export function makePace(): (ms: number) => boolean {
  let slow = false;
  let run = 0;
  let count = 0;
  return (ms) => {
    if (++count <= WARM_UP || !Number.isFinite(ms)) return slow;
    const against = slow ? ms < SLOW_MS / 2 : ms > SLOW_MS;
    run = against ? run + 1 : 0;
    if (run >= (slow ? 8 : 4)) {
      slow = !slow;
      run = 0;
    }
    return slow;
  };
}

/** How long after the start of a frame that cost `ms` the next may start. */
export const restAfter = (ms: number): number => Math.max(SLOW_PERIOD, ms / DUTY);

export function makeLoop(drawing: Drawing, signal: AbortSignal): Loop {
  const pace = makePace();
  const stamps: number[] = [];
  let seen = false;
  let wanted = false;
  /** When the frame that is scheduled begins; Infinity: none is. */
  let start = Infinity;
  let inFlight = 0;
  let slow = false;
  let told: boolean | null = null;
  /** When the next frame may begin, in a hurry and else. */
  let soonest = 0;
  let earliest = 0;
  let timer = 0;
  let frame = 0;
  let draws = 0;

  const unschedule = (): void => {
    clearTimeout(timer);
    cancelAnimationFrame(frame);
    start = Infinity;
  };

  const schedule = (): void => {
    if (!wanted || !seen || signal.aborted || inFlight >= (slow ? 1 : 2)) return;
    const now = performance.now();
    const next = slow ? Math.max(now, drawing.hurried() ? soonest : earliest) : now;
    if (start <= next) return;
    unschedule();
    start = next;
    const go = (): void => void (frame = requestAnimationFrame(tick));
    if (next - now > 4) timer = window.setTimeout(go, next - now);
    else go();
  };

  const tick = (now: number): void => {
    // To be able may take measuring, which asks for a frame: this one.
    const able = seen && !signal.aborted && drawing.able();
    start = Infinity;
    if (!able) return;
    wanted = false;
    inFlight++;
    draws++;
    stamps.push(now);
    while (stamps[0] < now - 2000) stamps.shift();
    slow ||= drawing.software();
    const began = performance.now();
    const hurried = drawing.hurried();
    const failed = (error: unknown): number => (drawing.failed(error), NaN);
    void drawing.draw(now).catch(failed).then((ms) => {
      inFlight--;
      if (signal.aborted) return;
      slow = pace(ms) || drawing.software();
      const rest = restAfter(Math.max(ms || 0, 1));
      if (hurried) soonest = began + rest;
      earliest = (hurried ? Math.max(began, earliest) : began) + rest;
      if (slow !== told) drawing.paced((told = slow));
      if (drawing.moves()) wanted = true;
      schedule();
    });
    if (drawing.moves()) wanted = true;
    schedule();
  };

  signal.addEventListener("abort", unschedule);
  return {
    ask() {
      wanted = true;
      schedule();
    },
    see(now) {
      seen = now;
      if (seen) schedule();
      else if (start < Infinity) {
        unschedule();
        wanted = true;
      }
    },
    fps: () => {
      const now = performance.now();
      return stamps.filter((t) => t > now - 2000).length / 2;
    },
    get slow() {
      return slow;
    },
    get seen() {
      return seen;
    },
    get resting() {
      return !wanted && inFlight === 0;
    },
    get draws() {
      return draws;
    },
  };
}

/** Calls `change(true)` while the element is on screen in a tab that is shown. */
export function watchSeen(el: HTMLElement, change: (seen: boolean) => void, signal: AbortSignal): void {
  let near = true; // until the observer has looked, so that the first frame need not wait for it
  const tell = (): void => change(near && document.visibilityState !== "hidden");
  const observer = new IntersectionObserver((entries) => {
    near = entries[entries.length - 1].isIntersecting;
    tell();
  });
  observer.observe(el);
  tell();
  document.addEventListener("visibilitychange", tell, { signal });
  signal.addEventListener("abort", () => observer.disconnect());
}
