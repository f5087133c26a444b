/** What a click on an alert shows: the arteries of its ring, lit one after the other in order of time. */

import { bytesOf } from "../protocol";
import type { Hit } from "../renderer";
import { nothing } from "./select";
import type { Stage } from "./stage";

/** Between two steps, as long as a reader needs to follow; how long all of it may take; and at least, for each picture. */
const STEP_MS = 700;
const RUN_MS = 14_000;
const LEAST_MS = 70;

export function rings(stage: Stage): void {
  const { model, feed, hub, mood, status, signal } = stage;
  let timer = 0;
  /** The selection is changed by the ring itself. */
  let own = false;

  const end = (): void => {
    if (!timer) return;
    clearInterval(timer);
    timer = 0;
    stage.dim(new Set());
    hub.emit("step", null);
  };
  /** Lights one step after the other, and marks when each took place; very many of them several at a time. */
  const run = (steps: number[], times: Float64Array): void => {
    const unlit = new Set(steps);
    const period = Math.max(LEAST_MS, Math.min(STEP_MS, RUN_MS / steps.length));
    const stride = Math.ceil((period * steps.length) / RUN_MS);
    let next = 0;
    stage.dim(unlit);
    timer = window.setInterval(() => {
      if (next >= steps.length) return end();
      const before = unlit.size;
      for (const row of steps.slice(next, next + stride)) unlit.delete(row);
      next = Math.min(steps.length, next + stride);
      if (unlit.size < before) stage.dim(unlit);
      hub.emit("step", times[next - 1]);
    }, period);
  };
  const show = (steps: number[], times: Float64Array, sentence: string): void => {
    const edges = new Set(steps);
    own = true;
    stage.select({ ...nothing(), edges });
    own = false;
    status.set("ring", sentence);
    hub.emit("ring", steps);
    if (edges.size > 1) stage.focus();
    if (!mood.reduced && steps.length > 1) run(steps, times);
  };
  const clicked = async ({ kind, row }: Hit): Promise<void> => {
    end();
    if (kind !== "edge" || !model.get("_rings") || !(feed.channels![4 * row + 3] >= 128)) return;
    const { selection } = stage;
    const { sentence, buffers } = await feed.ask<{ sentence: string | null }>("ring", { row });
    // The reader may have gone on meanwhile.
    if (sentence === null || signal.aborted || stage.selection !== selection) return;
    const [steps, times] = buffers.map((buffer) => bytesOf(buffer).slice().buffer);
    show([...new Uint32Array(steps)], new Float64Array(times), sentence);
  };
  const gone = (): void => {
    if (own) return;
    end();
    status.set("ring", "");
    hub.emit("ring", []);
  };
  hub.on("clicked", (hit) => void clicked(hit).catch((error: Error) => hub.emit("hint", error.message)), signal);
  hub.on("selection", gone, signal);
  signal.addEventListener("abort", () => clearInterval(timer));
}
