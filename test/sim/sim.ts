// A whole network of production nodes and clients under faults, from one seed (P6): first safety while things break,
// then heal, and demand that everything comes back (liveness).

import { toHex } from '../../src/std/bytes.ts';
import { formatIpv4, parseIpv4, type Ipv4 } from '../../src/std/ipv4.ts';
import { Prng } from '../../src/std/prng.ts';
import type { ServerConfig } from '../../src/model/server-config.ts';
import { Client, clientKinds, type ClientKind } from './client.ts';
import { readMessage } from '../../src/wire/client-testing.ts';
import { DiskTwin } from './disk-twin.ts';
import { DurableRecords } from './durable-records.ts';
import { FaultSchedule, forkOf, type FaultName } from './fault-schedule.ts';
import { Faults, type FaultPlan } from './faults.ts';
import { describeOverlap, Holders, type Overlap } from './holders.ts';
import { Network, type Weather } from './network.ts';
import { PairWatch, type WatchOptions } from './pair-watch.ts';
import { SimNode, type NodeFactory } from './sim-node.ts';
import { epochMillis, VirtualTime } from './virtual-time.ts';

export interface SimNodeOptions {
  readonly name: string;
  readonly address: string;
  readonly config: ServerConfig;
}

export interface SimOptions {
  readonly seed: number;
  readonly part?: Part;
  readonly nodes: readonly SimNodeOptions[];
  readonly factory: NodeFactory;
  readonly clients: number;
  readonly kinds?: readonly ClientKind[];
  /** Of a pair: it is watched (pair-watch.ts). */
  readonly watch?: WatchOptions;
  readonly weather?: Partial<Weather>;
  /** Every line that a node logs. */
  readonly onLine?: (node: SimNode, line: string) => void;
}

/** What of a seed is played: what a failing seed shrinks to. */
export interface Part {
  /** The faults that strike; absent: all. */
  readonly faults?: ReadonlySet<FaultName>;
  /** Numbers of the clients that there are, from 1; absent: all. */
  readonly clients?: ReadonlySet<number>;
  /** Virtual minutes of faults; absent: what the world has. */
  readonly minutes?: number;
  /** Seconds of the contact interval of a pair; absent: what the seed has (configs.ts). */
  readonly contact?: number;
}

export class Sim {
  readonly options: SimOptions;
  readonly time = new VirtualTime();
  readonly random: Prng;
  readonly network: Network;
  readonly holders = new Holders((overlap) => this.note(twoHolders(overlap)));
  readonly nodes: SimNode[];
  readonly disks: DiskTwin[] = [];
  readonly clients: Client[];
  /** Everything that happened, newest last: what a failing seed prints. */
  readonly transcript: string[] = [];
  readonly violations: string[] = [];
  readonly #records: DurableRecords[] = [];
  readonly schedule: FaultSchedule;
  readonly #faults: Faults;
  readonly #watch: PairWatch | undefined;

  constructor(options: SimOptions) {
    this.options = options;
    this.random = new Prng(options.seed);
    this.network = new Network(this.time, new Prng(this.random.u32()), {
      drop: 0.02,
      duplicate: 0.02,
      delayMillisMax: 20,
      ...options.weather,
    });
    this.schedule = new FaultSchedule(this.time, options.seed, options.part?.faults);
    this.#faults = new Faults(this);
    this.nodes = options.nodes.map((node) => this.#makeNode(node));
    const world = {
      time: this.time,
      holders: this.holders,
      send: (client: Client, bytes: Uint8Array, to: Ipv4 | undefined) => this.#fromClient(client, bytes, to),
    };
    this.#watch = options.watch === undefined ? undefined : new PairWatch(this, options.watch);
    const kinds = options.kinds ?? clientKinds;
    this.clients = Array.from(
      { length: options.clients },
      (_, index) => {
        const number = index + 1;
        const random = forkOf(options.seed, `client ${number}`);
        return new Client({ ...world, random }, number, kinds[index % kinds.length] as ClientKind);
      },
    );
    const { clients } = options.part ?? {};
    for (const client of this.clients) client.isAway = clients !== undefined && !clients.has(client.number);
  }

  #makeNode({ name, address, config }: SimNodeOptions): SimNode {
    const disk = new DiskTwin(new Prng(this.random.u32()));
    this.disks.push(disk);
    this.#records.push(new DurableRecords(disk));
    return new SimNode({
      name,
      address: parseIpv4(address) as Ipv4,
      mask: 0xffffff00 as Ipv4,
      time: this.time,
      network: this.network,
      disk,
      factory: this.options.factory,
      config,
      epochMillis,
      seed: this.random.u32(),
      isInUse: (ip) => this.holders.holderOf(ip, this.time.now) !== undefined,
      onFrame: (node, payload) => this.#fromNode(node, payload),
      onLinkBytes: (node, connection, side, bytes) => this.#watch?.linkBytes(node, connection, side, bytes),
      onLog: (node, line) => {
        this.note(`${node.name}: ${line}`);
        this.#watch?.heard(node, line);
        this.options.onLine?.(node, line);
      },
    });
  }

  note(line: string): void {
    this.transcript.push(`${(this.time.now / 1000).toFixed(3).padStart(10)} ${line}`);
    if (this.transcript.length > 20_000) this.transcript.splice(0, 10_000);
  }

  violated(text: string): void {
    this.violations.push(text);
    this.note(text);
  }

