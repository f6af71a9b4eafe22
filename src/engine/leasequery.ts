// DHCPLEASEQUERY over UDP (RFC 4388, server reference §10.1): what a relay may ask about the leases of its clients.
// Replies tell only what the row holds; configured options of the relay's network are not sent (dhcpd leaks some).

import { toHex } from '../std/bytes.ts';
import { formatIpv4, type Ipv4 } from '../std/ipv4.ts';
import { infinite, secondsBetween, type UnixSeconds } from '../std/time.ts';
import { clientClassOf } from '../model/lease.ts';
import type { LeaseTable } from '../lease/lease-table.ts';
import { dhcpAt, messageType } from '../wire/dhcp-view.ts';
import { DhcpWriter, payloadLimit } from '../wire/dhcp-writer.ts';
import { optionCode } from '../wire/option-codes.ts';
import { address } from './addressing.ts';
import type { Desk } from './desk.ts';
import type { Exchange } from './exchange.ts';
import { renewalTime } from './lease-time.ts';
import { leasequeryAnswered, leasequeryCut, leasequeryReceived } from './log-events.ts';
import { code } from './lookup.ts';

/** Other addresses of the client that are told (dhcpd's number). */
const associatedMax = 40;
/** Leases of one client that are looked at. */
const lookedAtMax = 1024;

/** PERF: cold, but asked by machines: one writer for all answers. */
const writer = new DhcpWriter();

interface Query {
  /** As dhcpd logs it: `IP 10.0.0.5`, `client-id 01:02`, `MAC address 02:…`. */
  readonly text: string;
  readonly rows: readonly number[];
}

export function answerLeasequery(x: Exchange, desk: Desk): void {
  const { view } = x;
  const from = formatIpv4(view.giaddr);
  const refuse = (reason: string): void => x.effects.log.event(leasequeryReceived, { from, query: '', reason });
  if (view.giaddr === 0) return refuse(`missing giaddr, ciaddr is ${formatIpv4(view.ciaddr)}, no reply sent`);
  const subnet = desk.networks.subnetOf(view.giaddr);
  const policy = desk.policies.ofNetwork(x, subnet);
  if (policy.parameters.allowLeasequery !== 1) return refuse('LEASEQUERY not allowed, query ignored');
  const query = ask(x, desk.table);
  x.effects.log.event(leasequeryReceived, { from, query: query.text, reason: '' });
  const best = newest(desk.table, query.rows);
  const type = best < 0 ? messageType.leaseunknown : desk.table.state(best) === code.active ? messageType.leaseactive : messageType.leaseunassigned;
  const frame = x.effects.afterCommit.frame();
  if (frame === undefined) return;
  writer.begin(frame.bytes, frame.view, view, payloadLimit(view, 0), 'never');
  const serverId = desk.granting.identifier(x, subnet, policy);
  writer.putU8(optionCode.messageType, type);
  writer.putU32(optionCode.serverIdentifier, serverId);
  const associated = type === messageType.leaseactive ? describe(x, desk.table, best) : 0;
  frame.size = writer.finish(0);
  frame.source = serverId;
  address(frame, x, 'lease', 0 as Ipv4, { isOnLink: false, alwaysBroadcast: false });
  if (associated > associatedMax) x.effects.log.event(leasequeryCut, { count: associated, query: query.text });
  x.effects.log.event(leasequeryAnswered, { type: answerNames[type] ?? '', to: from, query: query.text, associated });
}

const answerNames: Readonly<Record<number, string>> = {
  [messageType.leaseactive]: 'DHCPLEASEACTIVE',
  [messageType.leaseunassigned]: 'DHCPLEASEUNASSIGNED',
  [messageType.leaseunknown]: 'DHCPLEASEUNKNOWN',
};

