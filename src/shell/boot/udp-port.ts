// One UDP socket of the file server, by system calls: node:dgram does not tell which of our addresses a request was sent to,
// and costs several times as much per block. PERF: a received datagram is one call, a sent one too. The sockets block, so that a
// transfer may wait in the receiving call; every other call says that it does not.

import { formatIpv4, type Ipv4 } from '../../std/ipv4.ts';
import { AF, ECONNREFUSED, errno, errnoName, libc, MSG, must, SO, SOCK, SOL, SystemError } from '../libc.ts';
import { NativeBlock } from '../native.ts';

const SOL_UDP = 17;
const UDP_SEGMENT = 103;
const IP_PKTINFO = 8;
const IP_MTU = 14;
const IP_MTU_DISCOVER = 10;
/** Requests have at most 512 bytes, acknowledgements 4. */
const receiveSizeMax = 2048;
/** The longest that a waiting call waits; the kernel rounds it up to its own tick, one to ten milliseconds. */
const waitMicros = 1_000;
const nameSize = 16;
const controlSize = 64;
/** struct cmsghdr of IP_PKTINFO: len 0 · level 8 · type 12 · ifindex 16 · spec_dst 20 · addr 24 */
const controlAt = { level: 8, type: 12, local: 20 } as const;

/** struct msghdr: name* 0 · namelen 8 · iov* 16 · iovlen 24 · control* 32 · controllen 40 · flags 48 */
const message = new NativeBlock(56);
const vector = new NativeBlock(16);
const input = new NativeBlock(receiveSizeMax);
const source = new NativeBlock(nameSize);
const control = new NativeBlock(controlSize);
const destination = new NativeBlock(nameSize);

message.pointTo(0, source);
message.pointTo(16, vector);
message.long(24, 1);
message.pointTo(32, control);
vector.pointTo(0, input);
vector.long(8, receiveSizeMax);
destination.view.setUint16(0, AF.inet, true);

/** One for the process: overwritten by the next receive. */
export interface Datagram {
  size: number;
  /** Valid until the next receive. */
  readonly bytes: Uint8Array;
  address: Ipv4;
  port: number;
  /** Our address that it was sent to; only on sockets that were opened for it. */
  local: Ipv4;
}
export const datagram: Datagram = { size: 0, bytes: input.bytes, address: 0 as Ipv4, port: 0, local: 0 as Ipv4 };

function setNumber(fd: number, level: number, option: number, value: number): number {
  const block = new NativeBlock(4);
  block.view.setInt32(0, value, true);
  return libc.setsockopt(fd, level, option, block.address, 4);
}

function socketName(address: Ipv4, port: number): NativeBlock {
  const name = new NativeBlock(nameSize);
  name.view.setUint16(0, AF.inet, true);
  name.view.setUint16(2, port);
  name.view.setUint32(4, address);
  return name;
}

/** Throws SystemError, with its descriptor closed again. Port 0: any free one. */
export function openUdp(address: Ipv4, port: number): number {
  const fd = must(libc.socket(AF.inet, SOCK.dgram | SOCK.cloexec, 0), 'UDP socket');
  if (libc.bind(fd, socketName(address, port).address, nameSize) < 0) {
    const code = errnoName();
    libc.close(fd);
    throw new SystemError(`UDP port ${port} of ${formatIpv4(address)}`, code);
  }
  return fd;
}

/** Requests come with the address they were sent to. */
export const wantLocalAddress = (fd: number): void => void setNumber(fd, SOL.ip, IP_PKTINFO, 1);

/** A flood fills this before it costs anybody else anything. */
export const limitReceiveBuffer = (fd: number, bytes: number): void => void setNumber(fd, SOL.socket, SO.rcvbuf, bytes);

