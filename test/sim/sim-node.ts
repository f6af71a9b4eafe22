// A node of a simulation: the production core behind the production drain and journal, on a virtual clock, disk and network.
// It can crash at any moment, lose its disk, and come back from what the disk remembers.

import { assert } from '../../src/std/assert.ts';
import { ipv4FromBytes, type Ipv4 } from '../../src/std/ipv4.ts';
import type { UnixSeconds } from '../../src/std/time.ts';
import type { ServerConfig } from '../../src/model/server-config.ts';
import type { LinkId, Node, Request, SessionId } from '../../src/model/step.ts';
import { LogBuffer } from '../../src/node/log-buffer.ts';
import { Clock } from '../../src/shell/clock.ts';
import { Drain } from '../../src/shell/drain.ts';
import type { UntimedEvent } from '../../src/shell/inbox.ts';
import { Journal, type GroupFormat } from '../../src/shell/journal.ts';
import type { LogLines } from '../../src/shell/log-sink.ts';
import type { Quarantine } from '../../src/shell/quarantine.ts';
import type { Scheduler } from '../../src/shell/scheduler.ts';
import { StorageKeeper } from '../../src/shell/storage-keeper.ts';
import type { Lane } from '../../src/shell/send-lanes.ts';
import type { DiskTwin } from './disk-twin.ts';
import type { Connection, LinkEnd, Network } from './network.ts';
import { ifindex, SimPort } from './sim-port.ts';
import { VirtualClock, type PlannedAction, type TrueMillis, type VirtualTime } from './virtual-time.ts';

export const leaseFile = '/lease/dhcpd.leases';

/** How a core is made from what the disk remembers; the tests choose it. */
export interface NodeFactory {
  readonly groupFormat: GroupFormat;
  /** Text of a file that a first start makes. */
  readonly header: (out: Journal['lane']) => void;
  make(
    config: ServerConfig,
    leases: Uint8Array,
    seed: number,
    wall: UnixSeconds,
  ): { node: Node; sequence: number; goodSize: number };
}

export interface SimNodeDeps {
  readonly name: string;
  readonly address: Ipv4;
  readonly mask: Ipv4;
  readonly time: VirtualTime;
  readonly network: Network;
  readonly disk: DiskTwin;
  readonly factory: NodeFactory;
  readonly config: ServerConfig;
  readonly epochMillis: number;
  readonly seed: number;
  /** A DHCP payload leaves towards clients. */
  readonly onFrame: (node: SimNode, payload: Uint8Array) => void;
  /** A client has the address and would answer an echo request. */
  readonly isInUse: (address: Ipv4) => boolean;
  /** Bytes leave towards the partner. */
  readonly onLinkBytes: (node: SimNode, connection: Connection, side: 0 | 1, bytes: Uint8Array) => void;
  readonly onLog: (node: SimNode, line: string) => void;
}

/** State that dies with the process. */
interface Process {
  readonly node: Node;
  readonly drain: Drain;
  readonly journal: Journal;
  readonly keeper: StorageKeeper;
  readonly port: SimPort;
  readonly links: Map<LinkId, { connection: Connection; side: 0 | 1 }>;
  isAlive: boolean;
}

/** What replay does not believe is cut off before anything is appended. */
function cutTo(disk: DiskTwin, path: string, size: number): void {
  const file = disk.openAppend(path);
  if (disk.size(file) > size) disk.ftruncate(file, size);
  disk.close(file);
}

const noQuarantine = { size: 0, holds: () => false, add: () => {} } as unknown as Quarantine;

export class SimNode {
  readonly name: string;
  readonly address: Ipv4;
  readonly deps: SimNodeDeps;
  config: ServerConfig;
  /** Wall clock minus true time, milliseconds; survives a restart. */
  wallOffsetMillis = 0;
  readonly log: string[] = [];
  starts = 0;
  fatal: string | undefined;
  /** Its machine has no power. */
  isHeldDown = false;
  #process: Process | undefined;
  #clock: VirtualClock;
  #nextLink = 1;

  constructor(deps: SimNodeDeps) {
    this.deps = deps;
    this.name = deps.name;
    this.address = deps.address;
    this.config = deps.config;
    this.#clock = new VirtualClock(deps.time, deps.epochMillis, 0);
  }

