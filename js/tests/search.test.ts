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
  test("says how many more there are than it shows, and where it did not count them all", async () => {
    const { asked, type, root } = await open();
    const found = (n: number): [number, string][] => Array.from({ length: n }, (_, row) => [row, `0x${row}`]);
    const words: (string | null | undefined)[] = [];
    for (const [nth, n] of [8, 9, 100].entries()) {
      type("0x" + "0".repeat(nth));
      await settle(200);
      await asked[nth].answer(found(n));
      expect(root.querySelectorAll("[role=option]")).toHaveLength(8);
      words.push(root.querySelector(".found .more")?.textContent, root.querySelector(".found [role=group]")!.getAttribute("aria-label"));
    }
    expect(words).toEqual([undefined, "Accounts", "and 1 more", "Accounts, and 1 more", "and at least 92 more", "Accounts, and at least 92 more"]);
  });
  test("a text goes with the selection that it found, but not while somebody types", async () => {
    const { asked, type, press, chosen, input, stage } = await open();
    const none = (): void => stage.select({ edges: new Set(), accounts: new Set() });
    type("x");
    press("Enter");
    await asked[0].answer([[1, "xa"]]);
    expect([chosen(), input.value]).toEqual([[1], "x"]);
    none();
    expect(input.value).toBe("");
    stage.select({ edges: new Set([0]), accounts: new Set() });
    input.focus();
    type("y");
    none();
    expect(input.value).toBe("y");
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
