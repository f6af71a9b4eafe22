// Hosts of every format, and every complaint at its place.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { expectGolden } from '../../config/caret-testing.ts';
import type { Imported } from './imported.ts';
import { mergeHosts } from './import-plan.ts';
import { readHosts } from './read-hosts.ts';

const example = (name: string): Imported => readHosts({ name, text: readFileSync(`examples/openshift/${name}`, 'utf8') });
const linesOf = ({ cluster, hosts }: Pick<Imported, 'cluster' | 'hosts'>): string[] => [
  cluster, ...hosts.map(({ name, mac, address, role, device, boots }) => [name, mac, address || '-', role ?? '-', device || '-', boots].join(' ')),
];

const formats: readonly (readonly [name: string, lines: readonly string[]])[] = [
  ['vars.yaml', [
    'ocp4',
    'bootstrap 52:54:00:60:72:67 192.168.7.20 bootstrap /dev/vda rhcos',
    'master0 52:54:00:e7:9d:67 192.168.7.21 master /dev/vda rhcos',
    'master1 52:54:00:80:16:23 192.168.7.22 master /dev/vda rhcos',
    'master2 52:54:00:d5:1c:39 192.168.7.23 master /dev/vda rhcos',
    'worker0 52:54:00:f4:26:a1 192.168.7.11 worker /dev/vda rhcos',
    'worker1 52:54:00:82:90:00 192.168.7.12 worker /dev/nvme0n1 rhcos',
    'registry 52:54:00:31:4a:39 192.168.7.5 - /dev/vda rhcos',
  ]],
  ['agent-config.yaml', ['edge', 'node-0 52:54:00:0e:00:01 192.168.7.31 master /dev/sda agent', 'node-1 52:54:00:0e:00:02 - master - agent']],
  ['install-config.yaml', ['metal', 'openshift-master-0 52:54:00:0f:00:01 - master /dev/sda rhcos', 'openshift-worker-0 52:54:00:0f:00:02 - worker /dev/sda rhcos']],
  ['machines.csv', ['', 'bootstrap 52:54:00:0d:00:01 192.168.7.40 bootstrap /dev/sda rhcos', 'master-0 52:54:00:0d:00:02 192.168.7.41 master /dev/sda rhcos', 'worker-0 52:54:00:0d:00:03 - worker /dev/sda rhcos']],
];
for (const [name, lines] of formats)
  test(`hosts of ${name}`, () => {
    const read = example(name);
    assert.deepEqual(read.diagnostics, []);
    assert.deepEqual(linesOf(read), lines);
  });

test('anchors, aliases and flow style are YAML, too', () => {
  const text = `kind: AgentConfig
defaults: &card {name: eno1, macAddress: "52:54:00:00:00:01"}
hosts: [{hostname: a, interfaces: [*card]}]`;
  assert.deepEqual(linesOf(readHosts({ name: 'a.yaml', text })), ['', 'a 52:54:00:00:00:01 - - - agent']);
});

test('the interface with an address is the one that boots, and that is said', () => {
  const text = `kind: AgentConfig
hosts:
- hostname: a
  interfaces: [{name: eno1, macAddress: 52:54:00:00:00:01}, {name: eno2, macAddress: 52:54:00:00:00:02}]
  networkConfig:
    interfaces:
    - {name: eno1, ipv4: {enabled: false}}
    - {name: eno2, ipv4: {address: [{ip: 10.0.0.9, prefix-length: 24}]}}
`;
  const read = readHosts({ name: 'a.yaml', text });
  assert.deepEqual(linesOf(read), ['', 'a 52:54:00:00:00:02 10.0.0.9 - - agent']);
  assert.deepEqual(read.diagnostics.map(({ code, severity }) => [code, severity]), [['B3011', 'warning']]);
});

