import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { assert as invariant } from '../std/assert.ts';
import type { Ipv4 } from '../std/ipv4.ts';
import { never } from '../std/time.ts';
import type { Effects, Node, NodeEvent, PacketIn } from '../model/step.ts';
import { LogBuffer } from '../node/log-buffer.ts';
import { DhcpView, dhcpAt, magicCookie } from '../wire/dhcp-view.ts';
import { Clock } from './clock.ts';
import { Drain, type PacketPort } from './drain.ts';
import { Journal } from './journal.ts';
import type { LogLines } from './log-sink.ts';
import { Quarantine } from './quarantine.ts';
import type { Lane } from './send-lanes.ts';
import { MemoryDisk } from './testing.ts';

const path = '/leases';
type Step = (event: NodeEvent, effects: Effects) => void;

function packet(xid: number): PacketIn {
  const slot = new Uint8Array(2048);
  const view = new DataView(slot.buffer);
  slot.set([1, 1, 6]);
  view.setUint32(dhcpAt.xid, xid);
  slot.set([2, 0, 0, 0, 0, 1], dhcpAt.chaddr);
  view.setUint32(dhcpAt.cookie, magicCookie);
  slot.set([53, 1, 1, 255], dhcpAt.options);
  const dhcp = new DhcpView(slot);
  assert.equal(dhcp.check(300), 'ok');
  return { view: dhcp, ifindex: 1, source: 0 as Ipv4, sourcePort: 68, destination: 0 as Ipv4 };
}

/** What happens outside, in order: `write`, `fdatasync`, `frame now`, `frame after`, `link 1 …`, `request …`. */
class Bench implements PacketPort {
  packets: PacketIn[] = [];
  readonly happened: string[] = [];
  readonly log = new LogBuffer();
  readonly lines: string[] = [];
  readonly disk = new MemoryDisk();
  readonly journal: Journal;
  readonly drain: Drain;
  readonly quarantine: Quarantine;
  fatalCount = 0;
  quarantinedCount = 0;
  readonly #waiting: PacketIn[] = [];

  constructor(step: Step, quarantine = new Quarantine('/nonexistent/q', 0)) {
    this.quarantine = quarantine;
    const { disk, happened } = this;
    const write = disk.write.bind(disk);
    disk.write = (...args) => (happened.push('write'), write(...args));
    const sync = disk.fdatasync.bind(disk);
    disk.fdatasync = (...args) => (happened.push('fdatasync'), sync(...args));
    this.journal = new Journal(disk, path, { close: (writer, _from, sequence) => writer.text(`# ${sequence}\n`) });
    const node: Node = { step, deadline: never, isReady: true, snapshot: () => -1, dangersOf: () => [] };
    this.drain = new Drain({
      node,
      journal: this.journal,
      port: this,
      clock: new Clock(),
      log: this.log,
      sink: { write: (lines) => this.#keep(lines), flush: () => true, dropped: 0, close: () => {} },
      quarantine,
      execute: (request) => void happened.push(`request ${request.kind}`),
      writeLink: (link, bytes) => (happened.push(`link ${link} ${Buffer.from(bytes).toString()}`), true),
      reply: (session, value) => void happened.push(`reply ${session} ${String(value)}`),
      clockStepMax: () => 5,
      onFatal: () => void this.fatalCount++,
    });
  }
  #keep(lines: LogLines): void {
    this.lines.push(...Buffer.from(lines.out.view()).toString().split('\n').slice(0, -1));
  }
  get hasReadable(): boolean {
    return this.#waiting.length > 0;
  }
  fill(): number {
    this.packets = this.#waiting.splice(0);
    return this.packets.length;
  }
  send(lane: Lane): void {
    const name = lane === this.drain.nowLane ? 'now' : 'after';
    for (let i = 0; i < lane.frameCount; i++) this.happened.push(`frame ${name} ${lane.frames[i]?.size ?? 0}`);
  }
  countDrop(): void {
    this.quarantinedCount++;
  }
  /** Packets and one turn. */
  turn(...packets: PacketIn[]): void {
    this.#waiting.push(...packets);
    this.drain.settle({ kind: 'tick' });
  }
}

const frameOf = (lane: Effects['now'], size: number): void => {
  const frame = lane.frame();
  if (frame !== undefined) frame.size = size;
};

test('now leaves before the disk, afterCommit behind it, requests last', () => {
  const bench = new Bench((event, effects) => {
    if (event.kind !== 'packet') return;
    effects.requests.push({ kind: 'close', link: 7 });
    effects.afterCommit.link(7).text('bye');
    effects.afterCommit.reply(1, 'done');
    frameOf(effects.afterCommit, 2);
    frameOf(effects.now, 1);
    effects.journal.text('lease\n');
  });
  bench.turn(packet(1));
  assert.deepEqual(bench.happened, ['frame now 1', 'write', 'fdatasync', 'frame after 2', 'link 7 bye', 'reply 1 done', 'request close']);
  bench.drain.stop();
});

