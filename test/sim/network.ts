// The network of a simulation: client frames that get lost, doubled, delayed and reordered, and TCP links between nodes
// that keep their order but can be cut silently, one way or both, or reset.

import type { Ipv4 } from '../../src/std/ipv4.ts';
import type { Prng } from '../../src/std/prng.ts';
import type { PlannedAction, VirtualTime } from './virtual-time.ts';

export interface Weather {
  /** Probability that a client frame is lost, and that it arrives twice. */
  drop: number;
  duplicate: number;
  /** Milliseconds a frame or segment takes at the most. */
  delayMillisMax: number;
}

/** One end of a TCP link, as its owner sees it. */
export interface LinkEnd {
  onData(bytes: Uint8Array): void;
  onClose(detail: string): void;
}

/** What a node offers to others. */
export interface Listener {
  readonly address: Ipv4;
  readonly port: number;
  /** A connection came in: gives the end that belongs to the listener. */
  accept(connection: Connection, side: 0 | 1, remote: Ipv4): LinkEnd;
}

export class Connection {
  readonly addresses: readonly [Ipv4, Ipv4];
  readonly ends: [LinkEnd | undefined, LinkEnd | undefined] = [undefined, undefined];
  isOpen = true;
  /** When the last segment in each direction arrives: TCP keeps the order. */
  readonly #arrivals: [number, number] = [0, 0];
  /** Segments that a cut holds back, and what was sent behind them and waits for them, in each direction. */
  readonly #heldCounts: [number, number] = [0, 0];
  readonly #behind: [((end: LinkEnd) => void)[], ((end: LinkEnd) => void)[]] = [[], []];
  readonly #network: Network;

  constructor(network: Network, from: Ipv4, to: Ipv4) {
    this.#network = network;
    this.addresses = [from, to];
  }
  send(side: 0 | 1, bytes: Uint8Array): void {
    if (!this.isOpen) return;
    const copy = bytes.slice();
    this.#deliver(side, (end) => end.onData(copy));
  }
  /** Orderly close, or reset: the other end hears of it when the network lets it. */
  close(side: 0 | 1, detail: string): void {
    if (!this.isOpen) return;
    this.ends[side] = undefined;
    this.#deliver(side, (end) => {
      this.isOpen = false;
      end.onClose(detail);
    });
  }
  #deliver(side: 0 | 1, act: (end: LinkEnd) => void): void {
    const network = this.#network;
    const at = Math.max(network.time.now + network.delay(), this.#arrivals[side]);
    this.#arrivals[side] = at;
    network.time.plan(at - network.time.now, () => this.#attempt(side, act));
  }
  #attempt(side: 0 | 1, act: (end: LinkEnd) => void): void {
    const other = side === 0 ? 1 : 0;
    const end = this.ends[other];
    if (!this.isOpen || end === undefined) return;
    // A cut holds segments back; they arrive, late, when it heals (retransmission), and before what is sent then.
    if (this.#heldCounts[side] > 0 && (this.#behind[side].length > 0 || !this.#isCut(side))) this.#behind[side].push(act);
    else if (this.#isCut(side)) this.#holdBack(side, act);
    else act(end);
  }
  #isCut(side: 0 | 1): boolean {
    return this.#network.isCut(this.addresses[side], this.addresses[side === 0 ? 1 : 0]);
  }
  #holdBack(side: 0 | 1, act: (end: LinkEnd) => void): void {
    this.#heldCounts[side]++;
    this.#network.holdBack(() => {
      this.#heldCounts[side]--;
      const end = this.ends[side === 0 ? 1 : 0];
      if (!this.isOpen || end === undefined) return;
      if (this.#isCut(side)) this.#holdBack(side, act);
      else act(end);
      if (this.#heldCounts[side] === 0) for (const late of this.#behind[side].splice(0)) this.#attempt(side, late);
    });
  }
}

export class Network {
  readonly time: VirtualTime;
  readonly random: Prng;
  readonly weather: Weather;
  readonly #listeners: Listener[] = [];
  /** `from>to` pairs that nothing crosses. */
  readonly #cuts = new Set<string>();
  #heldBack: (() => void)[] = [];

  constructor(time: VirtualTime, random: Prng, weather: Weather) {
    this.time = time;
    this.random = random;
    this.weather = weather;
  }
  delay(random = this.random): number {
    return random.unit() * this.weather.delayMillisMax;
  }

  isCut(from: Ipv4, to: Ipv4): boolean {
    return this.#cuts.size > 0 && this.#cuts.has(`${from}>${to}`);
  }
  cut(from: Ipv4, to: Ipv4): void {
    this.#cuts.add(`${from}>${to}`);
  }
  heal(): void {
    this.#cuts.clear();
    const held = this.#heldBack;
    this.#heldBack = [];
    // Retransmission timers have backed off: seconds, not milliseconds, and in the order of sending.
    held.forEach((attempt, index) => this.time.plan(200 + index, attempt));
  }
  holdBack(attempt: () => void): void {
    this.#heldBack.push(attempt);
  }

  listen(listener: Listener): void {
    this.#listeners.push(listener);
  }
  unlisten(address: Ipv4): void {
    for (let index = this.#listeners.length - 1; index >= 0; index--)
      if (this.#listeners[index]?.address === address) this.#listeners.splice(index, 1);
  }
  /** `done` gets the connection, or undefined and why; after the kernel's patience when packets vanish. */
  connect(from: Ipv4, to: Ipv4, port: number, done: (connection: Connection | undefined, detail: string) => void): PlannedAction {
    if (this.isCut(from, to) || this.isCut(to, from)) return this.time.plan(15_000, () => done(undefined, 'ETIMEDOUT'));
    return this.time.plan(this.delay() * 2, () => {
      const listener = this.#listeners.find((candidate) => candidate.address === to && candidate.port === port);
      if (listener === undefined) {
        done(undefined, 'ECONNREFUSED');
        return;
      }
      const connection = new Connection(this, from, to);
      done(connection, '');
      connection.ends[1] = listener.accept(connection, 1, from);
    });
  }

  /** A datagram: lost, doubled or late as the weather has it. Each client has its own dice, so that it fares alike without the others. */
  datagram(random: Prng, deliver: () => void): void {
    if (random.chance(this.weather.drop)) return;
    this.time.plan(this.delay(random), deliver);
    if (random.chance(this.weather.duplicate)) this.time.plan(this.delay(random), deliver);
  }
}
