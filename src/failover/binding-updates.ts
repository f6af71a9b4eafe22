// Binding updates, both ways (failover reference §5.4, §7.2): the partner's, which we believe or reject, and ours, which it
// acknowledges. The verdict's table is in accept-update.ts; rows change in bindings.ts only.

import { toHex } from '../std/bytes.ts';
import type { Ipv4 } from '../std/ipv4.ts';
import { addMillis, never, type MonoMillis, type Now } from '../std/time.ts';
import type { Effects } from '../model/step.ts';
import {
  encodeBndack, encodeBndupd, rejectReason, rejectText, type FailoverHardware, type FailoverMessage, type Rejection,
} from '../wire/failover-message.ts';
import { rejection, type Bndupd } from './accept-update.ts';
import { rivalOf, rivalOption } from './capabilities.ts';
import type { Endpoint } from './endpoint.ts';
import type { Link } from './link.ts';
import * as say from './log-events.ts';
import { inOurTime } from './skew.ts';

type Bndack = Extract<FailoverMessage, { kind: 'bndack' }>;

/**
 * So long after some updates left, later ones wait to be told together. PERF: on both nodes an update costs a few microseconds, the
 * system calls that carry it and make it durable a hundred; no client waits for either.
 */
const togetherMillis = 20;

export class BindingUpdates {
  readonly #endpoint: Endpoint;
  /** When the next updates may leave, where the partner takes many at once. */
  #nextAt = 0 as MonoMillis;
  /** Rows held twice that people were told of since the link came up. */
  readonly #conflicts = new Set<number>();

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
  }

  linkLost(): void {
    this.#conflicts.clear();
    this.#endpoint.queue.requeue();
  }

  // ── The partner's ──

  received(sent: Bndupd, link: Link, now: Now, effects: Effects): void {
    const endpoint = this.#endpoint;
    // Nothing could be written down, so nothing is believed or answered; the partner keeps it and sends it again.
    if (endpoint.isStorageLost) return;
    endpoint.resync.progressed(now);
    const update = inOurTime(sent, now.wall);
    const { address } = update;
    const row = address === undefined ? -1 : endpoint.table.rowOf(address);
    const misplaced = this.#misplaced(address, row);
    const rival = misplaced === undefined ? endpoint.bindings.rival(row, update) : undefined;
    const reject = misplaced ?? this.#verdict(row, update, rival !== undefined, now, effects);
    if (rival !== undefined) this.#sayConflict(row, update, rival, reject === undefined, effects);
    if (reject === undefined) this.#believe(row, update, now, effects);
    const told = rival !== undefined && endpoint.shares('rival') ? rivalOption(rival) : undefined;
    encodeBndack(link.out(effects.afterCommit, now), now.wall, update.xid, address ?? (0 as Ipv4), reject, told);
  }

  #misplaced(address: Ipv4 | undefined, row: number): Rejection | undefined {
    const { table, peer } = this.#endpoint;
    if (address === undefined) return { reason: rejectReason.missingBinding, message: 'binding update lacks required options' };
    if (row < 0 || table.pool(row) < 0) return { reason: rejectReason.illegalAddress, message: 'unknown IP address' };
    return table.peer(row) === peer.index
      ? undefined
      : { reason: rejectReason.illegalAddress, message: 'IP address is covered by a different failover relationship state' };
  }

  #verdict(row: number, update: Bndupd, isRival: boolean, now: Now, effects: Effects): Rejection | undefined {
    const { table, bindings, queue, peer, my } = this.#endpoint;
    const unknownFlags = (update.ipFlags ?? 0) & ~3;
    if (unknownFlags !== 0) effects.log.event(say.unknownFlags, { flags: unknownFlags });
    const isBehind = bindings.isBehind(row);
    const ours = {
      state: bindings.state(row),
      ends: table.ends(row),
      cltt: table.cltt(row),
      isReserved: table.isReserved(row),
      isBootp: table.isBootp(row),
      unacked: queue.unacked.get(row)?.state,
      isRival: isRival && isBehind,
      isUnheard: isBehind || queue.isCrossing(row),
      isOwnPartner: this.#endpoint.shares('rules'),
    };
    return rejection(update, ours, peer.role, my, now.wall);
  }

  #believe(row: number, update: Bndupd, now: Now, effects: Effects): void {
    const endpoint = this.#endpoint;
    const { queue, bindings, peer, my, mclt, hasLostState } = endpoint;
    queue.supersede(row);
    const taken = hasLostState ? bindings.mayHaveRenewed(update, mclt) : update;
    const isOursKept = bindings.accept(row, taken, peer.role, now.wall, effects);
    // Also what was sent already: of two updates that crossed, the partner has refused ours.
    if (taken !== update || isOursKept) queue.push(row);
    if (my === 'recover' && update.hardware !== undefined) endpoint.remembers(effects);
    endpoint.sharing.freed(row, now, effects);
    this.#settled(row, now, effects);
  }

  /** Two clients on one address: the rule's verdict stands, and people are told on both nodes (P2). */
  #sayConflict(row: number, update: Bndupd, rival: FailoverHardware, areTheirsKept: boolean, effects: Effects): void {
    const ip = this.#endpoint.table.ip(row);
    this.#conflicts.add(row);
    const ours = toHex(rival.address, ':');
    const theirs = toHex(update.hardware?.address ?? new Uint8Array(0), ':');
    if (update.status === 'active') effects.log.event(say.leaseConflict, { ip, ours, theirs });
    effects.log.event(say.conflictDetail, { ip, ours, theirs, winner: areTheirsKept ? theirs : ours });
  }

  // ── Ours ──

  get #canSend(): boolean {
    const { link, queue, partnerWindow, isStorageLost } = this.#endpoint;
    return queue.count > 0 && link !== undefined && !isStorageLost && queue.unacked.size < partnerWindow;
  }
  get deadline(): MonoMillis {
    return this.#endpoint.takesBatches && this.#canSend ? this.#nextAt : never;
  }

  /** At the end of a step. A quiet node tells at once; a busy one what came together. PERF: a comparison or two when nothing waits. */
  pumpInTime(now: Now, effects: Effects): void {
    if (this.#canSend && (!this.#endpoint.takesBatches || now.mono >= this.#nextAt)) this.pump(now, effects);
  }

  /** Sends what the partner's window allows. */
  pump(now: Now, effects: Effects): void {
    if (!this.#canSend) return;
    const { link, queue, bindings, table, peer, partnerWindow } = this.#endpoint;
    if (link === undefined) return;
    this.#nextAt = addMillis(now.mono, togetherMillis);
    while (queue.count > 0 && queue.unacked.size < partnerWindow) {
      const row = queue.take();
      if (table.peer(row) !== peer.index) {
        this.#settled(row, now, effects);
        continue;
      }
      bindings.announce(row, now.wall, effects);
      const xid = link.xid(true);
      encodeBndupd(link.out(effects.afterCommit, now), now.wall, xid, bindings.fields(row));
      queue.unacked.set(row, { xid, state: bindings.state(row), sentAt: now.mono });
    }
  }

  acknowledged(ack: Bndack, now: Now, effects: Effects): void {
    const { table, queue, bindings, sharing, peer, name } = this.#endpoint;
    const ip = ack.address ?? (0 as Ipv4);
    const row = table.rowOf(ip);
    if (row < 0) {
      effects.log.event(say.ackUnmatched, { name, ip, text: 'no such lease.' });
      return;
    }
    // Also of an update that was put back meanwhile: the partner says it once.
    this.#hearOfRival(row, ack, effects);
    queue.answered(row, ack.xid);
    const sent = queue.unacked.get(row);
    if (sent === undefined) return;
    if (sent.xid !== ack.xid) {
      effects.log.event(say.ackUnmatched, { name, ip, text: 'xid mismatch.' });
      return;
    }
    queue.unacked.delete(row);
    if (ack.rejectReason !== undefined) {
      const text = ack.message ?? rejectText(ack.rejectReason);
      effects.log.event(say.updateRejected, { name, ip, text });
    } else {
      bindings.acknowledged(row, peer.role, effects);
      sharing.freed(row, now, effects);
    }
    this.#settled(row, now, effects);
  }

  /** The partner leased the address to another client: its verdict is in the acknowledgement, and people are told here too. */
  #hearOfRival(row: number, { privateOptions, rejectReason: reason }: Bndack, effects: Effects): void {
    const { table } = this.#endpoint;
    const rival = rivalOf(privateOptions);
    if (rival === undefined || !this.#endpoint.shares('rival') || this.#conflicts.has(row)) return;
    const ours = toHex(table.lease(row).hardware?.address ?? new Uint8Array(0), ':');
    const theirs = toHex(rival, ':');
    effects.log.event(say.conflictDetail, { ip: table.ip(row), ours, theirs, winner: reason === undefined ? ours : theirs });
  }

  /** The row's update is answered, one way or the other. */
  #settled(row: number, now: Now, effects: Effects): void {
    this.#endpoint.queue.settle(row);
    this.#endpoint.resync.finishIfDone(now, effects);
  }

  /** What the partner has not acknowledged waits to be sent. */
  queueMissed(effects: Effects): void {
    const { bindings, queue, link, name } = this.#endpoint;
    this.#endpoint.eachRow((row) => {
      if (bindings.isBehind(row) && !queue.unacked.has(row)) queue.push(row);
    });
    if (queue.count > 0 && link !== undefined) effects.log.event(say.sendingUpdates, { name });
  }
}
