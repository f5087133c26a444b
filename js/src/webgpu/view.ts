/** The view uniform: everything one frame depends on, in the order of `View` in shaders/view.wgsl. */

import { axes, eye, focal, matrix, type Vector } from "../camera";
import { crowd, fog, look, palette, threads, widths } from "../look";
import type { Moment } from "../motion";
import type { Quality } from "../quality";
import type { View } from "../renderer";
import { firstGhost, type Scene } from "../scene";

export const VIEW_BYTES = 464;

const unit = (v: Vector): Vector => v.map((x) => x / Math.hypot(...v)) as Vector;

/** The key light stands beside the camera and moves with it. */
function lightOf({ right, up, back }: ReturnType<typeof axes>): Vector {
  const [x, y, z] = look.light;
  return unit([0, 1, 2].map((i) => x * right[i] + y * up[i] + z * back[i]) as Vector);
}

export function packView(view: View, moment: Moment, quality: Quality, scene: Scene): ArrayBuffer {
  const { edges } = scene;
  const { camera, theme } = view;
  const aspect = view.width / view.height;
  const [fx, fy] = focal(aspect);
  const pixel = 2 / (fy * view.height);
  const around = axes(camera);
  const light = lightOf(around);
  const half = unit(light.map((x, i) => x + around.back[i]) as Vector);
  const colors = palette(theme);
  const { share, pixels } = look.alert.least;
  const values = [
    ...matrix(camera, aspect),
    ...eye(camera), pixel / view.scale,
    ...around.right, moment.shown,
    ...around.up, moment.elapsed,
    ...around.back, moment.transition,
    ...light, camera.distance - 0.7,
    ...half, camera.distance + 1.0,
    ...theme.background, fog(edges),
    ...colors.glow, Math.max(share / fy, pixels * pixel),
    ...colors.edge, quality.keep,
    ...colors.account, quality.tolerance,
    ...colors.unknown, 0,
    ...colors.alert, quality.feather,
    ...colors.selected, quality.thin,
    ...colors.ghost, 0,
    fx, fy, ...threads(view.theme, edges),
    crowd(edges), quality.thread, quality.sure, quality.power,
    ...widths(edges), 0, 0,
    ...colors.colors.flatMap((color) => [...color, 1]),
  ];
  const out = new Float32Array(values);
  const whole = new Uint32Array(out.buffer);
  whole[59] = edges;
  whole[71] = firstGhost(scene);
  return out.buffer;
}
