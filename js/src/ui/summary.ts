/** Words on the data, the selection and the keys: in the status line, and for those who do not see the picture. */

import { h, uid } from "./dom";
import { KEYS } from "./keys";
import type { Stage } from "./stage";
import { count } from "./words";

export function summary(stage: Stage): void {
  const { model, hub, status, signal } = stage;
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
    if (edges.size) words.push(count(edges.size, "artery", "arteries"));
    status.set("selection", words.length ? `Selected: ${words.join(", ")}.` : "");
  };
  model.on("change:_summary", tell);
  signal.addEventListener("abort", () => model.off("change:_summary", tell));
  hub.on("selection", chosen, signal);
  tell();
  chosen();
}
