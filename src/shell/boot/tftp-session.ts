// One running TFTP transfer: its socket, its file and boot/'s Transfer, which decides.

import type { Ipv4 } from '../../std/ipv4.ts';
import { ByteWriter } from '../../std/bytes.ts';
import type { MonoMillis } from '../../std/time.ts';
import { encodeTftp, parseTftp, tftpError, tftpHeaderSize, tftpOptionRange, writeDataHeader, type TftpPacket } from '../../wire/tftp-packet.ts';
import type { Outcome, Transfer, TransferEvent } from '../../boot/tftp-transfer.ts';
import { NativeBlock } from '../native.ts';
import { pollReadable, type PollHandle } from '../poll.ts';
import type { BootFile } from './boot-files.ts';
import { ReadAhead } from './read-ahead.ts';
import { closeUdp, datagram, receive, send } from './udp-port.ts';

export const monoNow = (): MonoMillis => performance.now() as MonoMillis;

const out = new ByteWriter(1024);
const outBlock = new NativeBlock(tftpHeaderSize + tftpOptionRange.blksize[1]);
/** Datagrams taken in one turn; the others wait, so that one client cannot hold the loop. */
const datagramsPerTurn = 16;

export function sendPacket(fd: number, packet: TftpPacket, address: Ipv4, port: number): void {
  out.reset();
  encodeTftp(out, packet);
  outBlock.bytes.set(out.view());
  send(fd, outBlock, out.size, address, port);
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
  /** Called outside Node's callback scope: mark, and read later. */
  readonly onReadable: (session: Session) => void;
  readonly onEnd: (session: Session, outcome: Outcome | 'unreadable') => void;
}

export class Session {
  readonly parts: SessionParts;
  readonly startedAt = monoNow();
  readonly #poll: PollHandle;
  readonly #source: ReadAhead;
  /** Blocks that wait for the disk. */
  #next = 1;
  #last = 0;
  #isOver = false;

  constructor(parts: SessionParts) {
    this.parts = parts;
    this.#source = new ReadAhead(parts.file, () => this.#sendOwed());
    this.#poll = pollReadable(parts.fd, () => parts.onReadable(this));
  }

  get isHalfOpen(): boolean {
    return this.parts.transfer.isHalfOpen;
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

  read(): void {
    const { fd, address, port } = this.parts;
    for (let count = 0; count < datagramsPerTurn && !this.#isOver && receive(fd); count++) {
      if (datagram.address !== address || datagram.port !== port) {
        // [RFC1350-4] An error to the stranger; the transfer goes on.
        sendPacket(fd, { kind: 'error', code: tftpError.unknownTransfer, message: 'Unknown transfer ID' }, datagram.address, datagram.port);
        continue;
      }
      const packet = parseTftp(datagram.bytes.subarray(0, datagram.size));
      if (typeof packet === 'object' && (packet.kind === 'ack' || packet.kind === 'error')) this.feed(packet);
    }
  }

  feed(event: TransferEvent): void {
    const { transfer, fd, address, port } = this.parts;
    const step = transfer.step(event, monoNow());
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

  /** PERF: every block of every boot file. */
  #sendOwed(): void {
    const { transfer, file, fd, address, port } = this.parts;
    const { blockSize } = transfer.terms;
    while (this.#next <= this.#last && !this.#isOver) {
      const from = (this.#next - 1) * blockSize;
      const count = Math.max(0, Math.min(blockSize, file.size - from));
      const result = this.#source.copy(from, count, outBlock.bytes, tftpHeaderSize);
      if (result === 'later') return;
      if (result === 'failed') {
        sendPacket(fd, { kind: 'error', code: tftpError.undefined, message: 'The file cannot be read' }, address, port);
        this.#end('unreadable');
        return;
      }
      writeDataHeader(outBlock.bytes, this.#next & 0xffff);
      send(fd, outBlock, tftpHeaderSize + count, address, port);
      this.#next++;
    }
    if (!this.#isOver) this.#source.advance(transfer.acked * blockSize);
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
    this.#poll.close();
    closeUdp(this.parts.fd);
    this.parts.file.close();
  }
}
