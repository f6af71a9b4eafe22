// One node: engine, failover and commands behind one step(). It decides nothing about packets or partners itself; it routes
// events, keeps the storage mode, drives lease timers and name resolution, and moves stored times when the wall clock jumps.

import type { ByteWriter } from '../std/bytes.ts';
import { monoAt, never, type MonoMillis, type Now } from '../std/time.ts';
import type { Answer, Effects, Interface, Node, NodeEvent, RequestId } from '../model/step.ts';
import type { ServerConfig } from '../model/server-config.ts';
import type { StorageView } from '../model/service-view.ts';
import { withDynamicClasses } from '../lease/dynamic-classes.ts';
import type { LeaseStore } from '../lease/lease-store.ts';
import { bootFilesFetched } from '../boot/log-events.ts';
import { bootDeskFor } from '../boot/profile-desk.ts';
import { afterFetch, colonsOf, type BootFetched } from '../model/boot-choice.ts';
import { applyBootChoice } from '../lease/boot-choices.ts';
import { Engine } from '../engine/engine.ts';
import { Failover } from '../failover/failover.ts';
import { Omapi } from '../control/omapi/omapi.ts';
import { Commands } from './commands.ts';
import { HiddenHosts } from './hidden-hosts.ts';
import { clockStepped, leasingResumed, leasingStopped, reloaded } from './log-events.ts';
import { NameRefresh } from './name-refresh.ts';

export interface NodeDeps {
  readonly config: ServerConfig;
  /** What replay found; the node owns it from now on. */
  readonly store: LeaseStore;
  /** Seeds back-off and jitter, never a secret. */
  readonly seed: number;
  /** 32 random bytes, for what nobody may foresee. */
  readonly secret: Uint8Array;
}

/** Lease timers handled in one step; the deadline brings the node back at once for the rest. */
const dueRowsMax = 256;

export class LeaseholdNode implements Node {
  readonly #store: LeaseStore;
  readonly #engine: Engine;
  readonly #failover: Failover;
  readonly #commands: Commands;
  readonly #omapi: Omapi;
  readonly #hidden: HiddenHosts;
  readonly #names: NameRefresh;
  readonly #storage: StorageView = { mode: 'leasing', reason: '' };
  /** As given. */
  #config: ServerConfig;
  /** With the classes of the lease file: what the engine serves by. */
  #served: ServerConfig;
  #interfaces: readonly Interface[] = [];
  #lastRequestId: RequestId = 0;
  /** Both clocks of the latest event: they turn wall deadlines into monotonic ones. */
  #now: Now | undefined;

