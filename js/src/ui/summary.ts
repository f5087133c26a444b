/** The status line's words on the data and the selection. */

import type { Stage } from "./stage";
import { count } from "./words";

export function summary(stage: Stage): void {
  const { model, hub, status, signal } = stage;
  const tell = (): void => status.set("summary", String(model.get("_summary") ?? ""));
  const chosen = (): void => {
    const { edges, accounts } = stage.selection;
    const words = [];
    if (accounts.size) words.push(count(accounts.size, "account"));
    if (edges.size) words.push(count(edges.size, "artery", "arteries"));
    status.set("selection", words.length ? `Selected: ${words.join(", ")}.` : "");
  };
  model.on("change:_summary", tell);
  signal.addEventListener("abort", () => model.off("change:_summary", tell));
  hub.on("selection", chosen, signal);
  tell();
  chosen();
}
