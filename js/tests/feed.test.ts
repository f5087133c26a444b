// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { GONE, makeFeed, type Watcher } from "../src/feed";
import { line, sceneMessage } from "./scenes";
import { makeModel } from "./views";

const scene = (id = "s", frame = 0) => sceneMessage({ ...line(2, [[0, 1]]), id, channels: new Uint8Array(4) }, frame);
const keyframe = (frame: number, value: number, id = "s") =>
  [{ kind: "frame", v: 1, scene: id, stream: "t", frame, base: null, count: 1, part: 0, parts: 1, ms: 100 }, [Uint8Array.of(value, value, value, value)]] as const;
const delta = (frame: number, base: number, value: number) =>
  [
    { kind: "frame", v: 1, scene: "s", stream: "t", frame, base, count: 1, part: 0, parts: 1, ms: 100 },
    [new Uint8Array(4), Uint8Array.of(value, value, value, value)],
  ] as const;

const watcher = (seen = true): Watcher & { log: string[] } => {
  const log: string[] = [];
  return {
    log,
    scene: (s) => void log.push(`scene ${s.id}`),
    frame: (channels) => void log.push(`frame ${channels[0]}`),
    times: () => void log.push("times"),
    silent: (on) => void log.push(on ? "silent" : "heard"),
    seen: () => seen,
  };
};

/** A feed that somebody watches from the start. */
function watched(named = "", view = watcher()) {
  const made = makeModel({ _scene: named });
  const feed = makeFeed(made.model);
  feed.watch(view, new AbortController().signal);
  return { ...made, feed, view };
}

