// L20xx: who can get an address of a pool. A pool nobody can use is the first thing to say about a configuration.

import type { Diagnostic, DiagnosticNote } from '../../model/diagnostic.ts';
import type { HostDeclaration, Permit, Pool } from '../../model/server-config.ts';
import { serverOptionCode as code } from '../../wire/option-table.ts';
import { info, warning } from '../../lang/diagnostics/make.ts';
import { rangeText } from '../diagnostics/networks.ts';
import { leaseTime, numberOf, parameter } from '../../model/effective.ts';
import { plural, type View } from './view.ts';

interface Refusal {
  /** `flag`: a client whose host has a fixed-address elsewhere is unknown too (dhcpd-conf reference §6). */
  readonly by: 'flag' | 'permit';
  readonly note: DiagnosticNote;
}

const excludesUnknown = ({ allow, deny }: Pool): Permit | undefined => {
  const denied = deny.find(({ kind }) => kind === 'unknown-clients');
  if (denied !== undefined) return denied;
  // An allow list admits nobody it does not name; classes may admit unknown clients.
  return allow.length > 0 && allow.every(({ kind }) => kind === 'known-clients') ? allow[0] : undefined;
};

/** Why unknown clients get nothing of this pool; undefined when they may. */
function refusalOf(view: View, pool: Pool): Refusal | undefined {
  const flag = parameter(view.scopesOfPool(pool), code.bootUnknownClients);
  if (flag !== undefined && flag !== 'varies' && numberOf(flag.value) !== 1)
    return {
      by: 'flag',
      note: { span: flag.span, message: 'clients without a host declaration are denied here' },
    };
  const permit = excludesUnknown(pool);
  return (
    permit && {
      by: 'permit',
      note: { span: permit.span, message: 'the pool is closed to clients without a host declaration here' },
    }
  );
}

function hasAddressOn(view: View, host: HostDeclaration, network: number): boolean {
  return host.fixedAddresses.some(
    (item) => item.kind === 'name' || view.subnetOf(item.address)?.sharedNetwork === network,
  );
}

/** Whether a client of this host may get an address of the pool. */
function mayUse(view: View, host: HostDeclaration, pool: Pool, by: Refusal['by']): boolean {
  if (host.fixedAddresses.length === 0) return true;
  return by === 'permit' && !hasAddressOn(view, host, pool.sharedNetwork);
}

/** Permits that leave nobody, whoever the client is. */
function closedToAll({ allow, deny }: Pool): Permit | undefined {
  const isKnown = (kind: Permit['kind']): boolean => kind === 'known-clients';
  const all = deny.find(({ kind }) => kind === 'all-clients' || kind === 'unauthenticated-clients');
  if (all !== undefined) return all;
  if (deny.some(({ kind }) => isKnown(kind)) && deny.some(({ kind }) => kind === 'unknown-clients'))
    return deny.find(({ kind }) => isKnown(kind));
  return allow.length > 0 && allow.every(({ kind }) => kind === 'authenticated-clients')
    ? allow[0]
    : undefined;
}

const overOmapi = (view: View): readonly DiagnosticNote[] =>
  view.config.settings.omapiPort === undefined
    ? []
    : [
        {
          message:
            'only a host that is added while serving (over OMAPI), without a fixed address, could use it',
        },
      ];

/** L2001: a pool nobody can get an address of. */
export function deadPools(view: View): Diagnostic[] {
  return view.config.pools.flatMap((pool) => {
    const closed = closedToAll(pool);
    if (closed !== undefined) return [deadByPermits(pool, closed)];
    const refusal = refusalOf(view, pool);
    if (refusal === undefined || view.config.hosts.some((host) => mayUse(view, host, pool, refusal.by)))
      return [];
    return [deadByHosts(view, pool, refusal)];
  });
}

const deadByPermits = (pool: Pool, permit: Permit): Diagnostic =>
  warning('L2001', pool.span, 'nobody can ever get an address of this pool', {
    notes: [{ span: permit.span, message: 'this permit shuts every client out' }],
    help: 'change the permits, or remove the pool',
  });

function deadByHosts(view: View, pool: Pool, refusal: Refusal): Diagnostic {
  const { hosts, peers } = view.config;
  const peer = peers[pool.peer];
  const fixed: DiagnosticNote = {
    message:
      hosts.length === 0
        ? 'and no host is declared at all'
        : refusal.by === 'flag'
          ? `and each of the ${plural(hosts.length, 'declared host')} has a fixed-address, so it never needs one of the pool`
          : `and each of the ${plural(hosts.length, 'declared host')} has a fixed-address on this network, so it never needs one of the pool`,
  };
  const protects: readonly DiagnosticNote[] =
    peer === undefined
      ? []
      : [
          {
            message: `failover peer "${peer.name}" therefore protects nothing but its own bookkeeping; the hosts are served by each server on its own`,
          },
        ];
  return warning(
    'L2001',
    pool.span,
    `nobody can ever get an address of this pool (${pool.ranges.map(rangeText).join(', ')})`,
    {
      notes: [refusal.note, fixed, ...protects, ...overOmapi(view)],
      help: 'declare hosts without fixed-address for the machines that shall use the pool, or admit unknown clients to it with a pool that serves them, or remove the pool',
    },
  );
}

