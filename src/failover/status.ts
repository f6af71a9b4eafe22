// `failover status`: the two states, the numbers, the sentence why we serve or do not, and the next safe step.

import type { Now } from '../std/time.ts';
import { addSeconds, secondsBetween } from '../std/time.ts';
import { bindingCode } from '../model/binding-state.ts';
import type { LeaseTable } from '../lease/lease-table.ts';
import { capabilityNames, vendorClass } from './capabilities.ts';
import { driftView } from './drift-view.ts';
import type { Endpoint } from './endpoint.ts';
import type { ServerState } from './peer-states.ts';

interface Advice {
  readonly why: string;
  readonly next: string;
}

const nothing = 'nothing';

/** One row a state: what an operator reads. */
const advice: Readonly<Record<ServerState, (endpoint: Endpoint, now: Now) => Advice>> = {
  normal: ({ drift }) => drift.hasDangerous
    ? { why: 'serving: both nodes are normal, but their configurations differ in what must agree', next: 'leasehold check --live names each difference; correct the file that is wrong and reload' }
    : { why: 'serving: both nodes agree', next: nothing },
  'communications-interrupted': (endpoint) => ({
    why: 'serving everybody from this node’s own addresses: the partner does not answer on the link',
    next: `bring the partner back; it returns by itself. If it will stay away for long and certainly does not run: leasehold failover partner-down ${endpoint.name}`,
  }),
  'partner-down': (endpoint, now) => ({
    why: `serving everybody; the partner’s addresses are used from ${secondsBetween(now.wall, addSeconds(endpoint.states.stos, endpoint.mclt))} s from now`,
    next: 'bring the partner back; it recovers from this node by itself',
  }),
  startup: () => ({ why: 'not serving pools yet: waiting up to 15 s for the partner', next: nothing }),
  recover: (endpoint) => ({
    why: endpoint.link === undefined ? 'not serving pools: waiting for the partner to send its leases' : 'not serving pools: taking all leases from the partner',
    next: endpoint.link === undefined
      ? `start the partner. For a pair that never gave a lease: leasehold failover init ${endpoint.name} on both nodes. If the partner is gone for good: leasehold failover partner-down ${endpoint.name}`
      : nothing,
  }),
  'recover-wait': (endpoint, now) => ({
    why: `not serving pools for ${secondsBetween(now.wall, addSeconds(endpoint.states.waitFrom, endpoint.mclt))} s more: leases this node gave before it stopped may still run (MCLT)`,
    next: nothing,
  }),
  'recover-done': () => ({ why: 'not serving pools: waiting for the partner to call itself normal', next: nothing }),
  'potential-conflict': () => ({ why: 'not serving pools: both nodes served alone and are comparing their leases', next: 'keep the link up; it ends by itself' }),
  'resolution-interrupted': (endpoint) => ({
    why: 'not serving pools: the link was lost while both nodes compared their leases',
    next: `repair the link. If the partner is gone for good: leasehold failover partner-down ${endpoint.name}`,
  }),
  'conflict-done': () => ({ why: 'not serving pools: the partner is taking over the agreed leases', next: nothing }),
  paused: (endpoint) => ({ why: 'not serving pools: paused by an operator; the partner serves alone', next: `leasehold failover resume ${endpoint.name}` }),
  shutdown: (endpoint) => ({ why: 'not serving pools: handed over to the partner', next: `leasehold failover recover ${endpoint.name}` }),
  'unknown-state': () => ({ why: 'not serving pools: this node’s state is unknown', next: 'restart this node' }),
};

/** Whether hosts are the same on both nodes, or why nobody can say. */
function hostsOf(endpoint: Endpoint): Readonly<Record<string, unknown>> {
  const { hosts, link, isLeaseholdPartner, plainReason } = endpoint;
  const state =
    link === undefined ? 'not connected' : !isLeaseholdPartner ? 'off: the partner is no Leasehold' : !endpoint.shares('parcels') ? 'off: the partner is of a version without it' : hosts.isUp ? 'on' : `off: the connection is not secured: ${plainReason}`;
  return { replication: state, waiting: hosts.waitingCount, conflicts: hosts.conflictCount };
}

/** What a Leasehold partner of another version cannot do, so that neither does. */
const notShared = (endpoint: Endpoint): readonly string[] =>
  endpoint.link !== undefined && endpoint.isLeaseholdPartner ? capabilityNames.filter((name) => !endpoint.shares(name)) : [];

/** Null where the connection is secured by a key, or would be. */
function certificatesOf({ security: { credential }, link }: Endpoint): Readonly<Record<string, unknown>> | null {
  if (credential?.kind !== 'certificate') return null;
  const { subject, until } = credential.facts;
  const theirs = link?.certificate;
  return { subject, until, partner: theirs === undefined ? null : { subject: theirs.subject, until: theirs.until } };
}
const heldNext = ({ name }: Endpoint): string =>
  `repair the connection between the nodes, or the witness. If the partner certainly does not run: leasehold failover partner-down ${name}`;

export function statusOf(endpoint: Endpoint, table: LeaseTable, now: Now): Readonly<Record<string, unknown>> {
  const { why, next } = advice[endpoint.my](endpoint, now);
  const held = endpoint.takeover.heldBack !== '' && endpoint.view.service === 'none' && (endpoint.my === 'communications-interrupted' || endpoint.my === 'partner-down');
  const silenced = endpoint.view.service === 'none' && endpoint.view.reason.includes('peer demands');
  return {
    name: endpoint.name,
    role: endpoint.peer.role,
    myState: endpoint.my,
    mySince: endpoint.states.stos,
    evidence: endpoint.takeover.status(now),
    partnerState: endpoint.partner,
    partnerSince: endpoint.states.partnerStos,
    isConnected: endpoint.link !== undefined,
    software: vendorClass,
    partnerSoftware: endpoint.partnerVendor,
    notShared: notShared(endpoint),
    security: endpoint.link === undefined ? null : (endpoint.link.cipher ?? `plain: ${endpoint.plainReason}`),
    certificates: certificatesOf(endpoint),
    isPinned: endpoint.isPinned,
    isServing: endpoint.view.service !== 'none',
    why: held ? `not serving pools:${endpoint.view.reason}` : silenced ? `not serving pools:${endpoint.view.reason}` : why,
    next: held ? heldNext(endpoint) : next,
    mclt: endpoint.mclt,
    skewSeconds: endpoint.view.skew,
    syncUpdates: endpoint.view.isSynchronous,
    unconfirmedAcks: endpoint.view.unconfirmedAcks,
    bootFiles: endpoint.bootTrees.summary,
    clocks: endpoint.clock.status,
    drift: driftView(endpoint),
    updatesWaiting: endpoint.queue.count,
    updatesUnacked: endpoint.queue.unacked.size,
    hosts: hostsOf(endpoint),
    pools: endpoint.pools.map((pool) => ({
      pool,
      free: table.count(pool, bindingCode.free),
      backup: table.count(pool, bindingCode.backup),
      active: table.count(pool, bindingCode.active),
    })),
  };
}
