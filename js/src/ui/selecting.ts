/** The selection and the window of one view, kept equal to the model's traits. */

import type { Model } from "../feed";
import type { Scene } from "../scene";
import { throttle } from "./dom";
import type { Selection, Window } from "./emphasis";
import { packRows, unpackRows } from "./runs";
import { nothing } from "./select";

export interface Selecting {
  readonly selection: Selection;
  readonly window: Window | null;
  select(selection: Selection): void;
  setWindow(window: Window | null): void;
  /** Reads the traits again, once the scene's size is known. */
  read(scene: Scene): void;
}

interface Changes {
  /** `told`: the kernel did it, not the reader. */
  selection(selection: Selection, told: boolean): void;
  window(window: Window | null, told: boolean): void;
}

const sameRows = (a: Set<number>, b: Set<number>): boolean => a.size === b.size && [...a].every((row) => b.has(row));

/** What some view in this page wrote, and not the kernel. */
const ours = new WeakSet<object>();

export function makeSelecting(model: Model, changes: Changes, signal: AbortSignal): Selecting {
  let selection = nothing();
  let window: Window | null = null;
  let scene: Scene | null = null;

  const write = throttle(60, () => model.save_changes(), signal);
  const readSelection = (told: boolean): void => {
    if (!scene) return;
    const next = {
      edges: unpackRows(model.get("_selection"), scene.edges),
      accounts: unpackRows(model.get("_selected_accounts"), scene.accounts),
    };
    if (sameRows(next.edges, selection.edges) && sameRows(next.accounts, selection.accounts)) return;
    selection = next;
    changes.selection(selection, told);
  };
  const readWindow = (told: boolean): void => {
    const value = model.get("_window") as number[] | null | undefined;
    const next = value?.length === 2 ? ([value[0], value[1]] as Window) : null;
    if (next?.[0] === window?.[0] && next?.[1] === window?.[1]) return;
    window = next;
    changes.window(window, told);
  };

  // Later, since setting one trait tells its listeners at once, while the other still has its old value.
  const readSoon = (): void => queueMicrotask(() => signal.aborted || readSelection(!ours.has(model.get("_selection") ?? {})));
  const listeners: [string, () => void][] = [
    ["change:_selection", readSoon],
    ["change:_selected_accounts", readSoon],
    ["change:_window", () => readWindow(true)],
  ];
  for (const [event, call] of listeners) model.on(event, call);
  signal.addEventListener("abort", () => listeners.forEach(([event, call]) => model.off(event, call)));

  return {
    get selection() {
      return selection;
    },
    get window() {
      return window;
    },
    select(next) {
      if (sameRows(next.edges, selection.edges) && sameRows(next.accounts, selection.accounts)) return;
      selection = next;
      const packed = packRows(next.edges);
      ours.add(packed);
      model.set("_selection", packed);
      model.set("_selected_accounts", packRows(next.accounts));
      changes.selection(next, false);
      write.later();
    },
    setWindow(next) {
      const whole = next && ([Math.round(next[0]), Math.round(next[1])] as Window);
      if (whole?.[0] === window?.[0] && whole?.[1] === window?.[1]) return;
      window = whole;
      model.set("_window", whole);
      changes.window(whole, false);
      write.later();
    },
    read(next) {
      scene = next;
      readSelection(false);
      readWindow(false);
    },
  };
}
