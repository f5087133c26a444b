// Arteries as ribbons that face the eye; fragments of artery.wgsl rebuild the round surface, thread.wgsl is too thin for it.
//
//     x = -1   0   1            side = tangent x to_eye           n = x side + h front,  h = sqrt(1 - x^2)
//        |     |    |           front = side x tangent
//    t=1 +-----+----+           so n.light = x (side.light) + h (front.light): two products a fragment
//        |\         |
//        |  \       |           strip of one artery: 0 0 1 2 3 ... 2n+1 2n+1
//    t=0 +----\-----+           (all arteries of a bucket are one strip: an instance each would cost more than its vertices)
//
// References: Everts et al. 2009, Depth-dependent halos; Stoll et al. 2005, Visualization with stylized line primitives;
// pygfx line.wgsl for the manner. Strips instead of instances: small instances starve wide GPUs, and on a software
// adapter each is a draw of its own.

@group(0) @binding(0) var<uniform> view: View;
@group(0) @binding(1) var<storage, read> prepared: array<Artery>;
@group(0) @binding(2) var<storage, read> lists: array<u32>;
@group(1) @binding(0) var<uniform> bucket: u32;

/// One corner of a ribbon.
struct Corner {
  row: u32,
  position: vec4f,
  to_eye: vec3f,
  side: vec3f,
  front: vec3f,
  across: f32,        // x above: -1 or 1, less on the round end
  past: f32,          // half widths beyond the curve's end
  along: f32,         // share of the length
  half_width: f32,    // pixels, never below view.thin, feather included
  alpha: f32,         // of a thread: the thinner the fainter
  fog: f32,
}

/// Of a thread: many that are thin are faint each.
fn alpha_of(half_width: f32) -> f32 {
  let rest = clamp((half_width - view.thin) / (view.thread - view.thin), 0.0, 1.0);
  return mix(mix(view.faintest, view.densest, min(1.0, half_width / view.thin)), max(0.55, view.densest), rest * rest);
}

/// Half the width in scene units: a weak alert is swollen until its beads can be told.
fn width_of(artery: Artery) -> f32 {
  if (bucket != BEADED || !is_alert(artery)) { return artery.radius; }
  let away = dot(view.eye - 0.5 * (artery.b + artery.c), view.back);
  return max(artery.radius, view.bead * away);
}

/// How many dashes an artery has that stands in no record; 0 where it stands in one. The one in the middle stays there.
fn dashes_of(row: u32, artery: Artery) -> f32 {
  if (!ghostly || row < view.ghosts) { return 0.0; }
  return max(2.0, length_of(artery) / max(ghost_pitch, 4.0 * artery.radius));
}

/// About how long it is.
fn length_of(artery: Artery) -> f32 {
  let path = distance(artery.a, artery.b) + distance(artery.b, artery.c) + distance(artery.c, artery.d);
  return 0.5 * (path + distance(artery.a, artery.d));
}

/// `feather`: pixels that are added to each side.
fn corner_of(index: u32, feather: f32) -> Corner {
  let size = vertices_of(bucket);
  let row = lists[bucket * view.edges + index / size];
  let corner = clamp(index % size, 1u, size - 2u) - 1u;
  let ring = i32(corner / 2u) - i32(caps_of(bucket));
  let on_curve = clamp(ring, 0, i32(SEGMENTS[bucket]));
  let turn = f32(ring - on_curve) * 0.7853982;      // a quarter of a circle in two steps
  let t = f32(on_curve) / f32(SEGMENTS[bucket]);
  let artery = prepared[row];
  let curve = Curve(artery.a, artery.b, artery.c, artery.d);
  let center = point_on(curve, t);
  let to_eye = normalize(view.eye - center);
  let tangent = normalize(tangent_on(curve, t));
  let sideways = cross(tangent, to_eye);
  let side = sideways / max(length(sideways), 1e-4);
  let across = (f32(corner % 2u) * 2.0 - 1.0) * cos(turn);
  let past = sin(turn);
  let one = view.pixel * max(dot(view.eye - center, view.back), 0.05);
  let half_width = max(width_of(artery) / one, view.thin) + feather;
  let mark = mark_of(artery);
  var position = view.clip * vec4f(center + (side * across + tangent * past) * (half_width * one), 1.0);
  if (ghostly && row >= view.ghosts) { position.z *= ghost_depth; }      // drawn over the record, like a pencil line
  position = layered(position, mark);
  return Corner(row, position, to_eye, side, cross(side, tangent), across, past, arc_share(t, unpack4x8unorm(artery.pattern).w), half_width,
    alpha_of(artery.radius / one), hidden_at(center, mark));
}

/// Darker where arteries meet, as if they shaded one another.
fn occlusion(along: f32) -> f32 {
  return 1.0 - 0.35 * exp2(-20.0 * min(along, 1.0 - along));
}

struct Pattern { count: f32, glow: f32, strength: f32 }

fn pattern_of(artery: Artery) -> Pattern {
  let packed = unpack4x8unorm(artery.pattern);
  return Pattern(round(packed.x * 255.0), packed.y, packed.z);
}

/// A band of light with a short head and a long tail, so that a still picture shows the direction too.
fn pulse_at(behind: f32, glow: f32) -> f32 {
  let at = fract(behind) / glow;
  let tail = max(0.0, 1.0 - at);
  return min(1.0, 5.0 * at) * tail * tail;
}
