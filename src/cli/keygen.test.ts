// What keygen prints is what both files take.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { check } from '../config/testing.ts';
import { ownSecurity } from '../failover/security.ts';
import { keyLines, textOf } from './keygen.ts';

const peer = 'failover peer "fo" { primary; address 10.0.0.1; peer address 10.0.0.2; mclt 60; split 128; }\nsubnet 10.0.0.0 netmask 255.255.255.0 { pool { failover peer "fo"; range 10.0.0.9; } }\n';
const configFrom = (text: string, settings = '') => {
  const { config, diagnostics } = check(`${peer}${text}`, settings === '' ? {} : { 'leasehold.conf': settings });
  assert.deepEqual(diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message), []);
  const [first] = config?.peers ?? [];
  assert.ok(config !== undefined && first !== undefined);
  return { security: ownSecurity(config, first), config };
};

for (const [algorithm, size] of [['hmac-md5', 16], ['hmac-sha256', 32], ['hmac-sha512', 64]] as const)
  test(`${algorithm}: dhcpd.conf takes the lines, and its omapi-key secures the failover connection`, () => {
    const bytes = new Uint8Array(size).fill(7);
    const { config, security } = configFrom(textOf(keyLines('omapi_key', algorithm, bytes)));
    assert.deepEqual(config.keys.map(({ secret }) => [...secret]), [[...bytes]]);
    assert.deepEqual([config.settings.omapiKey, security.problem], ['omapi_key', '']);
  });

test('leasehold.conf takes its line: a key of its own for the failover connection', () => {
  const own = keyLines('failover-key.1', 'hmac-sha256', new Uint8Array(32).fill(9));
  const both = `${keyLines('omapi_key', 'hmac-sha256', new Uint8Array(32).fill(7)).dhcpdConf}\n${own.dhcpdConf.replace(/omapi-key.*/, '')}`;
  const { security } = configFrom(both, own.leaseholdConf);
  assert.deepEqual([security.credentialName, security.problem], ['key failover-key.1', '']);
});
