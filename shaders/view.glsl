// What one drawn frame depends on, and what all GLSL programs share: the twin of view.wgsl, look.wgsl and curve.wgsl.
// js/src/webgl2/programs.ts puts it before every .vert and .frag, after the numbers of frames/look.json.

layout(std140) uniform View {
  mat4 clip;            // world to clip space, depth 0..1 as WebGPU has it
  vec3 eye;
  float pixel;          // size of a device pixel at distance 1
  vec3 right;           // the camera's axes
  float shown;          // 0..1: how far the transition from old to new channels has come
  vec3 up;
  float elapsed;        // seconds on the animation's clock since phases were rebased
  vec3 back;
  float transition;     // seconds that a transition of channels takes
  vec3 light;           // towards the key light, in the world; moves with the camera
  float fog_near;
  vec3 halfway;         // halfway between key light and eye
  float fog_far;
  vec3 background;
  float fog;            // the most that fog hides
  vec3 glow;            // colour of a pulse
  float bead;           // half width of an alert at least, at distance 1: its beads can be told
  vec3 edge;            // what a silhouette fades to
  float keep;
  vec3 account;
  float tolerance;
  vec3 unknown;
  uint edges;
  vec3 alert;
  float feather;        // pixels over which a thread fades to both sides; 0 in a hurry
  vec3 selected;
  float thin;           // half width in pixels below which an artery fades instead of shrinking
  vec3 ghost;           // an artery that stands in no record, where its value is unknown
  uint ghosts;          // the first row of them
  vec2 focal;
  float faintest;       // a thread's least and most alpha
  float densest;
  float crowd;          // thinner where arteries are many, see `crowd` in frames/scene.py
  float thread;         // half width in pixels up to which an artery is a thread
  float sure;           // of use where arteries are chosen
  float power;
  float thinnest;       // radius of the thinnest and thickest artery, see `widths` in frames/scene.py
  float thickest;
  vec4 colors[8];
} view;

const uint FADED = 1u;
const uint NEAR = 2u;
const uint SELECTED = 3u;
const uint CHOSEN = 4u;

float fog_at(vec3 position) {
  float depth = dot(view.eye - position, view.back);
  return view.fog * clamp((depth - view.fog_near) / (view.fog_far - view.fog_near), 0.0, 1.0);
}

/// What is not meant stands as if in the thickest fog, what only goes with it in less; what is meant in hardly any.
float hidden_at(vec3 position, uint mark) {
  float fog = fog_at(position);
  if (mark >= SELECTED) return 0.4 * fog;
  return max(fog, mark == FADED ? 0.8 : mark == NEAR ? 0.5 : 0.0);
}

/// A band of light with a short head and a long tail, so that a still picture shows the direction too.
float pulse_at(float behind, float glow) {
  float at = fract(behind) / glow;
  float tail = max(0.0, 1.0 - at);
  return min(1.0, 5.0 * at) * tail * tail;
}

/// WebGPU's clip space to WebGL's; what is meant lies in the foremost third of the depths, see `layered` in view.wgsl.
vec4 placed(vec4 at, uint mark) {
  at.z = (at.z + (mark == FADED ? 2.0 : mark == NEAR ? 1.0 : 0.0) * at.w) / 3.0;
  return vec4(at.xy, 2.0 * at.z - at.w, at.w);
}

/// Where the texel of a number lies: data textures are WIDTH texels wide and read by texelFetch alone, as normalised
/// coordinates miss texels on some machines (cosmos history, 2026-07-30-data-texture-addressing.md).
ivec2 texel(uint number) {
  return ivec2(number % WIDTH, number / WIDTH);
}
