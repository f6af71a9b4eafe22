// Hosts of dhcpd.conf that a deletion over OMAPI hides: a trap of dhcpd's that we say out loud (OMAPI reference §4.2).

import type { Effects } from '../model/step.ts';
import type { ServerConfig } from '../model/server-config.ts';
import type { LeaseStore } from '../lease/lease-store.ts';
import { hostHidden } from '../control/log-events.ts';

export class HiddenHosts {
  readonly #store: LeaseStore;
  readonly #said = new Set<string>();

  constructor(store: LeaseStore) {
    this.#store = store;
  }

  /** Once for each host and process. */
  say(config: ServerConfig, effects: Effects): void {
    for (const { name } of config.hosts) {
      if (this.#store.hosts.record(name)?.isDeleted !== true || this.#said.has(name)) continue;
      this.#said.add(name);
      effects.log.event(hostHidden, { name });
    }
  }
}
