/** Cameras between cameras, and the camera that looks at something. */

import { axes, type Camera, TANGENT, type Vector } from "../camera";
import type { Scene } from "../scene";
import type { Selection } from "./emphasis";

/** Never nearer than this many scene units across: one lone account keeps its surroundings. */
const SURROUNDINGS = 0.35;
const MARGIN = 1.6;

/** Between two cameras; the yaw goes the short way round. */
export function between(a: Camera, b: Camera, t: number): Camera {
  const turn = Math.atan2(Math.sin(b.yaw - a.yaw), Math.cos(b.yaw - a.yaw));
  return {
    yaw: a.yaw + turn * t,
    pitch: a.pitch + (b.pitch - a.pitch) * t,
    distance: a.distance * (b.distance / a.distance) ** t,
    target: a.target.map((from, i) => from + (b.target[i] - from) * t) as Vector,
  };
}

/** The same direction, so near that all that is selected is in the picture. */
export function focusOn(scene: Scene, selection: Selection, camera: Camera, aspect: number): Camera {
  const rows = new Set(selection.accounts);
  for (const row of selection.edges) rows.add(scene.source[row]).add(scene.target[row]);
  if (!rows.size) return camera;
  const places = [...rows].map((row) => scene.positions.subarray(3 * row, 3 * row + 3));
  const low = [0, 1, 2].map((axis) => places.reduce((least, p) => Math.min(least, p[axis]), Infinity));
  const high = [0, 1, 2].map((axis) => places.reduce((most, p) => Math.max(most, p[axis]), -Infinity));
  const target = low.map((v, axis) => (v + high[axis]) / 2) as Vector;
  const { right, up, back } = axes(camera);
  let distance = SURROUNDINGS / TANGENT;
  for (const p of places) {
    const d = target.map((v, axis) => p[axis] - v);
    const along = (v: Vector): number => v[0] * d[0] + v[1] * d[1] + v[2] * d[2];
    const across = Math.max(Math.abs(along(right)) / aspect, Math.abs(along(up)));
    distance = Math.max(distance, along(back) + (MARGIN * across) / TANGENT);
  }
  return { ...camera, target, distance };
}
