// The round surface of an artery, and the beads of an alert: the twin of the fragment shaders in artery.wgsl.

in float across;
in vec2 along;
in vec4 lit;
in vec2 facing;
flat in vec4 color;
flat in vec3 pattern;
flat in uint row;

#ifdef PICKED
out uint picked;
void main() { picked = row + 1u; }
#else

uniform bool sampled;           // four samples a pixel: alpha says how many are covered
out vec4 pixel;

/// A band of light with a sharp head and a long tail.
float pulse_at(float behind, float glow) {
  float tail = max(0.0, 1.0 - fract(behind) / max(glow, 1e-3));
  return glow > 0.0 ? tail * (2.0 - tail) : 0.0;
}

vec3 shade(float x) {
  float h = sqrt(max(0.0, 1.0 - x * x));
  float key = max(0.0, x * lit.x + h * lit.y);
  float mirror = max(0.0, x * lit.z + h * lit.w);
  float glint2 = mirror * mirror;
  float glint8 = glint2 * glint2 * glint2 * glint2;
  float near_end = 1.0 - 0.3 * exp2(-24.0 * min(along.y, 1.0 - along.y));
  vec3 shaded = mix(color.rgb, view.glow, 0.85 * pulse_at(along.x, pattern.y));
  shaded *= (0.62 + 0.46 * key) * near_end;
  shaded += 0.22 * glint8 * glint8;
  float rim = 1.0 - h * facing.x;
  shaded = mix(shaded, view.edge, rim * rim * rim * min(1.0, 0.45 * pattern.z));
  return mix(shaded, view.background, facing.y);
}

#ifdef ALERT
/// A string of beads: between two beads the tube is a thread.
void main() {
  float x = across / mix(0.32, 1.0, sqrt(abs(sin(3.14159265 * along.y * pattern.x))));
  float inside = clamp((1.0 - abs(x)) * pattern.z + 0.5, 0.0, 1.0);
  if (sampled ? inside < 0.125 : abs(x) > 1.0) discard;
  pixel = vec4(shade(clamp(x, -1.0, 1.0)), inside);
}
#else
void main() {
  vec3 shaded = shade(across);
  pixel = sampled ? vec4(shaded, max(0.25, color.a)) : vec4(mix(view.background, shaded, color.a), 1.0);
}
#endif
#endif
