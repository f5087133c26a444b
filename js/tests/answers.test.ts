import { expect, test } from "vitest";

import { makeAnswers, type Archive } from "../src/answers";
import { line, timesOf } from "./scenes";

/** An archive of two arteries, of which only the second has a known price. */
function archive(): Archive {
  const columns: [name: string, dtype: "u4" | "f4", values: number[]][] = [
    ["volume", "f4", [NaN, 5]],
    ["avg_value", "f4", [NaN, 2.5]],
    ["hold_time", "f4", [NaN, 60]],
    ["token_of", "u4", [0, 0, 0]],
    ["ring_of", "u4", [0, 0xffffffff]],
    ["ring_starts", "u4", [0, 3]],
    ["ring_steps", "u4", [0, 1, 0]],
    ["ring_times", "f4", [-7, 8, 9]],
  ];
  const body = new ArrayBuffer(16 * columns.length);
  const tables = columns.map(([name, dtype, values], i) => {
    (dtype === "u4" ? new Uint32Array(body, 16 * i, values.length) : new Float32Array(body, 16 * i, values.length)).set(values);
    return { name, dtype, shape: [values.length], offset: 16 * i };
  });
  return { traits: {}, messages: [], accounts: ["Ann", "Bob"], tokens: ["Goya"], unit: "ETH", sentences: ["Round and round."], tables, body };
}

test("an average has a unit where it is known, and an unknown volume is none", () => {
  const answer = makeAnswers(archive(), line(2, [[0, 1], [1, 0]]), timesOf([[1], [2, 3]]));
  expect(answer("edge", { row: 0 })).toMatchObject({ volume: null, extra: { avg_value: "unknown", hold_time: "unknown" } });
  expect(answer("edge", { row: 1 })).toMatchObject({ volume: 5, extra: { avg_value: "2.5 ETH", hold_time: "1 minute" } });
});

test("a ring is told with its steps, and an artery in none has none", () => {
  const answer = makeAnswers(archive(), line(2, [[0, 1], [1, 0]]), timesOf([[1], [2, 3]]));
  const steps = (row: number) => {
    const { sentence, buffers } = answer("ring", { row }) as { sentence: string | null; buffers: DataView[] };
    return [sentence, ...new Uint32Array(buffers[0].buffer.slice(buffers[0].byteOffset, buffers[0].byteOffset + buffers[0].byteLength))];
  };
  expect(steps(0)).toEqual(["Round and round.", 0, 1, 0]);
  const { buffers } = answer("ring", { row: 0 }) as { buffers: DataView[] };
  expect([...new Float32Array(buffers[1].buffer)]).toEqual([-7, 8, 9]);
  expect(steps(1)).toEqual([null]);
});

test("of a ghost its ends are known, and no transfer is looked for along it", () => {
  const answer = makeAnswers(archive(), { ...line(2, [[0, 1], [1, 0], [1, 1]]), ghosts: 1 }, timesOf([[1], [2, 3]]));
  expect(answer("edge", { row: 2 })).toEqual({ source: "Bob", target: "Bob", ghost: true, buffers: [] });
  expect(answer("token", { row: 0 })).toMatchObject({ count: 3 });
});
