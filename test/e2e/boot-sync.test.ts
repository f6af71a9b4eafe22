// Boot files of two real nodes: what differs is named, `leasehold boot sync` copies the partner's over the secured connection, and a
// client gets the same from both.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { eventually } from '../../src/cli/lab/child.ts';
import { subject, type DhcpServer } from './support/dhcp-servers.ts';
import { openLab, skipWithout, type Lab } from './support/lab.ts';

const skip = skipWithout('curl', 'tshark') || (subject === 'dhcpd' && 'a test of two Leasehold nodes');
const key = 'omapi-key k; key k { algorithm hmac-sha256; secret vhBJOlRUsC6HtbP5Yk+H3A==; }';
const config = (own: string, other: string): string => `${key}
failover peer "pair" { ${own === '10.64.0.1' ? 'primary' : 'secondary'}; address ${own}; port 647; peer address ${other}; peer port 647;
  max-response-delay 10; max-unacked-updates 10; load balance max seconds 3; ${own === '10.64.0.1' ? 'mclt 600; split 128;' : ''} }
authoritative; ddns-update-style none; ping-check false;
subnet 10.64.0.0 netmask 255.255.0.0 { pool { failover peer "pair"; range 10.64.1.0 10.64.1.63; } }
`;

interface Node {
  readonly server: DhcpServer;
  readonly root: string;
}
function put({ root }: Node, name: string, bytes: Uint8Array | string): void {
  mkdirSync(dirname(join(root, name)), { recursive: true });
  writeFileSync(join(root, name), bytes);
}
const digest = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

function nodeOf(lab: Lab, own: string, other: string): Node {
  const root = join(lab.folder, `tree-${own}`);
  mkdirSync(root);
  const server = lab.server({ config: config(own, other), settings: `boot { root "${root}"; }\n`, cidr: `${own}/16`, interfaceNames: ['eth0'] });
  return { server, root };
}
async function open(t: TestContext): Promise<{ lab: Lab; a: Node; b: Node }> {
  const lab = await openLab(t);
  chmodSync(lab.folder, 0o755);
  return { lab, a: nodeOf(lab, '10.64.0.1', '10.64.0.2'), b: nodeOf(lab, '10.64.0.2', '10.64.0.1') };
}
async function bothNormal(a: Node, b: Node): Promise<void> {
  for (const { server } of [a, b]) await server.start();
  a.server.command('failover', 'init', '--yes');
  for (const { server } of [a, b]) await server.line(/Both servers normal/);
}
/** Standard output and exit status. */
function run({ server }: Node, ...words: readonly string[]): { text: string; code: number } {
  try {
    return { text: server.command(...words), code: 0 };
  } catch (error) {
    const { stdout, status } = error as { stdout: string; status: number };
    return { text: stdout, code: status };
  }
}

test('what differs is named on both nodes and copied on request; a client gets the same from both', { skip }, async (t) => {
  const { lab, a, b } = await open(t);
  const image = randomBytes(3_000_000);
  for (const node of [a, b]) put(node, 'pxelinux.0', 'the same');
  put(a, 'pxelinux.cfg/01-52-54-00-00-00-01', 'DEFAULT new\n');
  put(b, 'pxelinux.cfg/01-52-54-00-00-00-01', 'DEFAULT old\n');
  put(a, 'images/initrd.img', image);
  put(a, 'images/ü.txt', 'with a letter beyond ASCII');
  put(b, 'only-here', 'stays');
  const capture = await lab.capture(b.server.host, 'eth0', 'tcp port 647');
  await bothNormal(a, b);
  await b.server.line(/the boot files of the two nodes differ: 2 only at the partner, 1 with other content, 1 only here/);
  await a.server.line(/the boot files of the two nodes differ: 1 only at the partner, 1 with other content, 2 only here/);

  assert.match(run(b, 'failover', 'status').text, /boot files +4 differ between the two nodes: leasehold boot files/);
  const before = run(b, 'boot', 'files');
  assert.equal(before.code, 1);
  assert.equal(before.text, `only at the partner (2):
  + images/initrd.img
  + images/ü.txt
with other content than at the partner (1):
  ~ pxelinux.cfg/01-52-54-00-00-00-01
only on this node (1):
  - only-here
`);
  assert.equal(run(b, 'boot', 'sync', '--dry-run').text, before.text);
  assert.ok(!existsSync(join(b.root, 'images')), 'a dry run writes nothing');

  const copied = run(b, 'boot', 'sync', '--yes');
  assert.match(copied.text, /copied 3 of 3 files, 3000038 bytes/);
  assert.equal(copied.code, 0);
  for (const name of ['images/initrd.img', 'images/ü.txt', 'pxelinux.cfg/01-52-54-00-00-00-01']) assert.equal(digest(join(b.root, name)), digest(join(a.root, name)), name);
  assert.equal(readFileSync(join(b.root, 'only-here'), 'utf8'), 'stays');
  await eventually('one difference left', () => (/^only on this node \(1\):\n {2}- only-here\n$/.test(run(b, 'boot', 'files').text) ? true : undefined));

  const client = lab.host('client', { cidr: '10.64.0.9/16' });
  const fetched = (address: string): string => {
    client.run('curl', '-sf', '-o', join(lab.folder, address), `http://${address}:8080/images/initrd.img`);
    return digest(join(lab.folder, address));
  };
  assert.equal(fetched('10.64.0.2'), fetched('10.64.0.1'));
  await capture.stop();
  assert.deepEqual(capture.read('tcp contains "DEFAULT new"', ['frame.number']), [], 'no content crosses the network readable');
});

test('a file that cannot be written is told with its reason, and a link never leads out of the root', { skip }, async (t) => {
  const { lab, a, b } = await open(t);
  const outside = join(lab.folder, 'outside');
  mkdirSync(outside);
  put(a, 'fine', 'x');
  put(a, 'jail/escape', 'x');
  put(a, 'blocked/file', 'x');
  symlinkSync(outside, join(b.root, 'jail'));
  put(b, 'blocked', 'a file where the partner has a folder');
  await bothNormal(a, b);
  await b.server.line(/the boot files of the two nodes differ/);
  const { text, code } = run(b, 'boot', 'sync', '--yes');
  assert.equal(code, 1);
  assert.match(text, /copied 1 of 3 files/);
  assert.match(text, /not copied: jail\/escape: it cannot be written in .* \(a link leads out of the root\)/);
  assert.match(text, /not copied: blocked\/file: it cannot be written/);
  assert.equal(existsSync(join(outside, 'escape')), false);
  assert.equal(readFileSync(join(b.root, 'fine'), 'utf8'), 'x');
});
