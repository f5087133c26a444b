// Smooths steps along silhouettes where the picture has one sample a pixel: the twin of smooth.wgsl, after FXAA (Lottes
// 2009). Rows run upwards here, which changes the sign of `along` only.

uniform sampler2D picture;
out vec4 pixel;

const float FLAT = 0.04;        // contrast below which nothing is an edge
const float LONGEST = 6.0;      // pixels looked along an edge

float light_of(vec3 color) {
  return dot(color, vec3(0.3, 0.59, 0.11));
}

float light_at(int x, int y) {
  return light_of(texelFetch(picture, ivec2(x, y), 0).rgb);
}

vec3 mixed(vec2 here, vec2 apart) {
  return textureLod(picture, here - apart, 0.0).rgb + textureLod(picture, here + apart, 0.0).rgb;
}

void main() {
  ivec2 size = textureSize(picture, 0);
  ivec2 place = ivec2(gl_FragCoord.xy);
  ivec2 low = max(place - 1, ivec2(0)), high = min(place + 1, size - 1);
  pixel = texelFetch(picture, place, 0);
  float nw = light_at(low.x, low.y), ne = light_at(high.x, low.y);
  float sw = light_at(low.x, high.y), se = light_at(high.x, high.y);
  float own = light_of(pixel.rgb);
  float least = min(own, min(min(nw, ne), min(sw, se)));
  float most = max(own, max(max(nw, ne), max(sw, se)));
  if (most - least < FLAT) return;
  vec2 slope = vec2(sw + se - nw - ne, nw + sw - ne - se);
  vec2 along = clamp(slope / (min(abs(slope.x), abs(slope.y)) + 0.02), -LONGEST, LONGEST) / vec2(size);
  vec2 here = gl_FragCoord.xy / vec2(size);
  vec3 near = 0.5 * mixed(here, along / 6.0);
  vec3 far = 0.5 * near + 0.25 * mixed(here, along * 0.5);
  float light = light_of(far);
  pixel.rgb = light < least || light > most ? near : far;
}
