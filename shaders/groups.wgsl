// How edges are dealt out: `share` rows that run together to each lane, the next 64 * share to each workgroup.
//
//   rows    0 .. share-1 | share .. 2 share-1 | ... | 64 share ..
//   lane         0       |         1          | ... |  lane 0 of the next group

/// More than one where a processor plays the graphics card: to begin a lane costs it more than a row does.
override share: u32 = 1u;

/// Lanes of a workgroup.
const GROUP = 64u;

fn groups_of(edges: u32) -> u32 {
  let rows = GROUP * share;
  return (edges + rows - 1u) / rows;
}

/// Groups are numbered along two dimensions, because one holds 65,535 of them at most.
fn group_at(id: vec3u, groups: vec3u) -> u32 {
  return id.y * groups.x + id.x;
}

/// A lane's first row and the one after its last.
struct Rows { first: u32, end: u32 }

fn rows_of(group: u32, lane: u32) -> Rows {
  let first = (group * GROUP + lane) * share;
  return Rows(min(first, view.edges), min(first + share, view.edges));
}
