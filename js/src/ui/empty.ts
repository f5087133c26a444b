/** A sentence in place of arteries, where there are none: an empty picture looks like a broken one. */

import { h } from "./dom";
import type { Stage } from "./stage";

/** `EMPTY` of widgets/static.py says the same in a still picture. */
const EMPTY = "No transfers between accounts to show.";

export function empty({ over, hub, feed, signal }: Stage): void {
  const el = h("p", { class: "empty" }, EMPTY);
  over.append(el);
  const tell = (edges: number | undefined): void => void (el.hidden = edges !== 0);
  hub.on("scene", (scene) => tell(scene.edges), signal);
  tell(feed.scene?.edges);
}
