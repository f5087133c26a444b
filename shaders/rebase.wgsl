// When a frame arrives: each edge keeps the phase and the channels that are shown now, and starts from them.

struct State { channels: u32, phase: f32 }

@group(0) @binding(0) var<uniform> view: View;
@group(0) @binding(1) var<storage, read_write> states: array<State>;
@group(0) @binding(2) var<storage, read> to: array<u32>;

@compute @workgroup_size(GROUP)
fn rebase(
  @builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let rows = rows_of(group_at(id, groups), lane);
  for (var row = rows.first; row < rows.end; row++) {
    let prior = unpack4x8unorm(states[row].channels);
    let next = unpack4x8unorm(to[row]);
    let phase = phase_now(states[row].phase, prior.y, next.y);
    states[row] = State(pack4x8unorm(mix(prior, next, view.shown)), fract(phase));
  }
}