  start(): void {
    for (const node of this.nodes) this.time.plan(this.random.unit() * 2000, () => node.start());
    for (const client of this.clients)
      this.time.plan(5_000 + this.random.unit() * 60_000, () => client.switchOn());
  }
  runSeconds(seconds: number): void {
    this.time.runUntil(this.time.now + seconds * 1000);
    for (const node of this.nodes)
      if (node.fatal !== undefined) {
        this.violated(`${node.name} ended itself: ${node.fatal}`);
        node.fatal = undefined;
      }
  }

  // ── Packets ──

  #fromClient(client: Client, bytes: Uint8Array, to: Ipv4 | undefined): void {
    const source = (bytes[12] ?? 0) === 0 ? (0 as Ipv4) : (new DataView(bytes.buffer).getUint32(12) as Ipv4);
    for (const node of this.nodes)
      if (to === undefined || node.address === to) this.network.datagram(client.random, () => node.receive(bytes, source));
  }

  #fromNode(node: SimNode, payload: Uint8Array): void {
    const message = readMessage(payload);
    if (message.type === 5) {
      this.#checkDurable(node, message.yiaddr, message.chaddr);
      this.#watch?.acknowledged(node, message.yiaddr, message.leaseSeconds ?? 0);
    }
    const number = ((message.chaddr[4] ?? 0) << 8) | (message.chaddr[5] ?? 0);
    const client = this.clients[number - 1];
    if (client === undefined) return;
    this.network.datagram(client.random, () => client.receive(message, node.name));
  }

  /** What the node's disk remembers. */
  recordsOf(node: SimNode): DurableRecords {
    return this.#records[this.nodes.indexOf(node)] as DurableRecords;
  }
  /** P1: at the moment an ACK leaves, a power failure would not lose it. */
  #checkDurable(node: SimNode, ip: Ipv4, chaddr: Uint8Array): void {
    const mac = toHex(chaddr, ':');
    const record = this.recordsOf(node).of(ip);
    if (record?.state !== 'active' || record.holder !== mac) this.violated(`${node.name} acknowledged ${formatIpv4(ip)} to ${mac} before it was durable`);
  }

  // ── Faults ──

  plague(plan: FaultPlan): void {
    this.#faults.plague(plan);
  }
  /** The lease file of a node is gone. */
  loseDisk(node: SimNode): void {
    this.#watch?.losesDisk(node);
    node.loseDisk();
    this.recordsOf(node).forget();
  }
  /** By their logs: a command that asks would be an event of its own. */
  areNormal(): boolean {
    return this.nodes.every((node) => this.#watch?.stateOf(node) === 'normal');
  }

  /** Both ways, without a word. */
  cut(a: SimNode, b: SimNode): void {
    this.note('cut');
    this.network.cut(a.address, b.address);
    this.network.cut(b.address, a.address);
  }

  /** No more faults: the network is whole, disks work, nodes and clients are on. */
  heal(): void {
    this.schedule.end();
    // A disk whose sync failed is replaced: its machine starts again.
    for (const [index, node] of this.nodes.entries()) if (this.disks[index]?.syncFault !== undefined) node.crash();
    this.note('heal everything');
    this.network.heal();
    this.network.weather.drop = 0;
    for (const disk of this.disks) {
      disk.room = Infinity;
      disk.writeFault = undefined;
      disk.syncFault = undefined;
    }
    for (const node of this.nodes) {
      node.isHeldDown = false;
      if (!node.isUp) node.start();
    }
    for (const client of this.clients) client.switchOn();
  }

  // ── Checks ──

  /** Empty when no address ever had two holders, no ACK was lost and no node ended itself. */
  problems(): string[] {
    return [...this.violations, ...this.holders.overlaps.map(twoHolders)];
  }
  /** What a healed pair must not show: a state other than normal, different bindings, pools out of balance. */
  disagreements(): string[] {
    const status = this.nodes.map((node) => node.command('failover.status') as { value?: { myState: string; updatesWaiting: number }[] } | undefined);
    const states = status.flatMap((answer, index) =>
      (answer?.value ?? [{ myState: 'not answering', updatesWaiting: 0 }]).filter(({ myState }) => myState !== 'normal').map(({ myState }) => `${this.nodes[index]?.name} is ${myState}`),
    );
    const [a, b] = this.nodes.map((node) => bindingsOf(node));
    const different = [...(a ?? [])].filter(([ip, binding]) => b !== undefined && b.get(ip) !== binding).map(([ip, binding]) => `${ip}: ${binding} / ${b?.get(ip)}`);
    return [...states, ...different];
  }
  unbound(): string[] {
    return this.clients.filter((client) => client.state !== 'off' && client.ip === undefined && client.waitedMillis > 30_000).map(({ name, state }) => `${name} is ${state}`);
  }
}

const twoHolders = (overlap: Overlap): string => `two holders: ${describeOverlap(overlap)}`;

/** Address → state and holder of every lease a node knows of; free and backup count as themselves. */
function bindingsOf(node: SimNode): Map<string, string> {
  const answer = node.command('leases.list') as { value?: { leases: Record<string, unknown>[] } } | undefined;
  return new Map(
    (answer?.value?.leases ?? [])
      .filter((lease) => lease['state'] === 'active')
      .map((lease) => [String(lease['ip']), `${String(lease['state'])} ${String(lease['hardware'])}`]),
  );
}
