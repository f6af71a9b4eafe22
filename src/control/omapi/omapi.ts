// OMAPI as a node sees it: a listener, its connections, and their limits (OMAPI reference §1.1, §7.1 item 9).

import { formatIpv4, isInside, type Ipv4 } from '../../std/ipv4.ts';
import { addMillis, never, type MonoMillis, type Now } from '../../std/time.ts';
import type { Answer, Effects, LinkId, NodeEvent, RequestId } from '../../model/step.ts';
import { omapiClosed, omapiListening, omapiNotListening, omapiWeakKey } from '../log-events.ts';
import type { OmapiWorld } from './object-kind.ts';
import { OmapiSession } from './session.ts';

export interface OmapiDeps extends OmapiWorld {
  /** 32 random bytes: handles and transaction ids are made from them. */
  readonly secret: Uint8Array;
  readonly isDurable: () => boolean;
  readonly nextRequestId: () => RequestId;
}

/** Connections of strangers from one address, who signed nothing yet; when there are more, who was silent longest goes. */
export const strangersPerAddress = 8;
const millis = {
  /** For the intro and the authenticator, where a key is needed. */
  handshake: 10_000,
  /** Without a word from a client without a key, where none is needed. */
  idle: 600_000,
  /** The same from a client with a key: people sit at omshell. */
  idleKnown: 3_600_000,
  /** Between attempts to listen. */
  retry: 5_000,
} as const;
/** Messages handled in one step, of all connections together; the rest is done in the next ones, between packets. */
const messagesPerStep = { known: 32, strangers: 8 } as const;
const weakClientsMax = 1_000;

type LinkOpen = Extract<NodeEvent, { kind: 'link-open' }>;

export class Omapi {
  readonly #deps: OmapiDeps;
  readonly #sessions = new Map<LinkId, OmapiSession>();
  /** Those that sent something that was not looked at yet; who waits longest comes first. */
  readonly #waiting = new Set<OmapiSession>();
  readonly #weakClients = new Set<string>();
  #request: RequestId | undefined;
  /** Where we listen, or are about to. */
  #place: { readonly address: Ipv4; readonly port: number } | undefined;
  #retryAt: MonoMillis = never;

  constructor(deps: OmapiDeps) {
    this.#deps = deps;
  }

  get sessionCount(): number {
    return this.#sessions.size;
  }
  /** Whether a link that a client opened to this port is ours. */
  owns(localPort: number | undefined): boolean {
    return localPort !== undefined && localPort === this.#deps.config().settings.omapiPort;
  }
  has(link: LinkId): boolean {
    return this.#sessions.has(link);
  }

