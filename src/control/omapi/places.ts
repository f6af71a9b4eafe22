// Pools, subnets, shared networks, classes, subclasses and interfaces over OMAPI (OMAPI reference §4.4 to §4.6): shown, never changed.

import { bytesEqual, latin1, toHex } from '../../std/bytes.ts';
import { err, ok, type Result } from '../../std/result.ts';
import { bindingCode } from '../../model/binding-state.ts';
import type { OmapiPairs } from '../../wire/omapi-message.ts';
import type { OmapiContext, OmapiKind } from './object-kind.ts';
import { omapiResult as result } from './results.ts';
import { pairsOf, text, textOf, u32 } from './values.ts';

const notSearchable = (): Result<string, number> => err(result.notImplemented);
const notRemovable = (): number => result.notImplemented;

/** The key is the pool's index; reached by the handle that a lease shows. */
const poolKind: OmapiKind = {
  type: 'pool',
  right: 'control',
  isSearchable: false,
  find: notSearchable,
  attributes(key, { store: { table }, config }) {
    const { index, ranges } = config().pools[Number(key)] ?? {};
    if (index === undefined || ranges === undefined) return undefined;
    return pairsOf(
      ['lease-count', u32(ranges.reduce((sum, { low, high }) => sum + high - low + 1, 0))],
      ['free-leases', u32(table.count(index, bindingCode.free))],
      ['backup-leases', u32(table.count(index, bindingCode.backup))],
    );
  },
  update: () => result.unknownAttribute,
  remove: notRemovable,
};

/** Nothing to show: dhcpd shows nothing either. */
const emptyPlace = (type: string, has: (key: string, x: OmapiContext) => boolean): OmapiKind => ({
  type,
  right: 'control',
  isSearchable: false,
  find: notSearchable,
  attributes: (key, x) => (has(key, x) ? new Map() : undefined),
  update: () => result.notFound,
  remove: notRemovable,
});

const classKind: OmapiKind = {
  type: 'class',
  right: 'hosts',
  isSearchable: true,
  find(keys, x) {
    const name = keys.get('name');
    if (name === undefined) return err(result.noKey);
    return x.config().classes.some((declared) => declared.name === textOf(name)) ? ok(textOf(name)) : err(result.notFound);
  },
  attributes(name, x) {
    const declared = x.config().classes.find((candidate) => candidate.name === name);
    return declared && limitPairs(declared.leaseLimit, usedBy(name, undefined, x));
  },
  update: () => result.unknownAttribute,
  remove: () => result.permissionDenied,
};

/** The key is the class's name, a blank, and the matched bytes in hex. */
const subclassKind: OmapiKind = {
  type: 'subclass',
  right: 'hosts',
  isSearchable: true,
  find(keys, x) {
    const name = keys.get('name');
    const bytes = keys.get('hashstring');
    if (name === undefined || bytes === undefined) return err(result.noKey);
    const key = `${toHex(bytes)} ${textOf(name)}`;
    return subclassOf(key, x) === undefined ? err(result.notFound) : ok(key);
  },
  attributes(key, x) {
    const found = subclassOf(key, x);
    return found && limitPairs(found.subclass.leaseLimit ?? found.declared.leaseLimit, usedBy(found.declared.name, found.subclass.key, x));
  },
  update: () => result.unknownAttribute,
  remove: () => result.permissionDenied,
};

function subclassOf(key: string, x: OmapiContext) {
  const blank = key.indexOf(' ');
  const declared = x.config().classes.find(({ name }) => name === key.slice(blank + 1));
  const subclass = declared?.subclasses.find((candidate) => toHex(candidate.key) === key.slice(0, blank));
  return declared === undefined || subclass === undefined ? undefined : { declared, subclass };
}

const limitPairs = (limit: number | undefined, used: number): OmapiPairs =>
  pairsOf(['lease-limit', u32(limit ?? 0)], ['leases-used', u32(used)]);

/** Leases that are billed to a class. Cold: looks at all rows. */
function usedBy(className: string, key: Uint8Array | undefined, { store: { table } }: OmapiContext): number {
  let count = 0;
  for (let row = 0; row < table.rowCount; row++) {
    if (table.state(row) !== bindingCode.active) continue;
    const billing = table.lease(row).extras?.billing;
    if (billing?.className !== className) continue;
    if (key === undefined || (billing.subclassKey !== undefined && bytesEqual(billing.subclassKey, key))) count++;
  }
  return count;
}

/** dhcpd stops serving on an interface whose object is deleted; here it can only be looked at. */
const interfaceKind: OmapiKind = {
  type: 'interface',
  right: 'control',
  isSearchable: true,
  find(keys, x) {
    const name = keys.get('name');
    if (name === undefined) return err(result.noKey);
    return x.interfaces().some((candidate) => candidate.name === textOf(name)) ? ok(textOf(name)) : err(result.notFound);
  },
  attributes(name, x) {
    const found = x.interfaces().find((candidate) => candidate.name === name);
    return found && pairsOf(['name', latin1(name)], ['state', text(found.isUp ? 'up' : 'down')]);
  },
  update: () => result.permissionDenied,
  remove: () => result.permissionDenied,
};

export const placeKinds: readonly OmapiKind[] = [
  poolKind,
  emptyPlace('subnet', (key, x) => x.config().subnets[Number(key)] !== undefined),
  emptyPlace('shared-network', (key, x) => x.config().sharedNetworks[Number(key)] !== undefined),
  classKind,
  subclassKind,
  interfaceKind,
];
