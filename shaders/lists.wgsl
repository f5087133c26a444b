// Rows of each bucket, in order of rows, and how many vertices that makes. Appending with atomics would be shorter, but in
// another order each time, and translucent threads would flicker.
//
//   totals[bucket]   3 0 2 5 ...   --scan-->   0 3 3 5 ...        draws[bucket] = 10 x vertices of one artery
//   places           each row's bucket   --scatter-->   lists[bucket] = rows, each at its group's start + its rank there

@group(0) @binding(0) var<uniform> view: View;
@group(0) @binding(1) var<storage, read> places: array<u32>;
@group(0) @binding(2) var<storage, read_write> totals: array<u32>;
@group(0) @binding(3) var<storage, read_write> lists: array<u32>;
@group(0) @binding(4) var<storage, read_write> draws: array<u32>;

var<workgroup> sums: array<u32, GROUP>;
var<workgroup> counts: array<array<u32, BUCKETS>, GROUP>;   // of each lane's rows, those in each bucket

/// One workgroup a bucket; each lane walks over a share of the groups, twice.
@compute @workgroup_size(GROUP)
fn scan(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) lane: u32) {
  let bucket = id.x;
  let groups = groups_of(view.edges);
  let share = (groups + GROUP - 1u) / GROUP;
  let start = bucket * groups + min(lane * share, groups);
  let end = bucket * groups + min((lane + 1u) * share, groups);
  var sum = 0u;
  for (var i = start; i < end; i++) { sum += totals[i]; }
  sums[lane] = sum;
  workgroupBarrier();
  var before = 0u;
  for (var i = 0u; i < lane; i++) { before += sums[i]; }
  for (var i = start; i < end; i++) {
    let count = totals[i];
    totals[i] = before;
    before += count;
  }
  if (lane == GROUP - 1u) { draws[4u * bucket] = before * vertices_of(bucket); }
}

@compute @workgroup_size(GROUP)
fn scatter(
  @builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let group = group_at(id, groups);
  let rows = rows_of(group, lane);
  for (var row = rows.first; row < rows.end; row++) {
    if (places[row] != NOWHERE) { counts[lane][places[row]]++; }
  }
  workgroupBarrier();
  for (var bucket = 0u; bucket < BUCKETS; bucket++) {
    if (counts[lane][bucket] == 0u) { continue; }
    var at = bucket * view.edges + totals[bucket * groups_of(view.edges) + group];
    for (var i = 0u; i < lane; i++) { at += counts[i][bucket]; }
    for (var row = rows.first; row < rows.end; row++) {
      if (places[row] == bucket) {
        lists[at] = row;
        at++;
      }
    }
  }
}
