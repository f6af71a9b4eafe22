// Lease files as trees: what dhcpd 4.4.3 wrote itself reads without complaint, damage costs one statement, text comes back.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { OptionTable } from './option-table.ts';
import { parseLeaseFile } from './parse-lease-file.ts';
import type { Parsed } from './parse.ts';
import { print } from './printer.ts';
import { decodeSource } from './source-text.ts';
import { shapeOf } from './testing.ts';

const parse = (text: string): Parsed => parseLeaseFile({ name: 'dhcpd.leases', text }, new OptionTable());
const kinds = (text: string): string[] => parse(text).tree.body.map(({ kind }) => kind);

for (const name of ['primary', 'secondary'])
  test(`what dhcpd wrote as ${name} is read, printed and read again`, () => {
    const { tree, diagnostics } = parse(decodeSource(readFileSync(`test/golden/leases/dhcpd-4.4.3-${name}.leases`)));
    assert.deepEqual(diagnostics, []);
    assert.ok(tree.body.length > 50);
    const printed = print(tree);
    assert.deepEqual(shapeOf(parse(printed).tree), shapeOf(tree));
    assert.equal(print(parse(printed).tree), printed);
  });

const record = `lease 10.9.0.120 {
  starts 0 2026/11/22 18:48:55;
  ends never;
  cltt epoch 1795370935;
  binding state active;
  next binding state free;
  rewind binding state free;
  reserved;
  billing subclass "cable" "p7-1";
  hardware ethernet 02:00:00:00:00:21;
  uid "\\001\\002\\000\\000\\000\\000!";
  set num = %258;
  set bin = "\\000\\001\\"\\377";
  set yes = true;
  option agent.circuit-id "p7-1";
  option agent.remote-id aa:bb:cc:dd:ee:01;
  client-hostname "pc-1";
  on expiry or release {
    log(info, concat("gone ", binary-to-ascii(10, 8, ".", leased-address)));
  }
}
`;

test('a full record, statement by statement', () => {
  const { tree, diagnostics } = parse(record);
  assert.deepEqual(diagnostics, []);
  const [lease] = tree.body;
  assert.ok(lease?.kind === 'lease');
  assert.deepEqual(
    lease.members.flatMap((member) => (member.kind === 'lease-time' ? [[member.word, member.time.seconds]] : [])),
    [['starts', 1795373335], ['ends', 0xffffffff], ['cltt', 1795370935]],
  );
  assert.equal(print(tree), record.replace('epoch 1795370935', '0 2026/11/22 18:08:55'));
});

test('other records', () => {
  const text = `authoring-byte-order little-endian;
server-duid "\\000\\001";
host om1 { dynamic; hardware ethernet 02:00:00:00:09:01; fixed-address 10.9.0.60,10.9.0.61; group "g"; supersede server.filename = "px"; }
host om2 { dynamic; deleted; }
group "g" { dynamic; }
group "h" { deleted; }
class "cable" { dynamic; lease limit 4; match
     option agent.circuit-id; }
subclass "cable" 1:2 { dynamic; }
failover peer "x" state { my state normal at 0 2026/11/22 18:20:01; partner state partner-down; mclt 3600; }
`;
  const { diagnostics } = parse(text);
  assert.deepEqual(diagnostics, []);
  assert.deepEqual(kinds(text), [
    'authoring-byte-order', 'server-duid', 'host', 'host', 'group', 'group', 'class', 'subclass', 'failover-state',
  ]);
});

test('damage costs one statement, and the records around it are kept', () => {
  const text = `lease 10.0.0.1 { binding state active; foo bar; starts never; }
x y;
\u0000\u0000lease 10.0.0.2 { binding state free; }
lease 10.0.0.3 { binding`;
  const { tree, diagnostics } = parse(text);
  assert.deepEqual(kinds(text), ['lease', 'skipped', 'skipped', 'lease']);
  const [first] = tree.body;
  assert.deepEqual(first?.kind === 'lease' ? first.members.map(({ kind }) => kind) : [], ['binding-state', 'skipped', 'lease-time']);
  assert.deepEqual(diagnostics.map(({ code }) => code), ['C0702', 'C0701', 'C0701', 'C0025', 'C0023']);
});

test('twenty thousand records are read in seconds, not minutes', () => {
  const text = Array.from({ length: 20_000 }, (_, index) => record.replace('10.9.0.120', `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`)).join('');
  const started = process.cpuUsage();
  const { tree } = parse(text);
  const elapsed = process.cpuUsage(started).user / 1000;
  assert.equal(tree.body.length, 20_000);
  assert.ok(elapsed < 5000, `${elapsed.toFixed(0)} ms of processor time`);
});
