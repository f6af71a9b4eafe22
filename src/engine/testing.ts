// Test support of the engine: a server on one or more networks, messages in, frames and log lines out.

import { ByteWriter, fromLatin1, latin1 } from '../std/bytes.ts';
import { formatIpv4, ipv4ToBytes, parseIpv4, type Ipv4 } from '../std/ipv4.ts';
import { seconds, type MonoMillis, type Now, type Seconds, type UnixSeconds } from '../std/time.ts';
import { assert } from '../std/assert.ts';
import type { BootDesk } from '../model/boot-desk.ts';
import type { AnyExpr, BooleanExpr, DataExpr, Statement } from '../model/expression.ts';
import type { ClassDeclaration, HostDeclaration, Permit, Pool, Scope, ServerConfig, SharedNetwork, Subnet } from '../model/server-config.ts';
import type { ServiceView, StorageView } from '../model/service-view.ts';
import type { Effects, FrameOut, Interface, PacketIn, Request, SendLane } from '../model/step.ts';
import { LeaseStore } from '../lease/lease-store.ts';
import { nowhere, testConfig } from '../lease/testing.ts';
import { LogBuffer } from '../node/log-buffer.ts';
import { buildMessage, readMessage, type ClientMessage, type ServerMessage } from '../wire/client-testing.ts';
import { DhcpView, type PacketCheck } from '../wire/dhcp-view.ts';
import { dhcpOption, optionOfCode, predefinedSpaces, serverOption, serverOptionCode, type OptionSpace } from '../wire/option-table.ts';
import { Engine } from './engine.ts';

export const ip = (text: string): Ipv4 => {
  const address = parseIpv4(text);
  assert(address !== undefined, `${text} is an address`);
  return address;
};
export const mac = (last: number): Uint8Array => Uint8Array.of(2, 0, 0, 0, 0, last);

export const scope = (kind: Scope['kind'], title: string, ...statements: Statement[]): Scope => ({ kind, title, statements, span: nowhere });
const constant = (option: ReturnType<typeof dhcpOption>, bytes: Uint8Array): Statement => ({
  kind: 'option', operator: 'supersede', option, value: { kind: 'constant', bytes }, span: nowhere,
});
const dhcpSpace = predefinedSpaces.get('dhcp') as OptionSpace;
export const option = (code: number, bytes: Uint8Array): Statement => constant(optionOfCode(dhcpSpace, code), bytes);
export const addresses = (code: number, ...list: string[]): Statement =>
  option(code, Uint8Array.from(list.flatMap((text) => [...ipv4ToBytes(ip(text))])));
export const text = (code: number, value: string): Statement => option(code, latin1(value));
export const duration = (name: keyof typeof serverOptionCode, value: number): Statement =>
  constant(serverOption(serverOptionCode[name]), ipv4ToBytes((value >>> 0) as Ipv4));
export const flag = (name: keyof typeof serverOptionCode, value: number): Statement =>
  constant(serverOption(serverOptionCode[name]), Uint8Array.of(value));
// oxlint-disable-next-line no-thenable -- the tree's word for the branch
export const when = (condition: BooleanExpr, ...then: Statement[]): Statement => ({ kind: 'if', condition, then, else: [], span: nowhere });
export const requestOption = (code: number): DataExpr => ({ kind: 'option', option: dhcpOption(code), span: nowhere });
export const literal = (value: string): DataExpr => ({ kind: 'bytes', bytes: latin1(value), span: nowhere });
export const equal = (left: AnyExpr, right: AnyExpr): BooleanExpr => ({ kind: 'equal', left, right, span: nowhere });
export const serverText = (name: 'filename' | 'serverName', value: string): Statement =>
  constant(serverOption(serverOptionCode[name]), latin1(value));
export const nextServer = (address: string): Statement =>
  constant(serverOption(serverOptionCode.nextServer), ipv4ToBytes(ip(address)));

