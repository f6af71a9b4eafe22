// A configuration as a list of facts about which the two nodes of a relationship must agree. Two nodes that mean the same have equal
// facts, in whatever order and file they were written.

import { formatIpv4, isInside, type Ipv4 } from '../../std/ipv4.ts';
import { leaseTime } from '../effective.ts';
import type { FailoverPeer, HostDeclaration, Pool, Scope, ServerConfig, SharedNetwork, Subnet } from '../server-config.ts';
import type { Span } from '../span.ts';
import { addressSet } from './address-set.ts';
import { canonical, meaningOf } from './canonical.ts';
import {
  addressText, cidrOf, classText, identityOf, isAnyItem, itemText, keyFingerprint, leaseTimeKeys, leaseTimes, ownMatters, pairNumbers,
  permitsText, secondsText,
} from './matters.ts';

interface SectionRow {
  /** On the wire; never used again for something else. */
  readonly code: number;
  /** A difference harms clients, or leaves them alone when one node dies: an alarm. */
  readonly isDangerous: boolean;
  /** What only one node has is no difference, or follows from another one. */
  readonly mayBeMissing: boolean;
}
/** In the order in which differences are told. */
export const sections = {
  relationship: { code: 1, isDangerous: true, mayBeMissing: true },
  pools: { code: 2, isDangerous: true, mayBeMissing: false },
  networks: { code: 3, isDangerous: true, mayBeMissing: false },
  hosts: { code: 4, isDangerous: true, mayBeMissing: false },
  timers: { code: 5, isDangerous: false, mayBeMissing: true },
  options: { code: 6, isDangerous: false, mayBeMissing: false },
  classes: { code: 7, isDangerous: false, mayBeMissing: false },
  names: { code: 8, isDangerous: false, mayBeMissing: true },
  keys: { code: 9, isDangerous: false, mayBeMissing: true },
  software: { code: 10, isDangerous: false, mayBeMissing: false },
} as const satisfies Readonly<Record<string, SectionRow>>;
export type SectionName = keyof typeof sections;
export const sectionNames = Object.keys(sections) as readonly SectionName[];
export const sectionOfCode = (code: number): SectionName | undefined => sectionNames.find((name) => sections[name].code === code);

export interface Fact {
  /** What it is about, the same words on both nodes: `option routers of subnet 10.0.0.0/24`. Not unique: one MAC may have two hosts. */
  readonly key: string;
  /** Equal where the two nodes mean the same; may be long. */
  readonly value: string;
  /** The value in a few words. */
  readonly shown: string;
  readonly span: Span | undefined;
}
export type Facts = Readonly<Record<SectionName, readonly Fact[]>>;

export interface FactsOf {
  readonly config: ServerConfig;
  readonly peer: FailoverPeer;
  /** What the resolver last said. */
  readonly addressesOf: (name: string) => readonly Ipv4[] | undefined;
  readonly software: string;
}

/** PERF: linear in hosts, about 20 µs each with their digests; made with the first link and at every reload, never at a packet. */
export function factsOf({ config, peer, addressesOf, software }: FactsOf): Facts {
  const part = partOf(config, peer);
  return {
    relationship: relationshipFacts(peer),
    timers: [...timerFacts(peer), ...part.subnets.flatMap((subnet) => leaseTimeFacts(config, subnet))],
    pools: poolFacts(config, peer),
    networks: part.subnets.map(networkFact),
    hosts: part.hosts.map(hostFact),
    options: scopesOf(config, part).flatMap(({ title, scope, isGlobal }) => optionFacts(title, scope, isGlobal)),
    classes: config.classes.map((made) => fact(`class "${made.name}"`, classText(made), 'declared', made.span)),
    names: nameFacts(config, addressesOf),
    keys: config.keys.map((key) => fact(`key ${key.name.toLowerCase()}`, `${key.algorithm} ${keyFingerprint(key)}`, `${key.algorithm}, fingerprint ${keyFingerprint(key)}`, key.span)),
    software: [fact('software', software, software, undefined)],
  };
}

const fact = (key: string, value: string, shown: string, span: Span | undefined): Fact => ({ key, value, shown, span });

// ── Which part of the configuration is the partner's business ──

interface Part {
  readonly networks: readonly SharedNetwork[];
  readonly subnets: readonly Subnet[];
  readonly hosts: readonly HostDeclaration[];
}
/** With one relationship everything is shared with its partner; with several, what lies in the networks of this one's pools. */
function partOf(config: ServerConfig, { index }: FailoverPeer): Part {
  const { sharedNetworks, subnets, hosts, pools, peers } = config;
  if (peers.length === 1) return { networks: sharedNetworks, subnets, hosts };
  const shared = new Set(pools.filter((pool) => pool.peer === index).map(({ sharedNetwork }) => sharedNetwork));
  const own = subnets.filter(({ sharedNetwork }) => shared.has(sharedNetwork));
  const isOurs = ({ fixedAddresses }: HostDeclaration): boolean =>
    fixedAddresses.some((item) => item.kind === 'address' && own.some(({ network, mask }) => isInside(item.address, network, mask)));
  return { networks: sharedNetworks.filter((network) => shared.has(network.index)), subnets: own, hosts: hosts.filter(isOurs) };
}

