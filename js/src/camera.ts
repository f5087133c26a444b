/** An orbit camera. The kernel's still pictures use the same numbers and formulas (`frames/camera.py`). */

import { look, sphere, widths } from "./look";
import type { Scene } from "./scene";

export type Vector = [number, number, number];

export interface Camera {
  /** Radians round the vertical axis; 0 looks along -z. */
  yaw: number;
  /** Radians above the horizon. */
  pitch: number;
  distance: number;
  target: Vector;
}

/** Of half the angle that the picture is high. */
export const TANGENT = Math.tan((look.fov * Math.PI) / 360);
const STEEPEST = Math.PI / 2 - 0.01;
/** The first view does not wait for accounts farther from the scene's origin (the largest may be 1 farther), nor for what hangs on them. */
const FAR = 1.2;
/** Nor does its eye come nearer. */
const NEAREST = 1.5;
/** Half the width of a loop, in its sizes: see `bends` in frames/scene.py. */
const WIDE = 0.3;

/** What the first view is made from. */
export type Shape = Pick<Scene, "positions" | "sizes" | "source" | "target" | "bend" | "flat">;

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

/** Shares of width and height that the first view fills. */
export type Room = [across: number, high: number];
export const ROOM: Room = [0.96, 0.96];

/**
 * The first view, framed on what is drawn: `fit` of frames/camera.py, step by step.
 *
 * Each thing is a ball: an account as large as its sphere, the middle of an artery as thick as the thickest, that of a loop
 * as wide as it is beside. With the eye at the distance D in front of the plane through the scene's origin, shifted by c to the right, a ball at (x, y, z)
 * in the camera's axes with radius r lies left of the picture's right border if
 *
 *     x - c + r sqrt(1 + t^2) <= t (D - z)      t = room * aspect * tan(fov / 2)
 *
 * so D t + c >= R, the largest x + t z + r sqrt(1 + t^2) of all balls, and D t - c >= L likewise for -x. The nearest such eye
 * has D = (R + L) / 2t and c = (R - L) / 2; up and down alike, and the larger D holds. Accounts farther than FAR + size
 * from the origin and their arteries are not waited for; a scene is scaled so that 98 of 100 lie within 1.
 */
export function fit(scene: Shape, aspect: number, [across, high]: Room = ROOM): Camera {
  const camera: Camera = { yaw: scene.flat ? 0 : 0.6, pitch: scene.flat ? 0 : 0.35, distance: 3, target: [0, 0, 0] };
  const { right, up, back } = axes(camera);
  const [tx, ty] = [across * aspect * TANGENT, high * TANGENT];
  const [rx, ry] = [Math.hypot(1, tx), Math.hypot(1, ty)];
  const most = [-Infinity, -Infinity, -Infinity, -Infinity];
  const take = (x: number, y: number, z: number, radius: number): void => {
    const a = right[0] * x + right[1] * y + right[2] * z;
    const b = up[0] * x + up[1] * y + up[2] * z;
    const c = back[0] * x + back[1] * y + back[2] * z;
    most[0] = Math.max(most[0], tx * c + rx * radius + a);
    most[1] = Math.max(most[1], tx * c + rx * radius - a);
    most[2] = Math.max(most[2], ty * c + ry * radius + b);
    most[3] = Math.max(most[3], ty * c + ry * radius - b);
  };
  everyBall(scene, take);
  if (most[0] === -Infinity) return camera;
  const [x, y] = [(most[0] - most[1]) / 2, (most[2] - most[3]) / 2];
  camera.distance = Math.max(NEAREST, (most[0] + most[1]) / (2 * tx), (most[2] + most[3]) / (2 * ty));
  camera.target = [0, 1, 2].map((i) => x * right[i] + y * up[i]) as Vector;
  return camera;
}

/** Accounts, and the middles of arteries: see `bends` in frames/scene.py. */
function everyBall({ positions, sizes, source, target, bend }: Shape, take: (x: number, y: number, z: number, radius: number) => void): void {
  const [, thickest] = widths(source.length);
  const near = (i: number): boolean => positions[3 * i] ** 2 + positions[3 * i + 1] ** 2 + positions[3 * i + 2] ** 2 <= (FAR + sizes[i] / 255) ** 2;
  for (let i = 0; i < sizes.length; i++) {
    if (near(i)) take(positions[3 * i], positions[3 * i + 1], positions[3 * i + 2], sphere(sizes[i], source.length));
  }
  for (let row = 0; row < source.length; row++) {
    if (!near(source[row]) || !near(target[row])) continue;
    const [a, b] = [3 * source[row], 3 * target[row]];
    const [dx, dy, dz] = [positions[b] - positions[a], positions[b + 1] - positions[a + 1], positions[b + 2] - positions[a + 2]];
    const out = (0.75 / 127) * (a === b ? look.loop.most : Math.sqrt(dx * dx + dy * dy + dz * dz));
    const [x, y, z] = [positions[a] + dx / 2 + out * bend[4 * row], positions[a + 1] + dy / 2 + out * bend[4 * row + 1], positions[a + 2] + dz / 2 + out * bend[4 * row + 2]];
    const beside = a === b ? (WIDE / 127) * look.loop.most * Math.hypot(bend[4 * row], bend[4 * row + 1], bend[4 * row + 2]) : 0;
    take(x, y, z, thickest + beside);
  }
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