export interface WorldPool {
  readonly range: string;
  readonly allow?: readonly Permit['kind'][];
  readonly deny?: readonly Permit['kind'][];
  readonly allowClass?: number;
  readonly peer?: number;
  readonly statements?: readonly Statement[];
}
export interface WorldSubnet {
  readonly network: string;
  readonly isAuthoritative?: boolean;
  readonly pools?: readonly WorldPool[];
  readonly statements?: readonly Statement[];
}
export interface WorldHost {
  readonly name: string;
  readonly mac?: number;
  readonly uid?: readonly number[];
  readonly fixed?: readonly string[];
  readonly statements?: readonly Statement[];
}
export interface WorldOptions {
  /** Each entry is one shared network. */
  readonly networks?: readonly (readonly WorldSubnet[])[];
  readonly hosts?: readonly WorldHost[];
  readonly classes?: readonly (Partial<ClassDeclaration> & { readonly name: string })[];
  readonly global?: readonly Statement[];
  readonly roles?: readonly ('primary' | 'secondary')[];
  readonly views?: readonly Partial<ServiceView>[];
  readonly trusted?: boolean;
  readonly settings?: Partial<ServerConfig['settings']>;
  readonly leasehold?: Partial<ServerConfig['leasehold']>;
  readonly interfaces?: readonly Interface[];
  readonly bootFor?: (config: ServerConfig) => BootDesk | undefined;
  /** Hardware of host number N, for many hosts. */
  readonly hardware?: (host: number) => Uint8Array;
}

const quiet = [flag('pingCheck', 0)];

export function worldConfig(options: WorldOptions): ServerConfig {
  const networks: SharedNetwork[] = [];
  const subnets: Subnet[] = [];
  const pools: Pool[] = [];
  for (const [index, members] of (options.networks ?? []).entries()) {
    const subnetIndexes = members.map((member) => addSubnet(subnets, member, index));
    const poolIndexes = members.flatMap((member) => (member.pools ?? []).map((pool) => addPool(pools, pool, index)));
    networks.push({
      index, name: members.length === 1 ? (members[0]?.network ?? '') : `net-${index}`, isImplicit: members.length === 1, scopes: [],
      subnets: subnetIndexes, pools: poolIndexes, interface: undefined, span: nowhere,
    });
  }
  const hosts = (options.hosts ?? []).map(
    (host, index): HostDeclaration => ({
      index, name: host.name,
      hardware: host.mac === undefined ? undefined : { htype: 1, address: options.hardware?.(index) ?? mac(host.mac) },
      uid: host.uid === undefined ? undefined : Uint8Array.from(host.uid),
      identifier: undefined,
      fixedAddresses: (host.fixed ?? []).map((address) => ({ kind: 'address', address: ip(address) })),
      scopes: [scope('host', `host ${host.name}`, ...(host.statements ?? []))],
      source: 'configuration', span: nowhere,
    }),
  );
  const classes = (options.classes ?? []).map((made, index) => ({
    matchIf: undefined, submatch: undefined, scopes: [], subclasses: [], leaseLimit: undefined, spawns: false, ...made, index, span: nowhere,
  }));
  const base = testConfig(options.roles === undefined ? {} : { roles: options.roles });
  return {
    ...base,
    global: scope('global', 'file level', ...quiet, ...(options.global ?? [])),
    sharedNetworks: networks, subnets, pools, hosts, classes,
    optionSpaces: predefinedSpaces,
    settings: { ...base.settings, ...options.settings },
    leasehold: {
      trustedInterfaces: options.trusted === true ? ['eth0'] : [],
      relayRateMax: 100_000, portRateMax: 100_000, offersMax: 1000, clockStepMax: seconds(5), omapi: base.leasehold.omapi, relationships: new Map(), boot: undefined, ...options.leasehold,
    },
  };
}

