// A DHCP client of a simulation (RFC 2131 figure 5, reduced to what a server can tell apart): it retransmits with back-off,
// renews at T1, rebinds at T2, starts over when its lease ends, and behaves by its kind.

import { toHex } from '../../src/std/bytes.ts';
import type { Ipv4 } from '../../src/std/ipv4.ts';
import type { Prng } from '../../src/std/prng.ts';
import { buildMessage, type ClientMessage, type ServerMessage } from '../../src/wire/client-testing.ts';
import type { Holders } from './holders.ts';
import type { PlannedAction, VirtualTime } from './virtual-time.ts';

export type ClientKind = 'steady' | 'rebooting' | 'releasing' | 'declining' | 'vanishing' | 'short-lived';
export const clientKinds: readonly ClientKind[] = ['steady', 'rebooting', 'releasing', 'declining', 'vanishing', 'short-lived'];

type State = 'off' | 'selecting' | 'requesting' | 'rebooting' | 'bound' | 'renewing' | 'rebinding';
const discover = 1, offer = 2, request = 3, decline = 4, ack = 5, nak = 6, release = 7;

export interface ClientWorld {
  readonly time: VirtualTime;
  readonly random: Prng;
  readonly holders: Holders;
  /** To every node, or to the one with this address. */
  readonly send: (client: Client, bytes: Uint8Array, to: Ipv4 | undefined) => void;
}

export class Client {
  readonly name: string;
  readonly number: number;
  readonly kind: ClientKind;
  /** It never comes. */
  isAway = false;
  readonly chaddr: Uint8Array;
  readonly mac: string;
  readonly #clientId: Uint8Array | undefined;
  readonly #leaseSeconds: number | undefined;
  readonly #world: ClientWorld;
  state: State = 'off';
  ip: Ipv4 | undefined;
  #lastIp: Ipv4 | undefined;
  #server: Ipv4 | undefined;
  #xid = 0;
  #sentAt = 0;
  #tries = 0;
  #startedAt = 0;
  #timer: PlannedAction | undefined;
  readonly #leaseTimers: PlannedAction[] = [];
  counters = { acks: 0, naks: 0, retries: 0 };
  /** Longest time from the first message of an exchange to its answer, true milliseconds. */
  longestWaitMillis = 0;

  constructor(world: ClientWorld, number: number, kind: ClientKind) {
    this.#world = world;
    this.name = `${kind}-${number}`;
    this.number = number;
    this.kind = kind;
    this.chaddr = Uint8Array.of(2, 0, 0, 0, number >>> 8, number & 255);
    this.mac = toHex(this.chaddr, ':');
    this.#clientId = world.random.chance(0.5) ? Uint8Array.of(1, ...this.chaddr) : undefined;
    this.#leaseSeconds = world.random.chance(0.2) ? world.random.between(60, 900) : undefined;
  }

  /** Decides what it does and what becomes of its frames. */
  get random(): Prng {
    return this.#world.random;
  }
  /** Since the exchange that is under way began, true milliseconds. */
  get waitedMillis(): number {
    return this.#world.time.now - this.#startedAt;
  }

