// The production engine over files: a DISCOVER is answered on paper, for each state that a node of a pair can be in.

import { formatIpv4, type Ipv4 } from '../../std/ipv4.ts';
import { seconds, unset, type Now } from '../../std/time.ts';
import type { BootDesk } from '../../model/boot-desk.ts';
import type { ServerConfig, Subnet } from '../../model/server-config.ts';
import type { Service, ServiceView } from '../../model/service-view.ts';
import type { Interface } from '../../model/step.ts';
import type { LeaseStore } from '../../lease/lease-store.ts';
import { bootDeskFor } from '../../boot/profile-desk.ts';
import { Engine } from '../../engine/engine.ts';
import type { Explanation } from '../../engine/explain.ts';
import { DhcpView } from '../../wire/dhcp-view.ts';

const ifindex = 1;

/** What the pair's states mean for service, in the words of the failover protocol. */
export const pairStates: readonly { readonly title: string; readonly service: Service; readonly reason: string }[] = [
  { title: 'normal', service: 'cooperating', reason: '' },
  { title: 'communications-interrupted', service: 'alone', reason: '' },
  { title: 'partner-down', service: 'partner-down', reason: '' },
  { title: 'recover, paused, shutdown', service: 'none', reason: ' (not serving)' },
];

const viewFor = (config: ServerConfig, state: (typeof pairStates)[number]): ServiceView[] =>
  config.peers.map((peer) => ({
    service: state.service, reason: state.reason, role: peer.role, hashBuckets: peer.hashBuckets,
    loadBalanceMaxSecs: peer.loadBalanceMaxSecs, mclt: peer.mclt ?? seconds(3600), stos: unset,
    isPartnerServing: state.service === 'cooperating', partnerIdentifiers: [], skew: 0, probesUnused: false, wantsAddresses: false,
  }));

/** The interface on which a client of `subnet` is directly attached. `own`: what we call ourselves there. */
const interfaceIn = ({ mask }: Subnet, own: Ipv4): Interface => ({
  index: ifindex, name: 'explain0', mac: Uint8Array.of(2, 0, 0, 0, 0, 1), isUp: true, addresses: [{ address: own, mask }],
});

export interface Rehearsal {
  readonly config: ServerConfig;
  readonly store: LeaseStore;
  readonly packet: Uint8Array;
  readonly subnet: Subnet;
  readonly own: Ipv4;
  readonly now: Now;
  /** In place of the boot profiles' own desk. */
  readonly bootFor?: (config: ServerConfig) => BootDesk | undefined;
}

/** Without failover peers the state changes nothing. Nothing of the store is changed. */
export function rehearse({ config, store, packet, subnet, own, now, bootFor = bootDeskFor }: Rehearsal, state = pairStates[0]): Explanation {
  const { table, hosts, names } = store;
  const views = state === undefined ? [] : viewFor(config, state);
  let request = 0;
  const engine = new Engine({
    config, table, hosts, names, views, storage: { mode: 'leasing', reason: '' }, bootFor, seed: 1, nextRequestId: () => ++request,
  });
  engine.interfaces([interfaceIn(subnet, own)]);
  const view = new DhcpView(packet);
  const check = view.check(packet.length);
  if (check !== 'ok') return { notes: [{ topic: 'refused', text: `the packet is dropped: ${check}`, span: undefined }], reply: undefined };
  const source = view.giaddr;
  return engine.explain({ view, ifindex, source, sourcePort: source === 0 ? 68 : 67, destination: own }, now);
}

/** One line for a state: the address, or why there is none. */
export function outcomeOf({ notes, reply }: Explanation): string {
  if (reply === undefined) return `no answer: ${notes.findLast(({ topic }) => topic === 'refused')?.text ?? 'the configuration ignores this client'}`;
  return `DHCPOFFER of ${formatIpv4(new DataView(reply.buffer, reply.byteOffset).getUint32(16) as Ipv4)}`;
}
