// How many reports the server hears: few at once, because it hears them between packets. What is left out is told as a number.

import type { ChildMessage } from './boot-channel.ts';
import type { FileReport } from './file-report.ts';

/** Of files that arrived, and of everything else: a flood must not hide what the machines got. */
const reportsMax = 20;
const spanMillis = 100;
const lostMillis = 1_000;

export class ReportLimit {
  readonly #tell: (message: ChildMessage) => void;
  readonly #counts = { sent: 0, other: 0 };
  #since = -Infinity;
  #lost = 0;

  constructor(tell: (message: ChildMessage) => void) {
    this.#tell = tell;
  }

  /** `now` in milliseconds, monotonic. */
  take(report: FileReport, now: number): void {
    if (now - this.#since >= spanMillis) {
      this.#since = now;
      this.#counts.sent = this.#counts.other = 0;
    }
    const kind = report.outcome === 'sent' ? 'sent' : 'other';
    if (this.#counts[kind]++ < reportsMax) this.#tell(report);
    else if (this.#lost++ === 0) setTimeout(() => this.#tellLost(), lostMillis).unref();
  }

  #tellLost(): void {
    this.#tell({ kind: 'lost', count: this.#lost });
    this.#lost = 0;
  }
}
