// The decision whether a link is secured, cell by cell, and that both nodes decide alike.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { latin1 } from '../std/bytes.ts';
import { forever, type UnixSeconds } from '../std/time.ts';
import { channelKey, encodeCapabilities, noFeatures, readCapabilities, readFeatures, type ChannelKey } from '../wire/failover-security.ts';
import { capabilitiesOf, securityVerdict, type OwnSecurity } from './security.ts';

const key = channelKey(latin1('0123456789abcdef'), latin1('fo'));
const otherKey = channelKey(latin1('fedcba9876543210'), latin1('fo'));
const node = (policy: OwnSecurity['policy'], own: ChannelKey | undefined): OwnSecurity => ({
  policy, credential: own === undefined ? undefined : { kind: 'key', ...own }, credentialName: 'key k', problem: own === undefined ? 'no key' : '',
});
/** Under authorities with these digests. */
const certified = (policy: OwnSecurity['policy'], ...authorities: readonly number[]): OwnSecurity => ({
  policy, credentialName: 'certificate /c.pem', problem: '',
  credential: {
    kind: 'certificate', certificate: '', privateKey: '', authority: '', partner: { kind: 'address' },
    facts: { subject: 'CN=a', from: 1 as UnixSeconds, until: forever }, authorities: authorities.map((byte) => new Uint8Array(8).fill(byte)),
  },
});

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
  { ours: certified('prefer', 1), theirs: certified('prefer', 1), verdict: 'secure' },
  { ours: certified('prefer', 1), theirs: certified('require', 2, 1), verdict: 'secure' },
  { ours: certified('prefer', 1), theirs: certified('prefer', 2), verdict: 'plain alarm' },
  { ours: certified('require', 1), theirs: certified('prefer', 2), verdict: 'refuse' },
  { ours: certified('prefer', 1), theirs: certified('off', 1), verdict: 'plain alarm' },
  { ours: certified('prefer', 1), theirs: node('prefer', key), verdict: 'plain alarm' },
  { ours: node('prefer', key), theirs: certified('prefer', 1), verdict: 'plain alarm' },
  { ours: node('prefer', key), theirs: certified('require', 1), verdict: 'refuse' },
  { ours: certified('prefer', 1), theirs: 'dhcpd', verdict: 'plain' },
  { ours: certified('prefer', 1), theirs: 'stripped', pinned: true, verdict: 'refuse' },
];
function text({ policy, credential }: OwnSecurity): string {
  if (credential === undefined) return `${policy} without key`;
  if (credential.kind === 'certificate') return `${policy} certificate under ${credential.authorities.map(([byte]) => byte).join(' and ')}`;
  return `${policy} ${credential.psk === key.psk ? 'key' : 'other key'}`;
}
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
test('features stand behind the first fingerprint, or where it would be, and other authorities behind them', () => {
  const features = { bits: 0x1234, contactMillis: 1000, witness: 0xfedcba98 };
  const authorities = [1, 2, 3, 4].map((byte) => new Uint8Array(8).fill(byte));
  const rows = [
    { isCertified: false, fingerprints: [] },
    { isCertified: false, fingerprints: [key.fingerprint] },
    ...[0, 1, 4].map((count) => ({ isCertified: true, fingerprints: authorities.slice(0, count) })),
  ];
  for (const row of rows) {
    const capabilities = { wantsSecurity: true, demandsSecurity: false, ...row };
    const shown = encodeCapabilities(capabilities, features);
    assert.deepEqual(readFeatures(shown), features);
    assert.deepEqual(readCapabilities(shown), capabilities);
    // Later versions append; what is cut off is as if it had not been said.
    const longer = Uint8Array.of(...shown, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    assert.deepEqual([readFeatures(longer), readCapabilities(longer)], [features, capabilities]);
    const featuresEnd = 2 + (row.fingerprints.length === 0 ? 0 : 8) + 8;
    for (let size = 0; size < shown.length; size++) {
      assert.deepEqual(readFeatures(shown.slice(0, size)), size < featuresEnd ? noFeatures : features);
      const read = readCapabilities(shown.slice(0, size))?.fingerprints ?? [];
      assert.deepEqual(read, row.fingerprints.slice(0, read.length));
    }
    assert.deepEqual(readFeatures(encodeCapabilities(capabilities)), noFeatures);
    assert.deepEqual(readCapabilities(encodeCapabilities(capabilities)), capabilities);
  }
  assert.deepEqual(readFeatures(undefined), noFeatures);
});
test('capabilities of strangers are none', () => {
  for (const bytes of [undefined, [], [1], [0, 1]]) assert.equal(readCapabilities(bytes && Uint8Array.from(bytes)), undefined);
  assert.deepEqual(readCapabilities(Uint8Array.of(2, 3, ...new Uint8Array(20))), { wantsSecurity: true, demandsSecurity: true, isCertified: false, fingerprints: [new Uint8Array(8)] });
});
