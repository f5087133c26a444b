/** The look's numbers as the shaders take them. */

import look from "../../archivit_widgets/frames/look.json";
import type { Theme } from "./renderer";

export { look };

/** "#rrggbb" as 0..1. */
export function rgb(hex: string): [number, number, number] {
  const at = (i: number) => parseInt(hex.slice(i, i + 2), 16) / 255;
  return [at(1), at(3), at(5)];
}

export function palette(theme: Theme) {
  const name = theme.dark ? "dark" : "light";
  const { account, unknown, ghost, edge, glow, selected } = look.themes[name];
  return {
    account: rgb(account),
    unknown: rgb(unknown),
    ghost: rgb(ghost),
    edge: rgb(edge),
    glow: rgb(glow),
    selected: rgb(selected),
    alert: rgb(look.alert.color),
    colors: look.colors[name].map(rgb),
  };
}

/** 1 for a scene of the usual number of edges, more for fewer; `room` in frames/scene.py is the same. */
const room = (edges: number): number => (look.crowd.edges / Math.max(edges, 1)) ** look.crowd.power;

/** How much thinner everything is drawn where edges are many; `crowd` in frames/scene.py is the same. */
export const crowd = (edges: number): number => Math.min(look.crowd.most, room(edges));

/** Radius of the thinnest and of the thickest artery, units of the scene; `widths` in frames/scene.py is the same. */
export function widths(edges: number): [number, number] {
  const [low, high] = look.radius;
  return [crowd(edges) * low * Math.min(look.crowd.few, Math.max(1, room(edges) ** 2)), crowd(edges) * high];
}

/** Radius of an account's sphere, units of the scene, by its size as a byte, 0 for none; `radii` in frames/scene.py is the same. */
export const sphere = (size: number, edges: number): number => size && crowd(edges) * look.account[0] * (look.account[1] / look.account[0]) ** (size / 255);

/** The most that fog hides: little where arteries are few, whose colours are read off; `fog` in frames/scene.py is the same. */
export const fog = (edges: number): number => look.fog.most * Math.min(1, (edges / look.fog.edges) ** 0.5);

/** Least and most alpha of threads: many are faint each, few are plain. */
export function threads(theme: Theme, edges: number): [number, number] {
  const [faintest, densest] = look.themes[theme.dark ? "dark" : "light"].thread;
  const more = room(edges) ** 2;
  const plain = Math.min(5, 2.4 * more);
  return [plain * Math.min(0.7 * densest, faintest * Math.max(1, more)), plain * densest];
}

/** Pipeline constants: every `override` of shaders/look.wgsl. */
export const constants: Record<string, number> = {
  account_low: look.account[0],
  account_high: look.account[1],
  loop_size: look.loop.most,
  pulse_speed_low: look.pulse.speed[0],
  pulse_speed_high: look.pulse.speed[1],
  pulse_length_low: look.pulse.length[0],
  pulse_length_high: look.pulse.length[1],
  pulse_spacing: look.pulse.spacing,
  alert_swell: look.alert.swell,
  alert_pitch: look.alert.pitch,
  alert_string: look.alert.string,
  alert_fog: look.alert.fog,
  ghost_pitch: look.ghost.pitch,
  ghost_dash: look.ghost.dash,
  ghost_alpha: look.ghost.alpha,
  ghost_least: look.ghost.least,
  ghost_fog: look.ghost.fog,
  ghost_depth: look.ghost.depth,
};
