// Addresses being probed before they are offered (server reference §15). A DISCOVER waits as a copy; retransmissions of the
// same client meanwhile are not answered twice. Bounded; beyond the bound addresses are offered without a probe.

import type { PacketIn, RequestId } from '../model/step.ts';
import { DhcpView } from '../wire/dhcp-view.ts';
import type { Exchange } from './exchange.ts';

const waitingMax = 4096;

export interface Waiting {
  readonly row: number;
  readonly client: number;
  readonly packet: PacketIn;
}

export class Pings {
  readonly #nextRequestId: () => RequestId;
  readonly #waiting = new Map<RequestId, Waiting>();
  readonly #clients = new Set<number>();
  /** The row whose probe just went unanswered: it is offered now. */
  quiet = -1;

  constructor(nextRequestId: () => RequestId) {
    this.#nextRequestId = nextRequestId;
  }
  isWaiting(client: number): boolean {
    return this.#clients.has(client);
  }
  get isFull(): boolean {
    return this.#waiting.size >= waitingMax;
  }

  /** Probes the row's address; the packet is kept for the answer. */
  ask(x: Exchange, row: number, address: number, timeoutMillis: number): void {
    const id = this.#nextRequestId();
    const { view, packet } = x;
    const slot = view.slot.slice(view.start, view.start + view.size);
    const copy = new DhcpView(slot);
    copy.check(slot.length);
    const { ifindex, source, sourcePort, destination } = packet;
    this.#waiting.set(id, { row, client: x.client, packet: { view: copy, ifindex, source, sourcePort, destination } });
    this.#clients.add(x.client);
    x.effects.requests.push({ kind: 'ping', id, address: address as never, timeoutMillis });
  }
  take(id: RequestId): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return undefined;
    this.#waiting.delete(id);
    this.#clients.delete(waiting.client);
    return waiting;
  }
}
