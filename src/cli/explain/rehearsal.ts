// The production engine over files: a message is answered on paper, for each state that a node of a pair can be in.

import type { Ipv4 } from '../../std/ipv4.ts';
import { seconds, unset, type Now } from '../../std/time.ts';
import type { FailoverPeer, ServerConfig, Subnet } from '../../model/server-config.ts';
import type { BootDesk } from '../../model/boot-desk.ts';
import type { Service, ServiceView } from '../../model/service-view.ts';
import type { Interface } from '../../model/step.ts';
import type { LeaseStore } from '../../lease/lease-store.ts';
import { bootDeskFor } from '../../boot/profile-desk.ts';
import { Engine } from '../../engine/engine.ts';
import { NoteTaker, paperEffects, type Explanation } from '../../engine/explain.ts';
import { DhcpView } from '../../wire/dhcp-view.ts';
import type { PacketPath } from './client-message.ts';

const ifindex = 1;

/** What the pair's states mean for service, in the words of the failover protocol. */
export const pairStates: readonly { readonly title: string; readonly service: Service; readonly reason: string }[] = [
  { title: 'normal', service: 'cooperating', reason: '' },
  { title: 'communications-interrupted', service: 'alone', reason: '' },
  { title: 'partner-down', service: 'partner-down', reason: '' },
  { title: 'any other (recover, paused, …)', service: 'none', reason: ' (not serving)' },
];

/** The partner calls itself by its failover address, unless a name stands there: names are not resolved on paper. */
const partnerIdentifiers = ({ partnerAddress }: FailoverPeer): number[] =>
  partnerAddress.kind === 'address' ? [partnerAddress.address] : [];

/** What failover would let the engine do in a state, by peer. */
export const viewsIn = (config: ServerConfig, state: (typeof pairStates)[number]): ServiceView[] =>
  config.peers.map((peer) => ({
    service: state.service, reason: state.reason, role: peer.role, hashBuckets: peer.hashBuckets,
    loadBalanceMaxSecs: peer.loadBalanceMaxSecs, mclt: peer.mclt ?? seconds(3600), stos: unset,
    isPartnerServing: state.service === 'cooperating', partnerIdentifiers: partnerIdentifiers(peer), skew: 0, probesUnused: false, isSynchronous: false, syncWaitMillis: 100, unconfirmedAcks: 0,
    wantsAddresses: false,
  }));

/** The interface on which a client of `subnet` is directly attached. `own`: what we call ourselves there. */
const interfaceIn = ({ mask }: Subnet, own: Ipv4): Interface => ({
  index: ifindex, name: 'explain0', mac: Uint8Array.of(2, 0, 0, 0, 0, 1), isUp: true, addresses: [{ address: own, mask }],
});

export interface Rehearsal {
  readonly config: ServerConfig;
  readonly packet: Uint8Array;
  readonly path: PacketPath;
  readonly subnet: Subnet;
  readonly own: Ipv4;
  readonly now: Now;
  /** DISCOVERs whose offers still stand, in their order: offers are in the server's memory only. */
  readonly offered?: readonly { readonly packet: Uint8Array; readonly path: PacketPath }[];
  /** In place of the boot profiles' own desk. */
  readonly bootFor?: (config: ServerConfig) => BootDesk | undefined;
}

/** Without failover peers the state changes nothing. A DISCOVER leaves `store` as it was; any other message needs one of its own. */
export function rehearse({ config, packet, path, subnet, own, now, offered = [], bootFor = (served) => bootDeskFor(served, store.bootChoices) }: Rehearsal, store: LeaseStore, state = pairStates[0]): Explanation {
  const { table, hosts, names } = store;
  const views = state === undefined ? [] : viewsIn(config, state);
  let request = 0;
  const engine = new Engine({
    config, table, hosts, names, views, storage: { mode: 'leasing', reason: '' }, bootFor, seed: 1, nextRequestId: () => ++request,
  });
  engine.interfaces([interfaceIn(subnet, own)]);
  for (const earlier of offered) hear(engine, earlier, now);
  const view = new DhcpView(packet);
  const check = view.check(packet.length);
  if (check !== 'ok' && check !== 'bootp') return { notes: [{ topic: 'refused', text: `the packet is dropped: ${check}`, span: undefined }], reply: undefined };
  return engine.explain({ view, ifindex, ...path }, now);
}

/** As in production, but on paper: what it is answered goes nowhere, the offer stands. */
function hear(engine: Engine, { packet, path }: { readonly packet: Uint8Array; readonly path: PacketPath }, now: Now): void {
  const view = new DhcpView(packet);
  if (view.check(packet.length) === 'ok') engine.packet({ view, ifindex, ...path }, now, paperEffects(new NoteTaker()));
}
