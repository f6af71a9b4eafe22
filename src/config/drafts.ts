// What is being built: the configuration with its arrays still open, and beside it what lints want to know of the text.

import type { Diagnostic } from '../model/diagnostic.ts';
import type {
  ClassDeclaration,
  FailoverPeer,
  HostDeclaration,
  Key,
  Pool,
  Scope,
  SharedNetwork,
  Subclass,
  Subnet,
  Zone,
} from '../model/server-config.ts';
import type { Span } from '../model/span.ts';
import type * as ast from '../lang/ast.ts';
import { AddressRanges } from './address-ranges.ts';
import type { Identifier } from './diagnostics/hosts.ts';
import { DhcpdPlaces, type Taken } from './dhcpd-places.ts';
import { SubnetOverlaps } from './subnet-overlaps.ts';

/** The same shape, still writable. */
export type Draft<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer Item)[] ? Item[] : T[K] };

export interface ClassDraft extends Draft<Omit<ClassDeclaration, 'subclasses' | 'scopes'>> {
  subclasses: Draft<Subclass>[];
  readonly scopes: Draft<Scope>[];
}

export interface Drafts {
  readonly sharedNetworks: Draft<SharedNetwork>[];
  readonly subnets: Draft<Subnet>[];
  readonly pools: Draft<Pool>[];
  readonly hosts: Draft<HostDeclaration>[];
  readonly classes: ClassDraft[];
  readonly peers: FailoverPeer[];
  readonly keys: Key[];
  readonly zones: Zone[];
}

/** Where a declaration stands; indexes are −1 when it does not. */
export interface Place {
  readonly network: number;
  readonly subnet: number;
}

export interface HostFact {
  readonly node: ast.HostDecl;
  readonly hardware: ast.HardwareDecl | undefined;
  readonly fixed: ast.FixedAddressDecl | undefined;
  readonly uid: Span | undefined;
  readonly place: Place;
}
export interface PoolFact {
  /** Several when dhcpd merges them; none for an automatic pool. */
  readonly nodes: ast.PoolDecl[];
  readonly place: Place;
}
export interface GroupFact {
  readonly node: ast.GroupDecl;
  /** Declarations anywhere inside. */
  memberCount: number;
  isJoined: boolean;
}
export interface NamedGroup {
  readonly scopes: readonly Scope[];
  readonly fact: GroupFact;
}

/** Arrays run parallel to those of the configuration. */
export interface Facts {
  readonly hosts: HostFact[];
  readonly pools: PoolFact[];
  readonly peers: ast.FailoverPeerDecl[];
  readonly keys: ast.KeyDecl[];
  readonly zones: ast.ZoneDecl[];
  readonly subnets: ast.SubnetDecl[];
  readonly groups: GroupFact[];
  readonly authority: { readonly node: ast.AuthorityDecl; readonly kind: Scope['kind'] }[];
  readonly classUses: Set<number>;
  readonly keyUses: Set<string>;
  /** Keys that did not parse, by name. */
  readonly refusedKeys: Map<string, Span>;
  /** All scopes of the file, in file order. */
  readonly scopes: Scope[];
}

/** What every part of the builder shares. */
export class Build {
  readonly drafts: Drafts = {
    sharedNetworks: [],
    subnets: [],
    pools: [],
    hosts: [],
    classes: [],
    peers: [],
    keys: [],
    zones: [],
  };
  readonly facts: Facts = {
    hosts: [],
    pools: [],
    peers: [],
    keys: [],
    zones: [],
    subnets: [],
    groups: [],
    authority: [],
    classUses: new Set(),
    keyUses: new Set(),
    refusedKeys: new Map(),
    scopes: [],
  };
  readonly diagnostics: Diagnostic[] = [];
  readonly hostsByName = new Map<string, number>();
  readonly classesByName = new Map<string, number>();
  readonly groupsByName = new Map<string, NamedGroup>();
  /** Names that were declared a second time, with that place. */
  readonly forgottenGroups = new Map<string, Span>();
  readonly peersByName = new Map<string, number>();
  readonly keysByName = new Map<string, number>();
  /** Peers that a pool names; a shared network's reference does not count (reference §16). */
  readonly peersInPools = new Set<number>();
  readonly ranges = new AddressRanges();
  readonly interfaces: { readonly network: Draft<SharedNetwork>; readonly name: ast.Name }[] = [];
  /** Every subnet, in dhcpd's order. */
  readonly subnetOverlaps = new SubnetOverlaps<Draft<Subnet>>();
  hasWarnedOfHosts = false;
  leaseIdFormat: 'octal' | 'hex' = 'octal';
  dbTimeFormat: 'default' | 'local' = 'default';
  readonly #places = new DhcpdPlaces();

  /** `at`: what dhcpd had read last when it complains; absent for what it prints without file and line. */
  report(diagnostic: Diagnostic, at?: Span, taken: Taken = 'name'): void {
    if (at === undefined || diagnostic.dhcpdText === undefined || diagnostic.dhcpdFatal === true)
      this.diagnostics.push(diagnostic);
    else this.diagnostics.push({ ...diagnostic, dhcpdPlace: this.#places.after(at, taken) });
  }

  openScope(kind: Scope['kind'], title: string, span: Span): Draft<Scope> {
    const scope: Draft<Scope> = { kind, title, statements: [], span };
    this.facts.scopes.push(scope);
    return scope;
  }
}

/** What encloses a declaration while the tree is walked. */
export interface Context {
  readonly kind: Scope['kind'];
  /** Scopes around, outermost first, this one last; without the file level. */
  readonly chain: readonly Draft<Scope>[];
  /** Where statements go. */
  readonly scope: Draft<Scope>;
  /** Copied when an inner scope is opened, so it counts for what stands below it only (reference §11.1). */
  isAuthoritative: boolean;
  readonly network: Draft<SharedNetwork> | undefined;
  /** Peer that pools of this shared network inherit, by `failover peer "x";` beside them. */
  networkPeer: { peer: number };
  readonly subnet: Draft<Subnet> | undefined;
  /** Without a valid index until its body was read: it may be merged into another. */
  readonly pool: Draft<Pool> | undefined;
  readonly groups: readonly GroupFact[];
  readonly host: HostDraft | undefined;
  readonly class: ClassDraft | undefined;
  /** Of one declaration of a class; a further declaration may replace both. */
  readonly classRules: { condition: Span | undefined; submatch: Span | undefined };
  readonly subclass: Draft<Subclass> | undefined;
}

/** A host while its body is read. */
export interface HostDraft {
  readonly declaration: Draft<HostDeclaration>;
  readonly node: ast.HostDecl;
  hardware: ast.HardwareDecl | undefined;
  fixed: ast.FixedAddressDecl | undefined;
  uid: Identifier | undefined;
  optionUid: Identifier | undefined;
  identifierSpan: Span | undefined;
  isDeleted: boolean;
}

export const placeOf = ({ network, subnet }: Context): Place => ({
  network: network?.index ?? -1,
  subnet: subnet?.index ?? -1,
});
