// `check --live` for people, and its exit status.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { driftStatus, renderDrift, type DriftView } from './render-drift.ts';

const view = (part: Partial<DriftView>): DriftView => ({ name: 'ha', state: 'agrees', because: '', count: 0, isDangerous: false, differences: [], ...part });
const differs = view({
  state: 'differs', count: 3, isDangerous: true,
  differences: [
    {
      section: 'hosts', isDangerous: true, text: 'host a: only here', there: null,
      here: { shown: 'a', place: 'dhcpd.conf:7', line: 'host a { fixed-address 10.0.0.5; }' },
    },
    { section: 'software', isDangerous: false, text: 'software: x here, y at the partner', here: { shown: 'x', place: '', line: '' }, there: { shown: 'y', place: '', line: '' } },
  ],
});

test('each difference is a line, with the words of the files under it', () => {
  assert.deepEqual(renderDrift([differs]), [
    'failover peer ha: the configuration DIFFERS from the partner in 3 places',
    '  alarm  hosts: host a: only here',
    '    here        dhcpd.conf:7  host a { fixed-address 10.0.0.5; }',
    '  note   software: software: x here, y at the partner',
    '  and 1 more',
  ]);
});
for (const [states, status] of [[['agrees'], 0], [['agrees', 'differs'], 1], [['agrees', 'unknown'], 2], [['unknown', 'differs'], 1], [['comparing'], 2]] as const)
  test(`${states.join(' and ')}: exit status ${status}`, () => {
    assert.equal(driftStatus(states.map((state) => view({ state }))), status);
  });
test('what is not known says why', () => {
  assert.deepEqual(renderDrift([view({ state: 'unknown', because: 'the partner is not connected' })]), ['failover peer ha: the configuration of the partner is not known: the partner is not connected']);
});
