// The round surface of a tube, and the beads of an alert or a ghost: the twin of the fragment shaders in artery.wgsl.

in vec2 off;
in vec2 along;
in vec4 lit;
in vec3 facing;
flat in vec3 color;
flat in vec4 pattern;
flat in uint row;
#ifdef BEADED
flat in vec3 beads;
#endif

#ifdef PICKED
out uint picked;
void main() { picked = row + 1u; }
#else

uniform bool sampled;           // four samples a pixel: alpha says how many are covered
out vec4 pixel;

/// A tube of few pixels is lit as if it were flat: its round shading would only flicker from pixel to pixel.
float roundness(float half_width) {
  return clamp(0.5 * half_width - 0.4, 0.0, 1.0);
}

vec3 shade(vec2 place) {
  vec2 at = place * roundness(pattern.w);
  float x = at.x;
  float h = sqrt(max(0.0, 1.0 - dot(at, at)));
  float key = max(0.0, x * lit.x + h * lit.y);
  float mirror = max(0.0, x * lit.z + h * lit.w);
  float glint2 = mirror * mirror;
  float glint8 = glint2 * glint2 * glint2 * glint2;
  float rim = 1.0 - h * facing.x;
  vec3 shaded = mix(color, view.glow, pattern.z * pulse_at(along.x, pattern.y));
  shaded = shaded * ((0.62 + 0.48 * key) * facing.z) + 0.25 * glint8 * glint8;
  shaded = mix(shaded, view.edge, rim * rim * rim * min(0.9, 0.3 * pattern.w));
  return mix(shaded, view.background, facing.y);
}

#ifdef BEADED
void main() {
  float from = (fract(along.y) - 0.5) * beads.x;
  float past = sign(from) * max(0.0, abs(from) - beads.y);
  float high = sqrt(max(0.0, 1.0 - past * past));
  bool on = high > max(beads.z, 0.0);
  float deep = (on ? high : beads.z) - abs(off.x);
  float inside = clamp(deep * pattern.w + 0.5, 0.0, 1.0);
  if (sampled ? inside < 0.125 : deep < 0.0) discard;
  pixel = vec4(shade(on ? vec2(off.x, past) : vec2(off.x / beads.z, 0.0)), inside);
}
#else
void main() { pixel = vec4(shade(off), 1.0); }
#endif
#endif
