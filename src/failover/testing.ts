// Test support: two relationships' ends on a virtual clock with a pipe between them, and a transcript of everything that happens.

import { noEvidence, type EvidenceSettings } from '../model/evidence-settings.ts';
import { contactDefaults, type SecurityPolicy } from '../model/relationship-settings.ts';
import { ByteWriter, bytesEqual, concatBytes, fromLatin1, latin1 } from '../std/bytes.ts';
import { formatIpv4, type Ipv4 } from '../std/ipv4.ts';
import { never, seconds, type MonoMillis, type Now, type Seconds, type UnixSeconds } from '../std/time.ts';
import { bindingCode } from '../model/binding-state.ts';
import { grantLimit, potentialExpiry } from '../model/lease.ts';
import type { Answer, Effects, LinkId, Request, SecuredBy, SendLane } from '../model/step.ts';
import type { FailoverPeer, ServerConfig } from '../model/server-config.ts';
import { LeaseStore } from '../lease/lease-store.ts';
import { ip, nowhere, testConfig } from '../lease/testing.ts';
import { FailoverReader } from '../wire/failover-message.ts';
import { Failover } from './failover.ts';
import type { Endpoint } from './endpoint.ts';
import { describe } from './message-testing.ts';

export interface PairOptions {
  readonly mclt?: number;
  readonly window?: number;
  readonly range?: string;
  readonly split?: number;
  readonly autoPartnerDown?: number;
  readonly delay?: number;
  /** Seconds of the short contact interval; without it dhcpd's rule holds. */
  readonly contact?: number;
  readonly evidence?: Partial<EvidenceSettings>;
  /** Of each node, in place of the one of the reference. */
  readonly configs?: Readonly<Record<NodeName, ServerConfig>>;
  /** Policy and secret of each node. */
  readonly security?: Readonly<Record<NodeName, { readonly policy: SecurityPolicy; readonly secret: string | undefined }>>;
}

export type NodeName = 'a' | 'b';
const addresses: Readonly<Record<NodeName, string>> = { a: '10.77.0.1', b: '10.77.0.2' };
const other = (name: NodeName): NodeName => (name === 'a' ? 'b' : 'a');

/** The first `split` of 256 buckets are the primary's. */
export const bucketsOf = (split: number): Uint8Array =>
  Uint8Array.from({ length: 32 }, (_, octet) => {
    const bits = Math.min(Math.max(split - octet * 8, 0), 8);
    return (1 << bits) - 1;
  });

/** The configuration of reference §12.1, as either node has it. */
export function pairConfig(name: NodeName, options: PairOptions = {}): ServerConfig {
  const role = name === 'a' ? 'primary' : 'secondary';
  const base = testConfig({ pools: [{ ranges: [options.range ?? '10.77.1.100-10.77.1.119'], peer: 0 }], roles: [role] });
  const peer: FailoverPeer = {
    ...(base.peers[0] as FailoverPeer),
    name: 'fo',
    address: { kind: 'address', address: ip(addresses[name]) },
    partnerAddress: { kind: 'address', address: ip(addresses[other(name)]) },
    maxResponseDelay: (options.delay ?? 10) as Seconds,
    maxUnackedUpdates: options.window ?? 10,
    mclt: role === 'primary' ? ((options.mclt ?? 60) as Seconds) : undefined,
    hashBuckets: role === 'primary' ? bucketsOf(options.split ?? 128) : undefined,
    autoPartnerDown: (options.autoPartnerDown ?? 0) as Seconds,
  };
  const network = { index: 0, name: '10.77.1.0/24', isImplicit: true, scopes: [], subnets: [], pools: [0], interface: undefined, span: nowhere };
  return { ...base, peers: [peer], sharedNetworks: [network], ...withSettings(base, options, name) };
}

