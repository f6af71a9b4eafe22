// Reading lease files: dhcpd's own, damaged ones (dhcpd-leases reference §9), and our journal cut at every byte.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByteWriter, fromLatin1, latin1 } from '../std/bytes.ts';
import { forever } from '../std/time.ts';
import { LeaseStore } from './lease-store.ts';
import { describeProblem, replayBytes, type ReplayReport } from './replay.ts';
import { at, bytes, ip, mac, recordText, testConfig } from './testing.ts';

const wall = at(1_795_400_000); // 2026-11-23 02:13:20
const config = testConfig({ pools: [{ ranges: ['10.9.0.100-10.9.0.130'] }] });

interface Outcome {
  readonly store: LeaseStore;
  readonly report: ReplayReport;
  /** Codes with lines: `bad-value 7`. */
  readonly said: readonly string[];
}
function read(text: string, withConfig = config): Outcome {
  const store = new LeaseStore(withConfig);
  const report = replayBytes(latin1(text), store, wall);
  return { store, report, said: report.problems.map(({ code, line }) => `${code} ${line}`) };
}
/** Records of everything that was read, in order of address. */
function records({ store }: Outcome): string {
  const { table } = store;
  const rows = Array.from({ length: table.rowCount }, (_, row) => row).filter((row) => table.isRecorded(row));
  return rows.toSorted((a, b) => table.ip(a) - table.ip(b)).map((row) => recordText(table, row)).join('');
}

const lease = (address: string, hardware: string, middle = ''): string => `lease ${address} {
  starts 0 2026/11/22 18:48:55;
  ends 2 2026/11/24 18:58:55;
  cltt 0 2026/11/22 18:48:55;
  binding state active;
  next binding state free;
  rewind binding state free;
${middle}  hardware ethernet ${hardware};
}
`;
const first = lease('10.9.0.120', '02:00:00:00:00:21');
const second = lease('10.9.0.121', '02:00:00:00:00:22');
const older = lease('10.9.0.120', '02:00:00:00:00:aa');

test('records of the reference come out as they went in', () => {
  const text = `lease 10.9.0.118 {
  starts 0 2026/11/22 18:48:55;
  ends 1 2026/11/23 18:48:56;
  tstp 1 2026/11/23 18:48:56;
  cltt 0 2026/11/22 18:48:55;
  binding state abandoned;
  next binding state free;
  rewind binding state free;
}
lease 10.9.0.119 {
  starts 0 2026/11/22 18:48:55;
  ends 0 2026/11/22 18:48:56;
  tstp 0 2026/11/22 18:48:56;
  cltt 0 2026/11/22 18:48:55;
  binding state free;
  hardware ethernet 02:00:00:00:00:22;
  uid "\\377\\000\\021\\"3";
}
lease 10.9.0.120 {
  starts 0 2026/11/22 18:48:55;
  ends 0 2026/11/22 18:58:55;
  cltt 0 2026/11/22 18:48:55;
  binding state active;
  next binding state free;
  rewind binding state free;
  billing subclass "cable" "p7-1";
  hardware ethernet 02:00:00:00:00:21;
  uid "\\001\\002\\000\\000\\000\\000!";
  set num = %258;
  set bin = "\\000\\001\\"\\377";
  set clientip = "10.9.0.120";
  set vendor-class-identifier = "MSFT 5.0";
  option agent.circuit-id "p7-1";
  option agent.remote-id aa:bb:cc:dd:ee:1;
  client-hostname "pc-1";
  on expiry or release {
    log (info, 
        concat ("gone ", 
                binary-to-ascii (10, 8, ".", leased-address)));
    execute ("/bin/true", 
        binary-to-ascii (10, 8, ".", leased-address), "x");
  }
}
`;
  const outcome = read(text);
  assert.deepEqual(outcome.said, []);
  assert.equal(records(outcome), text);
  assert.equal(outcome.report.leases, 3);
});

test('the last complete record of an address counts', () => {
  const outcome = read(older + second + first);
  assert.equal(records(outcome), first + second);
  assert.deepEqual(outcome.said, []);
});

