// Host declarations of the configuration and of the lease file (OMAPI, replication), found by hardware, client identifier,
// other identifying option, and name. Chains are in declaration order (server reference §12.2).

import type { ByteWriter } from '../std/bytes.ts';
import { InvariantError } from '../std/assert.ts';
import type { Ipv4 } from '../std/ipv4.ts';
import type { HostDeclaration, ServerConfig } from '../model/server-config.ts';
import type { OptionDefinition } from '../wire/option-table.ts';
import type { LeaseTable } from './lease-table.ts';
import type { NameTable } from './name-table.ts';

const pending = (): never => {
  throw new InvariantError('host table is being written');
};

/** A host is a number, -1 is none; numbers are valid until `reload` or a change of dynamic hosts (`generation`). */
export class HostTable {
  /** Goes up whenever a host comes, goes or changes. */
  generation = 0;
  constructor(_config: ServerConfig, _names: NameTable, _table: LeaseTable) {}

  get count(): number { return pending(); }
  declaration(_host: number): HostDeclaration { return pending(); }
  /** PERF: no allocation in the lookups of this block. */
  firstByHardware(_htype: number, _bytes: Uint8Array, _offset: number, _length: number): number { return pending(); }
  nextByHardware(_host: number): number { return pending(); }
  firstByUid(_bytes: Uint8Array, _offset: number, _length: number): number { return pending(); }
  nextByUid(_host: number): number { return pending(); }
  /** Options that some host is identified by (`host-identifier option X …`), in order of first use; mostly empty. */
  get identifierOptions(): readonly OptionDefinition[] { return pending(); }
  firstByIdentifier(_option: OptionDefinition, _bytes: Uint8Array, _offset: number, _length: number): number { return pending(); }
  nextByIdentifier(_host: number): number { return pending(); }
  /** Compared with case, as dhcpd does. */
  byName(_name: string): number { return pending(); }
  /** Hosts that name this address, in declaration order: several may (bonded NICs) and are one holder. */
  byFixedAddress(_ip: number): readonly number[] { return pending(); }
  /** Fixed addresses in the order written, names by their last good answers; empty when the host has none or none resolved. */
  fixedAddresses(_host: number): readonly Ipv4[] { return pending(); }

  /** Cold. A dynamic host (OMAPI, replication): journaled as dhcpd writes it; replaces one of the same name. */
  putDynamic(_host: HostDeclaration, _statements: string, _journal: ByteWriter | undefined): void { pending(); }
  /** Cold. Deletes by name; a host of the configuration stays hidden by a tombstone. False when there was none. */
  remove(_name: string, _journal: ByteWriter | undefined): boolean { return pending(); }
  /** After a name got a new answer: fixed addresses and withheld rows follow. */
  namesChanged(): void { pending(); }
  reload(_config: ServerConfig): void { pending(); }
  /** Appends tombstones, then dynamic hosts (dhcpd-leases reference §7). */
  snapshot(_out: ByteWriter): void { pending(); }
}
