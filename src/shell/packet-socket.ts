// The sockets of a DHCP server (dhcpv4-server reference §2): one AF_PACKET socket per interface that hears everything,
// one that sends frames, and one UDP socket that keeps port 67 ours and sends through the kernel's routes.

import { AF, errnoName, libc, must, PACKET, SO, SOCK, SOL, SystemError } from './libc.ts';
import { NativeBlock } from './native.ts';
import { bpf, encodeBpf, type BpfInstruction } from '../wire/bpf.ts';

const ETH_P_ALL = 0x0003;
const IP_PKTINFO = 8;
/** Room for a burst of a thousand messages; the kernel doubles it for its own bookkeeping. */
const bufferSize = 4 * 1024 * 1024;
/** Frames for other stations, which a promiscuous interface passes up, are not ours (linux/if_packet.h). */
const PACKET_OTHERHOST = 3;
/** Where a filter finds the packet's type (linux/filter.h, SKF_AD_OFF + SKF_AD_PKTTYPE). */
const ancillaryPacketType = (-0x1000 + 4) >>> 0;

/** Lets nothing pass that was not sent to us, then continues with `program`. */
const forThisHost = (program: readonly BpfInstruction[]): BpfInstruction[] => [
  { code: bpf.loadWord, jt: 0, jf: 0, k: ancillaryPacketType },
  { code: bpf.jumpEqual, jt: 0, jf: 1, k: PACKET_OTHERHOST },
  { code: bpf.return, jt: 0, jf: 0, k: 0 },
  ...program,
];

function setOption(fd: number, level: number, option: number, value: number): number {
  const block = new NativeBlock(4);
  block.view.setInt32(0, value, true);
  return libc.setsockopt(fd, level, option, block.address, 4);
}

/** The forced form needs CAP_NET_ADMIN; the other is bounded by net.core.rmem_max. */
function enlargeBuffers(fd: number): void {
  if (setOption(fd, SOL.socket, SO.rcvbufforce, bufferSize) < 0) setOption(fd, SOL.socket, SO.rcvbuf, bufferSize);
  if (setOption(fd, SOL.socket, SO.sndbufforce, bufferSize) < 0) setOption(fd, SOL.socket, SO.sndbuf, bufferSize);
}

export function attachFilter(fd: number, program: readonly BpfInstruction[]): void {
  const code = new NativeBlock(program.length * 8);
  code.bytes.set(encodeBpf(program));
  const head = new NativeBlock(16);
  head.view.setUint16(0, program.length, true);
  head.pointTo(8, code);
  must(libc.setsockopt(fd, SOL.socket, SO.attachFilter, head.address, 16), 'attach packet filter');
}

/** struct sockaddr_ll: family 0 · protocol 2 (network order) · ifindex 4 · hatype 8 · pkttype 10 · halen 11 · addr 12 */
function packetName(ifindex: number, protocol: number): NativeBlock {
  const name = new NativeBlock(20);
  name.view.setUint16(0, AF.packet, true);
  name.view.setUint16(2, protocol);
  name.view.setInt32(4, ifindex, true);
  return name;
}

/** Runs `prepare` on a new socket and closes it again when that fails. */
function prepared(fd: number, prepare: (fd: number) => void): number {
  try {
    prepare(fd);
    return fd;
  } catch (error) {
    libc.close(fd);
    throw error;
  }
}

/**
 * Hears every frame of the interface that passes `program`, before the firewall. The socket is made for no protocol
 * and bound last, so that nothing unfiltered is ever queued. Throws SystemError.
 */
export function openPacketSocket(ifindex: number, program: readonly BpfInstruction[]): number {
  const fd = must(libc.socket(AF.packet, SOCK.raw | SOCK.nonblock | SOCK.cloexec, 0), 'packet socket');
  return prepared(fd, () => {
    attachFilter(fd, forThisHost(program));
    must(setOption(fd, SOL.packet, PACKET.auxdata, 1), 'packet auxdata');
    setOption(fd, SOL.packet, PACKET.ignoreOutgoing, 1);
    enlargeBuffers(fd);
    must(libc.bind(fd, packetName(ifindex, ETH_P_ALL).address, 20), 'bind packet socket');
  });
}

/** Sends frames out of any interface, named per message; receives nothing. */
export function openFrameSender(): number {
  const fd = must(libc.socket(AF.packet, SOCK.raw | SOCK.nonblock | SOCK.cloexec, 0), 'packet socket');
  return prepared(fd, enlargeBuffers);
}

/** struct sockaddr_in: family 0 · port 2 · address 4 (both in network order) */
function internetName(address: number, port: number): NativeBlock {
  const name = new NativeBlock(16);
  name.view.setUint16(0, AF.inet, true);
  name.view.setUint16(2, port);
  name.view.setUint32(4, address);
  return name;
}

/** A TCP socket that has its port and does not listen yet. Throws SystemError. */
export function openListenerSocket(address: number, port: number): number {
  const fd = must(libc.socket(AF.inet, SOCK.stream | SOCK.nonblock | SOCK.cloexec, 0), 'TCP socket');
  return prepared(fd, () => {
    must(setOption(fd, SOL.socket, SO.reuseaddr, 1), 'reuse address');
    must(libc.bind(fd, internetName(address, port).address, 16), 'bind');
  });
}

/** Port 67 of every address. `program` filters what it hears; undefined: everything, with the interface it came by. */
export function openRoutedSocket(address: number, port: number, program: readonly BpfInstruction[] | undefined): number {
  const fd = must(libc.socket(AF.inet, SOCK.dgram | SOCK.nonblock | SOCK.cloexec, 0), 'UDP socket');
  return prepared(fd, () => {
    if (program !== undefined) attachFilter(fd, program);
    must(setOption(fd, SOL.socket, SO.reuseaddr, 1), 'reuse address');
    must(setOption(fd, SOL.socket, SO.broadcast, 1), 'allow broadcast');
    if (program === undefined) must(setOption(fd, SOL.ip, IP_PKTINFO, 1), 'packet information');
    enlargeBuffers(fd);
    if (libc.bind(fd, internetName(address, port).address, 16) < 0)
      throw new SystemError(`Can't bind to dhcp address, port ${port}`, errnoName());
  });
}
