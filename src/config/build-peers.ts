// failover peer declarations and references (dhcpd-conf reference §16, failover reference §9).

import { anyAddress } from '../std/ipv4.ts';
import { seconds, type Seconds } from '../std/time.ts';
import type { AddressItem } from '../model/expression.ts';
import type { FailoverPeer } from '../model/server-config.ts';
import type { Span } from '../model/span.ts';
import type * as ast from '../lang/ast.ts';
import { lowerAddress } from '../lang/lower.ts';
import * as peers from './diagnostics/peers.ts';
import type { Build, Context } from './drafts.ts';

type Member<K extends ast.FailoverMember['kind']> = Extract<ast.FailoverMember, { kind: K }>;

/** Members by kind; of several alike the last one counts, as in dhcpd. */
class Members {
  readonly #all: readonly ast.FailoverMember[];
  constructor(node: ast.FailoverPeerDecl) {
    this.#all = node.members;
  }
  #last<K extends ast.FailoverMember['kind']>(
    kind: K,
    fits: (member: Member<K>) => boolean = () => true,
  ): Member<K> | undefined {
    return this.#all.findLast(
      (member): member is Member<K> => member.kind === kind && fits(member as Member<K>),
    );
  }
  get isSecondary(): boolean {
    return this.#last('role')?.role === 'secondary';
  }
  address(isPartner: boolean): AddressItem | undefined {
    const member = this.#last('peer-address', (candidate) => candidate.isPartner === isPartner);
    return member && lowerAddress(member.address);
  }
  sideNumber(word: ast.FailoverSideNumber, isPartner: boolean): number | undefined {
    return this.#last('peer-number', (member) => member.word === word && member.isPartner === isPartner)
      ?.value.value;
  }
  number(word: ast.FailoverNumber): number | undefined {
    return this.#last('failover-number', (member) => member.word === word)?.value.value;
  }
  /** `split` and `hba`, in file order. */
  get balance(): readonly (Member<'hba'> | Member<'failover-number'>)[] {
    return this.#all.filter(
      (member) => member.kind === 'hba' || (member.kind === 'failover-number' && member.word === 'split'),
    ) as (Member<'hba'> | Member<'failover-number'>)[];
  }
}

const bucketCount = 256;

/** Bit i of octet i >> 3 is bucket i; a set bit is the primary's (failover reference §3.5). */
function bucketsOfSplit(split: number): Uint8Array {
  const buckets = new Uint8Array(bucketCount / 8);
  for (let i = 0; i < split; i++) buckets[i >> 3] = (buckets[i >> 3] ?? 0) | (1 << (i & 7));
  return buckets;
}

function bucketsOf(build: Build, members: Members, node: ast.FailoverPeerDecl): Uint8Array | undefined {
  let buckets: Uint8Array | undefined;
  for (const member of members.balance) {
    // The parser has refused it (C0602).
    if (members.isSecondary) continue;
    if (member.kind === 'hba') buckets = member.buckets.bytes;
    else if (member.value.value < 0 || member.value.value > bucketCount)
      build.report(peers.splitTooLarge(member.span), member.value.span);
    else buckets = bucketsOfSplit(member.value.value);
  }
  if (!members.isSecondary && buckets === undefined) build.report(peers.splitMissing(node.head), node.span);
  return buckets;
}

/** As dhcpd reads it: 32 bits, negative numbers wrap. */
const unsigned = (value: number): number => ((value % 0x100000000) + 0x100000000) % 0x100000000;
const orDefault = (value: number | undefined, byDefault: number): number =>
  value === undefined || value === 0 ? byDefault : unsigned(value);

/** dhcpd listens on 647 when the port is 0, and so on: 0 is the default everywhere (failover reference §9). */
const defaults = {
  port: 647,
  responseDelay: 20,
  unackedUpdates: 100,
  misbalance: 15,
  ownership: 10,
  minBalance: 60,
  maxBalance: 3600,
};

