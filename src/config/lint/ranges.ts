// L2002..L2004, L2034: addresses of a range that belong to somebody already, or to nobody.

import { broadcastOf, formatIpv4, type Ipv4 } from '../../std/ipv4.ts';
import type { Diagnostic, DiagnosticNote } from '../../model/diagnostic.ts';
import type { OptionStatement } from '../../model/expression.ts';
import type { AddressRange, Pool } from '../../model/server-config.ts';
import { optionCode, serverOptionCode } from '../../wire/option-table.ts';
import { warning } from '../../lang/diagnostics/make.ts';
import { cidr } from '../diagnostics/networks.ts';
import { addressesOf, holds, listed, plural, type NamedAddress, type View } from './view.ts';

/** Notes per diagnostic that point at places; more would bury the message. */
const notesMax = 2;

function* ranges(view: View): Generator<readonly [AddressRange, Pool]> {
  for (const pool of view.config.pools) for (const range of pool.ranges) yield [range, pool];
}

/** L2002: a fixed-address inside a range. dhcpd may lease it to somebody else at the same time. */
export function fixedInRange(view: View): Diagnostic[] {
  const fixed = [...view.fixedAddresses].toSorted(([a], [b]) => a - b);
  return [...ranges(view)].flatMap(([range]) => {
    const inside = between(fixed, range);
    if (inside.length === 0) return [];
    const names = inside.flatMap(([address, hosts]) =>
      hosts.map((host) => `${view.config.hosts[host]?.name ?? ''} ${formatIpv4(address as Ipv4)}`),
    );
    const notes: DiagnosticNote[] = inside.slice(0, notesMax).map(([address, [host]]) => ({
      span: view.fixedSpan(host ?? 0, address as Ipv4),
      message: `${view.config.hosts[host ?? 0]?.name ?? ''} has ${formatIpv4(address as Ipv4)}`,
    }));
    return [
      warning(
        'L2002',
        range.span,
        `this range holds ${plural(inside.length, 'address', 'addresses')} that ${inside.length === 1 ? 'is' : 'are'} fixed to hosts: ${listed(names)}`,
        {
          notes: [
            ...notes,
            {
              message:
                'dhcpd may lease such an address to another machine; Leasehold withholds it, so it is lost to the pool',
            },
          ],
          help: 'let ranges and fixed addresses have no address in common',
        },
      ),
    ];
  });
}

/** Entries of a list sorted by address that lie in the range. */
function between<T>(
  sorted: readonly (readonly [number, T])[],
  { low, high }: AddressRange,
): readonly (readonly [number, T])[] {
  const first = lowerBound(sorted, low);
  return sorted.slice(first, lowerBound(sorted, high + 1));
}
function lowerBound(sorted: readonly (readonly [number, unknown])[], value: number): number {
  let low = 0;
  for (let high = sorted.length; low < high;) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.[0] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** L2003: a server's own address inside a range; with ping-check off it is leased out. */
export function serverInRange(view: View): Diagnostic[] {
  return [...ranges(view)].flatMap(([range]) =>
    uniqueAddresses(view.servers)
      .filter(({ address }) => holds(range, address))
      .map(({ address, span, role }) =>
        warning('L2003', range.span, `this range holds ${formatIpv4(address)}, the address of ${role}`, {
          notes: [{ span, message: `${role === 'this server' ? 'this server' : 'the partner'} has it here` }],
          help: `end the range before ${formatIpv4(address)}, or begin it behind`,
        }),
      ),
  );
}
const uniqueAddresses = (all: readonly NamedAddress[]): readonly NamedAddress[] =>
  all.filter(({ address }, index) => all.findIndex((other) => other.address === address) === index);

/** Options whose addresses are machines of the network. */
const machineOptions: readonly (readonly [space: string, code: number, what: string])[] = [
  ['dhcp', optionCode.routers, 'a router'],
  ['dhcp', optionCode.domainNameServers, 'a resolver'],
  ['dhcp', optionCode.ntpServers, 'a time server'],
  ['dhcp', optionCode.serverIdentifier, 'this server'],
  ['server', serverOptionCode.nextServer, 'the boot server'],
];

function* machines(view: View): Generator<readonly [OptionStatement, Ipv4, string]> {
  for (const { statements } of view.draft.facts.scopes)
    for (const statement of statements) {
      if (statement.kind !== 'option') continue;
      const row = machineOptions.find(
        ([space, code]) => statement.option.space === space && statement.option.code === code,
      );
      if (row !== undefined)
        for (const address of addressesOf(statement.value)) yield [statement, address, row[2]];
    }
}

/** L2004: a router, resolver or boot server inside a range. */
export function machineInRange(view: View): Diagnostic[] {
  const all = [...ranges(view)].toSorted(([a], [b]) => a.low - b.low);
  const sorted = all.map(([range]) => [range.low, range] as const);
  const seen = new Set<string>();
  return [...machines(view)].flatMap(([statement, address, what]) => {
    const range = sorted[lowerBound(sorted, address + 1) - 1]?.[1];
    if (range === undefined || !holds(range, address) || seen.has(`${address} ${what}`)) return [];
    seen.add(`${address} ${what}`);
    return [
      warning('L2004', range.span, `this range holds ${formatIpv4(address)}, which is ${what}`, {
        notes: [{ span: statement.span, message: 'named here' }],
        help: 'leave the address out of the range',
      }),
    ];
  });
}

/** L2034: the two addresses of a subnet that no machine can have. */
export function unusableInRange(view: View): Diagnostic[] {
  return [...ranges(view)].flatMap(([range]) => {
    const subnet = view.subnetOf(range.low);
    if (subnet === undefined || subnet.mask >>> 0 >= 0xfffffffe) return [];
    const broadcast = broadcastOf(subnet.network, subnet.mask);
    return [[subnet.network, 'network'] as const, [broadcast, 'broadcast'] as const]
      .filter(([address]) => holds(range, address))
      .map(([address, what]) =>
        warning(
          'L2034',
          range.span,
          `this range holds ${formatIpv4(address)}, the ${what} address of ${cidr(subnet)}`,
          {
            help: `leave ${formatIpv4(address)} out: no machine can use it`,
          },
        ),
      );
  });
}
