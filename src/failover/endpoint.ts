// One relationship: its states, its link, and what goes over it. The table of states is in peer-states.ts; updates of rows go
// over the link in binding-updates.ts. Every state change is in the journal before its STATE message leaves (reference §4.2).

import { assert } from '../std/assert.ts';
import { TimerQueue } from '../std/timer-queue.ts';
import { Prng } from '../std/prng.ts';
import type { Ipv4 } from '../std/ipv4.ts';
import {
  addMillis, addSeconds, earliest, latest, monoAt, never, seconds, shiftTime, unset, type MonoMillis, type Now, type Seconds, type UnixSeconds,
} from '../std/time.ts';
import { bindingCode } from '../model/binding-state.ts';
import type { AddressItem } from '../model/expression.ts';
import type { Answer, Effects, LinkId, NodeEvent, RequestId, SendLane } from '../model/step.ts';
import type { FailoverPeer, ServerConfig } from '../model/server-config.ts';
import { contactDefaults, relationshipSettings } from '../model/relationship-settings.ts';
import type { ServiceView } from '../model/service-view.ts';
import { hasGroup } from '../lease/host-scopes.ts';
import type { LeaseStore } from '../lease/lease-store.ts';
import type { LeaseTable } from '../lease/lease-table.ts';
import { encodeBare, encodeState, rejectText, type AnnouncedState, type FailoverMessage } from '../wire/failover-message.ts';
import { encodeCapabilities, noFeatures, type Features } from '../wire/failover-security.ts';
import { BindingUpdates } from './binding-updates.ts';
import { Bindings, type Situation } from './bindings.ts';
import { BootChoicesTopic } from './boot-choices-topic.ts';
import { BootTrees } from './boot-trees.ts';
import { identityOf, isShared, ownCapabilityBits, stateOptions, windowOf, type Capability } from './capabilities.ts';
import { Connector } from './connector.ts';
import { ContactsTopic } from './contacts-topic.ts';
import { Drift } from './drift.ts';
import { Handshake } from './handshake.ts';
import { HostsTopic } from './hosts-topic.ts';
import type { Link } from './link.ts';
import * as say from './log-events.ts';
import { Parcels } from './parcels.ts';
import { PartnerClock } from './partner-clock.ts';
import {
  bearableInConflictDone, handlesRepeats, onDisconnect, onUpdateDone, reactionTo, requeuesOnLeaving, serviceFor, serviceOf,
  startupReaction, type ServerState, type ServiceRow,
} from './peer-states.ts';
import { Resync } from './resync.ts';
import { capabilitiesOf, ownSecurity, type OwnSecurity } from './security.ts';
import { Sharing } from './sharing.ts';
import { Takeover } from './takeover.ts';
import { topicsOf } from './topics.ts';
import { UpdateQueue } from './update-queue.ts';

export interface EndpointDeps {
  readonly config: ServerConfig;
  readonly peer: FailoverPeer;
  readonly store: LeaseStore;
  readonly view: ServiceView;
  readonly seed: number;
  readonly nextRequestId: () => RequestId;
}

type Timer = 'startup' | 'contact' | 'receive' | 'auto-partner-down' | 'recover-wait' | 'served' | 'resume';

const startupMillis = 15_000;
/** dhcpd acknowledges within 2 s; far beyond that an update is lost and only a new link brings it again (§11.2). */
const ackPatienceMillis = 20_000;
/** The last-served heartbeat says so much in advance and is renewed at half of it, so that it is never behind. */
const servedAheadSeconds = seconds(60);
/** A secondary's until CONNECT or the lease file tells. */
const mcltByDefault = seconds(3600);

/** The shortest period of CONTACT; a partner that advertises less must not make us flood it (§11.1 item 3). */
export const contactPeriodMillis = (partnerTimer: number): number => Math.max(Math.floor(partnerTimer / 3), 1) * 1000;

type LinkSecured = Extract<NodeEvent, { kind: 'link-secured' }>;

