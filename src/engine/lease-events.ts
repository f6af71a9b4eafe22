// The end of a lease as its handlers see it: a packet made of what the row remembers, since the client sent none.

import type { Ipv4 } from '../std/ipv4.ts';
import type { Now } from '../std/time.ts';
import type { LeaseEvent } from '../model/expression.ts';
import type { Effects } from '../model/step.ts';
import type { LeaseTable } from '../lease/lease-table.ts';
import { DhcpView, dhcpAt } from '../wire/dhcp-view.ts';
import { Exchange } from './exchange.ts';
import type { Handlers } from './handlers.ts';
import type { Port } from './networks.ts';
import type { Policies } from './policies.ts';

const nowhere: Port = { name: '', index: 0, network: -1, addresses: [], isTrusted: false };

export class LeaseEvents {
  readonly #table: LeaseTable;
  readonly #handlers: Handlers;
  readonly #policies: Policies;

  constructor(table: LeaseTable, handlers: Handlers, policies: Policies) {
    this.#table = table;
    this.#handlers = handlers;
    this.#policies = policies;
  }

  /** Runs what the lease keeps for `event`, before the row changes. PERF: leases without handlers cost one test. */
  run(row: number, event: LeaseEvent, now: Now, effects: Effects): void {
    if (!this.#table.hasExtras(row)) return;
    const { handlers, variables } = this.#table.extras(row) ?? { handlers: undefined, variables: [] };
    if (handlers === undefined) return;
    const x = this.#exchange(row, now, effects);
    for (const body of this.#handlers.bodiesFor(handlers, event))
      this.#policies.runHandler(x, body, this.#policies.environment(x, -1, this.#table.ip(row), variables));
  }

  #exchange(row: number, now: Now, effects: Effects): Exchange {
    const slot = new Uint8Array(dhcpAt.options);
    const { hardware } = this.#table.lease(row);
    slot[dhcpAt.op] = 1;
    slot[dhcpAt.htype] = hardware?.htype ?? 0;
    const address = hardware?.address.subarray(0, 16) ?? new Uint8Array(0);
    slot[dhcpAt.hlen] = address.length;
    slot.set(address, dhcpAt.chaddr);
    const view = new DhcpView(slot);
    view.check(slot.length);
    const x = new Exchange();
    const packet = { view, ifindex: 0, source: 0 as Ipv4, sourcePort: 0, destination: 0 as Ipv4 };
    x.begin(packet, nowhere, now, effects, undefined);
    return x;
  }
}
