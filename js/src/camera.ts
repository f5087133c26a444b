/** An orbit camera. The kernel's still pictures use the same numbers and formulas (`widgets/static.py`). */

import look from "../../archivit_widgets/frames/look.json";

export type Vector = [number, number, number];

export interface Camera {
  /** Radians round the vertical axis; 0 looks along -z. */
  yaw: number;
  /** Radians above the horizon. */
  pitch: number;
  distance: number;
  target: Vector;
}

const TANGENT = Math.tan((look.fov * Math.PI) / 360);
const STEEPEST = Math.PI / 2 - 0.01;
const POSITIONS_LOOKED_AT = 4096;

/** Unit vectors of the picture: to the right, up, and back towards the eye. */
export function axes({ yaw, pitch }: Camera): { right: Vector; up: Vector; back: Vector } {
  const [sy, cy, sp, cp] = [Math.sin(yaw), Math.cos(yaw), Math.sin(pitch), Math.cos(pitch)];
  return { right: [cy, 0, -sy], up: [-sp * sy, cp, -sp * cy], back: [cp * sy, sp, cp * cy] };
}

export function eye(camera: Camera): Vector {
  const { back } = axes(camera);
  return camera.target.map((at, i) => at + camera.distance * back[i]) as Vector;
}

/** Clip units for each scene unit at distance 1, across and up. */
export function focal(aspect: number): [number, number] {
  return [1 / (TANGENT * aspect), 1 / TANGENT];
}

/** Depths that the picture holds. */
function range(camera: Camera): [number, number] {
  return [Math.max(0.01, 0.04 * camera.distance), camera.distance + Math.hypot(...camera.target) + 3];
}

/** (16,) world to clip space by columns, depth 0..1 as WebGPU has it. */
export function matrix(camera: Camera, aspect: number): Float32Array {
  const { right, up, back } = axes(camera);
  const at = eye(camera);
  const [fx, fy] = focal(aspect);
  const [near, far] = range(camera);
  const deep = far / (near - far);
  const rows = [right.map((v) => v * fx), up.map((v) => v * fy), back.map((v) => v * deep), back.map((v) => -v)];
  const dot = (row: number[]) => row.reduce((sum, v, i) => sum + v * at[i], 0);
  const out = new Float32Array(16);
  rows.forEach((row, r) => {
    for (let c = 0; c < 3; c++) out[4 * c + r] = row[c];
    out[12 + r] = -dot(row);
  });
  out[14] += deep * near;
  return out;
}

/** CSS pixels (x, y) and distance from the eye's plane of a place in the scene; behind the eye where the last is below 0. */
export function project(camera: Camera, width: number, height: number, place: ArrayLike<number>, at = 0): Vector {
  const { right, up, back } = axes(camera);
  const from = eye(camera);
  const [x, y, z] = [place[at] - from[0], place[at + 1] - from[1], place[at + 2] - from[2]];
  const depth = -(back[0] * x + back[1] * y + back[2] * z);
  const scale = height / (2 * TANGENT * depth);
  return [
    width / 2 + scale * (right[0] * x + right[1] * y + right[2] * z),
    height / 2 - scale * (up[0] * x + up[1] * y + up[2] * z),
    depth,
  ];
}

function quantile(values: Float32Array, share: number): number {
  return values.slice().sort()[Math.min(values.length - 1, Math.floor(share * values.length))];
}

/**
 * The first view: 98 of 100 positions lie inside the picture with 12 % to spare.
 *
 * The target is the middle of each axis between its 2nd and 98th percentile. An account at (x, y, z) in the camera's axes,
 * seen from the target, is inside if distance >= z + max(|x| / (aspect tan), |y| / tan) with tan = tan(fov / 2).
 * Percentiles are of every k-th account, k such that at most 4,096 are looked at, without interpolation.
 */
export function fit(positions: Float32Array, flat: boolean, aspect: number): Camera {
  const camera: Camera = { yaw: flat ? 0 : 0.6, pitch: flat ? 0 : 0.35, distance: 3, target: [0, 0, 0] };
  const accounts = positions.length / 3;
  const step = Math.ceil(accounts / POSITIONS_LOOKED_AT);
  const n = Math.ceil(accounts / Math.max(step, 1));
  if (!n) return camera;
  camera.target = [0, 1, 2].map((axis) => {
    const values = Float32Array.from({ length: n }, (_, i) => positions[3 * i * step + axis]);
    return (quantile(values, 0.02) + quantile(values, 0.98)) / 2;
  }) as Vector;
  const { right, up, back } = axes(camera);
  const needed = Float32Array.from({ length: n }, (_, i) => {
    const p = [0, 1, 2].map((axis) => positions[3 * i * step + axis] - camera.target[axis]);
    const along = (v: Vector) => v[0] * p[0] + v[1] * p[1] + v[2] * p[2];
    return along(back) + Math.max(Math.abs(along(right)) / aspect, Math.abs(along(up))) / (TANGENT * 0.88);
  });
  camera.distance = Math.max(0.2, quantile(needed, 0.98));
  return camera;
}

/** Turned by a drag of (dx, dy) CSS pixels: half a turn for each picture height. */
export function orbit(camera: Camera, dx: number, dy: number, height: number): Camera {
  const pitch = camera.pitch + (Math.PI * dy) / height;
  return { ...camera, yaw: camera.yaw - (Math.PI * dx) / height, pitch: Math.max(-STEEPEST, Math.min(STEEPEST, pitch)) };
}

/** Moved sideways so that the target's plane follows the pointer. */
export function pan(camera: Camera, dx: number, dy: number, height: number): Camera {
  const { right, up } = axes(camera);
  const one = (2 * TANGENT * camera.distance) / height;
  const target = camera.target.map((at, i) => at + one * (dy * up[i] - dx * right[i])) as Vector;
  return { ...camera, target };
}

/** Nearer (factor below 1) or farther, keeping what lies under the point (x, y) of the picture in its place. */
export function zoom(camera: Camera, factor: number, x: number, y: number, width: number, height: number): Camera {
  const distance = Math.max(0.02, Math.min(50, camera.distance * factor));
  const kept = 1 - distance / camera.distance;
  const moved = pan(camera, -kept * (x - width / 2), -kept * (y - height / 2), height);
  return { ...moved, distance };
}
