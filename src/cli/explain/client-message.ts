// The message that the client described on the command line would send.
//
//   header 236 · cookie · 53 · 61 · 50 · 54 · 12 · 60 · 77 · 93 · 55 · 82 (last, as a relay adds it) · end

import { ByteWriter, latin1 } from '../../std/bytes.ts';
import { limitedBroadcast, type Ipv4 } from '../../std/ipv4.ts';
import { dhcpAt, magicCookie, messageType } from '../../wire/dhcp-view.ts';

export interface ClientDescription {
  /** 0 to 16 bytes of Ethernet address. */
  readonly hardware: Uint8Array;
  readonly clientId?: Uint8Array;
  readonly vendorClass?: string;
  readonly userClass?: string;
  /** Option 93 (RFC 4578 §2.1). */
  readonly architecture?: number;
  readonly hostname?: string;
  /** The relay; 0.0.0.0 for a client on the server's own link. */
  readonly giaddr: Ipv4;
  readonly circuitId?: string;
  readonly remoteId?: string;
}

/** What a client can say, by the states of RFC 2131 §4.3.2 where it says DHCPREQUEST. */
export type MessageKind =
  'discover' | 'request-selecting' | 'init-reboot' | 'renew' | 'rebind' | 'inform' | 'decline' | 'release' | 'leasequery';

interface MessageRow {
  readonly type: number;
  readonly name: string;
  /** Where its address stands (RFC 2131 table 5): option 50 or ciaddr. */
  readonly address: 'option' | 'ciaddr';
  /** Option 54 is in it. */
  readonly namesServer: boolean;
  /** Sent straight to the server, past every relay. */
  readonly isDirect: boolean;
  /** It asks for options: 55 and what describes the client go along. */
  readonly asksOptions: boolean;
}

export const messageRows: Readonly<Record<MessageKind, MessageRow>> = {
  discover: { type: messageType.discover, name: 'DHCPDISCOVER', address: 'option', namesServer: false, isDirect: false, asksOptions: true },
  'request-selecting': { type: messageType.request, name: 'DHCPREQUEST (selecting)', address: 'option', namesServer: true, isDirect: false, asksOptions: true },
  'init-reboot': { type: messageType.request, name: 'DHCPREQUEST (init-reboot)', address: 'option', namesServer: false, isDirect: false, asksOptions: true },
  renew: { type: messageType.request, name: 'DHCPREQUEST (renewing)', address: 'ciaddr', namesServer: false, isDirect: true, asksOptions: true },
  rebind: { type: messageType.request, name: 'DHCPREQUEST (rebinding)', address: 'ciaddr', namesServer: false, isDirect: false, asksOptions: true },
  inform: { type: messageType.inform, name: 'DHCPINFORM', address: 'ciaddr', namesServer: false, isDirect: false, asksOptions: true },
  decline: { type: messageType.decline, name: 'DHCPDECLINE', address: 'option', namesServer: true, isDirect: false, asksOptions: false },
  release: { type: messageType.release, name: 'DHCPRELEASE', address: 'ciaddr', namesServer: true, isDirect: true, asksOptions: false },
  leasequery: { type: messageType.leasequery, name: 'DHCPLEASEQUERY', address: 'ciaddr', namesServer: false, isDirect: false, asksOptions: false },
};

export const isMessageKind = (text: string): text is MessageKind => Object.hasOwn(messageRows, text);

/** The addresses a message carries; 0.0.0.0 is left out. */
export interface MessageAddresses {
  readonly kind: MessageKind;
  /** What the client asks for, has, gives back or refuses. */
  readonly address: Ipv4;
  /** Option 54. */
  readonly serverId: Ipv4;
}

/** The addresses of the datagram that brings a message. */
export interface PacketPath {
  readonly source: Ipv4;
  readonly sourcePort: number;
  readonly destination: Ipv4;
}

