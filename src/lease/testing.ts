// Test support of the lease room: small configurations and leases.

import { assert } from '../std/assert.ts';
import { ByteWriter, fromHex, fromLatin1, latin1 } from '../std/bytes.ts';
import { parseIpv4, type Ipv4 } from '../std/ipv4.ts';
import { infinite, unset, type Seconds, type UnixSeconds } from '../std/time.ts';
import type { AddressItem } from '../model/expression.ts';
import type { Lease } from '../model/lease.ts';
import type { FailoverPeer, HostDeclaration, Pool, Scope, ServerConfig } from '../model/server-config.ts';
import type { Span } from '../model/span.ts';
import { omapiDefaults } from '../config/omapi-settings.ts';
import { LeaseTable } from './lease-table.ts';

export const nowhere: Span = { file: { name: 'test', text: '' }, start: 0, end: 0 };
export const ip = (text: string): Ipv4 => {
  const address = parseIpv4(text);
  assert(address !== undefined, `${text} is an address`);
  return address;
};
export const at = (value: number): UnixSeconds => value as UnixSeconds;
export const bytes = (text: string): Uint8Array => latin1(text);
export const mac = (text: string): Uint8Array => {
  const address = fromHex(text);
  assert(address !== undefined, `${text} is a hardware address`);
  return address;
};

export interface TestPool {
  /** `10.0.0.10-10.0.0.20` or one address. */
  readonly ranges: readonly string[];
  readonly peer?: number;
}
export interface TestHost {
  readonly name: string;
  readonly hardware?: string;
  readonly uid?: string;
  readonly fixed?: readonly (string | { readonly name: string })[];
}

const scope: Scope = { kind: 'global', title: 'global', statements: [], span: nowhere };

function testPool({ ranges, peer = -1 }: TestPool, index: number): Pool {
  const parsed = ranges.map((range) => {
    const [low, high] = range.split('-');
    return { low: ip(low ?? ''), high: ip(high ?? low ?? ''), span: nowhere };
  });
  return { index, sharedNetwork: 0, ranges: parsed, allow: [], deny: [], peer, scopes: [], span: nowhere };
}

const testPeer = (role: 'primary' | 'secondary', index: number): FailoverPeer => ({
  index, name: `peer-${index}`, role,
  address: { kind: 'address', address: ip('10.0.0.1') }, port: 647,
  partnerAddress: { kind: 'address', address: ip('10.0.0.2') }, partnerPort: 647,
  maxResponseDelay: 60 as Seconds, maxUnackedUpdates: 10, mclt: 3600 as Seconds, hashBuckets: undefined, loadBalanceMaxSecs: 3,
  autoPartnerDown: 0 as Seconds, maxLeaseMisbalance: 15, maxLeaseOwnership: 10, minBalance: 60 as Seconds, maxBalance: 3600 as Seconds,
  span: nowhere,
});

const addressItem = (item: string | { readonly name: string }): AddressItem =>
  typeof item === 'string' ? { kind: 'address', address: ip(item) } : { kind: 'name', name: item.name, span: nowhere };

export const testHost = ({ name, hardware, uid, fixed = [] }: TestHost, index = 0): HostDeclaration => ({
  index, name,
  hardware: hardware === undefined ? undefined : { htype: 1, address: mac(hardware) },
  uid: uid === undefined ? undefined : latin1(uid),
  identifier: undefined,
  fixedAddresses: fixed.map(addressItem),
  scopes: [], source: 'configuration', span: nowhere,
});

export function testConfig(options: {
  readonly pools?: readonly TestPool[];
  readonly hosts?: readonly TestHost[];
  readonly roles?: readonly ('primary' | 'secondary')[];
  readonly leaseIdFormat?: 'octal' | 'hex';
  readonly dbTimeFormat?: 'default' | 'local';
}): ServerConfig {
  return {
    files: [], global: scope, sharedNetworks: [], subnets: [],
    pools: (options.pools ?? []).map(testPool),
    hosts: (options.hosts ?? []).map(testHost),
    classes: [], peers: (options.roles ?? []).map(testPeer), keys: [], zones: [],
    optionSpaces: new Map(),
    settings: {
      leaseFileName: undefined, pidFileName: undefined, omapiPort: undefined, omapiKey: undefined, localPort: undefined,
      remotePort: undefined, localAddress: undefined, limitedBroadcastAddress: undefined, logFacility: 'daemon',
      abandonLeaseTime: 86_400 as Seconds,
      leaseIdFormat: options.leaseIdFormat ?? 'octal', dbTimeFormat: options.dbTimeFormat ?? 'default',
      ddnsUpdateStyle: 'none', serverIdCheck: false, checkSecsByteOrder: false,
    },
    leasehold: { trustedInterfaces: [], relayRateMax: 0, portRateMax: 0, offersMax: 0, clockStepMax: infinite, omapi: omapiDefaults, relationships: new Map(), boot: undefined },
    hostNames: [],
  };
}

/** A settled table over these ranges, in one pool each. */
export function testTable(...ranges: readonly string[]): LeaseTable {
  const table = new LeaseTable(testConfig({ pools: ranges.map((range) => ({ ranges: [range] })) }));
  table.settle();
  return table;
}

export const testLease = (address: string, part: Partial<Lease> = {}): Lease => ({
  ip: ip(address), state: 'free', nextState: undefined, rewindState: undefined,
  starts: unset, ends: unset, tstp: unset, tsfp: unset, atsfp: unset, cltt: unset,
  hardware: undefined, uid: undefined, isReserved: false, isBootp: false, extras: undefined,
  ...part,
});

/** Text of a row's record. */
export function recordText(table: LeaseTable, row: number): string {
  const out = new ByteWriter();
  table.record(row, out);
  return fromLatin1(out.view());
}

/** An ACK for `seconds`, as the engine would apply it. */
export function grant(
  table: LeaseTable, row: number, hardware: Uint8Array, now: number, seconds: number, journal = new ByteWriter(),
): ByteWriter {
  const change = table.begin(row);
  change.state = 2;
  change.starts = at(now);
  change.cltt = at(now);
  change.ends = at(now + seconds);
  change.setHardware(1, hardware, 0, hardware.length);
  table.apply(row, change, 'grant', journal);
  return journal;
}
