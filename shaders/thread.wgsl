// Threads: ribbons of ribbon.wgsl about as thin as a pixel. Nobody sees them round, so corners are lit, fragments only glow.
// They are translucent, so that strong arteries are seen through the many weak ones, and never thinner than a pixel:
// what is, gets fainter instead. Each covers what lies below by its alpha, so that many of a colour come to that colour.

struct Varying {
  @builtin(position) position: vec4f,
  @location(0) color: vec4f,                             // rgb, alpha
  @location(1) at: vec3f,                                // x of ribbon.wgsl, spacings behind the pulse's head, dashes from the first
  @location(2) @interpolate(flat, either) shape: vec3f,  // half width in pixels, share of a spacing that glows, how strongly
  @location(3) @interpolate(flat, either) row: u32,
}

@vertex
fn vertex(@builtin(vertex_index) index: u32) -> Varying {
  let corner = corner_of(index, view.feather);
  let artery = prepared[corner.row];
  let pattern = pattern_of(artery);
  let lit = (0.7 + 0.3 * max(0.0, dot(corner.front, view.light))) * occlusion(corner.along);
  let dashes = dashes_of(corner.row, artery);
  let near = 1.0 - corner.fog * select(1.0, ghost_fog, dashes > 0.0 && mark_of(artery) != FADED);
  var out: Varying;
  out.position = corner.position;
  let alpha = max(corner.alpha, select(0.0, ghost_alpha, dashes > 0.0));
  out.color = vec4f(unpack4x8unorm(artery.color).rgb * lit, near * alpha);
  out.at = vec3f(corner.across, artery.phase - corner.along * pattern.count, 0.5 + (corner.along - 0.5) * dashes);
  out.shape = vec3f(corner.half_width, pattern.glow, pattern.strength * near);
  out.row = corner.row;
  return out;
}

/// Color and alpha: the middle of the ribbon is full, the outermost pixel fades.
fn shade(in: Varying) -> vec4f {
  var dash = 1.0;
  if (ghostly) {
    let pixel = max(fwidth(in.at.z), 1e-6);          // in dashes
    dash = clamp((0.5 * ghost_dash - abs(fract(in.at.z) - 0.5)) / pixel + 0.5, 0.0, 1.0);
  }
  if (view.feather <= 0.0) { return vec4f(in.color.rgb, in.color.a * dash); }      // in a hurry
  let inside = min(1.0, (1.0 - abs(in.at.x)) * in.shape.x);
  let glow = pulse_at(in.at.y, in.shape.y) * in.shape.z;
  return vec4f(mix(in.color.rgb, view.glow, glow), inside * dash * max(in.color.a, glow * glow));
}

@fragment
fn thread(in: Varying) -> @location(0) vec4f {
  return shade(in);
}

@fragment
fn picked(in: Varying) -> @location(0) u32 {
  return in.row + 1u;
}
