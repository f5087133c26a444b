/** Words on the data, the selection and the keys: in the status line, and for those who do not see the picture. */

import { firstGhost } from "../scene";
import { h, uid } from "./dom";
import { KEYS } from "./keys";
import type { Stage } from "./stage";
import { count } from "./words";

export function summary(stage: Stage): void {
  const { model, hub, feed, status, signal } = stage;
  const id = uid("keys");
  stage.area.append(h("p", { id, class: "unseen" }, KEYS)); // which nobody hears of where it takes no keys
  stage.canvas().setAttribute("aria-describedby", id);
  const tell = (): void => {
    const text = String(model.get("_summary") ?? "");
    status.set("summary", text);
    stage.canvas().setAttribute("aria-label", `Arteries: ${text}`);
  };
  const chosen = (): void => {
    const { edges, accounts } = stage.selection;
    const words = [];
    if (accounts.size) words.push(count(accounts.size, "account"));
    const first = feed.scene ? firstGhost(feed.scene) : Infinity;
    const likely = [...edges].filter((row) => row >= first).length;
    if (edges.size > likely) words.push(count(edges.size - likely, "artery", "arteries"));
    if (likely) words.push(count(likely, "likely artery", "likely arteries"));
    status.set("selection", words.length ? `Selected: ${words.join(", ")}.` : "");
  };
  model.on("change:_summary", tell);
  signal.addEventListener("abort", () => model.off("change:_summary", tell));
  hub.on("selection", chosen, signal);
  tell();
  chosen();
}
