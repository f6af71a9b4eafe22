// What a run of the load generator counted.

import { Histogram } from './histogram.ts';

/** Counters of one measurement; `reset` begins the next. */
export class Tally {
  discovers = 0;
  requests = 0;
  offers = 0;
  acks = 0;
  naks = 0;
  /** Messages sent again because nothing came. */
  retries = 0;
  /** Exchanges given up after the last retry. */
  failed = 0;
  /** Answers to nothing that is open: late or doubled. */
  unexpected = 0;
  /** Damaged frames, and messages that lack what RFC 2131 §4.3.1 table 3 demands. */
  malformed = 0;
  /** An address acknowledged to a second client while the first holds it. */
  duplicates = 0;
  /** Exchanges that had to wait for a free place although the offered rate wanted them. */
  late = 0;
  readonly exchange = new Histogram();
  readonly offer = new Histogram();

  reset(): void {
    this.discovers = this.requests = this.offers = this.acks = this.naks = 0;
    this.retries = this.failed = this.unexpected = this.malformed = this.duplicates = this.late = 0;
    this.exchange.reset();
    this.offer.reset();
  }
}

/** One measured run, as `--json` prints it. Times in milliseconds. */
export interface LoadResult {
  readonly mode: string;
  readonly window: number;
  readonly clients: number;
  readonly seconds: number;
  readonly exchangesPerSecond: number;
  readonly offeredPerSecond: number | undefined;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
  readonly offerP50: number;
  readonly offers: number;
  readonly acks: number;
  readonly naks: number;
  readonly retries: number;
  readonly failed: number;
  readonly unexpected: number;
  readonly malformed: number;
  readonly duplicates: number;
  readonly late: number;
  /** Of the whole run, the preparation included. */
  readonly acksInAll: number;
}
