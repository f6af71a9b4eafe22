// What lints ask of a configuration: effective parameters of a place, who owns an address, this server's own addresses.

import { ipv4FromBytes, isInside, type Ipv4 } from '../../std/ipv4.ts';
import { parameter } from '../../model/effective.ts';
import type { AddressItem, OptionValue } from '../../model/expression.ts';
import type { AddressRange, Pool, Scope, ServerConfig, Subnet } from '../../model/server-config.ts';
import type { Span } from '../../model/span.ts';
import { serverOptionCode as code } from '../../wire/option-table.ts';
import type { ConfigDraft } from '../load-config.ts';

/** An address that the file names, with its place. */
export interface NamedAddress {
  readonly address: Ipv4;
  readonly span: Span;
  /** For messages: `this server`, `the partner`, `option routers`. */
  readonly role: string;
}

export const addressesOf = (value: OptionValue): readonly Ipv4[] => {
  if (value.kind === 'addresses')
    return value.items.flatMap((item) => (item.kind === 'address' ? [item.address] : []));
  if (value.kind !== 'constant') return [];
  return Array.from({ length: Math.floor(value.bytes.length / 4) }, (_, index) =>
    ipv4FromBytes(value.bytes, index * 4),
  );
};

export const holds = (range: AddressRange, address: number): boolean =>
  range.low <= address && address <= range.high;
export const sizeOf = ({ ranges }: Pick<Pool, 'ranges'>): number =>
  ranges.reduce((sum, { low, high }) => sum + high - low + 1, 0);

/** Up to `max` items as text, with what was left out counted. */
export function listed(items: readonly string[], max = 6): string {
  const shown = items.slice(0, max).join(', ');
  return items.length <= max ? shown : `${shown} and ${items.length - max} more`;
}
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

export class View {
  readonly draft: ConfigDraft;
  readonly config: ServerConfig;
  #byAddress: Map<number, number[]> | undefined;
  #byMask: readonly (readonly [mask: number, byNetwork: ReadonlyMap<number, Subnet>])[] | undefined;

  constructor(draft: ConfigDraft) {
    this.draft = draft;
    this.config = draft.config;
  }

  /** The innermost subnet that holds the address. */
  subnetOf(address: Ipv4): Subnet | undefined {
    this.#byMask ??= indexByMask(this.config.subnets);
    for (const [mask, byNetwork] of this.#byMask) {
      const found = byNetwork.get((address & mask) >>> 0);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Indexes of the hosts that have this literal fixed-address, in file order. */
  hostsAt(address: Ipv4): readonly number[] {
    return this.fixedAddresses.get(address) ?? [];
  }
  get fixedAddresses(): ReadonlyMap<number, readonly number[]> {
    if (this.#byAddress !== undefined) return this.#byAddress;
    const made = new Map<number, number[]>();
    for (const { index, fixedAddresses } of this.config.hosts)
      for (const item of fixedAddresses) {
        if (item.kind !== 'address') continue;
        const known = made.get(item.address);
        if (known === undefined) made.set(item.address, [index]);
        else if (!known.includes(index)) known.push(index);
      }
    this.#byAddress = made;
    return made;
  }
  /** Where a host's fixed-address stands. */
  fixedSpan(host: number, address?: Ipv4): Span {
    const { fixed, node } = this.draft.facts.hosts[host] ?? {};
    const literal = fixed?.addresses.find((item) => item.kind === 'address' && item.address === address);
    return literal?.span ?? fixed?.span ?? node?.head ?? this.config.global.span;
  }

  /** Global to pool, without classes and hosts. `range` picks the subnet. */
  scopesOfPool(pool: Pool): readonly Scope[] {
    const network = this.config.sharedNetworks[pool.sharedNetwork];
    const first = pool.ranges[0];
    const subnet = network?.subnets
      .map((index) => this.config.subnets[index])
      .find((candidate) => candidate !== undefined && first !== undefined && isInside(first.low, candidate.network, candidate.mask));
    return [this.config.global, ...(network?.scopes ?? []), ...(subnet?.scopes ?? []), ...pool.scopes];
  }
  scopesOfSubnet(subnet: Subnet): readonly Scope[] {
    return [
      this.config.global,
      ...(this.config.sharedNetworks[subnet.sharedNetwork]?.scopes ?? []),
      ...subnet.scopes,
    ];
  }

  /** Scope lists in which clients are served: every subnet, every pool; file level alone when there is no subnet. */
  get places(): readonly (readonly Scope[])[] {
    const all = [
      ...this.config.subnets.map((subnet) => this.scopesOfSubnet(subnet)),
      ...this.config.pools.filter(({ scopes }) => scopes.length > 0).map((pool) => this.scopesOfPool(pool)),
    ];
    return all.length === 0 ? [[this.config.global]] : all;
  }

  /** Addresses of this server, of its partner, as far as the file says. */
  get servers(): readonly NamedAddress[] {
    const of = (
      item: AddressItem | undefined,
      span: Span | undefined,
      role: string,
    ): readonly NamedAddress[] =>
      item?.kind === 'address' && item.address !== 0 && span !== undefined
        ? [{ address: item.address, span, role }]
        : [];
    const peers = this.config.peers.flatMap((peer) => {
      const members = this.draft.facts.peers[peer.index]?.members ?? [];
      const span = (isPartner: boolean): Span | undefined =>
        members.findLast((member) => member.kind === 'peer-address' && member.isPartner === isPartner)?.span;
      return [
        ...of(peer.address, span(false), 'this server'),
        ...of(peer.partnerAddress, span(true), 'its partner'),
      ];
    });
    const local = parameter([this.config.global], code.localAddress);
    const localSpan = local === undefined || local === 'varies' ? undefined : local.span;
    return [...peers, ...of(this.config.settings.localAddress, localSpan, 'this server')];
  }

  get main(): Span {
    return this.config.global.span;
  }
}

function indexByMask(
  subnets: readonly Subnet[],
): readonly (readonly [number, ReadonlyMap<number, Subnet>])[] {
  const levels = new Map<number, Map<number, Subnet>>();
  for (const subnet of subnets) {
    const level = levels.get(subnet.mask) ?? new Map<number, Subnet>();
    levels.set(subnet.mask, level);
    if (!level.has(subnet.network)) level.set(subnet.network, subnet);
  }
  return [...levels].toSorted(([a], [b]) => b - a);
}
