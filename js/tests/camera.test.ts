import { expect, test } from "vitest";
import { axes, type Camera, eye, fit, matrix, orbit, pan, project, zoom } from "../src/camera";

const CAMERA: Camera = { yaw: 0.7, pitch: -0.3, distance: 2.4, target: [0.1, -0.2, 0.3] };
const [WIDTH, HEIGHT] = [900, 480];

/** Where a place lies by the matrix, in CSS pixels, and its depth 0..1. */
function byMatrix(camera: Camera, place: number[]): number[] {
  const m = matrix(camera, WIDTH / HEIGHT);
  const [x, y, z, w] = [0, 1, 2, 3].map((r) => m[r] * place[0] + m[4 + r] * place[1] + m[8 + r] * place[2] + m[12 + r]);
  return [((x / w + 1) / 2) * WIDTH, ((1 - y / w) / 2) * HEIGHT, z / w];
}

/** Deterministic numbers in -1..1. */
function scatter(n: number): Float32Array {
  return Float32Array.from({ length: 3 * n }, (_, i) => 2 * ((Math.sin(i * 12.9898) * 43758.5453) % 1));
}

test("axes are orthonormal and right-handed, and the eye stands behind the target", () => {
  const { right, up, back } = axes(CAMERA);
  const dot = (a: number[], b: number[]) => a.reduce((sum, v, i) => sum + v * b[i], 0);
  for (const axis of [right, up, back]) expect(dot(axis, axis)).toBeCloseTo(1, 12);
  expect(dot(right, up)).toBeCloseTo(0, 12);
  expect(right[1] * up[2] - right[2] * up[1]).toBeCloseTo(back[0], 12);
  eye(CAMERA).forEach((at, i) => expect(at).toBeCloseTo(CAMERA.target[i] + 2.4 * back[i], 12));
});

test("the target is the middle of the picture", () => {
  expect(project(CAMERA, WIDTH, HEIGHT, CAMERA.target)).toEqual([450, 240, 2.4].map((v) => expect.closeTo(v, 6)));
});

test("project and the matrix agree, and depth lies in 0..1", () => {
  const places = scatter(50);
  for (let i = 0; i < 50; i++) {
    const place = [...places.subarray(3 * i, 3 * i + 3)];
    const [x, y] = project(CAMERA, WIDTH, HEIGHT, place);
    const [mx, my, depth] = byMatrix(CAMERA, place);
    expect(mx).toBeCloseTo(x, 2);
    expect(my).toBeCloseTo(y, 2);
    expect(depth).toBeGreaterThan(0);
    expect(depth).toBeLessThan(1);
  }
});

test("a place behind the eye has a depth below 0", () => {
  const behind = eye(CAMERA).map((at, i) => at + axes(CAMERA).back[i]);
  expect(project(CAMERA, WIDTH, HEIGHT, behind)[2]).toBeLessThan(0);
});

test.each([0.5, 1, 2.3])("the first view holds 98 of 100 accounts (aspect %f)", (aspect) => {
  const places = scatter(2000);
  const camera = fit(places, false, aspect);
  let inside = 0;
  for (let i = 0; i < 2000; i++) {
    const [x, y, depth] = project(camera, 400 * aspect, 400, places, 3 * i);
    if (depth > 0 && x >= 0 && x <= 400 * aspect && y >= 0 && y <= 400) inside++;
  }
  expect(inside).toBeGreaterThanOrEqual(1960);
  const wide = fit(places.map((v) => 2 * v), false, aspect);
  expect(wide.distance).toBeCloseTo(2 * camera.distance, 3); // no farther than it must
});

test("a flat scene is seen from the front, an empty one from somewhere", () => {
  const flat = scatter(30).map((v, i) => (i % 3 === 2 ? 0 : v));
  expect(fit(flat, true, 1)).toMatchObject({ yaw: 0, pitch: 0 });
  expect(fit(new Float32Array(), false, 1).distance).toBeGreaterThan(0);
  expect(fit(new Float32Array(3), false, 1).distance).toBeGreaterThan(0);
});

test("a drag to the right turns the scene to the right, and never over the pole", () => {
  const front: Camera = { yaw: 0, pitch: 0, distance: 3, target: [0, 0, 0] };
  const [before] = project(front, WIDTH, HEIGHT, [0, 0, 1]);
  const [after] = project(orbit(front, 50, 0, HEIGHT), WIDTH, HEIGHT, [0, 0, 1]);
  expect(after).toBeGreaterThan(before);
  expect(orbit(front, 0, 1e6, HEIGHT).pitch).toBeLessThan(Math.PI / 2);
});

test("what is panned follows the pointer", () => {
  const [x, y] = project(pan(CAMERA, 30, -20, HEIGHT), WIDTH, HEIGHT, CAMERA.target);
  expect(x).toBeCloseTo(480, 6);
  expect(y).toBeCloseTo(220, 6);
});

test("what lies under the pointer in the target's plane stays there while zooming", () => {
  const { right, up } = axes(CAMERA);
  const place = CAMERA.target.map((at, i) => at + 0.3 * right[i] + 0.1 * up[i]);
  const [x, y] = project(CAMERA, WIDTH, HEIGHT, place);
  const [zx, zy] = project(zoom(CAMERA, 0.6, x, y, WIDTH, HEIGHT), WIDTH, HEIGHT, place);
  expect(zx).toBeCloseTo(x, 6);
  expect(zy).toBeCloseTo(y, 6);
});
