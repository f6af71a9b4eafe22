// All relationships of a node behind one door: events are given to the endpoint they belong to (failover reference).

import { never, seconds, unset, type MonoMillis, type Now } from '../std/time.ts';
import type { Ipv4 } from '../std/ipv4.ts';
import type { Answer, Command, Effects, LinkId, NodeEvent, RequestId } from '../model/step.ts';
import type { BootTreeFile } from '../model/boot-tree.ts';
import type { ServerConfig } from '../model/server-config.ts';
import type { FailoverView } from '../model/failover-view.ts';
import type { ServiceView } from '../model/service-view.ts';
import { differenceText } from '../model/agreement/compare.ts';
import type { LeaseStore } from '../lease/lease-store.ts';
import { runCommand, type FailoverAnswer } from './commands.ts';
import { Endpoint } from './endpoint.ts';
import { noMatchingState } from './log-events.ts';
import { relationshipOf } from './relationship.ts';

export interface FailoverDeps {
  readonly config: ServerConfig;
  readonly store: LeaseStore;
  readonly seed: number;
  readonly nextRequestId: () => RequestId;
}

type LinkOpen = Extract<NodeEvent, { kind: 'link-open' }>;
type LinkSecured = Extract<NodeEvent, { kind: 'link-secured' }>;

const newView = (): ServiceView => ({
  service: 'none',
  reason: ' (startup)',
  role: 'primary',
  hashBuckets: undefined,
  loadBalanceMaxSecs: 0,
  mclt: seconds(3600),
  stos: unset,
  isPartnerServing: false,
  partnerIdentifiers: [],
  skew: 0,
  probesUnused: false,
  isSynchronous: false,
  syncWaitMillis: 0,
  unconfirmedAcks: 0,
  wantsAddresses: false,
});

export class Failover {
  readonly #deps: FailoverDeps;
  /** By peer index; the engine keeps this array. */
  readonly views: ServiceView[] = [];
  #endpoints: Endpoint[] = [];
  #bootFiles: readonly BootTreeFile[] | undefined;
  #isSynced: boolean | undefined;
  readonly #byLink = new Map<LinkId, Endpoint>();

  constructor(deps: FailoverDeps) {
    this.#deps = deps;
    this.#endpoints = this.#makeEndpoints(deps.config);
  }