  get isUp(): boolean {
    return this.#process !== undefined;
  }
  get node(): Node {
    assert(this.#process !== undefined, 'the node runs');
    return this.#process.node;
  }
  get journal(): Journal {
    assert(this.#process !== undefined, 'the node runs');
    return this.#process.journal;
  }

  /** When its wall clock shows these Unix seconds. */
  trueMillis(seconds: number): TrueMillis {
    return seconds * 1000 - this.deps.epochMillis - this.wallOffsetMillis;
  }

  start(): void {
    if (this.#process !== undefined || this.isHeldDown) return;
    const { disk, factory, seed, time, epochMillis } = this.deps;
    this.#clock = new VirtualClock(time, epochMillis, this.wallOffsetMillis);
    const wall = Math.floor(this.#clock.wallMillis() / 1000) as UnixSeconds;
    const { node, sequence, goodSize } = factory.make(this.config, disk.contents(leaseFile), seed + this.starts++, wall);
    cutTo(disk, leaseFile, goodSize);
    const journal = new Journal(disk, leaseFile, factory.groupFormat, sequence);
    const port = new SimPort((lane) => this.#sendFrames(lane));
    const scheduler = this.#scheduler();
    const drain = new Drain({
      node,
      journal,
      port,
      clock: new Clock(this.#clock),
      log: new LogBuffer(),
      sink: { write: (lines) => this.#keepLog(lines), flush: () => true, dropped: 0, close: () => {} },
      quarantine: noQuarantine,
      execute: (request) => this.#execute(request),
      writeLink: (link, bytes) => this.#writeLink(link, bytes),
      reply: (session, value) => this.#reply(session, value),
      clockStepMax: () => 5,
      onCommitFailed: () => keeper.look(),
      onFatal: () => this.#die('fatal'),
      scheduler,
      lanesFrames: 64,
    });
    const keeper = new StorageKeeper({
      journal,
      inbox: drain,
      snapshot: (cursor, size, out) => node.snapshot(cursor, size, out),
      header: factory.header,
      onRewritten: () => {},
      onFailed: (detail) => this.deps.onLog(this, `rewrite failed: ${detail}`),
      scheduler,
    });
    this.#process = { node, drain, journal, keeper, port, links: new Map(), isAlive: true };
    keeper.rewriteNow();
    drain.settle({ kind: 'start' });
    drain.settle({
      kind: 'interfaces',
      interfaces: [
        {
          index: ifindex,
          name: 'eth0',
          mac: Uint8Array.of(2, 255, 0, 0, 0, this.address & 255),
          addresses: [{ address: this.address, mask: this.deps.mask }],
          isUp: true,
        },
      ],
    });
  }

  /** Somebody sets its clock. */
  stepClock(millis: number): void {
    this.wallOffsetMillis += millis;
    this.#clock.wallOffsetMillis += millis;
  }

  /** SIGTERM. */
  stop(): void {
    const process = this.#process;
    if (process === undefined) return;
    process.drain.settle({ kind: 'stop' });
    this.#die('stopped');
  }
  /** Power fails: the disk forgets what was not synced. */
  crash(): void {
    if (this.#process === undefined) return;
    this.#die('crashed');
    this.deps.disk.crash();
  }
  /** The lease file is gone. */
  loseDisk(): void {
    this.crash();
    this.deps.disk.overwrite(leaseFile, new Uint8Array(0));
  }

  /** A client's message arrives. */
  receive(payload: Uint8Array, source: Ipv4): void {
    const process = this.#process;
    if (process === undefined) return;
    process.port.receive(payload, source);
    process.drain.schedule();
  }
  event(event: UntimedEvent): void {
    this.#process?.drain.settle(event);
  }
  /** Runs a command and gives its answer back at once. */
  command(name: string, parameters: Readonly<Record<string, unknown>> = {}): unknown {
    const session = ++this.#sessions;
    this.event({ kind: 'command', session, command: { name, arguments: parameters, who: 'simulation' } });
    return this.#replies.get(session);
  }
  #sessions = 0;
  readonly #replies = new Map<SessionId, unknown>();
  #reply(session: SessionId, value: unknown): void {
    this.#replies.set(session, value);
  }

  #die(detail: string): void {
    const process = this.#process;
    if (process === undefined) return;
    if (detail === 'fatal') this.fatal = this.log.slice(-3).join(' | ');
    process.isAlive = false;
    this.#process = undefined;
    process.drain.stop();
    process.keeper.close();
    process.journal.close();
    for (const { connection, side } of process.links.values()) connection.close(side, 'ECONNRESET');
    this.deps.network.unlisten(this.address);
  }

  /** Turns of one process only: what an earlier one planned does nothing. */
  #scheduler(): Scheduler {
    const { time } = this.deps;
    const start = this.starts;
    const plan = (run: () => void, millis: number): PlannedAction =>
      time.plan(millis, () => {
        if (start === this.starts && this.#process !== undefined) run();
      });
    return {
      soon: (run) => void plan(run, 0),
      later: (run, millis) => plan(run, millis),
      cancel: (handle) => {
        if (handle !== undefined) time.cancel(handle as PlannedAction);
      },
      monoMillis: () => this.#clock.monoMillis(),
    };
  }

  #keepLog(lines: LogLines): void {
    let from = 0;
    for (let line = 0; line < lines.lines; line++) {
      const end = lines.end(line);
      const text = Buffer.from(lines.out.bytes.subarray(from, end - 1)).toString('latin1');
      this.log.push(text);
      this.deps.onLog(this, text);
      from = end;
    }
    if (this.log.length > 4000) this.log.splice(0, 2000);
  }

  #sendFrames(lane: Lane): void {
    for (let i = 0; i < lane.frameCount; i++) {
      const frame = lane.frames[i];
      if (frame !== undefined) this.deps.onFrame(this, frame.bytes.slice(0, frame.size));
    }
  }

  #writeLink(link: LinkId, bytes: Uint8Array): boolean {
    const open = this.#process?.links.get(link);
    if (open !== undefined) {
      this.deps.onLinkBytes(this, open.connection, open.side, bytes);
      open.connection.send(open.side, bytes);
    }
    return open !== undefined;
  }

  #execute(request: Request): void {
    const { network } = this.deps;
    switch (request.kind) {
      case 'listen':
        network.listen({
          address: request.address,
          port: request.port,
          accept: (connection, side, remote) => this.#open(connection, side, undefined, remote, request.port),
        });
        this.#answerSoon(request.id, { kind: 'listen', isListening: true, detail: '' });
        break;
      case 'connect': this.#connect(request); break;
      case 'close': this.#closeLink(request.link); break;
      case 'ping': this.#ping(request); break;
      case 'resolve': this.#answerLater(request.id, { kind: 'resolve', addresses: undefined, detail: 'no resolver' }, 50); break;
      case 'run': this.#answerLater(request.id, { kind: 'run', status: 0, detail: '' }, 10); break;
      case 'compact': this.#process?.keeper.request(); break;
    }
  }

  #ping({ id, address, timeoutMillis }: Extract<Request, { kind: 'ping' }>): void {
    const isAlive = this.deps.isInUse(address);
    this.#answerLater(id, { kind: 'ping', isAlive }, isAlive ? 5 : timeoutMillis);
  }
  #answerSoon(id: number, answer: Extract<UntimedEvent, { kind: 'answer' }>['answer']): void {
    this.#answerLater(id, answer, 0);
  }
  #answerLater(request: number, answer: Extract<UntimedEvent, { kind: 'answer' }>['answer'], millis: number): void {
    const owner = this.#process;
    this.deps.time.plan(millis, () => {
      if (owner === this.#process) this.#process?.drain.deliver({ kind: 'answer', request, answer });
    });
  }

