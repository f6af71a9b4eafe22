// Host declarations of the configuration and of the lease file (OMAPI, replication), found by hardware, client identifier,
// other identifying option, and name. Chains are in declaration order (server reference §12.2).

import { assert } from '../std/assert.ts';
import { bytesEqual, type ByteWriter } from '../std/bytes.ts';
import type { Ipv4 } from '../std/ipv4.ts';
import type { AddressItem } from '../model/expression.ts';
import type { HostDeclaration, Scope, ServerConfig } from '../model/server-config.ts';
import type { OptionDefinition } from '../wire/option-table.ts';
import { writeComment } from './comment-records.ts';
import { DynamicHost } from './dynamic-host.ts';
import { hashBytes, HashIndex } from './hash-index.ts';
import { tombstone, writeHostRecord, type HostRecord } from './host-record.ts';
import type { HostScopes } from './host-scopes.ts';
import type { LeaseTable } from './lease-table.ts';
import type { NameTable } from './name-table.ts';

const none = -1;
/** Keep the three kinds of keys apart in one hash: htype is 0..255. */
const uidPrefix = 256;
const identifierPrefix = 512;
const noAddresses: readonly Ipv4[] = [];
const noHosts: readonly number[] = [];

/** A host is a number, -1 is none; numbers hold until `generation` goes up. */
export class HostTable {
  /**
   * Goes up when hosts are numbered anew, or a name of one resolves anew. PERF: a host that comes, goes or changes does not do it: it
   * gets a number that no other host had, so that what others keep by number stays good while thousands come one by one.
   */
  generation = 0;
  /** Whether `changes` is kept: somebody takes it after every step. */
  isWatched = false;
  /** Names of hosts changed on this node since. */
  readonly changes = new Set<string>();
  /** A record of this name was read from the lease file. */
  replayed: ((name: string) => void) | undefined = undefined;
  readonly #names: NameTable;
  readonly #table: LeaseTable;
  #config: ServerConfig;
  #configured: ReadonlyMap<string, HostDeclaration> | undefined = undefined;
  readonly #scopesFor: (config: ServerConfig) => HostScopes;
  #scopesOf: HostScopes;
  /** Records of the lease file by name, tombstones included, in order of their first appearance. */
  readonly #records = new Map<string, HostRecord>();

  // What follows is made from the above by `#build`, before the next lookup.
  #isStale = true;
  /** With holes where hosts went. */
  #hosts: (HostDeclaration | undefined)[] = [];
  #count = 0;
  /** Numbers that the indexes have room for. */
  #capacity = 0;
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

  get config(): ServerConfig {
    return this.#config;
  }

