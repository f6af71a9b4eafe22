// The messages of a simulated client, as templates that are patched per client (RFC 2131 §4.4, table 5).
//
//   payload: header 0..235 · cookie 236 · 53 at 240 · 55 (five codes) at 243 · 50 at 250 · 54 at 256 · end
//
// PERF: options that vary lie at even offsets, so a checksum is the template's sum plus the words that were patched.

import type { Ipv4 } from '../../std/ipv4.ts';
import { addLong, addWords, checksumOf } from '../../wire/checksum.ts';
import { dhcpAt, magicCookie, messageType } from '../../wire/dhcp-view.ts';
import { buildUdpFrame, ethernetSize, udpFrameOverhead } from '../../wire/frames.ts';

/** BOOTP's least size, which every client pads to (RFC 1542 §2.1). */
export const payloadSize = 300;
export const frameSize = udpFrameOverhead + payloadSize;

const optionsAt = { type: 242, requestedAddress: 252, serverIdentifier: 258 } as const;
/** Subnet mask, router, DNS servers, domain name, lease time. */
const parameterRequestList = [55, 5, 1, 3, 6, 15, 51];
const ipChecksumAt = ethernetSize + 10;
const udpChecksumAt = udpFrameOverhead - 2;
const at = (payloadOffset: number): number => udpFrameOverhead + payloadOffset;

/** `selecting` answers an OFFER; `renewing` is unicast from a bound client; `rebooting` asks for a known address. */
export type MessageKind = 'discover' | 'selecting' | 'renewing' | 'rebooting' | 'release';

interface Template {
  readonly bytes: Uint8Array;
  readonly ipSum: number;
  readonly udpSum: number;
}

export interface MessageFields {
  xid: number;
  /** Low 32 bits of the MAC 02:00:xx:xx:xx:xx. */
  client: number;
  /** Seconds since the exchange began. */
  secs: number;
  /** The address asked for or held. */
  address: number;
  serverIdentifier: number;
}

const typeOf: Readonly<Record<MessageKind, number>> = {
  discover: messageType.discover, selecting: messageType.request, renewing: messageType.request,
  rebooting: messageType.request, release: messageType.release,
};
const hasRequestedAddress = (kind: MessageKind): boolean => kind === 'selecting' || kind === 'rebooting';
const hasServerIdentifier = (kind: MessageKind): boolean => kind === 'selecting' || kind === 'release';
/** Sent from the client's own address to the server's. */
const isUnicast = (kind: MessageKind): boolean => kind === 'renewing' || kind === 'release';

function options(kind: MessageKind): number[] {
  const list = [53, 1, typeOf[kind], ...parameterRequestList];
  // An option of no meaning (pad, RFC 2132 §3.1) holds the place of what the message does not carry.
  list.push(...(hasRequestedAddress(kind) ? [50, 4, 0, 0, 0, 0] : [0, 0, 0, 0, 0, 0]));
  if (hasServerIdentifier(kind)) list.push(54, 4, 0, 0, 0, 0);
  return [...list, 255];
}

/** The five messages. `giaddr` is 0 for clients on the server's own link; then whole frames are built. */
export class ClientMessages {
  readonly #templates: Readonly<Record<MessageKind, Template>>;
  /** Learned from the server's first reply: where unicast messages go. */
  readonly serverMac = new Uint8Array(6).fill(255);

  constructor(giaddr: Ipv4) {
    const template = (kind: MessageKind): Template => ClientMessages.#template(kind, giaddr);
    this.#templates = {
      discover: template('discover'), selecting: template('selecting'), renewing: template('renewing'),
      rebooting: template('rebooting'), release: template('release'),
    };
  }

  static #template(kind: MessageKind, giaddr: Ipv4): Template {
    const bytes = new Uint8Array(frameSize);
    const view = new DataView(bytes.buffer);
    bytes.set([1, 1, 6, giaddr === 0 ? 0 : 1], at(0));
    view.setUint32(at(dhcpAt.giaddr), giaddr);
    bytes[at(dhcpAt.chaddr)] = 2;
    view.setUint32(at(dhcpAt.cookie), magicCookie);
    bytes.set(options(kind), at(dhcpAt.options));
    const everyone = new Uint8Array(6).fill(255);
    const to = isUnicast(kind) ? 0 : 0xffffffff;
    buildUdpFrame(bytes, view, payloadSize, Uint8Array.of(2, 0, 0, 0, 0, 0), everyone, 0 as Ipv4, 68, to as Ipv4, 67);
    return { bytes, ipSum: ~view.getUint16(ipChecksumAt) & 0xffff, udpSum: ~view.getUint16(udpChecksumAt) & 0xffff };
  }

  /** Writes the frame into `bytes` (a send slot of at least `frameSize`, `view` over the same bytes). */
  write(kind: MessageKind, fields: MessageFields, bytes: Uint8Array, view: DataView): void {
    const template = this.#templates[kind];
    const { xid, client, secs, address, serverIdentifier } = fields;
    bytes.set(template.bytes);
    view.setUint32(8, client);
    view.setUint32(at(dhcpAt.xid), xid);
    view.setUint16(at(dhcpAt.secs), secs);
    view.setUint32(at(dhcpAt.chaddr) + 2, client);
    let udpSum = addLong(xid, addLong(client, template.udpSum + secs));
    if (hasRequestedAddress(kind)) {
      view.setUint32(at(optionsAt.requestedAddress), address);
      udpSum = addLong(address, udpSum);
    }
    if (hasServerIdentifier(kind)) {
      view.setUint32(at(optionsAt.serverIdentifier), serverIdentifier);
      udpSum = addLong(serverIdentifier, udpSum);
    }
    if (isUnicast(kind)) udpSum = this.#unicast(template, address, serverIdentifier, udpSum, bytes, view);
    const checksum = checksumOf(udpSum);
    view.setUint16(udpChecksumAt, checksum === 0 ? 0xffff : checksum);
  }

  #unicast(template: Template, address: number, server: number, sum: number, bytes: Uint8Array, view: DataView): number {
    bytes.set(this.serverMac);
    view.setUint32(ethernetSize + 12, address);
    view.setUint32(ethernetSize + 16, server);
    view.setUint16(ipChecksumAt, checksumOf(addLong(address, addLong(server, template.ipSum))));
    view.setUint32(at(dhcpAt.ciaddr), address);
    // The address counts twice: in ciaddr and in the pseudo header.
    return addLong(address, addLong(address, addLong(server, sum)));
  }
}

/** Whether both checksums of a frame made here are right. For tests. */
export function checksumsHold(frame: Uint8Array): boolean {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const udp = ethernetSize + 20;
  const length = view.getUint16(udp + 4);
  const pseudo = addLong(view.getUint32(ethernetSize + 12), addLong(view.getUint32(ethernetSize + 16), 17 + length));
  const ipSum = checksumOf(addWords(view, ethernetSize, udp, 0));
  return ipSum === 0 && checksumOf(addWords(view, udp, udp + length, pseudo)) === 0;
}
