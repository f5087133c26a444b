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
  ];
  const body = new ArrayBuffer(16 * columns.length);
  const tables = columns.map(([name, dtype, values], i) => {
    (dtype === "u4" ? new Uint32Array(body, 16 * i, values.length) : new Float32Array(body, 16 * i, values.length)).set(values);
    return { name, dtype, shape: [values.length], offset: 16 * i };
  });
  return { traits: {}, messages: [], accounts: ["Ann", "Bob"], tokens: ["Goya"], unit: "ETH", tables, body };
}

test("an average has a unit where it is known, and an unknown volume is none", () => {
  const answer = makeAnswers(archive(), line(2, [[0, 1], [1, 0]]), timesOf([[1], [2, 3]]));
  expect(answer("edge", { row: 0 })).toMatchObject({ volume: null, extra: { avg_value: "unknown", hold_time: "unknown" } });
  expect(answer("edge", { row: 1 })).toMatchObject({ volume: 5, extra: { avg_value: "2.5 ETH", hold_time: "1 minute" } });
});
