// A run of load: a closed loop with a window of open exchanges, or a fixed offered rate.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { ClientMessages } from './client-messages.ts';
import { Exchanges, rowsMax, type LoadMode } from './exchanges.ts';
import { LoadPort, type LoadPath } from './load-port.ts';
import { Tally, type LoadResult } from './tally.ts';

export interface LoadSettings {
  readonly path: LoadPath;
  readonly mode: LoadMode;
  /** Open exchanges of the closed loop, 1..1024. */
  readonly window: number;
  /** Exchanges per second to begin; undefined: a closed loop. */
  readonly rate: number | undefined;
  readonly seconds: number;
  /** Not measured. */
  readonly warmUpSeconds: number;
  readonly clients: number;
  readonly firstClient: number;
  readonly retryMillis: number;
  readonly retriesMax: number;
}

const sweepMillis = 20;
/** How long the loop keeps the event loop waiting, so that signals and progress are served. */
const turnMillis = 100;

/** One load on one socket. `onProgress` is called about ten times a second. */
export class Load {
  readonly tally = new Tally();
  readonly #settings: LoadSettings;
  readonly #port: LoadPort;
  readonly #messages: ClientMessages;
  readonly #exchanges: Exchanges;
  #isStopped = false;
  #begun = 0;
  #nextSweep = 0;

  constructor(settings: LoadSettings) {
    this.#settings = settings;
    this.#port = new LoadPort(settings.path);
    this.#messages = new ClientMessages(settings.path.giaddr);
    const rows = settings.rate === undefined ? settings.window : Math.min(rowsMax, settings.clients);
    this.#exchanges = new Exchanges({ ...settings, rows }, this.#port, this.#messages, this.tally);
  }

  /** Ends the current phase early. */
  stop(): void {
    this.#isStopped = true;
  }

  async run(onProgress: (phase: string, tally: Tally) => void): Promise<LoadResult> {
    const { mode, clients, warmUpSeconds, seconds, rate } = this.#settings;
    try {
      const progress = (phase: string) => () => onProgress(phase, this.tally);
      if (mode !== 'dora') await this.#phase('dora', Infinity, clients, undefined, progress('getting addresses'));
      if (warmUpSeconds > 0) await this.#phase(mode, warmUpSeconds, Infinity, rate, progress('warming up'));
      this.tally.reset();
      const took = await this.#phase(mode, seconds, Infinity, rate, progress('measuring'));
      return this.#result(took);
    } finally {
      this.#port.close();
    }
  }

  /** Loads for `seconds`, or until `count` exchanges were begun and ended; returns the seconds it took. */
  async #phase(mode: LoadMode, seconds: number, count: number, rate: number | undefined, progress: () => void): Promise<number> {
    const start = performance.now();
    const end = start + seconds * 1000;
    this.#exchanges.mode = mode;
    this.#begun = 0;
    for (let now = start; !this.#isStopped && now < end; now = performance.now()) {
      if (this.#begun >= count && this.#exchanges.open === 0) break;
      this.#turn(start, Math.min(now + turnMillis, end), count, rate);
      progress();
      await nextTurn();
    }
    return (performance.now() - start) / 1000;
  }

  /** PERF: the hot loop; the clock is read once per batch. */
  #turn(start: number, until: number, count: number, rate: number | undefined): void {
    for (let now = performance.now(); now < until; now = performance.now()) {
      const received = this.#receive(now);
      this.#begin(start, now, count, rate);
      if (now >= this.#nextSweep) {
        this.#exchanges.sweep(now);
        this.#nextSweep = now + sweepMillis;
      }
      this.#port.flush();
      if (received > 0) continue;
      if (this.#begun >= count && this.#exchanges.open === 0) return;
      const due = rate === undefined ? until : start + ((this.#begun + 1) * 1000) / rate;
      this.#port.wait(Math.min(due, until, now + sweepMillis) - now);
    }
  }

  #receive(now: number): number {
    const { input, reply } = this.#port;
    const received = this.#port.receive();
    for (let slot = 0; slot < received; slot++) {
      if (!this.#port.locate(slot)) {
        this.tally.malformed++;
        continue;
      }
      if (this.#messages.serverMac[0] === 255 && this.#port.isFramed)
        this.#messages.serverMac.set(input.data.bytes.subarray(reply.sourceMacAt, reply.sourceMacAt + 6));
      this.#exchanges.accept(input.data.bytes, input.data.view, reply.start, reply.size, now);
    }
    return received;
  }

  #begin(start: number, now: number, count: number, rate: number | undefined): void {
    const exchanges = this.#exchanges;
    if (rate === undefined) {
      for (; exchanges.hasRoom && this.#begun < count; this.#begun++) exchanges.begin(now, now);
      return;
    }
    const due = Math.floor(((now - start) * rate) / 1000);
    // Why the start counts from when it was due: else a server that stalls would hide its stall (coordinated omission).
    for (; this.#begun < due && exchanges.hasRoom; this.#begun++) exchanges.begin(start + ((this.#begun + 1) * 1000) / rate, now);
    if (this.#begun < due) this.tally.late++;
  }

  #result(took: number): LoadResult {
    const { mode, window, clients, rate } = this.#settings;
    const { exchange, offer, offers, acks, naks, retries, failed, unexpected, malformed, duplicates, late } = this.tally;
    return {
      mode,
      window: rate === undefined ? window : 0,
      clients,
      seconds: took,
      exchangesPerSecond: acks / took,
      offeredPerSecond: rate,
      p50: exchange.quantile(0.5),
      p90: exchange.quantile(0.9),
      p99: exchange.quantile(0.99),
      p999: exchange.quantile(0.999),
      max: exchange.maxMillis,
      offerP50: offer.quantile(0.5),
      offers, acks, naks, retries, failed, unexpected, malformed, duplicates, late,
      acksInAll: this.#exchanges.acksInAll,
    };
  }
}
