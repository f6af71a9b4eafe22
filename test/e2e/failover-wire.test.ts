// On the wire towards a dhcpd Leasehold is a dhcpd: in the same course of things it says the same kinds of messages with the same options in
// the same order (how many, and when, depends on the moment),
// but for option 29 of the handshake. The judge is a pair of two dhcpds that goes through it as well.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { skipWithout } from './support/lab.ts';
import type { WireMessage } from './support/failover-wire.ts';
import { kindsWith, openPair, other, roles, type MixedPair, type Role } from './support/mixed-pair.ts';

const skip = skipWithout('dhcpd', 'tshark', 'nft', 'omshell');
const names = ['', 'POOLREQ', 'POOLRESP', 'BNDUPD', 'BNDACK', 'CONNECT', 'CONNECTACK', 'UPDREQALL', 'UPDDONE', 'UPDREQ', 'STATE', 'CONTACT', 'DISCONNECT'];
const capabilities = 29;
const privateMin = 0xf000;

/** A client's lease at each node, a renewal, the primary stopped and started again, a lease after it. */
async function course(pair: MixedPair): Promise<Record<Role, WireMessage[]>> {
  for (const role of roles) {
    const { mac } = await pair.clientOf(role);
    await pair.settledLease(mac);
  }
  const marks = pair.marks();
  await pair.hit('primary', 'stop');
  await pair.servers.secondary.child.line(/I move from normal to (communications-interrupted|partner-down)/, marks.secondary, 40_000);
  await pair.mend('primary', 'stop', marks);
  await pair.settledLease(pair.newMac());
  return pair.said();
}

/** `BNDUPD 2,3,5`: kinds with their options in their order, each once. */
const shapesOf = (messages: readonly WireMessage[]): Set<string> =>
  new Set(messages.map(({ type, options }) => `${names[type] ?? type} ${options.filter((code) => code !== capabilities).join(',')}`));
const kindsOf = (messages: readonly WireMessage[]): Set<string> => new Set(messages.map(({ type }) => names[type] ?? String(type)));

test('Leasehold as either node says to a dhcpd what a dhcpd says there', { skip, timeout: 900_000 }, async (t) => {
  const said: Record<string, Record<Role, WireMessage[]>> = {};
  for (const ours of [undefined, ...roles] as const) said[ours ?? 'dhcpd'] = await course(await openPair(t, kindsWith(ours)));
  const both = said['dhcpd'];
  assert.ok(both !== undefined);
  // Which options a binding message has depends on what the lease has: those that dhcpd uses in either role count.
  const known = new Set([...shapesOf(both.primary), ...shapesOf(both.secondary), ...roles.flatMap((ours) => [...shapesOf(said[ours]?.[other(ours)] ?? [])])]);
  for (const ours of roles) {
    const messages = said[ours]?.[ours] ?? [];
    const what = (list: Iterable<string>): string => [...list].toSorted().join('\n');
    assert.ok(messages.length > 20, `only ${messages.length} messages of ours were read`);
    assert.deepEqual([...shapesOf(messages)].filter((shape) => !known.has(shape)), [], `as ${ours}; dhcpd:\n${what(known)}`);
    for (const { type, options } of messages) {
      assert.equal(options.includes(capabilities), type === 5 || type === 6, `option 29 in ${names[type]} and only in the handshake`);
      assert.deepEqual(options.filter((code) => code >= privateMin), [], `no option of our own in ${names[type]}`);
    }
    // No kind is left out or added.
    assert.deepEqual([...kindsOf(messages)].toSorted(), [...kindsOf(both[ours])].toSorted(), `kinds as ${ours}`);
  }
});
