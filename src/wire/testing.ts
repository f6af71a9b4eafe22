// Test support: DHCP messages from parts, and views of them.

import { fromHex } from '../std/bytes.ts';
import type { Ipv4 } from '../std/ipv4.ts';
import { DhcpView, dhcpAt, magicCookie, type PacketCheck } from './dhcp-view.ts';

/** An option as [code, bytes or hex]. */
export type TestOption = readonly [code: number, value: Uint8Array | readonly number[] | string];

export interface TestPacket {
  readonly op?: number;
  readonly htype?: number;
  readonly hlen?: number;
  readonly hops?: number;
  readonly xid?: number;
  readonly secs?: number;
  readonly flags?: number;
  readonly ciaddr?: number;
  readonly yiaddr?: number;
  readonly siaddr?: number;
  readonly giaddr?: number;
  /** Hex; default `020000000001`. */
  readonly chaddr?: string;
  /** Raw bytes of the fields, hex. */
  readonly sname?: string;
  readonly file?: string;
  /** False: nothing behind `file`. */
  readonly hasCookie?: boolean;
  readonly options?: readonly TestOption[];
  /** Hex behind the options; default END. */
  readonly tail?: string;
  /** Zeroes up to this size; default 300. */
  readonly sizeMin?: number;
}

export const hex = (text: string): Uint8Array => {
  const bytes = fromHex(text);
  if (bytes === undefined) throw new Error(`not hex: ${text}`);
  return bytes;
};

/** One instance of an option: code, length, value. */
export const tlv = ([code, value]: TestOption): number[] => {
  const bytes = typeof value === 'string' ? hex(value) : value;
  return [code, bytes.length, ...bytes];
};

/** A DHCP message; unless said otherwise a request from 02:00:00:00:00:01, xid 0x12345678, padded to 300 bytes. */
export function dhcpPacket(packet: TestPacket = {}): Uint8Array {
  const chaddr = hex(packet.chaddr ?? '020000000001');
  const body = packet.hasCookie === false ? [] : [
    magicCookie >>> 24, (magicCookie >>> 16) & 255, (magicCookie >>> 8) & 255, magicCookie & 255,
    ...(packet.options ?? []).flatMap(tlv),
    ...hex(packet.tail ?? 'ff'),
  ];
  const bytes = new Uint8Array(Math.max(dhcpAt.cookie + body.length, packet.sizeMin ?? 300));
  const view = new DataView(bytes.buffer);
  bytes.set([packet.op ?? 1, packet.htype ?? 1, packet.hlen ?? chaddr.length, packet.hops ?? 0]);
  view.setUint32(dhcpAt.xid, packet.xid ?? 0x12345678);
  view.setUint16(dhcpAt.secs, packet.secs ?? 0);
  view.setUint16(dhcpAt.flags, packet.flags ?? 0);
  view.setUint32(dhcpAt.ciaddr, packet.ciaddr ?? 0);
  view.setUint32(dhcpAt.yiaddr, packet.yiaddr ?? 0);
  view.setUint32(dhcpAt.siaddr, packet.siaddr ?? 0);
  view.setUint32(dhcpAt.giaddr, packet.giaddr ?? 0);
  bytes.set(chaddr.subarray(0, 16), dhcpAt.chaddr);
  bytes.set(hex(packet.sname ?? ''), dhcpAt.sname);
  bytes.set(hex(packet.file ?? ''), dhcpAt.file);
  bytes.set(body, dhcpAt.cookie);
  return bytes;
}

/** A view over a copy of the bytes in a slot of its own, already checked. */
export function viewOf(bytes: Uint8Array, slotSize = 2048): { readonly view: DhcpView; readonly verdict: PacketCheck } {
  const slot = new Uint8Array(Math.max(slotSize, bytes.length));
  slot.set(bytes);
  const view = new DhcpView(slot);
  return { view, verdict: view.check(bytes.length) };
}

export const ip = (text: string): Ipv4 =>
  text.split('.').reduce((value, part) => value * 256 + Number(part), 0) as Ipv4;