test('a batch is one group, and its commit is told', () => {
  const seen: string[] = [];
  const bench = new Bench((event, effects) => {
    seen.push(event.kind);
    if (event.kind === 'packet') effects.journal.text('lease\n');
  });
  bench.turn(packet(1), packet(2), packet(3));
  assert.deepEqual(bench.happened, ['write', 'fdatasync']);
  assert.deepEqual(seen, ['tick', 'packet', 'packet', 'packet', 'committed']);
  assert.equal(bench.disk.text(path), 'lease\nlease\nlease\n# 1\n');
  bench.drain.stop();
});

test('what a commit causes is committed in the same turn', () => {
  let isFirst = true;
  const bench = new Bench((event, effects) => {
    if (event.kind === 'packet') effects.journal.text('first\n');
    if (event.kind === 'committed' && isFirst) {
      isFirst = false;
      effects.journal.text('second\n');
      frameOf(effects.afterCommit, 9);
    }
  });
  bench.turn(packet(1));
  assert.deepEqual(bench.happened, ['write', 'fdatasync', 'write', 'fdatasync', 'frame after 9']);
  bench.drain.stop();
});

for (const [call, code, reason] of [['write', 'ENOSPC', 'full'], ['write', 'EIO', 'write'], ['fdatasync', 'EIO', 'sync']] as const)
  test(`nothing that needs the disk leaves when ${call} fails with ${code}`, () => {
    const failures: string[] = [];
    const bench = new Bench((event, effects) => {
      if (event.kind === 'commit-failed') failures.push(event.reason);
      if (event.kind !== 'packet') return;
      frameOf(effects.now, 1);
      frameOf(effects.afterCommit, 2);
      effects.afterCommit.link(3).text('BNDACK');
      effects.journal.text('lease\n');
    });
    bench.disk.failing.set(call, code);
    bench.turn(packet(1));
    assert.deepEqual(failures, [reason]);
    assert.deepEqual(bench.happened.filter((what) => what.startsWith('frame') || what.startsWith('link')), ['frame now 1']);
    bench.drain.stop();
  });

test('a full lane leaves early instead of losing replies', () => {
  const bench = new Bench((event, effects) => {
    if (event.kind === 'packet') for (let i = 0; i < 10; i++) frameOf(effects.now, 1);
  });
  bench.turn(...Array.from({ length: 200 }, (_, xid) => packet(xid)));
  assert.equal(bench.happened.length, 2000);
  assert.equal(bench.drain.nowLane.fullCount, 0);
  bench.drain.stop();
});

test('a packet that breaks an invariant before anything changed is dropped, kept in hex, and the next one is served [P8]', () => {
  const bench = new Bench((event, effects) => {
    if (event.kind !== 'packet') return;
    invariant(event.packet.view.xid !== 2, 'no such packet');
    frameOf(effects.now, event.packet.view.xid);
  });
  bench.turn(packet(1), packet(2), packet(3));
  assert.deepEqual(bench.happened, ['frame now 1', 'frame now 3']);
  assert.equal(bench.fatalCount, 0);
  assert.match(bench.lines.join('\n'), /dropped a packet that broke an invariant \(1 so far\): no such packet: 010106/);
  bench.drain.stop();
});

test('one that broke it half way is quarantined: earlier packets are answered, its own effects are not, the process ends [P8]', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'leasehold-drain-')), 'quarantine');
  const step: Step = (event, effects) => {
    if (event.kind !== 'packet') return;
    const { xid } = event.packet.view;
    effects.journal.text(`lease ${xid}\n`);
    frameOf(effects.afterCommit, xid);
    invariant(xid !== 2, 'half way');
  };
  const bench = new Bench(step, new Quarantine(file, 0));
  bench.turn(packet(1), packet(2), packet(3));
  assert.equal(bench.fatalCount, 1);
  assert.deepEqual(bench.happened, ['write', 'fdatasync', 'frame after 1']);
  assert.equal(bench.disk.text(path), 'lease 1\n# 1\n');
  assert.match(readFileSync(file, 'utf8'), /^\d+ 010106/);
  assert.match(bench.lines.join('\n'), /quarantined, restarting/);

  const now = Math.floor(Date.now() / 1000);
  const next = new Bench(step, new Quarantine(file, now));
  next.turn(packet(1), packet(2), packet(4));
  assert.equal(next.quarantinedCount, 3, 'xid does not count');
  assert.equal(next.fatalCount, 0);
  const anHourLater = new Quarantine(file, now + 3601);
  assert.equal(anHourLater.size, 0);
  next.drain.stop();
});

test('an invariant broken outside the packet path ends the process', () => {
  const bench = new Bench((event) => invariant(event.kind !== 'stop', 'broken'));
  bench.drain.settle({ kind: 'stop' });
  assert.equal(bench.fatalCount, 1);
});
