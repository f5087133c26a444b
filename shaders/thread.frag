// Translucent threads: the twin of the fragment shaders in thread.wgsl.

in vec4 color;
in vec3 at;
flat in vec3 shape;
flat in uint row;

#ifdef PICKED
out uint picked;
void main() { picked = row + 1u; }
#else

out vec4 pixel;

void main() {
  float dash = 1.0;
  if (view.ghosts < view.edges) {
    float size = max(fwidth(at.z), 1e-6);      // of a pixel, in dashes
    dash = clamp((0.5 * ghost_dash - abs(fract(at.z) - 0.5)) / size + 0.5, 0.0, 1.0);
  }
  if (view.feather <= 0.0) {      // in a hurry
    pixel = vec4(color.rgb, color.a * dash);
    return;
  }
  float inside = min(1.0, (1.0 - abs(at.x)) * shape.x);
  float glow = pulse_at(at.y, shape.y) * shape.z;
  vec3 ink = mix(color.rgb, view.glow, glow);
  float alpha = inside * dash * max(color.a, glow * glow);
  pixel = vec4(ink, alpha);
}
#endif
