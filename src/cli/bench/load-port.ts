// The load generator's socket: whole frames out of one interface as its clients would send them, or UDP as their relay.

import koffi from 'koffi';
import type { Ipv4 } from '../../std/ipv4.ts';
import { udpPortFilter } from '../../wire/bpf.ts';
import { newUdpFrame, parseUdpFrame, udpFrameOverhead, type UdpFrame } from '../../wire/frames.ts';
import { AF, errnoName, libc, must, PACKET, SO, SOCK, SOL, SystemError } from '../../shell/libc.ts';
import { ReceiveBatch, SendBatch, slotSize } from '../../shell/message-batch.ts';
import { NativeBlock } from '../../shell/native.ts';
import { listInterfaces } from '../../shell/netlink.ts';
import { attachFilter, openFrameSender } from '../../shell/packet-socket.ts';
import { frameSize, payloadSize } from './client-messages.ts';

const batchMax = 256;
const ETH_P_IP = 0x0800;
const bufferSize = 4 * 1024 * 1024;
const pollIn = 1;
const pollOut = 4;

/** poll(2) with a timeout in nanoseconds. */
const ppoll = koffi.load(null).func('ppoll', 'int', ['uintptr_t', 'ulong', 'uintptr_t', 'uintptr_t']) as unknown as
  (fds: number, count: number, timeout: number, mask: number) => number;

export interface LoadPath {
  /** Interface of simulated clients; undefined: as their relay. */
  readonly interfaceName: string | undefined;
  /** The relay's own address, 0 with an interface. */
  readonly giaddr: Ipv4;
  readonly server: Ipv4;
  readonly serverPort: number;
}

const inetName = (address: Ipv4, port: number): NativeBlock => {
  const name = new NativeBlock(16);
  name.view.setUint16(0, AF.inet, true);
  name.view.setUint16(2, port);
  name.view.setUint32(4, address);
  return name;
};

function option(fd: number, level: number, name: number, value: number): void {
  const block = new NativeBlock(4);
  block.view.setInt32(0, value, true);
  libc.setsockopt(fd, level, name, block.address, 4);
}

/** Hears port 68 of every client of the interface, whatever its address. */
function openClientSocket(interfaceName: string): number {
  const found = listInterfaces().find(({ name }) => name === interfaceName);
  if (found === undefined) throw new SystemError(`interface ${interfaceName}`, 'ENODEV');
  const fd = openFrameSender();
  attachFilter(fd, udpPortFilter(68));
  option(fd, SOL.packet, PACKET.auxdata, 1);
  option(fd, SOL.packet, PACKET.ignoreOutgoing, 1);
  const name = new NativeBlock(20);
  name.view.setUint16(0, AF.packet, true);
  name.view.setUint16(2, ETH_P_IP);
  name.view.setInt32(4, found.index, true);
  must(libc.bind(fd, name.address, 20), `bind to ${interfaceName}`);
  return fd;
}

function openRelaySocket({ giaddr, server, serverPort }: LoadPath): number {
  const fd = must(libc.socket(AF.inet, SOCK.dgram | SOCK.nonblock | SOCK.cloexec, 0), 'UDP socket');
  option(fd, SOL.socket, SO.reuseaddr, 1);
  option(fd, SOL.socket, SO.rcvbufforce, bufferSize);
  option(fd, SOL.socket, SO.sndbufforce, bufferSize);
  must(libc.bind(fd, inetName(giaddr, serverPort).address, 16), 'bind the relay address');
  must(libc.connect(fd, inetName(server, serverPort).address, 16), 'connect to the server');
  return fd;
}

/** PERF: one recvmmsg and one sendmmsg per turn; nothing is allocated per message. */
export class LoadPort {
  readonly isFramed: boolean;
  readonly input: ReceiveBatch;
  /** Where the payload of the message read last lies in `input.data`. */
  readonly reply: UdpFrame = newUdpFrame();
  readonly #fd: number;
  readonly #output = new NativeBlock(batchMax * slotSize);
  readonly #slots: Uint8Array[] = [];
  readonly #views: DataView[] = [];
  readonly #batch: SendBatch;
  readonly #pollfd = new NativeBlock(8);
  readonly #timeout = new NativeBlock(16);

  constructor(path: LoadPath) {
    this.isFramed = path.interfaceName !== undefined;
    this.#fd = path.interfaceName === undefined ? openRelaySocket(path) : openClientSocket(path.interfaceName);
    this.input = new ReceiveBatch(batchMax, this.isFramed ? 0 : udpFrameOverhead);
    this.#batch = new SendBatch(batchMax, this.#output, 0);
    for (let slot = 0; slot < batchMax; slot++) {
      this.#slots.push(this.#output.bytes.subarray(slot * slotSize, slot * slotSize + frameSize));
      this.#views.push(new DataView(this.#output.view.buffer, slot * slotSize, frameSize));
    }
    this.#pollfd.view.setInt32(0, this.#fd, true);
  }

  /** How many messages wait in `input`. */
  receive(): number {
    return Math.max(this.input.receive(this.#fd, 0, batchMax), 0);
  }

  /** Finds the DHCP payload of slot `slot`; false for a damaged frame. */
  locate(slot: number): boolean {
    if (!this.isFramed) {
      this.reply.start = slot * slotSize + udpFrameOverhead;
      this.reply.size = this.input.size(slot);
      return true;
    }
    const { view: control } = this.input.controls;
    // cmsghdr is 16 bytes; tp_status is the first word of what follows (packet(7)).
    const status = this.input.controlLength(slot) >= 20 ? control.getUint32(this.input.controlAt(slot) + 16, true) : 0;
    return parseUdpFrame(this.input.data.view, slot * slotSize, this.input.size(slot), status, 0, this.reply) === 'ok';
  }

  /** Bytes of the next message to send. Fill them, then call `queue`. */
  get slot(): Uint8Array {
    return this.#slots[this.#batch.size] as Uint8Array;
  }
  get slotView(): DataView {
    return this.#views[this.#batch.size] as DataView;
  }
  queue(): void {
    const from = this.#batch.size * slotSize;
    this.#batch.add(this.isFramed ? from : from + udpFrameOverhead, this.isFramed ? frameSize : payloadSize);
    if (this.#batch.size === batchMax) this.flush();
  }

  /** Sends what is queued; waits while the interface's queue is full. */
  flush(): void {
    let sent = 0;
    for (let attempts = 0; sent < this.#batch.size && attempts < batchMax; attempts++) {
      const count = this.#batch.send(this.#fd, sent);
      if (count > 0) sent += count;
      else if (['EAGAIN', 'ENOBUFS', 'ECONNREFUSED'].includes(errnoName())) this.wait(1, pollOut);
      else throw new SystemError('send', errnoName());
    }
    this.#batch.size = 0;
  }

  /** Sleeps until something arrives, at most that long. */
  wait(millis: number, events: number = pollIn): void {
    this.#pollfd.view.setInt16(4, events, true);
    this.#timeout.view.setBigInt64(8, BigInt(Math.round(Math.min(Math.max(millis, 0), 999) * 1e6)), true);
    ppoll(this.#pollfd.address, 1, this.#timeout.address, 0);
  }

  close(): void {
    libc.close(this.#fd);
  }
}
