// @vitest-environment jsdom
import { describe, expect, test, vi } from "vitest";
import { makeStub, Observer, openView, resize, settle, usePage } from "./views";

describe("a cell and its room", () => {
  usePage();

  const become = async (width: number, height = 400): Promise<void> => {
    resize(width, height);
    Observer.tell();
    await settle(300);
  };

  test("a picture that turns by itself goes on from where it is when the cell's size changes", async () => {
    const { stage } = await openView({ turn: true });
    await settle(3000);
    const { yaw, distance } = stage.camera;
    expect(yaw).toBeGreaterThan(stage.home().yaw + 0.1);
    await become(150);
    expect(stage.camera.distance).toBeGreaterThan(distance);
    expect(stage.camera.yaw).toBeGreaterThanOrEqual(yaw);
    expect(stage.camera.yaw).toBeLessThan(yaw + 0.1);
  });
  test("who goes back to the first view has chosen none: a file of it, and another cell, frame the data by themselves", async () => {
    const { stage, values, tell } = await openView();
    stage.move({ ...stage.camera, yaw: 2 });
    await settle(600);
    expect(values.camera).toEqual(stage.camera);
    stage.fly(stage.home());
    await settle(1200);
    expect(values.camera).toBe(null);
    expect(stage.camera).toEqual(stage.home());
    const { distance } = stage.camera;
    await become(150);
    expect(stage.camera.distance).toBeGreaterThan(distance);
    // Another view of the model, or the kernel.
    tell("camera", { yaw: 1, pitch: 0, distance: 4, target: [0, 0, 0] });
    expect(stage.camera.distance).toBe(4);
    tell("camera", null);
    expect(stage.camera).toEqual(stage.home());
  });
  test("a cell that is taken out of the page and put back shows what it showed", async () => {
    const { stage, views } = await openView();
    const { camera } = stage;
    const before = views.length;
    await become(0, 0);
    expect(stage.size).toEqual({ width: 600, height: 400 });
    await become(600);
    expect(stage.camera).toBe(camera);
    expect(views.length).toBe(before);
  });
  test("the data is framed once for all the sizes that a cell goes through", async () => {
    const { stage, feed } = await openView();
    const sizes = vi.fn(() => new Uint8Array(3).fill(100));
    Object.defineProperty(feed.scene, "sizes", { get: sizes });
    for (let width = 590; width > 400; width -= 10) {
      resize(width);
      Observer.tell();
      await settle(20);
    }
    expect(sizes).not.toHaveBeenCalled();
    const home = stage.home();
    await settle(200);
    expect(sizes).toHaveBeenCalledTimes(1);
    expect(stage.home()).not.toEqual(home);
  });
  test("the window plays only where it is seen", async () => {
    const { root, stage } = await openView();
    root.querySelector<HTMLElement>(".timeline button")!.click();
    await settle(1000);
    const [start] = stage.window;
    expect(start).toBeGreaterThan(0);
    Observer.tell(false);
    await settle(1000);
    const left = stage.window;
    await settle(3000);
    expect(stage.window).toEqual(left);
    Observer.tell(true);
    await settle(1000);
    expect(stage.window[0]).toBeGreaterThan(left[0]);
  });
  test.each([[[600, 700]], [null]])("a window that the kernel sets ends the play, even where the kernel says again what the play had set: %s", async (given) => {
    const { root, stage, tell, values } = await openView();
    const button = root.querySelector<HTMLElement>(".timeline button")!;
    button.click();
    await settle(1000);
    const earlier = values._window;
    await settle(1000);
    tell("_window", [...(earlier as number[])]); // an echo
    await settle(200);
    expect(button.getAttribute("aria-pressed")).toBe("true");
    const last = values._window as number[];
    tell("_window", given);
    expect(button.getAttribute("aria-pressed")).toBe("false");
    await settle(1000);
    expect(stage.window).toEqual(given);
    tell("_window", [...last]); // the kernel heard it only after it had set its own
    await settle(100);
    expect([stage.window, values._window]).toEqual([given, given]);
    await settle(60_000);
    tell("_window", [...last]); // of its own accord
    await settle(100);
    expect(stage.window).toEqual(last);
  });
  test("a window that the reader draws after a play was ended stays, whatever the kernel says again", async () => {
    const { root, stage, tell, values } = await openView();
    root.querySelector<HTMLElement>(".timeline button")!.click();
    await settle(1000);
    const ran = values._window as number[];
    tell("_window", [600, 700]);
    stage.setWindow([100, 200]);
    tell("_window", [...ran]);
    await settle(100);
    expect(stage.window).toEqual([100, 200]);
  });
  test("times are gone through once for a window that the picture and the timeline show, and not for a selection", async () => {
    const { root, stage, feed, log } = await openView();
    const { at } = feed.times!;
    const read = vi.fn(() => at);
    Object.defineProperty(feed.times, "at", { get: read });
    stage.setWindow([400, 600]);
    expect(read).toHaveBeenCalledTimes(1);
    expect(log.at(-1)).toBe("emphasis 1,0");
    expect(root.querySelector(".timeline .window")!.textContent).toContain("1 transfer");
    stage.select({ edges: new Set([0]), accounts: new Set() });
    expect(log.at(-1)).toBe("emphasis 4,2");
    expect(read).toHaveBeenCalledTimes(1);
  });
  test("a click on a device that is being lost is no error", async () => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    const { root, stage } = await openView({}, makeStub({ pick: () => Promise.reject(new Error("lost")) }));
    ["pointerdown", "pointerup"].forEach((kind) => root.querySelector(".area")!.dispatchEvent(new MouseEvent(kind, { clientX: 5 })));
    await settle();
    vi.useRealTimers();
    await new Promise((done) => setTimeout(done, 20));
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
    expect(await stage.pick(1, 1)).toBe(null);
  });
});
