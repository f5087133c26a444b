// Buckets of arteries that are drawn alike; js/src/webgpu/cull.ts reads these numbers too.
const BUCKETS = 5u;
const ALERTS = 4u;
const SEGMENTS = array<u32, 5>(2u, 4u, 8u, 16u, 24u);

/// Vertices of one artery in a triangle strip: two a ring, first and last twice to cut strips apart.
fn vertices_of(bucket: u32) -> u32 {
  return 2u * SEGMENTS[bucket] + 4u;
}
