// The kernel's interface list by rtnetlink (rtnetlink(7)): dumps of links and IPv4 addresses, and a subscription.
// Why not os.networkInterfaces(): it leaves out interfaces without an address and knows no flags.
//   nlmsghdr (16): len 0 · type 4 · flags 6 · seq 8 · pid 12     rtattr: len 0 · type 2 · value 4, padded to 4

import type { Ipv4 } from '../std/ipv4.ts';
import type { Interface } from '../model/step.ts';
import { AF, errno, libc, must, SOCK, ENOBUFS } from './libc.ts';
import { NativeBlock } from './native.ts';
import { pollReadable, type PollHandle } from './poll.ts';

/** What the shell needs besides what the core sees. */
export interface KernelInterface extends Interface {
  readonly isBroadcast: boolean;
  readonly isLoopback: boolean;
  readonly isPointToPoint: boolean;
  /** ARP hardware type: 1 is Ethernet. */
  readonly hardwareType: number;
}

const RTM = { newLink: 16, getLink: 18, newAddress: 20, getAddress: 22 } as const;
const NLMSG = { error: 2, done: 3 } as const;
const requestDump = 0x1 | 0x300;
const groups = { link: 0x1, ipv4Address: 0x10 } as const;
const IFLA = { address: 1, name: 3 } as const;
const IFA = { address: 1, local: 2 } as const;
const IFF = { up: 0x1, broadcast: 0x2, loopback: 0x8, pointToPoint: 0x10 } as const;
const receiveSize = 64 * 1024;

function openNetlink(groupMask: number, flags: number): number {
  const fd = must(libc.socket(AF.netlink, SOCK.raw | SOCK.cloexec | flags, 0), 'netlink socket');
  const name = new NativeBlock(12);
  name.view.setUint16(0, AF.netlink, true);
  name.view.setUint32(8, groupMask, true);
  must(libc.bind(fd, name.address, 12), 'bind netlink socket');
  return fd;
}

/** Calls `onMessage` with type and body of each message that answers a dump request. */
function dump(fd: number, type: number, onMessage: (type: number, body: DataView) => void): void {
  const request = new NativeBlock(32);
  request.view.setUint32(0, 32, true);
  request.view.setUint16(4, type, true);
  request.view.setUint16(6, requestDump, true);
  request.bytes[16] = type === RTM.getAddress ? AF.inet : 0;
  must(libc.send(fd, request.address, 32, 0), 'netlink request');
  const block = new NativeBlock(receiveSize);
  for (;;) {
    const size = must(libc.recv(fd, block.address, receiveSize, 0), 'netlink answer');
    for (let at = 0; at + 16 <= size; ) {
      const length = block.view.getUint32(at, true);
      if (length < 16 || at + length > size) break;
      const kind = block.view.getUint16(at + 4, true);
      if (kind === NLMSG.done || kind === NLMSG.error) return;
      onMessage(kind, new DataView(block.view.buffer, at + 16, length - 16));
      at += (length + 3) & ~3;
    }
  }
}

/** Value of the first attribute of that type behind the fixed part. */
function attribute(body: DataView, from: number, type: number): Uint8Array | undefined {
  for (let at = from; at + 4 <= body.byteLength; ) {
    const length = body.getUint16(at, true);
    if (length < 4 || at + length > body.byteLength) return undefined;
    if ((body.getUint16(at + 2, true) & 0x3fff) === type)
      return new Uint8Array(body.buffer, body.byteOffset + at + 4, length - 4).slice();
    at += (length + 3) & ~3;
  }
  return undefined;
}

type Draft = Omit<KernelInterface, 'addresses'> & { addresses: { address: Ipv4; mask: Ipv4 }[] };

function readLink(body: DataView): Draft {
  const flags = body.getUint32(8, true);
  const name = attribute(body, 16, IFLA.name) ?? new Uint8Array(0);
  return {
    index: body.getInt32(4, true),
    name: new TextDecoder().decode(name).replace(/\0.*$/s, ''),
    mac: attribute(body, 16, IFLA.address) ?? new Uint8Array(6),
    addresses: [],
    isUp: (flags & IFF.up) !== 0,
    isBroadcast: (flags & IFF.broadcast) !== 0,
    isLoopback: (flags & IFF.loopback) !== 0,
    isPointToPoint: (flags & IFF.pointToPoint) !== 0,
    hardwareType: body.getUint16(2, true),
  };
}

function readAddress(body: DataView, links: ReadonlyMap<number, Draft>): void {
  const value = attribute(body, 8, IFA.local) ?? attribute(body, 8, IFA.address);
  const prefix = body.getUint8(1);
  if (body.getUint8(0) !== AF.inet || value?.length !== 4) return;
  const address = new DataView(value.buffer).getUint32(0) as Ipv4;
  const mask = (prefix === 0 ? 0 : (0xffffffff << (32 - prefix)) >>> 0) as Ipv4;
  links.get(body.getUint32(4, true))?.addresses.push({ address, mask });
}

/** Every interface of this network namespace, by index. Synchronous; well under a millisecond. */
export function listInterfaces(): KernelInterface[] {
  const fd = openNetlink(0, 0);
  try {
    const links = new Map<number, Draft>();
    dump(fd, RTM.getLink, (type, body) => {
      if (type !== RTM.newLink) return;
      const link = readLink(body);
      links.set(link.index, link);
    });
    dump(fd, RTM.getAddress, (type, body) => {
      if (type === RTM.newAddress) readAddress(body, links);
    });
    return [...links.values()].sort((a, b) => a.index - b.index);
  } finally {
    libc.close(fd);
  }
}

/** Several changes within this time are one. */
const settleMillis = 100;

/**
 * Tells of any change of links or IPv4 addresses; the listener lists anew. A lost notification (ENOBUFS) counts
 * as a change.
 */
export class InterfaceWatch {
  readonly #fd: number;
  readonly #poll: PollHandle;
  readonly #buffer = new NativeBlock(receiveSize);
  readonly #onChange: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
    this.#fd = openNetlink(groups.link | groups.ipv4Address, SOCK.nonblock);
    this.#poll = pollReadable(this.#fd, () => this.#read());
  }

  #read(): void {
    for (;;) {
      const size = libc.recv(this.#fd, this.#buffer.address, receiveSize, 0);
      if (size < 0 && errno() !== ENOBUFS) break;
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#onChange();
    }, settleMillis);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#poll.close();
    libc.close(this.#fd);
  }
}
