// The run loop: packets and events in, one group per batch to the disk, replies out.
//   receive batch → step each → send `now` → one write, one fdatasync → send `afterCommit` → again while readable
// PERF: no promise, no allocation per packet; a turn is bounded so that TCP and timers keep their share.

import { assert, InvariantError } from '../std/assert.ts';
import { toHex } from '../std/bytes.ts';
import { never, type MonoMillis, type Now } from '../std/time.ts';
import type { Effects, LinkId, Node, NodeEvent, PacketIn, Request, SessionId } from '../model/step.ts';
import type { LogLane } from '../model/log-lane.ts';
import type { Clock } from './clock.ts';
import type { Inbox, UntimedEvent } from './inbox.ts';
import type { Journal } from './journal.ts';
import type { LogLines, LogSink } from './log-sink.ts';
import { laneFull, packetBrokeInvariant, packetQuarantined, slowCommit, stepFailed } from './log-events.ts';
import type { Quarantine } from './quarantine.ts';
import { eventLoop, type Scheduler } from './scheduler.ts';
import { Lane, type LaneMark } from './send-lanes.ts';
import { sourceStackOf } from './source-stack.ts';

/** The log lane of a drain: rendered lines, handed to the sink at the end of each turn. */
export type LogBuffer = LogLane & LogLines & { reset(): void };

/** Where packets come from and frames go to; the network in production, a queue in tests. */
export interface PacketPort {
  readonly packets: readonly PacketIn[];
  readonly hasReadable: boolean;
  /** Fills `packets` from its start; how many. */
  fill(): number;
  /** Sends every frame of the lane. */
  send(lane: Lane): void;
  countDrop(reason: 'quarantined'): void;
}

export interface DrainDeps {
  readonly node: Node;
  readonly journal: Journal;
  readonly port: PacketPort;
  readonly clock: Clock;
  readonly log: LogBuffer;
  readonly sink: LogSink;
  readonly quarantine: Quarantine;
  readonly execute: (request: Request) => void;
  readonly writeLink: (link: LinkId, bytes: Uint8Array) => boolean;
  readonly reply: (session: SessionId, value: unknown) => void;
  /** A wall-clock step beyond this is announced, seconds. */
  readonly clockStepMax: () => number;
  /** The journal is at fault from now on. */
  readonly onCommitFailed?: () => void;
  /** The process cannot go on: everything that could be kept is on disk. */
  readonly onFatal: () => void;
  readonly scheduler?: Scheduler;
  /** Send slots of each lane; absent: what a loaded server needs. */
  readonly lanesFrames?: number;
}

/** Send slots per lane: twice the receive slots, because a step may answer more than once. */
const lanesFramesMax = 512;
/** Frames that one step may want; with fewer left the lane leaves first. */
const stepFramesMax = 16;
/** Rounds and time of one turn before the event loop gets its own. */
const roundsMax = 8;
const turnMillisMax = 20;
/** Steps caused by commits of steps caused by commits … in one round. */
const settleRoundsMax = 16;
const slowCommitMillis = 50;
const idleMillisMax = 60_000;

interface Mark {
  journalSize: number;
  requests: number;
  readonly now: LaneMark;
  readonly afterCommit: LaneMark;
}
const laneMark = (): LaneMark => ({ frames: 0, linkSize: 0, replies: 0 });

export class Drain implements Inbox {
  readonly nowLane: Lane;
  readonly afterCommitLane: Lane;
  readonly counters = { packets: 0, groups: 0, slowCommits: 0, invariants: 0 };
  readonly #deps: DrainDeps;
  readonly #effects: Effects & { requests: Request[] };
  readonly #inbox: UntimedEvent[] = [];
  readonly #mark: Mark = { journalSize: 0, requests: 0, now: laneMark(), afterCommit: laneMark() };
  /** PERF: the one event object of the packet path. */
  readonly #packetEvent: { kind: 'packet'; packet: PacketIn; now: Now };
  readonly #turn = (): void => this.#runTurn();
  #now: Now;
  #isScheduled = false;
  #isStopped = false;
  readonly #scheduler: Scheduler;
  #timer: unknown;
  #timerAt: MonoMillis = never;
  #laneFullSaid = 0;

