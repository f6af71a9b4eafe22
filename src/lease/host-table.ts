// Host declarations of the configuration and of the lease file (OMAPI, replication), found by hardware, client identifier,
// other identifying option, and name. Chains are in declaration order (server reference §12.2).

import { assert } from '../std/assert.ts';
import { bytesEqual, type ByteWriter } from '../std/bytes.ts';
import type { Ipv4 } from '../std/ipv4.ts';
import type { AddressItem } from '../model/expression.ts';
import type { HostDeclaration, ServerConfig } from '../model/server-config.ts';
import type { Span } from '../model/span.ts';
import type { OptionDefinition } from '../wire/option-table.ts';
import { hashBytes, HashIndex } from './hash-index.ts';
import { tombstone, writeHostRecord, type HostRecord } from './host-record.ts';
import type { HostScopes } from './host-scopes.ts';
import type { LeaseTable } from './lease-table.ts';
import type { NameTable } from './name-table.ts';

const none = -1;
/** Keep the three kinds of keys apart in one hash: htype is 0..255. */
const uidPrefix = 256;
const identifierPrefix = 512;
const leaseFile: Span = { file: { name: 'lease file', text: '' }, start: 0, end: 0 };
const noAddresses: readonly Ipv4[] = [];
const noHosts: readonly number[] = [];

/** A host is a number, -1 is none; numbers hold until `generation` goes up. */
export class HostTable {
  /** Goes up whenever a host comes, goes or changes, or a name of one resolves anew. */
  generation = 0;
  readonly #names: NameTable;
  readonly #table: LeaseTable;
  #config: ServerConfig;
  readonly #scopesFor: (config: ServerConfig) => HostScopes;
  #scopesOf: HostScopes;
  /** Records of the lease file by name, tombstones included, in order of their first appearance. */
  readonly #records = new Map<string, HostRecord>();

  // What follows is made from the above by `#build`, before the next lookup.
  #isStale = true;
  #hosts: readonly HostDeclaration[] = [];
  readonly #byName = new Map<string, number>();
  readonly #byAddress = new Map<number, number[]>();
  #addresses: (readonly Ipv4[])[] = [];
  #identifierOptions: OptionDefinition[] = [];
  #byHardware = new HashIndex();
  #byUid = new HashIndex();
  #byIdentifier = new HashIndex();

  /** `scopesFor` tells what dynamic hosts make the engine execute under a configuration. */
  constructor(
    config: ServerConfig,
    names: NameTable,
    table: LeaseTable,
    scopesFor: (config: ServerConfig) => HostScopes = () => () => [],
  ) {
    this.#config = config;
    this.#scopesFor = scopesFor;
    this.#scopesOf = scopesFor(config);
    this.#names = names;
    this.#table = table;
  }

