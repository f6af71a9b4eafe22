// The decision whether a link is secured, cell by cell, and that both nodes decide alike.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { latin1 } from '../std/bytes.ts';
import { channelKey, encodeCapabilities, noFeatures, readCapabilities, readFeatures } from '../wire/failover-security.ts';
import { capabilitiesOf, securityVerdict, type OwnSecurity } from './security.ts';

const key = channelKey(latin1('0123456789abcdef'), latin1('fo'));
const otherKey = channelKey(latin1('fedcba9876543210'), latin1('fo'));
const node = (policy: OwnSecurity['policy'], own: OwnSecurity['key']): OwnSecurity => ({ policy, key: own, keyName: 'k', problem: own === undefined ? 'no key' : '' });

interface Row {
  readonly ours: OwnSecurity;
  readonly theirs: OwnSecurity | 'dhcpd' | 'stripped';
  readonly pinned?: boolean;
  readonly verdict: string;
}
const rows: readonly Row[] = [
  { ours: node('prefer', key), theirs: node('prefer', key), verdict: 'secure' },
  { ours: node('require', key), theirs: node('prefer', key), verdict: 'secure' },
  { ours: node('prefer', key), theirs: node('prefer', otherKey), verdict: 'plain alarm' },
  { ours: node('prefer', key), theirs: node('prefer', undefined), verdict: 'plain alarm' },
  { ours: node('prefer', undefined), theirs: node('prefer', key), verdict: 'plain alarm' },
  { ours: node('prefer', undefined), theirs: node('prefer', undefined), verdict: 'plain' },
  { ours: node('require', key), theirs: node('prefer', otherKey), verdict: 'refuse' },
  { ours: node('prefer', key), theirs: node('require', otherKey), verdict: 'refuse' },
  { ours: node('require', undefined), theirs: node('prefer', key), verdict: 'refuse' },
  { ours: node('off', key), theirs: node('prefer', key), verdict: 'plain' },
  { ours: node('prefer', key), theirs: node('off', key), verdict: 'plain alarm' },
  { ours: node('off', key), theirs: node('require', key), verdict: 'refuse' },
  { ours: node('prefer', key), theirs: 'dhcpd', verdict: 'plain' },
  { ours: node('require', key), theirs: 'dhcpd', verdict: 'refuse' },
  { ours: node('prefer', key), theirs: 'stripped', verdict: 'plain alarm' },
  { ours: node('prefer', key), theirs: 'dhcpd', pinned: true, verdict: 'refuse' },
  { ours: node('prefer', key), theirs: 'stripped', pinned: true, verdict: 'refuse' },
  { ours: node('prefer', key), theirs: node('prefer', otherKey), pinned: true, verdict: 'refuse' },
  { ours: node('off', key), theirs: node('prefer', key), pinned: true, verdict: 'plain' },
];
const text = (policy: OwnSecurity): string => `${policy.policy} ${policy.key === undefined ? 'without key' : policy.key === key ? 'key' : 'other key'}`;
for (const { ours, theirs, pinned = false, verdict } of rows)
  test(`${text(ours)} meets ${typeof theirs === 'string' ? theirs : text(theirs)}${pinned ? ', pinned' : ''}: ${verdict}`, () => {
    const shown = typeof theirs === 'string' ? undefined : readCapabilities(encodeCapabilities(capabilitiesOf(theirs)));
    const decided = securityVerdict(ours, shown, theirs !== 'dhcpd', pinned);
    assert.equal(decided.kind === 'plain' && decided.alarm ? 'plain alarm' : decided.kind, verdict);
    if (typeof theirs === 'string' || pinned) return;
    const there = securityVerdict(theirs, readCapabilities(encodeCapabilities(capabilitiesOf(ours))), true, false);
    assert.equal(there.kind, decided.kind, 'the partner decides alike');
  });

test('keys: one for each relationship, told apart by fingerprint', () => {
  assert.equal(key.psk.length, 32);
  assert.notDeepEqual(channelKey(latin1('0123456789abcdef'), latin1('fo2')).psk, key.psk);
  assert.deepEqual(channelKey(latin1('0123456789abcdef'), latin1('fo')), key);
});
test('features stand behind the fingerprint, or where it would be', () => {
  const features = { bits: 0x1234, contactMillis: 1000 };
  for (const fingerprint of [undefined, key.fingerprint]) {
    const shown = encodeCapabilities({ wantsSecurity: true, demandsSecurity: false, fingerprint }, features);
    assert.deepEqual(readFeatures(shown), features);
    assert.deepEqual(readCapabilities(shown), { wantsSecurity: true, demandsSecurity: false, fingerprint });
    // Later versions append; what is cut off is as if it had not been said.
    assert.deepEqual(readFeatures(Uint8Array.of(...shown, 1, 2, 3)), features);
    for (let size = 0; size < shown.length; size++) assert.deepEqual(readFeatures(shown.slice(0, size)), noFeatures);
  }
  assert.deepEqual(readFeatures(encodeCapabilities({ wantsSecurity: true, demandsSecurity: false, fingerprint: key.fingerprint })), noFeatures);
  assert.deepEqual(readFeatures(undefined), noFeatures);
});
test('capabilities of strangers are none', () => {
  for (const bytes of [undefined, [], [1], [0, 1]]) assert.equal(readCapabilities(bytes && Uint8Array.from(bytes)), undefined);
  assert.deepEqual(readCapabilities(Uint8Array.of(2, 3, ...new Uint8Array(20))), { wantsSecurity: true, demandsSecurity: true, fingerprint: new Uint8Array(8) });
});
