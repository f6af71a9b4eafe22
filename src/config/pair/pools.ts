// L2505, L2507: pools and ranges of two nodes. An address that only one of them knows is refused by the other for ever.

import type { Diagnostic, DiagnosticNote } from '../../model/diagnostic.ts';
import type { AddressRange, FailoverPeer, Pool } from '../../model/server-config.ts';
import { error, warning } from '../../lang/diagnostics/make.ts';
import { rangeText } from '../diagnostics/networks.ts';
import type { ConfigDraft } from '../load-config.ts';
import { addressSet, countOf, minus, type AddressSet } from '../../model/agreement/address-set.ts';
import { permitsText } from '../../model/agreement/matters.ts';
import type { Pair } from './pair.ts';

const poolsOf = ({ config }: ConfigDraft, peer: number): readonly Pool[] =>
  config.pools.filter((pool) => pool.peer === peer);
const setOf = (pools: readonly Pool[]): AddressSet => addressSet(pools.flatMap(({ ranges }) => ranges));
const rangeHolding = (pools: readonly Pool[], set: AddressSet): AddressRange | undefined =>
  pools
    .flatMap(({ ranges }) => ranges)
    .find(({ low, high }) => set.some((part) => part.low <= high && part.high >= low));

const textOf = (set: AddressSet): string => {
  const shown = set.slice(0, 4).map(rangeText).join(', ');
  return set.length > 4 ? `${shown} and ${set.length - 4} more ranges` : shown;
};

/** L2505: the addresses of one relationship. */
export function poolDifferences(mine: FailoverPeer, theirs: FailoverPeer, pair: Pair): Diagnostic[] {
  const poolsA = poolsOf(pair.a, mine.index);
  const poolsB = poolsOf(pair.b, theirs.index);
  const onlyA = minus(setOf(poolsA), setOf(poolsB));
  const onlyB = minus(setOf(poolsB), setOf(poolsA));
  const spanA = rangeHolding(poolsA, onlyA)?.span;
  const spanB = rangeHolding(poolsB, onlyB)?.span;
  const span = spanA ?? spanB;
  if (span === undefined) return permitDifferences(poolsA, poolsB, pair);
  const notes: DiagnosticNote[] = [
    ...(countOf(onlyA) > 0 ? [{ message: `only here: ${textOf(onlyA)} (${countOf(onlyA)})` }] : []),
    ...(countOf(onlyB) > 0
      ? [
          {
            ...(spanB === undefined ? {} : { span: spanB }),
            message: `only in ${pair.nameB}: ${textOf(onlyB)} (${countOf(onlyB)})`,
          },
        ]
      : []),
    {
      message:
        'each such address is rejected by the other server ("unknown IP address"), is lost when its server dies, and dhcpd calls this state normal',
    },
  ];
  const isDisjoint = countOf(onlyA) === countOf(setOf(poolsA)) && countOf(onlyB) === countOf(setOf(poolsB));
  return [
    error(
      'L2505',
      span,
      isDisjoint
        ? `the pools of failover peer "${mine.name}" have no address in common: the pair shares nothing`
        : `the pools of failover peer "${mine.name}" differ`,
      {
        notes,
        help: 'write the same ranges in both files: the servers share the addresses out by themselves',
      },
    ),
  ];
}

/** L2507: the same addresses, for other clients. */
function permitDifferences(poolsA: readonly Pool[], poolsB: readonly Pool[], { a, b }: Pair): Diagnostic[] {
  return poolsA.flatMap((pool) => {
    const first = pool.ranges[0];
    const twin = poolsB.find(
      ({ ranges }) =>
        first !== undefined && ranges.some(({ low, high }) => low <= first.low && first.low <= high),
    );
    if (twin === undefined || permitsText(a.config, pool) === permitsText(b.config, twin)) return [];
    return [
      warning('L2507', pool.span, 'this pool admits other clients than its twin', {
        notes: [{ span: twin.span, message: 'its twin in the other file' }],
        help: 'use the same permits on both servers, else a client loses its address when the other one takes over',
      }),
    ];
  });
}

/** L2508: addresses that are in failover on one side and served alone on the other, or alone on both. */
export function compareUnpaired(pair: Pair, nameA: string): Diagnostic[] {
  const { a, b, nameB } = pair;
  if (a.config.peers.length === 0 || b.config.peers.length === 0) return [];
  return [...pairedElsewhere(a, b, nameB), ...pairedElsewhere(b, a, nameA), ...servedTwice(pair)];
}

const common = (a: AddressSet, b: AddressSet): AddressSet => minus(a, minus(a, b));

function pairedElsewhere(alone: ConfigDraft, other: ConfigDraft, otherName: string): Diagnostic[] {
  const paired = other.config.pools.filter(({ peer }) => peer >= 0);
  const both = common(setOf(poolsOf(alone, -1)), setOf(paired));
  const here = rangeHolding(poolsOf(alone, -1), both);
  const there = rangeHolding(paired, both);
  if (here === undefined) return [];
  return [
    error(
      'L2508',
      here.span,
      `${textOf(both)} is served by this server alone, but ${otherName} shares it by failover: both would lease it`,
      {
        notes: there === undefined ? [] : [{ span: there.span, message: 'in the other file' }],
        help: 'name the failover peer in this pool',
      },
    ),
  ];
}

function servedTwice({ a, b }: Pair): Diagnostic[] {
  const shared = common(setOf(poolsOf(a, -1)), setOf(poolsOf(b, -1)));
  const range = rangeHolding(poolsOf(a, -1), shared);
  if (range === undefined) return [];
  return [
    warning(
      'L2508',
      range.span,
      `both servers serve ${textOf(shared)} without failover: both would lease one address to two clients`,
      {
        help: 'name the failover peer in both pools, or give each server ranges of its own',
      },
    ),
  ];
}
