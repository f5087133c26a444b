// @vitest-environment jsdom
import { describe, expect, test } from "vitest";
import { makeStub, openView, settle, usePage } from "./views";

describe("a still picture", () => {
  usePage();
  const none = async () => ({ renderer: null, why: "a still picture: no graphics" });

  test("takes neither wheel, pointer nor keys, and is told in words", async () => {
    const { root, model, tell } = await openView({ _poster: "data:image/png;base64,", _summary: "two accounts" }, { ...makeStub(), make: none as never });
    const area = root.querySelector(".area")!;
    expect(area.hasAttribute("inert")).toBe(true);
    expect(root.querySelector("canvas")!.closest("[inert]")).toBe(area);
    expect(document.getElementById(root.querySelector("canvas")!.getAttribute("aria-describedby")!)!.closest("[inert]")).toBe(area);
    const image = root.querySelector<HTMLImageElement>(".poster img")!;
    expect(image.closest("[inert]")).toBe(null);
    expect(image.alt).toBe("Still picture of the arteries: two accounts");
    tell("_summary", "three accounts");
    expect(image.alt).toContain("three accounts");
    expect(model.get("camera")).toBeUndefined();
  });
  test("is one only as long as nothing draws: a live picture takes them", async () => {
    const { root, lose } = await openView();
    expect(root.querySelector("[inert]")).toBe(null);
    lose("test");
    await settle(300);
    expect(root.dataset.backend).toBe("webgpu");
    expect(root.querySelector("[inert]")).toBe(null);
  });
});