export function buildPeer(build: Build, node: ast.FailoverPeerDecl, context: Context): void {
  const { text, span } = node.name;
  const known = build.peersByName.get(text);
  if (known !== undefined) {
    build.report(
      peers.peerExists(span, text, build.facts.peers[known]?.name.span ?? span),
      node.head,
      'block',
    );
    return;
  }
  const members = new Members(node);
  const partnerAddress = members.address(true);
  const address = members.address(false);
  if (partnerAddress === undefined) build.report(peers.partnerAddressMissing(node.head), node.span);
  else if (address === undefined) build.report(peers.ownAddressMissing(node.head));
  const hashBuckets = bucketsOf(build, members, node);
  const mclt = members.number('mclt');
  if (!members.isSecondary && hashBuckets !== undefined && (mclt === undefined || mclt === 0))
    build.report(peers.mcltMissing(node.head), node.span);
  const any: AddressItem = { kind: 'address', address: anyAddress };
  const peer: FailoverPeer = {
    index: build.drafts.peers.length,
    name: text,
    role: members.isSecondary ? 'secondary' : 'primary',
    address: address ?? any,
    port: orDefault(members.sideNumber('port', false), defaults.port),
    partnerAddress: partnerAddress ?? any,
    partnerPort: orDefault(members.sideNumber('port', true), defaults.port),
    maxResponseDelay: durationOf(members.sideNumber('max-response-delay', false), defaults.responseDelay),
    maxUnackedUpdates: orDefault(members.sideNumber('max-unacked-updates', false), defaults.unackedUpdates),
    mclt: mclt === undefined || mclt === 0 ? undefined : seconds(unsigned(mclt)),
    hashBuckets,
    loadBalanceMaxSecs: unsigned(members.number('load balance max seconds') ?? 0),
    autoPartnerDown: seconds(unsigned(members.number('auto-partner-down') ?? 0)),
    maxLeaseMisbalance: orDefault(members.number('max-lease-misbalance'), defaults.misbalance),
    maxLeaseOwnership: orDefault(members.number('max-lease-ownership'), defaults.ownership),
    minBalance: durationOf(members.number('min-balance'), defaults.minBalance),
    maxBalance: durationOf(members.number('max-balance'), defaults.maxBalance),
    span: node.head,
  };
  build.peersByName.set(text, peer.index);
  build.drafts.peers.push(peer);
  build.facts.peers.push(node);
  // Declared inside a shared network, it is the peer of its pools.
  if (context.kind === 'shared-network') context.networkPeer.peer = peer.index;
}

const durationOf = (value: number | undefined, byDefault: number): Seconds =>
  seconds(orDefault(value, byDefault));

/** `failover peer "x";` in a pool or shared network, `no failover peer` (name undefined) in a pool. */
export function buildPeerReference(
  build: Build,
  node: ast.PeerReference,
  { pool, networkPeer }: Context,
): void {
  if (node.name === undefined) {
    if (pool !== undefined) pool.peer = -1;
    return;
  }
  const { text, span } = node.name;
  const peer = build.peersByName.get(text);
  if (peer === undefined) {
    if (pool === undefined)
      build.report(peers.unknownNetworkPeer(span, text, build.peersByName.keys()), node.span, 'statement');
    else build.report(peers.unknownPeer(span, text, build.peersByName.keys()), span);
    return;
  }
  if (pool === undefined) {
    networkPeer.peer = peer;
    return;
  }
  pool.peer = peer;
  build.peersInPools.add(peer);
}

/** Said when the whole file was read: dhcpd goes through all peers, then ends if one has no pool. */
export function reportPeersTogether(build: Build): void {
  for (const { index, name, span, loadBalanceMaxSecs } of build.drafts.peers) {
    if (!build.peersInPools.has(index)) build.report(peers.peerWithoutPool(span, name));
    if (loadBalanceMaxSecs === 0)
      build.report(peers.noLoadBalancing(span, name, closingBrace(build.facts.peers[index]?.span ?? span)));
  }
  reportSharedLinks(build);
}

const closingBrace = ({ file, end }: Span): Span => ({ file, start: end - 1, end: end - 1 });

/** Two relationships between the same two addresses cannot be told apart by who connects. */
function reportSharedLinks(build: Build): void {
  const seen = new Map<string, FailoverPeer>();
  for (const peer of build.drafts.peers) {
    const key = [peer.address, peer.partnerAddress].map(itemText).join(' ');
    const other = seen.get(key);
    if (other === undefined) seen.set(key, peer);
    else build.report(peers.sameAddresses(peer.span, other.name, other.span));
  }
}

const itemText = (item: AddressItem): string =>
  item.kind === 'name' ? item.name.toLowerCase() : String(item.address);
