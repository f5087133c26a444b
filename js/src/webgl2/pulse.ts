/** Phases and channels of each edge on the CPU: the twin of shaders/pulse.wgsl and rebase.wgsl. */

import { look } from "../look";
import type { Moment } from "../motion";

const [SLOW, FAST] = look.pulse.speed;
const speedOf = (pulse: number): number => SLOW + (FAST - SLOW) * pulse;

/** A pulse's phase: what it was, plus the area under its speed since. `old` and `now` are pulse channels 0..1. */
export function phaseNow(kept: number, old: number, now: number, { elapsed, transition }: Moment): number {
  const [from, to] = [speedOf(old), speedOf(now)];
  if (elapsed <= 0) return kept + from * elapsed;
  const inside = Math.min(elapsed, transition);
  const ramp = transition > 0 ? (0.5 * (to - from) * inside * inside) / transition : 0;
  return kept + from * inside + ramp + to * (elapsed - inside);
}

/** What the shaders know of each edge besides its curve: four words, see `states` in shaders/artery.vert. */
export interface States {
  /** from, to, phase, emphasis of each edge. */
  words: Uint32Array;
  bytes: Uint8Array;
  phases: Float32Array;
}

const FROM = 0;
const TO = 4;
const ROW_BYTES = 16;

export function makeStates(channels: Uint8Array, bend: Int8Array, room: number): States {
  const words = new Uint32Array(room);
  const states = { words, bytes: new Uint8Array(words.buffer), phases: new Float32Array(words.buffer) };
  for (let row = 0; row < channels.length / 4; row++) states.phases[4 * row + 2] = (bend[4 * row + 3] + 127) / 254;
  copyChannels(states, channels, FROM);
  copyChannels(states, channels, TO);
  return states;
}

function copyChannels({ bytes }: States, channels: Uint8Array, at: number): void {
  for (let i = 0; i < channels.length; i++) bytes[ROW_BYTES * (i >> 2) + at + (i & 3)] = channels[i];
}

export function setTarget(states: States, channels: Uint8Array): void {
  copyChannels(states, channels, TO);
}

export function setMarks({ words }: States, marks: Uint8Array): void {
  for (let row = 0; row < marks.length; row++) words[4 * row + 3] = marks[row];
}

/** What is shown at a moment becomes what edges keep and start from. */
export function rebase({ bytes, phases }: States, edges: number, moment: Moment): void {
  for (let row = 0; row < edges; row++) {
    const at = ROW_BYTES * row;
    const phase = phaseNow(phases[4 * row + 2], bytes[at + 1] / 255, bytes[at + TO + 1] / 255, moment);
    phases[4 * row + 2] = phase - Math.floor(phase);
    for (let k = 0; k < 4; k++) bytes[at + k] += Math.round((bytes[at + TO + k] - bytes[at + k]) * moment.shown);
  }
}
