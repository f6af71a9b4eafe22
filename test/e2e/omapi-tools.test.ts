// Provisioning tools as they use OMAPI: the examples run, and Foreman's smart-proxy sequence with its own reading of our files.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { subject, type DhcpServer } from './support/dhcp-servers.ts';
import { foremanHosts } from './support/foreman-leases.ts';
import { openLab, skipWithout } from './support/lab.ts';
import { omshell } from './support/omshell.ts';

const skip = skipWithout('omshell', '/usr/lib/python3/dist-packages/pypureomapi.py') || (subject === 'dhcpd' && 'the examples are ours');
const folder = 'examples/omapi';
const example = (name: string): string => readFileSync(join(folder, name), 'utf8');
const script = (name: string): readonly string[] => example(name).trimEnd().split('\n');

async function openServer(t: TestContext): Promise<DhcpServer> {
  const lab = await openLab(t);
  const server = await lab.server({ kind: 'leasehold', config: example('dhcpd.conf'), settings: example('leasehold.conf') }).start();
  await server.line(/OMAPI listens/);
  return server;
}
const python = ({ host }: DhcpServer, ...words: readonly string[]): string =>
  execFileSync('ip', ['netns', 'exec', host.name, '/usr/bin/python3', ...words], { encoding: 'utf8' });

test('the example of every tool makes its host', { skip }, async (t) => {
  const server = await openServer(t);
  for (const [name, host] of [['foreman', 'web1.example'], ['xcat', 'node1'], ['maas', '02-a1-00-00-00-01']] as const) {
    const said = omshell(server.host.name, script(`${name}.omshell`));
    assert.doesNotMatch(said, /can't|no more|not connected|Syntax error/, name);
    assert.match(server.leases(), new RegExp(`^host ${host} \\{\n  dynamic;`, 'm'), name);
  }
  const said = python(server, join(folder, 'pypureomapi_hosts.py'), '127.0.0.1');
  assert.match(said, /'ip-address': '192\.168\.50\.42'/);
  const hosts = server.command('hosts', '--json');
  assert.deepEqual((JSON.parse(hosts) as { value: { hosts: { name: string }[] } }).value.hosts.map(({ name }) => name).toSorted(), ['02-a1-00-00-00-01', 'node1', 'web1.example']);
});

test('what Ansible’s omapi_host sends is answered as it expects', { skip }, async (t) => {
  const server = await openServer(t);
  const said = python(server, join(import.meta.dirname, 'support/ansible-sequence.py'), '127.0.0.1', '7911', 'omapi_key', '0uoTYDfmQzVgjvvC1EIt/w==');
  assert.equal(said, 'absent\ncreated\nfound 192.168.50.41\nupdated\nfound 192.168.50.43\ndeleted\nabsent\n');
});

/** Words that the smart-proxy takes for a failure, and what it makes of them. */
function foremanVerdict(said: string): string {
  if (/object: already exists|object: key conflict/.test(said)) return 'collision';
  if (/can't open object: not found/.test(said)) return 'invalid record';
  return /can't|no more|not connected|Syntax error/.test(said) ? 'failed' : 'done';
}

test('Foreman’s smart-proxy: reads our files, adds, collides, finds, deletes', { skip }, async (t) => {
  const server = await openServer(t);
  const head = script('foreman.omshell').slice(0, 4);
  const add = (name: string, mac: string): readonly string[] => [
    ...head, 'new host', `set name = "${name}"`, 'set ip-address = 192.168.50.62', `set hardware-address = ${mac}`, 'set hardware-type = 1',
    `set statements = "filename = \\"pxelinux.0\\"; next-server = c0:a8:32:50; option host-name = \\"${name}\\";"`, 'create',
  ];
  const remove = (mac: string): readonly string[] => [...head, 'new host', `set hardware-address = ${mac}`, 'open', 'remove'];
  const run = (lines: readonly string[]): string => foremanVerdict(omshell(server.host.name, lines));
  const reads = () => foremanHosts(server.leases());
  assert.deepEqual(reads(), []);
  assert.equal(run(add('a.example', '02:cc:00:00:00:02')), 'done');
  assert.deepEqual(reads(), [{ name: 'a.example', ip: '192.168.50.62', mac: '02:cc:00:00:00:02', isDeletable: true, hostname: 'a.example', filename: 'pxelinux.0', nextServer: 'c0:a8:32:50' }]);
  assert.equal(run(add('a.example', '02:cc:00:00:00:02')), 'collision');
  assert.equal(run(add('b.example', '02:cc:00:00:00:02')), 'collision');
  assert.equal(run(add('a.example', '02:cc:00:00:00:03')), 'collision');
  assert.equal(run(remove('02:cc:00:00:00:02')), 'done');
  assert.deepEqual(reads(), []);
  assert.equal(run(remove('02:cc:00:00:00:02')), 'invalid record');
});

test('hosts by the command line: added, imported with the difference first, listed, removed', { skip }, async (t) => {
  const server = await openServer(t);
  assert.match(server.command('hosts', 'add', 'desk', '--mac', '02:dd:00:00:00:01', '--ip', '192.168.50.81', '--statements', 'filename "x";'), /made\s+1/);
  const csv = join(server.folder, 'hosts.csv');
  execFileSync('sh', ['-c', `printf 'name,mac,ip\\ndesk,02:dd:00:00:00:01,192.168.50.82\\nrack,02-dd-00-00-00-02,192.168.50.83\\n' > ${csv}`]);
  const shown = server.command('hosts', 'import', csv, '--dry-run');
  assert.match(shown, /^\+ rack {2}02:dd:00:00:00:02 {2}192\.168\.50\.83$/m);
  assert.match(shown, /^1 to make, 1 to change, 0 as they are$/m);
  assert.match(server.command('hosts', 'import', csv, '--yes'), /2 hosts are served now/);
  assert.match(server.command('hosts', '--csv'), /^desk,02:dd:00:00:00:01,192\.168\.50\.82,/m);
  server.command('hosts', 'remove', 'desk');
  await server.restart();
  assert.match(server.command('hosts'), /^1 hosts$/m);
});
