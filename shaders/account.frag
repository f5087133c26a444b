// The round surface of an account: the twin of the fragment shaders in account.wgsl.

in vec2 disc;
flat in vec4 color;
flat in float fog;
flat in uint row;

#ifdef PICKED
out uint picked;
void main() {
  if (dot(disc, disc) > 1.0) discard;
  picked = (row + 1u) | 0x80000000u;
}
#else

uniform bool sampled;
out vec4 pixel;

void main() {
  float inside = clamp((1.0 - length(disc)) * color.a + 0.5, 0.0, 1.0);
  if (sampled ? inside < 0.125 : dot(disc, disc) > 1.0) discard;
  float h = sqrt(max(0.0, 1.0 - dot(disc, disc)));
  vec3 normal = disc.x * view.right + disc.y * view.up + h * view.back;
  float glint2 = pow(max(0.0, dot(normal, view.halfway)), 24.0);
  vec3 shaded = color.rgb * (0.58 + 0.5 * max(0.0, dot(normal, view.light))) + 0.25 * glint2;
  float rim = 1.0 - h;
  shaded = mix(shaded, view.edge, rim * rim * rim * 0.8);
  pixel = vec4(mix(shaded, view.background, fog), inside);
}
#endif
