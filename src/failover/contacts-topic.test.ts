// What is known of clients besides their bindings is the same on both nodes, within a second.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { latin1 } from '../std/bytes.ts';
import type { UnixSeconds } from '../std/time.ts';
import { bindingCode } from '../model/binding-state.ts';
import { potentialExpiry } from '../model/lease.ts';
import { seconds } from '../std/time.ts';
import { ip } from '../lease/testing.ts';
import { Pair, type NodeName, type PairOptions } from './testing.ts';

const good = '0123456789abcdef';
const secured: NonNullable<PairOptions['security']> = { a: { policy: 'prefer', secret: good }, b: { policy: 'prefer', secret: good } };

function pairOf(security = secured): Pair {
  const pair = new Pair({ security });
  for (const name of ['a', 'b'] as const) {
    pair.start(name);
    pair.command(name, 'failover.init', { identity: 'pair-00000001' });
  }
  pair.run(60);
  return pair;
}
/** An ACK to a client that said who it is. */
function grant(pair: Pair, node: NodeName, address: string, client: number, hostname: string, vendorClass = 'udhcp'): void {
  const { table } = pair.nodes[node].store;
  const row = table.rowOf(ip(address));
  const { wall } = pair.now;
  pair.step(pair.nodes[node], (_failover, effects) => {
    const change = table.begin(row);
    change.state = bindingCode.active;
    change.setHardware(1, Uint8Array.of(2, 0, 0, 0, 0, client), 0, 6);
    change.starts = wall;
    change.cltt = wall;
    change.ends = (wall + 60) as UnixSeconds;
    change.tstp = potentialExpiry(wall, seconds(60), seconds(60));
    change.atsfp = 0 as UnixSeconds;
    change.setHostname(latin1(hostname), 0, hostname.length);
    change.setAgentOptions(Uint8Array.of(1, 2, 7, client), 0, 4);
    change.setVariables([{ name: 'vendor-class-identifier', value: { kind: 'data', bytes: latin1(vendorClass) } }, { name: 'n', value: { kind: 'number', value: -3 } }]);
    change.setUserClass(Uint8Array.of(4, 105, 80, 88, 69), 0, 5);
    table.apply(row, change, 'grant', effects.journal);
  });
}
const said = { stage: 'ipxe', vendorClass: 'PXEClient:Arch:00007', userClass: '\u0004iPXE' } as const;
const contact = (pair: Pair, node: NodeName, address: string, host = 'h'): void =>
  pair.step(pair.nodes[node], (_failover, effects) =>
    pair.nodes[node].store.contacts.put(
      { ip: ip(address), host, hardware: { htype: 1, address: Uint8Array.of(2, 0, 0, 0, 0, 9) }, at: pair.now.wall, ends: (pair.now.wall + 60) as UnixSeconds, ...said }, effects.journal));
const extrasOf = (pair: Pair, node: NodeName, address: string): unknown => {
  const { table } = pair.nodes[node].store;
  return table.lease(table.rowOf(ip(address))).extras;
};
const contactOf = (pair: Pair, node: NodeName, address: string): { at: number; isPartners: boolean } | undefined => {
  const found = pair.nodes[node].store.contacts.get(ip(address));
  return found === undefined ? undefined : { at: found.at, isPartners: found.isPartners === true };
};

test('host name, option 82 and variables of a lease are at the partner within a second', () => {
  const pair = pairOf();
  const address = pair.firstFree('a');
  grant(pair, 'a', address, 7, 'seven');
  pair.run(1);
  assert.notEqual(extrasOf(pair, 'a', address), undefined);
  assert.deepEqual(extrasOf(pair, 'b', address), extrasOf(pair, 'a', address));
  grant(pair, 'b', address, 7, 'renamed', 'ipxe');
  pair.run(1);
  assert.deepEqual(extrasOf(pair, 'a', address), extrasOf(pair, 'b', address));
  assert.match(JSON.stringify(extrasOf(pair, 'a', address)), /renamed/);
  assert.match(JSON.stringify(extrasOf(pair, 'a', address)), /user-class-identifier/);
});

test('details do not travel back, nor move a lease', () => {
  const pair = pairOf();
  const address = pair.firstFree('a');
  grant(pair, 'a', address, 7, 'seven');
  pair.run(1);
  const from = pair.transcript.length;
  pair.run(2);
  assert.deepEqual(pair.transcript.slice(from).filter((line) => /BNDUPD/.test(line)), []);
  assert.deepEqual(pair.leases('a'), pair.leases('b'));
});

test('the last contact of a reserved host is known on both, with whom it was, and the latest counts', () => {
  const pair = pairOf();
  contact(pair, 'a', '10.77.9.1');
  const { wall } = pair.now;
  pair.run(1);
  assert.deepEqual([contactOf(pair, 'a', '10.77.9.1'), contactOf(pair, 'b', '10.77.9.1')], [{ at: wall, isPartners: false }, { at: wall, isPartners: true }]);
  const { stage, vendorClass, userClass } = pair.nodes.b.store.contacts.get(ip('10.77.9.1')) ?? assert.fail();
  assert.deepEqual({ stage, vendorClass, userClass }, said, 'and what asked for it');
  pair.run(100);
  contact(pair, 'b', '10.77.9.1');
  pair.run(1);
  assert.equal(contactOf(pair, 'a', '10.77.9.1')?.isPartners, true);
  assert.equal(contactOf(pair, 'a', '10.77.9.1')?.at, contactOf(pair, 'b', '10.77.9.1')?.at);
});

test('what was heard while the link was down is told when it is up', () => {
  const pair = pairOf();
  contact(pair, 'a', '10.77.9.1');
  pair.run(200);
  pair.cut();
  pair.run(30);
  const address = pair.firstFree('b');
  grant(pair, 'b', address, 8, 'eight');
  contact(pair, 'a', '10.77.9.2');
  pair.run(5);
  pair.heal();
  pair.run(30);
  assert.deepEqual(extrasOf(pair, 'a', address), extrasOf(pair, 'b', address));
  assert.equal(contactOf(pair, 'b', '10.77.9.2')?.isPartners, true);
});

test('a crowd of contacts arrives in parcels of bounded size', () => {
  const pair = pairOf();
  for (let index = 0; index < 1000; index++) contact(pair, 'a', `10.77.${10 + (index >> 8)}.${index & 255}`);
  pair.run(2);
  assert.equal([...pair.nodes.b.store.contacts.values()].length, 1000);
});

test('over a plain connection nothing of this is said', () => {
  const pair = pairOf({ a: { policy: 'off', secret: good }, b: { policy: 'off', secret: good } });
  const address = pair.firstFree('a');
  grant(pair, 'a', address, 7, 'seven');
  contact(pair, 'a', '10.77.9.1');
  pair.run(5);
  assert.equal(extrasOf(pair, 'b', address), undefined);
  assert.equal(contactOf(pair, 'b', '10.77.9.1'), undefined);
});