  constructor(deps: DrainDeps) {
    this.#deps = deps;
    this.#scheduler = deps.scheduler ?? eventLoop;
    this.nowLane = new Lane(deps.lanesFrames ?? lanesFramesMax);
    this.afterCommitLane = new Lane(deps.lanesFrames ?? lanesFramesMax);
    this.#effects = {
      journal: deps.journal.lane,
      now: this.nowLane,
      afterCommit: this.afterCommitLane,
      requests: [],
      log: deps.log,
    };
    this.#now = deps.clock.read(deps.clockStepMax());
    this.#packetEvent = { kind: 'packet', packet: undefined as unknown as PacketIn, now: this.#now };
  }

  get now(): Now {
    return this.#now;
  }

  deliver(event: UntimedEvent): void {
    this.#inbox.push(event);
    this.schedule();
  }

  /** A turn in the check phase of this pass of the event loop, after every readable descriptor was marked. */
  schedule(): void {
    if (this.#isScheduled || this.#isStopped) return;
    this.#isScheduled = true;
    this.#scheduler.soon(this.#turn);
  }

  /** Steps an event at once, commits and sends: start and stop, where nothing else may happen in between. */
  settle(event: UntimedEvent): void {
    this.#inbox.push(event);
    this.#runTurn();
  }

  /** Lines said between turns reach the sink. */
  flushLog(): void {
    this.#flushLog();
  }

  stop(): void {
    this.#isStopped = true;
    this.#scheduler.cancel(this.#timer);
    this.#flushLog();
  }

  #runTurn(): void {
    this.#isScheduled = false;
    if (this.#isStopped) return;
    const { clock, port, node } = this.#deps;
    const startedAt = clock.monoMillis();
    for (let round = 0; round < roundsMax; round++) {
      this.#readClock();
      this.#stepInbox();
      const count = this.#stepPackets();
      if (node.deadline <= this.#now.mono) this.#step({ kind: 'tick', now: this.#now });
      this.#commitAndSend();
      if (count === 0 && this.#inbox.length === 0) break;
      if (clock.monoMillis() - startedAt > turnMillisMax) break;
    }
    this.#flushLog();
    if (this.#isStopped) return;
    if (this.#inbox.length > 0 || port.hasReadable) this.schedule();
    this.#arm();
  }

  #readClock(): void {
    const { clock } = this.#deps;
    this.#now = clock.read(this.#deps.clockStepMax());
    this.#packetEvent.now = this.#now;
    if (clock.jumpSeconds !== 0) this.#step({ kind: 'clock-step', deltaSeconds: clock.jumpSeconds, now: this.#now });
  }

  #stepInbox(): void {
    // Events that a step delivers while this runs wait for the next round.
    const count = this.#inbox.length;
    for (let i = 0; i < count; i++) {
      const event = this.#inbox[i] as UntimedEvent;
      this.#step({ ...event, now: this.#now } as NodeEvent);
      if (event.kind === 'link-closed') this.#forgetLink(event.link);
      this.#makeRoom();
    }
    this.#inbox.splice(0, count);
  }

  #stepPackets(): number {
    const { port, quarantine } = this.#deps;
    if (!port.hasReadable) return 0;
    const count = port.fill();
    for (let i = 0; i < count; i++) {
      const packet = port.packets[i] as PacketIn;
      if (quarantine.size > 0 && quarantine.holds(packet.view.slot, packet.view.start, packet.view.size)) {
        port.countDrop('quarantined');
        continue;
      }
      this.#packetEvent.packet = packet;
      this.#step(this.#packetEvent);
      this.#makeRoom();
    }
    this.counters.packets += count;
    return count;
  }

  #makeRoom(): void {
    if (this.nowLane.room < stepFramesMax || this.afterCommitLane.room < stepFramesMax) this.#commitAndSend();
  }

  #step(event: NodeEvent): void {
    if (this.#isStopped) return;
    const { journal, node } = this.#deps;
    const mark = this.#mark;
    mark.journalSize = journal.lane.size;
    mark.requests = this.#effects.requests.length;
    this.nowLane.mark(mark.now);
    this.afterCommitLane.mark(mark.afterCommit);
    try {
      node.step(event, this.#effects);
    } catch (error) {
      this.#stepThrew(event, error instanceof Error ? error : new InvariantError(String(error)));
    }
  }

  /** P8. What a packet left untouched is worth keeping; everything else starts again from the lease file. */
  #stepThrew(event: NodeEvent, error: Error): void {
    const { log } = this.#deps;
    this.counters.invariants++;
    if (event.kind === 'packet') {
      const { view } = event.packet;
      const payload = view.slot.subarray(view.start, view.start + view.size);
      const fields = { message: error.message, hex: toHex(payload), count: this.counters.invariants };
      if (this.#isUntouched()) {
        log.event(packetBrokeInvariant, fields);
        return;
      }
      this.#deps.quarantine.add(payload, this.#now.wall);
      log.event(packetQuarantined, fields);
    } else log.event(stepFailed, { event: event.kind, message: sourceStackOf(error) });
    this.#takeBack();
    this.#isStopped = true;
    this.#commitGroup();
    this.stop();
    this.#deps.onFatal();
  }

  #isUntouched(): boolean {
    const mark = this.#mark;
    return (
      this.#deps.journal.lane.size === mark.journalSize &&
      this.#effects.requests.length === mark.requests &&
      this.nowLane.isAt(mark.now) &&
      this.afterCommitLane.isAt(mark.afterCommit)
    );
  }

  /** Only what the steps before this one did remains; half-written links are dropped with their connection. */
  #takeBack(): void {
    const mark = this.#mark;
    this.#deps.journal.lane.truncate(mark.journalSize);
    this.nowLane.takeBack(mark.now);
    this.afterCommitLane.takeBack(mark.afterCommit);
    this.#effects.requests.length = 0;
  }

  /** Until the effects of commits are committed too. */
  #commitAndSend(): void {
    for (let i = 0; i < settleRoundsMax; i++) {
      if (this.#isIdle()) return;
      this.#commitGroup();
      if (this.#isStopped) return;
    }
  }

  #isIdle(): boolean {
    return (
      this.#deps.journal.lane.size === 0 &&
      this.nowLane.isEmpty &&
      this.afterCommitLane.isEmpty &&
      this.#effects.requests.length === 0
    );
  }

  #commitGroup(): void {
    const { journal } = this.#deps;
    this.#sendLane(this.nowLane);
    const result = this.#commitJournal();
    if (result === 'ok' || result === 'nothing') this.#sendLane(this.afterCommitLane);
    else this.afterCommitLane.clear();
    this.#executeRequests();
    if (result === 'ok') this.#step({ kind: 'committed', group: journal.sequence, now: this.#now });
    else if (result !== 'nothing') {
      this.#step({ kind: 'commit-failed', group: journal.sequence, reason: result, detail: journal.detail, now: this.#now });
      this.#deps.onCommitFailed?.();
    }
  }

  #commitJournal(): ReturnType<Journal['commit']> {
    const { journal, clock, log } = this.#deps;
    const bytes = journal.lane.size;
    if (bytes === 0) return 'nothing';
    const startedAt = clock.monoMillis();
    const result = journal.commit();
    const millis = clock.monoMillis() - startedAt;
    this.counters.groups++;
    if (millis > slowCommitMillis) {
      this.counters.slowCommits++;
      log.event(slowCommit, { millis, bytes });
    }
    return result;
  }

  #sendLane(lane: Lane): void {
    if (lane.isEmpty) return;
    if (lane.frameCount > 0) this.#deps.port.send(lane);
    lane.drainLinks(this.#deps.writeLink);
    for (const { session, value } of lane.replies) this.#deps.reply(session, value);
    lane.clear();
  }

  #executeRequests(): void {
    const { requests } = this.#effects;
    if (requests.length === 0) return;
    for (const request of requests.splice(0)) {
      this.#deps.execute(request);
      if (request.kind === 'close') this.#forgetLink(request.link);
    }
  }

  #forgetLink(link: LinkId): void {
    this.nowLane.forget(link);
    this.afterCommitLane.forget(link);
  }

  #flushLog(): void {
    const { log, sink } = this.#deps;
    const full = this.nowLane.fullCount + this.afterCommitLane.fullCount;
    if (full > this.#laneFullSaid) {
      log.event(laneFull, { count: full - this.#laneFullSaid });
      this.#laneFullSaid = full;
    }
    if (log.lines === 0) return;
    sink.write(log);
    log.reset();
  }

  /** PERF: the timer is set again only when the deadline came nearer, or when it fired. */
  #arm(): void {
    const { node, clock } = this.#deps;
    const wanted = node.deadline;
    if (this.#timerAt <= wanted && this.#timer !== undefined) return;
    this.#scheduler.cancel(this.#timer);
    const delay = Math.min(Math.max(wanted - clock.monoMillis(), 0), idleMillisMax);
    assert(!Number.isNaN(delay), 'a deadline is a number');
    this.#timerAt = Math.min(wanted, this.#now.mono + idleMillisMax) as MonoMillis;
    this.#timer = this.#scheduler.later(() => {
      this.#timer = undefined;
      this.#timerAt = never;
      this.#runTurn();
    }, Math.ceil(delay));
  }
}
