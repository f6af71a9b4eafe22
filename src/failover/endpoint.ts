// One relationship: its states, its link, and what goes over it. The tables are in peer-states.ts and accept-update.ts; rows
// change in bindings.ts only. Every state change is in the journal before its STATE message leaves (reference §4.2).

import { assert } from '../std/assert.ts';
import { TimerQueue } from '../std/timer-queue.ts';
import { Prng } from '../std/prng.ts';
import type { Ipv4 } from '../std/ipv4.ts';
import { addMillis, addSeconds, latest, monoAt, never, seconds, unset, type MonoMillis, type Now, type Seconds, type UnixSeconds } from '../std/time.ts';
import { bindingCode } from '../model/binding-state.ts';
import type { AddressItem } from '../model/expression.ts';
import type { Answer, Effects, LinkId, RequestId } from '../model/step.ts';
import type { FailoverPeer, ServerConfig } from '../model/server-config.ts';
import type { ServiceView } from '../model/service-view.ts';
import type { LeaseStore } from '../lease/lease-store.ts';
import { encodeBare, encodeBndack, encodeBndupd, encodePoolresp, encodeState, rejectReason, rejectText, type AnnouncedState, type FailoverMessage } from '../wire/failover-message.ts';
import { rejection, type Bndupd } from './accept-update.ts';
import { Bindings } from './bindings.ts';
import { Handshake } from './handshake.ts';
import { Link } from './link.ts';
import * as say from './log-events.ts';
import { balanceNumbers, balancePool } from './pool-balance.ts';
import {
  handlesRepeats,
  onDisconnect,
  onUpdateDone,
  partnerOverride,
  reactionTo,
  requeuesOnLeaving,
  serviceOf,
  startupReaction,
  type ServerState,
} from './peer-states.ts';
import { UpdateQueue } from './updates.ts';

export interface EndpointDeps {
  readonly config: ServerConfig;
  readonly peer: FailoverPeer;
  readonly store: LeaseStore;
  readonly view: ServiceView;
  readonly seed: number;
  readonly nextRequestId: () => RequestId;
}

type Timer =
  'startup' | 'contact' | 'receive' | 'reconnect' | 'auto-partner-down' | 'recover-wait' | 'balance' | 'served' | 'handshake' | 'pool-request';

const startupMillis = 15_000;
export const handshakeMillis = 15_000;
const reconnectMillis = 5_000;
const reconnectLateMillis = 90_000;
/** dhcpd acknowledges within 2 s; far beyond that an update is lost and only a new link brings it again (§11.2). */
const ackPatienceMillis = 20_000;
/** The last-served heartbeat says so much in advance and is renewed at half of it, so that it is never behind. */
const servedAheadSeconds = 60;
/** A starving pool asks the partner again at most this often. */
const poolRequestMillis = 2_000;
const mcltByDefault = seconds(3600);

/** The shortest period of CONTACT; a partner that advertises less must not make us flood it (§11.1 item 3). */
export const contactPeriodMillis = (partnerTimer: number): number => Math.max(Math.floor(partnerTimer / 3), 1) * 1000;

export class Endpoint {
  readonly peer: FailoverPeer;
  readonly view: ServiceView;
  readonly queue = new UpdateQueue();
  readonly bindings: Bindings;
  readonly timers = new TimerQueue<Timer>();
  readonly random: Prng;
  #deps: EndpointDeps;
  readonly #handshake: Handshake;
  my: ServerState = 'startup';
  /** Where startup leads when nobody answers. */
  saved: ServerState = 'recover';
  stos: UnixSeconds = unset;
  partner: ServerState = 'unknown-state';
  partnerStos: UnixSeconds = unset;
  link: Link | undefined;
  readonly pending = new Map<LinkId, Link>();
  /** What the partner advertised. */
  partnerWindow = 0;
  partnerTimer = 20;
  partnerVendor = '';
  mclt: Seconds = mcltByDefault;
  hashBuckets: Uint8Array | undefined;
  /** No record, no pair identity: a lost disk, or a pair nobody declared new. */
  hasLostState = false;
  /** Recover-wait ends MCLT after this. */
  waitFrom: UnixSeconds = unset;
  /** An update request of the partner that is being answered: its xid, and the row whose acknowledgement ends it. */
  #serving: { readonly xid: number; readonly lastRow: number } | undefined;
  #connecting: RequestId | undefined;
  #listening: RequestId | undefined;
  #isStorageLost = false;
  #skewSaid = 0;

