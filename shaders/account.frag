// The round surface of an account: the twin of the fragment shaders in account.wgsl.

in vec2 disc;
flat in vec4 color;
flat in float fog;
flat in uint row;

#ifdef PICKED
out uint picked;
void main() {
  if (dot(disc, disc) > 1.0 && color.a > 1.0) discard;   // the disc of a small one may lie between the pixels
  picked = (row + 1u) | 0x80000000u;
}
#else

uniform bool sampled;
out vec4 pixel;

void main() {
  float inside = clamp((1.0 - length(disc)) * color.a + 0.5, 0.0, 1.0);
  if (sampled ? inside < 0.125 : dot(disc, disc) > 1.0) discard;
  // Spheres of few pixels are lit as discs: round shading would only flicker from pixel to pixel.
  vec2 x = disc * clamp(0.4 * color.a - 0.6, 0.0, 0.97);
  float h = sqrt(max(0.0, 1.0 - dot(x, x)));
  vec3 normal = x.x * view.right + x.y * view.up + h * view.back;
  float key = max(0.0, dot(normal, view.light));
  float mirror = max(0.0, dot(normal, view.halfway));
  float glint2 = mirror * mirror;
  float glint8 = glint2 * glint2 * glint2 * glint2;
  float rim = 1.0 - h;
  vec3 shaded = color.rgb * (0.55 + 0.55 * key) + 0.3 * glint8 * glint8;
  shaded = mix(shaded, view.edge, rim * rim * rim);
  pixel = vec4(mix(shaded, view.background, fog), inside);
}
#endif
