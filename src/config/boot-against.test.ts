// What keeps profiles from giving machines their first file, said by `check` and at start, at the words that do it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Diagnostic } from '../model/diagnostic.ts';
import { expectGolden } from './caret-testing.ts';
import { check } from './testing.ts';

const net = 'subnet 10.0.0.0 netmask 255.255.255.0 { }\nhost web-1 { hardware ethernet 52:54:00:00:00:02; }\n';
const profile = 'profile "web" { match host "web-*"; kernel "k"; }';

interface Row {
  readonly id: string;
  readonly conf?: string;
  readonly boot?: string;
  /** Words that are marked, each with a part of what is said. */
  readonly said: readonly (readonly [words: string, message: RegExp])[];
}
const head = 'profile "web"';
const rows: readonly Row[] = [
  { id: 'nothing is wrong', boot: profile, said: [] },
  { id: 'no profile, no complaint', conf: 'filename "pxelinux.0";', boot: 'tftp-port 0; http-port 0;', said: [] },
  { id: 'no TFTP', boot: `${profile} tftp-port 0;`, said: [[head, /^boot profiles give no first file to firmware that loads by TFTP: tftp-port is 0$/]] },
  { id: 'TFTP where no ROM looks for it', boot: `tftp-port 6969; ${profile}`, said: [[head, /tftp-port is 6969, and firmware knows no other than 69$/]] },
  { id: 'no HTTP, on purpose', boot: `${profile} http-port 0;`, said: [] },
  { id: 'no HTTP, and a loader for it', boot: `${profile} http-port 0; http-x64-loader "a.efi";`, said: [[head, /loads by HTTP: http-port is 0$/]] },
  { id: 'a BIOS file for all', conf: 'filename "pxelinux.0";', boot: profile, said: [['filename "pxelinux.0";', /told pxelinux\.0, also UEFI firmware, which cannot run it$/]] },
  {
    id: 'a UEFI file for a group', conf: 'group { filename "grub2/shimx64.efi"; host web-2 { hardware ethernet 52:54:00:00:00:03; } }', boot: profile,
    said: [['filename "grub2/shimx64.efi";', /told grub2\/shimx64\.efi, also a BIOS, which cannot run it$/]],
  },
  { id: 'a name that does not say', conf: 'filename "loader";', boot: profile, said: [] },
  { id: 'a host’s own file', conf: 'host db-1 { hardware ethernet 52:54:00:00:00:04; filename "pxelinux.0"; }', boot: profile, said: [] },
  { id: 'a pool of strangers', conf: 'subnet 10.0.1.0 netmask 255.255.255.0 { pool { range 10.0.1.9; filename "pxelinux.0"; } }', boot: profile, said: [] },
  {
    id: 'a pool that hosts are declared inside, as ocp4-helpernode writes it',
    conf: 'subnet 10.0.1.0 netmask 255.255.255.0 { pool { range 10.0.1.9; filename "pxelinux.0"; host m { hardware ethernet 52:54:00:00:00:05; } } }', boot: profile,
    said: [['filename "pxelinux.0";', /told pxelinux\.0/]],
  },
  { id: 'a condition sorts them', conf: 'filename "pxelinux.0"; option arch code 93 = unsigned integer 16; if option arch = 00:07 { filename "x.efi"; }', boot: profile, said: [] },
  { id: 'an else sorts them', conf: 'option arch code 93 = unsigned integer 16; if option arch = 00:07 { filename "x.efi"; } else { filename "pxelinux.0"; }', boot: profile, said: [] },
  { id: 'a class sorts them', conf: 'filename "pxelinux.0"; class "efi" { match if known; filename "x.efi"; }', boot: profile, said: [] },
];
const foundIn = ({ conf = '', boot = '' }: Row): readonly Diagnostic[] =>
  check(`${net}${conf}`, { 'leasehold.conf': `boot { ${boot} }` }).report.filter(({ code }) => code === 'C1431' || code === 'C1432');
for (const row of rows)
  test(`profiles that give no first file: ${row.id}`, () => {
    const { said } = row;
    const found = foundIn(row);
    assert.deepEqual(found.map(({ span }) => span.file.text.slice(span.start, span.end)), said.map(([words]) => words));
    for (const [index, { message, help, severity }] of found.entries()) {
      assert.match(message, said[index]?.[1] ?? assert.fail());
      assert.ok(help !== undefined && severity === 'warning');
    }
  });

test('each points at its words, as the golden file shows', () => {
  expectGolden('test/golden/conf/boot-against.txt', 'What keeps boot profiles from giving a first file.', rows.map((row) => ({ title: row.id, said: foundIn(row) })).filter(({ said }) => said.length > 0));
});
