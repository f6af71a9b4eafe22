// Which row has which address and pool: one row per address of every range, kept over reloads.

import type { Pool } from '../model/server-config.ts';
import type { AddressIndex } from './address-index.ts';
import type { Columns } from './columns.ts';

const retired = -1;
/** Room for leases outside every range, so that a few of them do not make every array grow. */
const straysExpected = 64;

/**
 * Retires every row, then gives each configured address its row back, or a new one. Addresses of a pool come in ascending
 * order, which is the order in which dhcpd gives a fresh pool away.
 */
export function assignRows(pools: readonly Pool[], columns: Columns, addresses: AddressIndex): void {
  columns.pool.fill(retired);
  columns.grow(columns.count + missingRows(pools, addresses) + straysExpected);
  for (const pool of pools)
    for (const { low, high } of inOrder(pool)) assignRange(low, high, pool.index, columns, addresses);
}

const inOrder = (pool: Pool): Pool['ranges'] => pool.ranges.toSorted((a, b) => a.low - b.low);

function missingRows(pools: readonly Pool[], addresses: AddressIndex): number {
  let missing = 0;
  for (const { ranges } of pools)
    for (const { low, high } of ranges)
      for (let ip: number = low; ip <= high; ip++) if (addresses.rowOf(ip) < 0) missing++;
  return missing;
}

function assignRange(low: number, high: number, pool: number, columns: Columns, addresses: AddressIndex): void {
  // New rows in a row become one run of the index; an address that is known ends the run.
  let runFrom = low;
  const endRun = (before: number): void => {
    if (before > runFrom) addresses.addRun(runFrom, before - 1, columns.count - (before - runFrom));
  };
  for (let ip = low; ip <= high; ip++) {
    const known = addresses.rowOf(ip);
    if (known < 0) {
      columns.append(ip, pool);
      continue;
    }
    columns.pool[known] = pool;
    endRun(ip);
    runFrom = ip + 1;
  }
  endRun(high + 1);
}
