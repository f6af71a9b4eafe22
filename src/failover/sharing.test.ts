// How free addresses are shared out when there are more of them than one step may move.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pair } from './testing.ts';

test('a pool larger than one run gives away is shared out half and half in the same minute', () => {
  // More than two runs of 20,000 give away.
  const pair = new Pair({ range: '10.77.0.10-10.77.195.90' });
  pair.start('a');
  pair.start('b');
  pair.run(5);
  pair.command('a', 'failover.init', { identity: 'p', yes: true });
  pair.run(60);
  assert.equal(pair.states(), 'normal normal');
  const total = pair.count('a', 'free') + pair.count('a', 'backup');
  assert.ok(Math.abs(pair.count('a', 'backup') - total / 2) <= 1, `${pair.count('a', 'backup')} of ${total}`);
  assert.equal(pair.count('b', 'backup'), pair.count('a', 'backup'));
});