  #connect(request: Extract<Request, { kind: 'connect' }>): void {
    const owner = this.#process;
    this.deps.network.connect(request.local, request.remote, request.port, (connection, detail) => {
      if (owner !== this.#process) {
        connection?.close(0, 'ECONNRESET');
        return;
      }
      if (connection === undefined)
        owner?.drain.deliver({ kind: 'answer', request: request.id, answer: { kind: 'connect-failed', detail, isImmediate: false } });
      else connection.ends[0] = this.#open(connection, 0, request.id, request.remote, undefined);
    });
  }

  #open(connection: Connection, side: 0 | 1, request: number | undefined, remote: Ipv4, localPort: number | undefined): LinkEnd {
    const owner = this.#process;
    const link = this.#nextLink++;
    owner?.links.set(link, { connection, side });
    const deliver = (event: UntimedEvent): void => {
      if (owner === this.#process) owner?.drain.deliver(event);
    };
    deliver({
      kind: 'link-open',
      link,
      request,
      local: this.address,
      remote,
      ...(localPort === undefined ? {} : { localPort }),
    });
    return {
      onData: (bytes) => deliver({ kind: 'link-data', link, bytes }),
      onClose: (detail) => {
        owner?.links.delete(link);
        deliver({ kind: 'link-closed', link, detail });
      },
    };
  }

  #closeLink(link: LinkId): void {
    const open = this.#process?.links.get(link);
    if (open === undefined) return;
    this.#process?.links.delete(link);
    open.connection.close(open.side, '');
  }
}

/** The address a reply is for, read straight from its bytes. */
export const yiaddrOf = (payload: Uint8Array): Ipv4 => ipv4FromBytes(payload, 16);
