// Tubes and alerts: ribbons of ribbon.wgsl whose fragments rebuild the round surface.

struct Varying {
  @builtin(position) position: vec4f,
  @location(0) across: f32,                                // x of ribbon.wgsl
  @location(1) along: vec2f,                               // spacings behind the pulse's head; share of the length
  @location(2) lit: vec4f,                                 // side.light, front.light, side.half, front.half
  @location(3) facing: vec3f,                              // front.to_eye, fog, occlusion
  @location(4) @interpolate(flat, either) color: vec3f,
  @location(5) @interpolate(flat, either) pattern: vec4f,  // spacings or beads, share that glows, how strongly, half width in pixels
  @location(6) @interpolate(flat, either) row: u32,
}

@vertex
fn vertex(@builtin(vertex_index) index: u32) -> Varying {
  let corner = corner_of(index, 0.0);
  let artery = prepared[corner.row];
  let pattern = pattern_of(artery);
  var out: Varying;
  out.position = corner.position;
  out.across = corner.across;
  out.along = vec2f(artery.phase - corner.along * pattern.count, corner.along);
  out.lit = vec4f(
    dot(corner.side, view.light), dot(corner.front, view.light), dot(corner.side, view.half), dot(corner.front, view.half));
  out.facing = vec3f(dot(corner.front, corner.to_eye), corner.fog, occlusion(corner.along));
  out.color = unpack4x8unorm(artery.color).rgb;
  out.pattern = vec4f(pattern.count, pattern.glow, pattern.strength, corner.half_width);
  out.row = corner.row;
  return out;
}

/// A tube of few pixels is lit as if it were flat: its round shading would only flicker from pixel to pixel.
fn roundness(half_width: f32) -> f32 {
  return clamp(0.5 * half_width - 0.4, 0.0, 1.0);
}

fn shade(in: Varying, across: f32) -> vec3f {
  let x = across * roundness(in.pattern.w);
  let h = sqrt(max(0.0, 1.0 - x * x));
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
  return vec4f(shade(in, in.across), 1.0);
}

/// A string of beads: x over the bead's own half width; between two beads the tube is a thread.
fn bead(in: Varying) -> f32 {
  return in.across / mix(0.32, 1.0, sqrt(abs(sin(3.14159265 * in.along.y * in.pattern.x))));
}

struct Sampled { @location(0) color: vec4f, @builtin(sample_mask) mask: u32 }

@fragment
fn sampled_alert(in: Varying) -> Sampled {
  let x = bead(in);
  let inside = clamp((1.0 - abs(x)) * in.pattern.w + 0.5, 0.0, 1.0);
  return Sampled(vec4f(shade(in, clamp(x, -1.0, 1.0)), 1.0), 0x0fu >> (4u - u32(inside * 4.0 + 0.5)));
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
