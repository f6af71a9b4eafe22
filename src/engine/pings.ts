// Addresses being probed before they are offered (server reference §15). A DISCOVER waits as a copy while its address is held
// for it; a later DISCOVER of the same client takes its place, so that the answer carries the xid the client waits for.

import type { Ipv4 } from '../std/ipv4.ts';
import type { PacketIn, RequestId } from '../model/step.ts';
import type { Exchange } from './exchange.ts';
import { keptPacket } from './kept-packet.ts';

const waitingMax = 4096;

export interface Waiting {
  readonly row: number;
  readonly client: number;
  packet: PacketIn;
}

export class Pings {
  readonly #nextRequestId: () => RequestId;
  readonly #waiting = new Map<RequestId, Waiting>();
  readonly #byClient = new Map<number, Waiting>();
  /** The row whose probe just went unanswered: it is offered now. */
  quiet = -1;

  constructor(nextRequestId: () => RequestId) {
    this.#nextRequestId = nextRequestId;
  }
  /** Beyond this many, addresses are offered without a probe. */
  get isFull(): boolean {
    return this.#waiting.size >= waitingMax;
  }

  /** True when a probe for this client runs; then this packet waits for it. */
  joins(x: Exchange): boolean {
    const waiting = this.#byClient.get(x.client);
    if (waiting === undefined) return false;
    if (waiting.packet.view.xid !== x.view.xid) waiting.packet = keptPacket(x.packet);
    return true;
  }

  /** Probes the row's address; the packet is kept for the answer. */
  ask(x: Exchange, row: number, address: Ipv4, timeoutMillis: number): void {
    const id = this.#nextRequestId();
    const waiting = { row, client: x.client, packet: keptPacket(x.packet) };
    this.#waiting.set(id, waiting);
    this.#byClient.set(x.client, waiting);
    x.effects.requests.push({ kind: 'ping', id, address, timeoutMillis });
  }
  take(id: RequestId): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return undefined;
    this.#waiting.delete(id);
    this.#byClient.delete(waiting.client);
    return waiting;
  }
}
