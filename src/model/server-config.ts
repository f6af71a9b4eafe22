// The configuration a node runs: plain frozen data, made by config/ from the tree, read by everyone else.
// Arrays are in file order and an item's index is its identity within this configuration.

import type { Ipv4 } from '../std/ipv4.ts';
import type { Seconds, UnixSeconds } from '../std/time.ts';
import type { OptionDefinition, OptionSpace } from '../wire/option-table.ts';
import type { BootSettings } from './boot-settings.ts';
import type { OmapiSettings } from './omapi-settings.ts';
import type { RelationshipSettings } from './relationship-settings.ts';
import type { AddressItem, BooleanExpr, DataExpr, Statement } from './expression.ts';
import type { Hardware } from './hardware.ts';
import type { SourceFile, Span } from './span.ts';

/** A list of statements executed as one; `chain` of a network, host or class runs outermost first. */
export interface Scope {
  readonly kind: 'global' | 'group' | 'shared-network' | 'subnet' | 'pool' | 'class' | 'subclass' | 'host';
  /** For people: `subnet 10.0.0.0 netmask 255.255.255.0`, `host a`. */
  readonly title: string;
  readonly statements: readonly Statement[];
  readonly span: Span;
}

export interface SharedNetwork {
  readonly index: number;
  /** The declared name, or `10.9.0.0/24` for a subnet outside any shared-network. */
  readonly name: string;
  readonly isImplicit: boolean;
  /** Groups around it, then its own scope; an implicit one shares its subnet's scope and has none of its own. */
  readonly scopes: readonly Scope[];
  readonly subnets: readonly number[];
  /** In file order; merged as dhcpd merges them. */
  readonly pools: readonly number[];
  readonly interface: string | undefined;
  readonly span: Span;
}

export interface Subnet {
  readonly index: number;
  readonly network: Ipv4;
  readonly mask: Ipv4;
  readonly sharedNetwork: number;
  readonly isAuthoritative: boolean;
  /** Groups between the network and the subnet, then the subnet. */
  readonly scopes: readonly Scope[];
  readonly span: Span;
}

export type Permit =
  | {
      readonly kind:
        'known-clients' | 'unknown-clients' | 'all-clients' | 'authenticated-clients' | 'unauthenticated-clients' | 'dynamic-bootp-clients';
      readonly span: Span;
    }
  | { readonly kind: 'members-of'; readonly classIndex: number; readonly span: Span }
  | { readonly kind: 'after'; readonly time: UnixSeconds; readonly span: Span };

export interface AddressRange {
  readonly low: Ipv4;
  readonly high: Ipv4;
  readonly span: Span;
}

export interface Pool {
  readonly index: number;
  readonly sharedNetwork: number;
  /** Non-overlapping, each inside one subnet of the shared network. */
  readonly ranges: readonly AddressRange[];
  readonly allow: readonly Permit[];
  readonly deny: readonly Permit[];
  /** Index into `peers`, or -1. */
  readonly peer: number;
  readonly scopes: readonly Scope[];
  /** The `pool { }`, or the first `range` of an automatic pool. */
  readonly span: Span;
}

export interface HostDeclaration {
  readonly index: number;
  readonly name: string;
  readonly hardware: Hardware | undefined;
  readonly uid: Uint8Array | undefined;
  readonly identifier: { readonly option: OptionDefinition; readonly value: Uint8Array } | undefined;
  readonly fixedAddresses: readonly AddressItem[];
  /** Its named group's scopes, enclosing groups and networks (hosts inherit where they are written), then its own. */
  readonly scopes: readonly Scope[];
  /** Where the declaration came from; later sources join by OMAPI and replication. */
  readonly source: 'configuration' | 'lease-file';
  readonly span: Span;
}

export interface ClassDeclaration {
  readonly index: number;
  readonly name: string;
  readonly matchIf: BooleanExpr | undefined;
  /** `match EXPR` or `spawn with EXPR`: looked up among the subclasses by exact bytes. */
  readonly submatch: DataExpr | undefined;
  readonly spawns: boolean;
  /** undefined: no limit. */
  readonly leaseLimit: number | undefined;
  readonly scopes: readonly Scope[];
  readonly subclasses: readonly Subclass[];
  readonly span: Span;
}

