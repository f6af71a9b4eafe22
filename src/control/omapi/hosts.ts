// Hosts over OMAPI (OMAPI reference §4.2): those of dhcpd.conf and those of the lease file, found, shown, made, changed, deleted.

import { concatBytes, latin1, toHex } from '../../std/bytes.ts';
import { formatIpv4, ipv4FromBytes, ipv4ToBytes } from '../../std/ipv4.ts';
import { err, ok, type Result } from '../../std/result.ts';
import type { Hardware } from '../../model/hardware.ts';
import { tombstone, writeHostRecord, type HostRecord } from '../../lease/host-record.ts';
import type { OmapiPairs } from '../../wire/omapi-message.ts';
import { clientKeys } from './client-keys.ts';
import { emptyHost, withAttributes } from './host-draft.ts';
import type { OmapiContext, OmapiKind } from './object-kind.ts';
import { omapiResult as result } from './results.ts';
import { statementsOf } from './statements.ts';
import { pairsOf, textOf, u32 } from './values.ts';

export const hostKind: OmapiKind = {
  type: 'host',
  right: 'hosts',
  isSearchable: true,
  find: findHost,
  attributes: hostAttributes,
  create: createHost,
  update: updateHost,
  remove: removeHost,
};

/**
 * Client identifier, hardware address, address, name, in this order. The first of identifier, hardware and name that finds nothing ends
 * the search; once one has found a host, a key that names another one, or none, is a conflict. A lease's address may name none.
 */
function findHost(keys: OmapiPairs, x: OmapiContext): Result<string, number> {
  const { hosts } = x.store;
  const client = clientKeys(keys);
  if (!client.ok) return client;
  const { uid, hardware } = client.value;
  const ip = keys.get('ip-address');
  const name = keys.get('name');
  const lookups: { readonly look: () => number; readonly mayMiss: boolean }[] = [];
  if (uid !== undefined) lookups.push({ look: () => hosts.firstByUid(uid, 0, uid.length), mayMiss: false });
  if (hardware !== undefined) lookups.push({ look: () => byHardware(hardware, x), mayMiss: false });
  if (ip !== undefined) lookups.push({ look: () => byLease(ip, x), mayMiss: true });
  if (name !== undefined) lookups.push({ look: () => hosts.byName(textOf(name)), mayMiss: false });
  if (lookups.length === 0) return err(result.noKey);
  let found = -1;
  for (const { look, mayMiss } of lookups) {
    const host = look();
    if (host < 0 && found < 0) return err(result.notFound);
    if (found >= 0 && host !== found && !(host < 0 && mayMiss)) return err(result.keyConflict);
    if (host >= 0) found = host;
  }
  return ok(hosts.declaration(found).name);
}

const byHardware = ({ htype, address }: Hardware, { store }: OmapiContext): number =>
  store.hosts.firstByHardware(htype, address, 0, address.length);

/** The host whose client holds a lease at this address; a fixed address finds nobody, as with dhcpd. */
function byLease(ip: Uint8Array, { store: { table, hosts } }: OmapiContext): number {
  const row = ip.length === 4 ? table.rowOf(ipv4FromBytes(ip)) : -1;
  const hardware = row < 0 ? undefined : table.lease(row).hardware;
  return hardware === undefined ? -1 : hosts.firstByHardware(hardware.htype, hardware.address, 0, hardware.address.length);
}

function hostAttributes(name: string, { store: { hosts } }: OmapiContext): OmapiPairs | undefined {
  const host = hosts.byName(name);
  if (host < 0) return undefined;
  const { hardware, uid } = hosts.declaration(host);
  const addresses = hosts.fixedAddresses(host);
  return pairsOf(
    ['ip-address', addresses.length === 0 ? undefined : concatBytes(...addresses.map(ipv4ToBytes))],
    ['dhcp-client-identifier', uid],
    ['name', latin1(name)],
    ['hardware-address', hardware?.address],
    ['hardware-type', hardware === undefined ? undefined : u32(hardware.htype)],
  );
}

function createHost(attributes: OmapiPairs, x: OmapiContext): Result<string, number> {
  const drafted = withAttributes(emptyHost, attributes, x);
  if (typeof drafted === 'number') return err(drafted);
  const host = drafted.name === '' ? { ...drafted, name: `nh${x.newSuffix()}` } : drafted;
  if (host.hardware === undefined && host.uid === undefined) return err(result.invalidArgument);
  if (x.store.hosts.byName(host.name) >= 0) return err(result.alreadyExists);
  x.store.hosts.put(host, x.effects.journal);
  x.changed(`create host ${host.name}`, '', shownHost(host));
  return ok(host.name);
}

function updateHost(name: string, attributes: OmapiPairs, x: OmapiContext): number {
  const before = recordOf(name, x);
  if (before === undefined) return result.notFound;
  const after = withAttributes(before, attributes, x);
  if (typeof after === 'number') return after;
  if (after.hardware === undefined && after.uid === undefined) return result.invalidArgument;
  // dhcpd too writes the end of the old host first; in one group of the journal it is both or neither.
  writeHostRecord(x.effects.journal, tombstone(name, before.isStatic));
  x.store.hosts.put(after, x.effects.journal);
  x.changed(`update host ${name}`, shownHost(before), shownHost(after));
  return result.success;
}

function removeHost(name: string, x: OmapiContext): number {
  const before = recordOf(name, x);
  if (before === undefined || !x.store.hosts.remove(name, x.effects.journal)) return result.notFound;
  x.changed(`delete host ${name}`, shownHost(before), '');
  return result.success;
}

/** A host of the configuration becomes a record when it is first changed. */
function recordOf(name: string, { store: { hosts }, config }: OmapiContext): HostRecord | undefined {
  const host = hosts.byName(name);
  if (host < 0) return undefined;
  const record = hosts.record(name);
  if (record !== undefined) return record;
  const { hardware, uid, fixedAddresses, span } = hosts.declaration(host);
  return {
    name, isDeleted: false, isStatic: true, hardware, uid, fixedAddresses, group: undefined,
    statements: statementsOf(span.file.text.slice(span.start, span.end), config()),
  };
}

const shownHost = ({ hardware, uid, fixedAddresses, group, statements }: HostRecord): string =>
  [
    hardware === undefined ? '' : `hardware ${toHex(hardware.address, ':')}`,
    uid === undefined ? '' : `uid ${toHex(uid, ':')}`,
    fixedAddresses.map((item) => (item.kind === 'name' ? item.name : formatIpv4(item.address))).join(' '),
    group === undefined ? '' : `group ${group}`,
    statements.join(' '),
  ]
    .filter((part) => part !== '')
    .join(', ');
