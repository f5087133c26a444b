// @vitest-environment jsdom
import { describe, expect, test, vi } from "vitest";
import { makeStub, openView, settle, usePage } from "./views";

describe("a still picture", () => {
  usePage();
  const none = async () => ({ renderer: null, why: "a still picture: no graphics" });

  /** A renderer that cannot draw until it is mended. */
  function broken() {
    let whole = false;
    const draw = (): void => {
      if (!whole) throw new Error("no more memory");
    };
    return { ...makeStub({ draw }), mend: () => void (whole = true) };
  }

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
  test("takes the place of one that cannot be drawn, and says why", async () => {
    const { root, lose, log } = await openView({}, broken());
    await settle(1000);
    expect(root.dataset).toMatchObject({ backend: "static", state: "ready" });
    expect(root.querySelector("[role=status]")!.textContent).toContain("a still picture: no more memory");
    expect(log.filter((what) => what === "destroyed")).toHaveLength(1);
    lose("too late");
    expect(root.dataset.backend).toBe("static");
  });
  test("is not shown where it was a lost device that could not be drawn with", async () => {
    const stub = broken();
    const { root, lose } = await openView({}, stub);
    stub.mend();
    lose("test");
    await settle(1000);
    expect(root.dataset).toMatchObject({ backend: "webgpu", state: "ready" });
  });
  test("owes no acknowledgement: the kernel does not wait for what it would have shown", async () => {
    const { root, feed, lose } = await openView({}, broken());
    const unseen = vi.spyOn(feed, "unseen");
    await settle(1000);
    expect(root.dataset.backend).toBe("static");
    expect(unseen).toHaveBeenCalledTimes(1);
    lose("too late");
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