  constructor({ config, store, seed, secret }: NodeDeps) {
    const nextRequestId = (): RequestId => ++this.#lastRequestId;
    const { table, hosts, names } = store;
    this.#store = store;
    this.#config = config;
    this.#served = withDynamicClasses(config, store.kept);
    this.#names = new NameRefresh(names, nextRequestId);
    this.#failover = new Failover({ config, store, seed, nextRequestId });
    const { views } = this.#failover;
    this.#engine = new Engine({ config: this.#served, table, hosts, names, contacts: store.contacts, views, storage: this.#storage, bootFor: (served) => bootDeskFor(served, store.bootChoices), seed, nextRequestId });
    this.#commands = new Commands({ store, failover: this.#failover, storage: this.#storage, config: () => this.#config });
    this.#hidden = new HiddenHosts(store);
    this.#omapi = new Omapi({
      store,
      secret,
      nextRequestId,
      config: () => this.#served,
      classesChanged: () => this.#classesChanged(),
      interfaces: () => this.#interfaces,
      failoverViews: (now) => this.#failover.relationships(now),
      isDurable: () => this.#storage.mode === 'leasing',
      run: (command, now, effects) => this.#commands.run(command, now, effects),
    });
  }

  get isReady(): boolean {
    return this.#names.isReady;
  }

  get deadline(): MonoMillis {
    const leases = this.#now === undefined ? never : monoAt(this.#store.table.nextDue, this.#now);
    return Math.min(
      this.#engine.deadline,
      this.#failover.deadline,
      this.#names.deadline,
      this.#omapi.deadline,
      leases,
    ) as MonoMillis;
  }

  step(event: NodeEvent, effects: Effects): void {
    this.#now = event.now;
    // PERF: the packet path comes first and costs no more than this comparison before the engine has it.
    if (event.kind === 'packet') this.#engine.packet(event.packet, event.now, effects);
    else {
      this.#route(event, effects);
      this.#engine.settle(event.now, effects);
    }
    this.#failover.leasesChanged(event.now, effects);
  }

  dangersOf(config: ServerConfig): readonly string[] {
    return this.#failover.dangersOf(config);
  }

  snapshot(cursor: number, sizeWanted: number, out: ByteWriter): number {
    return this.#store.snapshot(cursor, sizeWanted, out);
  }

  #route(event: Exclude<NodeEvent, { kind: 'packet' }>, effects: Effects): void {
    const { now } = event;
    switch (event.kind) {
      case 'start':
        this.#names.watch(this.#config.hostNames, now, effects);
        this.#failover.start(now, effects);
        this.#omapi.start(effects);
        this.#hidden.say(this.#config, effects);
        this.#tellChoices(effects);
        break;
      case 'tick': this.#tick(now, effects); break;
      case 'committed': break;
      case 'commit-failed':
        this.#omapi.commitFailed(effects);
        this.#stopLeasing(`${event.reason}: ${event.detail}`, now, effects);
        break;
      case 'storage-restored': this.#resumeLeasing(now, effects); break;
      case 'interfaces':
        this.#interfaces = event.interfaces;
        this.#engine.interfaces(event.interfaces);
        break;
      case 'reload': this.#reload(event.config, now, effects); break;
      case 'clock-step': this.#shiftClock(event.deltaSeconds, now, effects); break;
      case 'clock-sync': this.#failover.clockSynced(event.isSynced); break;
      case 'link-open':
        if (event.request === undefined && this.#omapi.owns(event.localPort)) this.#omapi.linkOpen(event, now, effects);
        else this.#failover.linkOpen(event, now, effects);
        break;
      case 'link-data':
        if (this.#omapi.has(event.link)) this.#omapi.linkData(event.link, event.bytes, now, effects);
        else this.#failover.linkData(event.link, event.bytes, now, effects);
        break;
      case 'link-secured': this.#failover.linkSecured(event, now, effects); break;
      case 'link-closed':
        this.#omapi.linkClosed(event.link);
        this.#failover.linkClosed(event.link, event.detail, now, effects);
        break;
      case 'answer': this.#answer(event.request, event.answer, now, effects); break;
      case 'boot-fetched': this.#bootFetched(event.fetched, now, effects); break;
      case 'command':
        effects.afterCommit.reply(event.session, this.#commands.run(event.command, now, effects));
        break;
      case 'boot-files': this.#failover.bootFiles(event.files, now, effects); break;
      case 'stop': this.#failover.stop(now, effects); break;
      default: event satisfies never;
    }
  }

  #tick(now: Now, effects: Effects): void {
    this.#endLeases(now, effects);
    this.#engine.tick(now, effects);
    this.#failover.tick(now, effects);
    this.#names.tick(now, effects);
    this.#omapi.tick(now, effects);
  }

  /** Each due row is changed, or given a later timer, by the room that owns its pool's rules. */
  #endLeases(now: Now, effects: Effects): void {
    const { table } = this.#store;
    for (let count = 0; count < dueRowsMax; count++) {
      const row = table.dueRow(now.wall);
      if (row < 0) return;
      if (table.peer(row) < 0) this.#engine.leaseDue(row, now, effects);
      else this.#failover.leaseDue(row, now, effects);
    }
  }

  /** Evidence declares a partner down by the way of operators, with the line in the log that theirs has. */
  #failoverAnswer(request: RequestId, answer: Answer, now: Now, effects: Effects): boolean {
    const isTaken = this.#failover.answer(request, answer, now, effects);
    for (let order = this.#failover.takeOrder(); order !== undefined; order = this.#failover.takeOrder()) this.#commands.run(order, now, effects);
    return isTaken;
  }

  #answer(request: RequestId, answer: Answer, now: Now, effects: Effects): void {
    const isTaken =
      this.#engine.answer(request, answer, now, effects) ||
      this.#failoverAnswer(request, answer, now, effects) ||
      this.#omapi.answer(request, answer, now, effects);
    if (isTaken) return;
    const { generation } = this.#store.names;
    if (this.#names.answer(request, answer, now, effects) && this.#store.names.generation !== generation)
      this.#store.hosts.namesChanged();
  }

  #tellChoices({ requests }: Effects): void {
    const choices = [...this.#store.bootChoices.values()];
    if (choices.length > 0) requests.push({ kind: 'boot-choices', choices });
  }

  #bootFetched(fetched: BootFetched, now: Now, effects: Effects): void {
    const { bootChoices } = this.#store;
    const change = afterFetch(fetched, bootChoices.get(fetched.mac), now.wall);
    if (change !== undefined && applyBootChoice(bootChoices, change, effects)) effects.log.event(bootFilesFetched, { mac: colonsOf(change.mac) });
  }

  #stopLeasing(reason: string, now: Now, effects: Effects): void {
    if (this.#storage.mode === 'reserved-only') return;
    this.#storage.mode = 'reserved-only';
    this.#storage.reason = reason;
    effects.log.event(leasingStopped, { reason });
    this.#failover.storageLost(now, effects);
  }

  #resumeLeasing(now: Now, effects: Effects): void {
    if (this.#storage.mode === 'leasing') return;
    this.#storage.mode = 'leasing';
    this.#storage.reason = '';
    effects.log.event(leasingResumed, {});
    this.#failover.storageRestored(now, effects);
  }

  #reload(config: ServerConfig, now: Now, effects: Effects): void {
    this.#config = config;
    const { table, hosts } = this.#store;
    table.reload(config);
    hosts.reload(config);
    this.#failover.reload(config, now, effects);
    this.#served = withDynamicClasses(config, this.#store.kept);
    this.#engine.reload(this.#served);
    this.#omapi.reload(effects);
    this.#hidden.say(config, effects);
    this.#names.watch(config.hostNames, now, effects);
    effects.requests.push({ kind: 'compact' });
    effects.log.event(reloaded, { subnets: config.subnets.length, hosts: hosts.count, rows: table.rowCount });
  }

  #classesChanged(): void {
    this.#served = withDynamicClasses(this.#config, this.#store.kept);
    this.#engine.reload(this.#served);
  }

  #shiftClock(deltaSeconds: number, now: Now, effects: Effects): void {
    effects.log.event(clockStepped, { deltaSeconds });
    this.#store.table.shiftTimes(deltaSeconds, effects.journal);
    this.#failover.clockStepped(deltaSeconds);
    effects.requests.push({ kind: 'compact' });
  }
}
