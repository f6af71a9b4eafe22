// A partner that is broken or hostile (failover reference §11): nothing ends the process, stalls it, floods the link, or is
// believed before the handshake. Bytes are made by hand, because our encoder cannot express them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByteWriter, latin1 } from '../std/bytes.ts';
import type { MonoMillis, Now, UnixSeconds } from '../std/time.ts';
import { Prng } from '../std/prng.ts';
import { ip } from '../lease/testing.ts';
import { LeaseStore } from '../lease/lease-store.ts';
import { failoverMessageCode, FailoverReader, type FailoverMessage } from '../wire/failover-message.ts';
import { Failover } from './failover.ts';
import { bucketsOf, pairConfig, TestEffects, type NodeName } from './testing.ts';

type Option = readonly [code: number, value: number | Uint8Array | string, size?: number];
const wall = 1_800_000_000;

function message(kind: keyof typeof failoverMessageCode | number, xid: number, options: readonly Option[], time = wall): Uint8Array {
  const out = new ByteWriter();
  out.u16(0);
  out.u8(typeof kind === 'number' ? kind : failoverMessageCode[kind]);
  out.u8(12);
  out.u32(time);
  out.u32(xid);
  for (const [code, value, size = 4] of options) {
    out.u16(code);
    if (typeof value !== 'number') {
      const bytes = typeof value === 'string' ? latin1(value) : value;
      out.u16(bytes.length);
      out.raw(bytes);
      continue;
    }
    out.u16(size);
    if (size === 4) out.u32(value);
    else if (size === 2) out.u16(value);
    else out.u8(value);
  }
  out.patchU16(0, out.size);
  return out.copy();
}
const stateMessage = (code: number, xid = 1): Uint8Array => message('state', xid, [[24, code, 1], [23, 0, 1], [25, wall]]);
const connect = (part: { name?: string; time?: number; vendor?: string; hba?: Uint8Array | undefined; mclt?: number | undefined } = {}): Uint8Array =>
  message('connect', 0, [
    [22, part.name ?? 'fo'], [14, 10], [19, 10], [28, part.vendor ?? 'isc-4.4.3-P1'], [20, 1, 1], [27, 0, 1],
    ...('mclt' in part && part.mclt === undefined ? [] : [[15, part.mclt ?? 60] as Option]),
    ...('hba' in part && part.hba === undefined ? [] : [[11, part.hba ?? bucketsOf(128)] as Option]),
  ], part.time ?? wall);
const address = ip('10.77.1.100');
const hardware = Uint8Array.of(1, 2, 0, 0, 0, 0, 9);

/** One node against bytes. */
class Victim {
  readonly failover: Failover;
  readonly store: LeaseStore;
  readonly said: string[] = [];
  readonly sent: FailoverMessage[] = [];
  readonly closed: number[] = [];
  mono = 0;
  #readers = new Map<number, FailoverReader>();

  constructor(name: NodeName) {
    const config = pairConfig(name);
    this.store = new LeaseStore(config);
    this.store.settle();
    this.store.failover.putIdentity('fo', 'pair-hostile0', undefined);
    let request = 1;
    this.failover = new Failover({ config, store: this.store, seed: 3, nextRequestId: () => request++ });
    this.step((now, effects) => this.failover.start(now, effects));
  }
  get now(): Now {
    return { mono: this.mono as MonoMillis, wall: (wall + Math.floor(this.mono / 1000)) as UnixSeconds };
  }
  get state(): string {
    return this.failover.endpoints[0]?.my ?? '';
  }
  step(act: (now: Now, effects: TestEffects) => void): void {
    const effects = new TestEffects();
    act(this.now, effects);
    this.failover.leasesChanged(this.now, effects);
    this.said.push(...effects.lines);
    for (const lane of [effects.now, effects.afterCommit])
      for (const [link, stream] of lane.streams) {
        const reader = this.#readers.get(link) ?? new FailoverReader();
        this.#readers.set(link, reader);
        reader.push(stream.copy());
        for (let next = reader.next(); next !== undefined; next = reader.next()) {
          assert.notEqual(next.kind, 'fault', 'what we send can be read');
          if (next.kind !== 'fault') this.sent.push(next);
        }
      }
    for (const made of effects.requests) if (made.kind === 'close') this.closed.push(made.link);
  }
  open(link: number, from = 'partner'): void {
    const partner = this.failover.endpoints[0]?.partnerAddress ?? ip('0.0.0.0');
    const remote = from === 'partner' ? partner : ip(from);
    this.step((now, effects) =>
      this.failover.linkOpen({ kind: 'link-open', link, request: undefined, local: ip('10.77.0.9'), remote, now }, now, effects));
  }
  hear(link: number, ...messages: readonly Uint8Array[]): void {
    for (const bytes of messages) this.step((now, effects) => this.failover.linkData(link, bytes, now, effects));
  }
  later(seconds: number): void {
    const until = this.mono + seconds * 1000;
    for (let next = this.failover.deadline; next <= until; next = this.failover.deadline) {
      this.mono = Math.max(this.mono, next);
      this.step((now, effects) => this.failover.tick(now, effects));
    }
    this.mono = until;
  }
  kinds(): string[] {
    return this.sent.map(({ kind }) => kind);
  }
  last(kind: FailoverMessage['kind']): FailoverMessage | undefined {
    return this.sent.filter((each) => each.kind === kind).at(-1);
  }
}

