/** Names beside the few accounts that matter, and the selected ones; a name that would cover another stays away. */

import { focal, project } from "../camera";
import { sphere } from "../look";
import type { Scene } from "../scene";
import { h } from "./dom";
import type { Stage } from "./stage";
import { short } from "./words";

interface Name {
  row: number;
  el: HTMLElement;
  width: number;
  /** Of its account's sphere, units of the scene. */
  radius: number;
  /** Of SIDES: where it stood last, so that it does not jump about; and how far from its account. */
  side: number;
  gap: number;
}

type Box = [left: number, top: number, right: number, bottom: number];

const MOST_SELECTED = 12;
/** Pixels of the picture for each name that stands in it by itself; so few accounts are all named. */
const AREA = 12_000;
const NAMED = 24;
const LINE = 15;
/** Pixels from an account to its name: beside its sphere, on it where that is very large. */
const [GAP, FAR] = [7, 60];
/** Left upper corner of a name of some width, seen from its account: right of it, left, above, below. */
const SIDES: ((width: number, gap: number) => [number, number])[] = [
  (_, gap) => [gap, -LINE / 2],
  (width, gap) => [-gap - width, -LINE / 2],
  (width, gap) => [-width / 2, -LINE - gap + 1],
  (width, gap) => [-width / 2, gap - 1],
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
    const radius = sphere(feed.scene!.sizes[row], feed.scene!.edges);
    const made = { row, el, width: 0, radius, side: 0, gap: GAP };
    measure(made);
    return made;
  };
  const measure = (name: Name): void => {
    name.width = name.el.offsetWidth;
    turn(name, name.side, name.gap);
  };
  /** The dot that the style draws on the account is placed from the name. */
  const turn = (name: Name, side: number, gap: number): void => {
    const [dx, dy] = SIDES[(name.side = side)](name.width, (name.gap = gap));
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
    const most = scene.accounts <= NAMED ? NAMED : Math.floor((size.width * size.height) / AREA);
    standing.slice(most).forEach(({ el }) => el.classList.add("away"));
    for (const name of [...chosen, ...standing.slice(0, most)]) {
      if (!name.width) measure(name); // it was made while names were hidden
      const { row, el, width } = name;
      const [x, y, depth] = project(camera, size.width, size.height, scene.positions, 3 * row);
      const radius = (name.radius * focal(1)[1] * size.height) / 2 / depth;
      const gap = radius < FAR ? Math.max(GAP, radius + 3) : GAP;
      const boxes = SIDES.map((side): Box => {
        const [dx, dy] = side(width, gap);
        return [x + dx, y + dy, x + dx + width + 4, y + dy + LINE];
      });
      const side = depth <= 0 || rows.has(row) ? undefined : [name.side, 0, 1, 2, 3].find((k) => free(boxes[k]));
      el.classList.toggle("away", side === undefined);
      if (side === undefined) continue;
      // A tenth of a pixel is not seen.
      if (side !== name.side || Math.abs(gap - name.gap) > 0.1) turn(name, side, gap);
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
