// What befalls a pair besides the end of a node in the middle of an exchange (failover-exchange.test.ts): operators' words, lost lease
// files, both nodes on their own. Either program can be either node: two dhcpds play the same to be compared with.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { eventually } from '../../../src/cli/lab/child.ts';
import { leaseSeconds, other, requestOf, roles, type MixedPair, type Role } from './mixed-pair.ts';

export interface Scenario {
  readonly id: string;
  /** `we` is the node under test. */
  readonly title: string;
  /** Seconds; longer than a test where nothing may wait for it, or where a lease must outlast a cut. */
  readonly mclt?: number;
  readonly act: (pair: MixedPair, we: Role) => Promise<void>;
}

const mac = '02:78:00:00:00:f1';
const longMclt = 600;
/** Shorter than a lease, longer than a slow machine needs from one message to the next. */
const leaseMclt = 30;

/** Last record of the address in the node's file. */
const stateAt = (pair: MixedPair, role: Role, address: string): string | undefined =>
  /^ {2}binding state (\S+);/m.exec(pair.servers[role].leases().split('\nlease ').filter((text) => text.startsWith(`${address} `)).at(-1) ?? '')?.[1];

/** A client of this node, known to both. */
async function leaseOf(pair: MixedPair, role: Role): Promise<{ readonly mac: string; readonly address: string; readonly seconds: number }> {
  const { mac: client, offer } = await pair.clientOf(role);
  const [ack] = await pair.send([requestOf(client, offer)]);
  assert.equal(ack?.type, 5);
  await pair.isKnownToBoth(client, offer.yiaddr);
  return { mac: client, address: offer.yiaddr, seconds: Number.parseInt(ack.options[51] ?? '0', 16) };
}

async function leaseRenewRelease(pair: MixedPair, we: Role): Promise<void> {
  const first = await leaseOf(pair, we);
  assert.equal(first.seconds, leaseMclt, 'the first grant is limited by MCLT');
  // dhcpd acknowledges a lone update after two seconds.
  await eventually('the full time', async () => {
    const again = await pair.rebind(first.mac, first.address);
    return again !== undefined && again !== 'nak' && again.seconds === leaseSeconds ? true : undefined;
  });
  await pair.send([{ type: 7, mac: first.mac, ciaddr: first.address }], 200);
  for (const role of roles)
    await eventually(`the release at the ${role}`, () => (['free', 'backup'].includes(stateAt(pair, role, first.address) ?? '') ? true : undefined));
}

/** The node is lost with what it knew, and gets everything back. */
async function losesLeaseFile(pair: MixedPair, loser: Role): Promise<void> {
  const address = await pair.settledLease(mac);
  const marks = pair.marks();
  await pair.hit(loser, 'kill');
  writeFileSync(pair.servers[loser].leaseFile, '');
  await pair.mend(loser, 'kill', marks);
  await pair.isKnownToBoth(mac, address);
  assert.notEqual((await pair.fresh(pair.newMac())).address, address);
}

/** The node is dead; the other is told so, serves, and tells it everything when it returns. */
async function declaredDown(pair: MixedPair, dead: Role): Promise<void> {
  const survivor = other(dead);
  const address = await pair.settledLease(mac);
  const marks = pair.marks();
  await pair.hit(dead, 'kill');
  await pair.says(survivor, /I move from normal to communications-interrupted/, marks);
  pair.order(survivor, 'partner-down');
  await pair.says(survivor, /to partner-down/, marks);
  const second = await pair.fresh(pair.newMac());
  await pair.mend(dead, 'kill', marks);
  await pair.isKnownToBoth(mac, address);
  assert.notEqual(second.address, address);
}

/** Both serve apart, one of them in the belief that the other is down: conflicts are resolved. */
async function bothApart(pair: MixedPair, misled: Role): Promise<void> {
  const marks = pair.marks();
  await pair.hit(misled, 'cut');
  for (const role of roles) await pair.says(role, /I move from normal to communications-interrupted/, marks, 40_000);
  pair.order(misled, 'partner-down');
  await pair.says(misled, /I move from communications-interrupted to partner-down/, marks);
  const client = pair.newMac();
  const { address } = await pair.fresh(client);
  const cut = pair.marks();
  await pair.mend(misled, 'cut', marks);
  for (const role of roles) await pair.says(role, /to potential-conflict/, cut);
  await pair.isKnownToBoth(client, address);
}

/** The node hands over for a longer absence, and comes back without waiting for MCLT. */
async function handsOver(pair: MixedPair, leaver: Role): Promise<void> {
  const marks = pair.marks();
  pair.order(leaver, 'shutdown');
  await pair.says(other(leaver), /I move from normal to partner-down/, marks);
  const client = pair.newMac();
  const { address, by } = await pair.fresh(client);
  assert.equal(by, other(leaver));
  const back = pair.marks();
  pair.order(leaver, 'recover');
  await pair.areNormal(back);
  await pair.isKnownToBoth(client, address);
}

/** The node hands over for a short absence. */
async function pauses(pair: MixedPair, leaver: Role): Promise<void> {
  const marks = pair.marks();
  pair.order(leaver, 'pause');
  await pair.says(other(leaver), /I move from normal to communications-interrupted/, marks);
  const back = pair.marks();
  pair.order(leaver, 'resume');
  await pair.says(other(leaver), /I move from communications-interrupted to normal/, back);
}

export const scenarios: readonly Scenario[] = [
  { id: 'lease', title: 'a lease, a renewal and a release of ours are known to both', act: leaseRenewRelease, mclt: leaseMclt },
  { id: 'we-lose-leases', title: 'we lose our lease file and get everything back', act: losesLeaseFile },
  { id: 'they-lose-leases', title: 'the partner loses its lease file and gets everything back', act: (pair, we) => losesLeaseFile(pair, other(we)) },
  { id: 'we-are-declared-down', title: 'we die, are declared down, and return', act: declaredDown },
  { id: 'they-are-declared-down', title: 'the partner dies, is declared down, and returns', act: (pair, we) => declaredDown(pair, other(we)) },
  { id: 'they-believe-us-down', title: 'both serve apart, the partner believes us down: conflicts are resolved', act: (pair, we) => bothApart(pair, other(we)), mclt: longMclt },
  { id: 'we-believe-them-down', title: 'both serve apart, we believe the partner down: conflicts are resolved', act: bothApart, mclt: longMclt },
  { id: 'we-hand-over', title: 'we hand over and recover', act: handsOver, mclt: longMclt },
  { id: 'they-hand-over', title: 'the partner hands over and recovers', act: (pair, we) => handsOver(pair, other(we)), mclt: longMclt },
  { id: 'we-pause', title: 'we pause and resume', act: pauses },
  { id: 'they-pause', title: 'the partner pauses and resumes', act: (pair, we) => pauses(pair, other(we)) },
];
