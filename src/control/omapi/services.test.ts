// The server and its failover relationships over OMAPI: shown with real addresses, changed by the commands of operators only.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHex } from '../../std/bytes.ts';
import { omapiResult as result } from './results.ts';
import { OmapiBench, omapiConfig } from './testing.ts';

const paired = `${omapiConfig.replace('range 10.0.0.100 10.0.0.120;', 'pool { failover peer "fo"; range 10.0.0.100 10.0.0.120; }')
  .replace('subnet', `failover peer "fo" { primary; address 10.0.0.1; port 647; peer address 10.0.0.2; peer port 847; max-response-delay 60;
  max-unacked-updates 10; mclt 1800; split 128; load balance max seconds 3; }\nsubnet`)}`;
const hex = (value: Uint8Array | undefined): string | undefined => value && toHex(value);

test('a relationship, with addresses and not with pointers', () => {
  const client = new OmapiBench(paired).signedIn();
  const object = client.open('failover-state', { name: 'fo' })?.object;
  assert.deepEqual(
    [...(object?.keys() ?? [])],
    [
      'name', 'partner-address', 'partner-port', 'local-address', 'local-port', 'max-outstanding-updates', 'mclt', 'load-balance-max-secs',
      'load-balance-hba', 'partner-state', 'local-state', 'partner-stos', 'local-stos', 'hierarchy', 'last-packet-sent',
      'last-timestamp-received', 'skew', 'max-response-delay', 'cur-unacked-updates',
    ],
  );
  assert.deepEqual(
    ['partner-address', 'partner-port', 'local-address', 'mclt', 'load-balance-hba', 'hierarchy'].map((name) => hex(object?.get(name))),
    ['0a000002', '0000034f', '0a000001', '00000708', `${'ff'.repeat(16)}${'00'.repeat(16)}`, '00000000'],
  );
});

test('only partner-down may be forced, and only where the command may', () => {
  const bench = new OmapiBench(paired);
  const client = bench.signedIn();
  const handle = client.open('failover-state', { name: 'fo' })?.handle ?? 0;
  for (const state of [0, 2, 3, 5, 8, 99, 254]) assert.equal(client.update(handle, { 'local-state': state })?.result, result.invalidArgument, String(state));
  assert.equal(client.update(handle, { 'local-state': new Uint8Array(0) })?.result, result.invalidArgument);
  assert.equal(client.update(handle, { colour: 1 })?.result, result.notFound);
  assert.equal(client.update(handle, { mclt: 60 })?.result, result.success, 'dhcpd takes it too, and does nothing');
  // This node has no record of its leases: the command says no, and so does OMAPI.
  assert.equal(client.update(handle, { 'local-state': 4 })?.result, result.invalidArgument);
  assert.match(bench.logText, /command failover\.partner-down \{"peer":"fo","yes":true\} by omapi key k from 127\.0\.0\.1: refused/);
});

test('partner-down over OMAPI is the command, with its line in the log', () => {
  const bench = new OmapiBench(paired);
  const client = bench.signedIn();
  const handle = client.open('failover-state', { name: 'fo' })?.handle ?? 0;
  assert.equal(bench.command('failover.init', { peer: 'fo', yes: true }).ok, true);
  assert.equal(client.update(handle, { 'local-state': 4 })?.result, result.success);
  assert.equal(hex(client.refresh(handle)?.object.get('local-state')), '00000004');
  assert.match(bench.journalText, /my state partner-down at/);
  assert.match(bench.logText, /command failover\.partner-down .* by omapi key k from 127\.0\.0\.1: done/);
});

test('pools and classes show their numbers', () => {
  const client = new OmapiBench().signedIn();
  const lease = client.open('lease', { 'ip-address': Uint8Array.of(10, 0, 0, 110) })?.object;
  const handleOf = (name: string): number => Number.parseInt(hex(lease?.get(name)) ?? '0', 16);
  assert.deepEqual([...(client.refresh(handleOf('pool'))?.object ?? [])].map(([name, value]) => [name, hex(value)]), [
    ['lease-count', '00000015'], ['free-leases', '00000015'], ['backup-leases', '00000000'],
  ]);
  assert.equal(client.refresh(handleOf('subnet'))?.object.size, 0);
  assert.equal(hex(client.open('class', { name: 'c' })?.object.get('lease-limit')), '00000004');
});
