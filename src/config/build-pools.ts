// pool, range, permits; the automatic pools of bare ranges; merging (dhcpd-conf reference §4.2, §4.3).

import { formatIpv4, isInside, type Ipv4 } from '../std/ipv4.ts';
import type { UnixSeconds } from '../std/time.ts';
import type { AddressRange, Permit, Pool, SharedNetwork, Subnet } from '../model/server-config.ts';
import type { Span } from '../model/span.ts';
import type * as ast from '../lang/ast.ts';
import type { Handlers, Walk } from './build.ts';
import { unknownPermitClass } from './diagnostics/hosts.ts';
import * as networks from './diagnostics/networks.ts';
import { placeOf, type Build, type Context, type Draft } from './drafts.ts';

export function buildPool(build: Build, node: ast.PoolDecl, context: Context, walk: Walk): void {
  const { network } = context;
  if (network === undefined) return;
  const scope = build.openScope('pool', `pool of ${network.name}`, node.head);
  const chain = [...context.chain, scope];
  const outer = network.scopes.length + (context.subnet?.scopes.length ?? 0);
  const pool: Draft<Pool> = {
    index: -1,
    sharedNetwork: network.index,
    ranges: [],
    allow: [],
    deny: [],
    peer: context.networkPeer.peer,
    scopes: chain.slice(outer),
    span: node.head,
  };
  const before = build.diagnostics.length;
  walk(build, node.body, { ...context, kind: 'pool', chain, scope, pool });
  if (pool.ranges.length > 0) {
    keepOrMerge(build, network, pool, node, context);
    return;
  }
  // A range that was refused already says why there is none.
  const isExplained = build.diagnostics
    .slice(before)
    .some(({ code }) => ['C1105', 'C1107', 'C1109'].includes(code));
  if (!isExplained) build.report(networks.poolWithoutRange(node.head), node.span);
}

const isWithoutStatements = ({ scopes }: Draft<Pool>): boolean =>
  scopes.every(({ statements }) => statements.length === 0);
const permitKey = (permit: Permit): string =>
  permit.kind === 'members-of'
    ? `members ${permit.classIndex}`
    : permit.kind === 'after'
      ? `after ${permit.time}`
      : permit.kind;
const hasSamePermits = (a: readonly Permit[], b: readonly Permit[]): boolean => {
  const keys = new Set(a.map(permitKey));
  return keys.size === new Set(b.map(permitKey)).size && b.every((permit) => keys.has(permitKey(permit)));
};

/** Pools of one network that differ in nothing are one pool to dhcpd, which matters for its balance. */
function keepOrMerge(
  build: Build,
  network: Draft<SharedNetwork>,
  pool: Draft<Pool>,
  node: ast.PoolDecl,
  context: Context,
): void {
  const twin = network.pools
    .map((index) => build.drafts.pools[index])
    .find(
      (other) =>
        other !== undefined &&
        other.peer === pool.peer &&
        isWithoutStatements(other) &&
        isWithoutStatements(pool) &&
        hasSamePermits(other.allow, pool.allow) &&
        hasSamePermits(other.deny, pool.deny),
    );
  if (twin === undefined) {
    addPool(build, network, pool, node, context);
    return;
  }
  twin.ranges.push(...pool.ranges);
  build.facts.pools[twin.index]?.nodes.push(node);
}

function addPool(
  build: Build,
  network: Draft<SharedNetwork>,
  pool: Draft<Pool>,
  node: ast.PoolDecl | undefined,
  context: Context,
): void {
  pool.index = build.drafts.pools.length;
  build.drafts.pools.push(pool);
  network.pools.push(pool.index);
  build.facts.pools.push({ nodes: node === undefined ? [] : [node], place: placeOf(context) });
}

// ── Ranges ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────

function buildRange(build: Build, node: ast.RangeDecl, context: Context): void {
  const { network } = context;
  if (network === undefined) return;
  const ends = [node.low.address, (node.high ?? node.low).address];
  const subnet = subnetOfRange(build, node, ends[0] as Ipv4, context);
  if (subnet === undefined) return;
  for (const end of ends)
    if (!isInside(end, subnet.network, subnet.mask)) {
      build.report(networks.rangeOutsideSubnet(node.span, end, subnet));
      return;
    }
  const range = { low: Math.min(...ends) as Ipv4, high: Math.max(...ends) as Ipv4, span: node.span };
  const pool = context.pool ?? automaticPool(build, node, context, network);
  if (node.isDynamicBootp && pool.peer >= 0)
    build.report(
      networks.dynamicBootpWithPeer(node.span, build.drafts.peers[pool.peer]?.name ?? ''),
      node.span,
      'statement',
    );
  addRange(build, pool, range);
}

