// Whether a packet costs more when the configuration is larger: 10 against 10,000 hosts, subclasses and subnets, each configuration
// read from its text; and what reading it costs. In memory: no sockets, no disk, logging on. Figures are medians of CPU time per
// packet: of ten clients, which shows what the algorithms cost, and of 10,000 in turn, which adds what memory costs that no cache
// holds. Each figure has a process of its own: code that has served one configuration is optimized for that one. SECONDS=3 for more
// than a second a figure. Run it bundled, since tsx names functions again whenever they are made:
//   npx esbuild test/bench/scale.bench.ts --bundle --platform=node --format=esm --external:koffi --outfile=dist/scale.bench.mjs
//   node dist/scale.bench.mjs

import { execFileSync } from 'node:child_process';
import { ByteWriter } from '../../src/std/bytes.ts';
import { ipv4ToBytes, type Ipv4 } from '../../src/std/ipv4.ts';
import { ok, err } from '../../src/std/result.ts';
import type { MonoMillis, UnixSeconds } from '../../src/std/time.ts';
import { checkConfig } from '../../src/config/check-config.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { Engine } from '../../src/engine/engine.ts';
import { LeaseStore } from '../../src/lease/lease-store.ts';
import type { Effects, FrameOut, PacketIn, SendLane } from '../../src/model/step.ts';
import { LogBuffer } from '../../src/node/log-buffer.ts';
import { buildMessage, readMessage } from '../../src/wire/client-testing.ts';
import { DhcpView } from '../../src/wire/dhcp-view.ts';
import { campus, largeConfig, largeHardware, subclassHardware, type LargeShape } from './large-config.ts';
import { median } from './report-text.ts';

const secondsEach = Number(process.env['SECONDS'] ?? 1);
const own = 0x0aff0001 as Ipv4;
const packetsPerRound = 20_000;

class FixedLane implements SendLane {
  readonly #bytes = new Uint8Array(1472);
  readonly made: FrameOut = {
    bytes: this.#bytes, view: new DataView(this.#bytes.buffer), size: 0, path: 'raw', ifindex: 0, mac: new Uint8Array(6),
    source: 0 as Ipv4, destination: 0 as Ipv4, destinationPort: 0,
  };
  used = 0;
  frame(): FrameOut {
    this.used++;
    return this.made;
  }
  link(): ByteWriter {
    return new ByteWriter();
  }
  reply(): void {}
}

class Bench {
  readonly #engine: Engine;
  readonly #journal = new ByteWriter(1 << 20);
  readonly #log = new LogBuffer();
  readonly #now = new FixedLane();
  readonly #afterCommit = new FixedLane();
  readonly #slot: PacketIn = { view: new DhcpView(new Uint8Array(2048)), ifindex: 1, source: 0 as Ipv4, sourcePort: 67, destination: own };
  #millis = 1e6;

  constructor(shape: LargeShape) {
    const text = largeConfig(shape);
    const loaded = loadConfig({ path: 'dhcpd.conf', read: (path) => (path === 'dhcpd.conf' ? ok(text) : err({ problem: 'absent' })) });
    if (!loaded.ok || loaded.value.config === undefined) throw new Error('the configuration is not good');
    const { config } = loaded.value;
    const store = new LeaseStore(config, 1);
    store.settle();
    this.#engine = new Engine({
      config: { ...config, leasehold: { ...config.leasehold, relayRateMax: 1e6, portRateMax: 1e6, offersMax: 20_000 } },
      table: store.table, hosts: store.hosts, names: store.names, views: [], storage: { mode: 'leasing', reason: '' }, seed: 1, nextRequestId: () => 1,
    });
    this.#engine.interfaces([{ index: 1, name: 'eth0', mac: new Uint8Array(6), isUp: true, addresses: [{ address: own, mask: 0xffffff00 as Ipv4 }] }]);
  }

  /** The reply is the lane's: valid until the next call. */
  send(bytes: Uint8Array): Uint8Array | undefined {
    const effects: Effects = { journal: this.#journal, now: this.#now, afterCommit: this.#afterCommit, requests: [], log: this.#log };
    this.#now.used = this.#afterCommit.used = 0;
    this.#millis += 5;
    const { view } = this.#slot;
    view.slot.set(bytes);
    view.check(bytes.length);
    this.#slot.source = view.giaddr;
    this.#engine.packet(this.#slot, { mono: this.#millis as MonoMillis, wall: (1_800_000_000 + Math.floor(this.#millis / 1000)) as UnixSeconds }, effects);
    this.#journal.reset();
    this.#log.reset();
    const lane = this.#now.used > 0 ? this.#now : this.#afterCommit;
    return lane.used === 0 ? undefined : lane.made.bytes.subarray(0, lane.made.size);
  }

  /** Nanoseconds of CPU per packet, in rounds until the time is over. */
  measure(packets: readonly Uint8Array[]): number {
    const rounds: number[] = [];
    const until = performance.now() + secondsEach * 1000;
    do {
      const from = process.cpuUsage();
      for (let sent = 0; sent < packetsPerRound; sent++) this.send(packets[sent % packets.length] as Uint8Array);
      const { user, system } = process.cpuUsage(from);
      rounds.push(((user + system) * 1000) / packetsPerRound);
    } while (performance.now() < until);
    return median(rounds);
  }
}

