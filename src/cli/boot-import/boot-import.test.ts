// `leasehold boot import` on files in memory: what it shows, asks, writes, and refuses; a configuration that takes what it wrote.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { err, ok } from '../../std/result.ts';
import { checkConfig } from '../../config/check-config.ts';
import { runImport, type ImportArgs } from './boot-import.ts';
import { lineDiff } from './text-diff.ts';

const vars = readFileSync('examples/openshift/vars.yaml', 'utf8');
const subnet = 'authoritative; subnet 192.168.7.0 netmask 255.255.255.0 { range 192.168.7.100 192.168.7.130; }\n';

class Disk {
  readonly files: Map<string, string>;
  readonly lines: string[] = [];
  readonly asked: string[] = [];
  answer = true;
  problem: string | undefined;
  made: readonly string[] = [];

  constructor(files: Readonly<Record<string, string>>) {
    this.files = new Map(Object.entries(files));
  }
  read = (path: string) => {
    const text = this.files.get(path);
    return text === undefined ? err({ problem: 'No such file or directory' }) : ok(text);
  };
  get text(): string {
    return this.lines.join('\n');
  }
  run(files: readonly string[], more: Partial<ImportArgs> = {}): Promise<number> {
    const say = (line: string): void => void this.lines.push(line);
    this.lines.length = 0;
    return runImport(
      { files, config: 'dhcpd.conf', leaseholdConf: 'leasehold.conf', dynamic: false, dryRun: false, yes: false, json: false, ...more },
      {
        out: say, err: say, readText: this.read,
        writeText: (path, text) => {
          if (this.problem === undefined) this.files.set(path, text);
          return this.problem;
        },
        confirm: async (question) => {
          this.asked.push(question);
          return this.answer;
        },
        makeHosts: async (hosts) => {
          this.made = hosts.map(({ name }) => name);
          return 0;
        },
      },
    );
  }
}
const fresh = (more: Readonly<Record<string, string>> = {}): Disk => new Disk({ 'dhcpd.conf': subnet, 'leasehold.conf': 'boot { }', 'vars.yaml': vars, ...more });
const written = (disk: Disk): string[] => [...disk.files.keys()].filter((path) => path.startsWith('ocp4'));

