// @vitest-environment jsdom
import { describe, expect, test, vi } from "vitest";
import { makeStub, openView, Query, settle, usePage } from "./views";

const SLOW = "At most 5 frames a second here";

describe("a software adapter", () => {
  usePage();
  const slow = (values = {}) => openView(values, makeStub({ software: true }));

  test("says what it leaves out, and does not turn by itself", async () => {
    const { root, views } = await slow({ turn: true, clock: null });
    expect(root.querySelector("[role=status]")!.textContent).toContain(SLOW);
    await settle(3000);
    expect(views.length).toBeGreaterThan(5);
    expect(new Set(views.map(({ camera }) => camera.yaw)).size).toBe(1);
    const quick = await openView();
    expect(quick.root.querySelector("[role=status]")!.textContent).not.toContain(SLOW);
  });
  test("shows a new frame at once and coarsely, with no transition, and then well", async () => {
    const { views, watcher, feed, seconds } = await slow();
    await settle(1000);
    views.length = 0;
    Object.assign(feed, { frame: 1 });
    watcher()!.frame(new Uint8Array(8).fill(9), 0.5);
    await settle(1000);
    expect(seconds).toEqual([0]);
    expect(views.map(({ hurried, scale }) => [hurried, scale])).toEqual([[true, 0.5], [false, 1]]);
    const quick = await openView();
    quick.watcher()!.frame(new Uint8Array(8).fill(9), 0.5);
    await settle(300);
    expect([quick.seconds, quick.views.some(({ hurried }) => hurried)]).toEqual([[0.5], false]);
  });
  test("is coarse and without names as long as the camera is in the reader's hand", async () => {
    const { root, views, stage } = await slow();
    const names = root.querySelector<HTMLElement>(".labels")!;
    await settle(1000);
    expect(names.hidden).toBe(false);
    stage.hurry(true);
    await settle(1000);
    expect([names.hidden, views.at(-1)!.scale, views.at(-1)!.hurried]).toEqual([true, 0.5, true]);
    stage.hurry(false);
    await settle(1000);
    expect([names.hidden, views.at(-1)!.scale, views.at(-1)!.hurried]).toEqual([false, 1, false]);
  });
  test("names made while they are hidden are measured before they are placed", async () => {
    const { root, stage, feed } = await slow();
    await settle(1000);
    vi.spyOn(HTMLElement.prototype, "offsetWidth", "get").mockImplementation(function (this: HTMLElement) {
      return this.closest("[hidden]") ? 0 : 80;
    });
    Object.assign(feed.scene!, { labels: [0, 1].map((row) => ({ row, text: "Knoedler" })) });
    feed.scene!.positions[3] = feed.scene!.positions[0] + 0.12; // less than a name away
    stage.hurry(true);
    await settle(1000);
    stage.hub.emit("scene", feed.scene);
    stage.hurry(false);
    await settle(1000);
    const away = [...root.querySelectorAll(".labels span")].map(({ classList }) => classList.contains("away"));
    expect(away).toEqual([false, true]); // beside the first there is no room for the second
  });
});

describe("less motion", () => {
  usePage();

  test("nothing turns, moves or flies, until it is wanted again", async () => {
    Query.tell("prefers-reduced-motion", true);
    const { views, stage, watcher, seconds } = await openView({ turn: true, clock: null });
    await settle(1000);
    expect(views).toHaveLength(1);
    expect(views[0].still).toBe(true);
    watcher()!.frame(new Uint8Array(8).fill(9), 0.5);
    expect(seconds).toEqual([0]);
    stage.fly({ ...stage.camera, distance: 9 });
    await settle(50);
    expect(views.at(-1)!.camera.distance).toBe(9);
    Query.tell("prefers-reduced-motion", false);
    await settle(500);
    expect(views.at(-1)!.still).toBe(false);
    expect(views.length).toBeGreaterThan(10);
  });
});

describe("another screen", () => {
  usePage();

  test("a picture is drawn anew where pixels become finer, each time", async () => {
    const { views } = await openView();
    for (const ratio of [1.5, 2, 1]) {
      const before = views.length;
      window.devicePixelRatio = ratio;
      Query.tell("resolution", true);
      await settle(200);
      expect([views.length, views.at(-1)!.scale]).toEqual([before + 1, ratio]);
    }
  });
});
