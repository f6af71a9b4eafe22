// How full a pool is, and the lines of log-threshold-high and -low (dhcpd-conf reference §14).

import type { Ipv4 } from '../std/ipv4.ts';
import type { ServerConfig } from '../model/server-config.ts';
import type { LeaseTable } from '../lease/lease-table.ts';
import type { Exchange } from './exchange.ts';
import { poolThresholdExceeded, poolThresholdReset } from './log-events.ts';
import { code } from './lookup.ts';
import type { Parameters } from './parameters.ts';

export interface Fill {
  readonly used: number;
  readonly total: number;
}

/** Addresses of the pool that are not free for anybody, and all of them. PERF: counters, no walk. */
export function fillOf(table: LeaseTable, pool: number): Fill {
  let total = 0;
  for (let state: number = code.free; state <= code.backup; state++) total += table.count(pool, state);
  return { used: total - table.count(pool, code.free) - table.count(pool, code.backup), total };
}

export class PoolThresholds {
  readonly #config: ServerConfig;
  readonly #table: LeaseTable;
  /** Pools that were called full and have not fallen since. */
  readonly #full = new Set<number>();

  constructor(config: ServerConfig, table: LeaseTable) {
    this.#config = config;
    this.#table = table;
  }

  /** After an ACK of `ip` from `pool`. */
  granted(x: Exchange, pool: number, ip: Ipv4, { thresholdHigh, thresholdLow }: Parameters): void {
    if (thresholdHigh === 0) return;
    const { used, total } = fillOf(this.#table, pool);
    const network = this.#config.sharedNetworks[this.#config.pools[pool]?.sharedNetwork ?? -1]?.name ?? '';
    if (this.#full.has(pool)) {
      if (used * 100 > thresholdLow * total && thresholdLow < thresholdHigh) return;
      this.#full.delete(pool);
      if (thresholdLow < thresholdHigh) x.effects.log.event(poolThresholdReset, { network, ip, used, total });
    }
    if (used * 100 < thresholdHigh * total) return;
    this.#full.add(pool);
    x.effects.log.event(poolThresholdExceeded, { network, ip, percent: thresholdHigh, used, total });
  }
}
