// The report of `leasehold check`: texts of the brief as golden files, JSON, exit status, fixes. UPDATE_GOLDEN=1 rewrites.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { readFrom } from '../config/testing.ts';
import { runCheck, type CheckArgs } from './check.ts';
import { testConfig } from './dhcpd-test.ts';
import { readConfigText } from './read-config.ts';

interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
  readonly written: Readonly<Record<string, string>>;
}

function runOn(files: Readonly<Record<string, string>>, args: CheckArgs): Ran {
  const lines: string[] = [];
  const errors: string[] = [];
  const written: Record<string, string> = {};
  const status = runCheck(args, {
    out: (text) => void lines.push(text),
    err: (text) => void errors.push(text),
    readText: readFrom(files),
    writeText: (path, text) => {
      written[path] = text;
      return undefined;
    },
    newSecret: (size) => Buffer.alloc(size, 0xa7).toString('base64'),
  });
  return { status, out: `${lines.join('\n')}\n`, err: errors.join('\n'), written };
}

const folder = 'test/golden/brief';
const brief = Object.fromEntries(
  ['dhcp01.conf', 'dhcp02.conf'].map((name) => [name, readFileSync(`${folder}/${name}`, 'utf8')]),
);

function golden(name: string, text: string): void {
  const path = `${folder}/${name}`;
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, text);
  assert.equal(text, readFileSync(path, 'utf8'), `${path} is what check says (UPDATE_GOLDEN=1 rewrites it)`);
}

const goldens: readonly (readonly [name: string, args: CheckArgs])[] = [
  ['check-dhcp01.txt', { file: 'dhcp01.conf' }],
  ['check-dhcp02.txt', { file: 'dhcp02.conf' }],
  ['check-pair.txt', { file: 'dhcp01.conf', peer: 'dhcp02.conf' }],
];
for (const [name, args] of goldens)
  test(`check ${args.file} ${args.peer ?? ''}: golden report`, () => {
    const { status, out } = runOn(brief, args);
    assert.equal(status, 1);
    golden(name, out);
  });

test('the dead pool is said first, whatever else is wrong', () => {
  for (const file of Object.keys(brief))
    assert.match(runOn(brief, { file }).out, /^dhcp0\d\.conf:\d+:9: warning L2001: nobody can ever get/);
});

test('JSON has every diagnostic with its place', () => {
  const { out, status } = runOn({ 'a.conf': 'autoritative;\n' }, { file: 'a.conf', json: true });
  const { diagnostics } = JSON.parse(out) as {
    diagnostics: { code: string; line: number; column: number; fix?: { replacement: string } }[];
  };
  assert.equal(status, 1);
  assert.deepEqual(
    diagnostics.map(({ code, line, column, fix }) => [code, line, column, fix?.replacement]),
    [['C0321', 1, 1, 'authoritative']],
  );
});

test('exit status: 0 clean, also with infos; 1 problems; 2 could not run', () => {
  const ok = 'authoritative;\nsubnet 10.0.0.0 netmask 255.255.255.0 { range 10.0.0.9; }\n';
  assert.deepEqual(
    [runOn({ 'a.conf': ok }, { file: 'a.conf' }).status, runOn({ 'a.conf': ok }, { file: 'a.conf' }).out],
    [0, 'a.conf: no problem found\n'],
  );
  assert.equal(runOn({ 'a.conf': ok.replace('authoritative;', '') }, { file: 'a.conf' }).status, 0);
  assert.equal(runOn({ 'a.conf': 'x y;' }, { file: 'a.conf' }).status, 1);
  const missing = runOn({}, { file: 'a.conf' });
  assert.deepEqual([missing.status, missing.err], [2, 'cannot read a.conf: No such file or directory']);
});

test('--fix writes what needs no thought', () => {
  const { written } = runOn(
    { 'a.conf': 'autoritative;\nsubnet 10.0.0.0 netmask 255.255.255.0 { };\n' },
    { file: 'a.conf', fix: true },
  );
  assert.deepEqual(written, { 'a.conf': 'authoritative;\nsubnet 10.0.0.0 netmask 255.255.255.0 { }\n' });
});