/** What PXE firmware and common clients ask for: mask, router, DNS, names, times, MTU, NTP, boot server and file, routes. */
const wanted = Uint8Array.of(1, 3, 6, 12, 15, 26, 28, 42, 43, 51, 54, 58, 59, 60, 66, 67, 119, 121);

const option = (out: ByteWriter, code: number, value: Uint8Array | undefined): void => {
  if (value === undefined || value.length === 0 || value.length > 255) return;
  out.u8(code);
  out.u8(value.length);
  out.raw(value);
};
const textOption = (out: ByteWriter, code: number, text: string | undefined): void =>
  option(out, code, text === undefined ? undefined : latin1(text));
function addressOption(out: ByteWriter, code: number, address: Ipv4): void {
  if (address === 0) return;
  out.u8(code);
  out.u8(4);
  out.u32(address);
}

/** A sub-option of option 82 (RFC 3046 §2.0); two of them fit. */
function agentPart(code: number, text: string | undefined): readonly number[] {
  const value = latin1(text ?? '').subarray(0, 125);
  return text === undefined ? [] : [code, value.length, ...value];
}

/** The relay's address as the message carries it: what goes straight to the server passes no relay. */
const giaddrOf = ({ giaddr }: ClientDescription, kind: MessageKind): Ipv4 => (messageRows[kind].isDirect ? (0 as Ipv4) : giaddr);

function headerOf(client: ClientDescription, { kind, address }: MessageAddresses): Uint8Array {
  const header = new Uint8Array(dhcpAt.cookie);
  const view = new DataView(header.buffer);
  const giaddr = giaddrOf(client, kind);
  // A LEASEQUERY by address tells no hardware (RFC 4388 §6.2).
  const isBare = kind === 'leasequery' && address !== 0;
  const hlen = isBare ? 0 : Math.min(client.hardware.length, 16);
  header.set([1, isBare ? 0 : 1, hlen, giaddr === 0 || kind === 'leasequery' ? 0 : 1]);
  view.setUint32(dhcpAt.xid, 0x1ea5e401);
  if (messageRows[kind].address === 'ciaddr') view.setUint32(dhcpAt.ciaddr, address);
  view.setUint32(dhcpAt.giaddr, giaddr);
  header.set(client.hardware.subarray(0, hlen), dhcpAt.chaddr);
  return header;
}

export function messageOf(client: ClientDescription, addresses: MessageAddresses): Uint8Array {
  const row = messageRows[addresses.kind];
  const out = new ByteWriter(576);
  out.raw(headerOf(client, addresses));
  out.u32(magicCookie);
  option(out, 53, Uint8Array.of(row.type));
  option(out, 61, client.clientId);
  if (row.address === 'option') addressOption(out, 50, addresses.address);
  if (row.namesServer) addressOption(out, 54, addresses.serverId);
  if (row.asksOptions) describe(out, client);
  if (!row.isDirect) option(out, 82, Uint8Array.of(...agentPart(1, client.circuitId), ...agentPart(2, client.remoteId)));
  out.u8(255);
  const bytes = new Uint8Array(Math.max(out.size, 300));
  bytes.set(out.view());
  return bytes;
}

function describe(out: ByteWriter, { hostname, vendorClass, userClass, architecture }: ClientDescription): void {
  textOption(out, 12, hostname);
  textOption(out, 60, vendorClass);
  textOption(out, 77, userClass);
  if (architecture !== undefined) option(out, 93, Uint8Array.of(architecture >> 8, architecture & 255));
  option(out, 55, wanted);
}

/** How the message arrives at a server that calls itself `own`: from a relay, from the client's address, or from none yet. */
export function pathOf(client: ClientDescription, { kind, address }: MessageAddresses, own: Ipv4): PacketPath {
  const row = messageRows[kind];
  const giaddr = giaddrOf(client, kind);
  if (giaddr !== 0) return { source: giaddr, sourcePort: 67, destination: own };
  const source = row.address === 'ciaddr' ? address : (0 as Ipv4);
  return { source, sourcePort: 68, destination: row.isDirect ? own : limitedBroadcast };
}
