// Accounts as sphere impostors: one triangle round a disc, whose fragments rebuild the round surface.
//
//            2
//           /|\            the unit disc touches all three sides;
//          / o \           the triangle lies where the sphere is nearest to the eye,
//         /_____\          so arteries end inside it
//        0       1

@group(0) @binding(0) var<uniform> view: View;
@group(0) @binding(1) var<storage, read> positions: array<vec4f>;   // xyz, turnover 0..1
@group(0) @binding(2) var<storage, read> emphasis: array<u32>;

struct Varying {
  @builtin(position) position: vec4f,
  @location(0) disc: vec2f,
  @location(1) @interpolate(flat, either) color: vec4f,     // rgb, radius in pixels
  @location(2) @interpolate(flat, either) fog: f32,
  @location(3) @interpolate(flat, either) row: u32,
}

@vertex
fn vertex(@builtin(vertex_index) index: u32) -> Varying {
  let row = index / 3u;
  let angle = f32(index % 3u) * 2.0943951 - 2.6179939;
  let disc = 2.0 * vec2f(cos(angle), sin(angle));
  let account = positions[row];
  let mark = (emphasis[row / 4u] >> (8u * (row % 4u))) & 255u;
  var radius = view.crowd * account_low * pow(account_high / account_low, account.w);
  if (mark == FADED) { radius *= 0.6; }
  if (mark == SELECTED) { radius *= 1.3; }

  let depth = (view.clip * vec4f(account.xyz, 1.0)).w;
  let one = view.pixel * max(depth, 0.05);
  let half_width = select(max(radius, one * view.thin), 0.0, account.w == 0.0);   // size 0: not there
  let center = account.xyz + 0.8 * half_width * normalize(view.eye - account.xyz);
  let corner = center + half_width * (disc.x * view.right + disc.y * view.up);

  var out: Varying;
  let meant = select(mark, 0u, mark == NEAR);   // the spheres at both ends of what is selected are
  out.position = layered(view.clip * vec4f(corner, 1.0), meant);
  out.disc = disc;
  var color = view.account;
  if (mark == SELECTED) { color = view.selected; }
  out.color = vec4f(color, half_width / one);
  out.fog = hidden_at(account.xyz, meant);
  out.row = row;
  return out;
}

/// Spheres of few pixels are lit as discs: round shading would only flicker from pixel to pixel.
fn shade(in: Varying) -> vec3f {
  let disc = in.disc * clamp(0.4 * in.color.a - 0.6, 0.0, 0.97);
  let h = sqrt(max(0.0, 1.0 - dot(disc, disc)));
  let normal = disc.x * view.right + disc.y * view.up + h * view.back;
  let key = max(0.0, dot(normal, view.light));
  let mirror = max(0.0, dot(normal, view.half));
  let glint2 = mirror * mirror;
  let glint8 = glint2 * glint2 * glint2 * glint2;
  let rim = 1.0 - h;
  var color = in.color.rgb * (0.55 + 0.55 * key) + 0.3 * glint8 * glint8;
  color = mix(color, view.edge, rim * rim * rim);
  return mix(color, view.background, in.fog);
}

struct Sampled { @location(0) color: vec4f, @builtin(sample_mask) mask: u32 }

@fragment
fn sampled(in: Varying) -> Sampled {
  let inside = clamp((1.0 - length(in.disc)) * in.color.a + 0.5, 0.0, 1.0);
  return Sampled(vec4f(shade(in), 1.0), 0x0fu >> (4u - u32(inside * 4.0 + 0.5)));
}

@fragment
fn single(in: Varying) -> @location(0) vec4f {
  if (dot(in.disc, in.disc) > 1.0) { discard; }
  return vec4f(shade(in), 1.0);
}

@fragment
fn picked(in: Varying) -> @location(0) u32 {
  if (dot(in.disc, in.disc) > 1.0 && in.color.a > 1.0) { discard; }   // the disc of a small one may lie between the pixels
  return (in.row + 1u) | 0x80000000u;
}
