import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { makeReader, type Buffer, type Message } from "../src/protocol";

const FOLDER = new URL("../../tests/frames/golden/", import.meta.url);
const bytes = (name: string): Uint8Array => Uint8Array.from(readFileSync(new URL(`${name}.bin`, FOLDER)));
const golden = (name: string): any => JSON.parse(new TextDecoder().decode(readFileSync(new URL(`${name}.json`, FOLDER))));

const hosts: Record<string, (data: Uint8Array, offset: number, length: number) => Buffer> = {
  "DataView at an odd offset": (data, offset, length) => new DataView(data.buffer as ArrayBuffer, offset, length),
  "Uint8Array at an odd offset": (data, offset, length) => new Uint8Array(data.buffer as ArrayBuffer, offset, length),
  ArrayBuffer: (data, offset, length) => (data.buffer as ArrayBuffer).slice(offset, offset + length),
};

function decode(name: string, make = hosts["ArrayBuffer"], read = makeReader()): { message: Message; wanted: any } {
  const { messages, expect: wanted } = golden(name);
  const data = bytes(name);
  const read_ = ({ content, buffers }: any) => read(content, buffers.map(([at, n]: number[]) => make(data, at, n)));
  const results = messages.map(read_);
  expect(results.slice(0, -1).every((r: Message | null) => r === null)).toBe(true);
  expect(messages.length).toBeGreaterThan(1);
  return { message: results.at(-1), wanted };
}

const plain = (message: any): any => {
  const { scene, times, fits, apply, ...rest } = message;
  if (message.kind === "frame") return { ...rest, scene };
  const inner = message.kind === "scene" ? scene : { ...times, scene };
  const lists = Object.entries(inner).map(([key, v]) => [key, ArrayBuffer.isView(v) ? Array.from(v as Uint8Array) : v]);
  return { ...rest, ...Object.fromEntries(lists) };
};

describe.each(Object.entries(hosts))("buffers as %s", (_, make) => {
  test.each(["scene", "scene_wide"])("%s", (name) => {
    const { message, wanted } = decode(name, make);
    const positions = Array.from(Float32Array.from(wanted.positions));
    expect(plain(message)).toEqual({ ...wanted, positions });
  });

  test.each(["times", "times_short"])("%s", (name) => {
    const { message, wanted } = decode(name, make);
    expect(plain(message)).toEqual(wanted);
  });

  test.each(["keyframe", "delta"])("%s", (name) => {
    const { message, wanted } = decode(name, make);
    const { base, before, channels, ...head } = wanted;
    if (message.kind !== "frame") throw new Error(message.kind);
    expect(plain(message)).toEqual(head);
    const held = Uint8Array.from(before ?? channels.map(() => 0));
    const copy = held.slice();
    expect(Array.from(message.apply(held))).toEqual(channels);
    expect(held).toEqual(copy);
    expect(message.fits(7)).toBe(true);
    expect(message.fits(6)).toBe(base === null);
  });
});

test("a message of somebody else, or of a later version, is nothing", () => {
  const read = makeReader();
  expect(read({ method: "echo" }, [])).toBe(null);
  expect(read(undefined, [])).toBe(null);
  const { messages } = golden("keyframe");
  expect(read({ ...messages[0].content, v: 2, parts: 1 }, [new ArrayBuffer(16)])).toBe(null);
});

test("a body with a missing piece is forgotten, and the next one is whole", () => {
  const read = makeReader();
  const { messages } = golden("scene");
  const data = bytes("scene");
  messages.forEach(({ content, buffers }: any, i: number) => {
    if (i !== 1) expect(read(content, [data.slice(buffers[0][0], buffers[0][0] + buffers[0][1])])).toBe(null);
  });
  expect(decode("scene", hosts["ArrayBuffer"], read).message.kind).toBe("scene");
});
