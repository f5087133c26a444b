// Buckets of arteries that are drawn alike; BUCKETS in js/src/webgpu/buffers.ts mirrors this table.
//
//   0, 1     threads: at most THREAD pixels to each side, lit at their corners only
//   2, 3, 4  tubes
//   5        alerts
const ALERTS = 5u;
const TUBES = 2u;
const SEGMENTS = array<u32, 6>(2u, 6u, 4u, 8u, 16u, 24u);
const THREAD = 1.2;

/// Vertices of one artery in a triangle strip: two a ring, first and last twice to cut strips apart.
fn vertices_of(bucket: u32) -> u32 {
  return 2u * SEGMENTS[bucket] + 4u;
}
