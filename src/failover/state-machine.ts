// The states of one relationship, ours and the partner's, every move between them, and what the lease file keeps of them. What follows
// what is in peer-states.ts. Every move is in the journal before its STATE message leaves (reference §4.2).

import { assert } from '../std/assert.ts';
import { TimerQueue } from '../std/timer-queue.ts';
import {
  addMillis, addSeconds, earliest, latest, monoAt, seconds, shiftTime, unset, type MonoMillis, type Now, type UnixSeconds,
} from '../std/time.ts';
import { bindingCode } from '../model/binding-state.ts';
import type { Effects, SendLane } from '../model/step.ts';
import type { FailoverRecords } from '../lease/failover-records.ts';
import type { FailoverMessage } from '../wire/failover-message.ts';
import type { Situation } from './bindings.ts';
import { identityOf } from './capabilities.ts';
import type { Endpoint } from './endpoint.ts';
import * as say from './log-events.ts';
import {
  handlesRepeats, onDisconnect, onUpdateDone, reactionTo, requeuesOnLeaving, serviceOf, startupReaction, type ServerState,
} from './peer-states.ts';
import { safeLane, sendState } from './state-message.ts';

type StateMessage = Extract<FailoverMessage, { kind: 'state' }>;
type Timer = 'startup' | 'auto-partner-down' | 'recover-wait' | 'served' | 'resume';

const startupMillis = 15_000;
/** The last-served heartbeat says so much in advance and is renewed at half of it, so that it is never behind. */
const servedAheadSeconds = seconds(60);

export class StateMachine {
  readonly #endpoint: Endpoint;
  readonly #memory: FailoverRecords;
  readonly #timers = new TimerQueue<Timer>();
  my: ServerState = 'startup';
  /** Where startup leads when nobody answers. */
  saved: ServerState = 'recover';
  stos: UnixSeconds = unset;
  partner: ServerState = 'unknown-state';
  partnerStos: UnixSeconds = unset;
  /** No trace of having served: a lost disk, or a pair that nobody declared new. */
  hasLostState = false;
  /** The last moment at which we can have given out leases the partner does not know; recover-wait ends MCLT after it. */
  waitFrom: UnixSeconds = unset;
  #saidBothNormal = false;

  constructor(endpoint: Endpoint, memory: FailoverRecords) {
    this.#endpoint = endpoint;
    this.#memory = memory;
  }

  get deadline(): MonoMillis {
    return this.#timers.earliest;
  }
  get situation(): Situation {
    return { role: this.#endpoint.peer.role, my: this.my, stos: this.stos, mclt: this.#endpoint.mclt };
  }

  // ── The lease file ──

  start(now: Now, effects: Effects): void {
    this.#recall(now);
    if (this.hasLostState) {
      const { name, mclt } = this.#endpoint;
      effects.log.event(say.waitingAfterLoss, { name, seconds: mclt });
      // Until the partner has told of a lease: then one of the two remembers.
      this.#memory.putMemory(name, true, effects.journal);
    }
    this.my = 'startup';
    this.#timers.set('startup', addMillis(now.mono, startupMillis));
  }

  /**
   * What the lease file says (reference §4.2). A file without state record, heartbeat and pair identity may be a lost disk: then
   * MCLT is waited from the first start that found it so, which its own first record remembers.
   */
  #recall(now: Now): void {
    const endpoint = this.#endpoint;
    const record = this.#memory.state(endpoint.name);
    const served = this.#memory.lastServed(endpoint.name);
    const isNewPair = this.#memory.identity(endpoint.name) !== undefined;
    this.saved = savedState(record?.my.state);
    this.stos = record?.my.at ?? now.wall;
    this.partner = record?.partner.state ?? 'unknown-state';
    this.partnerStos = record?.partner.at ?? now.wall;
    if (endpoint.peer.role === 'secondary' && record?.mclt !== undefined) endpoint.mclt = record.mclt;
    const neverServed = record === undefined || record.my.state === 'recover' || record.my.state === 'recover-wait';
    this.hasLostState = neverServed && served === undefined && !isNewPair;
    const recorded = record?.my.at ?? (this.hasLostState ? now.wall : unset);
    this.waitFrom = latest(recorded, earliest(served ?? unset, now.wall));
  }

