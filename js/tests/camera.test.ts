import { expect, test } from "vitest";
import { look } from "../src/look";
import { axes, type Camera, eye, fit, matrix, orbit, pan, project, type Shape, zoom } from "../src/camera";

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

/** Accounts without arteries, or with those of `pairs`. */
function shape(positions: Float32Array, size = 0, pairs: [number, number][] = [], bend = 0, flat = false): Shape {
  const [source, target] = [0, 1].map((end) => Uint16Array.from(pairs, (pair) => pair[end]));
  return { positions, sizes: new Uint8Array(positions.length / 3).fill(size), source, target, bend: new Int8Array(4 * pairs.length).fill(bend), flat };
}

/** Pixels that a ball stands out of a picture of `width` x 400; 0 or below where it is whole. */
function beyond(camera: Camera, width: number, place: ArrayLike<number>, radius: number): number {
  const [x, y, depth] = project(camera, width, 400, place);
  const r = (1.05 * radius * 200) / Math.tan((35 * Math.PI) / 360) / depth; // a ball beside the middle is a little longer
  return Math.max(r - x, r - y, x + r - width, y + r - 400);
}

test.each([0.5, 1, 2.3])("the first view holds all spheres, none to spare (aspect %f)", (aspect) => {
  const places = scatter(2000).map((v) => v / 2.5);
  const camera = fit(shape(places, 255), aspect);
  const out = Array.from({ length: 2000 }, (_, i) => beyond(camera, 400 * aspect, places.subarray(3 * i, 3 * i + 3), look.crowd.most * look.account[1]));
  expect(Math.max(...out)).toBeLessThanOrEqual(0);
  expect(Math.max(...out)).toBeGreaterThan(-0.06 * 400);
});

test("two accounts and the artery that bends out between them are in the picture, and fill it", () => {
  const [pair, bent] = [0, 40].map((bend) => shape(Float32Array.of(-1, 0, 0, 1, 0, 0), 0, [[0, 1]], bend, true));
  const flat = fit(pair, 2);
  for (const x of [-1, 1]) expect(beyond(flat, 800, [x, 0, 0], 0.0075)).toBeLessThanOrEqual(0);
  expect(project(flat, 800, 400, [1, 0, 0])[0]).toBeGreaterThan(740);
  expect(beyond(fit(bent, 2), 800, [0.472, 0.472, 0.472], look.crowd.most * look.radius[1])).toBeLessThanOrEqual(0);
});

test("a loop is in the picture, with its sides", () => {
  const [bare, looped] = [[], [[0, 0]]].map((pairs) => fit(shape(Float32Array.of(0, 1, 0, 0, -1, 0), 0, pairs as [number, number][], 127, true), 1));
  expect(looped.target[1]).toBeGreaterThan(bare.target[1] + 0.01);
  const size = look.loop.most;
  const [o, p] = [[0, size, 0], [size, 0, 0]];
  const alone = shape(new Float32Array(3), 0, [[0, 0]], 0, true);
  alone.bend.set([0, 127, 0, 0]);
  const seen = fit(alone, 1);
  for (let t = 0; t <= 1; t += 0.05) {
    const [b, c] = [3 * (1 - t) ** 2 * t, 3 * (1 - t) * t * t];
    const place = [0, 1, 2].map((i) => b * (o[i] + p[i]) + c * (o[i] - p[i]));
    expect(beyond(seen, 400, place, look.crowd.most * look.radius[1])).toBeLessThanOrEqual(0);
  }
});

test("less room brings the scene to the middle", () => {
  const one = shape(Float32Array.of(-1, 0, 0, 1, 0, 0), 1, [], 0, true);
  expect(project(fit(one, 2, [0.5, 0.96]), 800, 400, [1, 0, 0])[0]).toBeLessThan(600);
});

test("a place that has lost its way does not make the others small", () => {
  expect(fit(shape(Float32Array.of(-1, 0, 0, 1, 0, 0, 0, 900, 0)), 1).distance).toBeLessThan(6);
});

test("a flat scene is seen from the front, an empty one from somewhere", () => {
  expect(fit(shape(scatter(30), 0, [], 0, true), 1)).toMatchObject({ yaw: 0, pitch: 0 });
  expect(fit(shape(new Float32Array()), 1).distance).toBeGreaterThan(0);
  expect(fit(shape(new Float32Array(3)), 1).distance).toBeGreaterThan(1);
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