export interface Subclass {
  readonly key: Uint8Array;
  readonly leaseLimit: number | undefined;
  readonly scopes: readonly Scope[];
  readonly span: Span;
}

export interface FailoverPeer {
  readonly index: number;
  readonly name: string;
  readonly role: 'primary' | 'secondary';
  readonly address: AddressItem;
  readonly port: number;
  readonly partnerAddress: AddressItem;
  readonly partnerPort: number;
  /** Advertised as receive-timer. */
  readonly maxResponseDelay: Seconds;
  readonly maxUnackedUpdates: number;
  /** Primary only; a secondary takes it from CONNECT. */
  readonly mclt: Seconds | undefined;
  /** 32 bytes, bit set = primary serves; undefined on a secondary. */
  readonly hashBuckets: Uint8Array | undefined;
  /** 0: no load balancing. */
  readonly loadBalanceMaxSecs: number;
  /** 0: off. */
  readonly autoPartnerDown: Seconds;
  readonly maxLeaseMisbalance: number;
  readonly maxLeaseOwnership: number;
  readonly minBalance: Seconds;
  readonly maxBalance: Seconds;
  readonly span: Span;
}

export interface Key {
  readonly name: string;
  /** `hmac-md5`, `hmac-sha256`, … without the `.SIG-ALG.REG.INT.` suffix, lower case. */
  readonly algorithm: string;
  /** As OMAPI names it: completed with `.SIG-ALG.REG.INT.`, letter case as written. */
  readonly algorithmText: string;
  readonly secret: Uint8Array;
  readonly span: Span;
}

export interface Zone {
  readonly name: string;
  readonly primaries: readonly AddressItem[];
  readonly secondaries: readonly AddressItem[];
  readonly key: string | undefined;
  readonly span: Span;
}

/** Read once at start from file level (dhcpd-conf reference §5, scope *start* and *parse*). */
export interface StartSettings {
  readonly leaseFileName: string | undefined;
  readonly pidFileName: string | undefined;
  readonly omapiPort: number | undefined;
  readonly omapiKey: string | undefined;
  readonly localPort: number | undefined;
  readonly remotePort: number | undefined;
  readonly localAddress: AddressItem | undefined;
  readonly limitedBroadcastAddress: AddressItem | undefined;
  readonly logFacility: string;
  readonly abandonLeaseTime: Seconds;
  readonly leaseIdFormat: 'octal' | 'hex';
  readonly dbTimeFormat: 'default' | 'local';
  readonly ddnsUpdateStyle: 'none' | 'interim' | 'standard';
  readonly serverIdCheck: boolean;
  readonly checkSecsByteOrder: boolean;
}

/** What only leasehold.conf can say; every default works without it. */
export interface LeaseholdSettings {
  /** Interfaces whose clients may send option 82 without a relay. */
  readonly trustedInterfaces: readonly string[];
  /** DISCOVERs per second one relay, and one circuit or interface, may cause before unknown clients wait. */
  readonly relayRateMax: number;
  readonly portRateMax: number;
  readonly offersMax: number;
  /** A wall-clock step beyond this is announced and never shortens a lease. */
  readonly clockStepMax: Seconds;
  readonly omapi: OmapiSettings;
  /** By name of the relationship; `` stands for all that have none of their own. */
  readonly relationships: ReadonlyMap<string, RelationshipSettings>;
  /** undefined: no boot files are served. */
  readonly boot: BootSettings | undefined;
}

export interface ServerConfig {
  readonly files: readonly SourceFile[];
  readonly global: Scope;
  readonly sharedNetworks: readonly SharedNetwork[];
  readonly subnets: readonly Subnet[];
  readonly pools: readonly Pool[];
  readonly hosts: readonly HostDeclaration[];
  readonly classes: readonly ClassDeclaration[];
  readonly peers: readonly FailoverPeer[];
  readonly keys: readonly Key[];
  readonly zones: readonly Zone[];
  /** Predefined and user-defined spaces, by lower-case name. */
  readonly optionSpaces: ReadonlyMap<string, OptionSpace>;
  readonly settings: StartSettings;
  readonly leasehold: LeaseholdSettings;
  /** Every name in it that needs the resolver, lower case, sorted, once. */
  readonly hostNames: readonly string[];
}