describe("feed", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("a new widget's scene comes by itself: nothing is asked for", () => {
    const { model, emit, kinds } = makeModel({ _scene: "" });
    const feed = makeFeed(model);
    emit("msg:custom", ...scene());
    vi.advanceTimersByTime(5000);
    expect(kinds()).not.toContain("want");
    expect(feed.scene?.id).toBe("s");
  });
  test("a scene that passed by is asked for, at once where the widget names it", () => {
    const one = makeModel({ _scene: "s" });
    makeFeed(one.model);
    expect(one.kinds()).toEqual(["want"]);
    const two = makeModel({ _scene: "" });
    makeFeed(two.model);
    vi.advanceTimersByTime(60_000); // the kernel may take its time to place the accounts
    expect(two.kinds()).toEqual([]);
    two.tell("_scene", "s");
    expect(two.kinds()).toEqual(["want"]);
  });
  test("frames reach every watcher; a delta that does not fit is refused and a keyframe wanted", () => {
    const { feed, view, emit, sent } = watched("s");
    emit("msg:custom", ...scene());
    emit("msg:custom", ...delta(1, 0, 7));
    vi.advanceTimersByTime(2000);
    emit("msg:custom", ...delta(3, 2, 9));
    expect(view.log).toEqual(["scene s", "frame 7"]);
    expect(feed.frame).toBe(1);
    expect(sent.at(-1)).toMatchObject({ kind: "want", scene: "s", frame: 1 });
    emit("msg:custom", ...keyframe(3, 9));
    expect([...feed.channels!]).toEqual([9, 9, 9, 9]);
  });
  test("a frame's moment is that of the frame on show, and goes with it", () => {
    const { feed, emit } = watched("s");
    emit("msg:custom", ...scene());
    const dated = ([content, buffers]: readonly [object, DataView[]], time: number | null) => [{ ...content, time }, buffers];
    emit("msg:custom", ...dated(keyframe(1, 5) as never, -86400));
    expect(feed.time).toBe(-86400);
    emit("msg:custom", ...dated(delta(9, 8, 7) as never, 7)); // it does not fit
    expect(feed.time).toBe(-86400);
    emit("msg:custom", ...dated(keyframe(2, 5) as never, null));
    expect(feed.time).toBe(null);
  });
  test("a last delta that does not fit is asked about a second later, unless a frame that fits comes first", () => {
    const { model, emit, kinds } = makeModel({ _scene: "s" });
    const feed = makeFeed(model);
    const wants = (): number => kinds().filter((kind) => kind === "want").length;
    emit("msg:custom", ...scene());
    emit("msg:custom", ...delta(2, 1, 7)); // within a second of the first want
    emit("msg:custom", ...delta(4, 3, 7));
    expect(wants()).toBe(1);
    vi.advanceTimersByTime(999);
    expect(wants()).toBe(1);
    vi.advanceTimersByTime(1);
    expect(wants()).toBe(2);
    emit("msg:custom", ...delta(6, 5, 7));
    emit("msg:custom", ...keyframe(6, 9));
    vi.advanceTimersByTime(5000);
    expect(wants()).toBe(2);
    emit("msg:custom", ...delta(8, 7, 7));
    emit("msg:custom", ...delta(10, 9, 7));
    expect(wants()).toBe(3);
    feed.close();
    vi.advanceTimersByTime(5000);
    expect(wants()).toBe(3);
  });
  test("a scene that another page asked for is not shown anew, and costs no times", () => {
    const { feed, view, emit, sent } = watched();
    emit("msg:custom", ...scene());
    const held = feed.scene;
    emit("msg:custom", { kind: "times", v: 1, scene: "s", part: 0, parts: 1, edges: 1, counts: "u1", at: "u4", start: 0 }, [new Uint8Array(8)]);
    emit("msg:custom", ...scene("s", 0));
    expect(view.log).toEqual(["scene s", "times"]);
    emit("msg:custom", ...scene("s", 4)); // what nobody saw may travel with it
    expect(view.log.slice(2)).toEqual(["frame 0"]);
    expect([feed.frame, feed.scene, feed.times?.offsets.length]).toEqual([4, held, 2]);
    emit("msg:custom", ...delta(5, 4, 7));
    expect(view.log.at(-1)).toBe("frame 7");
    expect(sent).toEqual([]);
  });
  test("a view that comes late shows the latest frame", () => {
    const { feed, view: early, emit } = watched();
    const late = watcher();
    emit("msg:custom", ...scene());
    emit("msg:custom", ...keyframe(1, 9));
    feed.watch(late, new AbortController().signal);
    expect([early.log, late.log]).toEqual([["scene s", "frame 9"], ["scene s", "frame 9"]]);
  });
  test("frames of another scene are not mixed in", () => {
    const { model, emit } = makeModel({ _scene: "s" });
    const feed = makeFeed(model);
    emit("msg:custom", ...scene());
    emit("msg:custom", ...keyframe(1, 9, "old"));
    expect(feed.frame).toBe(0);
  });
  test("a frame that waits to be drawn when its view goes out of sight is acknowledged unseen, once", () => {
    let seen = true;
    const { feed, emit, sent } = watched("", { ...watcher(), seen: () => seen });
    emit("msg:custom", ...scene());
    emit("msg:custom", ...keyframe(1, 9));
    feed.unseen(); // another view of the model still shows it
    expect(sent).toEqual([]);
    seen = false;
    feed.unseen();
    feed.unseen();
    expect(sent).toMatchObject([{ kind: "ack", frame: 1, stream: "t", visible: false }]);
  });
  test("a view that ends owes nothing: what it has not drawn is acknowledged unseen, unless another view will draw it", () => {
    const { model, emit, sent } = makeModel({ _scene: "" });
    const feed = makeFeed(model);
    const [one, other] = [new AbortController(), new AbortController()];
    feed.watch(watcher(), one.signal);
    feed.watch(watcher(), other.signal);
    emit("msg:custom", ...scene());
    emit("msg:custom", ...keyframe(1, 9));
    one.abort();
    expect(sent).toEqual([]);
    other.abort();
    expect(sent).toMatchObject([{ kind: "ack", frame: 1, stream: "t", visible: false }]);
    const third = new AbortController();
    feed.watch(watcher(), third.signal);
    third.abort();
    expect(sent).toHaveLength(1);
  });
  test("where nothing is seen, frames are acknowledged unseen; else when they were drawn", () => {
    const hidden = watched("s", watcher(false));
    hidden.emit("msg:custom", ...scene());
    hidden.emit("msg:custom", ...keyframe(1, 5));
    expect(hidden.sent.filter((m) => m.kind === "ack").at(-1)).toMatchObject({ frame: 1, stream: "t", visible: false });
    const shown = watched("s");
    shown.emit("msg:custom", ...scene());
    expect(shown.kinds()).not.toContain("ack");
    shown.feed.shown({ frame: 0, ms: 3, fps: 60, backend: "webgpu" });
    expect(shown.sent.at(-1)).toMatchObject({ kind: "ack", frame: 0, ms: 3, backend: "webgpu", visible: true });
  });
  test("answers go to who asked, errors too; those for another page are left alone", async () => {
    const { model, emit, sent } = makeModel({ _scene: "s" });
    const feed = makeFeed(model);
    const good = feed.ask<{ name: string }>("account", { row: 1 });
    const bad = feed.ask("account", { row: 9 });
    const [first, second] = sent.filter((m) => m.kind === "ask");
    emit("msg:custom", { kind: "answer", to: "someone", id: first.id, ok: true, name: "no" }, []);
    emit("msg:custom", { kind: "answer", to: first.client, id: first.id, ok: true, name: "yes" }, []);
    emit("msg:custom", { kind: "answer", to: second.client, id: second.id, ok: false, error: "no such row" }, []);
    await expect(good).resolves.toMatchObject({ name: "yes" });
    await expect(bad).rejects.toThrow("no such row");
  });
  test("says that nobody answers, until somebody does", () => {
    const { feed, view: early, emit } = watched("s");
    const late = watcher();
    vi.advanceTimersByTime(3000);
    feed.watch(late, new AbortController().signal);
    expect([early.log, late.log]).toEqual([["silent"], ["silent"]]);
    emit("msg:custom", ...scene());
    expect(early.log).toEqual(["silent", "heard", "scene s"]);
  });
  test.each(["is told of", "shows where something is sent"])("a kernel's end %s: views and questions hear of it, until it speaks again", async (how) => {
    const { feed, model, view: early, emit } = watched();
    const late = watcher();
    emit("msg:custom", ...scene());
    const open = feed.ask("search", { text: "x" });
    if (how === "is told of") emit("comm_live_update");
    else {
      model.send = () => {
        throw new Error("Cannot send");
      };
      feed.ask("account", { row: 0 }).catch(() => undefined);
    }
    await expect(open).rejects.toThrow(GONE);
    feed.watch(late, new AbortController().signal);
    expect([early.log, late.log]).toEqual([["scene s", "silent"], ["scene s", "silent"]]);
    emit("msg:custom", ...keyframe(1, 9));
    expect(late.log.slice(2)).toEqual(["heard", "frame 9"]);
  });
  test("closing leaves no listener, and open questions fail", async () => {
    const { model, hearing } = makeModel({ _scene: "s" });
    const feed = makeFeed(model);
    const open = feed.ask("search", { text: "x" });
    feed.close();
    expect(hearing()).toBe(0);
    await expect(open).rejects.toThrow("closed");
  });
});
