import { expect, test } from "vitest";
import { nearest, patchRound } from "../src/nearest";

const ACCOUNT = 0x80000000;
const SIZE = { width: 400, height: 300 };

/** A window of rows that holds what was found. */
function read(...found: [x: number, y: number, value: number][]) {
  return (column: number, line: number) => found.find(([x, y]) => x === column && y === line)?.[2] ?? 0;
}

test("picking prefers what is nearest to the point, and an account at the same distance", () => {
  const patch = patchRound(50, 50, 1, SIZE)!;
  expect(nearest(read(), patch)).toBeNull();
  expect(nearest(read([3, 3, 8]), patch)).toEqual({ kind: "edge", row: 7 });
  expect(nearest(read([0, 0, 8], [4, 3, 2]), patch)).toEqual({ kind: "edge", row: 1 });
  expect(nearest(read([2, 3, 8], [4, 3, ACCOUNT + 6]), patch)).toEqual({ kind: "account", row: 5 });
  expect(nearest(read([6, 6, 8]), { ...patch, width: 4, height: 4 })).toBeNull(); // outside of what was read
});

test("as far is looked round the point however fine the pixels, and a line of them fits into 256 bytes", () => {
  expect(patchRound(50.5, 40, 1, SIZE)).toEqual({ left: 47, top: 37, width: 7, height: 7, point: [3, 3] });
  expect(patchRound(50.5, 40, 2, SIZE)).toEqual({ left: 95, top: 74, width: 13, height: 13, point: [6, 6] });
  expect(patchRound(50, 40, 0.5, SIZE)).toMatchObject({ width: 5, height: 5 });
  expect(patchRound(5, 5, 30, SIZE)!.width * 4).toBeLessThanOrEqual(256);
});

test("at the border less is looked at, outside of the picture nothing", () => {
  expect(patchRound(1, 299, 1, SIZE)).toEqual({ left: 0, top: 296, width: 5, height: 4, point: [1, 3] });
  expect(patchRound(-5, 50, 1, SIZE)).toBeNull();
  expect(patchRound(50, 303, 1, SIZE)).toBeNull();
});
