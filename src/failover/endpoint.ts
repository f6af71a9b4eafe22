// One relationship: its link, what goes over it, and the parts that look after each matter: states in state-machine.ts, updates of
// rows in binding-updates.ts, what only a Leasehold partner hears in parcels.ts.

import { assert } from '../std/assert.ts';
import { Prng } from '../std/prng.ts';
import type { Ipv4 } from '../std/ipv4.ts';
import { seconds, type MonoMillis, type Now, type Seconds } from '../std/time.ts';
import type { AddressItem } from '../model/expression.ts';
import type { Answer, Effects, LinkId, NodeEvent, RequestId } from '../model/step.ts';
import type { FailoverPeer, ServerConfig } from '../model/server-config.ts';
import type { ServiceView } from '../model/service-view.ts';
import { hasGroup } from '../lease/host-scopes.ts';
import type { LeaseStore } from '../lease/lease-store.ts';
import type { LeaseTable } from '../lease/lease-table.ts';
import { rejectText, type FailoverMessage } from '../wire/failover-message.ts';
import { encodeCapabilities, noFeatures, type Features } from '../wire/failover-security.ts';
import { BindingUpdates } from './binding-updates.ts';
import { Bindings } from './bindings.ts';
import { BootChoicesTopic } from './boot-choices-topic.ts';
import { BootTrees } from './boot-trees.ts';
import { isShared, ownCapabilityBits, windowOf, type Capability } from './capabilities.ts';
import { Connector } from './connector.ts';
import { Contact } from './contact.ts';
import { ContactsTopic } from './contacts-topic.ts';
import { Drift } from './drift.ts';
import { Handshake } from './handshake.ts';
import { HostsTopic } from './hosts-topic.ts';
import type { Link } from './link.ts';
import * as say from './log-events.ts';
import { Parcels } from './parcels.ts';
import { PartnerClock } from './partner-clock.ts';
import { serviceOf, type ServerState } from './peer-states.ts';
import { Resync } from './resync.ts';
import { capabilitiesOf, ownSecurity, type OwnSecurity } from './security.ts';
import { writeServiceView } from './service-view.ts';
import { Sharing } from './sharing.ts';
import { StateMachine } from './state-machine.ts';
import { safeLane } from './state-message.ts';
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

