// What a binding update costs on both nodes of a pair, without disk and network: run with `tsx test/bench/failover.bench.ts
// [leases]`. Prints the best of several rounds, nanoseconds of processor time an update; asserts nothing.

import { ByteWriter } from '../../src/std/bytes.ts';
import type { MonoMillis, Now, UnixSeconds } from '../../src/std/time.ts';
import type { Effects, LinkId, Request, SendLane } from '../../src/model/step.ts';
import { Failover } from '../../src/failover/failover.ts';
import { pairConfig, type NodeName } from '../../src/failover/testing.ts';
import { LeaseStore } from '../../src/lease/lease-store.ts';

const count = Number(process.argv[2] ?? 16_384);
const rounds = 12;
/** Updates that are told together: what some thousand clients a second bring in twenty milliseconds. */
const batch = 64;

const link = 1 as LinkId;
class Stream implements SendLane {
  readonly bytes = new ByteWriter();
  frame(): undefined {
    return undefined;
  }
  link(): ByteWriter {
    return this.bytes;
  }
  reply(): void {}
}

class Side {
  readonly store: LeaseStore;
  readonly failover: Failover;
  readonly lane = new Stream();
  readonly requests: Request[] = [];
  readonly effects: Effects = {
    journal: new ByteWriter(), now: this.lane, afterCommit: this.lane, requests: this.requests, log: { event: () => {}, packet: () => {} },
  };

  constructor(name: NodeName) {
    const config = pairConfig(name, { range: '10.64.0.0-10.64.127.255', window: 10 });
    this.store = new LeaseStore(config);
    this.store.settle();
    this.store.failover.putIdentity('fo', 'pair-bench000', undefined);
    let request = 0;
    this.failover = new Failover({ config, store: this.store, seed: 1, nextRequestId: () => ++request });
  }
  /** What the step says to the partner. */
  step(now: Now, act: () => void): Uint8Array {
    act();
    this.failover.leasesChanged(now, this.effects);
    this.effects.journal.reset();
    const said = this.lane.bytes.copy();
    this.lane.bytes.reset();
    return said;
  }
}

let mono = 0;
const now = (): Now => ({ mono: mono as MonoMillis, wall: (1_800_000_000 + Math.floor(mono / 1000)) as UnixSeconds });
const [a, b] = [new Side('a'), new Side('b')];

/** Delivers what either says until nobody speaks. */
function converse(first: Uint8Array, to: Side): void {
  for (let [bytes, hearer] = [first, to]; bytes.length > 0; hearer = hearer === a ? b : a) {
    const heard = bytes;
    const { failover } = hearer;
    bytes = hearer.step(now(), () => failover.linkData(link, heard, now(), hearer.effects));
  }
}

function meet(): void {
  for (const side of [a, b]) side.step(now(), () => side.failover.start(now(), side.effects));
  const [address, partner] = [b, a].map((side) => side.failover.endpoints[0]?.partnerAddress ?? (0 as never)) as [never, never];
  b.step(now(), () => b.failover.linkOpen({ kind: 'link-open', link, request: undefined, local: partner, remote: address, now: now() }, now(), b.effects));
  const connect = a.requests.find((request) => request.kind === 'connect');
  const opened = a.step(now(), () =>
    a.failover.linkOpen({ kind: 'link-open', link, request: connect?.kind === 'connect' ? connect.id : undefined, local: address, remote: partner, now: now() }, now(), a.effects));
  converse(opened, b);
  for (let turn = 0; turn < 2000; turn++) {
    mono += 20;
    for (const side of [a, b]) converse(side.step(now(), () => side.failover.tick(now(), side.effects)), side === a ? b : a);
  }
  if (a.failover.endpoints[0]?.my !== 'normal' || !a.failover.endpoints[0].queue.isIdle) throw new Error('the two nodes are no quiet pair');
}

const mac = Uint8Array.of(2, 0, 0, 0, 0, 0);
function grant(row: number): void {
  const { table } = a.store;
  const change = table.begin(row);
  const { wall } = now();
  new DataView(mac.buffer).setUint32(2, row);
  change.state = 2;
  change.setHardware(1, mac, 0, 6);
  change.starts = wall;
  change.cltt = wall;
  change.ends = (wall + 3600) as UnixSeconds;
  change.tstp = (wall + 5400) as UnixSeconds;
  change.atsfp = 0 as UnixSeconds;
  table.apply(row, change, 'grant', a.effects.journal);
}

const phases = ['grant', 'tell', 'take over and acknowledge', 'hear the acknowledgement'] as const;
const best = new Map<string, number>(phases.map((name) => [name, Infinity]));

function round(rows: readonly number[]): void {
  const spent = new Map<string, number>(phases.map((name) => [name, 0]));
  const timed = <T>(name: (typeof phases)[number], run: () => T): T => {
    const from = process.cpuUsage();
    const result = run();
    const { user, system } = process.cpuUsage(from);
    spent.set(name, (spent.get(name) ?? 0) + (user + system) * 1000);
    return result;
  };
  for (let at = 0; at + batch <= rows.length; at += batch) {
    mono += 20;
    timed('grant', () => rows.slice(at, at + batch).forEach(grant));
    const told = timed('tell', () => a.step(now(), () => {}));
    const acks = timed('take over and acknowledge', () => b.step(now(), () => b.failover.linkData(link, told, now(), b.effects)));
    timed('hear the acknowledgement', () => a.step(now(), () => a.failover.linkData(link, acks, now(), a.effects)));
  }
  for (const [name, nanos] of spent) best.set(name, Math.min(best.get(name) ?? Infinity, nanos / rows.length));
}

meet();
const { table } = a.store;
const own = Array.from({ length: table.rowCount }, (_, row) => row).filter((row) => table.state(row) === 1).slice(0, count);
for (let turn = 0; turn < rounds; turn++) round(own);
if (a.failover.endpoints[0]?.queue.isIdle !== true || b.store.table.count(0, 2) !== own.length) throw new Error('not every update was taken over');
for (const [name, nanos] of best) console.log(`${name.padEnd(28)} ${nanos.toFixed(0).padStart(6)} ns`);
console.log(`${'all'.padEnd(28)} ${[...best.values()].reduce((sum, nanos) => sum + nanos, 0).toFixed(0).padStart(6)} ns an update, ${own.length} leases in batches of ${batch}`);
