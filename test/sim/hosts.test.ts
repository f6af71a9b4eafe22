// Host edits on both nodes, partitions and crashes: both end equal, and nothing that was durable is silently lost.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runHosts } from './hosts.ts';

const isNight = process.env['LEASEHOLD_NIGHT'] === '1';
const seeds = isNight ? 10_000 : 200;

/**
 * A host whose writer had known what another was before that one took its address, elsewhere and unseen; hosts of before the first link,
 * and one that was deleted then and on the other node, too.
 */
for (const seed of [6091, 6249, 3943])
  test(`seed ${seed}, which once failed`, () => assert.deepEqual(runHosts(seed).problems, []));

test(`${seeds} seeds of hosts edited on both nodes: equal in the end, nothing lost unseen`, () => {
  let [edits, conflicts, crashes] = [0, 0, 0];
  for (let seed = 1; seed <= seeds; seed++) {
    const run = runHosts(seed);
    assert.deepEqual(run.problems, [], `seed ${seed} of runHosts in test/sim/hosts.ts`);
    edits += run.edits;
    conflicts += run.conflicts;
    crashes += run.crashes;
  }
  assert.ok(edits > seeds * 40 && conflicts > seeds && crashes > seeds, `${edits} edits, ${conflicts} conflicts, ${crashes} crashes were too few`);
  console.log(`${edits} edits, ${conflicts} conflicts, ${crashes} crashes`);
});