test('hexadecimal uid, epoch times, never, zone offsets and unusual spelling are read', () => {
  const outcome = read(`lease 10.9.0.120{starts epoch 1795370934; # Sun Nov 22 18:08:54 2026
ends never;tstp 0 2026/11/22 19:08:55 3600; cltt 0 2026/1/2 3:4:5;
  binding   state active ; hardware
    unknown-77 1:2:FF; uid 01:ff:0; client-hostname pc-9; dynamic-bootp; reserved }
`);
  const { table } = outcome.store;
  const row = table.rowOf(ip('10.9.0.120'));
  assert.deepEqual(outcome.said, []);
  const read_ = table.lease(row);
  assert.deepEqual(
    { ...read_, hardware: undefined, uid: undefined },
    {
      ip: ip('10.9.0.120'), state: 'active', nextState: 'free', rewindState: undefined,
      starts: 1795370934, ends: forever, tstp: 1795370935, tsfp: 0, atsfp: 0, cltt: 1767323045,
      hardware: undefined, uid: undefined, isReserved: true, isBootp: true,
      extras: { variables: [], agentOptions: undefined, clientHostname: 'pc-9', billing: undefined, handlers: undefined },
    },
  );
  assert.deepEqual(read_.hardware, { htype: 77, address: Uint8Array.of(1, 2, 255) });
  assert.deepEqual(read_.uid, Uint8Array.of(1, 255, 0));
});

/** §9, first table: what dhcpd accepts or loses, and what we make of it. */
const damaged: readonly { readonly id: string; readonly text: string; readonly said: readonly string[]; readonly kept: string }[] = [
  {
    id: 'an unknown statement costs that statement, not two records',
    text: lease('10.9.0.120', '02:00:00:00:00:21', '  foo bar;\n') + second, said: ['unknown-statement 8'], kept: first + second,
  },
  {
    id: 'a missing closing brace costs one record',
    text: older + first.replace('}\n', '') + second, said: ['missing-brace 10'], kept: older + second,
  },
  { id: 'NUL bytes between records cost nothing', text: `${first}\0\0\0\0${second}`, said: ['nul-bytes 10'], kept: first + second },
  { id: 'garbage words between records', text: `${first}x y;\n${second}`, said: ['garbage 10'], kept: first + second },
  {
    id: 'the same statement twice: the later one',
    text: lease('10.9.0.120', '02:00:00:00:00:21', '  starts 1 2026/11/23 00:00:00;\n'), said: [],
    kept: first.replace('starts 0 2026/11/22 18:48:55', 'starts 1 2026/11/23 00:00:00'),
  },
  {
    id: 'an address in no range is kept and written again',
    text: lease('10.8.0.1', '02:00:00:00:00:21') + second, said: ['no-range 1'], kept: lease('10.8.0.1', '02:00:00:00:00:21') + second,
  },
  {
    id: 'an option that is no agent option',
    text: lease('10.9.0.120', '02:00:00:00:00:21', '  option routers 10.9.0.1;\n'), said: ['unknown-statement 8'], kept: first,
  },
  {
    id: 'an element over ff in the hardware address: the record is not believed',
    text: older + lease('10.9.0.120', '02:00:00:00:00:121'), said: ['bad-value 10'], kept: older,
  },
  {
    id: 'a value that begins with a number token',
    text: lease('10.9.0.120', '02:00:00:00:00:21', '').replace('}\n', '  set x = 01:ff;\n}\n'), said: [],
    kept: first.replace('}\n', '  set x = "\\001\\377";\n}\n'),
  },
  {
    id: 'timestamp is an unknown statement',
    text: lease('10.9.0.120', '02:00:00:00:00:21', '  timestamp 0 2026/11/22 18:48:55;\n'), said: ['unknown-statement 8'], kept: first,
  },
  {
    id: 'a state nobody knows',
    text: older + first.replace('binding state active', 'binding state actve'), said: ['bad-value 10'], kept: older,
  },
  {
    id: 'a date nobody can read',
    text: older + first.replace('2026/11/24', '2026/13/24'), said: ['bad-value 10'], kept: older,
  },
  {
    id: 'the class of a billing is not looked up here',
    text: lease('10.9.0.120', '02:00:00:00:00:21', '  billing class "zz";\n'), said: [],
    kept: lease('10.9.0.120', '02:00:00:00:00:21', '  billing class "zz";\n'),
  },
  {
    id: 'dhcpd does not escape the key of a subclass',
    text: lease('10.9.0.120', '02:00:00:00:00:21', '  billing subclass "port" "a"b\\c\'d$e`f";\n'), said: [],
    kept: lease('10.9.0.120', '02:00:00:00:00:21', '  billing subclass "port" 61:22:62:5c:63:27:64:24:65:60:66;\n'),
  },
  {
    id: 'DHCPv6 records are dropped and said',
    text: `ia-na "\\001" {\n  cltt 0 2026/11/22 18:48:55;\n  iaaddr 2001:db8::1 {\n    binding state active;\n  }\n}\n${first}`,
    said: ['not-served 1'], kept: first,
  },
  { id: 'an address that is none', text: `lease 10.9.0.300 {\n  binding state free;\n}\n${first}`, said: ['bad-value 1'], kept: first },
  { id: 'an empty file', text: '', said: [], kept: '' },
];
for (const { id, text, said, kept } of damaged)
  test(`damage: ${id}`, () => {
    const outcome = read(text);
    assert.deepEqual(outcome.said, said);
    assert.equal(records(outcome), kept);
  });

