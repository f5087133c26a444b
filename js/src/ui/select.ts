/** What a click, a box or a found name selects. */

import { project } from "../camera";
import type { Hit } from "../renderer";
import type { Scene } from "../scene";
import { ends, type Selection } from "./emphasis";
import type { Stage } from "./stage";

export const nothing = (): Selection => ({ edges: new Set(), accounts: new Set() });

export const isEmpty = ({ edges, accounts }: Selection): boolean => edges.size + accounts.size === 0;

/** An account with all its arteries, or an artery alone. */
export function things(scene: Scene, hit: Hit | null): Selection {
  if (!hit) return nothing();
  if (hit.kind === "edge") return { edges: new Set([hit.row]), accounts: new Set() };
  const edges = new Set<number>();
  for (let e = 0; e < scene.edges; e++) if (scene.source[e] === hit.row || scene.target[e] === hit.row) edges.add(e);
  return { edges, accounts: new Set([hit.row]) };
}

export const joined = (a: Selection, b: Selection): Selection => ({
  edges: new Set([...a.edges, ...b.edges]),
  accounts: new Set([...a.accounts, ...b.accounts]),
});

/** `more` joined to `old`, or taken out of it where all of it was in. */
export function toggled(old: Selection, more: Selection): Selection {
  const held = [...more.edges].every((row) => old.edges.has(row)) && [...more.accounts].every((row) => old.accounts.has(row));
  if (!held) return joined(old, more);
  return {
    edges: new Set([...old.edges].filter((row) => !more.edges.has(row))),
    accounts: new Set([...old.accounts].filter((row) => !more.accounts.has(row))),
  };
}

/** The accounts inside a rectangle of the picture, and the arteries between them; of both, what the window has not faded. */
export function boxed(scene: Scene, { camera, size, inside }: Pick<Stage, "camera" | "size" | "inside">, a: [number, number], b: [number, number]): Selection {
  const [left, right] = [Math.min(a[0], b[0]), Math.max(a[0], b[0])];
  const [top, bottom] = [Math.min(a[1], b[1]), Math.max(a[1], b[1])];
  const open = inside?.edges ?? null;
  const active = open && ends(scene, open);
  const accounts = new Set<number>();
  for (let row = 0; row < scene.accounts; row++) {
    if (!scene.sizes[row] || (active && !active[row])) continue;
    const [x, y, depth] = project(camera, size.width, size.height, scene.positions, 3 * row);
    if (depth > 0 && x >= left && x <= right && y >= top && y <= bottom) accounts.add(row);
  }
  const edges = new Set<number>();
  for (let e = 0; e < scene.edges; e++) if ((!open || open[e]) && accounts.has(scene.source[e]) && accounts.has(scene.target[e])) edges.add(e);
  return { edges, accounts };
}
