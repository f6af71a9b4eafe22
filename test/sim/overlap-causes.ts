// Which overlap follows from a fault that no protocol can hold (P2's three provisos), and which one is ours. The judge of the
// world where operators err.

import type { Overlap } from './holders.ts';
import type { TrueMillis } from './virtual-time.ts';

/** P2's provisos: a live partner declared down, both disks lost, a clock stepped beyond the tolerance. */
export type Cause = 'live partner declared down' | 'both disks lost' | 'clock stepped';

interface Span {
  readonly cause: Cause;
  readonly from: TrueMillis;
  to: TrueMillis;
}

/** A fault explains overlaps until both nodes were normal for `calmMillis`, which is longer than any lease it can have caused. */
export class OverlapCauses {
  readonly #calmMillis: number;
  readonly #spans: Span[] = [];
  #normalSince: TrueMillis | undefined;

  constructor(calmMillis: number) {
    this.#calmMillis = calmMillis;
  }

  happened(cause: Cause, at: TrueMillis): void {
    this.#spans.push({ cause, from: at, to: Infinity });
    this.#normalSince = undefined;
  }
  /** Call often: whether both nodes are normal now. */
  looked(areNormal: boolean, at: TrueMillis): void {
    if (!areNormal) this.#normalSince = undefined;
    else this.#normalSince ??= at;
    if (this.#normalSince === undefined || at - this.#normalSince < this.#calmMillis) return;
    for (const span of this.#spans) span.to = Math.min(span.to, at);
  }
  /** undefined: nothing explains it. */
  causeOf({ at }: Overlap): Cause | undefined {
    return this.#spans.findLast(({ from, to }) => from <= at && at <= to)?.cause;
  }
}
