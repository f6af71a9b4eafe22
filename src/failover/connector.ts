// Getting and keeping a connection: listening, connecting again, links whose handshake is not complete (failover reference §1.1).

import { TimerQueue } from '../std/timer-queue.ts';
import { addMillis, never, type MonoMillis, type Now } from '../std/time.ts';
import type { Answer, Effects, LinkId, RequestId } from '../model/step.ts';
import type { Endpoint } from './endpoint.ts';
import { Link } from './link.ts';
import { connectFailed, startupTimeout, tooManyLinks } from './log-events.ts';

export const handshakeMillis = 15_000;
const reconnectMillis = 5_000;
const reconnectLateMillis = 90_000;
/** Both ends connect, so two at once are usual; a partner's address that opens more is not our partner's server. */
const pendingMax = 8;

type Timer = 'listen' | 'reconnect' | 'handshake';

export class Connector {
  readonly #endpoint: Endpoint;
  readonly #nextRequestId: () => RequestId;
  readonly #timers = new TimerQueue<Timer>();
  readonly #pending = new Map<LinkId, Link>();
  #connecting: RequestId | undefined;
  #listening: RequestId | undefined;
  #isListening = false;

  constructor(endpoint: Endpoint, nextRequestId: () => RequestId) {
    this.#endpoint = endpoint;
    this.#nextRequestId = nextRequestId;
  }

  get deadline(): MonoMillis {
    return this.#timers.earliest;
  }
  pending(link: LinkId): Link | undefined {
    return this.#pending.get(link);
  }
  isOurRequest(request: RequestId): boolean {
    return request === this.#connecting;
  }

  start(now: Now, effects: Effects): void {
    this.#listen(now, effects);
    this.#connect(now, effects);
  }

  #listen(now: Now, effects: Effects): void {
    const address = this.#endpoint.localAddress;
    if (this.#isListening || this.#listening !== undefined) return;
    if (address === undefined) {
      this.#timers.set('listen', addMillis(now.mono, reconnectMillis));
      return;
    }
    this.#listening = this.#nextRequestId();
    effects.requests.push({ kind: 'listen', id: this.#listening, address, port: this.#endpoint.peer.port });
  }

  #connect(now: Now, effects: Effects): void {
    const { localAddress: local, partnerAddress: remote, peer, link } = this.#endpoint;
    if (link !== undefined || this.#connecting !== undefined) return;
    if (local === undefined || remote === undefined) {
      this.again(now);
      return;
    }
    this.#connecting = this.#nextRequestId();
    effects.requests.push({ kind: 'connect', id: this.#connecting, local, remote, port: peer.partnerPort });
  }

  /** Whether the request was ours. */
  answer(request: RequestId, answer: Answer, now: Now, effects: Effects): boolean {
    if (request === this.#listening) {
      this.#listening = undefined;
      this.#isListening = answer.kind === 'listen' && answer.isListening;
      if (!this.#isListening) this.#timers.set('listen', addMillis(now.mono, reconnectLateMillis));
      return true;
    }
    if (request !== this.#connecting) return false;
    this.#connecting = undefined;
    if (answer.kind === 'connect-failed') {
      const { name } = this.#endpoint;
      if (answer.isImmediate) effects.log.event(connectFailed, { name, detail: reasonOf(answer.detail) });
      this.#againIn(answer.isImmediate ? reconnectLateMillis : reconnectMillis, now);
    }
    return true;
  }

  /** A connection is up; undefined when there are too many of them already. */
  opened(id: LinkId, isInbound: boolean, now: Now, effects: Effects): Link | undefined {
    if (!isInbound) this.#connecting = undefined;
    if (this.#pending.size >= pendingMax) {
      effects.log.event(tooManyLinks, { name: this.#endpoint.name });
      effects.requests.push({ kind: 'close', link: id });
      return undefined;
    }
    const link = new Link(id, isInbound, now);
    this.#pending.set(id, link);
    this.#armHandshake();
    return link;
  }

  /** The handshake of a link is complete, or the link is closed. */
  forget(id: LinkId): boolean {
    const wasPending = this.#pending.delete(id);
    this.#armHandshake();
    return wasPending;
  }
  /** There is a link: no need to connect. */
  linked(): void {
    this.#timers.clear('reconnect');
  }
  /** There is no link: try again in a while. */
  again(now: Now): void {
    if (this.#pending.size === 0) this.#againIn(reconnectMillis, now);
  }
  #againIn(millis: number, now: Now): void {
    this.#timers.set('reconnect', addMillis(now.mono, millis));
  }

  #armHandshake(): void {
    let first = never;
    for (const { openedAt } of this.#pending.values()) first = Math.min(first, openedAt + handshakeMillis) as MonoMillis;
    this.#timers.set('handshake', first);
  }

  tick(now: Now, effects: Effects): void {
    for (let timer = this.#timers.due(now.mono); timer !== undefined; timer = this.#timers.due(now.mono)) {
      if (timer === 'listen') this.#listen(now, effects);
      else if (timer === 'reconnect') this.#connect(now, effects);
      else this.#dropSilent(now, effects);
    }
  }

  #dropSilent(now: Now, effects: Effects): void {
    for (const link of this.#pending.values())
      if (link.openedAt + handshakeMillis <= now.mono) {
        effects.log.event(startupTimeout, {});
        this.#endpoint.drop(link, now, effects);
      }
    this.#armHandshake();
  }
}

const errnoTexts: Readonly<Record<string, string>> = {
  ENETUNREACH: 'network unreachable',
  EADDRNOTAVAIL: 'address not available',
  EADDRINUSE: 'address in use',
  EHOSTUNREACH: 'host unreachable',
  EACCES: 'permission denied',
};
const reasonOf = (errno: string): string => errnoTexts[errno] ?? errno;
