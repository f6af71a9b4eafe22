// One node of the world of host edits: its lease file in memory, commits that come later or never, and the production topic on a link
// that delivers when it is told to. Leases and the handshake are left out: seeds must be cheap.

import { ByteWriter } from '../../src/std/bytes.ts';
import type { Prng } from '../../src/std/prng.ts';
import type { MonoMillis, Now, UnixSeconds } from '../../src/std/time.ts';
import type { Endpoint } from '../../src/failover/endpoint.ts';
import { HostsTopic } from '../../src/failover/hosts-topic.ts';
import { Link } from '../../src/failover/link.ts';
import { Parcels } from '../../src/failover/parcels.ts';
import { TestEffects } from '../../src/failover/testing.ts';
import { LeaseStore } from '../../src/lease/lease-store.ts';
import { replayBytes } from '../../src/lease/replay.ts';
import { testConfig } from '../../src/lease/testing.ts';
import { FailoverReader } from '../../src/wire/failover-message.ts';

export type Role = 'primary' | 'secondary';
const linkId = 1;
const config = testConfig({ pools: [{ ranges: ['10.0.9.0-10.0.9.1'] }] });

interface Group {
  readonly journal: Uint8Array;
  readonly sends: Uint8Array;
  readonly onDurable: () => void;
}

export class HostsNode {
  readonly role: Role;
  readonly random: Prng;
  /** Its clock is so far off. */
  readonly skewMillis: number;
  /** What survives a crash. */
  file: Uint8Array = new Uint8Array(0);
  readonly #pending: Group[] = [];
  store = new LeaseStore(config);
  topic!: HostsTopic;
  #parcels!: Parcels;
  #link: Link | undefined;
  #reader = new FailoverReader();
  /** On the way to the partner. */
  readonly sent: Uint8Array[] = [];
  readonly #clock: () => number;
  readonly log: string[] = [];

  constructor(role: Role, random: Prng, skewMillis: number, clock: () => number) {
    this.role = role;
    this.random = random;
    this.skewMillis = skewMillis;
    this.#clock = clock;
    this.#start();
  }

  get now(): Now {
    const millis = this.#clock();
    return { mono: millis as MonoMillis, wall: Math.floor((1_800_000_000_000 + millis + this.skewMillis) / 1000) as UnixSeconds };
  }
  get isUp(): boolean {
    return this.#link !== undefined;
  }
  get isIdle(): boolean {
    return this.#pending.length === 0 && this.sent.length === 0;
  }
  get link(): Link | undefined {
    return this.#link;
  }
  get parcels(): Parcels {
    return this.#parcels;
  }

  /** kill -9: what was not committed never was, and the link is gone. */
  crash(): void {
    this.#pending.length = 0;
    this.linkLost();
    this.store = new LeaseStore(config);
    const report = replayBytes(this.file, this.store, this.now.wall);
    if (report.problemCount > 0) throw new Error(JSON.stringify(report.problems[0]));
    this.#start();
  }
  #start(): void {
    const endpoint = endpointOf(this);
    this.topic = new HostsTopic(endpoint, this.store.replicated);
    this.#parcels = new Parcels(endpoint, [this.topic]);
  }

  linkUp(): void {
    this.#link = new Link(linkId, false, this.now);
    this.#link.cipher = 'simulated';
    this.#reader = new FailoverReader();
    this.step((effects) => this.#parcels.linkUp(this.now, effects));
  }
  /** Groups that wait still become durable; what they would send has no link any more. */
  linkLost(): void {
    this.sent.length = 0;
    if (this.#link === undefined) return;
    this.#link = undefined;
    this.#parcels.linkLost();
  }
  receive(bytes: Uint8Array): void {
    this.step((effects) => {
      this.#reader.push(bytes);
      for (let message = this.#reader.next(); message !== undefined; message = this.#reader.next())
        if (message.kind === 'contact') this.#parcels.received(message.privateOptions, this.now, effects);
    });
  }

  step(act: (effects: TestEffects) => void, onDurable: () => void = () => {}): void {
    const effects = new TestEffects();
    act(effects);
    this.#parcels.afterStep(this.now, effects);
    this.log.push(...effects.lines);
    const now = effects.now.streams.get(linkId)?.copy();
    if (now !== undefined && this.isUp) this.sent.push(now);
    this.#pending.push({ journal: effects.journal.copy(), sends: effects.afterCommit.streams.get(linkId)?.copy() ?? new Uint8Array(0), onDurable });
    if (effects.journal.size === 0 && this.#pending.length === 1) this.commit();
  }
  /** The oldest group is durable; what waited for it leaves. */
  commit(): void {
    const group = this.#pending.shift();
    if (group === undefined) return;
    this.file = Buffer.concat([this.file, group.journal]);
    group.onDurable();
    if (group.sends.length > 0 && this.isUp) this.sent.push(group.sends);
  }
  /** The file is rewritten, which commits whatever waits. */
  compact(): void {
    while (this.#pending.length > 0) this.commit();
    const out = new ByteWriter();
    for (let cursor = 0; cursor >= 0; ) cursor = this.store.snapshot(cursor, 1 << 20, out);
    this.file = out.copy();
  }
}

/** What the topic sees of its relationship. */
const endpointOf = (node: HostsNode): Endpoint =>
  ({
    name: 'fo', isLeaseholdPartner: true, shares: () => true, random: node.random, peer: { role: node.role },
    get link() { return node.link; },
    get parcels() { return node.parcels; },
    hostGroupMissing: () => undefined,
  }) as unknown as Endpoint;