test('it shows, asks, and writes; a second time there is nothing to do', async () => {
  const disk = fresh();
  assert.equal(await disk.run(['vars.yaml']), 0);
  assert.deepEqual(disk.asked, ['Write ocp4-hosts.conf and ocp4-boot.conf?']);
  assert.match(disk.text, /^ocp4-hosts\.conf \(new\):\n {2}\+ # Hosts, written/m);
  assert.match(disk.text, /^add to dhcpd\.conf: {2}include "ocp4-hosts\.conf";$/m);
  assert.equal(disk.files.get('ocp4-hosts.conf'), readFileSync('examples/openshift/ocp4.hosts', 'utf8').replaceAll('examples/openshift/ocp4.hosts', 'ocp4-hosts.conf'));
  assert.equal(disk.files.get('ocp4-boot.conf'), readFileSync('examples/openshift/ocp4.boot', 'utf8').replaceAll('examples/openshift/ocp4.boot', 'ocp4-boot.conf'));
  disk.files.set('dhcpd.conf', `${subnet}include "ocp4-hosts.conf";\n`);
  disk.files.set('leasehold.conf', 'boot { include "ocp4-boot.conf"; }');
  assert.equal(await disk.run(['vars.yaml']), 0);
  assert.equal(disk.text, 'ocp4-hosts.conf: as it is\nocp4-boot.conf: as it is');
  assert.equal(disk.asked.length, 1);
});

test('what it writes is served: every host has its declaration and its profile', async () => {
  for (const [name, profiles] of [['vars.yaml', 3], ['agent-config.yaml', 1], ['install-config.yaml', 2], ['machines.csv', 3]] as const) {
    const disk = fresh({ [name]: readFileSync(`examples/openshift/${name}`, 'utf8') });
    assert.equal(await disk.run([name], { yes: true, name: 'c' }), 0, name);
    disk.files.set('dhcpd.conf', `${subnet}include "c-hosts.conf";\n`);
    disk.files.set('leasehold.conf', 'boot { next-server self; include "c-boot.conf"; }');
    const checked = checkConfig({ path: 'dhcpd.conf', read: disk.read, leaseholdConf: 'leasehold.conf' });
    assert.ok(checked.ok);
    assert.deepEqual(checked.value.report.map(({ code, message }) => `${code} ${message}`), [], name);
    const served = checked.value.config?.leasehold.boot?.profiles.filter(({ matches }) => matches.length > 0) ?? [];
    assert.ok(served.length >= profiles, `${name}: ${served.length} profiles`);
  }
});

test('a change is shown line by line before what was there is replaced; no and a dry run write nothing', async () => {
  const disk = fresh();
  await disk.run(['vars.yaml'], { yes: true });
  assert.deepEqual(disk.asked, []);
  const before = disk.files.get('ocp4-hosts.conf');
  disk.files.set('vars.yaml', vars.replace('52:54:00:80:16:23', '52:54:00:80:16:99'));
  disk.answer = false;
  assert.equal(await disk.run(['vars.yaml']), 1);
  assert.match(disk.text, /^ {2}- host master1 \{ hardware ethernet 52:54:00:80:16:23;.*\n {2}\+ host master1 \{ hardware ethernet 52:54:00:80:16:99;/m);
  assert.match(disk.text, /nothing was written; say --yes/);
  assert.equal(await disk.run(['vars.yaml'], { dryRun: true, yes: true }), 0);
  assert.equal(disk.files.get('ocp4-hosts.conf'), before);
  assert.equal(await disk.run(['vars.yaml'], { yes: true }), 0);
  assert.match(disk.files.get('ocp4-hosts.conf') ?? '', /16:99/);
});

test('a file with a mistake is pointed at, and nothing is written', async () => {
  const disk = fresh({ 'vars.yaml': vars.replace('52:54:00:e7:9d:67', '52:54:00:e7:9d') });
  assert.equal(await disk.run(['vars.yaml'], { yes: true }), 1);
  assert.match(disk.text, /^vars\.yaml:25:14: error B3005: "52:54:00:e7:9d" is no MAC address\n +25 │ +macaddr: "52:54:00:e7:9d"\n +│ +\^{16}\n {2}help: write six bytes in hex/m);
  assert.doesNotMatch(disk.text, /\(new\)/);
  assert.match(disk.text, /nothing was written: correct what is wrong first$/);
  assert.deepEqual(written(disk), []);
});

const declaredRows: readonly (readonly [id: string, host: string, code: string, status: number])[] = [
  ['by this name with another MAC address', 'host master0 { hardware ethernet 52:54:00:00:00:77; }', 'B3010', 1],
  ['by this MAC address under another name', 'host other { hardware ethernet 52:54:00:e7:9d:67; }', 'B3010', 1],
  ['the very same', 'host master0 { hardware ethernet 52:54:00:e7:9d:67; }', 'B3011', 0],
];
for (const [id, host, code, status] of declaredRows)
  test(`a host that dhcpd.conf declares: ${id}`, async () => {
    const disk = fresh({ 'dhcpd.conf': `${subnet}${host}\n` });
    assert.equal(await disk.run(['vars.yaml'], { yes: true }), status);
    assert.match(disk.text, new RegExp(`^vars\\.yaml:23:11: (error|warning) ${code}: `, 'm'));
    if (status === 1) assert.match(disk.text, /note: declared here \(dhcpd\.conf:2:1\)/);
    assert.equal(disk.files.get('ocp4-hosts.conf')?.includes('master0') ?? false, false);
    if (status === 0) assert.match(disk.files.get('ocp4-boot.conf') ?? '', /match master "master0", "master1"/, 'its profile is written all the same');
  });

test('paths and name as said; JSON; hosts for the running server', async () => {
  const disk = fresh();
  assert.equal(await disk.run(['vars.yaml'], { hosts: 'h', profiles: 'p', name: 'my cluster', json: true, yes: true }), 0);
  const said = JSON.parse(disk.text) as { hosts: { name: string; role: string | null }[]; files: { path: string; isNew: boolean; diff: string[] }[]; diagnostics: unknown[] };
  assert.deepEqual([said.hosts.length, said.hosts.at(-1)?.role, said.files.map(({ path, isNew }) => [path, isNew]), said.diagnostics], [7, null, [['h', true], ['p', true]], []]);
  assert.match(disk.files.get('p') ?? '', /^openshift "my-cluster" \{$/m);
  const other = fresh();
  assert.equal(await other.run(['vars.yaml'], { dynamic: true, yes: true }), 0);
  assert.deepEqual([other.made.length, written(other)], [7, ['ocp4-boot.conf']]);
});

test('what cannot run ends with 2: no file, no configuration, one with errors, a full disk', async () => {
  assert.equal(await fresh().run(['gone.yaml']), 2);
  assert.equal(await fresh().run(['vars.yaml'], { config: 'gone.conf' }), 2);
  const broken = fresh({ 'dhcpd.conf': 'subnet {' });
  assert.equal(await broken.run(['vars.yaml']), 2);
  assert.match(broken.text, /has errors; run: leasehold check dhcpd\.conf/);
  const full = fresh();
  full.problem = 'No space left on device';
  assert.equal(await full.run(['vars.yaml'], { yes: true }), 2);
  assert.match(full.text, /ocp4-hosts\.conf: No space left on device/);
});

test('a difference makes one text into the other', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 }).map((lines) => lines.map((line) => `${line}\n`).join(''));
  const counts = (lines: readonly string[], mark: string): string => lines.filter((line) => line.startsWith(mark)).map((line) => line.slice(2)).toSorted().join('');
  fc.assert(fc.property(text, text, (before, after) => {
    const diff = lineDiff(before, after);
    assert.equal(diff.length === 0, before === after);
    const sorted = (value: string): string[] => value.split('\n').filter((line) => line !== '');
    // What is taken away and what is added account for the whole difference.
    const left = sorted(before);
    for (const line of counts(diff, '-')) left.splice(left.indexOf(line), 1);
    assert.deepEqual([...left, ...counts(diff, '+')].toSorted(), sorted(after).toSorted());
  }));
  assert.deepEqual(lineDiff('1\n2\n3\n4\n5\n6\n7\n', '1\n2\n3\n4\nx\n6\n7\n'), ['…', '  3', '  4', '- 5', '+ x', '  6', '  7']);
});
