// DHCPINFORM (RFC 2131 §4.3.5): options for a client that has its address; no lease is looked up for ownership or changed.

import type { Ipv4 } from '../std/ipv4.ts';
import { absent, messageType } from '../wire/dhcp-view.ts';
import type { Desk } from './desk.ts';
import { logPacket, type Exchange } from './exchange.ts';

export function answerInform(x: Exchange, desk: Desk): void {
  const { view, packet } = x;
  const client = view.ciaddr !== 0 ? view.ciaddr : packet.source;
  const refuse = (reason: string): void => logPacket(x, 'INFORM', client, '', reason);
  if (client === 0) return refuse('ignored (null source address).');
  const { address, kind } = policyAddress(x, client);
  if (address < 0) return refuse('ignored (invalid subnet selection option).');
  const subnet = desk.networks.subnetOf(address as Ipv4);
  if (subnet === undefined) return refuse(`unknown subnet for ${kind} address ${dotted(address)}`);
  if (!subnet.isAuthoritative) return refuse(`not authoritative for subnet ${dotted(subnet.network)}`);
  x.network = subnet.sharedNetwork;
  x.fixedHost = -1;
  x.optionsHost = -1;
  desk.lookup.findHosts(x, client);
  const row = desk.table.rowOf(client);
  const policy = desk.granting.policyFor(x, subnet, client, row);
  const isSent = desk.replies.send(x, {
    kind: 'inform',
    type: messageType.ack,
    yiaddr: 0 as Ipv4,
    serverId: desk.granting.identifier(x, subnet, policy),
    leaseSeconds: undefined,
    policy,
    mask: subnet.mask,
    // dhcpd's use-host-decl-names is for leases.
    hostName: '',
    isOnLink: true,
    lane: x.effects.now,
  });
  logPacket(x, 'INFORM', client, '', '');
  // To its own address it goes without the relay, and dhcpd's line says so.
  const via = view.ciaddr === 0 ? x.via : { giaddr: 0, interfaceName: x.port.name };
  if (isSent) x.effects.log.packet('INFORM-ACK', client, view, via, '', '');
}

/** The address whose subnet gives the options, and what it is. */
function policyAddress({ view }: Exchange, client: Ipv4): { address: number; kind: string } {
  if (view.giaddr !== 0 && view.linkSelection !== absent) return { address: view.linkSelection, kind: 'relay link select' };
  if (view.subnetSelection !== absent) return { address: view.subnetSelection, kind: 'selected' };
  if (view.ciaddr === 0 && view.giaddr !== 0) return { address: view.giaddr, kind: 'relay' };
  return { address: client, kind: view.ciaddr !== 0 ? 'client' : 'source' };
}

const dotted = (ip: number): string => `${ip >>> 24}.${(ip >>> 16) & 255}.${(ip >>> 8) & 255}.${ip & 255}`;
