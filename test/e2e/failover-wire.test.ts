// On the wire towards a dhcpd Leasehold is a dhcpd: in the same course of things it says the same kinds of messages with the same options
// in the same order and, where the course determines them, the same values (how many messages, and when, depends on the moment), but for
// the vendor class and option 29 of the handshake. The judge is a pair of two dhcpds that goes through it as well.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { skipWithout } from './support/lab.ts';
import type { WireMessage } from './support/failover-wire.ts';
import { kindsWith, openPair, other, roles, type MixedPair, type Role } from './support/mixed-pair.ts';

const skip = skipWithout('dhcpd', 'tshark', 'nft', 'omshell');
const names = ['', 'POOLREQ', 'POOLRESP', 'BNDUPD', 'BNDACK', 'CONNECT', 'CONNECTACK', 'UPDREQALL', 'UPDDONE', 'UPDREQ', 'STATE', 'CONTACT', 'DISCONNECT'];
const capabilities = 29;
const privateMin = 0xf000;
const serverState = 24;
/** STATE paused (7), which dhcpd knows and an operator's omshell makes it say: an orderly stop of ours says so, that of a dhcpd nothing. */
const orderlyStop = 'STATE 24=07 23=00 25=time';

/** A client's lease at each node, a renewal, the primary stopped and started again, a lease after it. */
async function course(pair: MixedPair): Promise<Record<Role, readonly (readonly WireMessage[])[]>> {
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

const nameOf = (type: number): string => names[type] ?? String(type);
/** `BNDUPD 2=4 bytes 3=02 …`: kinds with their options in their order and their values, each once. */
const shapesOf = (messages: readonly WireMessage[]): Set<string> =>
  new Set(messages.map(({ type, options, values }) =>
    `${nameOf(type)} ${options.filter((code) => code !== capabilities).map((code) => `${code}=${values.get(code) ?? ''}`).join(' ')}`));
const kindsOf = (messages: readonly WireMessage[]): Set<string> => new Set(messages.map(({ type }) => nameOf(type)));

/** Messages whose order the course determines. Bindings, pool requests and signs of life come in between when they come. */
const orderedKinds = new Set(['CONNECT', 'CONNECTACK', 'STATE', 'UPDREQALL', 'UPDREQ', 'UPDDONE']);
/** Of the connection that was made last, to its end; the same state again is the same. */
function orderOf(connections: readonly (readonly WireMessage[])[]): string[] {
  const last = connections.findLast((messages) => messages.some(({ type }) => nameOf(type) === 'STATE')) ?? [];
  const words = last
    .map(({ type, values }) => (nameOf(type) === 'STATE' ? `STATE ${values.get(serverState) ?? ''}` : nameOf(type)))
    .filter((word) => orderedKinds.has(word.split(' ')[0] ?? ''));
  return words.filter((word, index) => word !== words[index - 1]);
}
const isHandshake = (shape: string): boolean => shape.startsWith('CONNECT');

test('Leasehold as either node says to a dhcpd what a dhcpd says there', { skip, timeout: 900_000 }, async (t) => {
  const said: Record<string, Awaited<ReturnType<typeof course>>> = {};
  for (const ours of [undefined, ...roles] as const) said[ours ?? 'dhcpd'] = await course(await openPair(t, kindsWith(ours)));
  const both = said['dhcpd'];
  assert.ok(both !== undefined);
  // Which options and values a binding message has depends on what the lease has: those that dhcpd uses in either role count.
  const known = new Set([...roles.flatMap((role) => [...shapesOf(both[role].flat())]), ...roles.flatMap((ours) => [...shapesOf(said[ours]?.[other(ours)].flat() ?? [])])]);
  if (process.env['LEASEHOLD_SHOW_WIRE'] === '1')
    for (const [what, by] of Object.entries(said)) for (const role of roles) t.diagnostic(`${what}, ${role}: ${orderOf(by[role]).join(', ')}`);
  for (const ours of roles) {
    const connections = said[ours]?.[ours] ?? [];
    const messages = connections.flat();
    const what = (list: Iterable<string>): string => [...list].toSorted().join('\n');
    assert.ok(messages.length > 20, `only ${messages.length} messages of ours were read`);
    const unknown = [...shapesOf(messages)].filter((shape) => !known.has(shape) && shape !== orderlyStop);
    assert.deepEqual(unknown, [], `as ${ours}; dhcpd:\n${what(known)}`);
    // In the handshake nothing is the moment's.
    const handshakes = (list: readonly WireMessage[]): string[] => [...shapesOf(list)].filter(isHandshake).toSorted();
    assert.deepEqual(handshakes(messages), handshakes(both[ours].flat()), `handshake as ${ours}`);
    for (const { type, options } of messages) {
      assert.equal(options.includes(capabilities), type === 5 || type === 6, `option 29 in ${nameOf(type)} and only in the handshake`);
      assert.deepEqual(options.filter((code) => code >= privateMin), [], `no option of our own in ${nameOf(type)}`);
    }
    // No kind is left out or added.
    assert.deepEqual([...kindsOf(messages)].toSorted(), [...kindsOf(both[ours].flat())].toSorted(), `kinds as ${ours}`);
    assert.deepEqual(orderOf(connections), orderOf(both[ours]), `order after a restart, as ${ours}`);
  }
});
