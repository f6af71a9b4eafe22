// One file on its way to one client (RFC 1350 §2, RFC 7440 §4) as a value: what is acknowledged, what to send next, when to
// say it again. Bytes, sockets and the clock are the shell's; a block is named by its number, counted from 1 without wrapping.

import type { MonoMillis } from '../std/time.ts';
import { addMillis, never } from '../std/time.ts';
import type { Terms } from './tftp-negotiate.ts';

export type TransferEvent =
  /** The first event, once. */
  | { readonly kind: 'start' }
  /** Sixteen bits as they came. */
  | { readonly kind: 'ack'; readonly block: number }
  | { readonly kind: 'error'; readonly code: number; readonly message: string }
  /** `deadline` has come. */
  | { readonly kind: 'tick' };

export type Outcome =
  | { readonly kind: 'sent' }
  /** The client gave up or, like a firmware that only wanted the size, had enough (error 8). */
  | { readonly kind: 'refused'; readonly code: number; readonly message: string }
  | { readonly kind: 'silent' };

/** What to do now, one thing a step. Blocks `first` to `last` leave in order, each by itself in a datagram. */
export type TransferStep =
  | { readonly kind: 'wait' }
  | { readonly kind: 'oack' }
  | { readonly kind: 'blocks'; readonly first: number; readonly last: number }
  | { readonly kind: 'end'; readonly outcome: Outcome };

const wait: TransferStep = { kind: 'wait' };
const oack: TransferStep = { kind: 'oack' };

/** Repetitions without an answer before the client counts as gone; fewer for one that was never heard (half open). */
const triesMax = { known: 7, halfOpen: 4 } as const;
const backoffMillisMax = 8_000;

export class Transfer {
  readonly terms: Terms;
  readonly lastBlock: number;
  /** Times that something was sent again. */
  repeats = 0;
  deadline: MonoMillis = never;
  #acked = 0;
  #sent = 0;
  #tries = 0;
  /** Acknowledged block whose window was sent again because of a second ACK. */
  #restartedAt = -1;
  /** Nothing was acknowledged yet: whoever asked may not exist. */
  isHalfOpen = true;

  /** `size` in octets as sent. A last block is always shorter than the others, empty if need be (RFC 1350 §6). */
  constructor(terms: Terms, size: number) {
    this.terms = terms;
    this.lastBlock = Math.floor(size / terms.blockSize) + 1;
  }

  /** Blocks acknowledged so far. */
  get acked(): number {
    return this.#acked;
  }

  /** PERF: once for each packet of each boot file; the object it returns is the only allocation. */
  step(event: TransferEvent, now: MonoMillis): TransferStep {
    switch (event.kind) {
      case 'start': return this.#send(now);
      case 'ack': return this.#ack(event.block, now);
      case 'error': return this.#end({ kind: 'refused', code: event.code, message: event.message });
      case 'tick': return this.#repeat(now);
      default: return event satisfies never;
    }
  }

  #end(outcome: Outcome): TransferStep {
    this.deadline = never;
    return { kind: 'end', outcome };
  }

  /** The OACK first, if there is one; then the window behind what was acknowledged. */
  #send(now: MonoMillis): TransferStep {
    const { answer, timeoutMillis, windowSize } = this.terms;
    const backoff = Math.min(timeoutMillis * 2 ** this.#tries, Math.max(backoffMillisMax, timeoutMillis));
    this.deadline = addMillis(now, backoff);
    if (answer !== undefined && this.isHalfOpen) return oack;
    const first = this.#acked + 1;
    this.#sent = Math.min(this.#acked + windowSize, this.lastBlock);
    return { kind: 'blocks', first, last: this.#sent };
  }

  #ack(block16: number, now: MonoMillis): TransferStep {
    // Block numbers have 16 bits and start again at 0 behind 65535; a window is far smaller than that.
    const ahead = (block16 - this.#acked) & 0xffff;
    const isFirst = this.isHalfOpen;
    if (isFirst && this.terms.answer !== undefined) {
      if (ahead !== 0) return wait;
      return this.#heard(now);
    }
    if (ahead === 0) return isFirst ? wait : this.#again(now);
    if (this.#acked + ahead > this.#sent) return wait;
    this.#acked += ahead;
    if (this.#acked === this.lastBlock) return this.#end({ kind: 'sent' });
    return this.#heard(now);
  }

  #heard(now: MonoMillis): TransferStep {
    this.isHalfOpen = false;
    this.#tries = 0;
    return this.#send(now);
  }

  /**
   * The last block acknowledged is acknowledged again. Alone it must not be answered, or each packet would go out twice from
   * then on (the Sorcerer's Apprentice, RFC 1123 §4.2.3.1); with windows it says that the first block of one was lost
   * [RFC7440-4], and is believed once for each block.
   */
  #again(now: MonoMillis): TransferStep {
    if (this.terms.windowSize === 1 || this.#restartedAt === this.#acked) return wait;
    this.#restartedAt = this.#acked;
    this.repeats++;
    return this.#send(now);
  }

  #repeat(now: MonoMillis): TransferStep {
    if (now < this.deadline) return wait;
    this.#tries++;
    if (this.#tries > (this.isHalfOpen ? triesMax.halfOpen : triesMax.known)) return this.#end({ kind: 'silent' });
    this.repeats++;
    return this.#send(now);
  }
}
