// L20xx, L21xx: addresses that two parties would use, or that lie where they cannot work.

import { broadcastOf, formatIpv4, isInside, type Ipv4 } from '../../std/ipv4.ts';
import { toHex } from '../../std/bytes.ts';
import type { Diagnostic, DiagnosticNote } from '../../model/diagnostic.ts';
import type { OptionStatement } from '../../model/expression.ts';
import type { AddressRange, Pool, Subnet } from '../../model/server-config.ts';
import type { Span } from '../../model/span.ts';
import { optionCode, serverOptionCode } from '../../wire/option-table.ts';
import { info, warning } from '../../lang/diagnostics/make.ts';
import { cidr } from '../diagnostics/networks.ts';
import { addressesOf, effective, holds, listed, plural, type NamedAddress, type View } from './view.ts';

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
    const names = inside.flatMap(([address, hosts]) => hosts.map((host) => `${view.config.hosts[host]?.name ?? ''} ${formatIpv4(address as Ipv4)}`));
    const notes: DiagnosticNote[] = inside.slice(0, notesMax).map(([address, [host]]) => ({
      span: view.fixedSpan(host ?? 0, address as Ipv4),
      message: `${view.config.hosts[host ?? 0]?.name ?? ''} has ${formatIpv4(address as Ipv4)}`,
    }));
    return [
      warning('L2002', range.span, `this range holds ${plural(inside.length, 'address', 'addresses')} that ${inside.length === 1 ? 'is' : 'are'} fixed to hosts: ${listed(names)}`, {
        notes: [...notes, { message: 'dhcpd may lease such an address to another machine; Leasehold withholds it, so it is lost to the pool' }],
        help: 'let ranges and fixed addresses have no address in common',
      }),
    ];
  });
}

/** Entries of a list sorted by address that lie in the range. */
function between<T>(sorted: readonly (readonly [number, T])[], { low, high }: AddressRange): readonly (readonly [number, T])[] {
  const first = lowerBound(sorted, low);
  return sorted.slice(first, lowerBound(sorted, high + 1));
}
function lowerBound(sorted: readonly (readonly [number, unknown])[], value: number): number {
  let low = 0;
  for (let high = sorted.length; low < high; ) {
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
      const row = machineOptions.find(([space, code]) => statement.option.space === space && statement.option.code === code);
      if (row !== undefined) for (const address of addressesOf(statement.value)) yield [statement, address, row[2]];
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
    return [
      [subnet.network, 'network'] as const,
      [broadcast, 'broadcast'] as const,
    ]
      .filter(([address]) => holds(range, address))
      .map(([address, what]) =>
        warning('L2034', range.span, `this range holds ${formatIpv4(address)}, the ${what} address of ${cidr(subnet)}`, {
          help: `leave ${formatIpv4(address)} out: no machine can use it`,
        }),
      );
  });
}

/** L2021: one MAC in several hosts. Legal for machines that move between networks, a slip otherwise. */
export function sharedHardware(view: View): Diagnostic[] {
  const seen = new Map<string, number>();
  return view.config.hosts.flatMap(({ index, name, hardware, fixedAddresses }) => {
    if (hardware === undefined || hardware.address.length === 0) return [];
    const key = `${hardware.htype} ${toHex(hardware.address, ':')}`;
    const first = seen.get(key);
    if (first === undefined) {
      seen.set(key, index);
      return [];
    }
    const other = view.config.hosts[first];
    if (other === undefined || isOneMachineOnTwoNetworks(view, fixedAddresses, other.fixedAddresses)) return [];
    return [
      warning('L2021', hardwareSpan(view, index), `host ${name} has the hardware address of host ${other.name}`, {
        notes: [{ span: hardwareSpan(view, first), message: 'the other host, which is the one that is used' }],
        help: 'correct one of the two; one machine with an address on each of several networks needs one fixed-address per network',
      }),
    ];
  });
}
const hardwareSpan = (view: View, host: number): Span => view.draft.facts.hosts[host]?.hardware?.span ?? view.main;

type Items = View['config']['hosts'][number]['fixedAddresses'];
function isOneMachineOnTwoNetworks(view: View, a: Items, b: Items): boolean {
  const networks = (items: Items): (number | undefined)[] =>
    items.map((item) => (item.kind === 'address' ? view.subnetOf(item.address)?.sharedNetwork : undefined));
  const mine = networks(a);
  const theirs = networks(b);
  return mine.length > 0 && theirs.length > 0 && mine.every((network) => network !== undefined && !theirs.includes(network));
}

