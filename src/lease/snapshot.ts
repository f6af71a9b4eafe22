// Rewriting the lease file in slices, in dhcpd's order (dhcpd-leases reference §7): cold records, then leases by pool and
// state, then leases outside every range.

import { assert } from '../std/assert.ts';
import type { ByteWriter } from '../std/bytes.ts';
import { bindingCode } from '../model/binding-state.ts';
import { leaseFileFormat, writeComment } from './comment-records.ts';
import { closeGroup } from './journal-group.ts';
import type { LeaseStore } from './lease-store.ts';

/** What a rewritten file begins with; it is a group of its own, so that every byte of the file is in one. */
export function writeHeader(out: ByteWriter, version: string): void {
  const from = out.size;
  out.text('# The format of this file is documented in the dhcpd.leases(5) manual page.\n');
  out.text(`# This lease file was written by leasehold-${version}\n\n`);
  out.text('# authoring-byte-order entry is generated, DO NOT DELETE\nauthoring-byte-order little-endian;\n\n');
  writeComment(out, { kind: 'format', format: leaseFileFormat });
  closeGroup(out, from, 0);
}

/** Within a pool: the order of dhcpd's queues; what it has no queue for comes with the active ones. */
const passes: readonly (readonly number[])[] = [
  [bindingCode.free],
  [bindingCode.active],
  [bindingCode.expired, bindingCode.released, bindingCode.reset],
  [bindingCode.abandoned],
  [bindingCode.backup],
];
/** Rows looked at per slice at most, so that a slice of a mostly unused table stays short. */
const rowsPerSlice = 65_536;

/**
 * Appends about `sizeWanted` bytes of complete records and returns the cursor to go on with, -1 at the end. Cursor 0: cold
 * records; 1 + pass × rows + row: leases. A row that changes its state between passes may be in none or in two of them: its new
 * record is in a group that was written to the new file as well, and the later record counts.
 */
export function snapshotSlice(store: LeaseStore, cursor: number, sizeWanted: number, out: ByteWriter): number {
  if (cursor === 0) {
    store.kept.snapshot(out);
    store.hosts.snapshot(out);
    store.replicated.snapshot(out);
    for (const [name, addresses] of store.names.entries()) store.names.write(out, name, addresses);
    store.contacts.snapshot(out);
    store.bootChoices.snapshot(out);
    store.failover.snapshot(out);
    store.kept.snapshotDuid(out);
    return 1;
  }
  return leaseSlice(store, cursor - 1, out.size + sizeWanted, out);
}

function leaseSlice(store: LeaseStore, cursor: number, sizeMax: number, out: ByteWriter): number {
  const { table } = store;
  const rows = rowsPerPass;
  let pass = Math.floor(cursor / rows);
  let row = cursor % rows;
  assert(pass <= passes.length, 'a cursor comes from the slice before');
  for (let looked = 0; looked < rowsPerSlice && out.size < sizeMax; looked++, row++) {
    while (row >= table.rowCount) {
      row = 0;
      if (++pass >= passes.length) return -1;
    }
    const isInPass = passes[pass]?.includes(table.state(row)) ?? false;
    if (isInPass && isWritten(store, row)) table.record(row, out);
  }
  return 1 + pass * rows + row;
}

/** More rows than a table can have: there are not that many addresses. */
const rowsPerPass = 2 ** 32;

/** A never used free address is only written where the partner must learn whose it is, or where an operator left a mark on it. */
const isWritten = ({ table }: LeaseStore, row: number): boolean =>
  table.peer(row) >= 0 ||
  (table.isRecorded(row) &&
    !(table.state(row) === bindingCode.free && table.isUnused(row) && !table.isReserved(row) && !table.hasExtras(row)));