test('what a record leaves out: binding state, old words, states without a peer', () => {
  const rows = [
    { text: '  ends 2 2026/11/24 18:58:55;\n', state: 2 },
    { text: '  ends 0 2026/11/22 18:58:55;\n', state: 1 },
    { text: '  on expiry { log (info, "x"); }\n', state: 2 },
    { text: '  abandoned;\n', state: 5 },
    { text: '  binding state bootp;\n', state: 2 },
    { text: '  binding state backup;\n', state: 7 },
    { text: '  binding state expired;\n', state: 3 },
  ] as const;
  for (const { text, state } of rows) {
    const { store } = read(`lease 10.9.0.120 {\n${text}}\n`);
    const row = store.table.rowOf(ip('10.9.0.120'));
    assert.equal(store.table.state(row), state, text);
    if (state === 7 || state === 3) assert.equal(store.table.dueRow(wall), row, 'without a peer it becomes free at start');
  }
  const { store } = read('lease 10.9.0.120 {\n  binding state bootp;\n}\n');
  assert.equal(store.table.isBootp(store.table.rowOf(ip('10.9.0.120'))), true);
});

test('a dhcpd file that ends inside its last record: the earlier record stays, wherever the cut is', () => {
  const last = lease('10.9.0.120', '02:00:00:00:00:21', '').replace(
    '}\n', '  uid "\\001\\002xyz";\n  client-hostname "pc-1";\n}\n',
  );
  const whole = older + second;
  for (let cut = 1; cut < last.length - 2; cut++) {
    const outcome = read(whole + last.slice(0, cut));
    assert.equal(records(outcome), older + second, `cut after ${JSON.stringify(last.slice(0, cut))}`);
    if (cut >= 6) {
      assert.deepEqual(outcome.said, ['cut-record 19']);
      assert.equal(outcome.report.goodSize, whole.length);
    }
  }
  for (const cut of [last.length - 1, last.length]) {
    const outcome = read(whole + last.slice(0, cut));
    assert.deepEqual(outcome.said, []);
    assert.equal(records(outcome), last + second);
    assert.equal(outcome.report.isLineOpen, cut < last.length);
  }
});

