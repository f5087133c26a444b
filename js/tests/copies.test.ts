// @vitest-environment jsdom
import { describe, expect, test, vi } from "vitest";
import { makeStub, openView, usePage } from "./views";

describe("copies of the module, one for each widget", () => {
  usePage();

  test("give no id twice in a page, and refer to their own", async () => {
    const roots = [];
    for (let copy = 0; copy < 2; copy++) {
      vi.resetModules();
      const { makeView } = await import("../src/view");
      roots.push((await openView({}, makeStub(), undefined, false, makeView)).root);
    }
    const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
    expect(ids.length).toBeGreaterThanOrEqual(4);
    expect(new Set(ids).size).toBe(ids.length);
    for (const root of roots) {
      const found = root.querySelector("[role=combobox]")!.getAttribute("aria-controls")!;
      expect(document.getElementById(found)).toBe(root.querySelector("[role=listbox]"));
      const keys = root.querySelector("canvas")!.getAttribute("aria-describedby")!;
      expect(root.contains(document.getElementById(keys))).toBe(true);
    }
  });
});