function withSettings(base: ServerConfig, options: PairOptions, name: NodeName): Partial<ServerConfig> {
  const { policy = 'prefer', secret = undefined } = options.security?.[name] ?? {};
  const contact = { ...contactDefaults, contactMillis: (options.contact ?? 0) * 1000 };
  const key = { name: 'k', algorithm: 'hmac-sha256', algorithmText: 'hmac-sha256.SIG-ALG.REG.INT.', secret: latin1(secret ?? ''), span: nowhere };
  return {
    keys: secret === undefined ? [] : [key],
    settings: { ...base.settings, omapiKey: secret === undefined ? undefined : 'k' },
    leasehold: { ...base.leasehold, relationships: new Map([['', { policy, key: undefined, certificate: undefined, isSynchronous: false, syncWaitMillis: 100, ...contact, evidence: { ...noEvidence, ...options.evidence }, span: nowhere }]]) },
  };
}

/** Bytes per link, in the order the links were first written to. */
class TestLane implements SendLane {
  readonly streams = new Map<LinkId, ByteWriter>();
  frame(): undefined {
    return undefined;
  }
  link(link: LinkId): ByteWriter {
    let stream = this.streams.get(link);
    if (stream === undefined) this.streams.set(link, (stream = new ByteWriter()));
    return stream;
  }
  reply(): void {}
}

export class TestEffects implements Effects {
  readonly journal = new ByteWriter();
  readonly now = new TestLane();
  readonly afterCommit = new TestLane();
  readonly requests: Request[] = [];
  readonly lines: string[] = [];
  readonly log: Effects['log'] = {
    event: (event, fields) => void this.lines.push(event.text(fields)),
    packet: () => {},
  };
}

const startWall = 1_800_000_000;

interface Wire {
  readonly ends: Record<NodeName, LinkId>;
  readonly readers: Record<NodeName, FailoverReader>;
  isOpen: boolean;
  /** Who asked first to secure it. */
  asked?: { readonly isClient: boolean; readonly by: SecuredBy };
}
type Delivery = { readonly to: NodeName; readonly wire: Wire; readonly bytes: Uint8Array | 'open' | 'close' | 'secured'; readonly request?: number | undefined };

export class TestNode {
  readonly name: NodeName;
  readonly config: ServerConfig;
  /** Boot files: content by path. */
  readonly tree = new Map<string, Uint8Array>();
  store: LeaseStore;
  /** Head lines of the records that it wrote, and comments whole. */
  readonly written: string[] = [];
  failover: Failover | undefined;

  constructor(name: NodeName, config: ServerConfig) {
    this.name = name;
    this.config = config;
    this.store = this.freshStore();
  }
  freshStore(): LeaseStore {
    const store = new LeaseStore(this.config);
    store.settle();
    return store;
  }
  get endpoint(): Endpoint {
    const endpoint = this.failover?.endpoints[0];
    if (endpoint === undefined) throw new Error(`node ${this.name} does not run`);
    return endpoint;
  }
}

/** Both nodes, the network between them, and the clock. Every line of `transcript` is what an observer would see. */
export class Pair {
  readonly nodes: Record<NodeName, TestNode>;
  readonly transcript: string[] = [];
  #mono = 0;
  #isCut = false;
  #nextLink = 1;
  #nextRequest = 1;
  /** What the world outside says when a node asks whether its partner is down; questions in the order they came. */
  readonly outside = {
    isAlive: false, fence: 'yes' as 'yes' | 'no' | 'waits', isWitnessUp: true, holder: undefined as string | undefined, asked: [] as string[],
  };
  readonly #fences: { readonly name: NodeName; readonly id: number }[] = [];
  readonly #wires: Wire[] = [];
  readonly #deliveries: Delivery[] = [];

  constructor(options: PairOptions = {}) {
    this.nodes = { a: new TestNode('a', options.configs?.a ?? pairConfig('a', options)), b: new TestNode('b', options.configs?.b ?? pairConfig('b', options)) };
  }