test('hosts, groups, classes, failover states and the duid are kept over a rewrite', () => {
  const text = `authoring-byte-order little-endian;
class "cable" {
  dynamic;
  lease limit 4;
  match 
     option agent.circuit-id;
}

group "g" {
  dynamic;
}
host om1 {
  dynamic;
  hardware ethernet 02:00:00:00:09:01;
  uid "abc";
  fixed-address 10.9.0.125,ns.example;
  group "g";
        supersede server.filename = "px";
        supersede server.next-server = 0a:09:00:07;
}
host om2 {
  dynamic;
  deleted;
}

failover peer "x" state {
  my state normal at 0 2026/11/22 18:20:01;
  partner state communications-interrupted at 0 2026/11/22 18:20:02;
  mclt 3600;
}
server-duid "\\000\\001;";

# leasehold name ns.example 10.9.0.126
# leasehold contact 10.9.0.60 1795370934 never 1 02:00:00:00:00:21 master%200
# leasehold served 1795370999 x
# leasehold pair 3f-9a x
# leasehold strange thing
`;
  const withHosts = testConfig({
    pools: [{ ranges: ['10.9.0.100-10.9.0.130'] }],
    hosts: [{ name: 'om2', hardware: '020000000902' }, { name: 'om1', hardware: '020000000903' }, { name: 'c', uid: 'abc' }],
  });
  const { store, said } = read(text, withHosts);
  assert.deepEqual(said, ['bad-comment 37']);
  const { hosts, failover, contacts, names, table } = store;
  assert.deepEqual([...hosts.numbers()].map((host) => hosts.declaration(host).name), ['c', 'om1']);
  assert.equal(hosts.byName('om2'), -1);
  assert.equal(hosts.firstByHardware(1, mac('020000000903'), 0, 6), -1, 'hidden by the dynamic host of its name');
  assert.equal(hosts.firstByHardware(1, mac('020000000901'), 0, 6), 1);
  assert.deepEqual([hosts.firstByUid(bytes('abc'), 0, 3), hosts.nextByUid(0), hosts.nextByUid(1)], [0, 1, -1]);
  assert.deepEqual(hosts.fixedAddresses(1), [ip('10.9.0.125'), ip('10.9.0.126')]);
  assert.deepEqual([hosts.byFixedAddress(ip('10.9.0.126')), table.isWithheld(table.rowOf(ip('10.9.0.126')))], [[1], true]);
  assert.deepEqual(failover.state('x'), {
    my: { state: 'normal', at: 1795371601 }, partner: { state: 'communications-interrupted', at: 1795371602 }, mclt: 3600,
  });
  assert.deepEqual([failover.identity('x'), failover.lastServed('x')], ['3f-9a', 1795370999]);
  assert.equal(contacts.get(ip('10.9.0.60'))?.host, 'master 0');
  assert.deepEqual(names.addressesOf('NS.example'), [ip('10.9.0.126')]);
  const rewritten = snapshotText(store);
  for (const line of text.split('\n').slice(1)) if (!line.startsWith('# leasehold strange')) assert.ok(rewritten.includes(`${line}\n`), line);
  assert.equal(snapshotText(read(rewritten, withHosts).store), rewritten);
});

test('what a partner acknowledged is read from its line, which counts for the record above it', () => {
  const table = (outcome: Outcome): readonly number[] => {
    const row = outcome.store.table.rowOf(ip('10.9.0.120'));
    return [outcome.store.table.tsfp(row), outcome.store.table.atsfp(row)];
  };
  const line = '# leasehold agreed 10.9.0.120 1795500000\n';
  assert.deepEqual(table(read(`${first}${line}`)), [1_795_500_000, 1_795_500_000]);
  assert.deepEqual(table(read(`${line}${first}`)), [0, 0]);
  assert.deepEqual(table(read(`${first}${line}# leasehold clock-step -10\n`)), [1_795_499_990, 1_795_499_990]);
  assert.deepEqual(table(read(`${first}# leasehold agreed 10.9.0.120 4294967295\n`)), [forever, forever]);
  assert.deepEqual(read(`${first}# leasehold agreed 10.1.1.1 1795500000\n`).said, ['bad-record 10']);
  for (const bad of ['10.9.0.120', '10.9.0.120 0', '10.9.0.120 4294967296', '10.9.0.120 17955000001', '10.9.0.256 1795500000', '10.9.0 1795500000', '10.9.0.120 1795500000 x', '10.9.0.120 '])
    assert.deepEqual([read(`${first}# leasehold agreed ${bad}\n`).said, table(read(`${first}# leasehold agreed ${bad}\n`))], [['bad-comment 10'], [0, 0]], bad);
});

test('problems are told with line and sentence', () => {
  const { report } = read(`${first}lease 10.9.0.121 {\n  foo bar;\n}\n`);
  assert.deepEqual(report.problems.map(describeProblem), ['line 11: unknown statement "foo bar;" is passed over']);
});

function snapshotText(store: LeaseStore): string {
  const out = new ByteWriter();
  for (let cursor = 0; cursor >= 0; ) cursor = store.snapshot(cursor, 500, out);
  return fromLatin1(out.view());
}
