// Tubes, alerts and ghosts: ribbons of ribbon.wgsl whose fragments rebuild the round surface.
//
//   an alert       -O--O--O--O-      beads on a string
//   a ghost         (=) (=) (=)      beads drawn out to dashes, no string: it stands in no record
//   both            O  O  O  O       beads, no string

struct Varying {
  @builtin(position) position: vec4f,
  @location(0) off: vec2f,                                 // x of ribbon.wgsl, and half widths beyond the end
  @location(1) along: vec2f,                               // spacings behind the pulse's head; beads from the first
  @location(2) lit: vec4f,                                 // side.light, front.light, side.half, front.half
  @location(3) facing: vec3f,                              // front.to_eye, fog, occlusion
  @location(4) @interpolate(flat, either) color: vec3f,
  @location(5) @interpolate(flat, either) pattern: vec4f,  // spacings, share that glows, how strongly, half width in pixels
  @location(6) @interpolate(flat, either) row: u32,
  @location(7) @interpolate(flat, either) beads: vec3f,    // in half widths: from one to the next, what is straight of each to both sides of its middle, string
}

/// How many beads an alert has: as many as it is long for the eye, so that they are round from wherever one looks. The
/// one in the middle stays there, and no bead jumps while the eye moves.
fn beads_of(artery: Artery) -> f32 {
  return max(1.0, looks_long(artery) / (alert_pitch * width_of(artery)));
}

/// How long an artery looks: what runs towards the eye is not counted.
fn looks_long(artery: Artery) -> f32 {
  let sight = normalize(view.eye - 0.5 * (artery.b + artery.c));
  let path = seen(artery.b - artery.a, sight) + seen(artery.c - artery.b, sight) + seen(artery.d - artery.c, sight);
  return 0.5 * (path + seen(artery.d - artery.a, sight));
}

/// How long a step looks.
fn seen(way: vec3f, sight: vec3f) -> f32 {
  return length(way - sight * dot(way, sight));
}

/// How many beads an artery has, and what they are like: see `beads` of Varying.
struct Strung { count: f32, shape: vec3f }

fn beads_on(corner: Corner, artery: Artery) -> Strung {
  let dashes = dashes_of(corner.row, artery);
  if (is_alert(artery)) { return Strung(beads_of(artery), vec3f(alert_pitch, 0.0, select(alert_string, -1.0, dashes > 0.0))); }
  // Their ends stay round, and what is straight of them looks as long as it does from here, as far as gaps allow.
  let long = length_of(artery);
  let look = max(0.75, looks_long(artery) / max(long, 1e-9));
  let pitch = long / (dashes * artery.radius);
  return Strung(dashes, vec3f(look * pitch, look * max(0.0, 0.5 * ghost_dash * pitch - 1.0), -1.0));
}

@vertex
fn vertex(@builtin(vertex_index) index: u32) -> Varying {
  let corner = corner_of(index, 0.0);
  let artery = prepared[corner.row];
  let pattern = pattern_of(artery);
  var out: Varying;
  out.position = corner.position;
  out.off = vec2f(corner.across, corner.past);
  out.along = vec2f(artery.phase - corner.along * pattern.count, 0.5);
  var fog = corner.fog;
  if (bucket == BEADED) {
    let strung = beads_on(corner, artery);
    out.along.y += (corner.along - 0.5) * strung.count;
    out.beads = strung.shape;
    fog *= select(alert_fog, 1.0, !is_alert(artery) || mark_of(artery) == FADED);
  }
  out.lit = vec4f(
    dot(corner.side, view.light), dot(corner.front, view.light), dot(corner.side, view.half), dot(corner.front, view.half));
  out.facing = vec3f(dot(corner.front, corner.to_eye), fog, occlusion(corner.along));
  out.color = unpack4x8unorm(artery.color).rgb;
  out.pattern = vec4f(pattern.count, pattern.glow, pattern.strength, corner.half_width);
  out.row = corner.row;
  return out;
}

/// A tube of few pixels is lit as if it were flat: its round shading would only flicker from pixel to pixel.
fn roundness(half_width: f32) -> f32 {
  return clamp(0.5 * half_width - 0.4, 0.0, 1.0);
}

/// `off`: x of ribbon.wgsl, and how far beyond the end or, on a bead, from its middle, both in half widths.
fn shade(in: Varying, off: vec2f) -> vec3f {
  let at = off * roundness(in.pattern.w);
  let x = at.x;
  let h = sqrt(max(0.0, 1.0 - dot(at, at)));
  let key = max(0.0, x * in.lit.x + h * in.lit.y);
  let mirror = max(0.0, x * in.lit.z + h * in.lit.w);
  let glint2 = mirror * mirror;
  let glint8 = glint2 * glint2 * glint2 * glint2;
  let rim = 1.0 - h * in.facing.x;
  var color = mix(in.color, view.glow, in.pattern.z * pulse_at(in.along.x, in.pattern.y));
  color = color * ((0.62 + 0.48 * key) * in.facing.z) + 0.25 * glint8 * glint8;
  color = mix(color, view.edge, rim * rim * rim * min(0.9, 0.3 * in.pattern.w));
  return mix(color, view.background, in.facing.y);
}

@fragment
fn tube(in: Varying) -> @location(0) vec4f {
  return vec4f(shade(in, in.off), 1.0);
}

/// Where on a bead or on the string a fragment lies, see `shade`, and how deep inside, in half widths.
fn bead(in: Varying) -> vec3f {
  let off = (fract(in.along.y) - 0.5) * in.beads.x;
  let past = sign(off) * max(0.0, abs(off) - in.beads.y);
  let high = sqrt(max(0.0, 1.0 - past * past));
  let string = in.beads.z;
  if (high > max(string, 0.0)) { return vec3f(in.off.x, past, high - abs(in.off.x)); }
  return vec3f(in.off.x / string, 0.0, string - abs(in.off.x));
}

struct Sampled { @location(0) color: vec4f, @builtin(sample_mask) mask: u32 }

@fragment
fn sampled_beads(in: Varying) -> Sampled {
  let at = bead(in);
  let inside = clamp(at.z * in.pattern.w + 0.5, 0.0, 1.0);
  return Sampled(vec4f(shade(in, at.xy), 1.0), 0x0fu >> (4u - u32(inside * 4.0 + 0.5)));
}

@fragment
fn single_beads(in: Varying) -> @location(0) vec4f {
  let at = bead(in);
  if (at.z < 0.0) { discard; }
  return vec4f(shade(in, at.xy), 1.0);
}

@fragment
fn picked(in: Varying) -> @location(0) u32 {
  return in.row + 1u;
}
