// What `explain` says from the files is what the server does: for random messages under configurations that use the whole language,
// the reply byte for byte in every state of a pair, and for a silence the reason that the server logs.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByteWriter, fromLatin1, latin1, toHex } from '../../std/bytes.ts';
import { parseIpv4, type Ipv4 } from '../../std/ipv4.ts';
import { Prng } from '../../std/prng.ts';
import type { MonoMillis, Now, UnixSeconds } from '../../std/time.ts';
import { configOf } from '../../config/testing.ts';
import { Engine } from '../../engine/engine.ts';
import { TestLane } from '../../engine/testing.ts';
import { closeGroup } from '../../lease/journal-group.ts';
import { LeaseStore } from '../../lease/lease-store.ts';
import { writeHeader } from '../../lease/snapshot.ts';
import type { ServerConfig } from '../../model/server-config.ts';
import type { Effects, PacketIn, Request } from '../../model/step.ts';
import { LogBuffer } from '../../node/log-buffer.ts';
import { buildMessage, readMessage, type ClientMessage } from '../../wire/client-testing.ts';
import { DhcpView } from '../../wire/dhcp-view.ts';
import { outcomeOf, wordless } from './outcome.ts';
import { questionOfPacket } from './packet-question.ts';
import { pairStates, rehearse, viewsIn } from './rehearsal.ts';
import { storeFrom } from './explain.ts';
import { predictionConfigs } from './prediction-testing.ts';

const ip = (text: string): Ipv4 => parseIpv4(text) ?? (0 as Ipv4);
const own = ip('10.0.0.1');

interface Heard {
  readonly reply: Uint8Array | undefined;
  readonly log: readonly string[];
}

/** The engine as a node runs it, with its lease file. */
class Server {
  readonly config: ServerConfig;
  readonly #store: LeaseStore;
  readonly #engine: Engine;
  readonly #file = new ByteWriter();
  #groups = 0;
  #requestId = 0;

  constructor(config: ServerConfig, state: (typeof pairStates)[number]) {
    this.config = config;
    this.#store = new LeaseStore(config, 1);
    this.#store.settle();
    writeHeader(this.#file, 'test');
    const { table, hosts, names, contacts } = this.#store;
    this.#engine = new Engine({
      config, table, hosts, names, contacts, views: viewsIn(config, state), storage: { mode: 'leasing', reason: '' }, seed: 1,
      nextRequestId: () => ++this.#requestId,
    });
    this.#engine.interfaces([{ index: 1, name: 'explain0', mac: new Uint8Array(6), isUp: true, addresses: [{ address: own, mask: ip('255.255.255.0') }] }]);
  }

  /** The lease file: every group since the start, or rewritten. */
  leaseFile(isRewritten: boolean): Uint8Array {
    if (!isRewritten) return this.#file.copy();
    const out = new ByteWriter();
    writeHeader(out, 'test');
    const from = out.size;
    for (let cursor = 0; cursor >= 0; ) cursor = this.#store.snapshot(cursor, 10_000, out);
    closeGroup(out, from, 1);
    return out.copy();
  }

  tick(now: Now): void {
    const { table } = this.#store;
    this.#step((effects) => {
      this.#engine.tick(now, effects);
      // What ends in a pair's pool is for the failover room, which is not here.
      for (let row = table.dueRow(now.wall); row >= 0 && table.peer(row) < 0; row = table.dueRow(now.wall)) this.#engine.leaseDue(row, now, effects);
    });
  }
  /** The reply, after nobody answered a probe. */
  hear(packet: PacketIn, now: Now): Heard {
    const requests: Request[] = [];
    const first = this.#step((effects) => this.#engine.packet(packet, now, effects), requests);
    const ping = requests.find((request) => request.kind === 'ping');
    if (ping === undefined) return first;
    const second = this.#step((effects) => void this.#engine.answer(ping.id, { kind: 'ping', isAlive: false }, now, effects));
    return { reply: second.reply, log: [...first.log, ...second.log] };
  }

  #step(act: (effects: Effects) => void, requests: Request[] = []): Heard {
    const soon = new TestLane();
    const afterCommit = new TestLane();
    const journal = new ByteWriter();
    const log = new LogBuffer();
    act({ journal, now: soon, afterCommit, requests, log });
    if (journal.size > 0) {
      const from = this.#file.size;
      this.#file.text(fromLatin1(journal.view()));
      closeGroup(this.#file, from, ++this.#groups);
    }
    const [frame] = [...soon.frames, ...afterCommit.frames];
    return { reply: frame?.bytes.slice(0, frame.size), log: Array.from({ length: log.lines }, (_, line) => log.line(line)) };
  }
}