/** A pool beside its subnets serves the one that holds the range. */
function subnetOfRange(
  build: Build,
  node: ast.RangeDecl,
  low: Ipv4,
  { network, subnet }: Context,
): Draft<Subnet> | undefined {
  if (subnet !== undefined || network === undefined) return subnet;
  const found = network.subnets
    .map((index) => build.drafts.subnets[index])
    .find((candidate) => candidate !== undefined && isInside(low, candidate.network, candidate.mask));
  if (found === undefined)
    build.report(networks.rangeOffNetwork(node.span, network.name), node.span, 'statement');
  return found;
}

function addRange(build: Build, pool: Draft<Pool>, range: AddressRange): void {
  const overlap = build.ranges.overlap(range);
  if (overlap !== undefined) {
    build.report(
      networks.declaredTwice(range.span, overlap.first, overlap.count, overlap.with.span),
      range.span,
      'statement',
    );
    return;
  }
  build.ranges.add(range);
  pool.ranges.push(range);
}

const isDenyBootp = ({ allow, deny }: Draft<Pool>): boolean =>
  allow.length === 0 && deny.length === 1 && deny[0]?.kind === 'dynamic-bootp-clients';
const isAllowAll = ({ allow, deny }: Draft<Pool>): boolean =>
  deny.length === 0 && allow.length === 1 && allow[0]?.kind === 'all-clients';

/**
 * The pool of ranges that stand directly in a subnet: one that refuses BOOTP clients, one for `range dynamic-bootp`.
 * dhcpd puts a dynamic-bootp range behind a plain one into the former and so refuses the clients it was written for (§4.2).
 */
function automaticPool(
  build: Build,
  node: ast.RangeDecl,
  context: Context,
  network: Draft<SharedNetwork>,
): Draft<Pool> {
  const fits = node.isDynamicBootp ? isAllowAll : isDenyBootp;
  const pools = network.pools.flatMap((index) => build.drafts.pools[index] ?? []);
  if (node.isDynamicBootp) warnOfPlainRange(build, node, pools);
  const found = pools.find(fits);
  if (found !== undefined) return found;
  const permit: Permit = {
    kind: node.isDynamicBootp ? 'all-clients' : 'dynamic-bootp-clients',
    span: node.span,
  };
  const pool: Draft<Pool> = {
    index: -1,
    sharedNetwork: network.index,
    ranges: [],
    allow: node.isDynamicBootp ? [permit] : [],
    deny: node.isDynamicBootp ? [] : [permit],
    // Bare ranges do not inherit the peer of a shared network, only pools do.
    peer: -1,
    scopes: [],
    span: node.span,
  };
  addPool(build, network, pool, undefined, context);
  return pool;
}

function warnOfPlainRange(build: Build, node: ast.RangeDecl, pools: readonly Draft<Pool>[]): void {
  const plain = pools.find((pool) => pool.scopes.length === 0 && isDenyBootp(pool));
  const range = plain?.ranges[0];
  if (range === undefined) return;
  const message = `the plain range ${formatIpv4(range.low)}… stands here`;
  build.report(networks.dynamicBootpAfterPlainRange(node.span, { span: range.span, message }));
}

// ── Permits ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────

const datePermits = (pool: Draft<Pool>): readonly Permit[] =>
  [...pool.allow, ...pool.deny].filter(({ kind }) => kind === 'after');

function buildPermit(build: Build, node: ast.PermitDecl, { pool }: Context): void {
  if (pool === undefined) return;
  const permit = permitOf(build, node);
  if (permit === undefined) return;
  const [first] = datePermits(pool);
  if (permit.kind === 'after' && first !== undefined) {
    build.report(networks.duplicateAfter(node.span, first.span), wordAfter(node.span));
    return;
  }
  pool[node.action].push(permit);
}

/** dhcpd complains when it took the word `after`. */
function wordAfter(span: Span): Span {
  const text = span.file.text.slice(span.start, span.end);
  const at = text.search(/after/i);
  return { ...span, end: span.start + Math.max(0, at) + 'after'.length };
}

function permitOf(build: Build, { permit, span }: ast.PermitDecl): Permit | undefined {
  switch (permit.kind) {
    case 'members-of': {
      const { className } = permit;
      const classIndex = build.classesByName.get(className.text);
      if (classIndex === undefined) {
        build.report(
          unknownPermitClass(className.span, className.text, build.classesByName.keys()),
          className.span,
        );
        return undefined;
      }
      build.facts.classUses.add(classIndex);
      return { kind: 'members-of', classIndex, span };
    }
    case 'after':
      return { kind: 'after', time: permit.time.seconds as UnixSeconds, span };
    default:
      return { kind: permit.kind, span };
  }
}

export const poolHandlers: Handlers = { range: buildRange, permit: buildPermit };
