// What only `explain` hears: the host of a client, and which pools of its network would serve it, with the permit that says no.

import { formatIpv4 } from '../std/ipv4.ts';
import type { Pool, ServerConfig } from '../model/server-config.ts';
import type { Recorder } from '../model/why.ts';
import type { Desk } from './desk.ts';
import type { Exchange } from './exchange.ts';
import { permitMatches } from './lookup.ts';

export function sayHost(x: Exchange, why: Recorder, { hosts }: Desk): void {
  const declaration = x.host < 0 ? undefined : hosts.declaration(x.host);
  if (declaration === undefined) why.step('host', x.isKnown ? 'known, but no host declaration of it fits this network' : 'no host declaration');
  else why.step('host', `${declaration.name}${x.fixedHost < 0 ? '' : `, fixed-address ${formatIpv4(x.fixedAddress)}`}`, declaration.span);
}

const permitText = (permit: Pool['allow'][number], { classes }: ServerConfig): string =>
  permit.kind === 'members-of' ? `members of "${classes[permit.classIndex]?.name ?? ''}"` : permit.kind;

function verdictOn(x: Exchange, { config, lookup }: Desk, pool: Pool, index: number): string {
  const denied = pool.deny.find((permit) => permitMatches(permit, x));
  if (denied !== undefined) return `no: deny ${permitText(denied, config)}`;
  if (!lookup.isPermitted(x, index)) return `no: it allows only ${pool.allow.map((permit) => permitText(permit, config)).join(', ')}`;
  return lookup.isServing(index) ? 'permits this client' : 'permits this client, but its failover peer does not let it serve';
}

/** A client with a fixed address needs no pool. */
export function sayPools(x: Exchange, why: Recorder, desk: Desk): void {
  if (x.fixedHost >= 0) return;
  for (const index of desk.config.sharedNetworks[x.network]?.pools ?? []) {
    const pool = desk.config.pools[index];
    const [first] = pool?.ranges ?? [];
    if (pool === undefined || first === undefined) continue;
    why.step('pool', `from ${formatIpv4(first.low)}: ${verdictOn(x, desk, pool, index)}`, pool.span);
  }
}