  get now(): Now {
    return { mono: this.#mono as MonoMillis, wall: (startWall + Math.floor(this.#mono / 1000)) as UnixSeconds };
  }
  say(text: string): void {
    this.transcript.push(`${(this.#mono / 1000).toFixed(3).padStart(9)} ${text}`);
  }

  // ── What a script can do ──

  start(name: NodeName): void {
    const node = this.nodes[name];
    node.failover = new Failover({
      config: node.config, store: node.store, seed: name === 'a' ? 1 : 2, nextRequestId: () => this.#nextRequest++,
    });
    this.step(node, (failover, effects) => failover.start(this.now, effects));
  }
  /** Orderly: the partner is told. */
  stop(name: NodeName): void {
    this.step(this.nodes[name], (failover, effects) => failover.stop(this.now, effects));
    this.kill(name);
  }
  /** The process is gone; its kernel closes the links. */
  kill(name: NodeName): void {
    this.settle();
    this.nodes[name].failover = undefined;
    for (const wire of this.#wires) if (wire.isOpen) this.#close(wire, other(name));
    this.settle();
  }
  reload(name: NodeName, config: ServerConfig): void {
    const node = this.nodes[name];
    this.step(node, (failover, effects) => {
      node.store.table.reload(config);
      failover.reload(config, this.now, effects);
    });
    this.settle();
  }
  /** The disk is lost too. */
  forget(name: NodeName): void {
    this.nodes[name].store = this.nodes[name].freshStore();
  }
  /** Nothing passes, and nobody is told. */
  cut(): void {
    this.#isCut = true;
  }
  heal(): void {
    this.#isCut = false;
  }
  command(name: NodeName, command: string, given: Readonly<Record<string, unknown>> = {}): unknown {
    let answer: unknown;
    this.step(this.nodes[name], (failover, effects) => {
      answer = failover.command({ name: command, arguments: given, who: 'test' }, this.now, effects);
    });
    return answer;
  }
  /** What the engine does for an ACK; returns the seconds granted. */
  grant(name: NodeName, address: string, client: number, wish: number): number {
    const node = this.nodes[name];
    const { table } = node.store;
    const row = table.rowOf(ip(address));
    const { wall } = this.now;
    const granted = grantLimit(seconds(wish), table.tsfp(row), wall, node.endpoint.view.mclt);
    this.step(node, (_failover, effects) => {
      const change = table.begin(row);
      change.state = bindingCode.active;
      if (node.endpoint.view.isPartnerServing) change.rewindState = change.state;
      change.setHardware(1, Uint8Array.of(2, 0, 0, 0, 0, client), 0, 6);
      change.starts = wall;
      change.cltt = wall;
      change.ends = (wall + granted) as UnixSeconds;
      change.tstp = potentialExpiry(wall, seconds(wish), granted);
      change.atsfp = 0 as UnixSeconds;
      table.apply(row, change, 'grant', effects.journal);
    });
    return granted;
  }
  release(name: NodeName, address: string): void {
    const { table } = this.nodes[name].store;
    const row = table.rowOf(ip(address));
    this.step(this.nodes[name], (_failover, effects) => {
      const change = table.begin(row);
      change.state = bindingCode.released;
      change.ends = this.now.wall;
      change.tstp = this.now.wall;
      change.atsfp = 0 as UnixSeconds;
      table.apply(row, change, 'release', effects.journal);
    });
  }
  /** First address that the node would allocate. */
  firstFree(name: NodeName): string {
    const { table } = this.nodes[name].store;
    return formatIpv4(table.ip(table.head(0, name === 'a' ? bindingCode.free : bindingCode.backup)) as Ipv4);
  }
  /** `active 10.77.1.100 02:… ends +60 tsfp +90` of every used address. */
  leases(name: NodeName): readonly string[] {
    const { table } = this.nodes[name].store;
    const lines: string[] = [];
    for (let row = 0; row < table.rowCount; row++) {
      const lease = table.lease(row);
      if (lease.hardware !== undefined) lines.push(`${formatIpv4(lease.ip)} ${lease.state} client ${lease.hardware.address[5]}`);
    }
    return lines;
  }
  count(name: NodeName, state: keyof typeof bindingCode): number {
    return this.nodes[name].store.table.count(0, bindingCode[state]);
  }
  states(): string {
    const of = (name: NodeName): string => (this.nodes[name].failover === undefined ? 'down' : this.nodes[name].endpoint.my);
    return `${of('a')} ${of('b')}`;
  }

  // ── The clock ──

  run(secondsToRun: number): void {
    const until = this.#mono + secondsToRun * 1000;
    this.settle();
    for (let next = this.#nextDeadline(); next <= until; next = this.#nextDeadline()) {
      this.#mono = Math.max(next, this.#mono);
      this.#tick();
      this.settle();
    }
    this.#mono = until;
  }
  #nextDeadline(): number {
    let first: number = never;
    for (const { failover, store } of Object.values(this.nodes)) {
      if (failover === undefined) continue;
      const lease = store.table.nextDue;
      first = Math.min(first, failover.deadline, lease === 0xffffffff ? never : (lease - startWall) * 1000);
    }
    return Math.max(first, this.#mono);
  }
  #tick(): void {
    for (const node of Object.values(this.nodes))
      if (node.failover !== undefined)
        this.step(node, (failover, effects) => {
          const { table } = node.store;
          for (let row = table.dueRow(this.now.wall); row >= 0; row = table.dueRow(this.now.wall)) failover.leaseDue(row, this.now, effects);
          failover.tick(this.now, effects);
        });
  }

  // ── Steps and the wire ──

  step(node: TestNode, act: (failover: Failover, effects: TestEffects) => void): void {
    const { failover } = node;
    if (failover === undefined) return;
    const effects = new TestEffects();
    act(failover, effects);
    for (let order = failover.takeOrder(); order !== undefined; order = failover.takeOrder()) {
      effects.lines.push(`${order.who} runs ${order.name}`);
      failover.command(order, this.now, effects);
    }
    failover.leasesChanged(this.now, effects);
    for (const line of effects.lines) this.say(`${node.name}: ${line}`);
    node.written.push(...(fromLatin1(effects.journal.view()).match(/^(lease|#).*$/gm) ?? []));
    for (const lane of [effects.now, effects.afterCommit])
      for (const [link, stream] of lane.streams) this.#send(node.name, link, stream.copy());
    for (const request of effects.requests) this.#request(node, request);
  }

  #send(from: NodeName, link: LinkId, bytes: Uint8Array): void {
    const wire = this.#wires.find(({ ends }) => ends[from] === link);
    if (wire === undefined || bytes.length === 0) return;
    wire.readers[from].push(bytes);
    for (let message = wire.readers[from].next(); message !== undefined; message = wire.readers[from].next())
      if (message.kind !== 'contact')
        this.say(`${from} > ${other(from)}  ${message.kind === 'fault' ? `FAULT ${message.code}` : describe(message, startWall)}`);
    this.#deliveries.push({ to: other(from), wire, bytes });
  }

  #request(node: TestNode, request: Request): void {
    if (request.kind === 'ping' || request.kind === 'probe' || request.kind === 'fence' || request.kind === 'witness') this.#askOutside(node, request);
    else if (request.kind === 'close') {
      const wire = this.#wires.find(({ ends }) => ends[node.name] === request.link);
      if (wire?.isOpen === true) this.#close(wire, other(node.name));
    } else if (request.kind === 'connect') this.#connect(node.name, request.id);
    else if (request.kind === 'secure') this.#secure(node.name, request);
    else if (request.kind === 'boot-read') {
      const piece = node.tree.get(request.path)?.slice(request.from, request.from + request.count) ?? new Uint8Array(0);
      this.#answer(node, request.id, { kind: 'boot-read', piece, problem: '' });
    } else if (request.kind === 'boot-write') {
      const before = request.from === 0 ? new Uint8Array(0) : (node.tree.get(request.path) ?? new Uint8Array(0));
      node.tree.set(request.path, concatBytes(before, request.piece));
      this.#answer(node, request.id, { kind: 'boot-write', problem: '' });
    } else if (request.kind === 'listen')
      this.step(node, (failover, effects) => failover.answer(request.id, { kind: 'listen', isListening: true, detail: '' }, this.now, effects));
  }
  #askOutside(node: TestNode, request: Extract<Request, { kind: 'ping' | 'probe' | 'fence' | 'witness' }>): void {
    const { outside } = this;
    outside.asked.push(`${node.name} ${request.kind}${request.kind === 'witness' ? ` ${request.act}` : ''}`);
    if (request.kind === 'ping') this.#answer(node, request.id, { kind: 'ping', isAlive: outside.isAlive });
    else if (request.kind === 'probe') this.#answer(node, request.id, { kind: 'probe', isAlive: outside.isAlive, detail: '' });
    else if (request.kind === 'witness') this.#answer(node, request.id, this.#witnessed(request));
    else if (outside.fence === 'waits') this.#fences.push({ name: node.name, id: request.id });
    else this.#answer(node, request.id, { kind: 'fence', isOff: outside.fence === 'yes', detail: '' });
  }
  #witnessed({ act, holder }: Extract<Request, { kind: 'witness' }>): Answer {
    const { outside } = this;
    if (!outside.isWitnessUp) return { kind: 'witness', outcome: 'failed', detail: 'ECONNREFUSED' };
    if (act === 'seize' || (act === 'claim' && outside.holder === undefined)) outside.holder = holder;
    if (act === 'release' && outside.holder === holder) outside.holder = undefined;
    return { kind: 'witness', outcome: outside.holder === undefined ? 'free' : outside.holder === holder ? 'ours' : 'theirs', detail: '' };
  }
  /** The fence that was held back ends. */
  endFence(isOff: boolean): void {
    for (const { name, id } of this.#fences.splice(0)) this.#answer(this.nodes[name], id, { kind: 'fence', isOff, detail: '' });
    this.settle();
  }
  #answer(node: TestNode, request: number, answer: Answer): void {
    this.step(node, (failover, effects) => failover.answer(request, answer, this.now, effects));
  }
  #connect(from: NodeName, request: number): void {
    const to = other(from);
    if (this.nodes[to].failover === undefined || this.#isCut) {
      this.step(this.nodes[from], (failover, effects) =>
        failover.answer(request, { kind: 'connect-failed', detail: 'ECONNREFUSED', isImmediate: false }, this.now, effects));
      return;
    }
    const ends = { a: this.#nextLink++, b: this.#nextLink++ };
    const wire = { ends, readers: { a: new FailoverReader(), b: new FailoverReader() }, isOpen: true };
    this.#wires.push(wire);
    this.#deliveries.push({ to: from, wire, bytes: 'open', request }, { to, wire, bytes: 'open' });
  }
  /** Both ends must ask, with one key and different sides; else the link ends, as TLS ends it. */
  #secure(name: NodeName, { link, isClient, by }: Extract<Request, { kind: 'secure' }>): void {
    const wire = this.#wires.find(({ ends }) => ends[name] === link);
    if (wire === undefined) return;
    const asked = (wire.asked ??= { isClient, by });
    if (asked.by === by) return;
    const isGood = asked.isClient !== isClient && isSameProof(asked.by, by);
    if (!isGood) {
      this.#close(wire, name);
      this.#close(wire, other(name));
    } else this.#deliveries.push({ to: name, wire, bytes: 'secured' }, { to: other(name), wire, bytes: 'secured' });
  }
  #close(wire: Wire, told: NodeName): void {
    wire.isOpen = false;
    this.#deliveries.push({ to: told, wire, bytes: 'close' });
  }

  /** Delivers until nothing is on the way. */
  settle(): void {
    for (let count = 0; this.#deliveries.length > 0; count++) {
      if (count > 200_000) throw new Error('the two nodes talk without end');
      const delivery = this.#deliveries.shift() as Delivery;
      if (!this.#isCut) this.#deliver(delivery);
    }
  }
  #deliver({ to, wire, bytes, request }: Delivery): void {
    const node = this.nodes[to];
    const link = wire.ends[to];
    this.step(node, (failover, effects) => {
      if (bytes === 'open')
        failover.linkOpen(
          { kind: 'link-open', link, request, local: ip(addresses[to]), remote: ip(addresses[other(to)]), now: this.now }, this.now, effects);
      else if (bytes === 'close') failover.linkClosed(link, '', this.now, effects);
      else if (bytes === 'secured') failover.linkSecured({ kind: 'link-secured', link, cipher: 'TLS_TEST', partner: undefined, refusal: undefined, now: this.now }, this.now, effects);
      else failover.linkData(link, bytes, this.now, effects);
    });
  }
}

const isSameProof = (a: SecuredBy, b: SecuredBy): boolean =>
  a.kind === 'key' && b.kind === 'key' ? bytesEqual(a.psk, b.psk) : a.kind === b.kind;