/** What clients say, by how often. */
const types = [1, 1, 1, 1, 3, 3, 3, 3, 3, 3, 3, 3, 7, 4, 8, 8, 10, 0, 2, 99] as const;
const relays = ['10.0.0.250', '10.1.0.250', '10.2.0.250', '10.77.0.1'].map(ip);
const archs = [[0, 0], [0, 7], [0, 11]] as const;

/** Some clients, with what each was given last. */
class Crowd {
  readonly #random: Prng;
  readonly #given = new Map<number, Ipv4>();
  #xid = 0;
  constructor(random: Prng) {
    this.#random = random;
  }

  /** A message that makes sense half of the time. */
  next(): { readonly bytes: Uint8Array; readonly packet: Omit<PacketIn, 'view' | 'ifindex'>; readonly client: number } {
    const random = this.#random;
    const client = random.between(1, 9);
    const type = random.pick(types);
    const given = random.chance(0.8) ? (this.#given.get(client) ?? (0 as Ipv4)) : ip(`10.${random.below(3)}.0.${random.between(95, 125)}`);
    const isRelayed = type === 10 || random.chance(0.3);
    const isCarried = type === 7 || type === 8 || (type === 10 && random.chance(0.5)) || (type === 3 && given !== 0 && random.chance(0.4));
    const extra = this.#extra(isRelayed);
    const message: ClientMessage = {
      type, xid: ++this.#xid, chaddr: Uint8Array.of(2, 0, 0, 0, 0, client), secs: random.pick([0, 1, 20]),
      ...(random.chance(0.2) ? { clientId: Uint8Array.of(1, 2, client) } : {}),
      ...(isCarried ? { ciaddr: given } : given !== 0 && type !== 0 ? { requested: given } : {}),
      ...(type === 4 || (type === 3 && !isCarried && random.chance(0.6)) ? { serverId: random.pick([own, own, own, ip('10.0.0.2'), ip('10.0.0.66')]) } : {}),
      ...(isRelayed ? { giaddr: random.pick(relays) } : {}),
      ...(random.chance(0.3) ? { hostname: `pc${client}` } : {}),
      ...(random.chance(0.3) ? { requestList: random.pick([[], [1, 3, 6], [3, 1, 43, 121, 15, 6, 42, 119], [252, 66, 67, 150, 224, 81, 12]]) } : {}),
      ...(random.chance(0.2) ? { leaseSeconds: random.pick([30, 900, 100_000, 0xffffffff]) } : {}),
      wantsBroadcast: random.chance(0.2), extra,
    };
    const source = message.giaddr ?? message.ciaddr ?? (0 as Ipv4);
    return {
      bytes: buildMessage(message), client,
      packet: { source, sourcePort: message.giaddr === undefined ? 68 : 67, destination: message.giaddr === undefined ? (0xffffffff as Ipv4) : own },
    };
  }
  #extra(isRelayed: boolean): (readonly [number, readonly number[]])[] {
    const random = this.#random;
    const options: (readonly [number, readonly number[]])[] = [];
    if (random.chance(0.4)) options.push([60, [...latin1(random.pick(['PXEClient:Arch:00007', 'MSFT 5.0', 'phone', 'docsis3.0']))]]);
    if (random.chance(0.3)) options.push([93, random.pick(archs)]);
    if (random.chance(0.1)) options.push([77, [...latin1('iPXE')]]);
    if (random.chance(0.2)) options.push([57, random.pick([[2, 64], [5, 220], [1, 0]])]);
    if (random.chance(0.1)) options.push([81, [0, 0, 0, ...latin1('pc.example')]]);
    if (isRelayed && random.chance(0.7)) options.push([82, [1, 4, ...latin1(random.pick(['port', 'ring', 'lift'])), 2, 2, 0xab, random.below(3)]]);
    return options;
  }
  hear(client: number, reply: Uint8Array | undefined): void {
    const answer = reply === undefined ? undefined : readMessage(reply);
    if (answer !== undefined && answer.yiaddr !== 0) this.#given.set(client, answer.yiaddr);
  }
}

