// Readiness of the file server's UDP sockets. libuv needs 40 µs from a packet to its handler, more than the packet itself costs;
// here the loop stays with the sockets for as long as packets come, and sleeps in the kernel until the next one.

import { performance } from 'node:perf_hooks';
import koffi from 'koffi';
import type { MonoMillis } from '../../std/time.ts';
import { libc, must } from '../libc.ts';
import { NativeBlock } from '../native.ts';
import { pollReadable, type PollHandle } from '../poll.ts';

const EPOLLIN = 1;
const EPOLL_CLOEXEC = 0o2000000;
const control = { add: 1, delete: 2 } as const;
/** struct epoll_event is packed on x86-64 alone: events 0 · data 4, or 8. */
const eventAt = process.arch === 'x64' ? { data: 4, size: 12 } : { data: 8, size: 16 };
const eventsMax = 64;
/**
 * The longest that the sockets may keep timers, disk and HTTP waiting, and that one partner alone is waited for in the receiving call
 * before the others are looked at again.
 */
const turnMillis = 1;

export const monoNow = (): MonoMillis => performance.now() as MonoMillis;

/**
 * Takes one datagram of a readable descriptor. True: it came from a partner who has been answered and will answer in turn; with
 * `mayWait` it is waited for, briefly (udp-port.ts).
 */
type Handler = (mayWait: boolean) => boolean;

/**
 * The descriptor by which libuv waits: readable when something waits for Node. Nested in our own set it ends our sleep. -1 when
 * this Node does not tell; the loop then sleeps in libuv only.
 */
function nodeDescriptor(): number {
  try {
    const library = koffi.load(null);
    const loop = (library.func('uv_default_loop', 'uintptr_t', []) as unknown as () => number)();
    return (library.func('uv_backend_fd', 'int', ['uintptr_t']) as unknown as (loop: number) => number)(loop);
  } catch {
    return -1;
  }
}

export class Readiness {
  readonly #set = must(libc.epollCreate(EPOLL_CLOEXEC), 'epoll');
  readonly #handlers = new Map<number, Handler>();
  readonly #event = new NativeBlock(16);
  readonly #events = new NativeBlock(eventsMax * 16);
  readonly #node = nodeDescriptor();
  readonly #poll: PollHandle;
  readonly #onTurn: () => void;
  #isTurning = false;
  #isClosed = false;
  /** Of the packets that are being handled, some milliseconds old at worst. PERF: read once for all that were readable together. */
  now = monoNow();

  /** `onTurn` is called behind the handlers of those that were readable together. */
  constructor(onTurn: () => void) {
    this.#onTurn = onTurn;
    this.#poll = pollReadable(this.#set, () => this.#wake());
  }

  /** Calls `handler` while the descriptor is readable. Remove it before it is closed. */
  add(fd: number, handler: Handler): void {
    this.#handlers.set(fd, handler);
    must(this.#control(control.add, fd), 'epoll');
  }
  remove(fd: number): void {
    if (this.#handlers.delete(fd)) this.#control(control.delete, fd);
  }

  close(): void {
    this.#isClosed = true;
    this.#poll.close();
    libc.close(this.#set);
  }

  #control(operation: number, fd: number): number {
    this.#event.view.setUint32(0, EPOLLIN, true);
    this.#event.view.setInt32(eventAt.data, fd, true);
    return libc.epollControl(this.#set, operation, fd, this.#event.address);
  }

  /** Outside Node's callback scope (poll.ts). */
  #wake(): void {
    if (this.#isTurning) return;
    this.#isTurning = true;
    setImmediate(() => {
      if (this.#isClosed) return;
      // Two sets must not wait for each other: libuv lets go of ours before ours holds libuv's.
      this.#poll.pause();
      if (this.#node >= 0) this.#control(control.add, this.#node);
      this.#turn();
    });
  }

  readonly #turn = (): void => {
    this.now = monoNow();
    const until = this.now + turnMillis;
    let isNodeWaiting = false;
    let count = 0;
    while (!this.#isClosed && !isNodeWaiting && this.now < until) {
      // Whoever was sent something may answer first: what then lies here together costs one waking up, not one each.
      if (count > 0 && !this.#isAlone) libc.schedYield();
      count = libc.epollWait(this.#set, this.#events.address, eventsMax, this.#node >= 0 ? turnMillis : 0);
      if (count <= 0) break;
      this.now = monoNow();
      isNodeWaiting = this.#handle(count, until);
      this.#onTurn();
    }
    if (this.#isClosed) return;
    if (count > 0) setImmediate(this.#turn);
    else this.#rest();
  };

  /** There are the socket of requests and one transfer. */
  get #isAlone(): boolean {
    return this.#handlers.size <= 2;
  }
  /** True when Node was among the readable. */
  #handle(count: number, until: number): boolean {
    let isNodeWaiting = false;
    for (let i = 0; i < count; i++) {
      const fd = this.#events.view.getInt32(i * eventAt.size + eventAt.data, true);
      if (fd === this.#node) isNodeWaiting = true;
      // One of those before it may have closed it.
      else {
        const handler = this.#handlers.get(fd);
        if (handler?.(false) === true && this.#isAlone) this.#converse(handler, until);
      }
    }
    return isNodeWaiting;
  }
  /** PERF: in a lonely transfer of one block after another, one call a packet to receive it and one to answer. */
  #converse(handler: Handler, until: number): void {
    while (this.now < until && handler(true)) this.now = monoNow();
  }

  /** Nothing came for a while: libuv waits for the sockets again. */
  #rest(): void {
    if (this.#node >= 0) this.#control(control.delete, this.#node);
    this.#isTurning = false;
    this.#poll.resume();
  }
}
