// Arteries as impostors: a ribbon that faces the eye, whose fragments rebuild the round surface.
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

struct Varying {
  @builtin(position) position: vec4f,
  @location(0) across: f32,                          // x above
  @location(1) along: vec2f,                         // spacings behind the pulse's head; share of the length
  @location(2) lit: vec4f,                           // side.light, front.light, side.half, front.half
  @location(3) facing: vec2f,                        // front.to_eye; fog
  @location(4) @interpolate(flat, either) color: vec4f,      // rgb, coverage
  @location(5) @interpolate(flat, either) pattern: vec3f,    // spacings or beads, glow, radius in pixels
  @location(6) @interpolate(flat, either) row: u32,
}

@vertex
fn vertex(@builtin(vertex_index) index: u32) -> Varying {
  let size = vertices_of(bucket);
  let row = lists[bucket * view.edges + index / size];
  let corner = clamp(index % size, 1u, size - 2u) - 1u;
  let t = f32(corner / 2u) / f32(SEGMENTS[bucket]);
  let artery = prepared[row];
  let curve = Curve(artery.a, artery.b, artery.c, artery.d);
  let center = point_on(curve, t);
  let to_eye = normalize(view.eye - center);
  let tangent = normalize(tangent_on(curve, t));
  let sideways = cross(tangent, to_eye);
  let side = sideways / max(length(sideways), 1e-4);
  let front = cross(side, tangent);

  let across = f32(corner % 2u) * 2.0 - 1.0;
  let at = view.clip * vec4f(center, 1.0);
  let one = view.pixel * max(at.w, 0.05);
  let half_width = max(artery.radius / one, view.thin);
  let shown = unpack4x8unorm(artery.color);
  let mark = u32(shown.a * 255.0 + 0.5);
  let pattern = unpack2x16float(artery.pattern);
  let share = arc_share(t);

  var out: Varying;
  out.position = view.clip * vec4f(center + side * (across * half_width * one), 1.0);
  out.position.z = 0.5 * (out.position.z + select(0.0, out.position.w, mark == FADED));
  out.across = across;
  out.along = vec2f(artery.phase - share * pattern.x, share);
  out.lit = vec4f(dot(side, view.light), dot(front, view.light), dot(side, view.half), dot(front, view.half));
  out.facing = vec2f(dot(front, to_eye), fog_at(center));
  out.color = vec4f(shown.rgb, min(1.0, artery.radius / one / view.thin));
  out.pattern = vec3f(pattern, half_width);
  out.row = row;
  return out;
}

/// A band of light with a sharp head and a long tail, so that a still picture shows the direction too.
fn pulse_at(behind: f32, glow: f32) -> f32 {
  let tail = max(0.0, 1.0 - fract(behind) / max(glow, 1e-3));
  return select(0.0, tail * (2.0 - tail), glow > 0.0);
}

fn shade(in: Varying, x: f32) -> vec3f {
  let h = sqrt(max(0.0, 1.0 - x * x));
  let key = max(0.0, x * in.lit.x + h * in.lit.y);
  let mirror = max(0.0, x * in.lit.z + h * in.lit.w);
  let glint2 = mirror * mirror;
  let glint8 = glint2 * glint2 * glint2 * glint2;
  let near_end = 1.0 - 0.3 * exp2(-24.0 * min(in.along.y, 1.0 - in.along.y));
  var color = in.color.rgb;
  color = mix(color, view.glow, 0.85 * pulse_at(in.along.x, in.pattern.y));
  color *= (0.62 + 0.46 * key) * near_end;
  color += 0.22 * glint8 * glint8;
  let rim = 1.0 - h * in.facing.x;
  color = mix(color, view.edge, rim * rim * rim * min(1.0, 0.45 * in.pattern.z));
  return mix(color, view.background, in.facing.y);
}

struct Sampled { @location(0) color: vec4f, @builtin(sample_mask) mask: u32 }

/// Four samples a pixel: a tube thinner than a pixel covers one to three of them, other ones for other rows.
fn mask_of(coverage: f32, row: u32) -> u32 {
  let covered = max(1u, u32(coverage * 4.0 + 0.5));
  let bits = 0x0fu >> (4u - covered);
  return ((bits | (bits << 4u)) >> (row & 3u)) & 0x0fu;
}

@fragment
fn sampled(in: Varying) -> Sampled {
  return Sampled(vec4f(shade(in, in.across), 1.0), mask_of(in.color.a, in.row));
}

@fragment
fn single(in: Varying) -> @location(0) vec4f {
  return vec4f(mix(view.background, shade(in, in.across), in.color.a), 1.0);
}

/// A string of beads: between two beads the tube is a thread.
fn bead(in: Varying) -> f32 {
  return in.across / mix(0.32, 1.0, sqrt(abs(sin(3.14159265 * in.along.y * in.pattern.x))));
}

@fragment
fn sampled_alert(in: Varying) -> Sampled {
  let x = bead(in);
  let inside = clamp((1.0 - abs(x)) * in.pattern.z + 0.5, 0.0, 1.0);
  return Sampled(vec4f(shade(in, clamp(x, -1.0, 1.0)), 1.0), select(mask_of(inside, in.row), 0u, inside < 0.125));
}

@fragment
fn single_alert(in: Varying) -> @location(0) vec4f {
  let x = bead(in);
  if (abs(x) > 1.0) { discard; }
  return vec4f(shade(in, x), 1.0);
}

@fragment
fn picked(in: Varying) -> @location(0) u32 {
  return in.row + 1u;
}
