// The server itself and its failover relationships over OMAPI (OMAPI reference §4.7, §4.8). What they change are commands of the
// command table, with the same refusals and the same line in the log as from the command line.

import { latin1 } from '../../std/bytes.ts';
import { ipv4ToBytes } from '../../std/ipv4.ts';
import { err, ok } from '../../std/result.ts';
import type { OmapiPairs } from '../../wire/omapi-message.ts';
import type { CommandAnswer } from '../command-table.ts';
import type { FailoverView } from '../../model/failover-view.ts';
import type { OmapiContext, OmapiKind } from './object-kind.ts';
import { omapiResult as result } from './results.ts';
import { pairsOf, textOf, u32, u32Of } from './values.ts';

const controlState = { running: 0, shutdown: 2 } as const;
/** Of the failover protocol; the only state that an operator may force (§4.8). */
const partnerDown = 4;

/** There is one, without a name. */
export const controlKind: OmapiKind = {
  type: 'control',
  right: 'control',
  isSearchable: true,
  find: () => ok('server'),
  attributes: () => pairsOf(['state', u32(controlState.running)]),
  update(_key, attributes, x) {
    for (const [name, value] of attributes) {
      if (name !== 'state') return result.notFound;
      if (u32Of(value) !== controlState.shutdown) return result.invalidArgument;
    }
    if (!x.allowsShutdown) return result.permissionDenied;
    return numberOf(x.run({ name: 'stop', arguments: { yes: true }, who: x.who }, x.now, x.effects));
  },
  remove: () => result.permissionDenied,
};

export const failoverKind: OmapiKind = {
  type: 'failover-state',
  right: 'control',
  isSearchable: true,
  isNeverMade: true,
  find(keys, x) {
    const name = keys.get('name');
    if (name === undefined) return err(result.noKey);
    return viewOf(textOf(name), x) === undefined ? err(result.notFound) : ok(textOf(name));
  },
  attributes(name, x) {
    const view = viewOf(name, x);
    return view && failoverPairs(view);
  },
  update: updateFailover,
  remove: () => result.notImplemented,
};

const viewOf = (name: string, x: OmapiContext): FailoverView | undefined =>
  x.failoverViews(x.now).find((view) => view.name === name);

const failoverPairs = (view: FailoverView): OmapiPairs =>
  pairsOf(
    ['name', latin1(view.name)],
    ['partner-address', ipv4ToBytes(view.partnerAddress)],
    ['partner-port', u32(view.partnerPort)],
    ['local-address', ipv4ToBytes(view.localAddress)],
    ['local-port', u32(view.localPort)],
    ['max-outstanding-updates', u32(view.maxUnackedUpdates)],
    ['mclt', u32(view.mclt)],
    ['load-balance-max-secs', u32(view.loadBalanceMaxSecs)],
    ['load-balance-hba', view.hashBuckets],
    ['partner-state', u32(view.partnerState)],
    ['local-state', u32(view.localState)],
    ['partner-stos', u32(view.partnerStos)],
    ['local-stos', u32(view.localStos)],
    ['hierarchy', u32(view.isPrimary ? 0 : 1)],
    ['last-packet-sent', u32(view.lastPacketSent)],
    ['last-timestamp-received', u32(view.lastTimestampReceived)],
    ['skew', u32(view.skew)],
    ['max-response-delay', u32(view.maxResponseDelay)],
    ['cur-unacked-updates', u32(view.unackedUpdates)],
  );

/** Everything but the state is read-only; dhcpd takes the other names too, and does nothing with them. */
function updateFailover(name: string, attributes: OmapiPairs, x: OmapiContext): number {
  const view = viewOf(name, x);
  if (view === undefined) return result.notFound;
  const known = failoverPairs(view);
  let wanted: number | undefined;
  for (const [attribute, value] of attributes) {
    if (attribute === 'local-state') {
      wanted = u32Of(value);
      if (wanted !== partnerDown && wanted !== view.localState) return result.invalidArgument;
    } else if (!known.has(attribute) && attribute !== 'load-balance-hba') return result.notFound;
  }
  if (wanted === undefined || wanted === view.localState) return result.success;
  return numberOf(x.run({ name: 'failover.partner-down', arguments: { peer: name, yes: true }, who: x.who }, x.now, x.effects));
}

function numberOf(answer: CommandAnswer): number {
  if (answer.ok) return result.success;
  return answer.code === 'not-found' ? result.notFound : result.invalidArgument;
}
