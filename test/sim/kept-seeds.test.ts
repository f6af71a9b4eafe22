// What once went wrong stays right; at night, with the rule broken again, it still goes wrong: else the row proves nothing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keptSeeds, readReplay } from './kept-seeds.ts';
import { mutants } from './mutant-rows.ts';
import { BrokenTree } from './mutants.ts';
import { kindOf } from './shrink.ts';
import { worlds } from './worlds.ts';

const isNight = process.env['LEASEHOLD_NIGHT'] === '1';

for (const { replay, showed, when } of keptSeeds) {
  const { world, seed, part } = readReplay(replay);
  test(`${replay}: no more ${showed} (${when})`, () => {
    const { sim, problems } = worlds[world](seed, part);
    assert.deepEqual(problems, [], `replay: npm run sim -- ${replay}`);
    assert.ok(sim.schedule.struck.length >= (part.faults?.size ?? 0) / 2, 'the faults still strike');
  });
  const mutant = mutants.find(({ name }) => name === when);
  if (isNight && mutant !== undefined)
    test(`${replay} still shows ${showed} when ${when}`, () => {
      using tree = new BrokenTree(mutant);
      const { stdout } = tree.run('test/sim/run.ts', ...replay.split(' '), '--lines', '0');
      const kinds = stdout.split('\n').map((line) => kindOf(line.trim().replace(/^seed \d+: /, '')));
      assert.ok(kinds.includes(showed), stdout);
    });
}