  #makeEndpoints(config: ServerConfig): Endpoint[] {
    this.views.length = 0;
    return config.peers.map((peer) => {
      const view = newView();
      view.role = peer.role;
      this.views.push(view);
      const endpoint = new Endpoint({ ...this.#deps, config, peer, view, seed: this.#deps.seed + peer.index });
      endpoint.clock.isSynced = this.#isSynced;
      return endpoint;
    });
  }

  get endpoints(): readonly Endpoint[] {
    return this.#endpoints;
  }
  get deadline(): MonoMillis {
    let first = never;
    for (const { deadline } of this.#endpoints) if (deadline < first) first = deadline;
    return first;
  }

  start(now: Now, effects: Effects): void {
    for (const endpoint of this.#endpoints) endpoint.start(now, effects);
  }
  stop(now: Now, effects: Effects): void {
    for (const endpoint of this.#endpoints) endpoint.stop(now, effects);
  }
  tick(now: Now, effects: Effects): void {
    for (const endpoint of this.#endpoints) endpoint.tick(now, effects);
  }
  storageLost(now: Now, effects: Effects): void {
    for (const endpoint of this.#endpoints) endpoint.storageLost(now, effects);
  }
  storageRestored(now: Now, effects: Effects): void {
    for (const endpoint of this.#endpoints) endpoint.storageRestored(now, effects);
  }
  /** What the kernel says of this machine's clock. */
  clockSynced(isSynced: boolean): void {
    this.#isSynced = isSynced;
    for (const { clock } of this.#endpoints) clock.isSynced = isSynced;
  }
  clockStepped(deltaSeconds: number): void {
    for (const endpoint of this.#endpoints) endpoint.clockStepped(deltaSeconds);
  }

  /** A link we asked for, or one from outside: then the source address says whose it is (reference §1.1). */
  linkOpen({ link, request, remote, localPort }: LinkOpen, now: Now, effects: Effects): void {
    const endpoint =
      request === undefined
        ? this.#endpointFrom(remote, localPort)
        : this.#endpoints.find((candidate) => candidate.isOurRequest(request));
    if (endpoint === undefined) {
      effects.log.event(noMatchingState, {});
      effects.requests.push({ kind: 'close', link });
      return;
    }
    this.#byLink.set(link, endpoint);
    endpoint.linkOpen(link, request === undefined, now, effects);
  }
  #endpointFrom(remote: Ipv4, localPort: number | undefined): Endpoint | undefined {
    return this.#endpoints.find(
      ({ partnerAddress, peer }) => partnerAddress === remote && (localPort === undefined || peer.port === localPort),
    );
  }
  linkData(link: LinkId, bytes: Uint8Array, now: Now, effects: Effects): void {
    this.#byLink.get(link)?.linkData(link, bytes, now, effects);
  }
  linkSecured(secured: LinkSecured, now: Now, effects: Effects): void {
    this.#byLink.get(secured.link)?.linkSecured(secured, now, effects);
  }
  linkClosed(link: LinkId, detail: string, now: Now, effects: Effects): void {
    this.#byLink.get(link)?.linkClosed(link, detail, now, effects);
    this.#byLink.delete(link);
  }
  answer(request: RequestId, answer: Answer, now: Now, effects: Effects): boolean {
    return this.#endpoints.some((endpoint) => endpoint.answer(request, answer, now, effects));
  }

  /** What evidence orders, to be run as an operator's word. */
  takeOrder(): Command | undefined {
    for (const { takeover } of this.#endpoints) {
      const order = takeover.takeOrder();
      if (order !== undefined) return order;
    }
    return undefined;
  }

  /** For OMAPI's failover-state objects. */
  relationships(now: Now): FailoverView[] {
    return this.#endpoints.map((endpoint) => relationshipOf(endpoint, now));
  }

  /** The shell has read this node's boot files; undefined: it serves none. */
  bootFiles(files: readonly BootTreeFile[] | undefined, now: Now, effects: Effects): void {
    for (const { bootTrees } of this.#endpoints) bootTrees.found(files, now, effects);
    this.#bootFiles = files;
  }

  leaseDue(row: number, now: Now, effects: Effects): void {
    this.#endpoints[this.#deps.store.table.peer(row)]?.leaseDue(row, now, effects);
  }

  /** After every step: rows that changed go to their partner. PERF: returns at once without peers or changes. */
  leasesChanged(now: Now, effects: Effects): void {
    if (this.#endpoints.length === 0) return;
    const { table } = this.#deps.store;
    for (let row = table.changed.take(); row >= 0; row = table.changed.take()) this.#endpoints[table.peer(row)]?.changed(row, now);
    for (const endpoint of this.#endpoints) endpoint.afterStep(now, effects);
  }

  command(command: Command, now: Now, effects: Effects): FailoverAnswer {
    return runCommand(this.#endpoints, this.#deps.store, command, now, effects);
  }

  /** What a reload would make dangerously different from the partners, a sentence each. */
  dangersOf(config: ServerConfig): string[] {
    return this.#endpoints.flatMap(({ name, drift, link }) => {
      const isGone = link !== undefined && !config.peers.some((peer) => peer.name === name);
      return [
        ...(isGone ? [`failover peer ${name} is no longer declared: the two nodes would never connect`] : []),
        ...drift.dangersOf(config).map(differenceText),
      ];
    });
  }

  /** Relationships that stayed as they were keep their link; changed ones start anew with what the lease file says. */
  reload(config: ServerConfig, now: Now, effects: Effects): void {
    const before = this.#endpoints;
    const isSame =
      before.length === config.peers.length && config.peers.every((peer, index) => isSamePeer(peer, before[index]?.peer));
    if (isSame) {
      for (const endpoint of before) endpoint.reconfigure(config, now, effects);
      return;
    }
    for (const endpoint of before) endpoint.stop(now, effects);
    this.#endpoints = this.#makeEndpoints(config);
    this.#byLink.clear();
    this.bootFiles(this.#bootFiles, now, effects);
    this.start(now, effects);
  }
}

/** Equal but for its place in the file. */
function isSamePeer(a: object, b: object | undefined): boolean {
  const text = (peer: object): string =>
    JSON.stringify(peer, (key, value: unknown) => (key === 'span' ? undefined : value instanceof Uint8Array ? [...value] : value));
  return b !== undefined && text(a) === text(b);
}
