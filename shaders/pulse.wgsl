// A pulse's phase is the integral of its speed, so a changed speed moves no pulse at that moment and none runs
// backwards. Each edge keeps its phase at the last rebase (js/src/webgl2/pulse.ts is the same in TypeScript).
//
//   speed ^        ______ next           phase = kept + area under the speed since then
//         |      /
//     prior |____/
//         +----|--|-------> elapsed
//            rebase +transition

fn speed_of(pulse: f32) -> f32 {
  return mix(pulse_speed_low, pulse_speed_high, pulse);
}

fn phase_now(kept: f32, prior: f32, next: f32) -> f32 {
  let first = speed_of(prior);
  let last = speed_of(next);
  if (view.elapsed <= 0.0) { return kept + first * view.elapsed; }   // a clock that was set back
  let inside = min(view.elapsed, view.transition);
  let ramp = select(0.0, 0.5 * (last - first) * inside * inside / view.transition, view.transition > 0.0);
  return kept + first * inside + ramp + last * (view.elapsed - inside);
}