/** A secondary's until CONNECT or the lease file tells. */
const mcltByDefault = seconds(3600);

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
  readonly states: StateMachine;
  readonly contact: Contact;
  readonly #connector: Connector;
  readonly #handshake: Handshake;
  readonly #store: LeaseStore;
  #config: ServerConfig;
  #pools: readonly number[];
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
  isStorageLost = false;

  constructor({ config, peer, store, view, seed, nextRequestId }: EndpointDeps) {
    this.peer = peer;
    this.view = view;
    this.table = store.table;
    this.#store = store;
    this.#config = config;
    this.#pools = poolsOf(config, peer);
    this.states = new StateMachine(this, store.failover);
    this.contact = new Contact(this);
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
  get my(): ServerState {
    return this.states.my;
  }
  get partner(): ServerState {
    return this.states.partner;
  }
  get hasLostState(): boolean {
    return this.states.hasLostState;
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
      this.states.deadline, this.contact.deadline, this.#connector.deadline, this.resync.deadline, this.sharing.deadline, this.parcels.deadline, this.updates.deadline,
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
    return encodeCapabilities(capabilitiesOf(this.security), { bits: ownCapabilityBits, contactMillis: this.contact.settings.contactMillis, witness: this.takeover.digest });
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
    this.states.start(now, effects);
    this.takeover.started();
    this.#connector.start(now, effects);
    this.updateView();
  }

  /** The partner serves alone from the moment it hears this; our own record stays what it was. */
  stop(now: Now, effects: Effects): void {
    if (this.link === undefined) return;
    this.updates.pump(now, effects);
    if (this.my === 'normal') this.states.announce('paused', now, effects.now);
    this.link.close(effects);
  }

  /** Nothing can be written down: the partner is told to serve alone (P1). */
  storageLost(now: Now, effects: Effects): void {
    this.isStorageLost = true;
    if (serviceOf[this.my].service !== 'none') this.states.announce('paused', now, effects.now);
    this.updateView();
  }
  /** What was sent or answered meanwhile never left: a new link makes both sides say it again. */
  storageRestored(now: Now, effects: Effects): void {
    this.isStorageLost = false;
    if (this.link !== undefined) this.drop(this.link, now, effects);
    else if (this.my !== 'startup') this.states.record(effects);
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
    if (link === this.link) this.contact.heard(now);
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
    this.contact.linkLost();
    effects.log.event(say.disconnected, { name: this.name });
    this.states.linkLost();
    this.updates.linkLost();
    this.resync.linkLost();
    this.sharing.linkLost();
    this.parcels.linkLost();
    this.clock.linkLost();
    this.#connector.again(now);
    this.states.disconnected(now, effects);
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
    this.contact.linkUp(now);
    // Interop: a dhcpd primary in conflict-done dies of hearing recover; one that remembers nothing lets the primary speak first.
    const mayNotKnow = this.hasLostState && this.my === 'startup' && this.peer.role === 'secondary';
    if (!mayNotKnow) this.states.announce(undefined, now, safeLane(this, effects));
    if (this.my === 'recover') this.resync.ask(true, now, effects);
    this.parcels.linkUp(now, effects);
    this.updateView();
  }

  // ── Messages of an established link ──

  #receive(message: FailoverMessage, link: Link, now: Now, effects: Effects): void {
    this.clock.note(message.time, now, effects);
    switch (message.kind) {
      case 'state':
        this.#adoptWindow(message);
        this.states.heard(message, now, effects);
        break;
      case 'bndupd': this.updates.received(message, link, now, effects); break;
      case 'bndack': this.updates.acknowledged(message, now, effects); break;
      case 'updreq': this.resync.requested(false, message.xid, effects); break;
      case 'updreqall': this.resync.requested(true, message.xid, effects); break;
      case 'upddone': this.states.updateDone(now, effects); break;
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

  #adoptWindow({ privateOptions }: Extract<FailoverMessage, { kind: 'state' }>): void {
    const window = this.shares('state-options') ? windowOf(privateOptions) : undefined;
    if (window === undefined) return;
    this.partnerWindow = window;
    this.takesBatches = true;
  }

  // ── States and rows ──

  /** Makes a transition (state-machine.ts). */
  setState(next: ServerState, now: Now, effects: Effects): void {
    this.states.set(next, now, effects);
  }
  /** A row of ours changed. */
  changed(row: number, now: Now): void {
    this.queue.push(row);
    this.contacts.leaseChanged(row, now);
    this.sharing.changed(now);
  }
  leaseDue(row: number, now: Now, effects: Effects): void {
    this.bindings.due(row, this.states.situation, now, effects);
    this.sharing.freed(row, now, effects);
  }

  /** A secondary took over what CONNECT says. */
  adopt(mclt: Seconds, hashBuckets: Uint8Array | undefined, effects: Effects): void {
    this.hashBuckets = hashBuckets;
    if (mclt === this.mclt) return;
    this.mclt = mclt;
    if (this.my !== 'startup') this.states.record(effects);
  }

  /** What the engine may do changed, or may have. */
  updateView(): void {
    writeServiceView(this, this.#store.failover);
  }

  // ── Time ──

  tick(now: Now, effects: Effects): void {
    this.states.tick(now, effects);
    this.contact.tick(now, effects);
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

  /** The wall clock jumped: what we compare with it jumps too. */
  clockStepped(deltaSeconds: number): void {
    this.clock.meter.forget();
    this.states.clockStepped(deltaSeconds);
    this.updateView();
  }
}

const poolsOf = (config: ServerConfig, peer: FailoverPeer): readonly number[] =>
  config.pools.filter((pool) => pool.peer === peer.index).map(({ index }) => index);