function addSubnet(subnets: Subnet[], { network, isAuthoritative = true, statements = [] }: WorldSubnet, sharedNetwork: number): number {
  const [address, bits] = network.split('/');
  const mask = ((0xffffffff << (32 - Number(bits))) >>> 0) as Ipv4;
  const index = subnets.length;
  subnets.push({
    index, network: ip(address ?? ''), mask, sharedNetwork, isAuthoritative,
    scopes: [scope('subnet', `subnet ${network}`, ...statements)], span: nowhere,
  });
  return index;
}
function addPool(pools: Pool[], { range, allow = [], deny = [], allowClass, peer = -1, statements = [] }: WorldPool, sharedNetwork: number): number {
  const [low, high] = range.split('-');
  const permit = (kind: Permit['kind']): Permit => ({ kind, span: nowhere }) as Permit;
  const index = pools.length;
  const members: Permit[] = allowClass === undefined ? [] : [{ kind: 'members-of', classIndex: allowClass, span: nowhere }];
  pools.push({
    index, sharedNetwork, ranges: [{ low: ip(low ?? ''), high: ip(high ?? low ?? ''), span: nowhere }],
    allow: [...allow.map(permit), ...members], deny: deny.map(permit), peer,
    scopes: [scope('pool', 'pool', ...statements)], span: nowhere,
  });
  return index;
}

export interface Sent {
  readonly lane: 'now' | 'afterCommit';
  readonly message: ServerMessage;
  readonly bytes: Uint8Array;
  readonly path: 'raw' | 'routed';
  readonly mac: string;
  readonly destination: string;
  readonly port: number;
  readonly source: string;
}

/** Keeps the frames of a step. */
export class TestLane implements SendLane {
  readonly frames: FrameOut[] = [];
  frame(): FrameOut {
    const bytes = new Uint8Array(1472);
    const frame: FrameOut = {
      bytes, view: new DataView(bytes.buffer), size: 0, path: 'raw', ifindex: 0, mac: new Uint8Array(6),
      source: 0 as Ipv4, destination: 0 as Ipv4, destinationPort: 0,
    };
    this.frames.push(frame);
    return frame;
  }
  link(): ByteWriter {
    return new ByteWriter();
  }
  reply(): void {}
}

export const eth0: Interface = {
  index: 2, name: 'eth0', mac: Uint8Array.of(2, 255, 0, 0, 0, 1), isUp: true,
  addresses: [{ address: ip('10.0.0.1'), mask: ip('255.255.255.0') }],
};

/** A server with its lease table, and a client side that sends messages and reads what comes back. */
export class World {
  readonly config: ServerConfig;
  readonly store: LeaseStore;
  readonly engine: Engine;
  readonly storage: StorageView = { mode: 'leasing', reason: '' };
  readonly views: ServiceView[];
  readonly requests: Request[] = [];
  journal = '';
  log: string[] = [];
  now: Now = { mono: 1000 as MonoMillis, wall: 1_800_000_000 as UnixSeconds };
  lastCheck: PacketCheck = 'ok';
  #lastRequestId = 0;

  constructor(options: WorldOptions) {
    this.config = worldConfig(options);
    this.store = new LeaseStore(this.config, 1);
    this.store.settle();
    this.views = (options.views ?? []).map((view) => ({ ...standardView, ...view }));
    const { table, hosts, names, contacts } = this.store;
    this.engine = new Engine({
      config: this.config, table, hosts, names, contacts, views: this.views, storage: this.storage, seed: 1,
      ...(options.bootFor === undefined ? {} : { bootFor: options.bootFor }),
      nextRequestId: () => ++this.#lastRequestId,
    });
    this.engine.interfaces(options.interfaces ?? [eth0]);
  }