export class Endpoint {
  readonly peer: FailoverPeer;
  readonly view: ServiceView;
  readonly table: LeaseTable;
  readonly queue = new UpdateQueue();
  readonly bindings: Bindings;
  readonly updates: BindingUpdates;
  readonly random: Prng;
  readonly resync: Resync;
  readonly sharing: Sharing;
  readonly clock: PartnerClock;
  readonly takeover: Takeover;
  /** What only a Leasehold partner hears, and its topics. */
  readonly parcels: Parcels;
  readonly drift: Drift;
  readonly hosts: HostsTopic;
  readonly contacts: ContactsTopic;
  readonly bootChoices: BootChoicesTopic;
  readonly bootTrees: BootTrees;
  readonly #timers = new TimerQueue<Timer>();
  readonly #connector: Connector;
  readonly #handshake: Handshake;
  readonly #store: LeaseStore;
  #config: ServerConfig;
  #pools: readonly number[];
  my: ServerState = 'startup';
  /** Where startup leads when nobody answers. */
  saved: ServerState = 'recover';
  stos: UnixSeconds = unset;
  partner: ServerState = 'unknown-state';
  partnerStos: UnixSeconds = unset;
  link: Link | undefined;
  /** What the partner advertised. */
  partnerWindow = 0;
  /** It takes many updates at once, so under load they are told together. */
  takesBatches = false;
  partnerTimer = 20;
  partnerVendor = '';
  partnerFeatures: Features = noFeatures;
  mclt: Seconds;
  security: OwnSecurity;
  /** Why the link is plain; empty while it is secured, or there is none. */
  plainReason = '';
  hashBuckets: Uint8Array | undefined;
  /** No trace of having served: a lost disk, or a pair that nobody declared new. */
  hasLostState = false;
  /** The last moment at which we can have given out leases the partner does not know; recover-wait ends MCLT after it. */
  waitFrom: UnixSeconds = unset;
  isStorageLost = false;
  #saidBothNormal = false;

  constructor({ config, peer, store, view, seed, nextRequestId }: EndpointDeps) {
    this.peer = peer;
    this.view = view;
    this.table = store.table;
    this.#store = store;
    this.#config = config;
    this.#pools = poolsOf(config, peer);
    this.bindings = new Bindings(store.table);
    this.updates = new BindingUpdates(this);
    this.random = new Prng(seed);
    this.resync = new Resync(this);
    this.sharing = new Sharing(this);
    this.bootChoices = new BootChoicesTopic(this, store.bootChoices);
    this.bootTrees = new BootTrees(this, nextRequestId);
    this.takeover = new Takeover(this, nextRequestId);
    this.clock = new PartnerClock(peer.name, view);
    this.drift = new Drift(this);
    this.hosts = new HostsTopic(this, store.replicated);
    this.contacts = new ContactsTopic(this, store);
    this.parcels = new Parcels(this, topicsOf(this));
    this.#connector = new Connector(this, nextRequestId);
    this.#handshake = new Handshake(this);
    this.mclt = peer.mclt ?? mcltByDefault;
    this.hashBuckets = peer.hashBuckets;
    this.security = ownSecurity(config, peer);
  }

