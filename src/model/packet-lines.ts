// dhcpd's packet lines as rows: stable id, pieces of the text, level. docs/log-events.md lists them;
// node/log-buffer.ts renders them to bytes, the JSON sink to fields (dhcpv4-server reference §18.1).

import type { LogLevel } from './log-event.ts';
import type { PacketLine } from './log-lane.ts';

/** What stands between the fixed words, in order. */
export type PacketLinePart =
  | { readonly kind: 'text'; readonly text: string }
  /** The address argument of the line, dotted. */
  | { readonly kind: 'ip' }
  /** `(1.2.3.4) ` when the request names a server. */
  | { readonly kind: 'server-id' }
  /** The client's hardware address, colons; its uid or `<no identifier>` when it has no hardware type. */
  | { readonly kind: 'client' }
  /** `(name) ` when the lease knows a printable one. */
  | { readonly kind: 'host' }
  /** giaddr when relayed, else the interface. */
  | { readonly kind: 'via' };

export interface PacketLineRow {
  readonly id: string;
  readonly level: LogLevel;
  readonly parts: readonly PacketLinePart[];
  /** How the reason is attached: `: reason`, or ` (reason)` as RELEASE does. */
  readonly reason: 'colon' | 'parentheses';
  readonly help: string;
}

const t = (text: string): PacketLinePart => ({ kind: 'text', text });
const ip: PacketLinePart = { kind: 'ip' };
const serverId: PacketLinePart = { kind: 'server-id' };
const client: PacketLinePart = { kind: 'client' };
const host: PacketLinePart = { kind: 'host' };
const via: PacketLinePart = { kind: 'via' };

const row = (
  id: string,
  help: string,
  parts: readonly PacketLinePart[],
  reason: PacketLineRow['reason'] = 'colon',
): PacketLineRow => ({ id, level: 'info', parts, reason, help });

export const packetLines: Readonly<Record<PacketLine, PacketLineRow>> = {
  DISCOVER: row('DHCP_DISCOVER', 'A client looks for servers. A reason behind the colon says why it got no offer.', [t('DHCPDISCOVER from '), client, t(' '), host, t('via '), via]),
  OFFER: row('DHCP_OFFER', 'An address was offered; it is held for this client until it asks or two minutes pass.', [t('DHCPOFFER on '), ip, t(' to '), client, t(' '), host, t('via '), via]),
  REQUEST: row('DHCP_REQUEST', 'A client asks for an address: after an offer, after a reboot, or to renew.', [t('DHCPREQUEST for '), ip, t(' '), serverId, t('from '), client, t(' '), host, t('via '), via]),
  ACK: row('DHCP_ACK', 'The address is leased. A dynamic lease was on disk before the answer left.', [t('DHCPACK on '), ip, t(' to '), client, t(' '), host, t('via '), via]),
  NAK: row('DHCP_NAK', 'The client must not use this address here.', [t('DHCPNAK on '), ip, t(' to '), client, t(' via '), via]),
  DECLINE: row('DHCP_DECLINE', 'A client found its address in use by someone else.', [t('DHCPDECLINE of '), ip, t(' from '), client, t(' '), host, t('via '), via]),
  RELEASE: row('DHCP_RELEASE', 'A client gave its address back.', [t('DHCPRELEASE of '), ip, t(' from '), client, t(' '), host, t('via '), via], 'parentheses'),
  INFORM: row('DHCP_INFORM', 'A client that has an address asks for options only.', [t('DHCPINFORM from '), ip, t(' via '), via]),
  'INFORM-ACK': row('DHCP_INFORM_ACK', 'Options were sent to a client that has its own address.', [t('DHCPACK to '), ip, t(' ('), client, t(') via '), via]),
  BOOTREQUEST: row('BOOTP_REQUEST', 'A BOOTP client asks.', [t('BOOTREQUEST from '), client, t(' via '), via]),
  BOOTREPLY: row('BOOTP_REPLY', 'A BOOTP client got a dynamic address.', [t('BOOTREPLY on '), ip, t(' to '), client, t(' '), host, t('via '), via]),
  'BOOTREPLY-STATIC': row('BOOTP_REPLY_STATIC', 'A BOOTP client got the address of its host declaration.', [t('BOOTREPLY for '), ip, t(' to '), host, t('('), client, t(') via '), via]),
};

/** Reasons that dhcpd logs at another level than info, by how they begin. */
const reasonLevels: readonly (readonly [string, LogLevel])[] = [
  ['network ', 'error'],
  ['peer holds all free leases', 'error'],
  ['load balance to peer', 'debug'],
  ['cancel load balance', 'debug'],
  ['lease owned by peer', 'debug'],
  ['lease in transition state', 'debug'],
  ['lease reset by administrator', 'debug'],
  ['not our server id', 'debug'],
];

export function packetLineLevel(line: PacketLine, reason: string): LogLevel {
  if (reason !== '')
    for (const [start, level] of reasonLevels) if (reason.startsWith(start)) return level;
  return packetLines[line].level;
}
