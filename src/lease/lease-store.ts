// Everything the lease file holds, in memory: what replay fills, the node owns, and the rewrite of the file walks.

import type { ByteWriter } from '../std/bytes.ts';
import type { ServerConfig } from '../model/server-config.ts';
import { BootChoices } from './boot-choices.ts';
import { ContactTable } from './contact-table.ts';
import { FailoverRecords } from './failover-records.ts';
import { hostScopes } from './host-scopes.ts';
import { HostTable } from './host-table.ts';
import { KeptRecords } from './kept-records.ts';
import { LeaseTable } from './lease-table.ts';
import { NameTable } from './name-table.ts';
import { ReplicatedHosts } from './replicated-hosts.ts';
import { snapshotSlice } from './snapshot.ts';

export class LeaseStore {
  readonly names = new NameTable();
  readonly failover = new FailoverRecords();
  readonly contacts = new ContactTable();
  readonly bootChoices = new BootChoices();
  /** Groups, classes, server-duid and whatever else of a lease file is only carried along. */
  readonly kept = new KeptRecords();
  /** As given at first: what the lease file is read against. */
  readonly config: ServerConfig;
  readonly table: LeaseTable;
  readonly hosts: HostTable;
  readonly replicated: ReplicatedHosts;

  /** An empty store; `seed` salts the client indexes. `replay` fills it; without replay call `settle`. */
  constructor(config: ServerConfig, seed = 0) {
    this.config = config;
    this.table = new LeaseTable(config, seed);
    this.hosts = new HostTable(config, this.names, this.table, (current) => hostScopes(current, this.kept));
    this.replicated = new ReplicatedHosts(this.hosts);
  }

  /** After replay, or instead of it: queues, timers and withheld addresses. */
  settle(): void {
    this.table.settle();
    this.hosts.namesChanged();
    this.replicated.settle();
  }

  /**
   * Rewrite of the lease file in slices: appends complete records from `cursor` on, about `sizeWanted` bytes, and returns the
   * cursor to go on with, -1 when all is written. Cursor 0 starts. The table may change between slices: a row that changes
   * after its slice is in a later group, which the shell writes to both files.
   */
  snapshot(cursor: number, sizeWanted: number, out: ByteWriter): number {
    return snapshotSlice(this, cursor, sizeWanted, out);
  }
}