/** A secondary in normal with a partner in normal. */
function settled(): Victim {
  const victim = new Victim('b');
  victim.open(1);
  victim.hear(1, connect(), stateMessage(6), message('upddone', 1, []), stateMessage(9, 2), stateMessage(2, 3));
  assert.equal(victim.state, 'normal');
  victim.sent.length = 0;
  victim.said.length = 0;
  return victim;
}

const handshakes = [
  { id: 'bad name', bytes: connect({ name: 'other' }), reject: 8, text: 'unknown failover relationship name' },
  { id: 'no name', bytes: message('connect', 0, [[15, 60]]), reject: 8, text: 'missing relationship-name' },
  { id: 'clock 62 s ahead', bytes: connect({ time: wall + 62 }), reject: 4, text: 'time offset too large' },
  { id: 'clock 62 s behind', bytes: connect({ time: wall - 62 }), reject: 4, text: 'time offset too large' },
  { id: 'no hash buckets', bytes: connect({ hba: undefined }), reject: 18, text: 'invalid HBA' },
  { id: 'short hash buckets', bytes: connect({ hba: new Uint8Array(31) }), reject: 18, text: 'invalid HBA' },
  { id: 'no MCLT', bytes: connect({ mclt: undefined }), reject: 5, text: 'no MCLT provided' },
];
for (const { id, bytes, reject, text } of handshakes)
  test(`CONNECT with ${id} is refused with a reason that reaches the partner`, () => {
    const victim = new Victim('b');
    victim.open(1);
    victim.hear(1, bytes);
    const ack = victim.last('connectack');
    assert.ok(ack?.kind === 'connectack');
    assert.deepEqual([ack.rejectReason, ack.message], [reject, text]);
    assert.ok(victim.said.includes(`Failover CONNECT from fo: ${text}`));
    assert.deepEqual(victim.closed, [1]);
    assert.equal(victim.state, 'startup');
  });

for (const skew of [-3600, -300, -62, 62, 300, 3600])
  test(`a Leasehold partner whose clock is ${skew} s ahead is accepted, and it is said; a dhcpd is refused, and it is said`, () => {
    for (const [vendor, isAccepted] of [['leasehold/0.1', true], ['isc-4.4.3-P1', false]] as const) {
      const victim = new Victim('b');
      victim.open(1);
      victim.hear(1, connect({ time: wall + skew, vendor }));
      const ack = victim.last('connectack');
      assert.ok(ack?.kind === 'connectack');
      assert.equal(ack.rejectReason === undefined, isAccepted);
      assert.match(victim.said.join('\n'), new RegExp(`clocks differ by ${Math.abs(skew)} s: the partner's is ${skew < 0 ? 'behind' : 'ahead'}`));
    }
  });

test('a second CONNECT on the same or another link closes that link only where dhcpd expects it', () => {
  const victim = settled();
  victim.open(2);
  victim.hear(2, connect());
  assert.deepEqual(victim.closed, [2], 'the link that works stays');
  victim.hear(1, connect());
  assert.deepEqual(victim.closed, [2, 1]);
});

test('a half-dead link gives way to a new one', () => {
  const victim = settled();
  victim.later(6);
  victim.open(2);
  victim.hear(2, connect());
  assert.deepEqual(victim.closed, [1]);
  assert.equal(victim.failover.endpoints[0]?.link?.id, 2);
});

test('nothing is believed before the handshake', () => {
  const victim = new Victim('b');
  victim.open(1);
  victim.hear(1, stateMessage(2), message('bndupd', 1, [[2, address], [3, 2, 1], [5, hardware], [13, wall + 9]]), message('updreqall', 2, []));
  assert.equal(victim.state, 'startup');
  assert.equal(victim.store.table.state(0), 1);
  assert.deepEqual(victim.kinds(), []);
});

