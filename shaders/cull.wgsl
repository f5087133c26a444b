// Prepares every artery once a frame, drops what is not seen, and says which bucket the rest goes to.
//
//   records  states  to  emphasis         prepared[row]    places[row]     totals, a row for each bucket
//   (sent once, or once a frame)  --->    curve, radius,   its bucket,     how many each group of edges
//              one edge after another     colour, phase    or NOWHERE      adds to it  ---> lists.wgsl
//
// All that does not change along an artery is worked out here once instead of once a vertex.
//
// Glossary: row = row of graph.edges; bucket = arteries drawn alike, see lod.wgsl; group = edges that run together, see groups.wgsl.

struct Record { start: u32, end: u32, bend: u32 }
struct State { channels: u32, phase: f32 }

@group(0) @binding(0) var<uniform> view: View;
@group(0) @binding(1) var<storage, read> positions: array<vec4f>;
@group(0) @binding(2) var<storage, read> records: array<Record>;
@group(0) @binding(3) var<storage, read> states: array<State>;
@group(0) @binding(4) var<storage, read> to: array<u32>;
@group(0) @binding(5) var<storage, read> emphasis: array<u32>;
@group(0) @binding(6) var<storage, read_write> prepared: array<Artery>;
@group(0) @binding(7) var<storage, read_write> places: array<u32>;
@group(0) @binding(8) var<storage, read_write> totals: array<u32>;

var<workgroup> found: array<atomic<u32>, BUCKETS>;

/// A number 0..1 that belongs to a row, so that thinning never flickers (PCG; Jarzynski and Olano 2020).
fn hash(row: u32) -> f32 {
  let state = row * 747796405u + 2891336453u;
  let word = ((state >> ((state >> 28u) + 4u)) ^ state) * 277803737u;
  return f32((word >> 22u) ^ word) / 4294967296.0;
}

/// The ball round a curve against the four sides and the eye's plane.
fn in_sight(middle: vec3f, reach: f32) -> bool {
  let at = view.clip * vec4f(middle, 1.0);
  let margin = reach * (1.0 + view.focal);
  return at.w > -reach && abs(at.x) < at.w + margin.x && abs(at.y) < at.w + margin.y;
}

/// Segments so that straight pieces stray at most `tolerance` pixels: n of them stray by bulge / n^2.
fn bucket_for(bulge: f32, half_width: f32) -> u32 {
  let segments = sqrt(bulge / view.tolerance);
  let thread = half_width <= view.thread;
  let wanted = select(segments * (1.0 + 0.06 * min(half_width, 10.0)), segments, thread);
  let last = select(BEADED, TUBES, thread) - 1u;
  var bucket = select(TUBES, 0u, thread);
  while (bucket < last && f32(SEGMENTS[bucket]) < wanted) { bucket++; }
  return bucket;
}

/// Prepares an artery and gives its bucket.
fn place(row: u32) -> u32 {
  let next = unpack4x8unorm(to[row]);
  let shown = mix(unpack4x8unorm(states[row].channels), next, view.shown);
  let alert = next.w >= 0.5;
  let mark = (emphasis[row / 4u] >> (8u * (row % 4u))) & 255u;
  let weight = select(shown.x, 1.0, mark >= NEAR || row >= view.ghosts);
  if (!alert && hash(row) > view.keep + (1.0 - view.keep) * pow(min(1.0, weight / view.sure), view.power)) { return NOWHERE; }   // first: it needs no curve

  let record = records[row];
  let a = positions[record.start].xyz;
  let d = positions[record.end].xyz;
  let loops = record.start == record.end;
  let bend = unpack4x8snorm(record.bend);
  let curve = curve_of(a, d, bend.xyz, loops);

  let middle = 0.5 * (curve.b + curve.c);
  let off = length(bend.xyz);
  let chord = select(distance(a, d), 2.0 * loop_size * off, loops);
  let bulge = off * select(0.75 * chord, loop_size, loops);
  if (!in_sight(middle, 0.5 * chord + bulge + view.thickest * alert_swell)) { return NOWHERE; }

  let faded = mark == FADED;
  var radius = view.thinnest * pow(view.thickest / view.thinnest, shown.x);
  if (alert) { radius *= alert_swell; }
  if (faded) { radius *= 0.6; }
  if (mark == NEAR) { radius *= 0.8; }
  if (mark >= SELECTED) { radius *= 1.3; }
  let pixels = 1.0 / (view.pixel * max(dot(view.eye - middle, view.back), 0.05));
  let ghost = row >= view.ghosts;
  if (ghost) { radius = max(radius, ghost_least * view.thread / pixels); }
  if (mark == CHOSEN) { radius = max(radius, 1.2 * view.thread / pixels); }

  var color = color_at((shown.z * 255.0 - 1.0) / 254.0);
  if (shown.z * 255.0 < 0.5) { color = select(view.unknown, view.ghost, ghost); }
  if (alert) { color = view.alert; }
  let length = chord * 1.1 + bulge * 0.7;
  let count = max(1.0, round(length / pulse_spacing));
  let glow = mix(pulse_length_low, pulse_length_high, shown.x);
  let strength = select(sqrt(shown.y), 0.0, faded || alert);   // beads are pattern enough
  prepared[row] = Artery(
    curve.a, radius, curve.b, phase_now(states[row].phase, unpack4x8unorm(states[row].channels).y, next.y),
    curve.c, pack4x8unorm(vec4f(count / 255.0, glow, strength, unevenness_of(curve))), curve.d, pack4x8unorm(vec4f(color, f32(mark + select(0u, ALARMED, alert)) / 255.0)));
  let bucket = bucket_for(bulge * pixels, radius * pixels);
  return select(bucket, BEADED, alert || (ghost && bucket >= TUBES));
}

@compute @workgroup_size(GROUP)
fn cull(
  @builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let group = group_at(id, groups);
  let rows = rows_of(group, lane);
  for (var row = rows.first; row < rows.end; row++) {
    let bucket = place(row);
    places[row] = bucket;
    if (bucket != NOWHERE) { atomicAdd(&found[bucket], 1u); }
  }
  workgroupBarrier();
  if (lane < BUCKETS && group < groups_of(view.edges)) {
    totals[lane * groups_of(view.edges) + group] = atomicLoad(&found[lane]);
  }
}
