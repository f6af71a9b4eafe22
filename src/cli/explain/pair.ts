// The pair around an explanation: how it has shared out its free addresses, and what the other node is.

import { bindingCode } from '../../model/binding-state.ts';
import type { ServerConfig } from '../../model/server-config.ts';
import { broadcastOf, ipv4FromBytes, limitedBroadcast, type Ipv4 } from '../../std/ipv4.ts';
import type { Now } from '../../std/time.ts';
import type { LeaseStore } from '../../lease/lease-store.ts';
import { paperEffects, NoteTaker } from '../../engine/explain.ts';
import { dhcpAt } from '../../wire/dhcp-view.ts';
import { ownAddress } from './client.ts';
import type { Question } from './question.ts';

/**
 * Without a lease file every free address is the primary's, as it is when two nodes meet for the first time. A moment later each has
 * half of them: so on paper, where this node keeps those that it would give out first.
 */
export function shareOut({ table }: LeaseStore, config: ServerConfig, now: Now): void {
  const { journal } = paperEffects(new NoteTaker());
  for (const [pool, { peer }] of config.pools.entries()) {
    const role = config.peers[peer]?.role;
    if (role === undefined) continue;
    const free: number[] = [];
    for (let row = table.head(pool, bindingCode.free); row >= 0; row = table.next(row)) free.push(row);
    const half = Math.ceil(free.length / 2);
    for (const row of role === 'primary' ? free.slice(half) : free.slice(0, half)) {
      const change = table.begin(row);
      change.state = bindingCode.backup;
      change.starts = now.wall;
      table.apply(row, change, 'balance', journal);
    }
  }
}

/** The same configuration as the other node has it. */
const swapped = (config: ServerConfig): ServerConfig => ({
  ...config,
  peers: config.peers.map((peer) => ({
    ...peer,
    role: peer.role === 'primary' ? 'secondary' : 'primary',
    address: peer.partnerAddress, port: peer.partnerPort, partnerAddress: peer.address, partnerPort: peer.port,
  })),
});

const giaddrOf = (packet: Uint8Array): Ipv4 => (packet.length < dhcpAt.giaddr + 4 ? (0 as Ipv4) : ipv4FromBytes(packet, dhcpAt.giaddr));

/** The same message as the partner hears it: relays and broadcasts reach both nodes. undefined: it is sent to this node alone. */
export function partnersQuestion(question: Question): Question | undefined {
  const config = swapped(question.config);
  const giaddr = giaddrOf(question.packet);
  const isForBoth = giaddr !== 0 || question.path.destination === limitedBroadcast || question.path.destination === broadcastOf(question.subnet.network, question.subnet.mask);
  if (!isForBoth) return undefined;
  const own = ownAddress(question.subnet, undefined, giaddr, config);
  return { ...question, config, own, path: giaddr === 0 ? question.path : { ...question.path, destination: own } };
}