  constructor(deps: EndpointDeps) {
    this.#deps = deps;
    this.peer = deps.peer;
    this.view = deps.view;
    this.bindings = new Bindings(deps.store.table);
    this.random = new Prng(deps.seed);
    this.#handshake = new Handshake(this);
    this.mclt = deps.peer.mclt ?? mcltByDefault;
    this.hashBuckets = deps.peer.hashBuckets;
  }

  get name(): string {
    return this.peer.name;
  }
  get deadline(): MonoMillis {
    return this.timers.earliest;
  }
  get isLeaseholdPartner(): boolean {
    return this.partnerVendor.startsWith('leasehold/');
  }
  get pools(): readonly number[] {
    return this.#deps.config.pools.filter(({ peer }) => peer === this.peer.index).map(({ index }) => index);
  }

  #address(item: AddressItem): Ipv4 | undefined {
    return item.kind === 'address' ? item.address : this.#deps.store.names.addressesOf(item.name)?.[0];
  }
  get partnerAddress(): Ipv4 | undefined {
    return this.#address(this.peer.partnerAddress);
  }

  // ── Start and stop ──

  start(now: Now, effects: Effects): void {
    const { failover } = this.#deps.store;
    const record = failover.state(this.name);
    const isNewPair = failover.identity(this.name) !== undefined;
    this.hasLostState = record === undefined && !isNewPair;
    this.stos = record?.my.at ?? now.wall;
    this.saved = savedState(record?.my.state);
    this.partner = record?.partner.state ?? 'unknown-state';
    this.partnerStos = record?.partner.at ?? now.wall;
    if (this.peer.role === 'secondary' && record?.mclt !== undefined) this.mclt = record.mclt;
    const served = failover.lastServed(this.name) ?? unset;
    this.waitFrom = this.hasLostState ? now.wall : latest(record?.my.at ?? unset, served < now.wall + servedAheadSeconds ? served : now.wall);
    if (this.hasLostState) effects.log.event(say.waitingAfterLoss, { name: this.name, seconds: this.mclt });
    this.my = 'startup';
    this.timers.set('startup', addMillis(now.mono, startupMillis));
    this.#listen(effects);
    this.connect(effects);
    this.updateView();
  }

  /** The partner serves alone from the moment it hears this; our own record stays what it was. */
  stop(now: Now, effects: Effects): void {
    if (this.link === undefined) return;
    if (this.my === 'normal') this.#sendState(this.link, 'paused', now, effects, 'now');
    this.link.close(effects);
  }

  storageLost(now: Now, effects: Effects): void {
    this.#isStorageLost = true;
    if (this.link !== undefined && this.my === 'normal') this.#sendState(this.link, 'paused', now, effects, 'now');
    this.updateView();
  }
  storageRestored(now: Now, effects: Effects): void {
    this.#isStorageLost = false;
    // The partner went to communications-interrupted; saying so too brings both back to normal.
    if (this.my === 'normal') this.setState('communications-interrupted', now, effects);
    this.updateView();
  }

  #listen(effects: Effects): void {
    const address = this.#address(this.peer.address);
    if (address === undefined) return;
    this.#listening = this.#deps.nextRequestId();
    effects.requests.push({ kind: 'listen', id: this.#listening, address, port: this.peer.port });
  }

  connect(effects: Effects): void {
    const local = this.#address(this.peer.address);
    const remote = this.partnerAddress;
    if (this.link !== undefined || this.#connecting !== undefined) return;
    if (local === undefined || remote === undefined) return;
    this.#connecting = this.#deps.nextRequestId();
    effects.requests.push({ kind: 'connect', id: this.#connecting, local, remote, port: this.peer.partnerPort });
  }

  /** Pools and networks changed; the relationship itself did not. */
  reconfigure(config: ServerConfig): void {
    this.#deps = { ...this.#deps, config };
  }

  // ── Links ──

  /** Whether the request was ours. */
  answer(request: RequestId, answer: Answer, now: Now, effects: Effects): boolean {
    if (request === this.#listening) {
      if (answer.kind === 'listen' && !answer.isListening) this.timers.set('reconnect', addMillis(now.mono, reconnectLateMillis));
      return true;
    }
    if (request !== this.#connecting) return false;
    this.#connecting = undefined;
    if (answer.kind === 'connect-failed') {
      if (answer.isImmediate) effects.log.event(say.connectFailed, { name: this.name, detail: reasonOf(answer.detail) });
      this.#reconnectIn(answer.isImmediate ? reconnectLateMillis : reconnectMillis, now);
    }
    return true;
  }
  isOurRequest(request: RequestId): boolean {
    return request === this.#connecting;
  }

  linkOpen(id: LinkId, isInbound: boolean, now: Now, effects: Effects): void {
    if (!isInbound) this.#connecting = undefined;
    const link = new Link(id, isInbound, now);
    this.pending.set(id, link);
    this.#armHandshake();
    if (this.peer.role === 'primary') this.#handshake.sendConnect(link, now, effects);
  }

  linkData(id: LinkId, bytes: Uint8Array, now: Now, effects: Effects): void {
    const link = this.link?.id === id ? this.link : this.pending.get(id);
    if (link === undefined) return;
    link.heardAt = now.mono;
    link.reader.push(bytes);
    for (let message = link.reader.next(); message !== undefined; message = link.reader.next()) {
      if (message.kind === 'fault') {
        for (const text of message.lines) effects.log.event(say.protocolFault, { text });
        this.drop(link, now, effects);
        return;
      }
      if (link.isEstablished) this.#receive(message, link, now, effects);
      else this.#handshake.receive(message, link, now, effects);
      if (link !== this.link && !this.pending.has(id)) return;
    }
    if (link === this.link) this.#armReceive(now);
  }

  linkClosed(id: LinkId, now: Now, effects: Effects): void {
    if (this.pending.delete(id)) {
      this.#armHandshake();
      if (this.link === undefined && this.pending.size === 0) this.#reconnectIn(reconnectMillis, now);
      return;
    }
    if (this.link?.id === id) this.#lostLink(now, effects);
  }

  /** Closes a link from our side. */
  drop(link: Link, now: Now, effects: Effects): void {
    link.close(effects);
    this.pending.delete(link.id);
    this.#armHandshake();
    if (this.link === link) this.#lostLink(now, effects);
    else if (this.link === undefined) this.#reconnectIn(reconnectMillis, now);
  }

  #lostLink(now: Now, effects: Effects): void {
    this.link = undefined;
    for (const timer of ['contact', 'receive', 'balance', 'pool-request'] as const) this.timers.clear(timer);
    effects.log.event(say.disconnected, { name: this.name });
    this.queue.requeue();
    this.#serving = undefined;
    this.#reconnectIn(reconnectMillis, now);
    this.#disconnected(now, effects);
  }
  /** The link is gone, or startup heard nobody (reference §4.3). */
  #disconnected(now: Now, effects: Effects): void {
    const state = this.my === 'startup' ? this.saved : this.my;
    const next = onDisconnect[state] ?? state;
    if (next !== this.my) this.setState(next, now, effects);
    this.updateView();
  }
  #reconnectIn(millis: number, now: Now): void {
    this.timers.set('reconnect', addMillis(now.mono, millis));
  }
  #armHandshake(): void {
    let first = never;
    for (const { openedAt } of this.pending.values()) first = Math.min(first, openedAt + handshakeMillis) as MonoMillis;
    this.timers.set('handshake', first);
  }
  #armReceive(now: Now): void {
    this.timers.set('receive', addMillis(now.mono, Math.max(this.peer.maxResponseDelay, 2) * 1000));
  }

  /** The handshake is complete: this is the link now. */
  established(link: Link, now: Now, effects: Effects): void {
    this.pending.delete(link.id);
    this.#armHandshake();
    link.isEstablished = true;
    this.link = link;
    this.timers.clear('reconnect');
    this.timers.set('contact', addMillis(now.mono, contactPeriodMillis(this.partnerTimer)));
    this.#armReceive(now);
    this.#sendState(link, undefined, now, effects, 'afterCommit');
    if (this.my === 'recover') this.#ask(true, now, effects);
    this.updateView();
  }

  noteTime(messageTime: number, now: Now, effects: Effects): void {
    this.view.skew = messageTime - now.wall;
    const size = Math.abs(this.view.skew);
    if (size > 5 && Math.abs(size - this.#skewSaid) > 5) effects.log.event(say.skewed, { name: this.name, seconds: size });
    if (size > 5 || this.#skewSaid !== 0) this.#skewSaid = size > 5 ? size : 0;
  }

  // ── Messages of an established link ──

  #receive(message: FailoverMessage, link: Link, now: Now, effects: Effects): void {
    this.noteTime(message.time, now, effects);
    switch (message.kind) {
      case 'state': this.#onState(message, now, effects); break;
      case 'bndupd': this.#onUpdate(message, link, now, effects); break;
      case 'bndack': this.#onAck(message, now, effects); break;
      case 'updreq': this.#onUpdateRequest(false, message.xid, now, effects); break;
      case 'updreqall': this.#onUpdateRequest(true, message.xid, now, effects); break;
      case 'upddone': this.#onUpdateDone(now, effects); break;
      case 'poolreq': this.#onPoolRequest(message.xid, link, now, effects); break;
      case 'poolresp': effects.log.event(say.poolResponse, { count: message.count ?? 0 }); break;
      case 'disconnect': this.#onDisconnectMessage(message, link, now, effects); break;
      case 'contact': break;
      case 'connect': case 'connectack': this.drop(link, now, effects); break; // A second handshake on one link.
      default: message satisfies never;
    }
  }

  #onDisconnectMessage(message: Extract<FailoverMessage, { kind: 'disconnect' }>, link: Link, now: Now, effects: Effects): void {
    const { rejectReason: reason, message: text } = message;
    if (reason !== undefined && reason !== 0)
      effects.log.event(say.disconnectReceived, { name: this.name, text: text ?? rejectText(reason) });
    this.drop(link, now, effects);
  }

  #onState(message: Extract<FailoverMessage, { kind: 'state' }>, now: Now, effects: Effects): void {
    const { state, stateCode, isStartup } = message;
    if (state === undefined) {
      effects.log.event(say.invalidState, { name: this.name, code: stateCode });
      return;
    }
    if (isStartup && this.my === 'partner-down') return;
    const before = this.partner;
    const isRepeat = state === before;
    if (!isRepeat) {
      effects.log.event(say.peerMoves, { name: this.name, from: before, to: state });
      this.partner = state;
      this.partnerStos = now.wall;
      this.#record(effects);
    }
    if (this.my === 'startup') this.setState(startupReaction(this.saved, state), now, effects);
    else if (!isRepeat || handlesRepeats.has(this.my)) this.#react(state, before, now, effects);
    this.updateView();
    if (!isRepeat && this.my === 'normal' && state === 'normal') effects.log.event(say.bothNormal, { name: this.name });
  }

  #react(partner: ServerState, before: ServerState, now: Now, effects: Effects): void {
    const reaction = reactionTo(this.my, partner);
    if (this.my === 'potential-conflict' && partner === 'conflict-done' && this.peer.role === 'secondary') {
      if (before === 'potential-conflict') this.#ask(false, now, effects);
      else effects.log.event(say.unexpectedConflictDone, { name: this.name });
      return;
    }
    if (reaction === 'stay') return;
    if (reaction === 'ask') {
      this.#ask(true, now, effects);
      return;
    }
    if (reaction === 'shutdown' && this.my !== 'conflict-done')
      effects.log.event(say.invalidTransition, { name: this.name, from: before, to: partner });
    if (this.my === 'recover-done' && partner === 'recover-done') effects.log.event(say.bothRecoverDone, {});
    this.setState(reaction, now, effects);
  }

  #onUpdate(update: Bndupd, link: Link, now: Now, effects: Effects): void {
    const { table } = this.#deps.store;
    const { address } = update;
    const ack = (reject?: ReturnType<typeof rejection>): void =>
      encodeBndack(link.out(effects.afterCommit, now), now.wall, update.xid, address ?? (0 as Ipv4), reject);
    if (address === undefined) {
      ack({ reason: rejectReason.missingBinding, message: 'binding update lacks required options' });
      return;
    }
    const row = table.rowOf(address);
    if (row < 0 || table.pool(row) < 0) {
      ack({ reason: rejectReason.illegalAddress, message: 'unknown IP address' });
      return;
    }
    if (table.peer(row) !== this.peer.index) {
      ack({ reason: rejectReason.illegalAddress, message: 'IP address is covered by a different failover relationship state' });
      return;
    }
    const unknownFlags = (update.ipFlags ?? 0) & ~3;
    if (unknownFlags !== 0) effects.log.event(say.unknownFlags, { flags: unknownFlags });
    const ours = {
      state: this.bindings.state(row),
      ends: table.ends(row),
      cltt: table.cltt(row),
      isReserved: table.isReserved(row),
      isBootp: table.isBootp(row),
      unacked: this.queue.unacked.get(row)?.state,
    };
    const reject = rejection(update, ours, this.peer.role, this.my, now.wall);
    if (reject === undefined) {
      this.queue.unacked.delete(row);
      this.bindings.accept(row, update, this.peer.role, effects);
      if (this.#serving?.lastRow === row && !this.queue.has(row)) this.#finishServing(now, effects);
    }
    ack(reject);
  }

  #onAck(ack: Extract<FailoverMessage, { kind: 'bndack' }>, now: Now, effects: Effects): void {
    const { table } = this.#deps.store;
    const ip = ack.address ?? (0 as Ipv4);
    const row = table.rowOf(ip);
    if (row < 0) {
      effects.log.event(say.ackUnmatched, { name: this.name, ip, text: 'no such lease.' });
      return;
    }
    const sent = this.queue.unacked.get(row);
    if (sent === undefined) return;
    if (sent.xid !== ack.xid) {
      effects.log.event(say.ackUnmatched, { name: this.name, ip, text: 'xid mismatch.' });
      return;
    }
    this.queue.unacked.delete(row);
    if (ack.rejectReason !== undefined) {
      const text = ack.message ?? rejectText(ack.rejectReason);
      effects.log.event(say.updateRejected, { name: this.name, ip, text });
    } else this.bindings.acknowledged(row, this.peer.role, effects);
    if (this.#serving?.lastRow === row && !this.queue.has(row)) this.#finishServing(now, effects);
    this.pump(now, effects);
  }

  // ── Update requests ──

  #ask(all: boolean, now: Now, effects: Effects): void {
    const { link } = this;
    if (link === undefined) return;
    if (all) effects.log.event(say.fullUpdateRequested, { name: this.name });
    effects.log.event(say.sentRequest, { name: this.name, all });
    encodeBare(link.out(effects.afterCommit, now), now.wall, link.xid(), all ? 'updreqall' : 'updreq');
  }

  #onUpdateRequest(all: boolean, xid: number, now: Now, effects: Effects): void {
    if (this.#serving !== undefined) effects.log.event(say.updateRequestReplaced, {});
    let lastRow = -1;
    this.#eachRow((row) => {
      if (!all && !this.bindings.isBehind(row)) return;
      if (!this.queue.unacked.has(row)) this.queue.push(row);
      lastRow = row;
    });
    const isPending = !this.queue.isIdle;
    effects.log.event(say.updateRequested, { name: this.name, all, isPending });
    this.#serving = { xid, lastRow };
    if (!isPending || lastRow < 0) this.#finishServing(now, effects);
    else this.pump(now, effects);
  }

  #finishServing(now: Now, effects: Effects): void {
    const serving = this.#serving;
    this.#serving = undefined;
    if (serving === undefined || this.link === undefined) return;
    encodeBare(this.link.out(effects.afterCommit, now), now.wall, serving.xid, 'upddone');
    effects.log.event(say.sentDone, { name: this.name });
  }

  #onUpdateDone(now: Now, effects: Effects): void {
    effects.log.event(say.updateCompleted, { name: this.name });
    const isNothingLost = !this.hasLostState;
    const isWaitOver = addSeconds(this.waitFrom, this.mclt) <= now.wall;
    const outcome = onUpdateDone(this.my, this.peer.role, isNothingLost ? this.partner : 'unknown-state', isWaitOver);
    if (outcome === 'stay') return;
    if (outcome === 'error') effects.log.event(say.spuriousDone, {});
    else this.setState(outcome, now, effects);
  }

  /** Every row of this relationship's pools, in address order. */
  #eachRow(visit: (row: number) => void): void {
    const { table } = this.#deps.store;
    for (let row = 0; row < table.rowCount; row++) if (table.peer(row) === this.peer.index) visit(row);
  }

  // ── Our own updates ──

  /** A row of ours changed. */
  changed(row: number): void {
    this.queue.push(row);
  }

  /** Sends what the partner's window allows. PERF: called after every step; returns at once when nothing waits. */
  pump(now: Now, effects: Effects): void {
    const { link, queue } = this;
    if (link === undefined || queue.count === 0) return;
    while (queue.count > 0 && queue.unacked.size < this.partnerWindow) {
      const row = queue.take();
      if (this.#deps.store.table.peer(row) !== this.peer.index) continue;
      this.bindings.announce(row, effects);
      const xid = link.xid(true);
      encodeBndupd(link.out(effects.afterCommit, now), now.wall, xid, this.bindings.fields(row));
      queue.unacked.set(row, { xid, state: this.bindings.state(row), sentAt: now.mono });
    }
  }

  // ── States ──

  /** Makes a transition: record, message, and what entering asks for (reference §4.6). */
  setState(next: ServerState, now: Now, effects: Effects): void {
    const from = this.my;
    assert(next !== 'startup' && next !== 'unknown-state', 'a transition leads to a state that can be announced');
    const keepsStos = from === 'startup' || next === 'recover-wait';
    if (requeuesOnLeaving.has(from)) this.queue.requeue();
    this.my = next;
    if (!keepsStos) this.stos = now.wall;
    this.timers.clear('startup');
    this.timers.clear('auto-partner-down');
    this.timers.clear('recover-wait');
    this.#record(effects);
    effects.log.event(say.iMove, { name: this.name, from, to: next });
    this.updateView();
    // Interop: a survivor sends what it did alone before it calls itself normal (reference §4.6).
    if (from === 'communications-interrupted' && next === 'normal') this.#sendMissed(now, effects);
    if (this.link !== undefined) this.#sendState(this.link, undefined, now, effects, 'afterCommit');
    this.#entered(next, from, now, effects);
  }

  #entered(state: ServerState, from: ServerState, now: Now, effects: Effects): void {
    if (from === 'normal') for (const pool of this.pools) this.#deps.store.table.restoreTimers(pool);
    switch (state) {
      case 'communications-interrupted':
        if (this.peer.autoPartnerDown > 0)
          this.timers.set('auto-partner-down', addMillis(now.mono, this.peer.autoPartnerDown * 1000));
        break;
      case 'normal': this.#enteredNormal(from, now, effects); break;
      case 'potential-conflict':
        if (this.peer.role === 'primary' || this.partner === 'conflict-done') this.#ask(false, now, effects);
        break;
      case 'recover': this.#ask(true, now, effects); break;
      case 'recover-wait': this.timers.set('recover-wait', monoAt(addSeconds(this.waitFrom, this.mclt), now)); break;
      case 'partner-down': this.#timeEndedRows(); break;
      default: break;
    }
    if (serviceOf[state].service !== 'none') this.#heartbeat(now, effects);
  }

  #enteredNormal(from: ServerState, now: Now, effects: Effects): void {
    this.hasLostState = false;
    this.timers.set('balance', addMillis(now.mono, this.peer.minBalance * 1000));
    for (const pool of this.pools) this.#balance(pool, false, now, effects);
    if (from !== 'communications-interrupted') this.#sendMissed(now, effects);
    this.pump(now, effects);
    if (this.partner === 'normal') effects.log.event(say.bothNormal, { name: this.name });
  }

  /** What the partner has not acknowledged. */
  #sendMissed(now: Now, effects: Effects): void {
    this.#eachRow((row) => {
      if (this.bindings.isBehind(row) && !this.queue.unacked.has(row)) this.queue.push(row);
    });
    if (this.queue.count > 0 && this.link !== undefined) effects.log.event(say.sendingUpdates, { name: this.name });
    this.pump(now, effects);
  }

  /** In partner-down nobody will acknowledge the end of a lease: time does, after MCLT (reference §5.3). */
  #timeEndedRows(): void {
    const { table } = this.#deps.store;
    const takeover = addSeconds(this.stos, this.mclt);
    this.#eachRow((row) => {
      const state = table.state(row);
      if (state === bindingCode.expired || state === bindingCode.released || state === bindingCode.reset)
        table.setTimer(row, latest(table.tsfp(row), takeover));
    });
  }

  leaseDue(row: number, now: Now, effects: Effects): void {
    this.bindings.due(row, this.peer.role, this.my, addSeconds(this.stos, this.mclt), now, effects);
  }

  #record(effects: Effects): void {
    if (this.#isStorageLost) return;
    const my = this.my === 'startup' ? this.saved : this.my;
    this.#deps.store.failover.putState(
      this.name,
      {
        my: { state: my, at: this.stos },
        partner: { state: this.partner, at: this.partnerStos },
        mclt: this.peer.role === 'secondary' ? this.mclt : undefined,
      },
      effects.journal,
    );
  }
  /** After CONNECT changed the MCLT of a secondary. */
  recordMclt(effects: Effects): void {
    this.#record(effects);
  }

  #sendState(link: Link, state: AnnouncedState | undefined, now: Now, effects: Effects, lane: 'now' | 'afterCommit'): void {
    const isStartup = this.my === 'startup';
    const announced = state ?? ((isStartup ? this.saved : this.my) as AnnouncedState);
    const out = link.out(effects[lane], now);
    encodeState(out, now.wall, link.xid(), { state: announced, isStartup: isStartup && state === undefined, stos: this.stos });
  }

  /** What the engine may do, from the two states (reference §4.1). */
  updateView(): void {
    const { view } = this;
    const row = serviceOf[this.my];
    const override = row.service === 'none' ? undefined : partnerOverride[this.partner];
    const isSilenced = override !== undefined && this.my !== 'partner-down';
    view.service = isSilenced || this.#isStorageLost ? 'none' : row.service;
    view.reason = this.#isStorageLost ? ' (paused)' : isSilenced ? override : row.reason;
    view.role = this.peer.role;
    view.hashBuckets = this.hashBuckets;
    view.loadBalanceMaxSecs = this.peer.loadBalanceMaxSecs;
    view.mclt = this.mclt;
    view.stos = this.stos;
    view.isPartnerServing = this.link !== undefined && this.partner === 'normal';
    const partner = this.partnerAddress;
    view.partnerIdentifiers = partner === undefined ? [] : [partner];
  }

  // ── Pools ──

  #balance(pool: number, isTimerRun: boolean, now: Now, effects: Effects): number {
    if (this.my !== 'normal') return 0;
    const { config, store } = this.#deps;
    const deps = { config, table: store.table, bindings: this.bindings, hashBuckets: this.hashBuckets };
    const { count, wantsRequest } = balancePool(deps, this.peer, pool, isTimerRun, now, effects);
    if (wantsRequest) this.#requestPool(now, effects);
    return count;
  }

  #requestPool(now: Now, effects: Effects): void {
    const { link } = this;
    if (link === undefined || this.my !== 'normal' || this.timers.get('pool-request') !== never) return;
    this.timers.set('pool-request', addMillis(now.mono, poolRequestMillis));
    encodeBare(link.out(effects.afterCommit, now), now.wall, link.xid(), 'poolreq');
  }

  #onPoolRequest(xid: number, link: Link, now: Now, effects: Effects): void {
    let count = 0;
    for (const pool of this.pools) count += this.#balance(pool, false, now, effects);
    // The answer goes out before the updates it announces: they are queued, and pumped after this step.
    encodePoolresp(link.out(effects.afterCommit, now), now.wall, xid, count);
    if (count === 0) effects.log.event(say.poolRequestDenied, { name: this.name });
  }

  /** Looks whether a pool is out of balance, and gives or asks where it is. */
  #checkBalance(now: Now, effects: Effects): void {
    const { table } = this.#deps.store;
    for (const pool of this.pools) {
      const { lts, thresh, panic } = balanceNumbers(
        this.peer,
        table.count(pool, bindingCode.free) - table.countWithheld(pool, bindingCode.free),
        table.count(pool, bindingCode.backup) - table.countWithheld(pool, bindingCode.backup),
      );
      if (lts > thresh || lts < panic) this.#balance(pool, true, now, effects);
    }
  }

  // ── Time ──

  #heartbeat(now: Now, effects: Effects): void {
    if (serviceOf[this.my].service === 'none' || this.#isStorageLost) return;
    const until = addSeconds(now.wall, seconds(servedAheadSeconds));
    this.#deps.store.failover.putLastServed(this.name, until, effects.journal);
    this.timers.set('served', addMillis(now.mono, (servedAheadSeconds / 2) * 1000));
  }

  tick(now: Now, effects: Effects): void {
    for (let timer = this.timers.due(now.mono); timer !== undefined; timer = this.timers.due(now.mono))
      this.#onTimer(timer, now, effects);
  }

  /** After every step: a client that found no address makes us ask at once. */
  afterStep(now: Now, effects: Effects): void {
    if (this.view.wantsAddresses) {
      this.view.wantsAddresses = false;
      this.#requestPool(now, effects);
    }
    this.pump(now, effects);
  }

  #onTimer(timer: Timer, now: Now, effects: Effects): void {
    switch (timer) {
      case 'startup': if (this.my === 'startup') this.#disconnected(now, effects); break;
      case 'contact': this.#contact(now, effects); break;
      case 'receive': this.#receiveTimeout(now, effects); break;
      case 'reconnect': this.connect(effects); break;
      case 'auto-partner-down': if (this.my === 'communications-interrupted') this.setState('partner-down', now, effects); break;
      case 'recover-wait': if (this.my === 'recover-wait') this.#waitOver(now, effects); break;
      case 'balance':
        this.#checkBalance(now, effects);
        this.timers.set('balance', addMillis(now.mono, this.peer.minBalance * 1000 + this.random.below(4000)));
        break;
      case 'served': this.#heartbeat(now, effects); break;
      case 'handshake': this.#handshakeTimeout(now, effects); break;
      case 'pool-request': break;
      default: timer satisfies never;
    }
  }

  #waitOver(now: Now, effects: Effects): void {
    this.hasLostState = false;
    this.setState('recover-done', now, effects);
    const reaction = reactionTo('recover-done', this.partner);
    if (reaction !== 'stay' && reaction !== 'ask' && this.link !== undefined) this.setState(reaction, now, effects);
  }

  #contact(now: Now, effects: Effects): void {
    const { link } = this;
    if (link === undefined) return;
    const period = contactPeriodMillis(this.partnerTimer);
    if (now.mono - link.saidAt >= period)
      encodeBare(link.out(effects.now, now), now.wall, link.xid(), 'contact');
    this.timers.set('contact', addMillis(link.saidAt, period));
    const oldest = this.queue.oldestSentAt();
    if (oldest !== undefined && now.mono - oldest > ackPatienceMillis) {
      effects.log.event(say.stuckUpdates, { name: this.name, count: this.queue.unacked.size });
      this.drop(link, now, effects);
    }
  }

  #receiveTimeout(now: Now, effects: Effects): void {
    if (this.link === undefined) return;
    effects.log.event(say.contactTimeout, { name: this.name });
    this.drop(this.link, now, effects);
  }

  #handshakeTimeout(now: Now, effects: Effects): void {
    for (const link of [...this.pending.values()])
      if (link.openedAt + handshakeMillis <= now.mono) {
        effects.log.event(say.startupTimeout, {});
        this.drop(link, now, effects);
      }
    this.#armHandshake();
  }

  /** The wall clock jumped: what we compare with it jumps too. */
  clockStepped(deltaSeconds: number): void {
    const shift = (time: UnixSeconds): UnixSeconds => (time === unset ? unset : ((time + deltaSeconds) as UnixSeconds));
    this.stos = shift(this.stos);
    this.waitFrom = shift(this.waitFrom);
    this.updateView();
  }
}

/** dhcpd lets a shutdown survive a restart and then serves nobody for ever; here it recovers (§11.2). */
function savedState(state: ServerState | undefined): ServerState {
  if (state === undefined || state === 'shutdown' || state === 'startup') return 'recover';
  return state === 'paused' ? 'communications-interrupted' : state;
}

const errnoTexts: Readonly<Record<string, string>> = {
  ENETUNREACH: 'network unreachable',
  EADDRNOTAVAIL: 'address not available',
  EADDRINUSE: 'address in use',
  EHOSTUNREACH: 'host unreachable',
  EACCES: 'permission denied',
};
const reasonOf = (errno: string): string => errnoTexts[errno] ?? errno;