test('a stranger’s connection is closed, a silent one after 15 seconds, and a crowd is bounded', () => {
  const victim = new Victim('b');
  victim.open(1, '10.9.9.9');
  assert.deepEqual([victim.closed, victim.said], [[1], ['failover: listener: no matching state']]);
  for (let link = 2; link < 40; link++) victim.open(link);
  assert.equal(victim.closed.length, 1 + 30);
  victim.later(16);
  assert.equal(victim.closed.length, 39);
  assert.equal(victim.said.filter((line) => line === 'failover: link startup timeout').length, 8);
});

test('every binding status and every missing or odd option is answered once, and none ends the process', () => {
  for (let status = 0; status < 256; status++)
    for (const options of [[], [[5, hardware]], [[5, hardware], [4, 'x']], [[5, new Uint8Array(0)]], [[5, new Uint8Array(200)]], [[4, new Uint8Array(400)]], [[12, 0xffff, 2]]] as Option[][])
      for (const ends of [[], [[13, 0]], [[13, 0xffffffff], [18, 0xffffffff]]] as Option[][]) {
        const victim = settled();
        victim.hear(1, message('bndupd', 7, [[2, address], [3, status, 1], ...options, ...ends]));
        const acks = victim.sent.filter(({ kind }) => kind === 'bndack');
        assert.equal(acks.length, 1, `status ${status}`);
        assert.equal(acks[0]?.xid, 7);
        victim.later(30);
      }
});

test('binding updates of addresses that are not ours', () => {
  const victim = settled();
  victim.hear(1, message('bndupd', 7, [[2, ip('10.1.1.1')], [3, 1, 1]]), message('bndupd', 8, [[3, 1, 1]]));
  const [first, second] = victim.sent;
  assert.ok(first?.kind === 'bndack' && second?.kind === 'bndack');
  assert.deepEqual([first.rejectReason, first.message], [1, 'unknown IP address']);
  assert.deepEqual([second.rejectReason, second.message], [3, 'binding update lacks required options']);
});

test('every state number, in every state we can be brought into, leaves a node that still answers', () => {
  for (let first = 0; first < 256; first++)
    for (const second of [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 254, 99]) {
      const victim = settled();
      victim.hear(1, stateMessage(first, 10), stateMessage(second, 11), message('upddone', 12, []), stateMessage(first, 13));
      assert.notEqual(victim.state, 'shutdown', `${first} ${second}`);
      victim.hear(1, message('bndupd', 14, [[2, address], [3, 2, 1], [5, hardware], [13, wall + 9], [18, wall + 9]]));
      assert.ok(victim.kinds().includes('bndack'), `${first} ${second}`);
    }
});

test('a state that nobody defined changes nothing', () => {
  const victim = settled();
  victim.hear(1, stateMessage(99));
  assert.equal(victim.state, 'normal');
  assert.ok(victim.said.includes('failover peer fo: Invalid state: 99'));
});

test('a tiny receive-timer does not make us flood: CONTACT at most once a second', () => {
  for (const timer of [0, 1, 2, 3]) {
    const victim = new Victim('b');
    victim.open(1);
    victim.hear(1, message('connect', 0, [[22, 'fo'], [14, 10], [19, timer], [15, 60], [11, bucketsOf(128)]]));
    for (let second = 0; second < 30; second++) {
      victim.later(1);
      victim.hear(1, message('contact', second, []));
    }
    assert.ok(victim.kinds().filter((kind) => kind === 'contact').length <= 31, `timer ${timer}`);
  }
});

test('a clock of fractions, whose sums and differences round apart, does not leave the contact timer due for ever', () => {
  const period = 3000;
  // A sum rounds where it crosses a power of two: from here `saidAt + period` has come while `now - saidAt` falls short of it.
  const saidAt = 2 ** 20 - 1000 - 3 * 2 ** -33;
  assert.ok(saidAt + period - saidAt < period);
  const victim = new Victim('b');
  victim.mono = saidAt;
  victim.open(1);
  const options: readonly Option[] = [[22, 'fo'], [14, 10], [19, 10], [15, 60], [11, bucketsOf(128)]];
  victim.hear(1, message('connect', 0, options, wall + Math.floor(saidAt / 1000)));
  victim.later(period / 1000);
  assert.equal(victim.kinds().filter((kind) => kind === 'contact').length, 1);
});

test('a window of zero or none is read as ten', () => {
  for (const window of [[], [[14, 0]]] as Option[][]) {
    const victim = new Victim('b');
    victim.open(1);
    victim.hear(1, message('connect', 0, [[22, 'fo'], ...window, [19, 10], [15, 60], [11, bucketsOf(128)]]), stateMessage(6), message('updreqall', 5, []));
    assert.ok(victim.kinds().includes('bndupd'));
  }
});

