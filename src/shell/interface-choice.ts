// Which interfaces are served (dhcpv4-server reference §2.4): those named on the command line, else every broadcast
// interface with an address inside a declared subnet; and what dhcpd says about the others.

import { formatIpv4, isInside, type Ipv4 } from '../std/ipv4.ts';
import type { ServerConfig, SharedNetwork } from '../model/server-config.ts';
import type { KernelInterface } from './netlink.ts';

const arphrdEthernet = 1;

/** Why an interface is not served. */
export type Refusal = 'no-subnet' | 'several-networks' | 'no-ethernet' | 'down';

export type Choice =
  | { readonly isServed: true; readonly interface: KernelInterface; readonly network: SharedNetwork | undefined }
  | { readonly isServed: false; readonly interface: KernelInterface; readonly refusal: Refusal };

/** Shared networks that the addresses of an interface lie in, each once. */
function networksOf(iface: KernelInterface, config: ServerConfig): SharedNetwork[] {
  const indexes = new Set<number>();
  for (const { address } of iface.addresses) {
    const subnet = smallestSubnet(address, config);
    if (subnet !== undefined) indexes.add(subnet);
  }
  return [...indexes].flatMap((index) => config.sharedNetworks[index] ?? []);
}

/** The shared network of the innermost subnet that holds the address. */
function smallestSubnet(address: Ipv4, config: ServerConfig): number | undefined {
  let best: { mask: Ipv4; sharedNetwork: number } | undefined;
  for (const subnet of config.subnets)
    if (isInside(address, subnet.network, subnet.mask) && (best === undefined || subnet.mask > best.mask)) best = subnet;
  return best?.sharedNetwork;
}

function choose(iface: KernelInterface, config: ServerConfig): Choice {
  const [network, ...others] = networksOf(iface, config);
  if (network === undefined) return { isServed: false, interface: iface, refusal: 'no-subnet' };
  if (others.length > 0) return { isServed: false, interface: iface, refusal: 'several-networks' };
  if (iface.hardwareType !== arphrdEthernet) return { isServed: false, interface: iface, refusal: 'no-ethernet' };
  if (!iface.isUp) return { isServed: false, interface: iface, refusal: 'down' };
  return { isServed: true, interface: iface, network };
}

/** `names` empty: every candidate, in the kernel's order. Named ones that are not there: `missingNames`. */
export function chooseInterfaces(all: readonly KernelInterface[], names: readonly string[], config: ServerConfig): Choice[] {
  const isCandidate = (iface: KernelInterface): boolean =>
    names.length > 0
      ? names.includes(iface.name)
      : iface.isUp && iface.isBroadcast && !iface.isLoopback && !iface.isPointToPoint && iface.addresses.length > 0;
  return all.filter(isCandidate).map((iface) => choose(iface, config));
}

/** Of the interfaces that were named, those that are not there. */
export function missingNames(all: readonly KernelInterface[], names: readonly string[]): string[] {
  return names.filter((name) => !all.some((iface) => iface.name === name));
}
export const missingLine = (name: string): string => `There is no interface ${name}: it is served as soon as it appears with an address in a declared subnet.`;

/** dhcpd's words for an interface that is not served. */
export function refusalLines(choice: Extract<Choice, { isServed: false }>): string[] {
  const { name, addresses } = choice.interface;
  const first = addresses[0];
  switch (choice.refusal) {
    case 'no-subnet':
      return [
        `No subnet declaration for ${name} (${first === undefined ? 'no IPv4 addresses' : formatIpv4(first.address)}).`,
        `** Ignoring requests on ${name}.  If this is not what`,
        `   you want, please write a subnet declaration`,
        `   in your dhcpd.conf file for the network segment`,
        `   to which interface ${name} is attached. **`,
      ];
    case 'several-networks':
      return [`Interface ${name} matches multiple shared networks`];
    case 'no-ethernet':
      return [`Unsupported device type ${choice.interface.hardwareType} for "${name}"`];
    case 'down':
      return [`Interface ${name} is down: it is served as soon as it comes up.`];
  }
}
