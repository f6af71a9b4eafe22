// DHCPv4 decisions: one packet in, effects out (RFC 2131 §4.3). Message handlers are in files of their own; this one finds
// network, classes and hosts, and keeps what outlives a packet.

import { formatIpv4 } from '../std/ipv4.ts';
import type { MonoMillis, Now } from '../std/time.ts';
import type { Answer, Effects, Interface, PacketIn, RequestId } from '../model/step.ts';
import { bindingCode } from '../model/binding-state.ts';
import type { BootDesk } from '../model/boot-desk.ts';
import type { ServerConfig } from '../model/server-config.ts';
import type { ServiceView, StorageView } from '../model/service-view.ts';
import type { Recorder } from '../model/why.ts';
import type { ContactTable } from '../lease/contact-table.ts';
import type { HostTable } from '../lease/host-table.ts';
import type { LeaseTable } from '../lease/lease-table.ts';
import type { NameTable } from '../lease/name-table.ts';
import { messageType } from '../wire/dhcp-view.ts';
import { answerBootp } from './bootp.ts';
import { Billing } from './billing.ts';
import { Classes } from './classes.ts';
import type { Desk } from './desk.ts';
import { answerDecline } from './decline.ts';
import { answerDiscover } from './discover.ts';
import { Exchange } from './exchange.ts';
import { NoteTaker, paperEffects, type Explanation } from './explain.ts';
import { Granting } from './granting.ts';
import { HeldRequests } from './held-requests.ts';
import { answerInform } from './inform.ts';
import { Duplicates } from './duplicates.ts';
import { Handlers } from './handlers.ts';
import { LeaseEvents } from './lease-events.ts';
import { ackUnconfirmed, echoWhileLeased, giaddrIsOurs, unknownMessageType } from './log-events.ts';
import { Lookup } from './lookup.ts';
import { NetworkBoot } from './network-boot.ts';
import { Networks } from './networks.ts';
import { Offers } from './offers.ts';
import { Pings } from './pings.ts';
import { ReverseNames } from './reverse-names.ts';
import { PoolThresholds } from './pool-fill.ts';
import { Policies } from './policies.ts';
import { LeftToPartner } from './left-to-partner.ts';
import { RateLimits } from './rate-limits.ts';
import { answerRelease } from './release.ts';
import { describeClient, Replies } from './reply.ts';
import { answerRequest } from './request.ts';
import { answerLeasequery } from './leasequery.ts';
import { sayHost, sayPools } from './telling.ts';

export interface EngineDeps {
  readonly config: ServerConfig;
  readonly table: LeaseTable;
  readonly hosts: HostTable;
  readonly names: NameTable;
  /** Last contacts of reserved hosts; absent where nobody keeps them. */
  readonly contacts?: ContactTable;
  /** By peer index; failover writes them. */
  readonly views: readonly (ServiceView | undefined)[];
  readonly storage: StorageView;
  /** What machines boot under a configuration; absent where nobody tells. */
  readonly bootFor?: (config: ServerConfig) => BootDesk | undefined;
  readonly seed: number;
  readonly nextRequestId: () => RequestId;
}

/** OFFER, ACK, NAK and the answers to LEASEQUERY. */
const serverTypes: ReadonlySet<number> = new Set([2, 5, 6, 11, 12, 13]);

export class Engine {
  readonly #deps: EngineDeps;
  readonly #exchange: Exchange;
  readonly #offers: Offers;
  readonly #duplicates = new Duplicates();
  readonly #pings: Pings;
  readonly #held: HeldRequests;
  readonly #reverse: ReverseNames;
  /** Option 82 of a lease whose client renews directly. */
  readonly #stash = new Uint8Array(65_536);
  #interfaces: readonly Interface[] = [];
  #unknownSaidAt = -Infinity;
  #giaddrSaidAt = -Infinity;
  #desk: Desk;

  constructor(deps: EngineDeps) {
    this.#deps = deps;
    this.#exchange = new Exchange(deps.seed);
    this.#offers = new Offers(deps.table, deps.config.leasehold.offersMax);
    this.#pings = new Pings(deps.nextRequestId);
    this.#held = new HeldRequests(deps.table);
    this.#reverse = new ReverseNames(deps.nextRequestId);
    this.#desk = this.#makeDesk(deps.config);
  }

