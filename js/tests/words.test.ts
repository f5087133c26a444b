import { expect, test } from "vitest";
import { packRows, unpackRows } from "../src/ui/runs";
import { parseColor } from "../src/ui/theme";
import { count, duration, minute, moment, number, short } from "../src/ui/words";

const YEAR = 365.25 * 86400;
const at = (iso: string): number => Date.parse(iso + "Z") / 1000;

test.each([
  [1240.4, "1,240"],
  [0.0321, "0.0321"],
  [2_100_000, "2.1M"],
  [999_999_999, "1B"],
  [0, "0"],
  [NaN, "unknown"],
])("number %s", (value, text) => expect(number(value)).toBe(text));

test("moments are as precise as their span, before 1970 too", () => {
  expect(moment(at("1720-05-02T00:00:00"), 200 * YEAR)).toBe("1720");
  expect(moment(at("1888-05-02T00:00:00"), 10 * YEAR)).toBe("May 1888");
  expect(moment(at("2021-03-31T10:56:00"), YEAR)).toBe("31 Mar 2021");
  expect(moment(at("2021-03-31T10:56:00"), 7200)).toBe("31 Mar 2021 10:56");
});
test("minutes, or days where it is a day's first second", () => {
  expect(minute(at("2021-03-31T10:56:00"))).toBe("2021-03-31 10:56");
  expect(minute(at("1720-01-01T00:00:00"))).toBe("1720-01-01");
  expect(minute(null)).toBe("unknown");
});
test("counts, lengths of time and long names", () => {
  expect([count(1, "artery", "arteries"), count(6302, "artery", "arteries")]).toEqual(["1 artery", "6,302 arteries"]);
  expect([duration(3.2 * 86400), duration(3600), duration(NaN)]).toEqual(["3.2 days", "1 hour", "unknown"]);
  expect(short("0x" + "ab".repeat(20))).toBe("0xabab…abab");
  expect(short("Knoedler")).toBe("Knoedler");
});
test("colours of any notation", () => {
  expect(parseColor("rgb(255, 0, 51)")).toEqual([1, 0, 0.2, 1]);
  expect(parseColor("rgba(0, 0, 0, 0)")[3]).toBe(0);
  expect(parseColor("color(srgb 0.5 0.25 0 / 0.5)")).toEqual([0.5, 0.25, 0, 0.5]);
  const painted = (text: string) => [text.length, 0, 0, 1] as [number, number, number, number];
  for (const other of ["oklch(1 0 0)", "lab(50 20 10 / 0.5)", "color(display-p3 1 0 0)", "color(srgb-linear 1 0 0)"])
    expect(parseColor(other, painted)).toEqual(painted(other));
});
test("row sets survive the trip, wherever their buffer starts", () => {
  const rows = new Set([0, 1, 2, 7, 9, 10]);
  const packed = packRows([10, 9, 2, 1, 7, 0]);
  expect(packed.byteLength).toBe(24);
  expect(unpackRows(packed, 100)).toEqual(rows);
  const whole = new Uint8Array(packed.byteLength + 5);
  whole.set(new Uint8Array(packed.buffer), 3);
  expect(unpackRows(new DataView(whole.buffer, 3, 24), 100)).toEqual(rows);
  expect(unpackRows(packed, 9)).toEqual(new Set([0, 1, 2, 7]));
  expect(unpackRows(null, 9)).toEqual(new Set());
});
