// A pulse's phase is the integral of its speed, so a changed speed moves no pulse at that moment and none runs
// backwards. Each edge keeps its phase at the last rebase (js/src/phase.ts is the same in TypeScript).
//
//   speed ^        ______ new           phase = kept + area under the speed since then
//         |      /
//     old |____/
//         +----|--|-------> elapsed
//            rebase +transition

fn speed_of(pulse: f32) -> f32 {
  return mix(pulse_speed_low, pulse_speed_high, pulse);
}

fn phase_now(kept: f32, old: f32, new: f32) -> f32 {
  let from = speed_of(old);
  let to = speed_of(new);
  if (view.elapsed <= 0.0) { return kept + from * view.elapsed; }   // a clock that was set back
  let inside = min(view.elapsed, view.transition);
  let ramp = select(0.0, 0.5 * (to - from) * inside * inside / view.transition, view.transition > 0.0);
  return kept + from * inside + ramp + to * (view.elapsed - inside);
}
