// Smooths steps along silhouettes where the picture has one sample a pixel (software adapters, at rest).
// After FXAA (Lottes 2009), the short form: blend along the edge that the four diagonal neighbours show.

@group(0) @binding(0) var picture: texture_2d<f32>;
@group(0) @binding(1) var between: sampler;

const FLAT = 0.04;          // contrast below which nothing is an edge
const LONGEST = 6.0;        // pixels looked along an edge

@vertex
fn vertex(@builtin(vertex_index) index: u32) -> @builtin(position) vec4f {
  return vec4f(f32(index & 1u) * 4.0 - 1.0, f32(index >> 1u) * 4.0 - 1.0, 0.0, 1.0);
}

fn light_of(color: vec3f) -> f32 {
  return dot(color, vec3f(0.3, 0.59, 0.11));
}

@fragment
fn single(@builtin(position) position: vec4f) -> @location(0) vec4f {
  let size = vec2i(textureDimensions(picture));
  let at = vec2i(position.xy);
  let middle = textureLoad(picture, at, 0);
  let low = max(at - 1, vec2i(0));
  let high = min(at + 1, size - 1);
  let nw = light_of(textureLoad(picture, low, 0).rgb);
  let ne = light_of(textureLoad(picture, vec2i(high.x, low.y), 0).rgb);
  let sw = light_of(textureLoad(picture, vec2i(low.x, high.y), 0).rgb);
  let se = light_of(textureLoad(picture, high, 0).rgb);
  let own = light_of(middle.rgb);
  let least = min(own, min(min(nw, ne), min(sw, se)));
  let most = max(own, max(max(nw, ne), max(sw, se)));
  if (most - least < FLAT) { return middle; }
  let slope = vec2f(sw + se - nw - ne, nw + sw - ne - se);
  let along = clamp(slope / (min(abs(slope.x), abs(slope.y)) + 0.02), vec2f(-LONGEST), vec2f(LONGEST));
  let unit = 1.0 / vec2f(size);
  let here = position.xy * unit;
  let near = 0.5 * (textureSampleLevel(picture, between, here - along * unit / 6.0, 0.0)
    + textureSampleLevel(picture, between, here + along * unit / 6.0, 0.0));
  let far = 0.5 * near + 0.25 * (textureSampleLevel(picture, between, here - along * unit * 0.5, 0.0)
    + textureSampleLevel(picture, between, here + along * unit * 0.5, 0.0));
  let light = light_of(far.rgb);
  return select(far, near, light < least || light > most);
}
