// Pools, subnets, shared networks and interfaces over OMAPI (OMAPI reference §4.5, §4.6): shown, never changed.

import { latin1 } from '../../std/bytes.ts';
import { err, ok, type Result } from '../../std/result.ts';
import { bindingCode } from '../../model/binding-state.ts';
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
  interfaceKind,
];
