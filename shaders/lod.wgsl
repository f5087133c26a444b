// Buckets of arteries that are drawn alike; BUCKETS in js/src/webgpu/buffers.ts mirrors this table.
//
//   0, 1, 2  threads: at most view.thread pixels to each side, lit at their corners only
//   3, 4, 5  tubes
//   6        beaded: alerts, and tubes of ghosts, whose beads are drawn out to dashes
const BUCKETS = 7u;
const NOWHERE = 255u;
const BEADED = 6u;
const TUBES = 3u;
const SEGMENTS = array<u32, 7>(2u, 6u, 14u, 4u, 8u, 16u, 24u);

/// Rings that round off each end of a tube: it may be wider than the sphere there. Threads and strings are too thin to show it.
fn caps_of(bucket: u32) -> u32 {
  return select(0u, 2u, bucket >= TUBES && bucket < BEADED);
}

/// Vertices of one artery in a triangle strip: two a ring, first and last twice to cut strips apart.
fn vertices_of(bucket: u32) -> u32 {
  return 2u * (SEGMENTS[bucket] + 2u * caps_of(bucket)) + 4u;
}
