// What the lease room costs with a million leases: run with `tsx test/bench/lease.bench.ts [leases]`. Prints times and sizes;
// asserts nothing.

import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ByteWriter } from '../../src/std/bytes.ts';
import type { UnixSeconds } from '../../src/std/time.ts';
import type { LeaseTable } from '../../src/lease/lease-table.ts';
import { LeaseStore } from '../../src/lease/lease-store.ts';
import { closeGroup } from '../../src/lease/journal-group.ts';
import { replay } from '../../src/lease/replay.ts';
import { writeHeader } from '../../src/lease/snapshot.ts';
import { testConfig } from '../../src/lease/testing.ts';

const count = Number(process.argv[2] ?? 1_000_000);
const firstAddress = 0x0a000000;
const dotted = (address: number): string => [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
const config = testConfig({ pools: [{ ranges: [`${dotted(firstAddress)}-${dotted(firstAddress + count - 1)}`] }] });
const residentMegabytes = (): string => `${(process.memoryUsage.rss() / 1e6).toFixed(0)} MB resident`;

function timed<T>(name: string, times: number, run: () => T): T {
  const started = process.hrtime.bigint();
  const result = run();
  const nanos = Number(process.hrtime.bigint() - started);
  const each = times > 1 ? `${(nanos / times).toFixed(0).padStart(6)} ns each` : '';
  console.log(`${name.padEnd(44)} ${(nanos / 1e6).toFixed(0).padStart(6)} ms ${each.padEnd(16)} ${residentMegabytes()}`);
  return result;
}

const mac = Uint8Array.of(2, 0, 0, 0, 0, 0);
const uid = Uint8Array.of(1, 2, 0, 0, 0, 0, 0);
const hostname = new Uint8Array(10).fill(97);
function identify(client: number): void {
  new DataView(mac.buffer).setUint32(2, client);
  uid.set(mac, 1);
}

/** What an ACK costs the table: find the client, or the next free address; change the row; write its record. */
function grant(table: LeaseTable, client: number, now: number, journal: ByteWriter): void {
  identify(client);
  let row = table.firstByUid(uid, 0, 7);
  if (row < 0) row = table.head(0, 1);
  const change = table.begin(row);
  change.state = 2;
  change.starts = now as UnixSeconds;
  change.cltt = now as UnixSeconds;
  change.ends = (now + 86_400) as UnixSeconds;
  change.setHardware(1, mac, 0, 6);
  change.setUid(uid, 0, 7);
  change.setHostname(hostname, 0, 10);
  table.apply(row, change, 'grant', journal);
}

const journal = new ByteWriter();
const drain = (): void => {
  if (journal.size > 60_000) journal.reset();
};
console.log(`${count} leases; ${residentMegabytes()} at start`);
const store = timed('construct', 1, () => new LeaseStore(config));
const { table } = store;
timed('settle', 1, () => store.settle());
timed('new leases', count, () => {
  for (let client = 0; client < count; client++, drain()) grant(table, client, 1_795_000_000 + (client >> 10), journal);
});
timed('renewals in random order', count, () => {
  for (let n = 0; n < count; n++, drain()) grant(table, (n * 7919) % count, 1_795_010_000 + (n >> 10), journal);
});

const folder = mkdtempSync(join(tmpdir(), 'leasehold-lease-bench-'));
const path = join(folder, 'leases');
const file = openSync(path, 'w+');
journal.reset();
writeHeader(journal, 'bench');
const slices = timed('snapshot to a file', 1, () => {
  let sequence = 0;
  for (let cursor = 0; cursor >= 0; ) {
    writeSync(file, journal.view());
    journal.reset();
    cursor = store.snapshot(cursor, 256 * 1024, journal);
    closeGroup(journal, 0, ++sequence);
  }
  writeSync(file, journal.view());
  return sequence;
});
const { size } = fstatSync(file);
console.log(`${slices} slices, ${(size / count).toFixed(0)} bytes a record`);
const again = new LeaseStore(config);
const report = timed('replay of that file into a second store', count, () =>
  replay((into, position) => readSync(file, into, 0, into.length, position), size, again, 1_795_400_000 as UnixSeconds),
);
console.log(`${report.leases} leases in ${report.groups} groups, ${report.problemCount} problems`);
timed('expiry of all', count, () => {
  for (let row = table.dueRow(0x7fffffff as UnixSeconds); row >= 0; row = table.dueRow(0x7fffffff as UnixSeconds), drain()) {
    const change = table.begin(row);
    change.state = 1;
    table.apply(row, change, 'expire', journal);
  }
});
closeSync(file);
rmSync(folder, { recursive: true });