  get name(): string {
    return this.peer.name;
  }
  /** The partner was secured before. */
  get isPinned(): boolean {
    return this.#store.failover.isPinned(this.name);
  }
  pin(isPinned: boolean, effects: Effects): void {
    this.#store.failover.putPinned(this.name, isPinned, effects.journal);
  }
  /** One of the two nodes knows the leases. */
  remembers(effects: Effects): void {
    this.#store.failover.putMemory(this.name, false, effects.journal);
  }
  get config(): ServerConfig {
    return this.#config;
  }
  get deadline(): MonoMillis {
    return Math.min(
      this.#timers.earliest, this.#connector.deadline, this.resync.deadline, this.sharing.deadline, this.parcels.deadline, this.updates.deadline,
      this.takeover.deadline,
    ) as MonoMillis;
  }
  /** The group of a host, where neither the configuration nor the lease file has it. */
  hostGroupMissing(host: string): string | undefined {
    const group = this.#store.hosts.record(host)?.group;
    return group === undefined || hasGroup(group, this.#config, this.#store.kept) ? undefined : group;
  }
  get isLeaseholdPartner(): boolean {
    return this.partnerVendor.startsWith('leasehold/');
  }
  get #contactSettings(): { readonly contactMillis: number; readonly silenceMillis: number } {
    return relationshipSettings(this.#config.leasehold.relationships, this.name) ?? contactDefaults;
  }
  /** Two Leasehold nodes: how often both say something, milliseconds; undefined where dhcpd's rule holds. */
  get contactAgreed(): number | undefined {
    const [ours, theirs] = [this.#contactSettings.contactMillis, this.partnerFeatures.contactMillis];
    return this.shares('short-contact') && ours > 0 && theirs > 0 ? Math.max(ours, theirs) : undefined;
  }
  get #contactPeriod(): number {
    return Math.min(contactPeriodMillis(this.partnerTimer), this.contactAgreed ?? never);
  }
  /** Without a word for so long the partner is lost. */
  get silenceMillis(): number {
    const agreed = this.contactAgreed;
    const responseDelay = Math.max(this.peer.maxResponseDelay, 2) * 1000;
    return agreed === undefined ? responseDelay : Math.min(responseDelay, Math.max(this.#contactSettings.silenceMillis, 2 * agreed));
  }
  /** A checksum of the witness that the partner named; 0: none. */
  get partnerWitness(): number {
    return this.#store.failover.witness(this.name);
  }
  /** Both nodes can do it. */
  shares(capability: Capability): boolean {
    return isShared(capability, this.partnerFeatures.bits);
  }
  /** Option 29 of our CONNECT and CONNECTACK. */
  get shownCapabilities(): Uint8Array {
    return encodeCapabilities(capabilitiesOf(this.security), { bits: ownCapabilityBits, contactMillis: this.#contactSettings.contactMillis, witness: this.takeover.digest });
  }
  /** Indexes of this relationship's pools. */
  get pools(): readonly number[] {
    return this.#pools;
  }
  get localAddress(): Ipv4 | undefined {
    return this.#address(this.peer.address);
  }
  get partnerAddress(): Ipv4 | undefined {
    return this.#address(this.peer.partnerAddress);
  }
  #address(item: AddressItem): Ipv4 | undefined {
    return item.kind === 'address' ? item.address : this.#store.names.addressesOf(item.name)?.[0];
  }
  readonly addressesOf = (name: string): readonly Ipv4[] | undefined => this.#store.names.addressesOf(name);
  /** Goes up with every new answer of the resolver. */
  get namesGeneration(): number {
    return this.#store.names.generation;
  }
  /** Every row of this relationship's pools, in address order. Cold. */
  eachRow(visit: (row: number) => void): void {
    const { table } = this;
    for (let row = 0; row < table.rowCount; row++) if (table.peer(row) === this.peer.index) visit(row);
  }

  // ── Start and stop ──

  start(now: Now, effects: Effects): void {
    this.#recall(now);
    if (this.hasLostState) {
      effects.log.event(say.waitingAfterLoss, { name: this.name, seconds: this.mclt });
      // Until the partner has told of a lease: then one of the two remembers.
      this.#store.failover.putMemory(this.name, true, effects.journal);
    }
    this.my = 'startup';
    this.#timers.set('startup', addMillis(now.mono, startupMillis));
    this.takeover.started();
    this.#connector.start(now, effects);
    this.updateView();
  }

  /**
   * What the lease file says (reference §4.2). A file without state record, heartbeat and pair identity may be a lost disk: then
   * MCLT is waited from the first start that found it so, which its own first record remembers.
   */
  #recall(now: Now): void {
    const { failover } = this.#store;
    const record = failover.state(this.name);
    const served = failover.lastServed(this.name);
    const isNewPair = failover.identity(this.name) !== undefined;
    this.saved = savedState(record?.my.state);
    this.stos = record?.my.at ?? now.wall;
    this.partner = record?.partner.state ?? 'unknown-state';
    this.partnerStos = record?.partner.at ?? now.wall;
    if (this.peer.role === 'secondary' && record?.mclt !== undefined) this.mclt = record.mclt;
    const neverServed = record === undefined || record.my.state === 'recover' || record.my.state === 'recover-wait';
    this.hasLostState = neverServed && served === undefined && !isNewPair;
    const recorded = record?.my.at ?? (this.hasLostState ? now.wall : unset);
    this.waitFrom = latest(recorded, earliest(served ?? unset, now.wall));
  }

  /** The partner serves alone from the moment it hears this; our own record stays what it was. */
  stop(now: Now, effects: Effects): void {
    if (this.link === undefined) return;
    this.updates.pump(now, effects);
    if (this.my === 'normal') this.#sendState(this.link, 'paused', now, effects.now);
    this.link.close(effects);
  }

  /** Nothing can be written down: the partner is told to serve alone (P1). */
  storageLost(now: Now, effects: Effects): void {
    this.isStorageLost = true;
    if (this.link !== undefined && serviceOf[this.my].service !== 'none') this.#sendState(this.link, 'paused', now, effects.now);
    this.updateView();
  }
  /** What was sent or answered meanwhile never left: a new link makes both sides say it again. */
  storageRestored(now: Now, effects: Effects): void {
    this.isStorageLost = false;
    if (this.link !== undefined) this.drop(this.link, now, effects);
    else if (this.my !== 'startup') this.#record(effects);
    this.updateView();
  }

  /** Pools and networks changed; the relationship itself did not. */
  reconfigure(config: ServerConfig, now: Now, effects: Effects): void {
    const { digest } = this.takeover;
    this.#config = config;
    this.#pools = poolsOf(config, this.peer);
    this.security = ownSecurity(config, this.peer);
    // The partner counts on the witness that we named: it hears of another one at once.
    if (digest !== this.takeover.digest && this.link !== undefined) this.drop(this.link, now, effects);
  }

  // ── Links ──

  /** Whether the request was ours. */
  answer(request: RequestId, answer: Answer, now: Now, effects: Effects): boolean {
    return this.#connector.answer(request, answer, now, effects) || this.parcels.answer(request, answer, now, effects) || this.takeover.answer(request, answer, now, effects);
  }
  isOurRequest(request: RequestId): boolean {
    return this.#connector.isOurRequest(request);
  }

  linkOpen(id: LinkId, isInbound: boolean, now: Now, effects: Effects): void {
    const link = this.#connector.opened(id, isInbound, now, effects);
    if (link !== undefined && this.peer.role === 'primary') this.#handshake.sendConnect(link, now, effects);
  }

  linkData(id: LinkId, bytes: Uint8Array, now: Now, effects: Effects): void {
    const link = this.link?.id === id ? this.link : this.#connector.pending(id);
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
      if (link !== this.link && this.#connector.pending(id) === undefined) return;
    }
    if (link === this.link) this.#armReceive(now);
  }

  /** The primary speaks first again, where nobody else can hear it. */
  linkSecured({ link: id, cipher, partner, refusal }: LinkSecured, now: Now, effects: Effects): void {
    const link = this.#connector.pending(id);
    if (link?.isSecuring !== true) return;
    link.isSecuring = false;
    link.cipher = cipher;
    link.certificate = partner;
    link.refusal = refusal;
    if (refusal !== undefined) this.#handshake.refuseProof(refusal, link, now, effects);
    else if (this.peer.role === 'primary') this.#handshake.sendConnect(link, now, effects);
  }

  linkClosed(id: LinkId, detail: string, now: Now, effects: Effects): void {
    if (this.#connector.pending(id)?.isSecuring === true) effects.log.event(say.securingFailed, { name: this.name, detail });
    if (this.#connector.forget(id)) {
      if (this.link === undefined) this.#connector.again(now);
    } else if (this.link?.id === id) this.#lostLink(now, effects);
  }

  /** Closes a link from our side. */
  drop(link: Link, now: Now, effects: Effects): void {
    link.close(effects);
    this.#connector.forget(link.id);
    if (this.link === link) this.#lostLink(now, effects);
    else if (this.link === undefined) this.#connector.again(now);
  }

  #lostLink(now: Now, effects: Effects): void {
    this.link = undefined;
    this.#timers.clear('contact');
    this.#timers.clear('receive');
    effects.log.event(say.disconnected, { name: this.name });
    this.#saidBothNormal = false;
    this.updates.linkLost();
    this.resync.linkLost();
    this.sharing.linkLost();
    this.parcels.linkLost();
    this.clock.linkLost();
    this.#connector.again(now);
    this.#disconnected(now, effects);
  }
  /** The link is gone, or startup heard nobody (reference §4.3). */
  #disconnected(now: Now, effects: Effects): void {
    const state = this.my === 'startup' ? this.saved : this.my;
    const next = onDisconnect[state] ?? state;
    if (next !== this.my) this.setState(next, now, effects);
    this.takeover.changed(now, effects);
    this.updateView();
  }
  #armReceive(now: Now): void {
    this.#timers.set('receive', addMillis(now.mono, this.silenceMillis));
  }

  /** The handshake is complete: this is the link now. */
  established(link: Link, now: Now, effects: Effects): void {
    assert(this.link === undefined, 'a relationship has one link');
    this.#connector.forget(link.id);
    this.#connector.linked();
    link.isEstablished = true;
    this.link = link;
    this.#store.failover.putWitness(this.name, this.partnerFeatures.witness, effects.journal);
    this.takeover.heard();
    this.takeover.changed(now, effects);
    this.#timers.set('contact', addMillis(now.mono, this.#contactPeriod));
    this.#armReceive(now);
    // Interop: a dhcpd primary in conflict-done dies of hearing recover; one that remembers nothing lets the primary speak first.
    const mayNotKnow = this.hasLostState && this.my === 'startup' && this.peer.role === 'secondary';
    if (!mayNotKnow) this.#sendState(link, undefined, now, this.#safeLane(effects));
    if (this.my === 'recover') this.resync.ask(true, now, effects);
    this.parcels.linkUp(now, effects);
    this.updateView();
  }

  // ── Messages of an established link ──

  #receive(message: FailoverMessage, link: Link, now: Now, effects: Effects): void {
    this.clock.note(message.time, now, effects);
    switch (message.kind) {
      case 'state': this.#onState(message, now, effects); break;
      case 'bndupd': this.updates.received(message, link, now, effects); break;
      case 'bndack': this.updates.acknowledged(message, now, effects); break;
      case 'updreq': this.resync.requested(false, message.xid, effects); break;
      case 'updreqall': this.resync.requested(true, message.xid, effects); break;
      case 'upddone': this.#onUpdateDone(now, effects); break;
      case 'poolreq': this.sharing.requested(message.xid, link, now, effects); break;
      case 'poolresp': effects.log.event(say.poolResponse, { count: message.count ?? 0 }); break;
      case 'disconnect': this.#onDisconnectMessage(message, link, now, effects); break;
      case 'contact': this.parcels.received(message.privateOptions, now, effects); break;
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
    this.#adoptIdentity(message, now, effects);
    this.#adoptWindow(message);
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
    this.#sayBothNormal(effects);
  }

  /** An operator declared the pair new at the partner, which never served either: true for us too. */
  #adoptIdentity({ state, privateOptions }: Extract<FailoverMessage, { kind: 'state' }>, now: Now, effects: Effects): void {
    const identity = identityOf(privateOptions);
    const isFresh = state === 'recover' || state === 'recover-done';
    if (identity === undefined || !isFresh || !this.hasLostState || !this.shares('state-options')) return;
    this.declareNew(identity, effects);
    if (this.my === 'recover-wait') this.setState('recover-done', now, effects);
  }
  #adoptWindow({ privateOptions }: Extract<FailoverMessage, { kind: 'state' }>): void {
    const window = this.shares('state-options') ? windowOf(privateOptions) : undefined;
    if (window === undefined) return;
    this.partnerWindow = window;
    this.takesBatches = true;
  }
  declareNew(identity: string, effects: Effects): void {
    this.#store.failover.putIdentity(this.name, identity, effects.journal);
    this.hasLostState = false;
    this.remembers(effects);
    this.waitFrom = unset;
    effects.log.event(say.pairDeclared, { name: this.name, identity });
  }

  #react(partner: ServerState, before: ServerState, now: Now, effects: Effects): void {
    const reaction = reactionTo(this.my, partner);
    if (this.my === 'potential-conflict' && partner === 'conflict-done') {
      if (before !== 'potential-conflict') effects.log.event(say.unexpectedConflictDone, { name: this.name });
      if (this.peer.role === 'secondary') this.resync.ask(this.hasLostState, now, effects);
      return;
    }
    if (reaction === 'stay') return;
    // Whoever lost its leases cannot compare them: it stays and takes the partner's.
    if (reaction === 'ask' || (this.hasLostState && this.my === 'recover' && partner === 'normal')) {
      this.resync.ask(true, now, effects);
      return;
    }
    this.#complain(partner, before, effects);
    this.setState(reaction, now, effects);
  }

  /** Partner states that cannot be, in dhcpd's words as far as they are true here. */
  #complain(partner: ServerState, before: ServerState, effects: Effects): void {
    const cannotBe = partner === 'potential-conflict' || partner === 'resolution-interrupted' || partner === 'conflict-done';
    if ((this.my === 'normal' && cannotBe) || (this.my === 'potential-conflict' && partner === 'normal'))
      effects.log.event(say.invalidTransition, { name: this.name, from: before, to: partner });
    if (this.my === 'recover-done' && partner === 'recover-done') effects.log.event(say.bothRecoverDone, {});
  }

  #onUpdateDone(now: Now, effects: Effects): void {
    effects.log.event(say.updateCompleted, { name: this.name });
    this.resync.answered();
    // Two nodes that both kept their leases know everything now. One that lost them may have given leases nobody knows.
    const partner = this.hasLostState ? 'unknown-state' : this.partner;
    const isWaitOver = addSeconds(this.waitFrom, this.mclt) <= now.wall;
    const outcome = onUpdateDone(this.my, this.peer.role, this.my === 'recover' ? partner : this.partner, isWaitOver);
    if (outcome === 'stay') return;
    if (outcome === 'error') effects.log.event(say.spuriousDone, {});
    else this.setState(outcome, now, effects);
  }

  // ── States ──

  /** Makes a transition: record, message, and what entering asks for (reference §4.6). */
  setState(next: ServerState, now: Now, effects: Effects): void {
    const from = this.my;
    assert(next !== 'startup' && next !== 'unknown-state', 'a transition leads to a state that can be announced');
    const keepsStos = from === 'startup' || next === 'recover-wait';
    if (requeuesOnLeaving.has(from)) this.queue.requeue();
    if (serviceOf[from].service !== 'none') this.waitFrom = now.wall;
    this.my = next;
    if (!keepsStos) this.stos = now.wall;
    for (const timer of ['startup', 'auto-partner-down', 'recover-wait', 'resume'] as const) this.#timers.clear(timer);
    this.#record(effects);
    effects.log.event(say.iMove, { name: this.name, from, to: next });
    this.updateView();
    // Interop: a survivor sends what it did alone before it calls itself normal (reference §4.6).
    if (from === 'communications-interrupted' && next === 'normal') {
      this.updates.queueMissed(effects);
      this.updates.pump(now, effects);
    }
    if (this.link !== undefined) this.#sendState(this.link, undefined, now, this.#safeLane(effects));
    this.#entered(next, from, now, effects);
    this.takeover.entered(next, from, effects);
    this.takeover.changed(now, effects);
  }

  /** The pause ends by itself, should nobody end it before. */
  resumeAfter(secondsPaused: number, now: Now): void {
    this.#timers.set('resume', addMillis(now.mono, secondsPaused * 1000));
  }

  #entered(state: ServerState, from: ServerState, now: Now, effects: Effects): void {
    if (serviceOf[state].service !== 'none') this.#restoreTimers(now);
    switch (state) {
      case 'communications-interrupted':
        // Where evidence decides, time alone does not.
        if (this.peer.autoPartnerDown > 0 && !this.takeover.isConfigured)
          this.#timers.set('auto-partner-down', addMillis(now.mono, this.peer.autoPartnerDown * 1000));
        break;
      case 'normal': this.#enteredNormal(from, now, effects); break;
      case 'potential-conflict':
        if (this.peer.role === 'primary' || this.partner === 'conflict-done') this.resync.ask(this.hasLostState, now, effects);
        break;
      case 'recover': this.resync.ask(true, now, effects); break;
      case 'recover-wait': this.#timers.set('recover-wait', monoAt(addSeconds(this.waitFrom, this.mclt), now)); break;
      case 'partner-down': this.eachRow((row) => this.bindings.timeEnded(row, this.#situation, effects)); break;
      default: break;
    }
    if (serviceOf[state].service !== 'none') this.#heartbeat(now, effects);
  }

  /** Leases that came to their end while it was not ours to judge (bindings.ts); a secondary in normal still leaves it to its partner. */
  #restoreTimers(now: Now): void {
    if (this.peer.role === 'secondary' && this.my === 'normal') return;
    this.eachRow((row) => {
      const ends = this.table.ends(row);
      if (this.table.state(row) === bindingCode.active && ends <= now.wall) this.table.setTimer(row, ends);
    });
  }

  #enteredNormal(from: ServerState, now: Now, effects: Effects): void {
    this.hasLostState = false;
    this.sharing.run(false, now, effects);
    // Not sent before the end of this step, so that addresses just given away are sent once.
    if (from !== 'communications-interrupted') this.updates.queueMissed(effects);
    this.#sayBothNormal(effects);
  }
  #sayBothNormal(effects: Effects): void {
    const areNormal = this.my === 'normal' && this.partner === 'normal' && this.link !== undefined;
    if (areNormal && !this.#saidBothNormal) effects.log.event(say.bothNormal, { name: this.name });
    this.#saidBothNormal = areNormal;
  }

  get #situation(): Situation {
    return { role: this.peer.role, my: this.my, stos: this.stos, mclt: this.mclt };
  }
  /** A row of ours changed. */
  changed(row: number, now: Now): void {
    this.queue.push(row);
    this.contacts.leaseChanged(row, now);
    this.sharing.changed(now);
  }
  leaseDue(row: number, now: Now, effects: Effects): void {
    this.bindings.due(row, this.#situation, now, effects);
    this.sharing.freed(row, now, effects);
  }

  #record(effects: Effects): void {
    if (this.isStorageLost) return;
    const state = this.my === 'startup' ? this.saved : this.my;
    this.#store.failover.putState(
      this.name,
      {
        my: { state, at: this.stos },
        partner: { state: this.partner, at: this.partnerStos },
        mclt: this.peer.role === 'secondary' ? this.mclt : undefined,
      },
      effects.journal,
    );
  }
  /** A secondary took over what CONNECT says. */
  adopt(mclt: Seconds, hashBuckets: Uint8Array | undefined, effects: Effects): void {
    this.hashBuckets = hashBuckets;
    if (mclt === this.mclt) return;
    this.mclt = mclt;
    if (this.my !== 'startup') this.#record(effects);
  }

  /** What asserts nothing durable must not wait for a disk that is gone. */
  #safeLane(effects: Effects): SendLane {
    return this.isStorageLost ? effects.now : effects.afterCommit;
  }

  #sendState(link: Link, state: AnnouncedState | undefined, now: Now, lane: SendLane): void {
    const isStartup = this.my === 'startup' && state === undefined;
    const identity = this.#isFresh ? this.#store.failover.identity(this.name) : undefined;
    encodeState(
      link.out(lane, now), now.wall, link.xid(),
      { state: state ?? this.#announced, isStartup, stos: this.stos },
      this.shares('state-options') ? stateOptions(identity) : undefined,
    );
  }
  /** Declared new and never served: only then may the partner take the word over. */
  get #isFresh(): boolean {
    return this.#store.failover.lastServed(this.name) === undefined;
  }
  get #announced(): AnnouncedState {
    const own = (this.my === 'startup' ? this.saved : this.my) as AnnouncedState;
    if (this.isStorageLost && serviceOf[own].service !== 'none') return 'paused';
    // Interop: this ends a dhcpd's process; interrupted resolution leads it to the same place (§11.1 item 2).
    const wouldKill = this.partner === 'conflict-done' && !this.shares('rules') && !bearableInConflictDone.has(own);
    return wouldKill ? 'resolution-interrupted' : own;
  }

  /** Alone, and the partner may have been allowed to take everything over. */
  get #heldBack(): ServiceRow | undefined {
    const reason = serviceOf[this.my].service === 'none' ? '' : this.takeover.heldBack;
    return reason === '' ? undefined : { service: 'none', reason };
  }
  /** What the engine may do, from the two states (reference §4.1). */
  updateView(): void {
    const { view } = this;
    const { service, reason } = this.isStorageLost ? serviceOf.paused : this.#heldBack ?? serviceFor(this.my, this.partner);
    view.service = service;
    view.reason = reason;
    view.role = this.peer.role;
    view.hashBuckets = this.hashBuckets;
    view.loadBalanceMaxSecs = this.peer.loadBalanceMaxSecs;
    view.mclt = this.mclt;
    view.stos = this.stos;
    view.probesUnused = this.#store.failover.isMemoryLost(this.name);
    const settings = relationshipSettings(this.#config.leasehold.relationships, this.name);
    view.isSynchronous =
      settings?.isSynchronous === true && this.my === 'normal' && this.partner === 'normal' && this.link !== undefined && this.shares('prompt-acks') && !this.isStorageLost;
    view.syncWaitMillis = settings?.syncWaitMillis ?? 0;
    view.isPartnerServing = this.link !== undefined && this.partner === 'normal';
    const partner = this.partnerAddress;
    view.partnerIdentifiers = partner === undefined ? [] : [partner];
  }

  // ── Time ──

  /** Says in advance until when we may have served, so that after a crash MCLT is waited from there (§11.2). */
  #heartbeat(now: Now, effects: Effects): void {
    if (serviceOf[this.my].service === 'none' || this.isStorageLost) return;
    this.#store.failover.putLastServed(this.name, addSeconds(now.wall, servedAheadSeconds), effects.journal);
    this.#timers.set('served', addMillis(now.mono, (servedAheadSeconds / 2) * 1000));
  }

  tick(now: Now, effects: Effects): void {
    for (let timer = this.#timers.due(now.mono); timer !== undefined; timer = this.#timers.due(now.mono))
      this.#onTimer(timer, now, effects);
    this.#connector.tick(now, effects);
    this.resync.tick(now, effects);
    this.sharing.tick(now, effects);
    this.parcels.tick(now, effects);
    this.takeover.tick(now, effects);
  }

  /** After every step: a client that found no address makes us ask at once. PERF: a few comparisons. */
  afterStep(now: Now, effects: Effects): void {
    if (this.view.wantsAddresses) {
      this.view.wantsAddresses = false;
      this.sharing.request(now, effects);
    }
    this.resync.serve(now, effects);
    this.updates.pumpInTime(now, effects);
    this.parcels.afterStep(now, effects);
  }

  #onTimer(timer: Timer, now: Now, effects: Effects): void {
    switch (timer) {
      case 'startup': if (this.my === 'startup') this.#disconnected(now, effects); break;
      case 'contact': this.#contact(now, effects); break;
      case 'receive': this.#receiveTimeout(now, effects); break;
      case 'auto-partner-down': if (this.my === 'communications-interrupted') this.setState('partner-down', now, effects); break;
      case 'recover-wait': if (this.my === 'recover-wait') this.#waitOver(now, effects); break;
      case 'resume': if (this.my === 'paused') this.setState('communications-interrupted', now, effects); break;
      case 'served': this.#heartbeat(now, effects); break;
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
    const period = this.#contactPeriod;
    // Why the sum and not the difference: the timer below holds the sum, and rounding must not part the two, or it is due for ever.
    if (addMillis(link.saidAt, period) <= now.mono) encodeBare(link.out(effects.now, now), now.wall, link.xid(), 'contact');
    this.#timers.set('contact', addMillis(link.saidAt, period));
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

  /** The wall clock jumped: what we compare with it jumps too. */
  clockStepped(deltaSeconds: number): void {
    this.clock.meter.forget();
    this.stos = shiftTime(this.stos, deltaSeconds);
    this.partnerStos = shiftTime(this.partnerStos, deltaSeconds);
    this.waitFrom = shiftTime(this.waitFrom, deltaSeconds);
    this.updateView();
  }
}

const poolsOf = (config: ServerConfig, peer: FailoverPeer): readonly number[] =>
  config.pools.filter((pool) => pool.peer === peer.index).map(({ index }) => index);

/** dhcpd lets a shutdown survive a restart and then serves nobody for ever; here it recovers (§11.2). */
function savedState(state: ServerState | undefined): ServerState {
  if (state === undefined || state === 'shutdown' || state === 'startup') return 'recover';
  return state === 'paused' ? 'communications-interrupted' : state;
}