  switchOn(): void {
    if (this.state !== 'off' || this.isAway) return;
    if (this.#lastIp !== undefined && this.kind === 'rebooting') this.#begin('rebooting');
    else this.#begin('selecting');
  }
  /** Power fails: the lease is not given back. */
  switchOff(): void {
    this.#stopTimers();
    if (this.ip !== undefined) this.#world.holders.gaveUp(this.name, this.ip, this.#world.time.now);
    this.ip = undefined;
    this.state = 'off';
  }
  /** A clean end where the kind has one. */
  leave(): void {
    if (this.ip !== undefined && this.kind === 'releasing')
      this.#send({ type: release, ciaddr: this.ip, serverId: this.#server }, this.#server);
    this.switchOff();
  }

  receive(message: ServerMessage, node: string): void {
    if (message.xid !== this.#xid || this.state === 'off') return;
    if (message.type === offer && this.state === 'selecting') this.#select(message.yiaddr, message.serverId);
    else if (message.type === ack && this.state !== 'selecting' && this.state !== 'bound')
      this.#bind(message.yiaddr, message.serverId, message.leaseSeconds ?? 0, node);
    else if (message.type === nak && this.state !== 'selecting' && this.state !== 'bound') {
      this.counters.naks++;
      this.#loseAddress();
      this.#begin('selecting');
    }
  }

  #begin(state: State): void {
    this.state = state;
    this.#tries = 0;
    this.#xid = this.#world.random.u32();
    this.#startedAt = this.#world.time.now;
    this.#transmit();
  }

  #transmit(): void {
    const { time, random } = this.#world;
    if (this.#timer !== undefined) time.cancel(this.#timer);
    if (this.#tries > 0) this.counters.retries++;
    const isHopeless = this.#tries >= 5 && (this.state === 'requesting' || this.state === 'rebooting');
    if (isHopeless) {
      this.#begin('selecting');
      return;
    }
    this.#sentAt = time.now;
    this.#sendForState();
    // RFC 2131 §4.1: 4 s doubled to 64 s, give or take one second.
    const backOff = Math.min(4000 * 2 ** this.#tries, 64_000) + (random.unit() * 2 - 1) * 1000;
    this.#tries++;
    const renewWait = this.state === 'renewing' || this.state === 'rebinding' ? Math.max(backOff, 10_000) : backOff;
    this.#timer = time.plan(renewWait, () => this.#transmit());
  }

  #sendForState(): void {
    switch (this.state) {
      case 'selecting': this.#send({ type: discover, requested: this.#lastIp, leaseSeconds: this.#leaseSeconds }, undefined); break;
      case 'requesting':
        this.#send({ type: request, requested: this.#lastIp, serverId: this.#server, leaseSeconds: this.#leaseSeconds }, undefined);
        break;
      case 'rebooting': this.#send({ type: request, requested: this.#lastIp }, undefined); break;
      case 'renewing': this.#send({ type: request, ciaddr: this.ip as Ipv4, leaseSeconds: this.#leaseSeconds }, this.#server); break;
      case 'rebinding': this.#send({ type: request, ciaddr: this.ip as Ipv4, leaseSeconds: this.#leaseSeconds }, undefined); break;
      case 'off': case 'bound': break;
    }
  }

  #send(fields: Pick<ClientMessage, 'type' | 'ciaddr' | 'requested' | 'serverId' | 'leaseSeconds'>, to: Ipv4 | undefined): void {
    const secs = Math.min(Math.floor((this.#world.time.now - this.#startedAt) / 1000), 65535);
    const { type, ciaddr, requested, serverId, leaseSeconds } = fields;
    const message = { type, ciaddr, requested, serverId, leaseSeconds, xid: this.#xid, chaddr: this.chaddr, clientId: this.#clientId, secs };
    this.#world.send(this, buildMessage(message), to);
  }

  #select(ip: Ipv4, server: Ipv4 | undefined): void {
    this.#lastIp = ip;
    this.#server = server;
    this.state = 'requesting';
    this.#tries = 0;
    this.#transmit();
  }

  #bind(ip: Ipv4, server: Ipv4 | undefined, leaseSeconds: number, node: string): void {
    const { time, random, holders } = this.#world;
    this.longestWaitMillis = Math.max(this.longestWaitMillis, time.now - this.#startedAt);
    if (this.kind === 'declining' && random.chance(0.3)) {
      this.#send({ type: decline, requested: ip, serverId: server }, undefined);
      this.#loseAddress();
      this.#lastIp = undefined;
      this.#stopTimers();
      this.state = 'off';
      this.#timer = time.plan(10_000, () => this.switchOn());
      return;
    }
    if (this.ip !== undefined && this.ip !== ip) holders.gaveUp(this.name, this.ip, time.now);
    this.#stopTimers();
    this.ip = ip;
    this.#lastIp = ip;
    this.#server = server;
    this.state = 'bound';
    this.counters.acks++;
    // RFC 2131 §4.4.1: the lease runs from when the request was sent.
    const isInfinite = leaseSeconds === 0xffffffff;
    const until = isInfinite ? Infinity : this.#sentAt + leaseSeconds * 1000;
    holders.acknowledged({ client: this.name, ip, from: time.now, until, node });
    if (!isInfinite) this.#planRenewal(until, leaseSeconds);
  }

  #planRenewal(until: number, leaseSeconds: number): void {
    const { time } = this.#world;
    const left = (part: number): number => Math.max(this.#sentAt + leaseSeconds * 1000 * part - time.now, 0);
    const isGoingAway = this.kind === 'vanishing' || this.kind === 'short-lived';
    if (!isGoingAway) {
      this.#leaseTimers.push(time.plan(left(0.5), () => this.#begin('renewing')));
      this.#leaseTimers.push(time.plan(left(0.875), () => this.state !== 'bound' && this.#begin('rebinding')));
    }
    this.#leaseTimers.push(
      time.plan(until - time.now, () => {
        this.#loseAddress();
        if (this.kind === 'vanishing') this.switchOff();
        else this.#begin('selecting');
      }),
    );
  }

  #loseAddress(): void {
    if (this.ip !== undefined) this.#world.holders.gaveUp(this.name, this.ip, this.#world.time.now);
    this.ip = undefined;
  }
  #stopTimers(): void {
    const { time } = this.#world;
    if (this.#timer !== undefined) time.cancel(this.#timer);
    for (const timer of this.#leaseTimers) time.cancel(timer);
    this.#leaseTimers.length = 0;
  }
}
