// What two nodes of a pair must agree about, as text that is equal where they mean the same: read by `check --peer`, which has both
// files, and by two running nodes, which tell each other (failover/drift.ts).

import { latin1, toHex } from '../../std/bytes.ts';
import { formatIpv4, prefixLength } from '../../std/ipv4.ts';
import { isOmapiAlgorithm, omapiSigner } from '../../wire/omapi-signature.ts';
import { optionCode, serverOptionCode } from '../../wire/option-table.ts';
import type { AddressItem } from '../expression.ts';
import type { ClassDeclaration, FailoverPeer, HostDeclaration, Key, Permit, Pool, ServerConfig, Subnet } from '../server-config.ts';
import { canonical } from './canonical.ts';

/** `space.code` of what each node says of itself, or of its own machine. */
export const ownMatters: ReadonlySet<string> = new Set([
  `server.${serverOptionCode.nextServer}`,
  `server.${serverOptionCode.serverName}`,
  `server.${serverOptionCode.localAddress}`,
  `server.${serverOptionCode.localPort}`,
  `server.${serverOptionCode.remotePort}`,
  `server.${serverOptionCode.leaseFileName}`,
  `server.${serverOptionCode.pidFileName}`,
  `server.${serverOptionCode.logFacility}`,
  `server.${serverOptionCode.omapiPort}`,
  `server.${serverOptionCode.omapiKey}`,
  `dhcp.${optionCode.serverIdentifier}`,
]);

/** Compared as they are in effect for a subnet, wherever they stand. */
export const leaseTimes: readonly (readonly [code: number, name: string, byDefault: number | undefined])[] = [
  [serverOptionCode.defaultLeaseTime, 'default-lease-time', 43_200],
  [serverOptionCode.maxLeaseTime, 'max-lease-time', 86_400],
  [serverOptionCode.minLeaseTime, 'min-lease-time', undefined],
];
export const leaseTimeKeys: ReadonlySet<string> = new Set(leaseTimes.map(([code]) => `server.${code}`));
export const secondsText = (seconds: number | undefined): string =>
  seconds === undefined ? 'not set' : seconds === 0xffffffff ? 'endless' : `${seconds} s`;

/** Numbers of a relationship: independent on the two sides for dhcpd, but a pair whose sides differ is surprising. */
export const pairNumbers = {
  'load balance max seconds': (peer: FailoverPeer): number => peer.loadBalanceMaxSecs,
  'max-response-delay': (peer: FailoverPeer): number => peer.maxResponseDelay,
  'max-unacked-updates': (peer: FailoverPeer): number => peer.maxUnackedUpdates,
  'auto-partner-down': (peer: FailoverPeer): number => peer.autoPartnerDown,
  'max-lease-misbalance': (peer: FailoverPeer): number => peer.maxLeaseMisbalance,
  'max-lease-ownership': (peer: FailoverPeer): number => peer.maxLeaseOwnership,
} as const;
export type PairNumber = keyof typeof pairNumbers;

export const cidrOf = ({ network, mask }: Pick<Subnet, 'network' | 'mask'>): string => `${formatIpv4(network)}/${prefixLength(mask)}`;
export const itemText = (item: AddressItem): string => (item.kind === 'name' ? item.name.toLowerCase() : formatIpv4(item.address));
/** `0.0.0.0` fits whatever the other side says. */
export const isAnyItem = (item: AddressItem): boolean => item.kind === 'address' && item.address === 0;

/** By what a host is known on the wire; its name is for people. */
export const identityOf = ({ hardware, uid, name }: HostDeclaration): string =>
  hardware !== undefined
    ? `hardware ${hardware.htype} ${toHex(hardware.address, ':')}`
    : uid !== undefined
      ? `uid ${toHex(uid)}`
      : `name ${name}`;
export const addressText = ({ fixedAddresses }: HostDeclaration): string =>
  fixedAddresses.length === 0 ? 'no fixed-address' : fixedAddresses.map(itemText).toSorted().join(', ');

/** A permit by name, since class numbers differ between files. */
const permitText = (config: ServerConfig, permit: Permit): string =>
  permit.kind === 'members-of'
    ? `members of "${config.classes[permit.classIndex]?.name ?? ''}"`
    : permit.kind === 'after'
      ? `after ${permit.time}`
      : permit.kind;
export const permitsText = (config: ServerConfig, { allow, deny }: Pool): string =>
  [allow, deny]
    .map((permits, index) =>
      permits
        .map((permit) => `${index === 0 ? 'allow' : 'deny'} ${permitText(config, permit)}`)
        .toSorted()
        .join(', '),
    )
    .join('; ');

export const classText = ({ matchIf, submatch, spawns, leaseLimit, scopes, subclasses }: ClassDeclaration): string =>
  canonical([
    matchIf,
    submatch,
    spawns,
    leaseLimit,
    scopes.at(-1)?.statements,
    subclasses.map((sub) => [sub.key, sub.scopes.at(-1)?.statements]),
  ]);

/** Eight hex digits that tell secrets apart and give nothing away. */
export const keyFingerprint = ({ algorithm, secret }: Key): string =>
  toHex(
    omapiSigner(isOmapiAlgorithm(algorithm) ? algorithm : 'hmac-sha256', secret).sign(
      latin1('leasehold key fingerprint'),
    ),
  ).slice(0, 8);