  // ── Lookups. PERF: no allocation, and no work besides a flag after the first one. ──
  get count(): number {
    return this.#fresh().length;
  }
  declaration(host: number): HostDeclaration {
    const declaration = this.#fresh()[host];
    assert(declaration !== undefined, 'a host number comes from this table');
    return declaration;
  }
  firstByHardware(htype: number, bytes: Uint8Array, offset: number, length: number): number {
    this.#fresh();
    const first = this.#byHardware.first(hashBytes(0, htype, bytes, offset, length));
    return this.#hardwareFrom(first, htype, bytes, offset, length);
  }
  nextByHardware(host: number): number {
    const { hardware } = this.declaration(host);
    if (hardware === undefined) return none;
    return this.#hardwareFrom(this.#byHardware.next(host), hardware.htype, hardware.address, 0, hardware.address.length);
  }
  #hardwareFrom(first: number, htype: number, bytes: Uint8Array, offset: number, length: number): number {
    for (let host = first; host !== none; host = this.#byHardware.next(host)) {
      const hardware = this.#hosts[host]?.hardware;
      if (hardware?.htype === htype && isSame(hardware.address, bytes, offset, length)) return host;
    }
    return none;
  }
  firstByUid(bytes: Uint8Array, offset: number, length: number): number {
    this.#fresh();
    return this.#uidFrom(this.#byUid.first(hashBytes(0, uidPrefix, bytes, offset, length)), bytes, offset, length);
  }
  nextByUid(host: number): number {
    const { uid } = this.declaration(host);
    return uid === undefined ? none : this.#uidFrom(this.#byUid.next(host), uid, 0, uid.length);
  }
  #uidFrom(first: number, bytes: Uint8Array, offset: number, length: number): number {
    for (let host = first; host !== none; host = this.#byUid.next(host)) {
      const uid = this.#hosts[host]?.uid;
      if (uid !== undefined && isSame(uid, bytes, offset, length)) return host;
    }
    return none;
  }
  /** Options that some host is identified by (`host-identifier option X …`), in order of first use; mostly empty. */
  get identifierOptions(): readonly OptionDefinition[] {
    this.#fresh();
    return this.#identifierOptions;
  }
  firstByIdentifier(option: OptionDefinition, bytes: Uint8Array, offset: number, length: number): number {
    this.#fresh();
    const first = this.#byIdentifier.first(hashBytes(0, identifierPrefix + option.code, bytes, offset, length));
    return this.#identifierFrom(first, option, bytes, offset, length);
  }
  nextByIdentifier(host: number): number {
    const { identifier } = this.declaration(host);
    if (identifier === undefined) return none;
    return this.#identifierFrom(this.#byIdentifier.next(host), identifier.option, identifier.value, 0, identifier.value.length);
  }
  #identifierFrom(first: number, option: OptionDefinition, bytes: Uint8Array, offset: number, length: number): number {
    for (let host = first; host !== none; host = this.#byIdentifier.next(host)) {
      const identifier = this.#hosts[host]?.identifier;
      if (identifier !== undefined && isSameOption(identifier.option, option) && isSame(identifier.value, bytes, offset, length))
        return host;
    }
    return none;
  }
  /** Compared with case, as dhcpd does. */
  byName(name: string): number {
    this.#fresh();
    return this.#byName.get(name) ?? none;
  }
  /** Hosts that name this address, in declaration order: several may (bonded NICs) and are one holder. */
  byFixedAddress(ip: number): readonly number[] {
    this.#fresh();
    return this.#byAddress.get(ip) ?? noHosts;
  }
  /** Fixed addresses in the order written, names by their last good answers; empty when the host has none or none resolved. */
  fixedAddresses(host: number): readonly Ipv4[] {
    this.#fresh();
    return this.#addresses[host] ?? noAddresses;
  }

  // ── Changes. Cold. ──
  /** The record of the lease file for a name; undefined for a host that only the configuration knows. */
  record(name: string): HostRecord | undefined {
    return this.#records.get(name);
  }
  /** A dynamic host or tombstone, written as dhcpd writes it; replaces, or hides, any host of the same name. */
  put(host: HostRecord, journal: ByteWriter | undefined): void {
    this.#records.set(host.name, host);
    if (journal !== undefined) writeHostRecord(journal, host);
    this.#change();
  }
  /** Deletes by name; a host of the configuration stays hidden by a tombstone. False when there was none. */
  remove(name: string, journal: ByteWriter | undefined): boolean {
    if (this.byName(name) < 0) return false;
    this.put(tombstone(name), journal);
    return true;
  }
  /** After a name got a new answer: fixed addresses and withheld rows follow. */
  namesChanged(): void {
    this.#change();
    this.#fresh();
  }
  /** After the lease table's own reload. */
  reload(config: ServerConfig): void {
    this.#config = config;
    this.#scopesOf = this.#scopesFor(config);
    this.namesChanged();
  }
  /** Appends tombstones of configured hosts, then dynamic hosts (dhcpd-leases reference §7). */
  snapshot(out: ByteWriter): void {
    const configured = new Set(this.#config.hosts.map(({ name }) => name));
    for (const host of this.#records.values()) if (host.isDeleted && configured.has(host.name)) writeHostRecord(out, host);
    for (const host of this.#records.values()) if (!host.isDeleted) writeHostRecord(out, host);
  }

  // ── Building ──
  #change(): void {
    this.#isStale = true;
    this.generation++;
  }
  #fresh(): readonly HostDeclaration[] {
    if (this.#isStale) this.#build();
    return this.#hosts;
  }

  #build(): void {
    this.#isStale = false;
    const configured = this.#config.hosts.filter(({ name }) => !this.#records.has(name));
    const dynamic = [...this.#records.values()].filter(({ isDeleted }) => !isDeleted);
    this.#hosts = [...configured, ...dynamic.map((host) => this.#declared(host))];
    this.#addresses = this.#hosts.map(({ fixedAddresses }) => fixedAddresses.flatMap((item) => this.#resolved(item)));
    this.#identifierOptions = [];
    for (const { identifier } of this.#hosts)
      if (identifier !== undefined && !this.#identifierOptions.some((option) => isSameOption(option, identifier.option)))
        this.#identifierOptions.push(identifier.option);
    this.#index();
    this.#withhold();
  }

  #declared(host: HostRecord): HostDeclaration {
    return {
      index: none,
      name: host.name,
      hardware: host.hardware,
      uid: host.uid,
      identifier: undefined,
      fixedAddresses: host.fixedAddresses,
      scopes: this.#scopesOf(host),
      source: 'lease-file',
      span: leaseFile,
    };
  }

  #resolved(item: AddressItem): readonly Ipv4[] {
    return item.kind === 'address' ? [item.address] : (this.#names.addressesOf(item.name) ?? noAddresses);
  }

  /** From the last host to the first, since a bucket's latest entry is found first. */
  #index(): void {
    this.#byHardware = new HashIndex();
    this.#byUid = new HashIndex();
    this.#byIdentifier = new HashIndex();
    for (const index of [this.#byHardware, this.#byUid, this.#byIdentifier]) index.grow(this.#hosts.length, () => 0);
    this.#byName.clear();
    for (let host = this.#hosts.length - 1; host >= 0; host--) {
      const { name, hardware, uid, identifier } = this.#hosts[host] as HostDeclaration;
      this.#byName.set(name, host);
      if (hardware !== undefined)
        this.#byHardware.insert(host, hashBytes(0, hardware.htype, hardware.address, 0, hardware.address.length));
      if (uid !== undefined) this.#byUid.insert(host, hashBytes(0, uidPrefix, uid, 0, uid.length));
      if (identifier !== undefined) {
        const { option, value } = identifier;
        this.#byIdentifier.insert(host, hashBytes(0, identifierPrefix + option.code, value, 0, value.length));
      }
    }
  }

  /** Rows of the lease table whose address is a host's are not for anybody else. */
  #withhold(): void {
    const before = [...this.#byAddress.keys()];
    this.#byAddress.clear();
    for (const [host, addresses] of this.#addresses.entries())
      for (const ip of addresses) {
        const hosts = this.#byAddress.get(ip);
        if (hosts === undefined) this.#byAddress.set(ip, [host]);
        else if (hosts.at(-1) !== host) hosts.push(host);
      }
    for (const ip of before) if (!this.#byAddress.has(ip)) this.#table.withhold(ip, false);
    for (const ip of this.#byAddress.keys()) this.#table.withhold(ip, true);
  }
}

const isSameOption = (a: OptionDefinition, b: OptionDefinition): boolean => a.space === b.space && a.code === b.code;

function isSame(own: Uint8Array, bytes: Uint8Array, offset: number, length: number): boolean {
  if (own.length !== length) return false;
  if (offset === 0 && bytes.length === length) return bytesEqual(own, bytes);
  for (let i = 0; i < length; i++) if (own[i] !== bytes[offset + i]) return false;
  return true;
}
