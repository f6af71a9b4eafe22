// Ethernet, IPv4 and UDP around a DHCP payload, in slots. PERF: integers and one pass over the payload for its checksum.
import type { Ipv4 } from '../std/ipv4.ts';
import { frameAt } from './frame-slots.ts';

const csumNotReady = 8;
const vlanValid = 0x10;

export interface FrameIn {
  payloadAt: number;
  payloadSize: number;
  source: Ipv4;
  sourcePort: number;
  destination: Ipv4;
}
export type FrameDrop = 'frame-short' | 'frame-not-udp' | 'frame-vlan' | 'frame-ip-checksum' | 'frame-udp-checksum' | 'frame-length';

/** Sum of 16-bit words of bytes[at, at + size), big-endian order. */
function sum16(bytes: Uint8Array, at: number, size: number): number {
  let sum = 0;
  const end = at + size - 1;
  let i = at;
  for (; i < end; i += 2) sum += ((bytes[i] as number) << 8) | (bytes[i + 1] as number);
  if (i === end) sum += (bytes[i] as number) << 8;
  return sum;
}
const fold = (sum: number): number => {
  let folded = (sum & 0xffff) + Math.floor(sum / 65536);
  while (folded > 0xffff) folded = (folded & 0xffff) + (folded >>> 16);
  return folded;
};
const pseudo = (source: number, destination: number, size: number): number =>
  (source >>> 16) + (source & 0xffff) + (destination >>> 16) + (destination & 0xffff) + 17 + size;

/** bytes[start …]: a received Ethernet frame of `size` bytes. undefined: good, `frame` is filled. */
export function readFrame(bytes: Uint8Array, view: DataView, start: number, size: number, auxStatus: number, vlanTci: number, frame: FrameIn): FrameDrop | undefined {
  if (size < frameAt.payload) return 'frame-short';
  if ((auxStatus & vlanValid) !== 0 && (vlanTci & 0xfff) !== 0) return 'frame-vlan';
  const ip = start + frameAt.ipv4;
  const headerSize = ((bytes[ip] as number) & 15) * 4;
  if ((bytes[ip] as number) >>> 4 !== 4 || headerSize < 20 || bytes[ip + 9] !== 17) return 'frame-not-udp';
  const totalSize = view.getUint16(ip + 2);
  if (totalSize < headerSize + 8 || frameAt.ipv4 + totalSize > size) return 'frame-length';
  if (fold(sum16(bytes, ip, headerSize)) !== 0xffff) return 'frame-ip-checksum';
  const udp = ip + headerSize;
  const udpSize = view.getUint16(udp + 4);
  if (udpSize < 8 || headerSize + udpSize > totalSize) return 'frame-length';
  frame.source = view.getUint32(ip + 12) as Ipv4;
  frame.destination = view.getUint32(ip + 16) as Ipv4;
  if (view.getUint16(udp + 6) !== 0 && (auxStatus & csumNotReady) === 0) {
    if (fold(pseudo(frame.source, frame.destination, udpSize) + sum16(bytes, udp, udpSize)) !== 0xffff) return 'frame-udp-checksum';
  }
  frame.sourcePort = view.getUint16(udp);
  frame.payloadAt = udp + 8;
  frame.payloadSize = udpSize - 8;
  return undefined;
}

/** Writes the headers before the payload at `start + 42`; the size of the frame. */
export function writeHeaders(bytes: Uint8Array, view: DataView, start: number, payloadSize: number, sourceMac: Uint8Array, mac: Uint8Array, source: Ipv4, sourcePort: number, destination: Ipv4, port: number): number {
  for (let i = 0; i < 6; i++) {
    bytes[start + i] = mac[i] as number;
    bytes[start + 6 + i] = sourceMac[i] as number;
  }
  view.setUint16(start + 12, 0x0800);
  const ip = start + frameAt.ipv4;
  const total = 28 + payloadSize;
  view.setUint16(ip, 0x4510);
  view.setUint16(ip + 2, total);
  view.setUint32(ip + 4, 0);
  view.setUint32(ip + 8, 0x80110000);
  view.setUint32(ip + 12, source);
  view.setUint32(ip + 16, destination);
  view.setUint16(ip + 10, ~fold(sum16(bytes, ip, 20)) & 0xffff);
  const udp = start + frameAt.udp;
  const udpSize = 8 + payloadSize;
  view.setUint16(udp, sourcePort);
  view.setUint16(udp + 2, port);
  view.setUint16(udp + 4, udpSize);
  view.setUint16(udp + 6, 0);
  const sum = ~fold(pseudo(source, destination, udpSize) + sum16(bytes, udp, udpSize)) & 0xffff;
  view.setUint16(udp + 6, sum === 0 ? 0xffff : sum);
  return frameAt.payload + payloadSize;
}

/** classic BPF: IPv4, UDP, not a fragment, destination port. */
export const receiveProgram = (port: number): readonly (readonly [number, number, number, number])[] => [
  [0x28, 0, 0, 12],
  [0x15, 0, 8, 0x0800],
  [0x30, 0, 0, 23],
  [0x15, 0, 6, 17],
  [0x28, 0, 0, 20],
  [0x45, 4, 0, 0x1fff],
  [0xb1, 0, 0, 14],
  [0x48, 0, 0, 16],
  [0x15, 0, 1, port],
  [0x06, 0, 0, 0xffff],
  [0x06, 0, 0, 0],
];
export const dropAllProgram: readonly (readonly [number, number, number, number])[] = [[0x06, 0, 0, 0]];
