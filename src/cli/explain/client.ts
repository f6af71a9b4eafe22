// Who the client of `leasehold explain` is, and where it is attached.

import { bytesEqual, fromHex, toHex } from '../../std/bytes.ts';
import { broadcastOf, formatIpv4, isInside, parseIpv4, type Ipv4 } from '../../std/ipv4.ts';
import { err, ok, type Result } from '../../std/result.ts';
import type { ServerConfig, Subnet } from '../../model/server-config.ts';
import type { LeaseStore } from '../../lease/lease-store.ts';
import type { ClientDescription } from './client-message.ts';

export type Identity = Pick<ClientDescription, 'hardware' | 'clientId'>;

/** Of a client whose hardware address is not known. */
export const noHardware = new Uint8Array(6);

/** Ethernet address, client identifier, or whoever has the IP address by declaration or by lease. */
export function identityOf(who: string, store: LeaseStore): Result<Identity, string> {
  if (/^id:/i.test(who)) {
    const clientId = fromHex(who.slice(3).replaceAll(':', ''));
    return clientId === undefined
      ? err(`${who}: behind id: stand hex digits, such as id:01:52:54:00:00:00:01`)
      : ok({ hardware: noHardware, clientId });
  }
  const ip = parseIpv4(who);
  if (ip !== undefined) return holderOf(ip, store);
  const hardware = fromHex(who.replaceAll(/[:.-]/g, ''));
  return hardware === undefined || hardware.length === 0 || hardware.length > 16
    ? err(`${who} is no MAC address, no id:HEX and no IP address`)
    : ok({ hardware });
}

function holderOf(ip: Ipv4, { hosts, table }: LeaseStore): Result<Identity, string> {
  for (const host of hosts.numbers()) {
    const { hardware, uid } = hosts.declaration(host);
    if (!hosts.fixedAddresses(host).includes(ip) || (hardware === undefined && uid === undefined)) continue;
    return ok({ hardware: hardware?.address ?? noHardware, ...(uid === undefined ? {} : { clientId: uid }) });
  }
  const row = table.rowOf(ip);
  const lease = row < 0 ? undefined : table.lease(row);
  if (lease?.hardware !== undefined)
    return ok({ hardware: lease.hardware.address, ...(lease.uid === undefined ? {} : { clientId: lease.uid }) });
  return err(`nobody holds ${formatIpv4(ip)}: no host declaration names it${row < 0 ? ' and it is in no range' : ', and no lease is known (--leases FILE)'}`);
}

export const subnetOf = (ip: Ipv4, { subnets }: ServerConfig): Subnet | undefined =>
  subnets.find(({ network, mask }) => isInside(ip, network, mask));

/** Fixed addresses of every host declaration of the client. */
function reservedFor({ hardware, clientId }: Identity, hosts: LeaseStore['hosts']): Ipv4[] {
  const found: Ipv4[] = [];
  for (const host of hosts.numbers()) {
    const declared = hosts.declaration(host);
    const isByHardware = declared.hardware !== undefined && bytesEqual(declared.hardware.address, hardware);
    const isByUid = declared.uid !== undefined && clientId !== undefined && bytesEqual(declared.uid, clientId);
    if (isByHardware || isByUid) found.push(...hosts.fixedAddresses(host));
  }
  return found;
}

export interface Whereabouts {
  /** An address of the subnet that was told: it must be in one. */
  readonly named: Ipv4 | undefined;
  /** Addresses the client has or asks for, the best witness first. */
  readonly hints: readonly Ipv4[];
}

/** Where the client is: where it was told, where an address of it lies, where its fixed address lies, or on the only network. */
export function subnetFor({ named, hints }: Whereabouts, identity: Identity, config: ServerConfig, { hosts }: LeaseStore): Result<Subnet, string> {
  if (named !== undefined) {
    const subnet = subnetOf(named, config);
    return subnet === undefined ? err(`${formatIpv4(named)} is in no subnet of the configuration`) : ok(subnet);
  }
  for (const ip of [...hints, ...reservedFor(identity, hosts)]) {
    const subnet = ip === 0 ? undefined : subnetOf(ip, config);
    if (subnet !== undefined) return ok(subnet);
  }
  const [only, ...others] = config.subnets;
  if (only === undefined) return err('the configuration declares no subnet');
  return others.length === 0
    ? ok(only)
    : err(`on which of ${config.subnets.length} subnets is the client? Say --on ADDRESS (any address of it), or --relay GIADDR`);
}

/**
 * What we call ourselves on the subnet: the address that was told if it can be a host's, else our address of failover if it
 * lies there, else the one that the client names as its server, else the subnet's last one that is not the relay's.
 */
export function ownAddress({ network, mask }: Subnet, told: Ipv4 | undefined, giaddr: Ipv4, { peers }: ServerConfig, named?: Ipv4): Ipv4 {
  if (told !== undefined && told !== network) return told;
  for (const { address } of peers) if (address.kind === 'address' && isInside(address.address, network, mask)) return address.address;
  if (named !== undefined) return named;
  const last = (broadcastOf(network, mask) - 1) >>> 0;
  return (last === giaddr ? last - 1 : last) as Ipv4;
}

export const subnetText = ({ network, mask }: Subnet): string => `${formatIpv4(network)} netmask ${formatIpv4(mask)}`;
export const whoText = ({ hardware, clientId, giaddr }: ClientDescription): string =>
  `${toHex(hardware, ':')}${clientId === undefined ? '' : `, client identifier ${toHex(clientId, ':')}`}${giaddr === 0 ? '' : `, through relay ${formatIpv4(giaddr)}`}`;
