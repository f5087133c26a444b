/** Names beside the few accounts that matter, and the selected ones; a name that would cover another stays away. */

import { project } from "../camera";
import type { Scene } from "../scene";
import { h } from "./dom";
import type { Stage } from "./stage";
import { short } from "./words";

interface Name {
  row: number;
  el: HTMLElement;
  width: number;
  /** Of SIDES: where it stood last, so that it does not jump about. */
  side: number;
}

type Box = [left: number, top: number, right: number, bottom: number];

const MOST_SELECTED = 12;
const LINE = 15;
const GAP = 7;
/** Left upper corner of a name of some width, seen from its account: right of it, left, above, below. */
const SIDES: ((width: number) => [number, number])[] = [
  () => [GAP, -LINE / 2],
  (width) => [-GAP - width, -LINE / 2],
  (width) => [-width / 2, -LINE - GAP + 1],
  (width) => [-width / 2, GAP - 1],
];

export function labels(stage: Stage): void {
  const { over, hub, feed, size, signal } = stage;
  const layer = h("div", { class: "labels", "aria-hidden": "true" });
  stage.area.append(layer);
  let covered: Box[] = [];
  let coveredAs = "";
  let standing: Name[] = [];
  let chosen: Name[] = [];
  let asked = 0;

  const name = (row: number, text: string, kind = ""): Name => {
    const el = h("span", { class: `away ${kind}` }, text);
    layer.append(el);
    const made = { row, el, width: 0, side: 0 };
    measure(made);
    return made;
  };
  const measure = (name: Name): void => {
    name.width = name.el.offsetWidth;
    turn(name, name.side);
  };
  /** The dot that the style draws on the account is placed from the name. */
  const turn = (name: Name, side: number): void => {
    const [dx, dy] = SIDES[(name.side = side)](name.width);
    name.el.style.setProperty("--x", `${-dx}px`);
    name.el.style.setProperty("--y", `${-dy}px`);
  };
  const drop = (names: Name[]): void => names.forEach(({ el }) => el.remove());

  /** Where the toolbar and the like lie over the picture: looked up when their number or the picture's size changes. */
  const panels = (): Box[] => {
    const as = [size.width, size.height, over.childElementCount].join();
    if (as === coveredAs) return covered;
    coveredAs = as;
    const some = [...over.children].filter((el): el is HTMLElement => el.matches(".toolbar, .search, .legend"));
    return (covered = some.map((el) => [el.offsetLeft, el.offsetTop, el.offsetLeft + el.offsetWidth, el.offsetTop + el.offsetHeight]));
  };

  const place = (scene: Scene): void => {
    const { camera } = stage;
    const taken = [...panels()];
    const rows = new Set<number>();
    const free = (box: Box): boolean =>
      box[0] >= 0 && box[1] >= 0 && box[2] <= size.width && box[3] <= size.height &&
      !taken.some((t) => box[0] < t[2] && box[2] > t[0] && box[1] < t[3] && box[3] > t[1]);
    for (const name of [...chosen, ...standing]) {
      if (!name.width) measure(name); // it was made while names were hidden
      const { row, el, width } = name;
      const [x, y, depth] = project(camera, size.width, size.height, scene.positions, 3 * row);
      const boxes = SIDES.map((side): Box => {
        const [dx, dy] = side(width);
        return [x + dx, y + dy, x + dx + width + 4, y + dy + LINE];
      });
      const side = depth <= 0 || rows.has(row) ? undefined : [name.side, 0, 1, 2, 3].find((k) => free(boxes[k]));
      el.classList.toggle("away", side === undefined);
      if (side === undefined) continue;
      if (side !== name.side) turn(name, side);
      taken.push(boxes[side]);
      rows.add(row);
      el.style.transform = `translate(${boxes[side][0].toFixed(1)}px, ${boxes[side][1].toFixed(1)}px)`;
    }
  };

  /** The selected accounts, or the ends of the selected arteries. */
  const meant = (scene: Scene): Set<number> => {
    const { edges, accounts } = stage.selection;
    const rows = new Set(accounts);
    if (!accounts.size) for (const row of edges) rows.add(scene.source[row]).add(scene.target[row]);
    return rows;
  };
  const hold = (rows: Set<number>): void => standing.forEach(({ row, el }) => el.classList.toggle("held", rows.has(row)));

  const stand = (scene: Scene): void => {
    drop(standing);
    standing = scene.labels.map(({ row, text }) => name(row, text));
    hold(meant(scene));
    place(scene);
  };
  const choose = async (): Promise<void> => {
    const mine = ++asked;
    const { edges, accounts } = stage.selection;
    const rows = meant(feed.scene!);
    hold(rows);
    const some = rows.size <= MOST_SELECTED ? [...rows] : [];
    const texts = await Promise.all(some.map((row) => feed.ask<{ name: string }>("account", { row }).catch(() => null)));
    if (mine !== asked || signal.aborted) return;
    drop(chosen);
    chosen = some.flatMap((row, i) => (texts[i] ? [name(row, short(texts[i].name), "chosen")] : []));
    layer.classList.toggle("choosing", edges.size + accounts.size > 0);
    if (feed.scene) place(feed.scene);
  };

  const folded = (): void => {
    coveredAs = "";
    if (feed.scene) place(feed.scene);
  };
  over.addEventListener("toggle", folded, { signal, capture: true });
  hub.on("scene", stand, signal);
  hub.on("drawn", () => {
    // To paint moving names costs as much as the picture where the processor does both.
    layer.hidden = stage.slow && stage.mood.moving;
    if (feed.scene && !layer.hidden) place(feed.scene);
  }, signal);
  hub.on("selection", () => void choose(), signal);
  if (feed.scene) stand(feed.scene);
  if (stage.selection.edges.size + stage.selection.accounts.size) void choose();
}