interface Axis {
  readonly title: string;
  readonly shape: (count: number) => LargeShape;
  /** Clients that together touch all of it. */
  readonly hardware: (index: number) => Uint8Array;
}

const subnets = 128;
const axes: readonly Axis[] = [
  { title: 'hosts', shape: (hosts) => ({ hosts, subnets, subclasses: 10 }), hardware: largeHardware },
  { title: 'subclasses', shape: (subclasses) => ({ hosts: 10, subnets, subclasses }), hardware: subclassHardware },
  { title: 'subnets', shape: (count) => ({ hosts: 10, subnets: count, subclasses: 10 }), hardware: (index) => subclassHardware(index + 1e6) },
];

/** A DISCOVER and a REQUEST of clients spread over all things of the axis, each through the relay of its subnet. */
function packetsFor(bench: Bench, { hardware, shape }: Axis, count: number, clients: number): { discover: Uint8Array[]; request: Uint8Array[] } {
  const discover: Uint8Array[] = [];
  const request: Uint8Array[] = [];
  for (let number = 0; number < clients; number++) {
    const index = Math.floor((number * count) / clients);
    const giaddr = (0x0a000000 + (index % shape(count).subnets) * 256 + 254) as Ipv4;
    const client = { xid: number + 1, chaddr: hardware(index), giaddr };
    const asked = buildMessage({ type: 1, ...client });
    const offer = bench.send(asked);
    if (offer === undefined) throw new Error(`client ${index} got no offer`);
    const { yiaddr, serverId } = readMessage(offer);
    const wanted = buildMessage({ type: 3, ...client, requested: yiaddr, serverId });
    if (bench.send(wanted) === undefined) throw new Error(`client ${index} got no lease of ${ipv4ToBytes(yiaddr).join('.')}`);
    discover.push(asked);
    request.push(wanted);
  }
  return { discover, request };
}

/** Reading and checking, as `leasehold check` does it; the start of the program comes on top. */
function checkMillis(shape: LargeShape): string {
  const text = largeConfig(shape);
  const from = process.cpuUsage();
  const checked = checkConfig({ path: 'dhcpd.conf', read: (path) => (path === 'dhcpd.conf' ? ok(text) : err({ problem: 'absent' })) });
  const { user, system } = process.cpuUsage(from);
  if (!checked.ok || checked.value.config === undefined) throw new Error('the configuration is not good');
  return `check of ${text.split('\n').length} lines, ${shape.hosts} hosts, ${shape.subnets} subnets: ${((user + system) / 1000).toFixed(0)} ms of CPU`;
}

const few = 10;
const many = 10_000;
const kinds = ['discover', 'request'] as const;

type Cost = Record<(typeof kinds)[number], number>;

function costHere(axis: Axis, count: number, clients: number): Cost {
  const bench = new Bench(axis.shape(count));
  const packets = packetsFor(bench, axis, count, clients);
  return { discover: bench.measure(packets.discover), request: bench.measure(packets.request) };
}
/** By number of things and of clients. */
function cost(axis: Axis, count: number, clients: number): Cost {
  const words = [...process.execArgv, process.argv[1] as string, String(axes.indexOf(axis)), String(count), String(clients)];
  return JSON.parse(execFileSync(process.execPath, words, { encoding: 'utf8' })) as Cost;
}

function printAll(): void {
  for (const shape of [campus, campus, { ...campus, subnets: 10_000 }]) console.log(checkMillis(shape));
  console.log(`ns of CPU per packet, ${few} against ${many} of each, ${secondsEach} s a figure; node ${process.version}`);
  for (const axis of axes) {
    const small = cost(axis, few, few);
    for (const [title, large] of [['ten clients', cost(axis, many, few)], ['all clients', cost(axis, many, many)]] as const) {
      const cells = kinds.map((kind) => `${kind.toUpperCase()} ${small[kind].toFixed(0)} → ${large[kind].toFixed(0)} (× ${(large[kind] / small[kind]).toFixed(2)})`.padEnd(36));
      console.log(`${axis.title.padEnd(11)} ${title.padEnd(12)} ${cells.join(' ')}`);
    }
  }
}

const [axisIndex, count, clients] = process.argv.slice(2).map(Number);
const wanted = axisIndex === undefined ? undefined : axes[axisIndex];
if (wanted === undefined) printAll();
else console.log(JSON.stringify(costHere(wanted, count ?? few, clients ?? few)));
