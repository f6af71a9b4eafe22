// C11xx: subnets, shared networks, pools and ranges that dhcpd refuses, or names on standard error, for what they say together.

import type { Diagnostic, DiagnosticNote } from '../../model/diagnostic.ts';
import type { AddressRange } from '../../model/server-config.ts';
import type { Span } from '../../model/span.ts';
import { broadcastOf, formatIpv4, networkOf, prefixLength, type Ipv4 } from '../../std/ipv4.ts';
import { error, warning } from '../../lang/diagnostics/make.ts';

export interface Net {
  readonly network: Ipv4;
  readonly mask: Ipv4;
  readonly span: Span;
}
const netmask = ({ network, mask }: Net): string => `${formatIpv4(network)} netmask ${formatIpv4(mask)}`;
export const cidr = ({ network, mask }: Pick<Net, 'network' | 'mask'>): string =>
  `${formatIpv4(network)}/${prefixLength(mask)}`;
export const rangeText = ({ low, high }: Pick<AddressRange, 'low' | 'high'>): string =>
  low === high ? formatIpv4(low) : `${formatIpv4(low)}–${formatIpv4(high)}`;

/** C1101: the number of a subnet has no bits outside its mask. */
export const badSubnetNumber = (net: Net): Diagnostic =>
  error(
    'C1101',
    net.span,
    `${formatIpv4(net.network)} has bits outside the netmask ${formatIpv4(net.mask)}`,
    {
      dhcpd: `subnet ${netmask(net)}: bad subnet number/mask combination.`,
      help: `write \`subnet ${formatIpv4(networkOf(net.network, net.mask))} netmask ${formatIpv4(net.mask)}\``,
    },
  );

/** C1102: a warning of dhcpd's; the innermost subnet of an address is used. */
export const subnetsOverlap = (subnet: Net, other: Net): Diagnostic =>
  warning('C1102', subnet.span, overlapText(subnet, other), {
    dhcpd: `Warning: subnet ${cidr(subnet)} overlaps subnet ${cidr(other)}`,
    notes: [{ span: other.span, message: 'the other one is declared here' }],
    help: 'give every network one subnet: an address belongs to the innermost subnet that holds it',
  });
function overlapText(subnet: Net, other: Net): string {
  if (cidr(subnet) === cidr(other)) return `subnet ${cidr(subnet)} is declared twice`;
  return subnet.mask > other.mask
    ? `subnet ${cidr(subnet)} lies inside subnet ${cidr(other)}`
    : `subnet ${cidr(subnet)} holds subnet ${cidr(other)}`;
}

/** C1103 */
export const emptySharedNetwork = (head: Span, name: string): Diagnostic =>
  error('C1103', head, `shared network ${name} has no subnet`, {
    dhcpd: 'empty shared-network decl',
    help: 'declare its subnets inside it',
  });

/** C1104 */
export const secondInterface = (found: Span, first: Span): Diagnostic =>
  error('C1104', found, 'this network is tied to an interface already', {
    dhcpd: "A subnet or shared network can't be connected to two interfaces.",
    notes: [{ span: first, message: 'the first interface is named here' }],
    help: 'keep one of the two',
  });

/** C1105: both ends of a range lie in one subnet. dhcpd ends at once. */
export const rangeOutsideSubnet = (range: Span, address: Ipv4, subnet: Net): Diagnostic =>
  error('C1105', range, `${formatIpv4(address)} is not in subnet ${cidr(subnet)}`, {
    dhcpd: `bad range, address ${formatIpv4(address)} not in subnet ${netmask(subnet)}`,
    notes: [{ span: subnet.span, message: 'the subnet is declared here' }],
    help: `use addresses from ${formatIpv4(subnet.network)} to ${formatIpv4(broadcastOf(subnet.network, subnet.mask))}, or move the range into its own subnet`,
    isFatal: true,
  });

/** C1106: a pool beside its subnets stands behind them. */
export const rangeOffNetwork = (range: Span, network: string): Diagnostic =>
  error('C1106', range, `no subnet of ${network} declared above holds this range`, {
    dhcpd: [
      `address range not on network ${network}`,
      'Be sure to place pool statement after related subnet declarations.',
    ],
    help: 'declare the subnet inside the shared network, above the pool',
  });

/** C1107: one address is in one range. */
export const declaredTwice = (range: Span, address: Ipv4, count: number, first: Span): Diagnostic =>
  error(
    'C1107',
    range,
    count === 1
      ? `${formatIpv4(address)} is in another range already`
      : `${count} addresses from ${formatIpv4(address)} on are in another range already`,
    {
      dhcpd: `lease ${formatIpv4(address)} is declared twice!`,
      notes: [{ span: first, message: 'the other range is declared here' }],
      help: 'let the two ranges have no address in common',
    },
  );

/** C1108 */
export const poolWithoutRange = (pool: Span): Diagnostic =>
  error('C1108', pool, 'this pool has no addresses', {
    dhcpd: [
      'Pool declaration with no address range.',
      'Pool declarations must always contain at least',
      'one range statement.',
    ],
    help: 'add a `range` statement to it, or remove the pool',
  });

const dynamicBootpText = [
  'dynamic-bootp flag is not permitted for address',
  'range declarations where there is a failover',
  'peer in scope.   If you wish to declare an',
  'address range from which dynamic bootp leases',
  'can be allocated, please declare it within a',
  'pool declaration that also contains the "no',
  'failover" statement.   The failover protocol',
  'itself does not permit dynamic bootp - this',
  'is not a limitation specific to the ISC DHCP',
  "server.   Please don't ask me to defend this",
  'until you have read and really tried to understand',
  'the failover protocol specification.',
];

/** C1109: a BOOTP client never renews, so its lease could never be shared with a partner. */
export const dynamicBootpWithPeer = (range: Span, peer: string): Diagnostic =>
  error('C1109', range, `a pool of failover peer "${peer}" cannot lease to BOOTP clients`, {
    dhcpd: dynamicBootpText,
    help: 'remove `dynamic-bootp`, or give these addresses a pool without the peer',
  });

/** C1110 */
export const duplicateAfter = (permit: Span, first: Span): Diagnostic =>
  error('C1110', permit, 'this pool has a date already', {
    dhcpd: 'duplicate "after" clause.',
    notes: [{ span: first, message: 'the first date is given here' }],
    help: 'a pool can have one `after` clause',
  });

/** C1111: dhcpd gives these addresses to the automatic pool of the plain range, where BOOTP clients are refused. */
export const dynamicBootpAfterPlainRange = (range: Span, plain: DiagnosticNote): Diagnostic =>
  warning(
    'C1111',
    range,
    'dhcpd would refuse BOOTP clients here, because a plain range stands above; Leasehold serves them',
    {
      notes: [plain],
      help: 'put the range into a pool of its own with `allow all clients;`, so that both servers mean the same',
    },
  );

/** C1112: two networks on one interface. */
export const interfaceTaken = (found: Span, first: Span, network: string): Diagnostic =>
  warning(
    'C1112',
    found,
    `this interface belongs to network ${network} already: the statement has no effect`,
    {
      notes: [{ span: first, message: 'the interface is named here' }],
      help: 'put the subnets of one wire into one `shared-network`',
    },
  );
