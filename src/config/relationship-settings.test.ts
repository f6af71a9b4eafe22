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

test('who may say that the partner is down', () => {
  const of = (text: string): unknown => [...configOf(base, { 'leasehold.conf': text }).leasehold.relationships.values()][0]?.evidence;
  assert.deepEqual(of('relationship { security "prefer"; }'), { fence: undefined, witness: undefined, askAfterMillis: 5_000 });
  assert.deepEqual(of('relationship { ask-after 10; fence { command "/sbin/f"; argument "-a"; argument "b c"; timeout 60; } }'), {
    fence: { command: '/sbin/f', arguments: ['-a', 'b c'], timeoutMillis: 60_000 }, witness: undefined, askAfterMillis: 10_000,
  });
  assert.deepEqual(of('relationship { witness { etcd "http://a:2379/"; etcd "https://b"; etcd-key "k"; ttl 30; } ask-after 1; }'), {
    fence: undefined, witness: { kind: 'etcd', urls: ['http://a:2379', 'https://b'], key: 'k', ttlMillis: 30_000, access: { user: '', files: {} } }, askAfterMillis: 1_000,
  });
  assert.deepEqual(of('relationship { witness { http "https://a/c"; login "u"; password-file "/p"; trusted-authority "/a"; client-certificate "/c"; client-key "/k"; } }'), {
    fence: undefined, askAfterMillis: 5_000,
    witness: { kind: 'http', urls: ['https://a/c'], key: '', ttlMillis: 120_000, access: { user: 'u', files: { password: '/p', authority: '/a', certificate: '/c', privateKey: '/k' } } },
  });
});

test('a witness on one of the two nodes is no third party, and that is said', () => {
  const of = (url: string): string[] =>
    check(base, { 'leasehold.conf': `relationship "fo" { witness { etcd "${url}"; } }` }).diagnostics.filter(({ code }) => code === 'C1430').map(({ message, span }) => `${message} (${span.file.text.slice(span.start, span.end)})`);
  assert.deepEqual(of('http://10.0.0.9:2379'), []);
  for (const host of ['10.0.0.1', '10.0.0.2', '127.0.0.1', 'localhost'])
    assert.deepEqual(of(`http://${host}:2379`), [`the witness at ${host} is on one of the two nodes, and no third party (relationship "fo")`]);
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
  ['relationship { witness { http "http://u:p@a/c"; } }', 'C1427', 'http "http://u:p@a/c";'],
  ['relationship { witness { etcd "https://a"; password-file "p"; } }', 'C1427', 'password-file "p";'],
  ['relationship { witness { etcd "https://a"; login "u"; } }', 'C1428', 'witness'],
  ['relationship { witness { etcd "https://a"; password-file "/p"; } }', 'C1428', 'witness'],
  ['relationship { witness { etcd "https://a"; client-certificate "/c"; } }', 'C1428', 'witness'],
  ['relationship { witness { etcd "http://a"; trusted-authority "/a"; } }', 'C1428', 'witness'],
  ['relationship { fence { command "poweroff"; } }', 'C1427', 'command "poweroff";'],
  ['relationship { fence { argument "x"; } }', 'C1428', 'fence'],
  ['relationship { fence { command "/bin/x"; timeout 0; } }', 'C1427', 'timeout 0;'],
  ['relationship { fence { etcd "http://w"; command "/bin/x"; } }', 'C1426', 'etcd "http://w";'],
  ['relationship { fence { command "/bin/x"; } fence { command "/bin/y"; } }', 'C1429', 'fence'],
  ['relationship { witness { } }', 'C1428', 'witness'],
  ['relationship { witness { etcd "http://w"; http "http://w/x"; } }', 'C1428', 'witness'],
  ['relationship { witness { http "http://w/x"; http "http://w/y"; } }', 'C1428', 'witness'],
  ['relationship { witness { etcd "w:2379"; } }', 'C1427', 'etcd "w:2379";'],
  ['relationship { witness { etcd "http://w"; ttl 1; } }', 'C1427', 'ttl 1;'],
  ['fence { command "/bin/x"; }', 'C1401', 'fence'],
  ['relationship { contact-interval 100; }', 'C1422', 'contact-interval 100;'],
  ['relationship { contact-silence 1; }', 'C1422', 'contact-silence 1;'],
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
  expectGolden('test/golden/conf/relationships.txt', 'What leasehold.conf may not say of a relationship.', [...refusals.map(([text]) => text), 'relationship { witness { etcd "http://10.0.0.2:2379"; } }'].map((text) => ({
    title: text, said: check(base, { 'leasehold.conf': text }).diagnostics.filter(({ severity, code }) => severity === 'error' || code === 'C1430'),
  })));
});
