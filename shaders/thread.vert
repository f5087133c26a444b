// Threads: the twin of `vertex` in thread.wgsl.

out vec4 color;                 // rgb, alpha
out vec3 at;                    // -1 .. 1 from side to side; spacings behind the pulse's head; dashes from the first
flat out vec3 shape;            // half width in pixels, share of a spacing that glows, how strongly
flat out uint row;

void main() {
  Corner corner = corner_of(view.feather);
  float lit = (0.7 + 0.3 * max(0.0, dot(corner.front, view.light))) * occlusion(corner.along);
  float near = 1.0 - corner.fog * (corner.dashes > 0.0 && corner.mark != FADED ? ghost_fog : 1.0);
  gl_Position = corner.position;
  color = vec4(corner.color * lit, near * corner.alpha);
  at = vec3(corner.across, corner.phase - corner.along * corner.pattern.x, 0.5 + (corner.along - 0.5) * corner.dashes);
  shape = vec3(corner.half_width, corner.pattern.y, corner.pattern.z * near);
  row = corner.row;
}