test('a window in STATE is nothing that a dhcpd says', () => {
  const victim = settled();
  victim.hear(1, message('state', 4, [[24, 2, 1], [23, 0, 1], [25, wall], [0xf003, 1024, 2]]), message('updreqall', 5, []));
  assert.equal(victim.kinds().filter((kind) => kind === 'bndupd').length, 10);
});

test('a flood of update requests costs one walk, and only the newest is answered', () => {
  const victim = settled();
  const flood = new ByteWriter();
  for (let xid = 1; xid <= 1000; xid++) flood.raw(message('updreqall', xid, []));
  victim.hear(1, flood.copy());
  const updates = victim.sent.filter(({ kind }) => kind === 'bndupd');
  assert.equal(updates.length, 10, 'the window holds');
  for (let turn = 0; turn < 5; turn++)
    for (const update of victim.sent.splice(0)) if (update.kind === 'bndupd' && update.address !== undefined) victim.hear(1, message('bndack', update.xid, [[2, update.address]]));
  assert.deepEqual(victim.said.filter((line) => line.startsWith('Sent update done')), ['Sent update done message to fo']);
});

test('acknowledgements of nothing, twice, or with another number', () => {
  const victim = settled();
  victim.hear(1, message('updreqall', 5, []));
  const update = victim.last('bndupd');
  assert.ok(update?.kind === 'bndupd' && update.address !== undefined);
  victim.hear(1, message('bndack', update.xid + 77, [[2, update.address]]), message('bndack', 1, [[2, ip('10.1.1.1')]]), message('bndack', 1, []));
  assert.ok(victim.said.some((line) => line.endsWith('xid mismatch.')));
  assert.ok(victim.said.some((line) => line.endsWith('no such lease.')));
  victim.hear(1, message('bndack', update.xid, [[2, update.address]]), message('bndack', update.xid, [[2, update.address]]));
  assert.equal(victim.state, 'normal');
});

test('updates that are never acknowledged end the link, and are sent again on the next', () => {
  const victim = settled();
  victim.hear(1, message('updreqall', 5, []));
  for (let second = 0; second < 40 && victim.closed.length === 0; second++) {
    victim.later(1);
    victim.hear(1, message('contact', second, []));
  }
  assert.deepEqual(victim.closed, [1]);
  victim.sent.length = 0;
  victim.open(2);
  victim.hear(2, connect());
  assert.equal(victim.sent.filter(({ kind }) => kind === 'bndupd').length, 10);
});

test('what cannot be read closes the link with dhcpd’s words', () => {
  const rows: readonly (readonly [Uint8Array, string])[] = [
    [Uint8Array.of(0, 4, 3, 12), 'message length wait: unexpected error'],
    [message(99, 1, [[2, address]]), 'FAILOVER: invalid message type: 99'],
    [message('bndupd', 1, [[2, address], [2, address]]), 'FAILOVER: duplicate option assigned-IP-address'],
    [message('bndupd', 1, [[2, 1, 1]]), 'FAILOVER: option size (1:4), option assigned-IP-address'],
  ];
  for (const [bytes, line] of rows) {
    const victim = settled();
    victim.hear(1, bytes);
    assert.deepEqual([victim.closed, victim.said[0]], [[1], line]);
    assert.equal(victim.state, 'communications-interrupted');
  }
});

for (const seed of [1, 2, 3, 4, 5, 6, 7, 8])
  test(`random messages in random order (seed ${seed})`, () => {
    const random = new Prng(seed);
    const victim = new Victim(random.chance(0.5) ? 'a' : 'b');
    for (let turn = 0; turn < 2000; turn++) {
      const link = 1 + Math.floor(turn / 40);
      if (turn % 40 === 0) {
        victim.open(link);
        victim.hear(link, victim.failover.endpoints[0]?.peer.role === 'primary' ? message('connectack', 0, [[22, 'fo'], [14, 10], [19, 10]]) : connect());
      }
      const options: Option[] = [];
      for (let count = random.below(6); count > 0; count--)
        options.push(random.pick<Option>([
          [2, address + random.below(24)], [3, random.below(9), 1], [5, hardware], [4, 'id'], [13, wall + random.below(200)], [18, random.u32()],
          [24, random.below(13), 1], [21, random.below(20), 1], [25, random.u32()], [6, random.u32()], [12, random.below(4), 2],
        ]));
      const unique = [...new Map(options.map((option) => [option[0], option])).values()];
      victim.hear(link, message(1 + random.below(12), random.below(50), unique, wall));
      if (random.chance(0.1)) victim.later(random.below(20));
    }
  });
