// The boot block of leasehold.conf: what it sets, and what it refuses.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bootDefaults } from './boot-settings.ts';
import { expectGolden } from './caret-testing.ts';
import { check, configOf } from './testing.ts';

test('without a boot block no files are served; an empty one takes every default', () => {
  assert.equal(configOf('').leasehold.boot, undefined);
  assert.deepEqual(configOf('', { 'leasehold.conf': 'boot { }' }).leasehold.boot, bootDefaults);
});
test('every setting of a boot block', () => {
  const text = 'boot { root "/srv/tftp/"; user "tftp"; listen 10.0.0.1; tftp-port 6969; http-port 0; next-server self; }';
  assert.deepEqual(configOf('', { 'leasehold.conf': text }).leasehold.boot, {
    ...bootDefaults, root: '/srv/tftp', user: 'tftp', address: 0x0a000001, tftpPort: 6969, httpPort: 0, nextServerIsSelf: true,
  });
});

const refusals: readonly (readonly [text: string, ...codes: readonly string[]])[] = [
  ['boot { root "tftp"; }', 'C1412'],
  ['boot { default-lease-time 60; subnet 10.0.0.0 netmask 255.255.255.0 { } }', 'C1411', 'C1411'],
  ['boot { next-server 10.0.0.9; }', 'C0215', 'C0327'],
  ['boot { next-server myself; }', 'C0214', 'C0327'],
  ['boot { } boot { }', 'C1403'],
  ['boot a { }', 'C1401'],
  ['root "/srv/tftp";', 'C1401'],
  ['boot { boot { } }', 'C1411'],
  ['boot {', 'C0023'],
];
for (const [text, ...codes] of refusals)
  test(`refused: ${text}`, () => {
    const { diagnostics } = check('', { 'leasehold.conf': text });
    assert.deepEqual(diagnostics.map(({ code }) => code), codes);
  });
test('each points at its words, as the golden file shows', () => {
  const texts = [...refusals.map(([text]) => text), 'default-lease-time 60;', 'offers-max 0;'];
  expectGolden('test/golden/conf/leasehold-conf.txt', 'What leasehold.conf may not hold.', texts.map((text) => ({ title: text, said: check('', { 'leasehold.conf': text }).diagnostics })));
});
test('dhcpd.conf has no boot block, since dhcpd would refuse it', () => {
  assert.equal(check('boot { }').config, undefined);
});

test('a pair that boots from the answering node has no boot server alone', () => {
  const pair = `failover peer "f" { primary; address 10.0.0.1; peer address 10.0.0.2; mclt 60; split 128; load balance max seconds 3; }
subnet 10.0.0.0 netmask 255.255.255.0 { next-server 10.0.0.30; pool { failover peer "f"; range 10.0.0.40; } }`;
  const lints = (leaseholdConf: string) => check(pair, { 'leasehold.conf': leaseholdConf }).report.filter(({ code }) => code === 'L2011');
  assert.deepEqual(lints('boot { next-server self; }'), []);
  const [alone] = lints('boot { }');
  assert.match(alone?.help ?? '', /`boot \{ next-server self; \}` in the leasehold\.conf of both/);
});
