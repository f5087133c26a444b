// @vitest-environment jsdom
import { describe, expect, test } from "vitest";
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
});
