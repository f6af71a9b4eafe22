// What the engine costs per packet, in memory: no sockets, no disk, logging on. Numbers are medians of rounds.
// Run: node --import tsx test/bench/engine.bench.ts

import type { Ipv4 } from '../../src/std/ipv4.ts';
import { ByteWriter } from '../../src/std/bytes.ts';
import type { MonoMillis, UnixSeconds } from '../../src/std/time.ts';
import type { Effects, FrameOut, PacketIn, SendLane } from '../../src/model/step.ts';
import { LogBuffer } from '../../src/node/log-buffer.ts';
import { DhcpView } from '../../src/wire/dhcp-view.ts';
import { buildMessage } from '../../src/wire/client-testing.ts';
import { addresses, duration, equal, flag, ip, literal, requestOption, text, when, World, type WorldOptions } from '../../src/engine/testing.ts';

const clients = 20_000;
const batch = 64;
const rounds = 7;

class FixedLane implements SendLane {
  readonly #frames: FrameOut[];
  used = 0;
  constructor() {
    this.#frames = Array.from({ length: batch * 2 }, () => {
      const bytes = new Uint8Array(1472);
      return {
        bytes, view: new DataView(bytes.buffer), size: 0, path: 'raw', ifindex: 0, mac: new Uint8Array(6),
        source: 0 as Ipv4, destination: 0 as Ipv4, destinationPort: 0,
      };
    });
  }
  frame(): FrameOut | undefined { return this.#frames[this.used++]; }
  link(): ByteWriter { return new ByteWriter(); }
  reply(): void {}
}

const hardwareOf = (client: number): Uint8Array => Uint8Array.of(2, 0, client >>> 24, client >>> 16, client >>> 8, client);
const requestList = [1, 3, 6, 12, 15, 28, 42, 51, 54, 58, 59, 119];

interface Setup {
  readonly world: World;
  readonly discovers: readonly Uint8Array[];
  readonly requests: readonly Uint8Array[];
}

/** Receive slots as the shell has them: refilled, never made anew. */
const slots: readonly PacketIn[] = Array.from({ length: batch }, () => ({
  view: new DhcpView(new Uint8Array(2048)), ifindex: 2, source: 0 as Ipv4, sourcePort: 68, destination: 0xffffffff as Ipv4,
}));

function setUp(options: WorldOptions, addressOf: (client: number) => Ipv4): Setup {
  const world = new World({ ...options, interfaces: [{ index: 2, name: 'eth0', mac: hardwareOf(0), isUp: true, addresses: [{ address: ip('10.0.0.1'), mask: ip('255.255.0.0') }] }] });
  const message = (client: number, type: number): Uint8Array =>
    buildMessage({
      type, xid: client, chaddr: hardwareOf(client), requestList,
      ...(type === 3 ? { requested: addressOf(client), serverId: ip('10.0.0.1') } : {}),
    });
  const all = Array.from({ length: clients }, (_, client) => client + 1);
  return { world, discovers: all.map((client) => message(client, 1)), requests: all.map((client) => message(client, 3)) };
}

/** CPU time per packet in ns (others may be busy on the machine), `check` of the view included as the receive loop does it. */
function measure({ world }: Setup, packets: readonly Uint8Array[], journal: ByteWriter, log: LogBuffer, startedAt: number): number {
  const now = new FixedLane();
  const afterCommit = new FixedLane();
  const effects: Effects = { journal, now, afterCommit, requests: [], log };
  const started = process.cpuUsage();
  for (let from = 0; from < packets.length; from += batch) {
    const time = { mono: (startedAt + from) as MonoMillis, wall: (1_800_000_000 + Math.floor(startedAt / 1000)) as UnixSeconds };
    const to = Math.min(from + batch, packets.length);
    for (let i = from; i < to; i++) {
      const bytes = packets[i] as Uint8Array;
      const packet = slots[i - from] as PacketIn;
      packet.view.slot.set(bytes);
      packet.view.check(bytes.length);
      world.engine.packet(packet, time, effects);
    }
    journal.reset();
    log.reset();
    now.used = 0;
    afterCommit.used = 0;
  }
  const { user, system } = process.cpuUsage(started);
  return ((user + system) * 1000) / packets.length;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const base: WorldOptions['global'] = [
  flag('dhcpCacheThreshold', 0), duration('defaultLeaseTime', 600), duration('maxLeaseTime', 7200),
  addresses(6, '10.0.0.53', '10.0.0.54'), text(15, 'bench.test'), addresses(42, '10.0.0.123'),
];
const network = (statements: WorldOptions['global'] = []): WorldOptions['networks'] => [
  [{ network: '10.0.0.0/16', pools: [{ range: '10.0.1.0-10.0.255.254' }], statements: [addresses(3, '10.0.0.254'), ...statements] }],
];
const poolAddress = (client: number): Ipv4 => (ip('10.0.1.0') + client - 1) as Ipv4;
const hosts = Array.from({ length: clients }, (_, index) => ({
  name: `host-${index}`, mac: 0, fixed: [`10.0.${1 + Math.floor(index / 250)}.${1 + (index % 250)}`],
}));
const cases: readonly (readonly [string, () => Setup])[] = [
  ['pool', () => setUp({ networks: network() ?? [], global: base ?? [] }, poolAddress)],
  ['hosts', () => {
    const made = setUp({ networks: network() ?? [], global: base ?? [], hosts, hardware: (index) => hardwareOf(index + 1) }, (client) => ip(hosts[client - 1]?.fixed[0] ?? ''));
    return made;
  }],
  ['PXE class', () => setUp({
    networks: network() ?? [], global: base ?? [],
    classes: [{ name: 'pxe', matchIf: equal({ kind: 'substring', data: requestOption(60), offset: { kind: 'number', value: 0, span: nowhere }, length: { kind: 'number', value: 9, span: nowhere }, span: nowhere }, literal('PXEClient')) }],
  }, poolAddress)],
  ['dynamic `if`', () => setUp({ networks: network([when(equal(requestOption(60), literal('x')), text(40, 'y'))]) ?? [], global: base ?? [] }, poolAddress)],
];
const nowhere = { file: { name: '', text: '' }, start: 0, end: 0 };

console.log(`engine, ${clients} clients, batches of ${batch}, ns per packet (median of ${rounds} rounds)`);
for (const [name, make] of cases.filter(([name]) => (process.env['CASES'] ?? name).includes(name))) {
  const setup = make();
  const journal = new ByteWriter(1 << 20);
  const log = new LogBuffer();
  const first = measure(setup, setup.discovers, journal, log, 1e6);
  measure(setup, setup.requests, journal, log, 2e6);
  const discover: number[] = [];
  const request: number[] = [];
  for (let round = 0; round < rounds; round++) {
    discover.push(measure(setup, setup.discovers, journal, log, (3 + round * 2) * 1e6));
    request.push(measure(setup, setup.requests, journal, log, (4 + round * 2) * 1e6));
  }
  console.log(`${name.padEnd(14)} first DISCOVER ${first.toFixed(0).padStart(6)}  DISCOVER ${median(discover).toFixed(0).padStart(6)}  REQUEST ${median(request).toFixed(0).padStart(6)}`);
}
