// Tubes, alerts and ghosts: the twin of `vertex` in artery.wgsl.

out vec2 off;                   // -1 .. 1 from side to side, and half widths beyond the end
out vec2 along;                 // spacings behind the pulse's head; beads from the first
out vec4 lit;                   // side.light, front.light, side.half, front.half
out vec3 facing;                // front.to_eye, fog, occlusion
flat out vec3 color;
flat out vec4 pattern;          // spacings, share that glows, how strongly, half width in pixels
flat out uint row;
#ifdef BEADED
flat out vec3 beads;            // in half widths: from one to the next, what is straight of each, string
#endif

void main() {
  Corner corner = corner_of(0.0);
  gl_Position = corner.position;
  off = vec2(corner.across, corner.past);
  along = vec2(corner.phase - corner.along * corner.pattern.x, 0.5 + (corner.along - 0.5) * (corner.beads > 0.0 ? corner.beads : corner.dashes));
  lit = vec4(dot(corner.side, view.light), dot(corner.front, view.light),
    dot(corner.side, view.halfway), dot(corner.front, view.halfway));
  facing = vec3(dot(corner.front, corner.to_eye), corner.fog, occlusion(corner.along));
  color = corner.color;
  pattern = vec4(corner.pattern, corner.half_width);
  row = corner.row;
#ifdef BEADED
  beads = corner.bead;
#endif
}