// ── Section by section ──

/** As both sides see it: whose address, not "mine" and "the partner's". */
function relationshipFacts({ role, address, port, partnerAddress, partnerPort, span }: FailoverPeer): Fact[] {
  const partnerRole = role === 'primary' ? 'secondary' : 'primary';
  const sides = [
    { side: role, item: address, number: port },
    { side: partnerRole, item: partnerAddress, number: partnerPort },
  ];
  return sides.flatMap(({ side, item, number }) => [
    ...(isAnyItem(item) ? [] : [fact(`address of the ${side}`, itemText(item), itemText(item), span)]),
    fact(`port of the ${side}`, String(number), String(number), span),
  ]);
}

const timerFacts = (peer: FailoverPeer): Fact[] =>
  Object.entries(pairNumbers).map(([word, value]) => fact(word, String(value(peer)), String(value(peer)), peer.span));

const scopesOfSubnet = ({ global, sharedNetworks }: ServerConfig, subnet: Subnet): readonly Scope[] => [
  global, ...(sharedNetworks[subnet.sharedNetwork]?.scopes ?? []), ...subnet.scopes,
];
const leaseTimeFacts = (config: ServerConfig, subnet: Subnet): Fact[] =>
  leaseTimes.map(([code, name, byDefault]) => {
    const { seconds, span } = leaseTime(scopesOfSubnet(config, subnet), code, byDefault);
    return fact(`${name} of subnet ${cidrOf(subnet)}`, secondsText(seconds), secondsText(seconds), span ?? subnet.span);
  });

/** Stretches of addresses that are admitted to the same clients, however they were cut into ranges and pools. */
function poolFacts(config: ServerConfig, { index }: FailoverPeer): Fact[] {
  const byPermits = new Map<string, Pool[]>();
  for (const pool of config.pools) {
    if (pool.peer !== index) continue;
    const permits = permitsText(config, pool);
    const found = byPermits.get(permits);
    if (found === undefined) byPermits.set(permits, [pool]);
    else found.push(pool);
  }
  return [...byPermits].flatMap(([permits, pools]) => {
    const ranges = pools.flatMap((pool) => pool.ranges);
    return addressSet(ranges).map(({ low, high }) => {
      const first = ranges.find((range) => range.low === low);
      const words = `up to ${formatIpv4(high)}`;
      return fact(`addresses from ${formatIpv4(low)}`, `${words} ${permits}`, permits === '; ' ? words : `${words}, ${permits.replace(/^; |; $/, '')}`, first?.span);
    });
  });
}

const networkFact = (subnet: Subnet): Fact => {
  const words = subnet.isAuthoritative ? 'authoritative' : 'not authoritative';
  return fact(`subnet ${cidrOf(subnet)}`, words, words, subnet.span);
};

/** Its own statements only: what it inherits is compared where it stands. */
function hostFact(host: HostDeclaration): Fact {
  const own = host.scopes.at(-1)?.statements ?? [];
  const words = `${host.name}, ${addressText(host)}`;
  const rest = own.length === 0 ? '' : canonical(own);
  return fact(`host ${identityOf(host)}`, `${words} ${rest}`, rest === '' ? words : `${words}, options`, host.span);
}

interface TitledScope {
  readonly title: string;
  readonly scope: Scope;
  readonly isGlobal: boolean;
}
function scopesOf({ global }: ServerConfig, { networks, subnets }: Part): TitledScope[] {
  const found: TitledScope[] = [{ title: 'of the whole file', scope: global, isGlobal: true }];
  for (const subnet of subnets) {
    const scope = subnet.scopes.at(-1);
    if (scope !== undefined) found.push({ title: `of subnet ${cidrOf(subnet)}`, scope, isGlobal: false });
  }
  for (const { name, isImplicit, scopes } of networks) {
    const scope = scopes.at(-1);
    if (!isImplicit && scope?.kind === 'shared-network') found.push({ title: `of shared-network ${name}`, scope, isGlobal: false });
  }
  return found;
}
function optionFacts(title: string, scope: Scope, isGlobal: boolean): Fact[] {
  const { options, others } = meaningOf(scope.statements);
  const facts = [...options]
    .filter(([key]) => !ownMatters.has(key) && !leaseTimeKeys.has(key))
    .map(([, statement]) => fact(`${statement.option.name} ${title}`, canonical(statement.value), 'set', statement.span));
  if (others.length === 0) return facts;
  // Why not the span of the scope: the whole file's would be the file.
  return [...facts, fact(`other statements ${title}`, canonical(others), `${others.length} statements`, others[0]?.span ?? (isGlobal ? undefined : scope.span))];
}

export const nameFacts = ({ hostNames }: ServerConfig, addressesOf: FactsOf['addressesOf']): readonly Fact[] =>
  hostNames.flatMap((name) => nameFact(name, addressesOf(name)));
function nameFact(name: string, addresses: readonly Ipv4[] | undefined): Fact[] {
  if (addresses === undefined) return [];
  const words = addresses.map(formatIpv4).join(', ');
  return [fact(`name ${name}`, words, words, undefined)];
}