  get deadline(): MonoMillis {
    if (this.#waiting.size > 0) return 0 as MonoMillis;
    let first = this.#retryAt;
    // PERF: asked between packets, and nobody is connected nearly always.
    if (this.#sessions.size === 0) return first;
    for (const session of this.#sessions.values()) first = Math.min(first, dueAt(session)) as MonoMillis;
    return first;
  }

  start(effects: Effects): void {
    const { settings, leasehold } = this.#deps.config();
    const { address } = leasehold.omapi;
    const port = settings.omapiPort;
    if (this.#place?.address === address && this.#place.port === port) return;
    if (this.#place !== undefined) effects.requests.push({ kind: 'unlisten', ...this.#place });
    this.#place = port === undefined ? undefined : { address, port };
    this.#listen(effects);
  }
  #listen(effects: Effects): void {
    this.#retryAt = never;
    if (this.#place === undefined) return;
    this.#request = this.#deps.nextRequestId();
    effects.requests.push({ kind: 'listen', id: this.#request, ...this.#place });
  }

  /** True when the answer was to our request. */
  answer(request: RequestId, answer: Answer, now: Now, effects: Effects): boolean {
    if (request !== this.#request || answer.kind !== 'listen') return false;
    this.#request = undefined;
    if (this.#place === undefined) return true;
    if (answer.isListening) effects.log.event(omapiListening, { address: formatIpv4(this.#place.address), port: this.#place.port });
    else {
      effects.log.event(omapiNotListening, { detail: reasonOf(answer.detail) });
      this.#retryAt = addMillis(now.mono, millis.retry);
    }
    return true;
  }

  linkOpen({ link, remote }: LinkOpen, now: Now, effects: Effects): void {
    const problem = this.#makeRoom(remote, effects);
    if (problem !== undefined) {
      effects.log.event(omapiClosed, { remote: formatIpv4(remote), reason: problem });
      effects.requests.push({ kind: 'close', link });
      return;
    }
    const session = new OmapiSession(this.#sessionDeps(), link, remote, now);
    this.#sessions.set(link, session);
    session.greet(effects);
  }

  /** Why nobody from this address may come in now; a stranger gives way to a new connection. */
  #makeRoom(remote: Ipv4, effects: Effects): string | undefined {
    const { clients, connectionsMax } = this.#deps.config().leasehold.omapi;
    if (clients.length > 0 && !clients.some(({ network, mask }) => isInside(remote, network, mask)))
      return 'no omapi-client of leasehold.conf';
    const keyless = [...this.#sessions.values()].filter(({ isProven }) => !isProven).toSorted((a, b) => a.lastHeardAt - b.lastHeardAt);
    const near = keyless.filter((session) => session.isStranger && session.remote === remote);
    const isFull = this.#sessions.size >= connectionsMax;
    const leaving = near.length >= strangersPerAddress ? near[0] : isFull ? keyless[0] : undefined;
    if (leaving !== undefined) this.#end(leaving, 'it gave way to a newer connection', effects);
    return isFull && leaving === undefined ? 'too many connections' : undefined;
  }

  #sessionDeps(): ConstructorParameters<typeof OmapiSession>[0] {
    return {
      ...this.#deps,
      noteWeakKey: (remote, key, effects) => {
        const client = `${remote} ${key}`;
        if (this.#weakClients.has(client) || this.#weakClients.size >= weakClientsMax) return;
        this.#weakClients.add(client);
        effects.log.event(omapiWeakKey, { remote: formatIpv4(remote), key });
      },
    };
  }

  /** Keeps what came for the next tick, which is when the packets of this moment have been answered. */
  linkData(link: LinkId, bytes: Uint8Array, now: Now, effects: Effects): void {
    const session = this.#sessions.get(link);
    if (session === undefined) return;
    session.receive(bytes, now);
    if (session.closing === undefined) this.#waiting.add(session);
    else this.#end(session, session.closing, effects);
  }

  /** What a client with rights had sent before it went is still done. */
  linkClosed(link: LinkId): void {
    const session = this.#sessions.get(link);
    if (session?.isStranger === true && !session.hasKey) this.#waiting.delete(session);
    this.#sessions.delete(link);
  }

  tick(now: Now, effects: Effects): void {
    if (this.#retryAt <= now.mono) this.#listen(effects);
    this.#work(now, effects);
    // Who still waits is not spared: a stranger that never stops sending must not stay for ever.
    for (const session of this.#sessions.values())
      if (dueAt(session) <= now.mono)
        this.#end(session, session.isStranger && !session.hasKey ? 'no key was shown in time' : 'nothing was heard for a long time', effects);
  }

  /** Listens elsewhere where that changed; who used a key that is gone has to show another one. */
  reload(effects: Effects): void {
    for (const session of this.#sessions.values()) session.reload();
    this.start(effects);
  }

  /** Replies that were never sent assert what is not durable: their clients must ask again. */
  commitFailed(effects: Effects): void {
    for (const session of [...this.#sessions.values()]) this.#end(session, 'the lease file could not be written', effects);
    this.#waiting.clear();
  }

  /** One message of each that waits, again and again until nobody waits or the step has done its share. */
  #work(now: Now, effects: Effects): void {
    let { known, strangers } = messagesPerStep as { known: number; strangers: number };
    for (const session of this.#waiting) {
      if ((session.isStranger ? strangers-- : known--) <= 0) continue;
      this.#waiting.delete(session);
      session.work(now, effects);
      if (session.closing !== undefined) this.#end(session, session.closing, effects);
      else if (session.hasBacklog) this.#waiting.add(session);
    }
  }

  #end(session: OmapiSession, reason: string, effects: Effects): void {
    this.#waiting.delete(session);
    if (!this.#sessions.delete(session.link)) return;
    effects.log.event(omapiClosed, { remote: formatIpv4(session.remote), reason });
    effects.requests.push({ kind: 'close', link: session.link, isBlamed: session.isStranger });
  }
}

function dueAt(session: OmapiSession): MonoMillis {
  if (session.isStranger && !session.hasKey) return addMillis(session.openedAt, millis.handshake);
  return addMillis(session.lastHeardAt, session.hasKey ? millis.idleKnown : millis.idle);
}

/** As dhcpd says it. */
const reasonOf = (detail: string): string =>
  detail === 'EADDRINUSE' || detail === 'EADDRNOTAVAIL' ? `address not available (${detail})` : detail;
