// @vitest-environment jsdom
import { describe, expect, test } from "vitest";
import { openView, settle, usePage } from "./views";

describe("search", () => {
  usePage();

  /** A view whose kernel answers a search when the test does. */
  async function open() {
    const view = await openView();
    const asked: { text: string; answer: (accounts: [number, string][]) => Promise<unknown> }[] = [];
    view.feed.ask = ((_: string, { text }: { text: string }) =>
      new Promise((done) => asked.push({ text, answer: (accounts) => (done({ accounts, tokens: [] }), settle(0)) }))) as never;
    const input = view.root.querySelector<HTMLInputElement>("[role=combobox]")!;
    const type = (text: string): void => ((input.value = text), void input.dispatchEvent(new Event("input")));
    const press = (key: string): void => void input.dispatchEvent(new KeyboardEvent("keydown", { key }));
    const chosen = (): number[] => [...view.stage.selection.accounts];
    return { ...view, asked, input, type, press, chosen };
  }

  test("enter chooses the option that is active", async () => {
    const { asked, type, press, chosen } = await open();
    type("x");
    await settle(200);
    await asked[0].answer([[1, "xa"], [2, "xb"]]);
    press("ArrowDown");
    press("Enter");
    expect(chosen()).toEqual([2]);
  });
  test("enter asks at once for a text that was just typed, and chooses what is found first, not what an earlier text found", async () => {
    const { asked, input, type, press, chosen, root } = await open();
    type("x");
    await settle(200);
    await asked[0].answer([[1, "xa"]]);
    type("xy");
    expect(input.getAttribute("aria-activedescendant")).toBe("");
    press("Enter");
    expect([chosen(), asked.map(({ text }) => text)]).toEqual([[], ["x", "xy"]]);
    await asked[1].answer([[2, "xya"], [0, "xyb"]]);
    expect(chosen()).toEqual([2]);
    expect(root.querySelector<HTMLElement>("[role=listbox]")!.hidden).toBe(true);
  });
  test("an answer to an earlier text is not shown, nor chosen", async () => {
    const { asked, type, press, chosen, root } = await open();
    type("x");
    press("Enter");
    type("y");
    await asked[0].answer([[1, "xa"]]);
    expect(chosen()).toEqual([]);
    expect(root.querySelectorAll("[role=option]")).toHaveLength(0);
    await settle(200);
    await asked[1].answer([[2, "ya"]]);
    expect(chosen()).toEqual([]);
    expect(root.querySelector("[role=option]")!.textContent).toBe("ya");
  });
});