  /** Time passes, and what is due then happens. */
  wait(secondsPassed: number): void {
    this.pass(secondsPassed);
    const { table } = this.store;
    this.collect((effects) => {
      this.engine.tick(this.now, effects);
      for (let row = table.dueRow(this.now.wall); row >= 0; row = table.dueRow(this.now.wall)) this.engine.leaseDue(row, this.now, effects);
    });
  }
  /** Answers the probe that was asked for last. */
  pong(isAlive: boolean): Sent[] {
    const ping = this.requests.findLast(({ kind }) => kind === 'ping');
    assert(ping?.kind === 'ping', 'a probe is waiting');
    return this.collect((effects) => void this.engine.answer(ping.id, { kind: 'ping', isAlive }, this.now, effects));
  }
  stateOf(address: string): string {
    return this.store.table.lease(this.row(address)).state;
  }
  pass(secondsPassed: number): void {
    this.now = { mono: (this.now.mono + secondsPassed * 1000) as MonoMillis, wall: (this.now.wall + secondsPassed) as UnixSeconds };
  }
  send(message: Partial<ClientMessage> & { readonly type: number }, from: Partial<PacketIn> = {}): Sent[] {
    return this.sendBytes(buildMessage({ xid: 0x12345678, chaddr: mac(1), ...message }), from);
  }
  sendBytes(payload: Uint8Array, from: Partial<PacketIn> = {}): Sent[] {
    const view = new DhcpView(payload);
    this.lastCheck = view.check(payload.length);
    if (this.lastCheck !== 'ok' && this.lastCheck !== 'bootp') return [];
    const packet: PacketIn = { view, ifindex: 2, source: 0 as Ipv4, sourcePort: 68, destination: 0xffffffff as Ipv4, ...from };
    // A copy within moments would be dropped as one, and tests send the same message again on purpose.
    this.now = { ...this.now, mono: (this.now.mono + 100) as MonoMillis };
    return this.collect((effects) => this.engine.packet(packet, this.now, effects));
  }
  collect(act: (effects: Effects) => void): Sent[] {
    const now = new TestLane();
    const afterCommit = new TestLane();
    const journal = new ByteWriter();
    const log = new LogBuffer();
    act({ journal, now, afterCommit, requests: this.requests, log });
    this.journal += fromLatin1(journal.view());
    this.log = Array.from({ length: log.lines }, (_, line) => log.line(line));
    return [...now.frames.map((frame) => sent(frame, 'now')), ...afterCommit.frames.map((frame) => sent(frame, 'afterCommit'))];
  }

  discover(last: number, fields: Partial<ClientMessage> = {}): Sent[] {
    return this.send({ type: 1, chaddr: mac(last), ...fields });
  }
  /** The whole exchange; the ACK, or undefined. */
  lease(last: number, fields: Partial<ClientMessage> = {}): Sent | undefined {
    const [offer] = this.discover(last, fields);
    if (offer === undefined) return undefined;
    const { yiaddr, serverId } = offer.message;
    return this.send({ type: 3, chaddr: mac(last), requested: yiaddr, serverId, ...fields })[0];
  }
  row(address: string): number {
    return this.store.table.rowOf(ip(address));
  }
}

export const standardView: ServiceView = {
  service: 'cooperating', reason: '', role: 'primary', hashBuckets: undefined, loadBalanceMaxSecs: 0, mclt: 60 as Seconds,
  stos: 0 as UnixSeconds, isPartnerServing: true, partnerIdentifiers: [], skew: 0, probesUnused: false, isSynchronous: false, syncWaitMillis: 100, unconfirmedAcks: 0, wantsAddresses: false,
};

const sent = (frame: FrameOut, lane: Sent['lane']): Sent => {
  const bytes = frame.bytes.slice(0, frame.size);
  return {
    lane, bytes, message: readMessage(bytes), path: frame.path,
    mac: Array.from(frame.mac, (byte) => byte.toString(16).padStart(2, '0')).join(':'),
    destination: formatIpv4(frame.destination), port: frame.destinationPort, source: formatIpv4(frame.source),
  };
};
