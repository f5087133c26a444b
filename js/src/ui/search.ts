/** Finds accounts and tokens by name; choosing one selects it and flies there. An ARIA combobox with a list. */

import { bytesOf } from "../protocol";
import { debounce, h, uid } from "./dom";
import type { Selection } from "./emphasis";
import { isEmpty, nothing, things } from "./select";
import type { Stage } from "./stage";

type Found = [row: number, name: string];

/** So many of each kind are shown, and so many looked for, so that it can be said how many more there are. */
const SHOWN = 8;
const LIMIT = 100;
const REST_MS = 120;

export function search(stage: Stage): void {
  const { over, feed, hub, signal } = stage;
  const id = uid("found");
  const list = h("div", { class: "found panel", id, role: "listbox", "aria-label": "Found accounts and tokens", hidden: true });
  const input = h("input", {
    ...{ type: "text", placeholder: "Find account or token", "aria-label": "Find an account or token" },
    ...{ spellcheck: "false", autocomplete: "off", role: "combobox", "aria-autocomplete": "list" },
    ...{ "aria-expanded": "false", "aria-controls": id },
  });
  over.append(h("div", { class: "search" }, input, list));
  let options: { el: HTMLElement; choose: () => void }[] = [];
  let active = -1;
  let turn = 0;
  /** The first of the options to come is chosen already. */
  let hasty = false;

  const activate = (at: number): void => {
    active = at;
    options.forEach(({ el }, i) => el.setAttribute("aria-selected", String(i === at)));
    input.setAttribute("aria-activedescendant", options[at]?.el.id ?? "");
    options[at]?.el.scrollIntoView({ block: "nearest" });
  };
  const open = (on: boolean): void => {
    list.hidden = !on;
    input.setAttribute("aria-expanded", String(on));
    if (!on) activate(-1);
  };
  const take = (selection: Selection): void => {
    open(false);
    stage.select(selection);
    if (!isEmpty(selection)) stage.focus();
  };
  const takeToken = async (row: number, name: string): Promise<void> => {
    const { buffers } = await feed.ask("token", { row });
    const rows = new Uint32Array(bytesOf(buffers[0]).slice().buffer);
    if (!rows.length) hub.emit("hint", `${name} never moved along an artery.`);
    take({ ...nothing(), edges: new Set(rows) });
  };

  const show = (accounts: Found[], tokens: Found[]): void => {
    options = [];
    const group = (title: string, found: Found[], choose: (row: number, name: string) => void): Node[] => {
      const rest = found.length - SHOWN;
      const more = rest > 0 ? `and ${found.length < LIMIT ? "" : "at least "}${rest} more` : "";
      const els = found.slice(0, SHOWN).map(([row, name]) => {
        const el = h("div", { role: "option", id: `${id}-${options.length}`, "aria-selected": "false" }, name);
        const pick = (): void => choose(row, name);
        el.addEventListener("pointerdown", (e) => (e.preventDefault(), pick()));
        options.push({ el, choose: pick });
        return el;
      });
      if (!els.length) return [];
      const words = (text: string, kind = ""): Node => h("div", { class: `kind ${kind}`, "aria-hidden": "true" }, text);
      return [h("div", { role: "group", "aria-label": more ? `${title}, ${more}` : title }, words(title), ...els, ...(more ? [words(more, "more")] : []))];
    };
    const groups = [
      ...group("Accounts", accounts, (row) => take(things(feed.scene!, { kind: "account", row }))),
      ...group("Tokens", tokens, (row, name) => void takeToken(row, name).catch(fail)),
    ];
    list.replaceChildren(...(groups.length ? groups : [h("div", { class: "kind" }, "Nothing found")]));
    open(true);
    if (!options.length) return;
    activate(0);
    if (hasty) options[0].choose();
  };
  const fail = (error: Error): void => hub.emit("hint", error.message);

  const find = debounce(
    REST_MS,
    async () => {
      const text = input.value.trim();
      const mine = ++turn;
      if (!text) return open(false);
      try {
        const found = await feed.ask<{ accounts: Found[]; tokens: Found[] }>("search", { text, limit: LIMIT });
        if (mine === turn && !signal.aborted) show(found.accounts, found.tokens);
      } catch (error) {
        if (mine === turn) fail(error as Error);
      }
    },
    signal,
  );
  const typed = (): void => {
    hasty = false;
    turn++; // an answer under way is to an earlier text, and so are the options until the next
    activate(-1);
    find.later();
  };
  const enter = (): void => {
    if (options[active]) return options[active].choose();
    hasty = true;
    find.flush();
  };
  /** A text stands for what it found, as long as that is selected. */
  const selected = (selection: Selection): void => void (isEmpty(selection) && !input.matches(":focus") && (input.value = ""));
  hub.on("selection", selected, signal);
  input.addEventListener("input", typed, { signal });
  input.addEventListener("blur", () => open(false), { signal });
  input.addEventListener(
    "keydown",
    (e) => {
      e.stopPropagation();
      const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
      if (step && options.length && !list.hidden) activate((active + step + options.length) % options.length);
      else if (e.key === "Enter") enter();
      else if (e.key !== "Escape") return;
      else if (list.hidden) stage.canvas().focus({ preventScroll: true });
      else open(false);
      e.preventDefault();
    },
    { signal },
  );
}
