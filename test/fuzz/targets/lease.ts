// Fuzz targets of the lease room: the lease file, which operators edit and disks damage, and its comment records.

import { readFileSync } from 'node:fs';
import { ByteWriter, latin1 } from '../../../src/std/bytes.ts';
import type { Lease } from '../../../src/model/lease.ts';
import { readComment, writeComment } from '../../../src/lease/comment-records.ts';
import { closeGroup } from '../../../src/lease/journal-group.ts';
import { LeaseStore } from '../../../src/lease/lease-store.ts';
import { replayBytes } from '../../../src/lease/replay.ts';
import { writeHeader } from '../../../src/lease/snapshot.ts';
import { at, testConfig } from '../../../src/lease/testing.ts';
import { must, type FuzzTarget } from '../target.ts';

const config = testConfig({ pools: [{ ranges: ['10.9.0.100-10.9.0.120'] }, { ranges: ['10.9.1.1-10.9.1.4'], peer: 0 }], roles: ['primary'] });
const wall = at(1_795_400_000);

const dhcpdFile = (id: string): string =>
  readFileSync(new URL(`../../golden/leases/dhcpd-4.4.3-${id}.leases`, import.meta.url), 'latin1');

function seeds(): Uint8Array[] {
  const records = ['extras', 'primary', 'secondary'].flatMap((id) => dhcpdFile(id).match(/^(lease|failover) [^]*?^\}\n/gm) ?? []);
  const some = records.filter((_, index) => index % 7 === 0);
  const journal = new ByteWriter();
  writeHeader(journal, 'fuzz');
  for (const [index, record] of some.slice(0, 4).entries()) {
    const from = journal.size;
    journal.text(record);
    closeGroup(journal, from, index + 1);
  }
  return [
    ...some.map(latin1),
    journal.copy(),
    latin1('host a {\n  dynamic;\n  hardware ethernet 02:00:00:00:00:01;\n  fixed-address 10.9.0.101,n.example;\n        option host-name "a";\n}\n'),
    latin1('group "g" {\n  dynamic;\n}\nclass "c" {\n  dynamic;\n  match option agent.circuit-id;\n}\n\nserver-duid "\\000\\001";\n'),
    latin1('# leasehold contact 10.9.0.101 5 never 1 02:00:00:00:00:01 a\n# leasehold name n.example 10.9.0.102\n# leasehold clock-step -5\n'),
  ];
}

function leasesOf({ table }: LeaseStore): Lease[] {
  return Array.from({ length: table.rowCount }, (_, row) => row)
    .filter((row) => table.isRecorded(row) && !(table.isUnused(row) && table.state(row) === 1))
    .map((row) => table.lease(row))
    .toSorted((a, b) => a.ip - b.ip);
}

/** Reading never fails, and what was read is the same after it was written and read once more. */
function leaseFile(input: Uint8Array): string {
  const store = new LeaseStore(config);
  const report = replayBytes(input, store, wall);
  must(report.goodSize <= input.length, 'what is believed is part of the file');
  const out = new ByteWriter();
  for (let cursor = 0; cursor >= 0; ) cursor = store.snapshot(cursor, 1000, out);
  closeGroup(out, 0, 1);
  const again = new LeaseStore(config);
  const second = replayBytes(out.view(), again, wall);
  const unexpected = second.problems.filter(({ code }) => code !== 'no-range' && code !== 'unknown-statement');
  must(unexpected.length === 0, `a rewrite is read without a problem, not ${unexpected[0]?.code} ${unexpected[0]?.detail}`);
  must(JSON.stringify(leasesOf(again)) === JSON.stringify(leasesOf(store)), 'a rewrite holds the same leases');
  must(again.hosts.count === store.hosts.count, 'a rewrite holds the same hosts');
  return [...new Set(report.problems.map(({ code }) => code))].toSorted().join(' ') || `clean ${Math.min(report.leases, 3)}`;
}

function comment(input: Uint8Array): string {
  const line = String.fromCharCode(...input).split('\n')[0] ?? '';
  const record = readComment(`# leasehold ${line}`);
  if (record === undefined) return 'none';
  const out = new ByteWriter();
  writeComment(out, record);
  must(JSON.stringify(readComment(String.fromCharCode(...out.view()).trimEnd())) === JSON.stringify(record), 'a comment reads as written');
  return record.kind;
}

export const targets: readonly FuzzTarget[] = [
  { name: 'lease-file', seeds, sizeMax: 4096, run: leaseFile },
  {
    name: 'lease-comment',
    seeds: () =>
      ['contact 10.9.0.101 5 never 1 02:00:00:00:00:01 a%20b', 'name n.example 10.9.0.102', 'served 7 x', 'pair ab-1 x', 'clock-step -5'].map(latin1),
    sizeMax: 300,
    run: comment,
  },
];
