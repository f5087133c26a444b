// @vitest-environment jsdom
import { describe, expect, test } from "vitest";
import { Emphasis } from "../src/scene";
import { openView, Query, settle, usePage } from "./views";

const RING = { sentence: "Round <i>and</i> round.", steps: [1, 0, 1], times: [100, 400, 900] };

describe("a ring", () => {
  usePage();

  /** A view of which both arteries are alerts in a ring; asked for what else, it answers as ever. */
  async function open(values: Record<string, unknown> = { _rings: true }, answer = RING) {
    const view = await openView(values);
    await settle(200);
    const { feed, stage, root, log } = view;
    const ask = feed.ask;
    let asked = 0;
    feed.ask = (async (what: string, args: Record<string, unknown>) => {
      if (what !== "ring") return ask(what, args);
      asked++;
      return { sentence: answer.sentence, buffers: [Uint32Array.from(answer.steps), Float64Array.from(answer.times)].map(({ buffer }) => new DataView(buffer)) };
    }) as typeof ask;
    feed.channels![3] = feed.channels![7] = 255;
    const click = async (row: number): Promise<void> => {
      stage.select({ edges: new Set([row]), accounts: new Set() });
      stage.hub.emit("clicked", { kind: "edge", row });
      await settle(1);
    };
    const said = (): string => root.querySelector("[role=status]")!.textContent!;
    const lit = (): string => log.filter((line) => line.startsWith("emphasis")).at(-1)!.slice("emphasis ".length);
    return { ...view, click, said, lit, asked: () => asked };
  }

  const [dark, bright] = [Emphasis.Near, Emphasis.Chosen];

  test("lights its arteries one after the other in order of time, and says what it is", async () => {
    const { click, said, lit, stage } = await open();
    await click(0);
    expect([...stage.selection.edges].sort()).toEqual([0, 1]);
    expect(said()).toContain(RING.sentence);
    expect(lit()).toBe(`${dark},${dark}`);
    await settle(750);
    expect(lit()).toBe(`${dark},${bright}`);
    await settle(750);
    expect(lit()).toBe(`${bright},${bright}`);
  });
  test("marks on the timeline when each step took place, until it has run", async () => {
    const { click, root, said } = await open();
    const marker = root.querySelector<HTMLElement>(".marker")!;
    await click(0);
    expect(marker.hidden).toBe(true);
    for (const share of ["10%", "40%", "90%"]) {
      await settle(710);
      expect([marker.hidden, marker.style.left]).toEqual([false, share]);
    }
    expect(said()).toContain("1970-01-01 00:15");
    await settle(710);
    expect(marker.hidden).toBe(true);
    expect(said()).not.toContain("1970-01-01");
  });
  test("of thousands of steps takes no longer than a reader waits", async () => {
    const steps = Array.from({ length: 3000 }, (_, i) => i % 2);
    const { click, root, lit } = await open({ _rings: true }, { ...RING, steps, times: steps.map((_, i) => i / 3) });
    await click(0);
    await settle(14_500);
    expect(root.querySelector<HTMLElement>(".marker")!.hidden).toBe(true);
    expect(lit()).toBe(`${bright},${bright}`);
  });
  test("lights all at once where less motion is wanted", async () => {
    const { click, lit } = await open();
    Query.tell("(prefers-reduced-motion: reduce)", true);
    await click(0);
    expect(lit()).toBe(`${bright},${bright}`);
  });
  test("ends with the selection, in the middle of its run too", async () => {
    const { click, said, lit, stage } = await open();
    await click(0);
    await settle(750);
    stage.select({ edges: new Set([0]), accounts: new Set() });
    expect(said()).not.toContain(RING.sentence);
    await settle(3000);
    expect(lit()).toBe(`${bright},${dark}`); // the other is near
    await click(0);
    await settle(3000);
    expect(lit()).toBe(`${bright},${bright}`);
  });
  test("is asked for where there are some, of alerts only", async () => {
    const { click, asked, feed, stage } = await open();
    feed.channels![3] = 100;
    await click(0);
    expect(asked()).toBe(0);
    stage.hub.emit("clicked", { kind: "account", row: 1 });
    expect(asked()).toBe(0);
    await click(1);
    expect(asked()).toBe(1);
    const none = await open({});
    await none.click(0);
    expect(none.asked()).toBe(0);
  });
  test("does not come where the reader has gone on, or where there is none", async () => {
    const { stage, said } = await open();
    stage.select({ edges: new Set([0]), accounts: new Set() });
    stage.hub.emit("clicked", { kind: "edge", row: 0 });
    stage.select({ edges: new Set(), accounts: new Set([2]) });
    await settle(50);
    expect(said()).not.toContain(RING.sentence);
    const none = await open({ _rings: true }, { sentence: null as never, steps: [], times: [] });
    await none.click(0);
    expect([...none.stage.selection.edges]).toEqual([0]);
  });
});
