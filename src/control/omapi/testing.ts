// Test support: a whole node with OMAPI clients on a virtual clock. Clients speak through the codec or in raw bytes.

import { ByteWriter, concatBytes, fromLatin1, latin1 } from '../../std/bytes.ts';
import type { MonoMillis, Now, UnixSeconds } from '../../std/time.ts';
import { parseIpv4, type Ipv4 } from '../../std/ipv4.ts';
import type { Effects, LinkId, NodeEvent, Request, SendLane } from '../../model/step.ts';
import { configOf } from '../../config/testing.ts';
import type { ServerConfig } from '../../model/server-config.ts';
import { closeGroup } from '../../lease/journal-group.ts';
import { LeaseStore } from '../../lease/lease-store.ts';
import { replayBytes } from '../../lease/replay.ts';
import { LeaseholdNode } from '../../node/node.ts';
import { LogBuffer } from '../../node/log-buffer.ts';
import { encodeOmapi, encodeOmapiIntro, omapiOpcode, OmapiReader, type OmapiEvent, type OmapiSigner } from '../../wire/omapi-message.ts';
import { omapiSigner } from '../../wire/omapi-signature.ts';
import type { CommandAnswer } from '../command-table.ts';
import { u32, u32Of } from './values.ts';

export const secretText = 'MDEyMzQ1Njc4OWFiY2RlZg==';
export const secret = latin1('0123456789abcdef');

/** What most tests run: a key, a pool, a host, a class. */
export const omapiConfig = `omapi-port 7911; omapi-key k;
key k { algorithm hmac-sha256; secret "${secretText}"; }
key old { algorithm hmac-md5; secret "${secretText}"; }
key looks { algorithm hmac-sha256; secret "${secretText}"; }
key makes { algorithm hmac-sha256; secret "${secretText}"; }
group g { option domain-name "g.example"; host in-g { hardware ethernet 02:aa:00:00:00:01; } }
host st { hardware ethernet 02:aa:00:00:00:02; fixed-address 10.0.0.9; filename "x"; }
class "c" { match hardware; lease limit 4; }
subnet 10.0.0.0 netmask 255.255.255.0 { range 10.0.0.100 10.0.0.120; }
`;

const configs = new Map<string, ServerConfig>();
/** Parsed once: fuzzing makes thousands of benches. */
function configFrom(text: string, settings: string): ServerConfig {
  const id = `${text}\n${settings}`;
  const config = configs.get(id) ?? configOf(text, { 'leasehold.conf': settings });
  configs.set(id, config);
  return config;
}

class Streams implements SendLane {
  readonly links = new Map<LinkId, ByteWriter>();
  frame(): undefined {
    return undefined;
  }
  link(link: LinkId): ByteWriter {
    const known = this.links.get(link) ?? new ByteWriter();
    this.links.set(link, known);
    return known;
  }
  readonly replies: unknown[] = [];
  reply(_session: number, value: unknown): void {
    this.replies.push(value);
  }
}

/** Node, clock, journal and log; `open` gives clients. */
export class OmapiBench {
  readonly store: LeaseStore;
  readonly node: LeaseholdNode;
  readonly journal = new ByteWriter();
  readonly log = new LogBuffer();
  readonly lane = new Streams();
  /** Links that the node closed. */
  readonly closed = new Set<LinkId>();
  readonly requests: Request[] = [];
  mono = 1_000;
  wall = 1_700_000_000;
  #nextLink = 1;

  /** `isPortFree` false: nobody has answered the request to listen yet. */
  constructor(text = omapiConfig, settings = '', isPortFree = true) {
    const config = configFrom(text, settings);
    this.store = new LeaseStore(config, 1);
    this.store.settle();
    this.node = new LeaseholdNode({ config, store: this.store, seed: 1, secret: new Uint8Array(32).fill(7) });
    this.step({ kind: 'start' });
    for (const request of [...this.requests])
      if (request.kind === 'listen' && isPortFree)
        this.step({ kind: 'answer', request: request.id, answer: { kind: 'listen', isListening: true, detail: '' } });
  }

  get now(): Now {
    return { wall: this.wall as UnixSeconds, mono: this.mono as MonoMillis };
  }
  get logText(): string {
    return Array.from({ length: this.log.lines }, (_, index) => this.log.line(index)).join('\n');
  }
  get journalText(): string {
    return fromLatin1(this.journal.view());
  }

  /** The lease file after a restart; it must read without a complaint. */
  restarted(): LeaseStore {
    const file = new ByteWriter();
    file.raw(this.journal.view());
    closeGroup(file, 0, 1);
    const again = new LeaseStore(this.store.config);
    const [problem] = replayBytes(file.view(), again, this.now.wall).problems;
    if (problem !== undefined) throw new Error(`the journal reads with a problem: ${problem.code} ${problem.detail}`);
    return again;
  }

  step(event: { readonly [name: string]: unknown; readonly kind: NodeEvent['kind'] }): void {
    const requests: Request[] = [];
    const effects: Effects = { journal: this.journal, now: this.lane, afterCommit: this.lane, requests, log: this.log };
    this.node.step({ ...event, now: this.now } as NodeEvent, effects);
    this.requests.push(...requests);
    for (const request of requests) if (request.kind === 'close') this.closed.add(request.link);
  }
  /** Time passes, and what is due happens. */
  wait(millis: number): void {
    this.mono += millis;
    this.wall += millis / 1000;
    this.settle();
  }
  /** As the run loop does after what it received: ticks until nothing is due any more. */
  settle(): void {
    for (let ticks = 0; this.node.deadline <= this.mono; ticks++) {
      if (ticks > 10_000) throw new Error('the node is never done');
      this.step({ kind: 'tick' });
    }
  }

