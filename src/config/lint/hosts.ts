// L2021..L2023, L2035, L2036: hosts that share what machines do not share, or that can never be served.

import { formatIpv4, type Ipv4 } from '../../std/ipv4.ts';
import { toHex } from '../../std/bytes.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { HostDeclaration } from '../../model/server-config.ts';
import type { Span } from '../../model/span.ts';
import { info, warning } from '../../lang/diagnostics/make.ts';
import { cidr } from '../diagnostics/networks.ts';
import { listed, plural, type View } from './view.ts';

/** L2021: one MAC or identifier in several hosts. Legal for machines that move between networks, a slip otherwise. */
export const sharedIdentity = (view: View): Diagnostic[] => [
  ...sharedBy(view, 'hardware address', hardwareSpan, ({ hardware }) =>
    hardware === undefined || hardware.address.length === 0 ? undefined : `${hardware.htype} ${toHex(hardware.address, ':')}`,
  ),
  ...sharedBy(view, 'client identifier', uidSpan, ({ uid }) => (uid === undefined ? undefined : toHex(uid))),
];

function sharedBy(view: View, what: string, spanOf: (view: View, host: number) => Span, keyOf: (host: HostDeclaration) => string | undefined): Diagnostic[] {
  const seen = new Map<string, number>();
  return view.config.hosts.flatMap((host) => {
    const key = keyOf(host);
    if (key === undefined) return [];
    const first = seen.get(key);
    if (first === undefined) {
      seen.set(key, host.index);
      return [];
    }
    const other = view.config.hosts[first];
    if (other === undefined || isOneMachineOnTwoNetworks(view, host.fixedAddresses, other.fixedAddresses)) return [];
    return [
      warning('L2021', spanOf(view, host.index), `host ${host.name} has the ${what} of host ${other.name}`, {
        notes: [{ span: spanOf(view, first), message: 'the other host, which is the one that is used' }],
        help: 'correct one of the two; one machine with an address on each of several networks needs one fixed-address per network',
      }),
    ];
  });
}
const hardwareSpan = (view: View, host: number): Span =>
  view.draft.facts.hosts[host]?.hardware?.span ?? view.main;

const uidSpan = (view: View, host: number): Span => view.draft.facts.hosts[host]?.uid ?? view.main;

type Items = View['config']['hosts'][number]['fixedAddresses'];
function isOneMachineOnTwoNetworks(view: View, a: Items, b: Items): boolean {
  const networks = (items: Items): (number | undefined)[] =>
    items.map((item) => (item.kind === 'address' ? view.subnetOf(item.address)?.sharedNetwork : undefined));
  const mine = networks(a);
  const theirs = networks(b);
  return (
    mine.length > 0 &&
    theirs.length > 0 &&
    mine.every((network) => network !== undefined && !theirs.includes(network))
  );
}

/** L2022: several hosts, one address: one holder, which is how bonded interfaces are written. */
export function sharedFixedAddress(view: View): Diagnostic[] {
  return [...view.fixedAddresses].flatMap(([address, hosts]) => {
    const [first, second] = hosts;
    if (first === undefined || second === undefined) return [];
    const names = hosts.map((host) => view.config.hosts[host]?.name ?? '');
    return [
      info(
        'L2022',
        view.fixedSpan(second, address as Ipv4),
        `${formatIpv4(address as Ipv4)} belongs to ${hosts.length} hosts: ${listed(names)}`,
        {
          notes: [
            { span: view.fixedSpan(first, address as Ipv4), message: 'first given here' },
            {
              message:
                'right for several interfaces of one machine, which count as one holder; two machines would fight for it',
            },
          ],
          help: 'give each machine an address of its own',
        },
      ),
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
          warning(
            'L2023',
            view.fixedSpan(index, item.address),
            `no subnet holds ${formatIpv4(item.address)}: host ${name} never gets it`,
            {
              help: 'declare the subnet, or correct the address',
            },
          ),
        ];
      const around = view.config.subnets[place?.subnet ?? -1];
      if (around === undefined || around.sharedNetwork === subnet.sharedNetwork) return [];
      return [
        warning(
          'L2023',
          view.fixedSpan(index, item.address),
          `${formatIpv4(item.address)} lies in ${cidr(subnet)}, but host ${name} is written in ${cidr(around)}`,
          {
            notes: [
              {
                span: around.span,
                message: `its options (routers and the like) would be sent to the host on ${cidr(subnet)}`,
              },
            ],
            help: 'move the host to file level, or into the subnet of its address',
          },
        ),
      ];
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
    return [
      warning('L2035', hardwareSpan(view, index), `the hardware address of host ${name} ${problem}`, {
        help: 'write the address of the interface, such as 52:54:00:7d:2d:b1',
      }),
    ];
  });
}

/** L2036: hosts that name no machine. */
export function hostsOfNobody(view: View): Diagnostic[] {
  return view.config.hosts.flatMap(({ name, hardware, uid, identifier, span }) =>
    hardware !== undefined || uid !== undefined || identifier !== undefined
      ? []
      : [
          warning('L2036', span, `no machine is ever taken for host ${name}: it has neither a hardware address nor an identifier`, {
            help: 'add `hardware ethernet …;` or `option dhcp-client-identifier …;`, or remove the host',
          }),
        ],
  );
}
