// Arteries as impostors, in one triangle strip for each bucket: the twin of `vertex` in artery.wgsl. What its cull pass
// prepares is worked out here for each vertex; the CPU has culled and sorted already (js/src/webgl2/cull.ts).
//
//   lists   row, row, row ...            curves  a.xyz length | b | c | d      states  from, to, phase, emphasis
//           one bucket after the other           four texels an edge                   one texel an edge

uniform highp usampler2D lists;
uniform highp sampler2D curves;
uniform highp usampler2D states;
uniform uvec2 bucket;           // first in lists; segments

out float across;               // -1 .. 1 from side to side
out vec2 along;                 // spacings behind the pulse's head; share of the length
out vec4 lit;                   // side.light, front.light, side.half, front.half
out vec2 facing;                // front.to_eye; fog
flat out vec4 color;            // rgb, coverage
flat out vec3 pattern;          // spacings or beads, glow, radius in pixels
flat out uint row;

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

void main() {
  uint index = uint(gl_VertexID);
  uint size = 2u * bucket.y + 4u;
  row = texelFetch(lists, texel(bucket.x + index / size), 0).r;
  uint corner = clamp(index % size, 1u, size - 2u) - 1u;
  float t = float(corner / 2u) / float(bucket.y);

  vec4 a = texelFetch(curves, texel(4u * row), 0);
  vec3 b = texelFetch(curves, texel(4u * row + 1u), 0).xyz;
  vec3 c = texelFetch(curves, texel(4u * row + 2u), 0).xyz;
  vec3 d = texelFetch(curves, texel(4u * row + 3u), 0).xyz;
  float u = 1.0 - t;
  vec3 center = u * u * u * a.xyz + 3.0 * u * u * t * b + 3.0 * u * t * t * c + t * t * t * d;
  vec3 tangent = normalize(u * u * (b - a.xyz) + 2.0 * u * t * (c - b) + t * t * (d - c));
  vec3 to_eye = normalize(view.eye - center);
  vec3 sideways = cross(tangent, to_eye);
  vec3 side = sideways / max(length(sideways), 1e-4);
  vec3 front = cross(side, tangent);

  uvec4 state = texelFetch(states, texel(row), 0);
  vec4 old = bytes(state.x), new = bytes(state.y);
  vec4 shown = mix(old, new, view.shown);
  bool alarmed = new.w >= 0.5, faded = state.w == FADED;
  float radius = view.crowd * radius_low * pow(radius_high / radius_low, shown.x);
  radius *= (alarmed ? alert_swell : 1.0) * (faded ? 0.6 : state.w == SELECTED ? 1.3 : 1.0);
  vec3 tint = shown.z * 255.0 < 0.5 ? view.unknown : color_at((shown.z * 255.0 - 1.0) / 254.0);
  if (alarmed) tint = view.alert;
  if (faded) tint = mix(tint, view.background, 0.8);

  vec4 at = view.clip * vec4(center, 1.0);
  float one = view.pixel * max(at.w, 0.05);
  float half_width = max(radius / one, view.thin);
  across = float(corner % 2u) * 2.0 - 1.0;
  gl_Position = placed(view.clip * vec4(center + side * (across * half_width * one), 1.0), faded);
  float count = max(1.0, floor(a.w / (alarmed ? max(alert_pitch, 2.4 * radius) : pulse_spacing) + 0.5));
  float share = t + arc_wobble * sin(6.2831853 * t);
  along = vec2(phase_now(uintBitsToFloat(state.z), old.y, new.y) - share * count, share);
  lit = vec4(dot(side, view.light), dot(front, view.light), dot(side, view.halfway), dot(front, view.halfway));
  facing = vec2(dot(front, to_eye), fog_at(center));
  color = vec4(tint, min(1.0, radius / one / view.thin));
  pattern = vec3(count, faded ? 0.0 : mix(pulse_length_low, pulse_length_high, shown.x), half_width);
}
