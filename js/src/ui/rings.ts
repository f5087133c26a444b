/** What a click on an alert shows: the arteries of its ring, lit one after the other in order of time. */

import { bytesOf } from "../protocol";
import type { Hit } from "../renderer";
import { nothing } from "./select";
import type { Stage } from "./stage";

/** Between two steps, as long as a reader needs to follow; and how long all of it may take. */
const STEP_MS = 700;
const RUN_MS = 14_000;

export function rings(stage: Stage): void {
  const { model, feed, hub, mood, status, signal } = stage;
  let timer = 0;
  /** The selection is changed by the ring itself. */
  let own = false;

  const end = (): void => {
    if (!timer) return;
    clearTimeout(timer);
    timer = 0;
    stage.dim(new Set());
  };
  /** Lights the first step that is still dark, and so on. */
  const run = (unlit: Set<number>, period: number): void => {
    const [next] = unlit;
    unlit.delete(next);
    stage.dim(unlit);
    timer = unlit.size ? window.setTimeout(run, period, unlit, period) : 0;
  };
  const show = (steps: number[], sentence: string): void => {
    const edges = new Set(steps);
    own = true;
    stage.select({ ...nothing(), edges });
    own = false;
    status.set("ring", sentence);
    hub.emit("ring", steps);
    if (edges.size > 1) stage.focus();
    if (mood.reduced || edges.size < 2) return;
    const period = Math.min(STEP_MS, RUN_MS / edges.size);
    stage.dim(edges);
    timer = window.setTimeout(run, period, new Set(edges), period);
  };
  const clicked = async ({ kind, row }: Hit): Promise<void> => {
    end();
    if (kind !== "edge" || !model.get("_rings") || !(feed.channels![4 * row + 3] >= 128)) return;
    const { selection } = stage;
    const { sentence, buffers } = await feed.ask<{ sentence: string | null }>("ring", { row });
    // The reader may have gone on meanwhile.
    if (sentence === null || signal.aborted || stage.selection !== selection) return;
    show([...new Uint32Array(bytesOf(buffers[0]).slice().buffer)], sentence);
  };
  const gone = (): void => {
    if (own) return;
    end();
    status.set("ring", "");
    hub.emit("ring", []);
  };
  hub.on("clicked", (hit) => void clicked(hit).catch((error: Error) => hub.emit("hint", error.message)), signal);
  hub.on("selection", gone, signal);
  signal.addEventListener("abort", () => clearTimeout(timer));
}
