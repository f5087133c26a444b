// One corner of a ribbon that faces the eye, in one triangle strip for each bucket: the twin of ribbon.wgsl. What the cull
// pass of cull.wgsl prepares is worked out here for each vertex; the CPU has culled and sorted already (webgl2/cull.ts).
//
//   lists   row, row, row ...            curves  a.xyz length | b | c | d      states  from, to, phase, emphasis
//           one bucket after the other           four texels an edge                   one texel an edge

uniform highp usampler2D lists;
uniform highp sampler2D curves;
uniform highp usampler2D states;
uniform uvec3 bucket;           // first in lists; segments; rings that round off each end, see lod.wgsl

struct Corner {
  uint row;
  uint mark;
  vec4 position;
  vec3 to_eye;
  vec3 side;
  vec3 front;
  float across;        // -1 or 1, less on the round end
  float past;          // half widths beyond the curve's end
  float along;         // share of the length
  float half_width;    // pixels, never below view.thin, feather included
  float alpha;         // of a thread: the thinner the fainter
  float fog;
  vec3 color;
  float beads;         // of an alert; 0 elsewhere
  float dashes;        // of a ghost, which stands in no record; 0 elsewhere
  vec3 bead;           // as in artery.wgsl
  vec3 pattern;        // spacings of pulses along the artery; share of a spacing that glows; how strongly
  float phase;
};

vec4 bytes(uint word) {
  return vec4(uvec4(word, word >> 8u, word >> 16u, word >> 24u) & 255u) / 255.0;
}

float speed_of(float pulse) {
  return mix(pulse_speed_low, pulse_speed_high, pulse);
}

/// See pulse.wgsl.
float phase_now(float kept, float old, float new) {
  float from = speed_of(old), to = speed_of(new);
  if (view.elapsed <= 0.0) return kept + from * view.elapsed;
  float inside = min(view.elapsed, view.transition);
  float ramp = view.transition > 0.0 ? 0.5 * (to - from) * inside * inside / view.transition : 0.0;
  return kept + from * inside + ramp + to * (view.elapsed - inside);
}

vec3 color_at(float value) {
  float at = clamp(value, 0.0, 1.0) * 7.0;
  uint below = min(uint(at), 6u);
  return mix(view.colors[below].rgb, view.colors[below + 1u].rgb, at - float(below));
}

/// Darker where arteries meet, as if they shaded one another.
float occlusion(float along) {
  return 1.0 - 0.35 * exp2(-20.0 * min(along, 1.0 - along));
}

/// What belongs to the artery as a whole; gives its radius.
float dress(inout Corner corner, float length) {
  uvec4 state = texelFetch(states, texel(corner.row), 0);
  vec4 old = bytes(state.x), new = bytes(state.y);
  vec4 shown = mix(old, new, view.shown);
  bool alarmed = new.w >= 0.5, faded = state.w == FADED;
  float radius = view.thinnest * pow(view.thickest / view.thinnest, shown.x);
  radius *= (alarmed ? alert_swell : 1.0) * (faded ? 0.6 : state.w == NEAR ? 0.8 : state.w >= SELECTED ? 1.3 : 1.0);
  corner.color = shown.z * 255.0 >= 0.5 ? color_at((shown.z * 255.0 - 1.0) / 254.0) : corner.row >= view.ghosts ? view.ghost : view.unknown;
  if (alarmed) corner.color = view.alert;
  float glow = mix(pulse_length_low, pulse_length_high, shown.x);
  corner.pattern = vec3(max(1.0, floor(length / pulse_spacing + 0.5)), glow, faded || alarmed ? 0.0 : sqrt(shown.y));
  corner.beads = alarmed ? 1.0 : 0.0;
  corner.phase = phase_now(uintBitsToFloat(state.z), old.y, new.y);
  corner.mark = state.w;
  return radius;
}

float alpha_of(float half_width) {
  float rest = clamp((half_width - view.thin) / (view.thread - view.thin), 0.0, 1.0);
  return mix(mix(view.faintest, view.densest, min(1.0, half_width / view.thin)), max(0.55, view.densest), rest * rest);
}

float seen(vec3 way, vec3 sight) {
  return length(way - sight * dot(way, sight));
}

