// What leasehold.conf says of OMAPI, and what it refuses.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { omapiDefaults } from './omapi-settings.ts';
import { expectGolden } from './caret-testing.ts';
import { check, configOf } from './testing.ts';

const keys = `key Look { algorithm hmac-sha256; secret seKFiO/m7j82Du1eg6ueJA==; }
key makes { algorithm HMAC-MD5; secret seKFiO/m7j82Du1eg6ueJA==; }
key dotted { algorithm hmac-sha1.SIG-ALG.REG.INT; secret seKFiO/m7j82Du1eg6ueJA==; }`;

test('without a word OMAPI is as open as dhcpd’s', () => {
  assert.deepEqual(configOf('').leasehold.omapi, omapiDefaults);
});

test('every setting of OMAPI', () => {
  const text = `omapi-address 127.0.0.1; omapi-client "10.1.0.0/16"; omapi-client "10.2.0.9"; omapi-hmac-md5 off; omapi-execute on;
omapi-shutdown off; omapi-connections 200; omapi-look-key "look"; omapi-host-key "makes.";`;
  const { roles, ...rest } = configOf(keys, { 'leasehold.conf': text }).leasehold.omapi;
  assert.deepEqual(rest, {
    address: 0x7f000001,
    clients: [{ network: 0x0a010000, mask: 0xffff0000 }, { network: 0x0a020009, mask: 0xffffffff }],
    connectionsMax: 200, allowsMd5: false, allowsExecute: true, allowsShutdown: false,
  });
  assert.deepEqual([...roles].map(([name, { role }]) => [name, role]), [['look', 'look'], ['makes', 'hosts']]);
});

test('the algorithm of a key as OMAPI names it', () => {
  assert.deepEqual(configOf(keys).keys.map(({ algorithmText }) => algorithmText), [
    'hmac-sha256.SIG-ALG.REG.INT.', 'HMAC-MD5.SIG-ALG.REG.INT.', 'hmac-sha1.SIG-ALG.REG.INT.',
  ]);
});

const refusals: readonly (readonly [text: string, code: string, marked: string])[] = [
  ['omapi-client "10.1.0.0/33";', 'C1404', 'omapi-client "10.1.0.0/33";'],
  ['omapi-client "everybody";', 'C1404', 'omapi-client "everybody";'],
  ['omapi-connections 251;', 'C1404', 'omapi-connections 251;'],
  ['omapi-connections 7;', 'C1402', 'omapi-connections 7;'],
  ['omapi-look-key "nobody";', 'C1405', 'omapi-look-key "nobody";'],
];
for (const [text, code, marked] of refusals)
  test(`refused: ${text}`, () => {
    const [diagnostic, ...more] = check(keys, { 'leasehold.conf': text }).diagnostics;
    assert.equal(diagnostic?.code, code);
    assert.equal(diagnostic.span.file.text.slice(diagnostic.span.start, diagnostic.span.end), marked);
    assert.deepEqual(more, []);
  });

test('each points at its words, as the golden file shows', () => {
  expectGolden('test/golden/conf/omapi-settings.txt', 'What leasehold.conf may not say of OMAPI.', refusals.map(([text]) => ({
    title: text, said: check(keys, { 'leasehold.conf': text }).diagnostics.filter(({ severity }) => severity === 'error'),
  })));
});
