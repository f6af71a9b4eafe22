// Probes for addresses in use: ICMP echo (RFC 792) for ping-check, ARP (RFC 826, 5227) on the link.
//
//   ICMP: 0 type  1 code  2 checksum  4 identifier  6 sequence  8 data
//   ARP:  0 htype  2 ptype  4 hlen  5 plen  6 operation  8 sender MAC  14 sender IP  18 target MAC  24 target IP

import type { Ipv4 } from '../std/ipv4.ts';
import { addWords, checksumOf, fold } from './checksum.ts';
import { ethernetSize, ethertype, ipv4Size, macSize, protocol, writeEthernet } from './frames.ts';

const echo = { request: 8, reply: 0 } as const;
const icmpSize = 8;

/** An echo request of 8 + `dataSize` bytes at the start of `bytes`, data zero. Returns its size. */
export function buildEchoRequest(
  bytes: Uint8Array,
  view: DataView,
  identifier: number,
  sequence: number,
  dataSize: number,
): number {
  const size = icmpSize + dataSize;
  bytes.fill(0, 0, size);
  bytes[0] = echo.request;
  view.setUint16(4, identifier);
  view.setUint16(6, sequence);
  view.setUint16(2, checksumOf(addWords(view, 0, size, 0)));
  return size;
}

export interface EchoReply {
  readonly source: Ipv4;
  readonly identifier: number;
  readonly sequence: number;
}

/** An echo reply as a raw ICMP socket gives it, IPv4 header first; undefined for everything else. */
export function parseEchoReply(view: DataView, from: number, size: number): EchoReply | undefined {
  if (size < ipv4Size + icmpSize || from + size > view.byteLength) return undefined;
  const first = view.getUint8(from);
  const headerSize = (first & 15) * 4;
  const totalSize = view.getUint16(from + 2);
  if (first >>> 4 !== 4 || headerSize < ipv4Size || totalSize > size || totalSize < headerSize + icmpSize)
    return undefined;
  const isFragment = (view.getUint16(from + 6) & 0x3fff) !== 0;
  if (isFragment || view.getUint8(from + 9) !== protocol.icmp) return undefined;
  const icmp = from + headerSize;
  if (view.getUint8(icmp) !== echo.reply || view.getUint8(icmp + 1) !== 0) return undefined;
  if (fold(addWords(view, icmp, from + totalSize, 0)) !== 0xffff) return undefined;
  return {
    source: view.getUint32(from + 12) as Ipv4,
    identifier: view.getUint16(icmp + 4),
    sequence: view.getUint16(icmp + 6),
  };
}

export const arpOperation = { request: 1, reply: 2 } as const;
const arpSize = 28;
/** Bytes of an ARP frame without padding. */
export const arpFrameSize = ethernetSize + arpSize;

export interface ArpMessage {
  readonly operation: number;
  readonly senderMac: Uint8Array;
  readonly senderAddress: Ipv4;
  readonly targetMac: Uint8Array;
  readonly targetAddress: Ipv4;
}

/** A whole Ethernet frame to `destinationMac`. A probe has sender address 0.0.0.0 and target MAC zero (RFC 5227 §2.1.1). */
export function buildArpFrame(bytes: Uint8Array, view: DataView, destinationMac: Uint8Array, arp: ArpMessage): number {
  writeEthernet(bytes, view, arp.senderMac, destinationMac, ethertype.arp);
  view.setUint16(14, 1);
  view.setUint16(16, ethertype.ipv4);
  view.setUint8(18, macSize);
  view.setUint8(19, 4);
  view.setUint16(20, arp.operation);
  bytes.set(arp.senderMac.subarray(0, macSize), 22);
  view.setUint32(28, arp.senderAddress);
  bytes.set(arp.targetMac.subarray(0, macSize), 32);
  view.setUint32(38, arp.targetAddress);
  return arpFrameSize;
}

/** An ARP message for IPv4 over Ethernet; undefined for everything else. MACs are copies. */
export function parseArpFrame(bytes: Uint8Array, view: DataView, from: number, size: number): ArpMessage | undefined {
  if (size < arpFrameSize || from + size > view.byteLength) return undefined;
  if (view.getUint16(from + 12) !== ethertype.arp) return undefined;
  const isEthernetIpv4 =
    view.getUint16(from + 14) === 1 &&
    view.getUint16(from + 16) === ethertype.ipv4 &&
    view.getUint16(from + 18) === ((macSize << 8) | 4);
  if (!isEthernetIpv4) return undefined;
  return {
    operation: view.getUint16(from + 20),
    senderMac: bytes.slice(from + 22, from + 28),
    senderAddress: view.getUint32(from + 28) as Ipv4,
    targetMac: bytes.slice(from + 32, from + 38),
    targetAddress: view.getUint32(from + 38) as Ipv4,
  };
}
