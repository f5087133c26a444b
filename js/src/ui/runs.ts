/** Selected rows as traits carry them: runs of u4 little-endian pairs (first row, number of rows). */

import { bytesOf, type Buffer } from "../protocol";

/** Rows at or above `limit` belong to another scene, and are left out. */
export function unpackRows(buffer: Buffer | null | undefined, limit: number): Set<number> {
  const rows = new Set<number>();
  if (!buffer?.byteLength) return rows;
  const { buffer: whole, byteOffset, byteLength } = bytesOf(buffer);
  const view = new DataView(whole, byteOffset, byteLength);
  for (let at = 0; at + 8 <= byteLength; at += 8) {
    const first = view.getUint32(at, true);
    const end = Math.min(limit, first + view.getUint32(at + 4, true));
    for (let row = first; row < end; row++) rows.add(row);
  }
  return rows;
}

export function packRows(rows: Iterable<number>): DataView {
  const runs: number[] = [];
  for (const row of [...rows].sort((a, b) => a - b)) {
    const end = runs.length - 2;
    if (end >= 0 && runs[end] + runs[end + 1] === row) runs[end + 1]++;
    else runs.push(row, 1);
  }
  const view = new DataView(new ArrayBuffer(4 * runs.length));
  runs.forEach((value, i) => view.setUint32(4 * i, value, true));
  return view;
}
