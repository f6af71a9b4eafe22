// Parcels between two Leasehold nodes: whole, in order, bounded, and never said to anybody else.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByteWriter } from '../std/bytes.ts';
import { never, type MonoMillis, type Now, type UnixSeconds } from '../std/time.ts';
import type { LinkId, SendLane } from '../model/step.ts';
import { FailoverReader } from '../wire/failover-message.ts';
import { encodeParcel, parcelSizeMax, pieceSizeMax, type TopicName } from '../wire/failover-parcel.ts';
import type { Endpoint } from './endpoint.ts';
import { Link } from './link.ts';
import { Parcels, type Topic } from './parcels.ts';
import { TestEffects } from './testing.ts';

const now: Now = { mono: 0 as MonoMillis, wall: 1_800_000_000 as UnixSeconds };

class Heard implements Topic {
  readonly name: TopicName;
  readonly needsSecurity: boolean;
  readonly deadline = never;
  readonly parcels: Uint8Array[] = [];
  ups = 0;
  constructor(name: TopicName, needsSecurity = false) {
    this.name = name;
    this.needsSecurity = needsSecurity;
  }
  linkUp(): void {
    this.ups++;
  }
  linkLost(): void {}
  received(parcel: Uint8Array): void {
    this.parcels.push(parcel);
  }
  tick(): void {}
  afterStep(): void {}
}

interface Side {
  readonly parcels: Parcels;
  readonly topic: Heard;
  readonly effects: TestEffects;
}
function sideOf(topic: Heard, { isLeasehold = true, cipher = undefined as string | undefined } = {}): Side {
  const link = new Link(1 as LinkId, false, now);
  link.cipher = cipher;
  const endpoint = { name: 'fo', link, shares: () => isLeasehold } as unknown as Endpoint;
  return { parcels: new Parcels(endpoint, [topic]), topic, effects: new TestEffects() };
}

const written = (lane: SendLane): Uint8Array => lane.link(1 as LinkId).copy();
/** Every message must be one that dhcpd would read to its end and ignore. */
function deliver(bytes: Uint8Array, to: Side): void {
  const reader = new FailoverReader();
  reader.push(bytes);
  for (let message = reader.next(); message !== undefined; message = reader.next()) {
    assert.equal(message.kind, 'contact');
    if (message.kind === 'contact') to.parcels.received(message.privateOptions, now, to.effects);
  }
}
const filled = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, at) => (at * 31) & 0xff);

for (const size of [0, 1, pieceSizeMax - 1, pieceSizeMax, pieceSizeMax + 1, 100_000, parcelSizeMax])
  test(`a parcel of ${size} bytes arrives as it was sent`, () => {
    const [from, to] = [sideOf(new Heard('drift')), sideOf(new Heard('drift'))];
    from.parcels.send(from.topic, filled(size), now, from.effects);
    deliver(written(from.effects.afterCommit), to);
    assert.deepEqual(to.topic.parcels, [filled(size)]);
  });

test('a parcel that is too large is thrown away, said, and does not spoil the next one', () => {
  const [from, to] = [sideOf(new Heard('drift')), sideOf(new Heard('drift'))];
  from.parcels.send(from.topic, filled(parcelSizeMax + 3 * pieceSizeMax), now, from.effects);
  from.parcels.send(from.topic, filled(5), now, from.effects);
  deliver(written(from.effects.afterCommit), to);
  assert.deepEqual(to.topic.parcels, [filled(5)]);
  assert.match(to.effects.lines.join(), /sent \d+ bytes about drift in one go/);
});

test('two parcels whose pieces come mixed are told apart; a topic nobody here knows is skipped', () => {
  const to = sideOf(new Heard('hosts'));
  const out = new ByteWriter();
  let xid = 0;
  for (const topic of ['files', 'hosts', 'boot'] as const) encodeParcel(out, 0, () => xid++, topic, filled(3 * pieceSizeMax));
  deliver(out.copy(), to);
  assert.deepEqual(to.topic.parcels, [filled(3 * pieceSizeMax)]);
});

test('half a parcel dies with its link', () => {
  const [from, to] = [sideOf(new Heard('drift')), sideOf(new Heard('drift'))];
  from.parcels.send(from.topic, filled(2 * pieceSizeMax), now, from.effects);
  const bytes = written(from.effects.afterCommit);
  deliver(bytes.subarray(0, bytes.length / 2), to);
  to.parcels.linkLost();
  deliver(bytes, to);
  assert.deepEqual(to.topic.parcels, [filled(2 * pieceSizeMax)]);
});

const silent: readonly { readonly why: string; readonly needsSecurity: boolean; readonly isLeasehold: boolean; readonly cipher?: string }[] = [
  { why: 'to a dhcpd', needsSecurity: false, isLeasehold: false },
  { why: 'to a dhcpd, secured or not', needsSecurity: true, isLeasehold: false },
  { why: 'about what changes something, over a plain link', needsSecurity: true, isLeasehold: true },
];
for (const { why, needsSecurity, ...kind } of silent)
  test(`nothing is said, and nothing heard, ${why}`, () => {
    const side = sideOf(new Heard('hosts', needsSecurity), kind);
    side.parcels.linkUp(now, side.effects);
    side.parcels.send(side.topic, filled(10), now, side.effects);
    assert.equal(written(side.effects.afterCommit).length, 0);
    assert.equal(side.topic.ups, 0);
    const out = new ByteWriter();
    encodeParcel(out, 0, () => 1, 'hosts', filled(10));
    deliver(out.copy(), side);
    assert.deepEqual(side.topic.parcels, []);
  });