/** By address, else by client identifier, else by hardware address (RFC 4388 §6.4.1). */
function ask(x: Exchange, table: LeaseTable): Query {
  const { view } = x;
  if (view.ciaddr !== 0) {
    const row = table.rowOf(view.ciaddr);
    return { text: `IP ${formatIpv4(view.ciaddr)}`, rows: row < 0 || table.pool(row) < 0 ? [] : [row] };
  }
  const rows: number[] = [];
  if (x.hasUid) {
    let row = table.firstByUid(view.joined, x.uidAt, x.uidLength);
    for (; row >= 0 && rows.length < lookedAtMax; row = table.nextByUid(row)) rows.push(row);
    return { text: `client-id ${toHex(view.joined.subarray(x.uidAt, x.uidAt + x.uidLength), ':')}`, rows };
  }
  let row = table.firstByHardware(view.htype, view.slot, view.chaddrAt, view.hlen);
  for (; row >= 0 && rows.length < lookedAtMax; row = table.nextByHardware(row)) rows.push(row);
  return { text: `MAC address ${toHex(view.chaddr, ':')}`, rows };
}

/** A running lease with the latest contact, else the one that ended last. */
function newest(table: LeaseTable, rows: readonly number[]): number {
  let best = -1;
  for (const row of rows) {
    const isActive = table.state(row) === code.active;
    const isBestActive = best >= 0 && table.state(best) === code.active;
    const isLater = isActive ? table.cltt(row) > table.cltt(best) : table.ends(row) > table.ends(best);
    if (best < 0 || (isActive && !isBestActive) || (isActive === isBestActive && isLater)) best = row;
  }
  return best;
}

/** Seconds until T1 and T2, while there are any (RFC 4388 §6.4.2): counted from the start of the lease, each part rounded down, as dhcpd does. */
function putTimes(now: UnixSeconds, starts: UnixSeconds, ends: UnixSeconds): void {
  const duration = secondsBetween(starts, ends);
  const elapsed = secondsBetween(starts, now);
  const t1 = renewalTime(duration);
  const t2 = t1 + Math.floor(duration / 4) + Math.floor(duration / 8);
  if (t1 > elapsed) writer.putU32(optionCode.renewalTime, t1 - elapsed);
  if (t2 > elapsed) writer.putU32(optionCode.rebindingTime, t2 - elapsed);
}

/** What a LEASEACTIVE tells; the number of other addresses its client has. */
function describe(x: Exchange, table: LeaseTable, row: number): number {
  const { hardware, uid, starts, ends, cltt, extras } = table.lease(row);
  writer.setCiaddr(table.ip(row));
  writer.bytes[dhcpAt.htype] = hardware?.htype ?? 0;
  const chaddr = hardware?.address.subarray(0, 16) ?? new Uint8Array(0);
  writer.bytes[dhcpAt.hlen] = chaddr.length;
  writer.bytes.fill(0, dhcpAt.chaddr, dhcpAt.sname);
  writer.bytes.set(chaddr, dhcpAt.chaddr);
  const left = secondsBetween(x.now.wall, ends);
  writer.putU32(optionCode.leaseTime, left);
  if (left !== infinite) putTimes(x.now.wall, starts, ends);
  // In dhcpd's order.
  const others = associatedWith(table, row, uid, hardware?.htype ?? 0, chaddr);
  if (others.length > 0) {
    const list = new Uint8Array(Math.min(others.length, associatedMax) * 4);
    const view = new DataView(list.buffer);
    others.slice(0, associatedMax).forEach((other, index) => view.setUint32(index * 4, table.ip(other)));
    writer.putBytes(optionCode.associatedIp, list);
  }
  writer.putU32(optionCode.clientLastTransactionTime, secondsBetween(cltt, x.now.wall));
  const vendorClass = clientClassOf(extras, 'vendor');
  if (vendorClass !== undefined) writer.putBytes(optionCode.vendorClassIdentifier, vendorClass);
  if (uid !== undefined) writer.putBytes(optionCode.clientIdentifier, uid);
  if (extras?.agentOptions !== undefined && !x.view.hasOption(optionCode.relayAgentInformation))
    writer.putBytes(optionCode.relayAgentInformation, extras.agentOptions);
  return others.length;
}

function associatedWith(table: LeaseTable, row: number, uid: Uint8Array | undefined, htype: number, chaddr: Uint8Array): number[] {
  const others: number[] = [];
  const next = (at: number): number => (uid === undefined ? table.nextByHardware(at) : table.nextByUid(at));
  let other = uid === undefined ? table.firstByHardware(htype, chaddr, 0, chaddr.length) : table.firstByUid(uid, 0, uid.length);
  for (let looked = 0; other >= 0 && looked < lookedAtMax; other = next(other), looked++)
    if (other !== row && table.state(other) === code.active) others.push(other);
  return others;
}
