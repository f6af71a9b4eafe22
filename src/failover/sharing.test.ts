// How free addresses are shared out when there are more of them than one step may move.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromLatin1 } from '../std/bytes.ts';
import { Pair } from './testing.ts';

/** The largest number of leases that one step of a node writes down. */
function countRecords(pair: Pair): { most: number } {
  const counted = { most: 0 };
  const step = pair.step.bind(pair);
  pair.step = (node, act) =>
    step(node, (failover, effects) => {
      act(failover, effects);
      counted.most = Math.max(counted.most, fromLatin1(effects.journal.view()).split('\nlease ').length - 1);
    });
  return counted;
}

test('a pool larger than one step gives away is shared out half and half in the same minute, and told of once', () => {
  const pair = new Pair({ range: '10.77.0.10-10.77.195.90' });
  const records = countRecords(pair);
  pair.start('a');
  pair.start('b');
  pair.run(5);
  pair.command('a', 'failover.init', { identity: 'p', yes: true });
  pair.run(60);
  assert.equal(pair.states(), 'normal normal');
  const total = pair.count('a', 'free') + pair.count('a', 'backup');
  assert.ok(Math.abs(pair.count('a', 'backup') - total / 2) <= 1, `${pair.count('a', 'backup')} of ${total}`);
  assert.equal(pair.count('b', 'backup'), pair.count('a', 'backup'));
  // Packets wait for a step: it moves some addresses of the 25,000, and answers some of the partner's updates.
  assert.ok(records.most > 0 && records.most <= 1100, `${records.most} records in one step`);
  const said = pair.transcript.filter((line) => / a: (?:balancing|balanced|IMBALANCED) pool/.test(line)).map((line) => line.replace(/.* a: /, ''));
  assert.deepEqual(said.map((line) => line.split(' ')[0]), ['balancing', 'balanced'], said.join('\n'));
});