/** What is wrong, by format. */
const wrong: readonly (readonly [name: string, text: string, ...codes: readonly string[]])[] = [
  ['broken.yaml', 'kind: AgentConfig\nhosts:\n  - hostname: a\n   role: master\n', 'B3001'],
  ['twice.yaml', 'kind: AgentConfig\nhosts: []\nhosts: []\n', 'B3001'],
  ['tab.yaml', 'kind: AgentConfig\nhosts:\n\t- a\n', 'B3001'],
  ['other.yaml', 'kind: Deployment\nspec: 5\n', 'B3002'],
  ['empty.yaml', '', 'B3002'],
  ['word.yaml', 'just words\n', 'B3002'],
  ['list.yaml', 'kind: AgentConfig\nhosts: node-0\n', 'B3003'],
  ['host.yaml', 'kind: AgentConfig\nhosts:\n  - node-0\n', 'B3003'],
  ['bootstrap.yaml', 'bootstrap: 52:54:00:00:00:01\n', 'B3003'],
  ['none.yaml', 'kind: AgentConfig\nrendezvousIP: 10.0.0.9\n', 'B3004'],
  ['nameless.yaml', 'kind: AgentConfig\nhosts:\n  - role: master\n    interfaces: [{macAddress: "52:54:00:00:00:01"}]\n', 'B3004'],
  ['cardless.yaml', 'kind: AgentConfig\nhosts:\n  - hostname: a\n    interfaces: []\n', 'B3004'],
  ['install.yaml', 'baseDomain: example.com\nplatform: {none: {}}\n', 'B3004'],
  ['mac.yaml', 'masters:\n  - {name: m0, ipaddr: 192.168.7.21, macaddr: 52:54:00:00:00}\n', 'B3005'],
  ['address.yaml', 'masters:\n  - {name: m0, ipaddr: 192.168.7.300, macaddr: 52:54:00:00:00:01}\n', 'B3006'],
  ['role.yaml', 'controlPlane: {}\nplatform: {baremetal: {hosts: [{name: a, role: arbiter, bootMACAddress: "52:54:00:00:00:01"}]}}\n', 'B3008'],
  ['name.yaml', 'masters:\n  - {name: "m 0", macaddr: 52:54:00:00:00:01}\n', 'B3009'],
  ['power.yaml', 'ppc64le: true\nstaticips: yes\nmasters:\n  - {name: m0, macaddr: 52:54:00:00:00:01}\n', 'B3011', 'B3011'],
  ['heading.csv', 'name,mac,flavour\na,52:54:00:00:00:01,x\n', 'B3004'],
  ['short.csv', 'name,ip\na,10.0.0.1\n', 'B3004'],
  ['rows.csv', 'name,mac,ip\n,52:54:00:00:00:01,\nb,,10.0.0.2\nc,zz,10.0.0.3\nd,52:54:00:00:00:04,10.0.0\n', 'B3004', 'B3004', 'B3005', 'B3006'],
  ['empty.csv', '', 'B3004'],
];
for (const [name, text, ...codes] of wrong)
  test(`complaints about ${name}`, () => {
    const { diagnostics, hosts } = readHosts({ name, text });
    assert.deepEqual(diagnostics.map(({ code }) => code), codes, diagnostics.map(({ code, message }) => `${code} ${message}`).join('\n'));
    for (const { help, span } of diagnostics) assert.ok(help !== undefined && span.file.name === name && span.end <= Math.max(1, text.length));
    assert.equal(hosts.length > 0, diagnostics.every(({ severity }) => severity === 'warning'));
  });
test('each points at its words, as the golden file shows', () => {
  expectGolden('test/golden/conf/boot-import.txt', 'What is said of files that boot import cannot take as they are.',
    wrong.map(([name, text]) => ({ title: name, said: mergeHosts([readHosts({ name, text })]).diagnostics })));
});

const csv = (name: string, rows: string): Imported => readHosts({ name, text: `name,mac,ip,role\n${rows}` });
const mergeRows: readonly (readonly [id: string, rows: string, ...codes: readonly string[]])[] = [
  ['a name twice', 'a,52:54:00:00:00:01,,\na,52:54:00:00:00:02,,\n', 'B3007'],
  ['a MAC address twice', 'a,52:54:00:00:00:01,,\nb,52-54-00-00-00-01,,\n', 'B3007'],
  ['an address twice', 'a,52:54:00:00:00:01,10.0.0.1,\nb,52:54:00:00:00:02,10.0.0.1,\n', 'B3007'],
  ['all of it twice', 'a,52:54:00:00:00:01,10.0.0.1,\na,52:54:00:00:00:01,10.0.0.1,\n', 'B3007', 'B3007', 'B3007'],
];
for (const [id, rows, ...codes] of mergeRows)
  test(`in one file: ${id}`, () => {
    const { diagnostics, hosts } = mergeHosts([csv('a.csv', rows)]);
    assert.deepEqual(diagnostics.map(({ code }) => code), codes);
    assert.equal(hosts.length, 1);
    assert.equal(diagnostics[0]?.notes.length, 1, 'it names the first');
  });
test('two files of one cluster complete each other; what they say differently is a mistake', () => {
  const first = csv('a.csv', 'a,52:54:00:00:00:01,,master\n');
  const { hosts, diagnostics } = mergeHosts([first, csv('b.csv', 'a,52:54:00:00:00:01,10.0.0.1,worker\nb,52:54:00:00:00:02,,\n')]);
  assert.deepEqual(diagnostics, []);
  assert.deepEqual(hosts.map(({ name, address, role }) => [name, address, role]), [['a', '10.0.0.1', 'master'], ['b', '', undefined]]);
  assert.deepEqual(mergeHosts([first, csv('b.csv', 'a,52:54:00:00:00:09,,\n')]).diagnostics.map(({ code }) => code), ['B3007']);
});

test('no text of a file stops the reader', () => {
  const word = fc.constantFrom('kind: AgentConfig', 'hosts:', '- ', '  ', 'hostname: a', 'interfaces:', 'macAddress: 52:54:00:00:00:01', '[', ']', '{', '}', '&a', '*a', ',', '\n', ': ', 'masters:', '"', '!!set', '<<: *a', '? ', '---', 'platform: {baremetal: {hosts: ');
  fc.assert(fc.property(fc.array(word, { maxLength: 30 }), fc.constantFrom('a.yaml', 'a.csv'), (words, name) => {
    const text = words.join('');
    for (const { span, help } of readHosts({ name, text }).diagnostics) assert.ok(span.start <= span.end && help !== undefined);
  }), { numRuns: 500 });
});
