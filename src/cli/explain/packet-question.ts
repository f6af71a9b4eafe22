// A packet that was captured as the message whose answer is explained: where it arrived, and what we call ourselves there.

import { limitedBroadcast, type Ipv4 } from '../../std/ipv4.ts';
import { err, ok, type Result } from '../../std/result.ts';
import type { Now } from '../../std/time.ts';
import type { ServerConfig, Subnet } from '../../model/server-config.ts';
import type { LeaseStore } from '../../lease/lease-store.ts';
import { DhcpView } from '../../wire/dhcp-view.ts';
import { ownAddress, subnetFor, subnetOf, subnetText, whoText, type Identity } from './client.ts';
import { messageName } from './outcome.ts';
import { pathOfMessage, type HeardPacket } from './packet-source.ts';
import type { Question } from './question.ts';

/** `on`: our own address on the client's subnet, as told. A message that the server would drop unread is asked about all the same. */
export function questionOfPacket({ payload, path, from }: HeardPacket, on: Ipv4 | undefined, config: ServerConfig, store: LeaseStore, now: Now): Result<Question, string> {
  const view = new DhcpView(payload);
  const check = view.check(payload.length);
  const isSound = check === 'ok' || check === 'bootp';
  const [first] = config.subnets;
  if (first === undefined) return err('the configuration declares no subnet');
  const identity: Identity = { hardware: view.hlen > 16 ? new Uint8Array(0) : view.chaddr.slice(), ...clientIdOf(view, isSound) };
  const addressed = path === undefined || path.destination === limitedBroadcast ? (0 as Ipv4) : path.destination;
  const subnet = isSound ? subnetOfPacket(view, [path?.source ?? (0 as Ipv4), addressed], on, identity, config, store) : ok(first);
  if (!subnet.ok) return subnet;
  const named = isSound && subnetOf(view.serverIdentifier, config) !== undefined ? view.serverIdentifier : undefined;
  const own = addressed !== 0 ? (on ?? addressed) : ownAddress(subnet.value, on, view.giaddr, config, named);
  const messageType = isSound ? view.messageType : 0;
  const what = isSound ? messageName(messageType) : 'malformed message';
  return ok({
    config, packet: payload, path: path ?? pathOfMessage(view.ciaddr, view.giaddr, own), subnet: subnet.value, own, now, identity, messageType,
    title: `${upperFirst(from)}: a ${what} of ${whoText({ ...identity, giaddr: view.giaddr })}${view.giaddr === 0 ? `, on subnet ${subnetText(subnet.value)}` : ''}`,
  });
}

const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function clientIdOf(view: DhcpView, isSound: boolean): Pick<Identity, 'clientId'> {
  const clientId = isSound ? view.option(61) : undefined;
  return clientId === undefined ? {} : { clientId: clientId.slice() };
}

/** Through a relay the engine finds the network by itself, and any subnet of ours will do as the place where the packet arrives. */
function subnetOfPacket(view: DhcpView, seen: readonly Ipv4[], on: Ipv4 | undefined, identity: Identity, config: ServerConfig, store: LeaseStore): Result<Subnet, string> {
  const [first] = config.subnets;
  if (view.giaddr !== 0 && on === undefined && first !== undefined) return ok(subnetOf(view.giaddr, config) ?? first);
  return subnetFor({ named: on, hints: [view.ciaddr, ...seen, view.requestedAddress] }, identity, config, store);
}
