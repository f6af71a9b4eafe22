// Is anybody there? ICMP echo on a raw socket (RFC 792), as many at once as the core asks for.

import type { Ipv4 } from '../std/ipv4.ts';
import type { Request } from '../model/step.ts';
import type { Inbox } from './inbox.ts';
import { AF, errnoName, libc, SOCK } from './libc.ts';
import { NativeBlock } from './native.ts';
import { protocol } from '../wire/frames.ts';
import { buildEchoRequest, parseEchoReply } from '../wire/probes.ts';
import { pollReadable, type PollHandle } from './poll.ts';

type PingRequest = Extract<Request, { kind: 'ping' }>;

const echoReplyType = 0;
const SOL_RAW = 255;
const ICMP_FILTER = 1;
/** As much data as ping(8) sends. */
const dataSize = 56;

interface Waiting {
  readonly request: PingRequest;
  readonly deadline: number;
}

export class Pinger {
  readonly #inbox: Inbox;
  readonly #waiting = new Map<Ipv4, Waiting[]>();
  readonly #out = new NativeBlock(8 + dataSize);
  readonly #in = new NativeBlock(2048);
  readonly #name = new NativeBlock(16);
  readonly #id = process.pid & 0xffff;
  #fd = -1;
  #poll: PollHandle | undefined;
  #timer: NodeJS.Timeout | undefined;
  #sequence = 0;

  constructor(inbox: Inbox) {
    this.#inbox = inbox;
  }

  /** Why it cannot be used, or undefined. Without it every address counts as silent, as with dhcpd. */
  open(): string | undefined {
    this.#fd = libc.socket(AF.inet, SOCK.raw | SOCK.nonblock | SOCK.cloexec, protocol.icmp);
    if (this.#fd < 0) return `unable to create icmp socket: ${errnoName()}`;
    // Only echo replies come up; a set bit keeps a type out.
    const filter = new NativeBlock(8);
    filter.view.setUint32(0, ~(1 << echoReplyType) >>> 0, true);
    libc.setsockopt(this.#fd, SOL_RAW, ICMP_FILTER, filter.address, 4);
    this.#poll = pollReadable(this.#fd, () => this.#read());
    return undefined;
  }

  ping(request: PingRequest): void {
    if (this.#fd < 0 || !this.#send(request.address)) {
      this.#answer(request, false);
      return;
    }
    const waiting = this.#waiting.get(request.address) ?? [];
    waiting.push({ request, deadline: performance.now() + request.timeoutMillis });
    this.#waiting.set(request.address, waiting);
    this.#arm();
  }

  #send(address: Ipv4): boolean {
    this.#sequence = (this.#sequence + 1) & 0xffff;
    const size = buildEchoRequest(this.#out.bytes, this.#out.view, this.#id, this.#sequence, dataSize);
    this.#name.view.setUint16(0, AF.inet, true);
    this.#name.view.setUint32(4, address);
    return libc.sendto(this.#fd, this.#out.address, size, 0, this.#name.address, 16) >= 0;
  }

  /** Any reply to one of our echoes counts, however late the echo was answered. */
  #read(): void {
    for (;;) {
      const size = libc.recv(this.#fd, this.#in.address, 2048, 0);
      if (size < 0) return;
      const reply = parseEchoReply(this.#in.view, 0, size);
      if (reply === undefined || reply.identifier !== this.#id) continue;
      const { source } = reply;
      const waiting = this.#waiting.get(source);
      if (waiting === undefined) continue;
      this.#waiting.delete(source);
      for (const { request } of waiting) this.#answer(request, true);
    }
  }

  #answer(request: PingRequest, isAlive: boolean): void {
    this.#inbox.deliver({ kind: 'answer', request: request.id, answer: { kind: 'ping', isAlive } });
  }

  #arm(): void {
    this.#timer ??= setTimeout(() => this.#expire(), this.#nextDelay());
  }
  #nextDelay(): number {
    let first = Infinity;
    for (const list of this.#waiting.values()) for (const { deadline } of list) first = Math.min(first, deadline);
    return Math.max(first - performance.now(), 10);
  }
  #expire(): void {
    this.#timer = undefined;
    const now = performance.now();
    for (const [address, list] of this.#waiting) {
      const rest = list.filter(({ deadline }) => deadline > now);
      for (const entry of list) if (entry.deadline <= now) this.#answer(entry.request, false);
      if (rest.length === 0) this.#waiting.delete(address);
      else this.#waiting.set(address, rest);
    }
    if (this.#waiting.size > 0) this.#arm();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#poll?.close();
    if (this.#fd >= 0) libc.close(this.#fd);
    this.#fd = -1;
  }
}