  /** Ends every connection and forgets what was said: the next client finds what the first one found, unless something was written. */
  beginAgain(): void {
    for (let link = 1; link < this.#nextLink; link++) this.step({ kind: 'link-closed', link, detail: '' });
    this.#nextLink = 1;
    this.closed.clear();
    this.requests.length = 0;
    this.lane.links.clear();
    this.log.reset();
  }

  /** What the control socket would answer. */
  command(name: string, given: Readonly<Record<string, unknown>> = {}): CommandAnswer {
    this.step({ kind: 'command', session: 1, command: { name, arguments: given, who: 'root' } });
    return this.lane.replies.pop() as CommandAnswer;
  }

  open(remote = '127.0.0.1'): OmapiClient {
    const link = this.#nextLink++;
    this.step({
      kind: 'link-open', link, request: undefined, local: parseIpv4('127.0.0.1'), localPort: 7911, remote: parseIpv4(remote) as Ipv4,
    });
    return new OmapiClient(this, link);
  }
  /** A client that has shown a key. */
  signedIn(name = 'k', algorithm = 'hmac-sha256.SIG-ALG.REG.INT.', remote = '127.0.0.1'): OmapiClient {
    const client = this.open(remote);
    client.greet();
    client.authenticate(name, algorithm);
    return client;
  }
}

export type Fields = Readonly<Record<string, Uint8Array | string | number>>;
const valueOf = (value: Uint8Array | string | number): Uint8Array =>
  typeof value === 'string' ? latin1(value) : typeof value === 'number' ? u32(value) : value;
const pairs = (fields: Fields): Map<string, Uint8Array> => new Map(Object.entries(fields).map(([name, value]) => [name, valueOf(value)]));

export interface Reply {
  readonly opcode: number;
  readonly handle: number;
  readonly authId: number;
  /** Of a STATUS, else undefined. */
  readonly result: number | undefined;
  readonly text: string;
  readonly object: ReadonlyMap<string, Uint8Array>;
}

export class OmapiClient {
  readonly link: LinkId;
  readonly #bench: OmapiBench;
  readonly #reader = new OmapiReader();
  authId = 0;
  /** The bytes that showed the key. */
  opening: Uint8Array = new Uint8Array(0);
  signer: OmapiSigner | undefined;
  #nextId = 1;

  constructor(bench: OmapiBench, link: LinkId) {
    this.#bench = bench;
    this.link = link;
  }

  get isClosed(): boolean {
    return this.#bench.closed.has(this.link);
  }

  raw(bytes: Uint8Array): void {
    this.#bench.step({ kind: 'link-data', link: this.link, bytes });
    this.#bench.settle();
  }
  greet(): void {
    const out = new ByteWriter();
    encodeOmapiIntro(out);
    this.raw(out.view());
  }
  authenticate(name: string, algorithm: string): Reply | undefined {
    this.opening = this.encode(omapiOpcode.open, 0, { type: 'authenticator' }, { name, algorithm });
    this.raw(this.opening);
    const reply = this.reply();
    if (reply?.handle !== undefined && reply.handle !== 0) {
      this.authId = reply.handle;
      this.signer = omapiSigner(algorithm.startsWith('hmac-md5') ? 'hmac-md5' : 'hmac-sha256', secret);
    }
    return reply;
  }

  /** The bytes of a message, signed when a key was shown. */
  encode(opcode: number, handle: number, message: Fields, object: Fields, signer: OmapiSigner | 'none' | undefined = this.signer, authId = this.authId): Uint8Array {
    const out = new ByteWriter();
    encodeOmapi(out, { authId, opcode, handle, id: this.#nextId++, rid: 0, message: pairs(message), object: pairs(object) }, signer === 'none' ? undefined : signer);
    return out.view().slice();
  }
  ask(opcode: number, handle: number, message: Fields, object: Fields): Reply | undefined {
    this.raw(this.encode(opcode, handle, message, object));
    return this.reply();
  }
  open(type: string, object: Fields): Reply | undefined {
    return this.ask(omapiOpcode.open, 0, { type }, object);
  }
  create(type: string, object: Fields): Reply | undefined {
    return this.ask(omapiOpcode.open, 0, { create: 1, exclusive: 1, type }, object);
  }
  update(handle: number, object: Fields): Reply | undefined {
    return this.ask(omapiOpcode.update, handle, {}, object);
  }
  remove(handle: number): Reply | undefined {
    return this.ask(omapiOpcode.delete, handle, {}, {});
  }
  refresh(handle: number): Reply | undefined {
    return this.ask(omapiOpcode.refresh, handle, {}, {});
  }

  /** The next reply that has come, if any. */
  reply(): Reply | undefined {
    const writer = this.#bench.lane.links.get(this.link);
    if (writer !== undefined) {
      this.#reader.push(concatBytes(writer.view()));
      writer.reset();
    }
    for (let event = this.#reader.next(); event !== undefined; event = this.#reader.next())
      if (event.kind === 'message') return replyOf(event);
    return undefined;
  }
}

function replyOf({ opcode, handle, authId, message, object }: Extract<OmapiEvent, { kind: 'message' }>): Reply {
  const result = message.get('result');
  return {
    opcode, handle, authId, object,
    result: result === undefined ? undefined : u32Of(result),
    text: fromLatin1(message.get('message') ?? new Uint8Array(0)),
  };
}
