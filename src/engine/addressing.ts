// Where a reply goes (server reference §3.1), first row that fits.

import { limitedBroadcast, type Ipv4 } from '../std/ipv4.ts';
import type { FrameOut } from '../model/step.ts';
import type { Exchange } from './exchange.ts';

export const clientPort = 68;
export const relayPort = 67;

export type ReplyKind = 'lease' | 'ack' | 'nak' | 'inform';

/** Fills the addressing of a frame. `yiaddr` is 0 for NAK and INFORM. `isOnLink`: the lease lies on the ingress network. */
export function address(
  frame: FrameOut,
  x: Exchange,
  kind: ReplyKind,
  yiaddr: Ipv4,
  { isOnLink, alwaysBroadcast }: { readonly isOnLink: boolean; readonly alwaysBroadcast: boolean },
): void {
  const { view } = x;
  frame.ifindex = x.port.index;
  if (kind === 'inform') toInformer(frame, x);
  else if (view.giaddr !== 0) toRelay(frame, x);
  else if (kind === 'nak') broadcast(frame);
  else if (kind === 'ack' && isForRenewal(x, isOnLink, view.wantsBroadcast || alwaysBroadcast)) routed(frame, view.ciaddr, clientPort);
  else if (view.wantsBroadcast || alwaysBroadcast) broadcast(frame);
  else unicast(frame, x, yiaddr);
}

/** A client that has an address and did not come from an offer (RFC 1541 clients send both ciaddr and option 54). */
function isForRenewal({ view }: Exchange, isOnLink: boolean, isBroadcast: boolean): boolean {
  return view.ciaddr !== 0 && !((view.serverIdentifier !== 0 || isBroadcast) && isOnLink);
}

function toRelay(frame: FrameOut, x: Exchange): void {
  routed(frame, x.view.giaddr, x.view.wantsRelayPort ? x.packet.sourcePort : relayPort);
}
function toInformer(frame: FrameOut, x: Exchange): void {
  const { view, packet } = x;
  if (view.ciaddr !== 0) routed(frame, view.ciaddr, clientPort);
  else if (view.giaddr !== 0) toRelay(frame, x);
  else routed(frame, packet.source, clientPort);
}
function routed(frame: FrameOut, destination: Ipv4, port: number): void {
  frame.path = 'routed';
  frame.destination = destination;
  frame.destinationPort = port;
}
function broadcast(frame: FrameOut): void {
  frame.path = 'raw';
  frame.mac.fill(255);
  frame.destination = limitedBroadcast;
  frame.destinationPort = clientPort;
}
/** To the hardware address: the client cannot answer ARP yet. Anything but six bytes is broadcast on the link. */
function unicast(frame: FrameOut, { view }: Exchange, yiaddr: Ipv4): void {
  frame.path = 'raw';
  if (view.hlen === 6) {
    const at = view.chaddrAt;
    for (let i = 0; i < 6; i++) frame.mac[i] = view.slot[at + i] ?? 0;
  } else frame.mac.fill(255);
  frame.destination = yiaddr;
  frame.destinationPort = clientPort;
}