/** An offer is held for two minutes and stands in no file: messages are further apart. */
const secondsBetween = 131;
const messagesEach = 40;

interface Tally {
  answers: number;
  silences: number;
  wordless: number;
}

/** One life of a server in one state; every message is explained from its lease file first. */
function live(config: ServerConfig, state: (typeof pairStates)[number], seed: number, tally: Tally): void {
  const random = new Prng(seed);
  const server = new Server(config, state);
  const crowd = new Crowd(random);
  for (let index = 0; index < messagesEach; index++) {
    const now: Now = { mono: (index * secondsBetween * 1000) as MonoMillis, wall: (1_800_000_000 + index * secondsBetween) as UnixSeconds };
    server.tick(now);
    const { bytes, packet, client } = crowd.next();
    const where = `message ${index} of ${state.title}, seed ${seed}: ${toHex(bytes)}`;
    const store = storeFrom(config, server.leaseFile(random.chance(0.5)), now);
    const question = questionOfPacket({ payload: bytes, path: packet, from: 'it' }, own, config, store, now);
    assert.ok(question.ok, where);
    const told = rehearse(question.value, store, state);
    const view = new DhcpView(bytes.slice());
    const check = view.check(bytes.length);
    const heard = check === 'ok' || check === 'bootp' ? server.hear({ view, ifindex: 1, ...packet }, now) : { reply: undefined, log: [`the packet is dropped: ${check}`] };
    assert.equal(told.reply && toHex(told.reply), heard.reply && toHex(heard.reply), `${where}\n${heard.log.join('\n')}\n${told.notes.map(({ topic, text }) => `${topic} ${text}`).join('\n')}`);
    if (heard.reply === undefined) count(tally, outcomeOf(told, question.value.messageType).text, heard.log, where);
    else tally.answers++;
    crowd.hear(client, heard.reply);
  }
}

/** The reason of a silence is in a line that the server logged; where it logs none, none is made up. */
function count(tally: Tally, outcome: string, log: readonly string[], where: string): void {
  const reason = /^no answer(?:, as to any \w+)?: (.*)$/s.exec(outcome)?.[1] ?? outcome;
  const isWordless = reason === wordless.ignored || reason === wordless.fromServer;
  assert.ok(isWordless ? log.length === 0 : log.some((line) => line.includes(reason)), `${where}\n${outcome}\n${log.join('\n')}`);
  tally.silences++;
  if (isWordless) tally.wordless++;
}

const seed = Number(process.env['LEASEHOLD_SEED'] ?? 20261127);
const total: Tally = { answers: 0, silences: 0, wordless: 0 };

for (const [index, { id, text }] of predictionConfigs.entries())
  test(`explain predicts: ${id}`, () => {
    const config = configOf(text);
    for (const [number, state] of (config.peers.length === 0 ? pairStates.slice(0, 1) : pairStates).entries()) live(config, state, seed + index * 100 + number, total);
  });

test('all that was worth something: there were answers, refusals and silences', () => {
  assert.ok(total.answers >= 250 && total.silences >= 250 && total.answers + total.silences >= 600 && total.wordless >= 20, JSON.stringify(total));
});
