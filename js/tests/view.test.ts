// @vitest-environment jsdom
import { describe, expect, test } from "vitest";
import type { Gone } from "../src/ladder";
import type { Hit } from "../src/renderer";
import { listenersOutside, makeStub, observers, openView as open, settle, TIMELINE, usePage } from "./views";

describe("view", () => {
  usePage();

  test("shows its state to tests and assistive tools", async () => {
    const { root, shown } = await open();
    expect(root.dataset).toMatchObject({ backend: "webgpu", state: "ready", frame: "0" });
    expect(root.querySelectorAll("canvas")).toHaveLength(1);
    expect(root.querySelectorAll("[role=status]")).toHaveLength(1);
    expect(root.querySelector("[role=status]")!.textContent).toContain("two <b>");
    expect(shown).toEqual([0]);
  });
  test("a picture whose kernel was restarted stays, can be turned, and says what it is", async () => {
    const { root, watcher, stage, views } = await open();
    watcher()!.silent(true);
    expect(root.dataset.state).toBe("stale");
    expect(root.querySelector("[role=status]")!.textContent).toContain("The kernel was stopped or restarted; run the cell");
    expect(root.querySelector<HTMLElement>(".poster")!.hidden).toBe(true);
    stage.move({ ...stage.camera, yaw: 2 });
    await settle();
    expect(views.at(-1)!.camera.yaw).toBe(2);
    expect(root.dataset.state).toBe("stale");
    watcher()!.silent(false);
    expect(root.dataset.state).toBe("ready");
    expect(root.querySelector("[role=status]")!.textContent).not.toContain("restarted");
  });
  test("says what it leaves out", async () => {
    const whole = await open();
    expect(whole.root.querySelector("[role=status]")!.textContent).not.toContain("drawn");
    whole.end.abort();
    document.body.replaceChildren();
    const thinned = await open({}, makeStub({ kept: { keep: 0.4, sure: 1, power: 4 } }));
    expect(thinned.root.querySelector("[role=status]")!.textContent).toMatch(/About 1 of \d arteries are drawn here, the strongest/);
    Object.assign(thinned.feed, { channels: new Uint8Array(8).fill(255), frame: 1 });
    thinned.watcher()!.frame(thinned.feed.channels!, 0);
    await settle(1500);
    expect(thinned.root.querySelector("[role=status]")!.textContent).not.toContain("drawn"); // all are alerts now
  });
  test("a misread year lies in the first bar, and in a window that begins there", async () => {
    const { root, stage } = await open({ _timeline: { ...TIMELINE, start: -5000, before: 3 } });
    await settle();
    expect(root.querySelector(".timeline .window")!.textContent).toContain("the first bar counts 3 transfers since");
    root.querySelector(".handle.end")!.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft" }));
    expect(stage.window).toEqual([-5000, 500]);
  });
  test("draws once, then only when something changes", async () => {
    const { views, stage, watcher, tell } = await open();
    expect(views).toHaveLength(1);
    await settle(2000);
    expect(views).toHaveLength(1);
    watcher()!.frame(new Uint8Array(8), 0.1);
    await settle();
    expect(views).toHaveLength(2);
    tell("camera", { yaw: 1, pitch: 0, distance: 4, target: [0, 0, 0] });
    await settle();
    expect(views.at(-1)!.camera.yaw).toBe(1);
    stage.select({ edges: new Set([1]), accounts: new Set() });
    await settle();
    expect(views).toHaveLength(4);
  });
  test("a running clock goes on, a paused one stands", async () => {
    const { views, stage } = await open({ clock: null });
    await settle(500);
    const [before, time] = [views.length, views.at(-1)!.time];
    expect(before).toBeGreaterThan(10);
    expect(time).toBeGreaterThan(0.3);
    stage.pause(true);
    await settle();
    const paused = views.length;
    await settle(5000);
    expect(views.length).toBe(paused);
    const stood = views.at(-1)!.time;
    stage.pause(false);
    await settle(40);
    expect(views.length).toBeGreaterThan(paused);
    expect(views.at(-1)!.time - stood).toBeLessThan(0.1); // no pulse leaps over the time that it stood
    await settle(500);
    expect(views.at(-1)!.time - stood).toBeGreaterThan(0.3);
  });
  const TOUCHES: Record<string, (area: HTMLElement) => void> = {
    "a key": (area) => area.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight" })),
    "a click": (area) => ["pointerdown", "pointerup"].forEach((kind) => area.dispatchEvent(new MouseEvent(kind, { clientX: 5 }))),
    "a drag": (area) => ["pointerdown", "pointermove", "pointerup"].forEach((kind, i) => area.dispatchEvent(new MouseEvent(kind, { clientX: 50 * i }))),
    "a pinch": (area) => area.dispatchEvent(new WheelEvent("wheel", { ctrlKey: true, deltaY: 9 })),
  };
  test.each(Object.entries(TOUCHES))("turns by itself until %s touches it, and a pointer that passes over it does not", async (_, touch) => {
    const { root, views } = await open({ turn: true });
    const area = root.querySelector<HTMLElement>(".area")!;
    await settle(300);
    area.dispatchEvent(new MouseEvent("pointermove", { clientX: 9 }));
    await settle(2000);
    const turned = views.at(-1)!.camera.yaw - views[0].camera.yaw;
    expect(turned).toBeGreaterThan(0.05);
    expect(turned).toBeLessThan(0.5); // a little
    touch(area);
    await settle(300);
    const { yaw } = views.at(-1)!.camera;
    await settle(2000);
    expect(views.at(-1)!.camera.yaw).toBe(yaw);
  });
  test("does not turn where it was told not to, where it is flat, nor where it is paused", async () => {
    for (const still of [await open({ turn: false, clock: null }), await open({ turn: true, clock: null }, makeStub(), [], true)]) {
      await settle(500);
      expect(still.views.length).toBeGreaterThan(10);
      expect(new Set(still.views.map((view) => view.camera.yaw)).size).toBe(1);
      still.end.abort();
    }
    document.body.replaceChildren();
    const { views, stage } = await open({ turn: true });
    stage.pause(true);
    await settle();
    const { yaw } = views.at(-1)!.camera;
    await settle(500);
    expect(views.at(-1)!.camera.yaw).toBe(yaw);
  });
  test("the selection goes to the model, and comes from it", async () => {
    const { stage, values, tell, log } = await open();
    stage.select({ edges: new Set([0]), accounts: new Set([2]) });
    expect(new Uint8Array((values._selection as DataView).buffer)).toEqual(Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0));
    expect(log.at(-1)).toBe("emphasis 4,2");
    tell("_selected_accounts", new DataView(new ArrayBuffer(0)));
    tell("_selection", new DataView(Uint32Array.of(1, 1).buffer));
    await settle();
    expect([...stage.selection.edges]).toEqual([1]);
    expect(log.at(-1)).toBe("emphasis 2,4");
  });
  test("the kernel's selection is flown to and, once it is none, back from, unless the reader has moved the camera since", async () => {
    const { stage, tell } = await open();
    const select = async (...run: number[]): Promise<void> => (tell("_selection", new DataView(Uint32Array.from(run).buffer)), void (await settle(600)));
    const { distance } = stage.home();
    await select(0, 1);
    expect(stage.camera.distance).toBeLessThan(distance);
    await select(1, 1);
    await select();
    expect(stage.camera).toEqual(stage.home());
    const mine = { ...stage.home(), yaw: 1 };
    stage.move(mine);
    await select(0, 1);
    await select();
    expect(stage.camera).toEqual(mine);
    await select(0, 1);
    stage.move({ ...stage.camera, yaw: 2 });
    const moved = stage.camera;
    await select();
    expect(stage.camera).toEqual(moved);
  });
  test("the window fades what lies outside", async () => {
    const { stage, values, log } = await open();
    stage.setWindow([400.4, 600]);
    expect(values._window).toEqual([400, 600]);
    expect(log.at(-1)).toBe("emphasis 1,0");
  });
  test.each(["at once", "later"])("a scene that is too large for a machine is a still picture, and says so: %s", async (when) => {
    let large = when === "at once";
    const setScene = (): void => {
      if (large) throw new Error("too large");
    };
    const { root, watcher, feed, log } = await open({}, makeStub({ setScene }));
    if (!large) expect(root.dataset.backend).toBe("webgpu");
    large = true;
    watcher()!.scene(feed.scene!);
    expect(root.dataset).toMatchObject({ backend: "static", state: "ready" });
    expect(root.querySelector("[role=status]")!.textContent).toContain("a still picture: too large");
    expect(log.filter((what) => what === "destroyed")).toHaveLength(1);
  });
  test("a lost device is replaced, and the picture comes back with all its state", async () => {
    const { root, stage, watcher, log, lose } = await open();
    stage.select({ edges: new Set([1]), accounts: new Set() });
    watcher()!.frame(new Uint8Array(8).fill(9), 0);
    const old = root.querySelector("canvas");
    log.length = 0;
    lose("test");
    expect(root.dataset.state).toBe("lost");
    await settle(300);
    expect(root.dataset.state).toBe("ready");
    expect(log).toEqual(["destroyed", "scene 9", "emphasis 2,4"]);
    expect(root.querySelectorAll("canvas")).toHaveLength(1);
    expect(root.querySelector("canvas")).not.toBe(old);
  });
  test("a device that is lost again and again is not tried again: WebGL2 is", async () => {
    const stub = makeStub();
    const without: string[] = [];
    const make = (canvas: HTMLCanvasElement, gone: Gone, lost: readonly string[] = []) => (without.push(lost.join()), stub.make(canvas, gone));
    await open({}, { ...stub, make });
    for (let loss = 0; loss < 3; loss++) {
      stub.lose("test");
      await settle(300);
    }
    expect(without).toEqual(["", "", "", "webgpu"]);
  });
  test("a second finger ends the box that the first one draws", async () => {
    const { root, stage, values } = await open();
    const area = root.querySelector<HTMLElement>(".area")!;
    const touch = (kind: string, pointerId: number, clientX: number): void =>
      void area.dispatchEvent(Object.assign(new MouseEvent(kind, { clientX, clientY: clientX }), { pointerId, pointerType: "touch" }));
    const frame = root.querySelector<HTMLElement>(".box")!;
    stage.box(true);
    touch("pointerdown", 1, 0);
    touch("pointermove", 1, 500);
    expect(frame.hidden).toBe(false);
    touch("pointerdown", 2, 90);
    expect(frame.hidden).toBe(true);
    touch("pointerup", 2, 90);
    touch("pointerup", 1, 500);
    expect(frame.hidden).toBe(true);
    expect(values._selection).toBeUndefined();
  });
  test("an answer that comes late does not stand under what the pointer shows now", async () => {
    const hit: Hit = { kind: "edge", row: 0 };
    const { root, stage, feed } = await open({}, makeStub({ pick: async () => hit }));
    await settle();
    const answers: ((facts: object) => void)[] = [];
    feed.ask = () => new Promise((settle) => answers.push(settle as never));
    for (const row of [0, 1]) {
      hit.row = row;
      stage.hub.emit("hover", [10 + row, 10]);
      await settle(100);
    }
    const facts = (source: string) => ({ source, target: "B", count: 1, volume: 2, unit: "", last: 0, tokens: [], more: 0, buffers: [] });
    answers[1](facts("second"));
    await settle();
    answers[0](facts("first"));
    await settle();
    expect(root.querySelector(".tooltip b")!.textContent).toBe("second");
  });
  test("what is known of an earlier spot is not said of where the pointer is now", async () => {
    const hit: Hit = { kind: "edge", row: 0 };
    const found: (() => void)[] = [];
    const pick = () => new Promise<Hit>((settle) => found.push(() => settle({ ...hit })));
    const { root, stage, feed } = await open({}, makeStub({ pick }));
    await settle();
    const answers: ((facts: object) => void)[] = [];
    feed.ask = () => new Promise((settle) => answers.push(settle as never));
    const tip = root.querySelector<HTMLElement>(".tooltip")!;
    const facts = (source: string) => ({ source, target: "B", count: 1, volume: 2, unit: "", last: 0, tokens: [], more: 0, buffers: [] });
    const hover = async (x: number): Promise<void> => (stage.hub.emit("hover", [x, 10]), void (await settle(300)));
    const find = async (row: number): Promise<void> => ((hit.row = row), found.pop()!(), void (await settle()));
    await hover(10);
    await find(0);
    await hover(12); // so near that what is found may be the same
    answers[0](facts("first"));
    await settle();
    expect(tip.hidden).toBe(true);
    await find(0);
    expect([tip.hidden, tip.querySelector("b")?.textContent]).toEqual([false, "first"]);
    await hover(14);
    expect(tip.hidden).toBe(false);
    await find(1);
    expect(tip.hidden).toBe(true);
    answers[1](facts("second"));
    await settle();
    expect(tip.querySelector("b")?.textContent).toBe("second");
    await hover(90);
    expect(tip.hidden).toBe(true);
  });
  test("the tooltip goes with what moves away under a pointer that rests, and says what comes there", async () => {
    let hit: Hit | null = { kind: "account", row: 0 };
    const { root, stage } = await open({}, makeStub({ pick: async () => hit }));
    await settle();
    const tip = root.querySelector<HTMLElement>(".tooltip")!;
    const turn = async (): Promise<void> => (stage.move({ ...stage.camera, yaw: stage.camera.yaw + 0.2 }), void (await settle(200)));
    stage.hub.emit("hover", [10, 10]);
    await settle(200);
    expect([tip.hidden, tip.querySelector("b")?.textContent]).toEqual([false, "A"]);
    await turn(); // it still lies there
    expect([tip.hidden, tip.querySelector("b")?.textContent]).toEqual([false, "A"]);
    hit = { kind: "account", row: 1 };
    await turn();
    expect([tip.hidden, tip.querySelector("b")?.textContent]).toEqual([false, "B"]);
    hit = null;
    stage.fly(stage.home());
    await settle(700);
    expect(tip.hidden).toBe(true);
  });
  test("the tooltip keeps up with a picture that does not stop turning, however slow the answers", async () => {
    let hit: Hit | null = { kind: "account", row: 0 };
    const { root, stage } = await open({ turn: true, clock: null }, makeStub({ pick: () => new Promise((settle) => setTimeout(() => settle(hit), 90)) }));
    await settle();
    const tip = root.querySelector<HTMLElement>(".tooltip")!;
    stage.hub.emit("hover", [10, 10]);
    await settle(400);
    expect([tip.hidden, tip.querySelector("b")?.textContent]).toEqual([false, "A"]);
    hit = null;
    await settle(400);
    expect(tip.hidden).toBe(true);
  });
  test("Escape sends the tooltip away until the pointer moves, wherever the focus is", async () => {
    const { root, stage } = await open({}, makeStub({ pick: async () => ({ kind: "account", row: 0 }) }));
    await settle();
    const tip = root.querySelector<HTMLElement>(".tooltip")!;
    stage.hub.emit("hover", [10, 10]);
    await settle(200);
    expect(tip.hidden).toBe(false);
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
    await settle(200);
    expect(tip.hidden).toBe(true);
    stage.hub.emit("hover", [11, 10]);
    await settle(200);
    expect(tip.hidden).toBe(false);
  });
  test("a closed view leaves nothing", async () => {
    const outside = listenersOutside();
    const { root, end, hearing, log, watcher, views } = await open({ clock: null });
    expect(outside.size).toBeGreaterThan(3);
    end.abort();
    expect([...outside.values()]).toEqual([]);
    expect(root.isConnected).toBe(false);
    expect(hearing()).toBe(0);
    expect(watcher()).toBe(null);
    expect(log).toContain("destroyed");
    expect(observers.made).toBe(observers.ended);
    const before = views.length;
    await settle(500);
    expect(views.length).toBe(before);
  });
});
