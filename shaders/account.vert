// Accounts as sphere impostors: one triangle round a disc; the twin of `vertex` in account.wgsl.

uniform highp sampler2D positions;   // xyz; turnover 0..255 and 256 times the emphasis

out vec2 disc;
flat out vec4 color;                 // rgb, radius in pixels
flat out float fog;
flat out uint row;

void main() {
  row = uint(gl_VertexID) / 3u;
  float angle = float(gl_VertexID % 3) * 2.0943951 - 2.6179939;
  disc = 2.0 * vec2(cos(angle), sin(angle));
  vec4 account = texelFetch(positions, texel(row), 0);
  uint mark = uint(account.w) / 256u;
  float turnover = (account.w - 256.0 * float(mark)) / 255.0;
  float radius = view.crowd * account_low * pow(account_high / account_low, turnover);
  radius *= mark == FADED ? 0.6 : mark == SELECTED ? 1.3 : 1.0;

  float one = view.pixel * max((view.clip * vec4(account.xyz, 1.0)).w, 0.05);
  float half_width = turnover == 0.0 ? 0.0 : max(radius, one * view.thin);   // size 0: not there
  vec3 center = account.xyz + 0.8 * half_width * normalize(view.eye - account.xyz);
  uint meant = mark == NEAR ? 0u : mark;   // the spheres at both ends of what is selected are
  gl_Position = placed(view.clip * vec4(center + half_width * (disc.x * view.right + disc.y * view.up), 1.0), meant);
  vec3 tint = mark == SELECTED ? view.selected : view.account;
  color = vec4(tint, half_width / one);
  fog = hidden_at(account.xyz, meant);
}
