// L2031..L2033: options that contradict the subnet whose clients get them.

import { broadcastOf, formatIpv4, isInside, type Ipv4 } from '../../std/ipv4.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Subnet } from '../../model/server-config.ts';
import { optionCode } from '../../wire/option-table.ts';
import { warning } from '../../lang/diagnostics/make.ts';
import { cidr } from '../diagnostics/networks.ts';
import { effective } from '../../model/effective.ts';
import { addressesOf, type View } from './view.ts';

/** L2031, L2032, L2033: options that contradict the subnet they stand in. */
export function subnetOptions(view: View): Diagnostic[] {
  return view.config.subnets.flatMap((subnet) => [
    ...optionMismatch(
      view,
      subnet,
      optionCode.broadcastAddress,
      'L2031',
      broadcastOf(subnet.network, subnet.mask),
      'broadcast address',
    ),
    ...optionMismatch(view, subnet, optionCode.subnetMask, 'L2032', subnet.mask, 'netmask'),
    ...routersElsewhere(view, subnet),
  ]);
}

function optionMismatch(
  view: View,
  subnet: Subnet,
  code: number,
  lint: string,
  right: Ipv4,
  what: string,
): Diagnostic[] {
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
      warning(
        'L2033',
        found.span,
        `router ${formatIpv4(address)} is not in subnet ${cidr(subnet)}: its clients cannot reach it`,
        {
          notes: [{ span: subnet.span, message: 'the subnet is declared here' }],
          help: 'use an address of the subnet',
        },
      ),
    );
}
