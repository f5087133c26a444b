// @vitest-environment jsdom
import { describe, expect, test } from "vitest";
import { openView, usePage } from "./views";

describe("the reader's hand", () => {
  usePage();

  test.each(["b", "B"])("the key %s draws a box, with Caps Lock or without", async (key) => {
    const { root, stage } = await openView();
    root.querySelector(".area")!.dispatchEvent(new KeyboardEvent("keydown", { key }));
    expect(stage.mood.boxing).toBe(true);
  });
  test("a pinch on a trackpad in Safari zooms the picture where it is, and not the page", async () => {
    const { root, stage } = await openView();
    const area = root.querySelector(".area")!;
    const { distance, target } = stage.camera;
    const pinch = (kind: string, scale: number): boolean =>
      area.dispatchEvent(Object.assign(new MouseEvent(kind, { clientX: 450, clientY: 200, cancelable: true }), { scale }));
    expect(pinch("gesturestart", 1)).toBe(false);
    expect(stage.camera.distance).toBe(distance);
    for (const scale of [1.2, 1.6, 2]) expect(pinch("gesturechange", scale)).toBe(false);
    expect(stage.camera.distance).toBeCloseTo(distance / 2, 6);
    expect(stage.camera.target).not.toEqual(target);
    pinch("gesturestart", 1);
    pinch("gesturechange", 0.5);
    expect(stage.camera.distance).toBeCloseTo(distance, 6);
  });
  test("where fingers are told themselves, a gesture of theirs does not zoom once more", async () => {
    const { root, stage } = await openView();
    const area = root.querySelector(".area")!;
    const { distance } = stage.camera;
    area.dispatchEvent(new MouseEvent("pointerdown", { clientX: 5 }));
    for (const [kind, scale] of [["gesturestart", 1], ["gesturechange", 2]] as const) area.dispatchEvent(Object.assign(new MouseEvent(kind), { scale }));
    expect(stage.camera.distance).toBe(distance);
  });
});