  // ── Lookups. PERF: no allocation, and no work besides a flag after the first one. ──
  get count(): number {
    this.#fresh();
    return this.#count;
  }
  /** Every host's number, in declaration order. */
  *numbers(): Generator<number> {
    for (let host = 0; host < this.numberCount; host++) if (this.isNumber(host)) yield host;
  }
  /** Numbers are below; not each of them is a host's. */
  get numberCount(): number {
    return this.#fresh().length;
  }
  isNumber(host: number): boolean {
    return this.#fresh()[host] !== undefined;
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
  /** Whether dhcpd.conf declares a host of this name, hidden or not. */
  isConfigured(name: string): boolean {
    return this.declared(name) !== undefined;
  }
  /** The host of this name in dhcpd.conf, hidden or not. */
  declared(name: string): HostDeclaration | undefined {
    this.#configured ??= new Map(this.#config.hosts.map((host) => [host.name, host]));
    return this.#configured.get(name);
  }
  /** The lease file's records, tombstones included. */
  records(): IterableIterator<HostRecord> {
    return this.#records.values();
  }
  /** A dynamic host or tombstone, written as dhcpd writes it; replaces, or hides, any host of the same name. */
  put(host: HostRecord, journal: ByteWriter | undefined): void {
    this.#changed(host.name, journal);
    this.place(host, journal);
  }
  /** As `put`, for what the partner did: it is no change of this node's. */
  place(host: HostRecord, journal: ByteWriter | undefined): void {
    // Last in order, as the record is the last one in the file.
    this.#records.delete(host.name);
    this.#records.set(host.name, host);
    if (journal !== undefined) writeHostRecord(journal, host);
    if (!this.#isStale) this.#replace(host);
  }
  /** Deletes by name; a host of the configuration stays hidden by a tombstone. False when there was none. */
  remove(name: string, journal: ByteWriter | undefined): boolean {
    const host = this.byName(name);
    if (host < 0) return false;
    const isStatic = this.#records.get(name)?.isStatic ?? this.declaration(host).source === 'configuration';
    this.put(tombstone(name, isStatic), journal);
    return true;
  }
  /** Forgets a deletion, so that a host of the configuration counts again. */
  restore(name: string, journal: ByteWriter | undefined): void {
    this.#changed(name, journal);
    this.forget(name, journal);
  }
  /** As `restore`, for what the partner did. */
  forget(name: string, journal: ByteWriter | undefined): void {
    this.#records.delete(name);
    if (journal !== undefined) writeComment(journal, { kind: 'host-restored', name });
    this.#renumber();
  }
  /** A host that was read has a version behind it in the file, or none; one that somebody changes gets a new one. */
  #changed(name: string, journal: ByteWriter | undefined): void {
    if (journal === undefined) this.replayed?.(name);
    else if (this.isWatched) this.changes.add(name);
  }
  /** After a name got a new answer: fixed addresses and withheld rows follow. */
  namesChanged(): void {
    this.#renumber();
    this.#fresh();
  }
  /** A group came: hosts that named it before have its statements from now on. */
  groupMade(): void {
    this.#scopesOf = this.#scopesFor(this.#config);
    this.namesChanged();
  }
  /** After the lease table's own reload. */
  reload(config: ServerConfig): void {
    this.#config = config;
    this.#configured = undefined;
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
  #renumber(): void {
    this.#isStale = true;
    this.generation++;
  }
  #fresh(): readonly (HostDeclaration | undefined)[] {
    if (this.#isStale) this.#build();
    return this.#hosts;
  }

  #build(): void {
    this.#isStale = false;
    const configured = this.#config.hosts.filter(({ name }) => !this.#records.has(name));
    const dynamic = [...this.#records.values()].filter(({ isDeleted }) => !isDeleted);
    const withheld = [...this.#byAddress.keys()];
    this.#clear(configured.length + dynamic.length);
    for (const host of configured) this.#attach(host);
    for (const host of dynamic) this.#attach(new DynamicHost(host, this.#scopesAround(host), this.#scopesOf));
    for (const ip of withheld) if (!this.#byAddress.has(ip)) this.#table.withhold(ip, false);
  }

  #clear(hostCount: number): void {
    this.#hosts = [];
    this.#count = 0;
    this.#addresses = [];
    this.#identifierOptions = [];
    this.#byName.clear();
    this.#byAddress.clear();
    this.#makeRoom(hostCount + spareHosts(hostCount));
  }
  #makeRoom(capacity: number): void {
    this.#byHardware = new HashIndex();
    this.#byUid = new HashIndex();
    this.#byIdentifier = new HashIndex();
    for (const index of [this.#byHardware, this.#byUid, this.#byIdentifier]) index.grow(capacity, () => 0);
    this.#capacity = capacity;
  }

  /** What a record changes, without looking at the other hosts: thousands may come one by one. */
  #replace(record: HostRecord): void {
    const before = this.#byName.get(record.name);
    if (before !== undefined) this.#detach(before);
    if (record.isDeleted) return;
    if (this.#hosts.length >= this.#capacity) {
      // Mostly holes: all is made anew.
      if (2 * this.#count < this.#hosts.length) return this.#renumber();
      this.#makeRoom(2 * this.#capacity);
      for (const host of this.numbers()) this.#index(host, this.declaration(host));
    }
    this.#attach(new DynamicHost(record, this.#scopesAround(record), this.#scopesOf));
  }

  #attach(declaration: HostDeclaration): void {
    const host = this.#hosts.length;
    const addresses = this.#addressesOf(declaration);
    this.#hosts.push(declaration);
    this.#addresses.push(addresses);
    this.#count++;
    if (!this.#byName.has(declaration.name)) this.#byName.set(declaration.name, host);
    this.#index(host, declaration);
    for (const ip of addresses) this.#hold(ip, host);
  }

  #detach(host: number): void {
    const declaration = this.declaration(host);
    if (declaration.hardware !== undefined) this.#byHardware.remove(host);
    if (declaration.uid !== undefined) this.#byUid.remove(host);
    if (declaration.identifier !== undefined) this.#byIdentifier.remove(host);
    for (const ip of this.#addresses[host] ?? noAddresses) this.#letGo(ip, host);
    this.#byName.delete(declaration.name);
    this.#addresses[host] = noAddresses;
    this.#hosts[host] = undefined;
    this.#count--;
  }

  #index(host: number, { hardware, uid, identifier }: HostDeclaration): void {
    if (hardware !== undefined)
      this.#byHardware.append(host, hashBytes(0, hardware.htype, hardware.address, 0, hardware.address.length));
    if (uid !== undefined) this.#byUid.append(host, hashBytes(0, uidPrefix, uid, 0, uid.length));
    if (identifier === undefined) return;
    const { option, value } = identifier;
    this.#byIdentifier.append(host, hashBytes(0, identifierPrefix + option.code, value, 0, value.length));
    if (!this.#identifierOptions.some((known) => isSameOption(known, option))) this.#identifierOptions.push(option);
  }

  /** A host of the configuration that was changed since still lies where it is written. */
  #scopesAround({ name, isStatic }: HostRecord): readonly Scope[] {
    const written = isStatic ? this.#config.hosts.find((host) => host.name === name) : undefined;
    return written?.scopes.filter(({ kind }) => kind !== 'host') ?? [];
  }

  /** PERF: a reload asks it of every host, and nearly all of them have one address, written as such. */
  #addressesOf({ fixedAddresses }: HostDeclaration): readonly Ipv4[] {
    const [first] = fixedAddresses;
    if (first === undefined) return noAddresses;
    return fixedAddresses.length === 1 ? this.#resolved(first) : fixedAddresses.flatMap((item) => this.#resolved(item));
  }
  #resolved(item: AddressItem): readonly Ipv4[] {
    return item.kind === 'address' ? [item.address] : (this.#names.addressesOf(item.name) ?? noAddresses);
  }

  /** A row of the lease table whose address is a host's is not for anybody else. */
  #hold(ip: Ipv4, host: number): void {
    const hosts = this.#byAddress.get(ip);
    if (hosts === undefined) {
      this.#byAddress.set(ip, [host]);
      this.#table.withhold(ip, true);
    } else if (hosts.at(-1) !== host) hosts.push(host);
  }
  #letGo(ip: Ipv4, host: number): void {
    const others = (this.#byAddress.get(ip) ?? noHosts).filter((holder) => holder !== host);
    if (others.length > 0) this.#byAddress.set(ip, others);
    else if (this.#byAddress.delete(ip)) this.#table.withhold(ip, false);
  }
}

/** Room for hosts that come while serving, before all is indexed anew. */
const spareHosts = (count: number): number => Math.max(64, count);

const isSameOption = (a: OptionDefinition, b: OptionDefinition): boolean => a.space === b.space && a.code === b.code;

function isSame(own: Uint8Array, bytes: Uint8Array, offset: number, length: number): boolean {
  if (own.length !== length) return false;
  if (offset === 0 && bytes.length === length) return bytesEqual(own, bytes);
  for (let i = 0; i < length; i++) if (own[i] !== bytes[offset + i]) return false;
  return true;
}
