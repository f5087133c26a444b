// The curve of an artery: a cubic Bezier; see `bends` in frames/scene.py, which this mirrors.
//
//            b ________ c
//             /        \          b = a + (d - a)/3 + |d - a| o       o: the record's bend
//            /          \         c = a + 2(d - a)/3 + |d - a| o
//          a              d
//
// A transfer to oneself is the loop a, a + L(o + p), a + L(o - p), a, with p perpendicular to o, as long as it, and L = loop_size.

struct Curve { a: vec3f, b: vec3f, c: vec3f, d: vec3f }

/// What the cull pass leaves for the vertex shaders; 64 bytes.
struct Artery {
  a: vec3f, radius: f32,
  b: vec3f, phase: f32,       // of the pulse, in spacings, at the source
  c: vec3f, pattern: u32,     // four u8: spacings along the artery; share that glows; how strongly; unevenness
  d: vec3f, color: u32,       // rgb, how it is shown (see Emphasis in js/src/scene.ts), and ALARMED
}

/// Of the color's fourth byte: the artery is an alert.
const ALARMED = 8u;

fn mark_of(artery: Artery) -> u32 {
  return (artery.color >> 24u) & 7u;
}

fn is_alert(artery: Artery) -> bool {
  return ((artery.color >> 24u) & ALARMED) != 0u;
}

fn curve_of(a: vec3f, d: vec3f, bend: vec3f, loops: bool) -> Curve {
  if (loops) {
    let other = select(vec3f(0, 0, 1), vec3f(1, 0, 0), abs(bend.z) > 0.9 * length(bend));   // a flat picture's loops lie in its plane
    let across = normalize(cross(bend, other)) * length(bend);
    return Curve(a, a + loop_size * (bend + across), a + loop_size * (bend - across), a);
  }
  let along = d - a;
  let bulge = length(along) * bend;
  return Curve(a, a + along / 3.0 + bulge, a + along * (2.0 / 3.0) + bulge, d);
}

fn point_on(curve: Curve, t: f32) -> vec3f {
  let u = 1.0 - t;
  return (u * u * u) * curve.a + (3.0 * u * u * t) * curve.b + (3.0 * u * t * t) * curve.c + (t * t * t) * curve.d;
}

fn tangent_on(curve: Curve, t: f32) -> vec3f {
  let u = 1.0 - t;
  return (u * u) * (curve.b - curve.a) + (2.0 * u * t) * (curve.c - curve.b) + (t * t) * (curve.d - curve.c);
}

/// How unevenly the parameter runs along the length: ours are symmetric, as fast at both ends and slower between.
fn unevenness_of(curve: Curve) -> f32 {
  let ends = 4.0 * distance(curve.a, curve.b);
  let between = length(curve.d - curve.a + curve.c - curve.b);
  return (ends - between) / max(ends + between, 1e-9);
}

/// Share of the length that lies before t, so that pulses keep their pace to a few percent; a cubic for a sine's wave.
fn arc_share(t: f32, unevenness: f32) -> f32 {
  let s = t - 0.5;
  return t - 0.827 * unevenness * s * (1.0 - 4.0 * s * s);
}
