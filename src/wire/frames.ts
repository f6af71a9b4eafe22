// Ethernet II frames with IPv4 and UDP, as AF_PACKET sockets give and take them (RFC 894, 791, 768; reference §2.3).
//
//   0 destination MAC  6 source MAC  12 ethertype | 14 version, IHL  15 TOS  16 total length  18 id  20 flags, offset
//   22 TTL  23 protocol  24 checksum  26 source  30 destination | 34 ports  38 length  40 checksum | 42 payload
//
// PERF: on the packet path both ways. Free functions, one reused result object, no allocation.

import type { Ipv4 } from '../std/ipv4.ts';
import { addLong, addWords, checksumOf, fold } from './checksum.ts';

export const ethertype = { ipv4: 0x0800, arp: 0x0806 } as const;
export const protocol = { icmp: 1, udp: 17 } as const;
export const macSize = 6;
export const ethernetSize = 14;
export const ipv4Size = 20;
export const udpSize = 8;
/** Bytes in front of the payload of a frame that we build. */
export const udpFrameOverhead = ethernetSize + ipv4Size + udpSize;

/** Bits of `tp_status` in PACKET_AUXDATA (linux/if_packet.h). */
export const auxStatus = {
  /** The sender sits on this host and left only a partial checksum (veth, tap, container). */
  checksumNotReady: 0x08,
  vlanValid: 0x10,
  /** The kernel or the card has verified the transport checksum. */
  checksumValid: 0x80,
} as const;

/** `ok`, or why a captured frame is dropped; the label of its counter. */
export type FrameCheck = 'ok' | FrameDrop;
export type FrameDrop =
  | 'frame-short' | 'not-ipv4' | 'vlan' | 'ip-header' | 'ip-length' | 'ip-checksum' | 'fragment' | 'not-udp'
  | 'udp-length' | 'udp-checksum';

/** Filled by `parseUdpFrame`; one per receive loop. Offsets are into the slot. */
export interface UdpFrame {
  /** Begin and size of the UDP payload: by the UDP length, since Ethernet pads to 60. */
  start: number;
  size: number;
  source: Ipv4;
  destination: Ipv4;
  sourcePort: number;
  destinationPort: number;
  sourceMacAt: number;
}
export const newUdpFrame = (): UdpFrame => ({
  start: 0,
  size: 0,
  source: 0 as Ipv4,
  destination: 0 as Ipv4,
  sourcePort: 0,
  destinationPort: 0,
  sourceMacAt: 0,
});

/**
 * Validates the frame of `size` bytes at `from` and finds its UDP payload. `status` and `vlanTci` are those of
 * PACKET_AUXDATA, 0 where the kernel gave none. Frames of a VLAN are dropped, because its sub-interface gets a copy.
 */
export function parseUdpFrame(
  view: DataView,
  from: number,
  size: number,
  status: number,
  vlanTci: number,
  out: UdpFrame,
): FrameCheck {
  if (size < ethernetSize + ipv4Size || from + size > view.byteLength) return 'frame-short';
  if ((status & auxStatus.vlanValid) !== 0 && (vlanTci & 0x0fff) !== 0) return 'vlan';
  if (view.getUint16(from + 12) !== ethertype.ipv4) return 'not-ipv4';
  out.sourceMacAt = from + macSize;
  return parseUdpDatagram(view, from + ethernetSize, size - ethernetSize, status, out);
}

/** The same from the IPv4 header on. */
export function parseUdpDatagram(view: DataView, ip: number, size: number, status: number, out: UdpFrame): FrameCheck {
  if (size < ipv4Size || ip + size > view.byteLength) return 'frame-short';
  const first = view.getUint8(ip);
  const headerSize = (first & 15) * 4;
  if (first >>> 4 !== 4 || headerSize < ipv4Size || headerSize > size) return 'ip-header';
  const totalSize = view.getUint16(ip + 2);
  if (totalSize < headerSize || totalSize > size) return 'ip-length';
  if (fold(addWords(view, ip, ip + headerSize, 0)) !== 0xffff) return 'ip-checksum';
  // More fragments to come, or not the first one.
  if ((view.getUint16(ip + 6) & 0x3fff) !== 0) return 'fragment';
  if (view.getUint8(ip + 9) !== protocol.udp) return 'not-udp';
  return parseUdp(view, ip, headerSize, totalSize, status, out);
}

