// @vitest-environment jsdom
import { describe, expect, test } from "vitest";
import { fileName } from "../src/ui/save";
import { line } from "./scenes";
import { openView, settle, usePage } from "./views";

describe("what floats over the picture", () => {
  usePage();

  test("says that there is nothing to show, as long as there is nothing", async () => {
    const { root, watcher, feed } = await openView();
    await settle();
    const empty = root.querySelector<HTMLElement>(".empty");
    expect(empty?.hidden).toBe(true);
    watcher()!.scene(line(2, []));
    expect([empty!.hidden, empty!.textContent]).toEqual([false, "No transfers between accounts to show."]);
    watcher()!.scene(feed.scene!);
    expect(empty!.hidden).toBe(true);
  });
  test("names that stand at what is selected are not greyed, however much is selected", async () => {
    const { root, stage, watcher, feed } = await openView();
    await settle();
    Object.assign(feed, { scene: { ...line(20, [[0, 1]]), labels: [{ row: 0, text: "in" }, { row: 19, text: "out" }] } });
    watcher()!.scene(feed.scene!);
    const held = (): (string | null)[] => [...root.querySelectorAll(".labels .held")].map((el) => el.textContent);
    stage.select({ edges: new Set(), accounts: new Set(Array.from({ length: 15 }, (_, row) => row)) });
    await settle();
    expect(held()).toEqual(["in"]);
    watcher()!.scene(feed.scene!); // again, after a reload: names are made anew
    await settle();
    expect(held()).toEqual(["in"]);
    stage.select({ edges: new Set(), accounts: new Set() });
    await settle();
    expect(held()).toEqual([]);
  });
});

test.each([
  ["Gemälde, 1720–1800", "Gemälde-1720-1800"],
  ["浮世絵 / 版画", "浮世絵-版画"],
  ["d\u0301epo\u0302t_1", "d\u0301epo\u0302t_1"],
  ["../etc: *?", "etc"],
  ["***", "arteries"],
  ["", "arteries"],
])("a picture of %s is saved as %s.png", (title, name) => expect(fileName(title)).toBe(`${name}.png`));