const infinite = 0xffffffff;

/** L2014: an address that is given for ever, to whoever asks, is gone for ever. */
export function endlessOpenPools(view: View): Diagnostic[] {
  return view.config.pools.flatMap((pool) => {
    if (closedToAll(pool) !== undefined || refusalOf(view, pool) !== undefined || excludesByClass(pool))
      return [];
    const scopes = view.scopesOfPool(pool);
    const max = leaseTime(scopes, code.maxLeaseTime, 86_400);
    const byDefault = leaseTime(scopes, code.defaultLeaseTime, 43_200);
    if (max.seconds !== infinite || byDefault.seconds !== infinite) return [];
    return [
      warning('L2014', pool.span, 'every stranger who asks keeps an address of this pool for ever', {
        notes: max.span === undefined ? [] : [{ span: max.span, message: 'leases are endless here' }],
        help: 'give this pool a finite `default-lease-time` and `max-lease-time`, or close it to unknown clients',
      }),
    ];
  });
}
const excludesByClass = ({ allow }: Pool): boolean =>
  allow.length > 0 && allow.every(({ kind }) => kind !== 'all-clients' && kind !== 'unknown-clients');

/** L2024: permits that say nothing, or contradict each other. */
export function idlePermits(view: View): Diagnostic[] {
  return view.config.pools.flatMap((pool) => idlePermitsOf(view, pool));
}
function idlePermitsOf(view: View, pool: Pool): Diagnostic[] {
  const { allow, deny } = pool;
  return [
    ...allow.flatMap((permit) => {
      const denied = deny.find(
        (other) => other.kind === permit.kind && permit.kind !== 'after' && !isOtherClass(permit, other),
      );
      return denied === undefined
        ? []
        : [
            warning(
              'L2024',
              permit.span,
              'this permit has no effect: the same clients are denied in this pool',
              {
                notes: [
                  { span: denied.span, message: 'denied here; a denial always wins, whatever the order' },
                ],
                help: 'remove one of the two',
              },
            ),
          ];
    }),
    ...idleAllow(allow),
    ...repeated(allow),
    ...repeated(deny),
    ...deniedByFlag(view, pool),
    ...[...allow, ...deny]
      .filter(({ kind }) => kind === 'authenticated-clients')
      .map(({ span }) =>
        info('L2024', span, 'no client is ever authenticated: DHCP authentication does not exist in dhcpd', {
          help: 'remove this permit',
        }),
      ),
  ];
}

/** A pool that is opened to clients which the flag shuts out before any pool is looked at. */
function deniedByFlag(view: View, pool: Pool): Diagnostic[] {
  const refusal = refusalOf(view, pool);
  const permit = pool.allow.find(({ kind }) => kind === 'unknown-clients');
  if (refusal?.by !== 'flag' || permit === undefined) return [];
  return [
    warning('L2024', permit.span, 'this permit admits nobody: unknown clients are denied before a pool is chosen', {
      notes: [refusal.note],
      help: 'write `deny unknown-clients;` into the pools that shall refuse them, instead of where all of the network hear it',
    }),
  ];
}

function repeated(permits: readonly Permit[]): Diagnostic[] {
  return permits.flatMap((permit, index) => {
    const earlier = permits.slice(0, index).find((other) => other.kind === permit.kind && permit.kind !== 'after' && !isOtherClass(permit, other));
    return earlier === undefined
      ? []
      : [info('L2024', permit.span, 'this permit is said twice', { notes: [{ span: earlier.span, message: 'said here already' }], help: 'remove one of the two' })];
  });
}
const isOtherClass = (a: Permit, b: Permit): boolean =>
  a.kind === 'members-of' && b.kind === 'members-of' && a.classIndex !== b.classIndex;

function idleAllow(allow: readonly Permit[]): Diagnostic[] {
  const all = allow.find(({ kind }) => kind === 'all-clients');
  if (all === undefined || allow.length === 1) return [];
  return allow
    .filter(({ kind }) => kind !== 'all-clients' && kind !== 'after')
    .map(({ span }) =>
      info('L2024', span, 'this permit adds nobody: all clients are allowed already', {
        notes: [{ span: all.span, message: 'allowed here' }],
        help: 'remove it, or remove `allow all clients`',
      }),
    );
}
