// The relationship block of leasehold.conf: what it sets, and what it refuses.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expectGolden } from './caret-testing.ts';
import { check, configOf } from './testing.ts';

const base = `key k { algorithm hmac-sha256; secret seKFiO/m7j82Du1eg6ueJA==; }
failover peer "fo" { primary; address 10.0.0.1; peer address 10.0.0.2; max-response-delay 30; max-unacked-updates 10; mclt 60; split 128; load balance max seconds 3; }
subnet 10.0.0.0 netmask 255.255.255.0 { pool { failover peer "fo"; range 10.0.0.10 10.0.0.20; } }`;

test('for one relationship, and for all others', () => {
  const { relationships } = configOf(base, { 'leasehold.conf': 'relationship "fo" { secure-key "k"; security "require"; } relationship { security "off"; }' }).leasehold;
  assert.deepEqual([...relationships].map(([name, { policy, key }]) => [name, policy, key?.name]), [['fo', 'require', 'k'], ['', 'off', undefined]]);
});

test('sync-updates and how long it waits', () => {
  const of = (text: string): unknown => {
    const [settings] = configOf(base, { 'leasehold.conf': text }).leasehold.relationships.values();
    return [settings?.isSynchronous, settings?.syncWaitMillis];
  };
  assert.deepEqual(of('relationship { security "prefer"; }'), [false, 100]);
  assert.deepEqual(of('relationship { sync-updates on; }'), [true, 100]);
  assert.deepEqual(of('relationship { sync-updates on; sync-updates-wait 250; }'), [true, 250]);
});

test('a key that secures a relationship is not said to be unused', () => {
  const unused = (settings: string): boolean => check(base, { 'leasehold.conf': settings }).report.some(({ code, message }) => code === 'L2027' && message.includes('key k'));
  assert.deepEqual([unused(''), unused('relationship { secure-key "k"; }')], [true, false]);
});

const refusals: readonly (readonly [text: string, code: string, marked: string])[] = [
  ['relationship { listen 10.0.0.1; }', 'C1421', 'listen 10.0.0.1;'],
  ['relationship { security "often"; }', 'C1422', 'security "often";'],
  ['relationship { sync-updates-wait 0; }', 'C1422', 'sync-updates-wait 0;'],
  ['relationship { sync-updates-wait 60000; }', 'C1422', 'sync-updates-wait 60000;'],
  ['relationship { } relationship { }', 'C1423', 'relationship'],
  ['relationship "other" { }', 'C1424', 'relationship "other"'],
  ['relationship { secure-key "nokey"; }', 'C1425', 'secure-key "nokey";'],
];
for (const [text, code, marked] of refusals)
  test(`refused: ${text}`, () => {
    const found = check(base, { 'leasehold.conf': text }).diagnostics.filter((diagnostic) => diagnostic.severity === 'error');
    assert.deepEqual(found.map((diagnostic) => diagnostic.code), [code]);
    const [{ span } = assert.fail()] = found;
    assert.equal(span.file.text.slice(span.start, span.end), marked);
  });

test('each points at its words, as the golden file shows', () => {
  expectGolden('test/golden/conf/relationships.txt', 'What leasehold.conf may not say of a relationship.', refusals.map(([text]) => ({
    title: text, said: check(base, { 'leasehold.conf': text }).diagnostics.filter(({ severity }) => severity === 'error'),
  })));
});
