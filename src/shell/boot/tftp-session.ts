// One running TFTP transfer: its socket, its file and boot/'s Transfer, which decides.

import type { Ipv4 } from '../../std/ipv4.ts';
import { ByteWriter } from '../../std/bytes.ts';
import type { MonoMillis } from '../../std/time.ts';
import { ackOf, encodeTftp, parseTftp, tftpError, type TftpPacket } from '../../wire/tftp-packet.ts';
import type { Outcome, Transfer, TransferEvent } from '../../boot/tftp-transfer.ts';
import { EAGAIN, errno } from '../libc.ts';
import { NativeBlock } from '../native.ts';
import { BlockBuffer } from './block-buffer.ts';
import type { BootFile } from './boot-files.ts';
import { monoNow, type Readiness } from './readiness.ts';
import { closeUdp, datagram, receiveOn, segmentBy, send, sendOn } from './udp-port.ts';

const out = new ByteWriter(1024);
const outBlock = new NativeBlock(1024);
/** Datagrams that the kernel makes of what it is given (UDP_MAX_SEGMENTS before Linux 6.9). */
const segmentsMax = 64;

export function sendPacket(fd: number, packet: TftpPacket, address: Ipv4, port: number): void {
  out.reset();
  encodeTftp(out, packet);
  outBlock.bytes.set(out.view());
  send(fd, outBlock.address, out.size, address, port);
}

export interface SessionParts {
  readonly fd: number;
  readonly address: Ipv4;
  readonly port: number;
  /** The request, byte for byte. */
  readonly request: string;
  /** The name as asked. */
  readonly name: string;
  readonly file: BootFile;
  readonly transfer: Transfer;
  readonly readiness: Readiness;
  readonly onEnd: (session: Session, outcome: Outcome | 'unreadable') => void;
}

export class Session {
  readonly parts: SessionParts;
  readonly startedAt = monoNow();
  readonly #buffer: BlockBuffer;
  /** Blocks that the kernel takes with one call. */
  #blocksAtOnce: number;
  /** Blocks that wait for the disk. */
  #next = 1;
  #last = 0;
  #isOver = false;
  #heardAt: MonoMillis = this.startedAt;

  constructor(parts: SessionParts) {
    this.parts = parts;
    const { blockSize, windowSize } = parts.transfer.terms;
    this.#buffer = new BlockBuffer(parts.file, blockSize, windowSize, () => this.#sendOwed());
    this.#blocksAtOnce = windowSize > 1 && segmentBy(parts.fd, this.#buffer.stride) ? segmentsMax : 1;
    parts.readiness.add(parts.fd, (mayWait) => this.#read(mayWait));
  }

  get isHalfOpen(): boolean {
    return this.parts.transfer.isHalfOpen;
  }
  get heardAt(): MonoMillis {
    return this.#heardAt;
  }
  get request(): string {
    return this.parts.request;
  }
  get deadline(): MonoMillis {
    return this.parts.transfer.deadline;
  }
  /** Bytes that the client acknowledged. */
  get bytes(): number {
    const { transfer, file } = this.parts;
    return Math.min(transfer.acked * transfer.terms.blockSize, file.size);
  }

  /** One datagram: whoever has more waiting is called again, behind the others (readiness.ts). */
  #read(mayWait: boolean): boolean {
    if (this.#isOver || !receiveOn(this.parts.fd, mayWait)) return false;
    const block = ackOf(datagram.bytes, datagram.size);
    if (block >= 0) {
      this.feed({ kind: 'ack', block });
      return !this.#isOver;
    }
    const packet = parseTftp(datagram.bytes.subarray(0, datagram.size));
    if (typeof packet === 'object' && packet.kind === 'error') this.feed(packet);
    return false;
  }

  feed(event: TransferEvent): void {
    const { transfer, fd, address, port, readiness } = this.parts;
    const now = event.kind === 'ack' ? readiness.now : monoNow();
    if (event.kind === 'ack') this.#heardAt = now;
    const step = transfer.step(event, now);
    switch (step.kind) {
      case 'wait': return;
      case 'oack': sendPacket(fd, { kind: 'oack', options: transfer.terms.answer ?? new Map() }, address, port); return;
      case 'blocks':
        this.#next = step.first;
        this.#last = step.last;
        this.#sendOwed();
        return;
      case 'end': this.#end(step.outcome); return;
      default: step satisfies never;
    }
  }

  /** PERF: every block of every boot file; a window leaves with one call. */
  #sendOwed(): void {
    const { transfer, fd, address, port } = this.parts;
    while (this.#next <= this.#last && !this.#isOver) {
      const count = this.#buffer.ready(this.#next, Math.min(this.#last + 1 - this.#next, this.#blocksAtOnce));
      if (count === 0) return;
      if (count < 0) {
        sendPacket(fd, { kind: 'error', code: tftpError.undefined, message: 'The file cannot be read' }, address, port);
        this.#end('unreadable');
        return;
      }
      const isSent = sendOn(fd, this.#buffer.addressOf(this.#next), this.#buffer.sizeOf(this.#next, count));
      // The kernel does not cut for a card without checksums, nor for a path whose MTU has shrunk.
      if (!isSent && count > 1 && errno() !== EAGAIN) this.#blocksAtOnce = 1;
      else this.#next += count;
    }
    if (!this.#isOver) this.#buffer.acknowledged(transfer.acked);
  }

  #end(outcome: Outcome | 'unreadable'): void {
    if (this.#isOver) return;
    this.close();
    this.parts.onEnd(this, outcome);
  }

  /** Without a word to the client. */
  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.parts.readiness.remove(this.parts.fd);
    closeUdp(this.parts.fd);
    this.parts.file.close();
  }
}