/// See artery.wgsl.
float looks_long(vec3 a, vec3 b, vec3 c, vec3 d) {
  vec3 sight = normalize(view.eye - 0.5 * (b + c));
  float path = seen(b - a, sight) + seen(c - b, sight) + seen(d - c, sight);
  return 0.5 * (path + seen(d - a, sight));
}

/// `feather`: pixels that are added to each side.
Corner corner_of(float feather) {
  uint index = uint(gl_VertexID);
  uint size = 2u * (bucket.y + 2u * bucket.z) + 4u;
  uint nth = clamp(index % size, 1u, size - 2u) - 1u;
  int ring = int(nth / 2u) - int(bucket.z);
  int on_curve = clamp(ring, 0, int(bucket.y));
  float turn = float(ring - on_curve) * 0.7853982;      // a quarter of a circle in two steps
  float t = float(on_curve) / float(bucket.y);
  Corner corner;
  corner.row = texelFetch(lists, texel(bucket.x + index / size), 0).r;
  vec4 a = texelFetch(curves, texel(4u * corner.row), 0);
  vec3 b = texelFetch(curves, texel(4u * corner.row + 1u), 0).xyz;
  vec3 c = texelFetch(curves, texel(4u * corner.row + 2u), 0).xyz;
  vec3 d = texelFetch(curves, texel(4u * corner.row + 3u), 0).xyz;
  float radius = dress(corner, a.w);

  float u = 1.0 - t;
  vec3 center = u * u * u * a.xyz + 3.0 * u * u * t * b + 3.0 * u * t * t * c + t * t * t * d;
  vec3 tangent = normalize(u * u * (b - a.xyz) + 2.0 * u * t * (c - b) + t * t * (d - c));
  corner.to_eye = normalize(view.eye - center);
  vec3 sideways = cross(tangent, corner.to_eye);
  corner.side = sideways / max(length(sideways), 1e-4);
  corner.front = cross(corner.side, tangent);
  corner.across = (float(nth % 2u) * 2.0 - 1.0) * cos(turn);
  corner.past = sin(turn);
  float ends = 4.0 * distance(a.xyz, b), between = length(d - a.xyz + c - b);
  corner.along = t - 0.827 * max(0.0, ends - between) / max(ends + between, 1e-9) * (t - 0.5) * (1.0 - 4.0 * (t - 0.5) * (t - 0.5));
  float one = view.pixel * max(dot(view.eye - center, view.back), 0.05);
  float away = dot(view.eye - 0.5 * (b + c), view.back);
  bool ghost = corner.row >= view.ghosts;
  if (ghost) radius = max(radius, ghost_least * view.thread * view.pixel * max(away, 0.05));
  if (corner.mark == CHOSEN) radius = max(radius, 1.2 * view.thread * view.pixel * max(away, 0.05));
  if (corner.beads > 0.0) {
    radius = max(radius, view.bead * away);
    corner.beads = max(1.0, looks_long(a.xyz, b, c, d) / (alert_pitch * radius));
  }
  corner.dashes = 0.0;
  corner.bead = vec3(alert_pitch, 0.0, alert_string);
  if (ghost) {
    float path = distance(a.xyz, b) + distance(b, c) + distance(c, d);
    float whole = 0.5 * (path + distance(a.xyz, d));
    corner.dashes = max(2.0, whole / max(ghost_pitch, 4.0 * radius));
    corner.bead.z = -1.0;
    if (corner.beads <= 0.0) {
      float look = max(0.75, looks_long(a.xyz, b, c, d) / max(whole, 1e-9));
      float pitch = whole / (corner.dashes * radius);
      corner.bead.xy = look * vec2(pitch, max(0.0, 0.5 * ghost_dash * pitch - 1.0));
    }
  }
  corner.half_width = max(radius / one, view.thin) + feather;
  corner.alpha = max(alpha_of(radius / one), corner.dashes > 0.0 ? ghost_alpha : 0.0);
  corner.fog = hidden_at(center, corner.mark) * (corner.beads > 0.0 && corner.mark != FADED ? alert_fog : 1.0);
  vec4 position = view.clip * vec4(center + (corner.side * corner.across + tangent * corner.past) * (corner.half_width * one), 1.0);
  if (ghost) position.z *= ghost_depth;
  corner.position = placed(position, corner.mark);
  return corner;
}