function parseUdp(view: DataView, ip: number, headerSize: number, totalSize: number, status: number, out: UdpFrame): FrameCheck {
  const udp = ip + headerSize;
  if (totalSize < headerSize + udpSize) return 'udp-length';
  const udpLength = view.getUint16(udp + 4);
  if (udpLength < udpSize || udpLength > totalSize - headerSize) return 'udp-length';
  out.source = view.getUint32(ip + 12) as Ipv4;
  out.destination = view.getUint32(ip + 16) as Ipv4;
  const isTrusted = (status & (auxStatus.checksumNotReady | auxStatus.checksumValid)) !== 0;
  if (!isTrusted && view.getUint16(udp + 6) !== 0) {
    const pseudo = pseudoHeaderSum(out.source, out.destination, udpLength);
    if (fold(addWords(view, udp, udp + udpLength, pseudo)) !== 0xffff) return 'udp-checksum';
  }
  out.sourcePort = view.getUint16(udp);
  out.destinationPort = view.getUint16(udp + 2);
  out.start = udp + udpSize;
  out.size = udpLength - udpSize;
  return 'ok';
}

const pseudoHeaderSum = (source: Ipv4, destination: Ipv4, udpLength: number): number =>
  addLong(source, addLong(destination, protocol.udp + udpLength));

/** dhcpd's header fields for raw frames (reference §2.3). */
const rawTos = 0x10;
const rawTtl = 128;

/**
 * Writes the headers in front of a payload of `payloadSize` bytes that stands at `udpFrameOverhead` of a send slot.
 * Returns the frame size in bytes.
 */
export function buildUdpFrame(
  bytes: Uint8Array,
  view: DataView,
  payloadSize: number,
  sourceMac: Uint8Array,
  destinationMac: Uint8Array,
  source: Ipv4,
  sourcePort: number,
  destination: Ipv4,
  destinationPort: number,
): number {
  const udpLength = udpSize + payloadSize;
  writeEthernet(bytes, view, sourceMac, destinationMac, ethertype.ipv4);
  writeIpv4(view, ethernetSize, source, destination, protocol.udp, udpLength);
  const udp = ethernetSize + ipv4Size;
  view.setUint16(udp, sourcePort);
  view.setUint16(udp + 2, destinationPort);
  view.setUint16(udp + 4, udpLength);
  view.setUint16(udp + 6, 0);
  const sum = checksumOf(addWords(view, udp, udp + udpLength, pseudoHeaderSum(source, destination, udpLength)));
  // Zero would mean that there is none (RFC 768).
  view.setUint16(udp + 6, sum === 0 ? 0xffff : sum);
  return udpFrameOverhead + payloadSize;
}

export function writeEthernet(
  bytes: Uint8Array,
  view: DataView,
  sourceMac: Uint8Array,
  destinationMac: Uint8Array,
  type: number,
): void {
  for (let i = 0; i < macSize; i++) {
    bytes[i] = destinationMac[i] ?? 0;
    bytes[macSize + i] = sourceMac[i] ?? 0;
  }
  view.setUint16(12, type);
}

/** A header without options at `ip`, for `dataSize` bytes of data. */
export function writeIpv4(
  view: DataView,
  ip: number,
  source: Ipv4,
  destination: Ipv4,
  dataProtocol: number,
  dataSize: number,
): void {
  view.setUint8(ip, 0x45);
  view.setUint8(ip + 1, rawTos);
  view.setUint16(ip + 2, ipv4Size + dataSize);
  view.setUint32(ip + 4, 0);
  view.setUint8(ip + 8, rawTtl);
  view.setUint8(ip + 9, dataProtocol);
  view.setUint16(ip + 10, 0);
  view.setUint32(ip + 12, source);
  view.setUint32(ip + 16, destination);
  view.setUint16(ip + 10, checksumOf(addWords(view, ip, ip + ipv4Size, 0)));
}