/** The largest packet the route to `address` takes, as the kernel knows it; undefined when there is no route. */
export function pathMtu(local: Ipv4, address: Ipv4): number | undefined {
  const fd = libc.socket(AF.inet, SOCK.dgram | SOCK.cloexec, 0);
  if (fd < 0) return undefined;
  const value = new NativeBlock(8);
  const size = new NativeBlock(8);
  size.view.setUint32(0, 4, true);
  libc.bind(fd, socketName(local, 0).address, nameSize);
  const isKnown =
    libc.connect(fd, socketName(address, 9).address, nameSize) >= 0 &&
    libc.getsockopt(fd, SOL.ip, IP_MTU, value.address, size.address) >= 0;
  libc.close(fd);
  return isKnown ? value.view.getInt32(0, true) : undefined;
}

/** Blocks may be fragmented when a path's MTU shrinks below what was agreed: slow is better than lost. */
export const allowFragments = (fd: number): void => void setNumber(fd, SOL.ip, IP_MTU_DISCOVER, 0);

/** Fills `datagram`; false when nothing waits. */
export function receive(fd: number): boolean {
  message.view.setUint32(8, nameSize, true);
  message.long(40, controlSize);
  const size = libc.recvmsg(fd, message.address, MSG.dontwait);
  if (size < 0) return false;
  datagram.size = size;
  datagram.port = source.view.getUint16(2);
  datagram.address = source.view.getUint32(4) as Ipv4;
  const hasControl = message.view.getUint32(40, true) >= 28 && control.view.getInt32(controlAt.type, true) === IP_PKTINFO;
  datagram.local = (hasControl ? control.view.getUint32(controlAt.local) : 0) as Ipv4;
  return true;
}

/**
 * A socket for one transfer: it hears its partner only, and `receiveOn`, `sendOn` know whom. A stranger's datagrams are answered by the
 * kernel, with ICMP's port unreachable. PERF: a tenth faster, the kernel looks for the way once. Throws as `openUdp` does.
 */
export function openConversation(local: Ipv4, address: Ipv4, port: number): number {
  const fd = openUdp(local, 0);
  const wait = new NativeBlock(16);
  wait.long(8, waitMicros);
  const isGood =
    libc.setsockopt(fd, SOL.socket, SO.rcvtimeo, wait.address, 16) >= 0 && libc.connect(fd, socketName(address, port).address, nameSize) >= 0;
  if (isGood) return fd;
  const code = errnoName();
  libc.close(fd);
  throw new SystemError(`UDP to ${formatIpv4(address)}`, code);
}

/** Fills `datagram`'s bytes from a connected socket; false when nothing waits, or with `mayWait` nothing comes within a moment. */
export function receiveOn(fd: number, mayWait: boolean): boolean {
  const size = libc.recv(fd, input.address, receiveSizeMax, mayWait ? 0 : MSG.dontwait);
  if (size < 0) return false;
  datagram.size = size;
  return true;
}

/** As `send`, on a connected socket. */
export function sendOn(fd: number, from: number, size: number): boolean {
  if (libc.send(fd, from, size, MSG.dontwait) >= 0) return true;
  // That an earlier one found no port is told in place of sending this one. A transfer ends by its own rules, not by ICMP.
  return errno() === ECONNREFUSED && libc.send(fd, from, size, MSG.dontwait) >= 0;
}

/**
 * From now on what is sent with more than `size` bytes leaves as datagrams of that size and one of the rest (UDP_SEGMENT, udp(7)).
 * False where the kernel cannot.
 */
export function segmentBy(fd: number, size: number): boolean {
  return setNumber(fd, SOL_UDP, UDP_SEGMENT, size) >= 0;
}

/** Sends what lies at the address `from`. False when the kernel did not take it: for a block that is as good as lost on the way. */
export function send(fd: number, from: number, size: number, address: Ipv4, port: number): boolean {
  destination.view.setUint16(2, port);
  destination.view.setUint32(4, address);
  return libc.sendto(fd, from, size, MSG.dontwait, destination.address, nameSize) >= 0;
}

export const closeUdp = (fd: number): void => void libc.close(fd);