  #makeDesk(config: ServerConfig): Desk {
    const { table, hosts, names, storage, views } = this.#deps;
    const offers = this.#offers;
    offers.max = config.leasehold.offersMax;
    const networks = new Networks(config);
    networks.setInterfaces(this.#interfaces);
    const lookup = new Lookup({ config, table, hosts, networks, offers, views });
    const policies = new Policies(config, hosts, names, table);
    const bootDesk = this.#deps.bootFor?.(config);
    const boot = bootDesk && new NetworkBoot(bootDesk, hosts);
    const replies = new Replies(config.optionSpaces, config.leasehold.boot?.nextServerIsSelf === true, boot, this.#reverse);
    const handlers = new Handlers(config);
    const shared = {
      config, table, hosts, storage, networks, lookup, offers, policies, replies,
      billing: new Billing(config, table), handlers, events: new LeaseEvents(table, handlers, policies),
      contacts: this.#deps.contacts, thresholds: new PoolThresholds(config, table),
    };
    return {
      ...shared,
      classes: new Classes(config),
      granting: new Granting(shared),
      pings: this.#pings,
      held: this.#held,
      limits: new RateLimits(config.leasehold),
      leftToPartner: new LeftToPartner(),
    };
  }

  get deadline(): MonoMillis {
    return Math.min(this.#offers.deadline, this.#held.deadline) as MonoMillis;
  }

  packet(packet: PacketIn, now: Now, effects: Effects, why?: Recorder): void {
    const port = this.#desk.networks.port(packet.ifindex);
    if (port === undefined) return;
    const x = this.#exchange;
    x.begin(packet, port, now, effects, why);
    if (this.#duplicates.isRepeat(x)) return;
    this.answerExchange(x);
  }

  /**
   * What a packet would get now, and why; its view has been checked. A DISCOVER changes nothing. Any other message changes the
   * tables as it would in production (its journal goes nowhere): an engine that explains those has tables of its own.
   */
  explain(packet: PacketIn, now: Now): Explanation {
    const notes = new NoteTaker();
    const port = this.#desk.networks.port(packet.ifindex);
    if (port === undefined) {
      notes.step('refused', 'no such interface');
      return { notes: notes.notes, reply: undefined };
    }
    const effects = paperEffects(notes);
    const x = new Exchange(this.#deps.seed);
    x.begin(packet, port, now, effects, notes);
    x.isRehearsal = true;
    this.answerExchange(x);
    const frame = effects.now.made ?? effects.afterCommit.made;
    return { notes: notes.notes, reply: frame?.bytes.slice(0, frame.size) };
  }

  /** A packet whose exchange has begun: also a DISCOVER that waited for a ping. */
  answerExchange(x: Exchange): void {
    const desk = this.#desk;
    const { view, packet, port } = x;
    if (view.giaddr !== 0 && desk.networks.isOurs(view.giaddr)) {
      if (x.now.mono - this.#giaddrSaidAt >= 10_000) {
        this.#giaddrSaidAt = x.now.mono;
        x.effects.log.event(giaddrIsOurs, { ip: view.giaddr });
      }
      return;
    }
    if (view.messageType === messageType.request) this.#useStash(x, desk);
    x.network = desk.networks.networkOf(packet, port);
    x.why?.step('network', x.network < 0 ? 'none' : (desk.config.sharedNetworks[x.network]?.name ?? ''));
    desk.lookup.findHosts(x);
    if (x.why !== undefined) sayHost(x, x.why, desk);
    x.classes = desk.classes.of(() => desk.policies.pureEnvironment(x, x.host), x.why);
    if (x.why !== undefined) sayPools(x, x.why, desk);
    this.#dispatch(x, desk);
    this.#runCommands(x.effects);
  }

  /** A client that renews without its relay is classified by what the relay said when the lease was granted (reference §5). */
  #useStash(x: Exchange, { table, lookup }: Desk): void {
    const { view } = x;
    if (view.ciaddr === 0 || view.giaddr !== 0 || x.agentLength >= 0) return;
    const row = table.rowOf(view.ciaddr);
    if (row < 0 || !table.hasExtras(row) || table.ends(row) <= x.now.wall || !lookup.isHolder(x, row)) return;
    const length = table.copyAgentOptions(row, this.#stash, 0);
    if (length === 0) return;
    x.agentBytes = this.#stash;
    x.agentAt = 0;
    x.agentLength = length;
  }

  #dispatch(x: Exchange, desk: Desk): void {
    switch (x.view.messageType) {
      case messageType.discover: answerDiscover(x, desk); break;
      case messageType.request: answerRequest(x, desk); break;
      case messageType.release: answerRelease(x, desk); break;
      case messageType.decline: answerDecline(x, desk); break;
      case messageType.inform: answerInform(x, desk); break;
      case messageType.leasequery: answerLeasequery(x, desk); break;
      case 0: answerBootp(x, desk); break;
      default: this.#sayUnknown(x);
    }
  }

  /** What servers send is dropped in silence, as dhcpd does; what nobody defined is told, not too often. */
  #sayUnknown(x: Exchange): void {
    const type = x.view.messageType;
    if (serverTypes.has(type) || x.now.mono - this.#unknownSaidAt < 1000) return;
    this.#unknownSaidAt = x.now.mono;
    const via = x.via.giaddr === 0 ? x.via.interfaceName : formatIpv4(x.view.giaddr);
    x.effects.log.event(unknownMessageType, { type, client: describeClient(x), via });
  }

  /** execute() statements never block: they are started beside the server, bounded in time. */
  #runCommands(effects: Effects): void {
    const { commands } = this.#desk.policies;
    if (commands.length === 0) return;
    for (const { command, words } of commands.splice(0))
      effects.requests.push({ kind: 'run', id: this.#deps.nextRequestId(), command, arguments: words, timeoutMillis: 10_000 });
  }

  tick(now: Now, effects: Effects): void {
    this.#offers.expire(now.mono);
    this.settle(now, effects);
  }

  /** Answers the clients whose lease the partner has by now, or need not have any longer. PERF: after every event but a packet. */
  settle(now: Now, effects: Effects): void {
    if (this.#held.count === 0) return;
    for (const { row, packet, view } of this.#held.takeSettled(now.mono)) {
      const port = this.#desk.networks.port(packet.ifindex);
      if (port === undefined) continue;
      if (this.#held.isUnconfirmed(row)) {
        view.unconfirmedAcks++;
        effects.log.event(ackUnconfirmed, { ip: this.#deps.table.ip(row) });
      }
      const x = this.#exchange;
      x.begin(packet, port, now, effects, undefined);
      x.isSettled = true;
      this.answerExchange(x);
    }
  }

  answer(request: RequestId, answer: Answer, now: Now, effects: Effects): boolean {
    if (this.#reverse.answer(request, answer, now, effects)) return true;
    const waiting = this.#pings.take(request);
    if (waiting === undefined) return false;
    const port = this.#desk.networks.port(waiting.packet.ifindex);
    if (port === undefined || answer.kind !== 'ping') return true;
    if (answer.isAlive) this.#foundAlive(waiting.row, now, effects);
    const x = this.#exchange;
    x.begin(waiting.packet, port, now, effects, undefined);
    this.#pings.quiet = answer.isAlive ? -1 : waiting.row;
    this.answerExchange(x);
    this.#pings.quiet = -1;
    return true;
  }

  #foundAlive(row: number, now: Now, effects: Effects): void {
    const { table, granting } = this.#desk;
    if (table.state(row) === bindingCode.active) effects.log.event(echoWhileLeased, { ip: table.ip(row) });
    else granting.abandon(row, 'pinged before offer', now, effects);
  }

  /** A lease of a pool without failover ended, or an abandoned address may be used again. */
  leaseDue(row: number, now: Now, effects: Effects): void {
    this.#desk.granting.expire(row, now, effects);
    this.#runCommands(effects);
  }

  interfaces(interfaces: readonly Interface[]): void {
    this.#interfaces = interfaces;
    this.#desk.networks.setInterfaces(interfaces);
  }
  reload(config: ServerConfig): void {
    this.#desk = this.#makeDesk(config);
  }
}
