// Leases over OMAPI (OMAPI reference §4.1): found by address, client identifier or hardware address; state, end, flags and
// variables can be set.

import { latin1 } from '../../std/bytes.ts';
import { formatIpv4, ipv4FromBytes, ipv4ToBytes, parseIpv4 } from '../../std/ipv4.ts';
import { err, ok, type Result } from '../../std/result.ts';
import { forever, type UnixSeconds } from '../../std/time.ts';
import { bindingCode } from '../../model/binding-state.ts';
import type { Lease, VariableValue } from '../../model/lease.ts';
import type { OmapiPairs } from '../../wire/omapi-message.ts';
import { clientKeys } from './client-keys.ts';
import { leaseWith } from './lease-draft.ts';
import type { OmapiContext, OmapiKind } from './object-kind.ts';
import { omapiResult as result } from './results.ts';
import { pairsOf, u32 } from './values.ts';

export const leaseKind: OmapiKind = {
  type: 'lease',
  right: 'leases',
  isSearchable: true,
  isNeverMade: true,
  find: findLease,
  attributes: leaseAttributes,
  update: updateLease,
  remove: () => result.notImplemented,
};

/** The row of a lease's key; -1 when a reload took its range away. */
const rowOf = (key: string, { store: { table } }: OmapiContext): number => {
  const ip = parseIpv4(key);
  return ip === undefined ? -1 : table.rowOf(ip);
};

/** Every key that is given must name the same lease; several leases of one client are no answer. */
function findLease(keys: OmapiPairs, x: OmapiContext): Result<string, number> {
  const { table } = x.store;
  const client = clientKeys(keys);
  if (!client.ok) return client;
  const { uid, hardware } = client.value;
  const ip = keys.get('ip-address');
  const found: number[][] = [];
  if (ip !== undefined) {
    if (ip.length !== 4) return err(result.invalidArgument);
    found.push(rowsOf(table.rowOf(ipv4FromBytes(ip)), () => -1));
  }
  if (uid !== undefined) found.push(rowsOf(table.firstByUid(uid, 0, uid.length), (row) => table.nextByUid(row)));
  if (hardware !== undefined) {
    const { htype, address } = hardware;
    found.push(rowsOf(table.firstByHardware(htype, address, 0, address.length), (row) => table.nextByHardware(row)));
  }
  if (found.length === 0) return err(result.noKey);
  let row = -1;
  for (const rows of found) {
    const [first] = rows;
    if (first === undefined) return err(result.notFound);
    if (rows.length > 1) return err(result.severalMatch);
    if (row >= 0 && row !== first) return err(result.keyConflict);
    row = first;
  }
  return ok(formatIpv4(table.ip(row)));
}

/** One or two are enough to tell whether there are several. */
function rowsOf(first: number, next: (row: number) => number): number[] {
  if (first < 0) return [];
  const second = next(first);
  return second < 0 ? [first] : [first, second];
}

function leaseAttributes(key: string, x: OmapiContext): OmapiPairs | undefined {
  const row = rowOf(key, x);
  if (row < 0) return undefined;
  const { table, hosts } = x.store;
  const lease = table.lease(row);
  const { hardware, uid, extras } = lease;
  const host = hardware === undefined ? -1 : hosts.firstByHardware(hardware.htype, hardware.address, 0, hardware.address.length);
  const pairs = pairsOf(
    ['state', u32(bindingCode[lease.state])],
    ['ip-address', ipv4ToBytes(lease.ip)],
    ['dhcp-client-identifier', uid],
    ['client-hostname', extras?.clientHostname === undefined ? undefined : latin1(extras.clientHostname)],
    ['host', host < 0 ? undefined : u32(x.reference('host', hosts.declaration(host).name))],
    ...placeOf(table.pool(row), lease, x),
    ['hardware-address', hardware?.address],
    ['hardware-type', hardware === undefined ? undefined : u32(hardware.htype)],
    ...timesOf(lease),
    ['flags', Uint8Array.of((lease.isBootp ? 0x02 : 0) | (lease.isReserved ? 0x04 : 0))],
  );
  for (const { name, value } of extras?.variables ?? []) if (!pairs.has(name)) pairs.set(name, variableBytes(value));
  return pairs;
}

function placeOf(pool: number, { ip, extras }: Lease, x: OmapiContext): [string, Uint8Array | undefined][] {
  const { subnets } = x.config();
  const subnet = subnets.find(({ network, mask }) => ((ip & mask) >>> 0) === network);
  const billing = extras?.billing?.className;
  return [
    ['subnet', subnet === undefined ? undefined : u32(x.reference('subnet', String(subnet.index)))],
    ['pool', pool < 0 ? undefined : u32(x.reference('pool', String(pool)))],
    ['billing-class', billing === undefined ? undefined : u32(x.reference('class', billing))],
  ];
}

/** Seconds since 1970; a lease without end has 0xffffffff. */
const timesOf = ({ ends, starts, tstp, tsfp, atsfp, cltt }: Lease): [string, Uint8Array][] => [
  ['ends', u32(ends)],
  ['starts', u32(starts)],
  ['tstp', u32(tstp)],
  ['tsfp', u32(tsfp)],
  ['atsfp', u32(atsfp)],
  ['cltt', u32(cltt)],
];

function variableBytes(value: VariableValue): Uint8Array {
  if (value.kind === 'data') return value.bytes;
  return u32(value.kind === 'number' ? value.value : Number(value.value));
}

function updateLease(key: string, attributes: OmapiPairs, x: OmapiContext): number {
  const row = rowOf(key, x);
  if (row < 0) return result.notFound;
  const { table } = x.store;
  const before = table.lease(row);
  const after = leaseWith(before, attributes, {
    now: x.now.wall, hasPeer: table.peer(row) >= 0, abandonLeaseTime: x.config().settings.abandonLeaseTime,
  });
  if (typeof after === 'number') return after;
  if (after.isSame) return result.success;
  const change = table.begin(row);
  change.state = bindingCode[after.state];
  change.ends = after.ends;
  change.isReserved = after.isReserved;
  change.isBootp = after.isBootp;
  if (after.dropsExtras) change.clearExtras();
  else change.setVariables(after.variables);
  table.apply(row, change, 'operator', x.effects.journal);
  x.changed(`update lease ${key}`, shownLease(before), shownLease(table.lease(row)));
  return result.success;
}

const shownLease = ({ state, ends, isReserved }: Lease): string =>
  `${state}${isReserved ? ' reserved' : ''} until ${shownTime(ends)}`;
const shownTime = (time: UnixSeconds): string => (time === forever ? 'forever' : String(time));
