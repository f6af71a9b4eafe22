// All 7 × 7 moves for every cause, absent ones included.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bindingCode, bindingStates } from '../model/binding-state.ts';
import { leaseCauses, mayMove, nextStateOf, type LeaseCause } from './transitions.ts';

/** Rows: from, columns: to, both in the order free active expired released abandoned reset backup. `x` may happen. */
const expected: Readonly<Record<LeaseCause, string>> = {
  //              free    active  expired released abandnd reset   backup
  grant: `       .x..... .x..... .x..... .x..... .x..... .x..... .x.....`,
  release: `     ....... x..x... ....... ....... ....... ....... .......`,
  abandon: `     ....x.. ....x.. ....x.. ....x.. ....x.. ....x.. ....x..`,
  expire: `      ....... x.x...x x.....x x.....x x...... x.....x x......`,
  operator: `    x...x.. xxxxxx. x.x..x. x..x.x. x...xx. x....x. x...x.x`,
  'partner-update': `xx..x.x xx..x.x xx..x.x xx..x.x xx..x.x xx..x.x xx..x.x`,
  'partner-ack': ` x.....x .x..... x.x...x x..x..x ....x.. x....xx x.....x`,
  announce: `    x...... .x..... ..x.... ...x... ....x.. .....x. ......x`,
  details: `     ....... .x..... ....... ....... ....... ....... .......`,
  balance: `     ......x ....... ....... ....... ....... ....... x......`,
  conflict: `    xx..x.x xx..x.x xx..x.x xx..x.x xx..x.x xx..x.x xx..x.x`,
};

for (const cause of Object.keys(leaseCauses) as LeaseCause[])
  test(`moves by ${cause}`, () => {
    const rows = expected[cause].trim().split(/\s+/);
    assert.equal(rows.length, 7);
    for (const [index, from] of bindingStates.entries()) {
      const possible = bindingStates.map((to) => (mayMove(cause, bindingCode[from], bindingCode[to]) ? 'x' : '.')).join('');
      assert.equal(possible, rows[index], `from ${from}`);
    }
    assert.equal(mayMove(cause, 0, 1), false, 'there is no state 0');
  });

test('next binding state is expired only for an active lease of a pool with a peer', () => {
  const next = (hasPeer: boolean): string =>
    bindingStates.map((state) => bindingStates[nextStateOf(bindingCode[state], hasPeer) - 1]).join(' ');
  assert.equal(next(false), 'free free free free free free backup');
  assert.equal(next(true), 'free expired free free free free backup');
});
