// One end of a cable as bytes: frames in and out of a namespace's interface, without a process inside it.

import { closeSync, openSync } from 'node:fs';
import koffi from 'koffi';
import { AF, libc, must, SOCK } from '../../../src/shell/libc.ts';
import { NativeBlock } from '../../../src/shell/native.ts';
import { buildUdpFrame, ethertype, udpFrameOverhead } from '../../../src/wire/frames.ts';
import type { Space } from '../../e2e/support/namespaces.ts';
import type { Packet } from './messages.ts';

const setns = koffi.load(null).func('setns', 'int', ['int', 'int']) as unknown as (fd: number, kind: number) => number;
const CLONE_NEWNET = 0x40000000;
const everyone = new Uint8Array(6).fill(255);

/** A socket belongs to the namespace it was made in, wherever its process is later. */
function inside<T>(space: Space, make: () => T): T {
  const home = openSync('/proc/thread-self/ns/net', 'r');
  const there = openSync(`/run/netns/${space.name}`, 'r');
  try {
    must(setns(there, CLONE_NEWNET), 'enter the namespace');
    return make();
  } finally {
    must(setns(home, CLONE_NEWNET), 'leave the namespace');
    closeSync(there);
    closeSync(home);
  }
}

export class Tap {
  readonly #fd: number;
  readonly #out = new NativeBlock(2048);
  readonly #in = new NativeBlock(4096);

  /** Every IPv4 frame that comes in by `dev`; what goes out is not heard. */
  constructor(space: Space, dev: string) {
    const [{ ifindex }] = JSON.parse(space.ip('-j', 'link', 'show', 'dev', dev)) as [{ ifindex: number }];
    this.#fd = inside(space, () => must(libc.socket(AF.packet, SOCK.raw | SOCK.nonblock | SOCK.cloexec, 0), 'packet socket'));
    const name = new NativeBlock(20);
    name.view.setUint16(0, AF.packet, true);
    name.view.setUint16(2, ethertype.ipv4);
    name.view.setInt32(4, ifindex, true);
    must(libc.bind(this.#fd, name.address, 20), 'bind packet socket');
  }

  send({ payload, source, destination }: Packet, sourceMac: Uint8Array): void {
    this.#out.bytes.set(payload, udpFrameOverhead);
    const size = buildUdpFrame(this.#out.bytes, this.#out.view, payload.length, sourceMac, everyone, source.address, source.port, destination, 67);
    must(libc.send(this.#fd, this.#out.address, size, 0), 'send');
  }

  /** Hands over every frame that waits. */
  drain(take: (bytes: Uint8Array, view: DataView, size: number) => void): void {
    for (let size = this.#receive(); size > 0; size = this.#receive()) take(this.#in.bytes, this.#in.view, size);
  }
  #receive(): number {
    return libc.recv(this.#fd, this.#in.address, 4096, 0);
  }

  close(): void {
    libc.close(this.#fd);
  }
}