/** L2022: several hosts, one address: one holder, which is how bonded interfaces are written. */
export function sharedFixedAddress(view: View): Diagnostic[] {
  return [...view.fixedAddresses].flatMap(([address, hosts]) => {
    const [first, second] = hosts;
    if (first === undefined || second === undefined) return [];
    const names = hosts.map((host) => view.config.hosts[host]?.name ?? '');
    return [
      info('L2022', view.fixedSpan(second, address as Ipv4), `${formatIpv4(address as Ipv4)} belongs to ${hosts.length} hosts: ${listed(names)}`, {
        notes: [
          { span: view.fixedSpan(first, address as Ipv4), message: 'first given here' },
          { message: 'right for several interfaces of one machine, which count as one holder; two machines would fight for it' },
        ],
        help: 'give each machine an address of its own',
      }),
    ];
  });
}

/** L2023: a fixed-address that lies in no subnet is never given to anybody. */
export function hostsElsewhere(view: View): Diagnostic[] {
  return view.config.hosts.flatMap(({ index, name, fixedAddresses }) =>
    fixedAddresses.flatMap((item) => {
      if (item.kind !== 'address') return [];
      const subnet = view.subnetOf(item.address);
      const place = view.draft.facts.hosts[index]?.place;
      if (subnet === undefined)
        return [
          warning('L2023', view.fixedSpan(index, item.address), `no subnet holds ${formatIpv4(item.address)}: host ${name} never gets it`, {
            help: 'declare the subnet, or correct the address',
          }),
        ];
      const around = view.config.subnets[place?.subnet ?? -1];
      if (around === undefined || around.sharedNetwork === subnet.sharedNetwork) return [];
      return [
        warning('L2023', view.fixedSpan(index, item.address), `${formatIpv4(item.address)} lies in ${cidr(subnet)}, but host ${name} is written in ${cidr(around)}`, {
          notes: [{ span: around.span, message: `its options (routers and the like) would be sent to the host on ${cidr(subnet)}` }],
          help: 'move the host to file level, or into the subnet of its address',
        }),
      ];
    }),
  );
}

/** L2031, L2032, L2033: options that contradict the subnet they stand in. */
export function subnetOptions(view: View): Diagnostic[] {
  return view.config.subnets.flatMap((subnet) => [
    ...optionMismatch(view, subnet, optionCode.broadcastAddress, 'L2031', broadcastOf(subnet.network, subnet.mask), 'broadcast address'),
    ...optionMismatch(view, subnet, optionCode.subnetMask, 'L2032', subnet.mask, 'netmask'),
    ...routersElsewhere(view, subnet),
  ]);
}

function optionMismatch(view: View, subnet: Subnet, code: number, lint: string, right: Ipv4, what: string): Diagnostic[] {
  // What file level says for all subnets is said once, by the first subnet it does not fit.
  const found = effective(view.scopesOfSubnet(subnet), { space: 'dhcp', code });
  if (found === undefined || found === 'varies') return [];
  const [address] = addressesOf(found.value);
  if (address === undefined || address === right) return [];
  return [
    warning(lint, found.span, `${formatIpv4(address)} is not the ${what} of subnet ${cidr(subnet)}`, {
      notes: [{ span: subnet.span, message: 'the subnet is declared here' }],
      help: `write ${formatIpv4(right)}${code === optionCode.subnetMask ? ', or remove the option: it follows from the subnet' : ''}`,
    }),
  ];
}

function routersElsewhere(view: View, subnet: Subnet): Diagnostic[] {
  const found = effective(view.scopesOfSubnet(subnet), { space: 'dhcp', code: optionCode.routers });
  if (found === undefined || found === 'varies') return [];
  const network = view.config.sharedNetworks[subnet.sharedNetwork];
  const nets = (network?.subnets ?? []).flatMap((index) => view.config.subnets[index] ?? []);
  return addressesOf(found.value)
    .filter((address) => address !== 0 && !nets.some((net) => isInside(address, net.network, net.mask)))
    .map((address) =>
      warning('L2033', found.span, `router ${formatIpv4(address)} is not in subnet ${cidr(subnet)}: its clients cannot reach it`, {
        notes: [{ span: subnet.span, message: 'the subnet is declared here' }],
        help: 'use an address of the subnet',
      }),
    );
}

/** L2035: hardware addresses that no machine has. */
export function impossibleHardware(view: View): Diagnostic[] {
  return view.config.hosts.flatMap(({ index, name, hardware }) => {
    if (hardware === undefined || hardware.htype !== 1) return [];
    const bytes = hardware.address;
    const problem =
      bytes.length !== 6
        ? `has ${plural(bytes.length, 'byte')}, an Ethernet address has 6`
        : bytes.every((byte) => byte === 0)
          ? 'is all zero'
          : ((bytes[0] ?? 0) & 1) === 1
            ? 'is a group address, which no interface sends from'
            : undefined;
    if (problem === undefined) return [];
    return [warning('L2035', hardwareSpan(view, index), `the hardware address of host ${name} ${problem}`, { help: 'write the address of the interface, such as 52:54:00:7d:2d:b1' })];
  });
}

