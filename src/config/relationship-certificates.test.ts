// Certificates of a relationship: what the files must be, and what is said when they are not. The files are made by openssl
// (test/golden/pki): two authorities, and a certificate of the first for 10.0.0.1, valid for the year from 28 November 2026 on.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { UnixSeconds } from '../std/time.ts';
import { certificateDate, certificateTime } from '../wire/channel-certificate.ts';
import { checkConfig, type Checked } from './check-config.ts';
import { expectGolden } from './caret-testing.ts';
import { readFrom } from './testing.ts';

const base = `key k { algorithm hmac-sha256; secret seKFiO/m7j82Du1eg6ueJA==; }
failover peer "fo" { primary; address 10.0.0.1; peer address 10.0.0.2; max-response-delay 30; max-unacked-updates 10; mclt 60; split 128; load balance max seconds 3; }
subnet 10.0.0.0 netmask 255.255.255.0 { pool { failover peer "fo"; range 10.0.0.10 10.0.0.20; } }`;
const pem = (name: string): string => readFileSync(`test/golden/pki/${name}`, 'latin1');
const files = { '/c': pem('node1.pem'), '/k': pem('node1.key'), '/a': pem('ca.pem'), '/b': pem('other-ca.pem'), '/both': pem('other-ca.pem') + pem('ca.pem'), '/x': 'no PEM' };
const block = ({ c = '/c', k = '/k', a = '/a', more = '' } = {}): string => `relationship { certificate "${c}"; private-key "${k}"; authority "${a}";${more === '' ? '' : ` ${more}`} }`;
/** Within the year of the certificate. */
const inTime = Date.UTC(2027, 5, 1) / 1000;

function checked(text: string, { wall = inTime, mode = 0o100600 } = {}): Checked {
  const result = checkConfig({
    path: 'test.conf', leaseholdConf: 'leasehold.conf', read: readFrom({ 'test.conf': base, 'leasehold.conf': text, ...files }),
    outside: { wall: wall as UnixSeconds, modeOf: () => mode },
  });
  assert.ok(result.ok);
  return result.value;
}
const ofBlock = (result: Checked) => result.draft.config.leasehold.relationships.get('')?.certificate;

test('three files that belong together: ready to use, and nothing to say', () => {
  const result = checked(block({ a: '/both' }));
  assert.deepEqual(result.diagnostics, []);
  const { channel, problem } = ofBlock(result) ?? {};
  assert.deepEqual([problem, channel?.facts.subject, channel?.authorities.length, channel?.partner], ['', 'CN=dhcp1', 2, { kind: 'address' }]);
  assert.equal(certificateDate(channel?.facts.until ?? (0 as UnixSeconds)), '2027-11-28');
});
test('whom the partner must be', () => {
  assert.deepEqual(ofBlock(checked(block({ more: 'partner-name "dhcp2.example.org";' })))?.partner, { kind: 'name', name: 'dhcp2.example.org' });
  const fingerprint = Array.from({ length: 32 }, () => 'ab').join(':');
  assert.deepEqual(ofBlock(checked(block({ more: `partner-fingerprint "${fingerprint}";` })))?.partner, { kind: 'fingerprint', fingerprint: fingerprint.toUpperCase() });
});

const said: readonly { readonly text: string; readonly codes: readonly string[]; readonly at?: Parameters<typeof checked>[1] }[] = [
  { text: 'relationship { certificate "/c"; }', codes: ['C1426'] },
  { text: 'relationship { partner-name "dhcp2"; }', codes: ['C1426'] },
  { text: block({ more: 'secure-key "k";' }), codes: ['C1427'] },
  { text: block({ c: 'node1.pem' }), codes: ['C1422', 'C1426'] },
  { text: block({ more: 'partner-fingerprint "ab:cd";' }), codes: ['C1422'] },
  { text: block({ more: 'partner-name "two words";' }), codes: ['C1422'] },
  { text: block({ c: '/gone' }), codes: ['C1428'] },
  { text: block({ c: '/x' }), codes: ['C1428'] },
  { text: block({ k: '/c' }), codes: ['C1428'] },
  { text: block({ a: '/x' }), codes: ['C1428'] },
  { text: block({ c: '/a' }), codes: ['C1428'] },
  { text: block({ a: '/b' }), codes: ['C1428'] },
  { text: block(), codes: ['C1429'], at: { wall: Date.UTC(2027, 10, 29) / 1000 } },
  { text: block(), codes: ['C1429'], at: { wall: Date.UTC(2027, 10, 1) / 1000 } },
  { text: block(), codes: ['C1429'], at: { wall: Date.UTC(2026, 9, 1) / 1000 } },
  { text: block(), codes: ['C1430'], at: { mode: 0o100644 } },
];
const titleOf = ({ text, at = {} }: (typeof said)[number]): string =>
  [text, ...(at.wall === undefined ? [] : [`on ${certificateDate(at.wall as UnixSeconds)}`]), ...(at.mode === undefined ? [] : ['readable by all'])].join(', ');
for (const row of said)
  test(`said: ${titleOf(row)}`, () => {
    const { diagnostics } = checked(row.text, row.at);
    assert.deepEqual(diagnostics.map(({ code }) => code), row.codes);
    for (const { code, help } of diagnostics) assert.ok(code === 'C1422' || help !== undefined, `${code} has a remedy`);
  });
test('each points at its words, as the golden file shows', () => {
  expectGolden('test/golden/conf/certificates.txt', 'What is wrong with certificates of a relationship.', said.map((row) => ({ title: titleOf(row), said: checked(row.text, row.at).diagnostics })));
});

test('what is wrong with files is no reason not to serve DHCP, and the connection knows it', () => {
  const result = checked(block({ c: '/gone' }));
  assert.ok(result.config !== undefined);
  assert.deepEqual([ofBlock(result)?.channel, ofBlock(result)?.problem], [undefined, '/gone: this file cannot be read: No such file or directory']);
});

const times = ['Jan  1 00:00:00 1970 GMT', 'Feb 29 23:59:59 2028 GMT', 'Mar  1 00:00:00 2028 GMT', 'Dec 31 12:00:00 2049 GMT', 'Jan  9 03:04:05 2100 GMT'] as const;
for (const text of times)
  test(`the time of a certificate: ${text}`, () => {
    const time = Date.parse(text) / 1000;
    assert.equal(certificateTime(text), Math.max(time, 1));
    assert.equal(certificateDate(certificateTime(text)), new Date(time * 1000).toISOString().slice(0, 10));
  });
