// From the words of the command line to the message whose answer is explained.

import { formatIpv4, parseIpv4, type Ipv4 } from '../../std/ipv4.ts';
import { err, ok, type Result } from '../../std/result.ts';
import type { Now } from '../../std/time.ts';
import type { ServerConfig, Subnet } from '../../model/server-config.ts';
import type { LeaseStore } from '../../lease/lease-store.ts';
import { DhcpView } from '../../wire/dhcp-view.ts';
import { identityOf, noHardware, ownAddress, subnetFor, subnetText, whoText, type Identity } from './client.ts';
import { messageOf, messageRows, pathOf, type ClientDescription, type MessageAddresses, type MessageKind } from './client-message.ts';
import { outcomeOf } from './outcome.ts';
import { rehearse, type Rehearsal } from './rehearsal.ts';

/** The client and its message as the command line describes them. */
export interface Described {
  /** MAC address, `id:` and the hex of a client identifier, or an IP address that a host or a lease holds. */
  readonly who: string;
  readonly message: MessageKind;
  readonly client: Omit<ClientDescription, 'hardware' | 'clientId' | 'giaddr'>;
  readonly relay?: Ipv4;
  /** Any address of the subnet on which the client is attached; our own there if it can be a host's. */
  readonly on?: Ipv4;
  /** The address that the message is about. */
  readonly request?: Ipv4;
  /** Option 54; by default what our own offer names. */
  readonly serverId?: Ipv4;
}

export interface Question extends Rehearsal {
  /** `A DHCPDISCOVER of 52:54:00:00:00:01, on subnet …`, for people. */
  readonly title: string;
  readonly identity: Identity;
  /** Option 53; 0 for BOOTP. */
  readonly messageType: number;
}

/** The subnet that is said to be the client's, behind the words of a title. */
const onSubnet = (subnet: Subnet): string => `, on subnet ${subnetText(subnet)}`;

/** A message that a DISCOVER must come before: which address it is about, and whose offer it was. */
interface Ground {
  readonly config: ServerConfig;
  readonly store: LeaseStore;
  readonly client: ClientDescription;
  readonly subnet: Subnet;
  readonly own: Ipv4;
  readonly now: Now;
}

/** `store` is as read from the lease file, and stays so. */
export function questionOf(described: Described, config: ServerConfig, store: LeaseStore, now: Now): Result<Question, string> {
  const { who, message, relay, on } = described;
  const ip = parseIpv4(who);
  const isQuery = message === 'leasequery';
  if (isQuery && relay === undefined) return err('a DHCPLEASEQUERY comes from a relay: say --relay GIADDR');
  const identity: Result<Identity, string> = isQuery && ip !== undefined ? ok({ hardware: noHardware }) : identityOf(who, store);
  if (!identity.ok) return identity;
  const subnet = subnetFor({ named: on ?? relay, hints: [described.request ?? (0 as Ipv4), ip ?? (0 as Ipv4)] }, identity.value, config, store);
  if (!subnet.ok) return subnet;
  const giaddr = relay ?? (0 as Ipv4);
  const client: ClientDescription = { ...described.client, ...identity.value, giaddr };
  const own = ownAddress(subnet.value, on, giaddr, config);
  const ground: Ground = { config, store, client, subnet: subnet.value, own, now };
  const addresses = addressesOf(described, ip, ground);
  if (!addresses.ok) return addresses;
  return ok({ ...asked(ground, addresses.value), title: titleOf(client, addresses.value, ip) + onSubnet(subnet.value), identity: identity.value, messageType: messageRows[message].type });
}

const asked = ({ config, client, subnet, own, now }: Ground, addresses: MessageAddresses): Rehearsal => ({
  config, subnet, own, now, packet: messageOf(client, addresses), path: pathOf(client, addresses, own),
});

/** What was said, else what the client would have been offered: its lease or its host's address comes first there. */
function addressesOf({ message: kind, request, serverId }: Described, ip: Ipv4 | undefined, ground: Ground): Result<MessageAddresses, string> {
  const said = request ?? (kind === 'leasequery' ? (ip ?? (0 as Ipv4)) : undefined);
  if (kind === 'discover' || kind === 'leasequery') return ok({ kind, address: said ?? (0 as Ipv4), serverId: 0 as Ipv4 });
  const offer = offered(ground);
  const address = said ?? ip ?? (offer.ok ? offer.value.yiaddr : undefined);
  if (address === undefined) return err(`which address is the ${messageRows[kind].name} about? Say --request ADDRESS (a DHCPDISCOVER of this client gets ${offer.ok ? '' : offer.error})`);
  return ok({ kind, address, serverId: serverId ?? (offer.ok ? offer.value.serverIdentifier : ground.own) });
}

/** The offer that this client would get, or why there is none. */
function offered(ground: Ground): Result<DhcpView, string> {
  const explanation = rehearse(asked(ground, { kind: 'discover', address: 0 as Ipv4, serverId: 0 as Ipv4 }), ground.store);
  if (explanation.reply === undefined) return err(outcomeOf(explanation, messageRows.discover.type).text);
  const view = new DhcpView(Uint8Array.of(1, ...explanation.reply.subarray(1)));
  view.check(view.slot.length);
  return ok(view);
}

function titleOf(client: ClientDescription, { kind, address }: MessageAddresses, ip: Ipv4 | undefined): string {
  const { name } = messageRows[kind];
  if (kind === 'leasequery' && ip !== undefined) return `A ${name} for ${formatIpv4(address)}, through relay ${formatIpv4(client.giaddr)}`;
  return `A ${name} of ${whoText(client)}${address === 0 ? '' : `, address ${formatIpv4(address)}`}`;
}