test('--fix shows what became of which lines, fixes of one line together, and no secret', () => {
  const text = 'autoritative; autoritative;\n# kept\nkey k {\n  algorithm hmac-md5; secret abc;\n}\nsubnet 10.0.0.0 netmask 255.255.255.0 { };\n';
  const { out, written } = runOn({ 'a.conf': text }, { file: 'a.conf', fix: true });
  assert.deepEqual(out.trimEnd().split('\n'), [
    'a.conf:',
    '@@ line 1', '-autoritative; autoritative;', '+authoritative; authoritative;',
    '@@ line 4', '-  algorithm hmac-md5; secret …;', '+  algorithm hmac-md5; secret …;',
    '@@ line 6', '-subnet 10.0.0.0 netmask 255.255.255.0 { };', '+subnet 10.0.0.0 netmask 255.255.255.0 { }',
    'a.conf: 4 corrected; check it again',
  ]);
  assert.match(written['a.conf'] ?? '', /^authoritative; authoritative;\n# kept\n/);
});

test('--format writes only what changes, and nothing with errors', () => {
  const files = { 'a.conf': 'group {\nauthoritative;\n}\n', 'b.conf': 'x y;\n' };
  assert.deepEqual(runOn(files, { file: 'a.conf', format: true }).written, { 'a.conf': 'group {\n  authoritative;\n}\n' });
  const refused = runOn(files, { file: 'b.conf', format: true });
  assert.deepEqual([refused.status, refused.written], [1, {}]);
});

test('--fix makes a pair of the brief that starts, with one key', () => {
  const { written, status } = runOn(brief, { file: 'dhcp01.conf', peer: 'dhcp02.conf', fix: true });
  assert.equal(status, 0);
  const { out } = runOn(written, { file: 'dhcp01.conf', peer: 'dhcp02.conf', json: true });
  const { diagnostics } = JSON.parse(out) as { diagnostics: { code: string; severity: string }[] };
  const codes = new Set(diagnostics.map(({ code }) => code));
  for (const corrected of ['C0501', 'L2006', 'L2013', 'L2043', 'L2518', 'L2010', 'C1317'])
    assert.ok(!codes.has(corrected), corrected);
  // What needs a person: who shall have which addresses.
  assert.deepEqual(
    diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code),
    ['L2505'],
  );
  for (const [path, text] of Object.entries(written))
    assert.equal(
      testConfig({ configPath: path, leasePath: '', pidPath: '' }, readFrom(written)).status,
      0,
      text,
    );
});

const examples = [
  'brief/dhcp01.conf',
  'brief/dhcp02.conf',
  'brief-live-pool/dhcp01.conf',
  'brief-live-pool/dhcp02.conf',
  'relay-site/dhcpd.conf',
  'pxe/dhcpd.conf',
  'boot-pair/dhcp01.conf',
  'boot-pair/dhcp02.conf',
  'office-lan/dhcpd.conf',
  'omapi/dhcpd.conf',
];
for (const name of examples)
  test(`example ${name} loads; only the brief's own flaws are complained about`, () => {
    const lines: string[] = [];
    const cli = {
      out: (text: string) => void lines.push(text),
      err: (text: string) => void lines.push(text),
      readText: readConfigText,
      writeText: () => 'read-only',
      newSecret: () => '',
    };
    const status = runCheck({ file: `examples/${name}` }, cli);
    assert.ok(!lines.some((line) => / error [CL]\d/.test(line)), lines.join('\n'));
    if (!name.startsWith('brief/')) assert.equal(status, 0, lines.join('\n'));
  });

for (const pair of ['brief-live-pool', 'boot-pair'])
  test(`the pair of ${pair} agrees with itself`, () => {
  const lines: string[] = [];
  const cli = {
    out: (text: string) => void lines.push(text),
    err: (text: string) => void lines.push(text),
    readText: readConfigText,
    writeText: () => 'read-only',
    newSecret: () => '',
  };
  const folderName = `examples/${pair}`;
  assert.equal(
    runCheck({ file: `${folderName}/dhcp01.conf`, peer: `${folderName}/dhcp02.conf` }, cli),
    0,
    lines.join('\n'),
  );
});