  /** Nothing is written while in startup: the file says where startup leads. */
  record(effects: Effects): void {
    const { name, peer, mclt, isStorageLost } = this.#endpoint;
    if (isStorageLost) return;
    const state = this.my === 'startup' ? this.saved : this.my;
    this.#memory.putState(
      name,
      {
        my: { state, at: this.stos },
        partner: { state: this.partner, at: this.partnerStos },
        mclt: peer.role === 'secondary' ? mclt : undefined,
      },
      effects.journal,
    );
  }

  declareNew(identity: string, effects: Effects): void {
    const { name } = this.#endpoint;
    this.#memory.putIdentity(name, identity, effects.journal);
    this.hasLostState = false;
    this.#endpoint.remembers(effects);
    this.waitFrom = unset;
    effects.log.event(say.pairDeclared, { name, identity });
  }

  /** Says in advance until when we may have served, so that after a crash MCLT is waited from there (§11.2). */
  #heartbeat(now: Now, effects: Effects): void {
    const { name, isStorageLost } = this.#endpoint;
    if (serviceOf[this.my].service === 'none' || isStorageLost) return;
    this.#memory.putLastServed(name, addSeconds(now.wall, servedAheadSeconds), effects.journal);
    this.#timers.set('served', addMillis(now.mono, (servedAheadSeconds / 2) * 1000));
  }

  // ── What the partner says ──

  heard(message: StateMessage, now: Now, effects: Effects): void {
    const { state, stateCode, isStartup } = message;
    const { name } = this.#endpoint;
    if (state === undefined) {
      effects.log.event(say.invalidState, { name, code: stateCode });
      return;
    }
    this.#adoptIdentity(message, now, effects);
    if (isStartup && this.my === 'partner-down') return;
    const before = this.partner;
    const isRepeat = state === before;
    if (!isRepeat) {
      effects.log.event(say.peerMoves, { name, from: before, to: state });
      this.partner = state;
      this.partnerStos = now.wall;
      this.record(effects);
    }
    if (this.my === 'startup') this.set(startupReaction(this.saved, state), now, effects);
    else if (!isRepeat || handlesRepeats.has(this.my)) this.#react(state, before, now, effects);
    this.#endpoint.updateView();
    this.#sayBothNormal(effects);
  }

  /** An operator declared the pair new at the partner, which never served either: true for us too. */
  #adoptIdentity({ state, privateOptions }: StateMessage, now: Now, effects: Effects): void {
    const identity = identityOf(privateOptions);
    const isFresh = state === 'recover' || state === 'recover-done';
    if (identity === undefined || !isFresh || !this.hasLostState || !this.#endpoint.shares('state-options')) return;
    this.declareNew(identity, effects);
    if (this.my === 'recover-wait') this.set('recover-done', now, effects);
  }

  #react(partner: ServerState, before: ServerState, now: Now, effects: Effects): void {
    const { name, peer, resync } = this.#endpoint;
    const reaction = reactionTo(this.my, partner);
    if (this.my === 'potential-conflict' && partner === 'conflict-done') {
      if (before !== 'potential-conflict') effects.log.event(say.unexpectedConflictDone, { name });
      if (peer.role === 'secondary') resync.ask(this.hasLostState, now, effects);
      return;
    }
    if (reaction === 'stay') return;
    // Whoever lost its leases cannot compare them: it stays and takes the partner's.
    if (reaction === 'ask' || (this.hasLostState && this.my === 'recover' && partner === 'normal')) {
      resync.ask(true, now, effects);
      return;
    }
    this.#complain(partner, before, effects);
    this.set(reaction, now, effects);
  }

  /** Partner states that cannot be, in dhcpd's words as far as they are true here. */
  #complain(partner: ServerState, before: ServerState, effects: Effects): void {
    const cannotBe = partner === 'potential-conflict' || partner === 'resolution-interrupted' || partner === 'conflict-done';
    if ((this.my === 'normal' && cannotBe) || (this.my === 'potential-conflict' && partner === 'normal'))
      effects.log.event(say.invalidTransition, { name: this.#endpoint.name, from: before, to: partner });
    if (this.my === 'recover-done' && partner === 'recover-done') effects.log.event(say.bothRecoverDone, {});
  }

  /** All updates that were asked for have come. */
  updateDone(now: Now, effects: Effects): void {
    const { name, mclt, peer, resync } = this.#endpoint;
    effects.log.event(say.updateCompleted, { name });
    resync.answered();
    // Two nodes that both kept their leases know everything now. One that lost them may have given leases nobody knows.
    const partner = this.hasLostState ? 'unknown-state' : this.partner;
    const isWaitOver = addSeconds(this.waitFrom, mclt) <= now.wall;
    const outcome = onUpdateDone(this.my, peer.role, this.my === 'recover' ? partner : this.partner, isWaitOver);
    if (outcome === 'stay') return;
    if (outcome === 'error') effects.log.event(say.spuriousDone, {});
    else this.set(outcome, now, effects);
  }

  /** The link is gone, or startup heard nobody (reference §4.3). */
  disconnected(now: Now, effects: Effects): void {
    const state = this.my === 'startup' ? this.saved : this.my;
    const next = onDisconnect[state] ?? state;
    if (next !== this.my) this.set(next, now, effects);
    this.#endpoint.takeover.changed(now, effects);
    this.#endpoint.updateView();
  }

  // ── Moves ──

  /** Makes a transition: record, message, and what entering asks for (reference §4.6). */
  set(next: ServerState, now: Now, effects: Effects): void {
    const endpoint = this.#endpoint;
    const from = this.my;
    assert(next !== 'startup' && next !== 'unknown-state', 'a transition leads to a state that can be announced');
    const keepsStos = from === 'startup' || next === 'recover-wait';
    if (requeuesOnLeaving.has(from)) endpoint.queue.requeue();
    if (serviceOf[from].service !== 'none') this.waitFrom = now.wall;
    this.my = next;
    if (!keepsStos) this.stos = now.wall;
    for (const timer of ['startup', 'auto-partner-down', 'recover-wait', 'resume'] as const) this.#timers.clear(timer);
    this.record(effects);
    effects.log.event(say.iMove, { name: endpoint.name, from, to: next });
    endpoint.updateView();
    // Interop: a survivor sends what it did alone before it calls itself normal (reference §4.6).
    if (from === 'communications-interrupted' && next === 'normal') {
      endpoint.updates.queueMissed(effects);
      endpoint.updates.pump(now, effects);
    }
    if (endpoint.link !== undefined) this.announce(undefined, now, safeLane(endpoint, effects));
    this.#entered(next, from, now, effects);
    endpoint.takeover.entered(next, from, effects);
    endpoint.takeover.changed(now, effects);
  }

  #entered(state: ServerState, from: ServerState, now: Now, effects: Effects): void {
    const endpoint = this.#endpoint;
    if (serviceOf[state].service !== 'none') this.#restoreTimers(now);
    switch (state) {
      case 'communications-interrupted':
        // Where evidence decides, time alone does not.
        if (endpoint.peer.autoPartnerDown > 0 && !endpoint.takeover.isConfigured)
          this.#timers.set('auto-partner-down', addMillis(now.mono, endpoint.peer.autoPartnerDown * 1000));
        break;
      case 'normal': this.#enteredNormal(from, now, effects); break;
      case 'potential-conflict':
        if (endpoint.peer.role === 'primary' || this.partner === 'conflict-done') endpoint.resync.ask(this.hasLostState, now, effects);
        break;
      case 'recover': endpoint.resync.ask(true, now, effects); break;
      case 'recover-wait': this.#timers.set('recover-wait', monoAt(addSeconds(this.waitFrom, endpoint.mclt), now)); break;
      case 'partner-down': endpoint.eachRow((row) => endpoint.bindings.timeEnded(row, this.situation, effects)); break;
      default: break;
    }
    if (serviceOf[state].service !== 'none') this.#heartbeat(now, effects);
  }

  /** Leases that came to their end while it was not ours to judge (bindings.ts); a secondary in normal still leaves it to its partner. */
  #restoreTimers(now: Now): void {
    const { peer, table } = this.#endpoint;
    if (peer.role === 'secondary' && this.my === 'normal') return;
    this.#endpoint.eachRow((row) => {
      const ends = table.ends(row);
      if (table.state(row) === bindingCode.active && ends <= now.wall) table.setTimer(row, ends);
    });
  }

  #enteredNormal(from: ServerState, now: Now, effects: Effects): void {
    const { sharing, updates } = this.#endpoint;
    this.hasLostState = false;
    sharing.run('change', now, effects);
    // Not sent before the end of this step, so that addresses just given away are sent once.
    if (from !== 'communications-interrupted') updates.queueMissed(effects);
    this.#sayBothNormal(effects);
  }
  #sayBothNormal(effects: Effects): void {
    const { name, link } = this.#endpoint;
    const areNormal = this.my === 'normal' && this.partner === 'normal' && link !== undefined;
    if (areNormal && !this.#saidBothNormal) effects.log.event(say.bothNormal, { name });
    this.#saidBothNormal = areNormal;
  }

  /** Says our state, or the one that is given, over the link that there is. */
  announce(state: 'paused' | undefined, now: Now, lane: SendLane): void {
    sendState(this.#endpoint, this.#memory, state, now, lane);
  }

  linkLost(): void {
    this.#saidBothNormal = false;
  }

  // ── Time ──

  /** The pause ends by itself, should nobody end it before. */
  resumeAfter(secondsPaused: number, now: Now): void {
    this.#timers.set('resume', addMillis(now.mono, secondsPaused * 1000));
  }

  tick(now: Now, effects: Effects): void {
    for (let timer = this.#timers.due(now.mono); timer !== undefined; timer = this.#timers.due(now.mono))
      this.#onTimer(timer, now, effects);
  }

  #onTimer(timer: Timer, now: Now, effects: Effects): void {
    switch (timer) {
      case 'startup': if (this.my === 'startup') this.disconnected(now, effects); break;
      case 'auto-partner-down': if (this.my === 'communications-interrupted') this.set('partner-down', now, effects); break;
      case 'recover-wait': if (this.my === 'recover-wait') this.#waitOver(now, effects); break;
      case 'resume': if (this.my === 'paused') this.set('communications-interrupted', now, effects); break;
      case 'served': this.#heartbeat(now, effects); break;
      default: timer satisfies never;
    }
  }

  #waitOver(now: Now, effects: Effects): void {
    this.hasLostState = false;
    this.set('recover-done', now, effects);
    const reaction = reactionTo('recover-done', this.partner);
    if (reaction !== 'stay' && reaction !== 'ask' && this.#endpoint.link !== undefined) this.set(reaction, now, effects);
  }

  /** The wall clock jumped: what we compare with it jumps too. */
  clockStepped(deltaSeconds: number): void {
    this.stos = shiftTime(this.stos, deltaSeconds);
    this.partnerStos = shiftTime(this.partnerStos, deltaSeconds);
    this.waitFrom = shiftTime(this.waitFrom, deltaSeconds);
  }
}

/** dhcpd lets a shutdown survive a restart and then serves nobody for ever; here it recovers (§11.2). */
function savedState(state: ServerState | undefined): ServerState {
  if (state === undefined || state === 'shutdown' || state === 'startup') return 'recover';
  return state === 'paused' ? 'communications-interrupted' : state;
}
