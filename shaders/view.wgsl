// What one drawn frame depends on; written by js/src/webgpu/view.ts in this order.
struct View {
  clip: mat4x4f,        // world to clip space, depth 0..1
  eye: vec3f,
  pixel: f32,           // size of a device pixel at distance 1
  right: vec3f,         // the camera's axes
  shown: f32,           // 0..1: how far the transition from old to new channels has come
  up: vec3f,
  elapsed: f32,         // seconds on the animation's clock since phases were rebased; 0 where nothing may move
  back: vec3f,
  transition: f32,      // seconds that a transition of channels takes
  light: vec3f,         // towards the key light, in the world; moves with the camera
  fog_near: f32,
  half: vec3f,          // halfway between key light and eye
  fog_far: f32,
  background: vec3f,
  fog: f32,             // the most that fog hides
  glow: vec3f,          // colour of a pulse
  bead: f32,            // half width of an alert at least, at distance 1: its beads can be told
  edge: vec3f,          // what a silhouette fades to
  keep: f32,            // 0..1: share of the weakest arteries that is drawn
  account: vec3f,
  tolerance: f32,       // pixels that a drawn curve may stray from the true one
  unknown: vec3f,
  edges: u32,
  alert: vec3f,
  feather: f32,         // pixels over which a thread fades to both sides; 0 in a hurry
  selected: vec3f,
  thin: f32,            // half width in pixels below which an artery fades instead of shrinking
  ghost: vec3f,         // an artery that stands in no record, where its value is unknown
  ghosts: u32,          // the first row of them
  focal: vec2f,         // clip units for each scene unit at distance 1
  faintest: f32,        // a thread's least and most alpha
  densest: f32,
  crowd: f32,           // thinner where arteries are many, see `crowd` in frames/scene.py
  thread: f32,          // half width in pixels up to which an artery is a thread
  sure: f32,            // width from which on arteries are never left out, and how steeply the share falls below
  power: f32,
  thinnest: f32,        // radius of the thinnest and thickest artery, see `widths` in frames/scene.py
  thickest: f32,
  colors: array<vec4f, 8>,
}

// How a thing is shown beside the others: see Emphasis in js/src/scene.ts.
const FADED = 1u;
const NEAR = 2u;
const SELECTED = 3u;
const CHOSEN = 4u;

fn fog_at(position: vec3f) -> f32 {
  let depth = dot(view.eye - position, view.back);
  let t = clamp((depth - view.fog_near) / (view.fog_far - view.fog_near), 0.0, 1.0);
  return view.fog * t;
}

/// What is not meant stands as if in the thickest fog, what only goes with it in less; what is meant in hardly any.
fn hidden_at(position: vec3f, mark: u32) -> f32 {
  let fog = fog_at(position);
  if (mark >= SELECTED) { return 0.4 * fog; }
  return max(fog, select(select(0.0, 0.5, mark == NEAR), 0.8, mark == FADED));
}

/// What is meant lies in the foremost third of the depths, what goes with it behind that, what is not meant in the last.
fn layered(at: vec4f, mark: u32) -> vec4f {
  let layer = select(select(0.0, 1.0, mark == NEAR), 2.0, mark == FADED);
  return vec4f(at.xy, (at.z + layer * at.w) / 3.0, at.w);
}

/// The colour of a value: eight stops, evenly spaced, straight lines between.
fn color_at(value: f32) -> vec3f {
  let at = clamp(value, 0.0, 1.0) * 7.0;
  let below = min(u32(at), 6u);
  return mix(view.colors[below].rgb, view.colors[below + 1u].rgb, at - f32(below));
}
