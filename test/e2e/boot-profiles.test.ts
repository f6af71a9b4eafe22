// Files of machines with a boot profile over real TFTP and HTTP: made for whoever asks, on the node that is asked; what is on disk
// wins; a file server that is started again, and a configuration that is read again, know every machine.

import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { DhcpServer } from './support/dhcp-servers.ts';
import { openLab, skipWithout } from './support/lab.ts';
import type { Space } from './support/namespaces.ts';

const skip = skipWithout('curl');
const server = '192.168.50.80';
const config = `authoritative; ddns-update-style none; ping-check off;
subnet 192.168.50.0 netmask 255.255.255.0 { range 192.168.50.100 192.168.50.150; }
class "rack" { match if substring(option vendor-class-identifier, 0, 9) = "PXEClient"; }
host web-1 { hardware ethernet 52:54:00:aa:00:01; fixed-address 192.168.50.11; }
host db-1 { hardware ethernet 52:54:00:aa:00:02; fixed-address 192.168.50.12; }
`;
const profile = (name: string, match: string): string =>
  `profile "${name}" { match ${match}; kernel "vmlinuz"; arguments "who=\${hostname} at=\${ip} from=\${node}"; }`;

interface Place {
  readonly server: DhcpServer;
  readonly client: Space;
  readonly root: string;
  readonly settings: (profiles: string) => void;
  readonly get: (name: string) => string;
}

async function place(t: TestContext, profiles: string): Promise<Place> {
  const lab = await openLab(t);
  chmodSync(lab.folder, 0o755);
  const root = join(lab.folder, 'tftp');
  mkdirSync(join(root, 'pxelinux.cfg'), { recursive: true });
  const settingsOf = (text: string): string => `boot { root "${root}"; ${text} }\n`;
  const made = lab.server({ config, settings: settingsOf(profiles), interfaceNames: ['eth0'] });
  const client = lab.host('client', { cidr: '192.168.50.90/24', mac: '52:54:00:aa:00:07' });
  await made.start();
  await made.line(/boot: serving files of/);
  return {
    server: made, client, root,
    settings: (text) => writeFileSync(join(made.folder, 'leasehold.conf'), settingsOf(text)),
    get: (name) => client.run('curl', '-sS', '--path-as-is', `tftp://${server}/${name}`),
  };
}
const status = (client: Space, path: string): string =>
  client.run('curl', '-sS', '-o', '/dev/null', '-w', '%{http_code}', `http://${server}:8080/${path}`);

test('a declared machine has its files before it was ever answered; a file on disk wins', { skip }, async (t) => {
  const { server: made, client, root, get } = await place(t, profile('web', 'host "web-*"'));
  const line = 'who=web-1 at=192.168.50.11 from=192.168.50.80';
  assert.match(get('pxelinux.cfg/01-52-54-00-aa-00-01'), new RegExp(`^  APPEND ${line}$`, 'm'));
  await made.line(/boot: sent pxelinux.cfg\/01-52-54-00-aa-00-01 to 192\.168\.50\.90 by tftp: \d+ bytes in .*; made from profile web$/);
  assert.match(get('grub/grub.cfg-01-52-54-00-aa-00-01'), /^if linux '\/vmlinuz' 'who=web-1' /m);
  const script = client.run('curl', '-sS', `http://${server}:8080/ipxe/01-52-54-00-aa-00-01.ipxe`);
  assert.match(script, new RegExp(`^#!ipxe\n[^]*^kernel /vmlinuz ${line} \\|\\| goto failed$`, 'm'));
  assert.equal(status(client, 'ipxe/01-52-54-00-aa-00-02.ipxe'), '404');
  writeFileSync(join(root, 'pxelinux.cfg/01-52-54-00-AA-00-01'), 'mine');
  assert.equal(get('pxelinux.cfg/01-52-54-00-aa-00-01'), 'mine');
});

test('one who is known only when it boots: by class, with the address that it was given', { skip: skipWithout('curl', 'udhcpc') }, async (t) => {
  const { server: made, client, get } = await place(t, profile('rack', 'class "rack"'));
  assert.equal(status(client, 'ipxe/01-52-54-00-aa-00-07.ipxe'), '404');
  const from = made.child.lines.length;
  client.run('udhcpc', '-f', '-q', '-n', '-i', 'eth0', '-s', '/bin/true', '-V', 'PXEClient:Arch:00000:UNDI:002001');
  const ack = await made.child.line(/DHCPACK on 192\.168\.50\.1\d\d to 52:54:00:aa:00:07/, from);
  const address = /on (\S+)/.exec(ack)?.[1] ?? '';
  assert.match(get('pxelinux.cfg/01-52-54-00-aa-00-07'), new RegExp(`who= at=${address} from=`));
});

test('a file server that is started again, and other profiles, without a new start of the server', { skip }, async (t) => {
  const { server: made, client, settings, get } = await place(t, profile('web', 'host "web-*"'));
  const pid = Number(made.host.run('sh', '-c', 'for p in $(ip netns pids $(ip netns identify $$)); do grep -qa boot-files /proc/$p/cmdline && echo $p; done; true').split('\n')[0]);
  const from = made.child.lines.length;
  process.kill(pid, 'SIGKILL');
  await made.child.line(/boot: serving files of/, from);
  assert.match(get('pxelinux.cfg/01-52-54-00-aa-00-01'), /who=web-1/);
  settings(profile('db', 'host "db-?"'));
  made.command('reload');
  assert.match(get('pxelinux.cfg/01-52-54-00-aa-00-02'), /boots profile db$/m);
  assert.equal(status(client, 'pxelinux.cfg/01-52-54-00-aa-00-01'), '404');
});

test('loaders of installed packages stand in for the root, and only by their name', { skip: skipWithout('curl', '/usr/lib/PXELINUX/pxelinux.0') }, async (t) => {
  const { server: made, client, root } = await place(t, '');
  client.run('curl', '-sS', '-o', '/dev/null', `tftp://${server}/pxelinux.0`);
  await made.line(/boot: sent pxelinux.0 to .*; from \/usr\/lib\/PXELINUX\/pxelinux.0$/);
  assert.equal(status(client, 'other/pxelinux.0'), '404');
  writeFileSync(join(root, 'pxelinux.0'), 'own');
  assert.equal(client.run('curl', '-sS', `tftp://${server}/pxelinux.0`), 'own');
});

test('status tells who fetched what, and where a boot stands still', { skip: skipWithout('curl', 'udhcpc') }, async (t) => {
  const { server: made, client, get } = await place(t, profile('rack', 'class "rack"'));
  assert.equal(made.command('boot', 'status'), 'no machine has booted from the network by this node since it started\n');
  client.run('udhcpc', '-f', '-q', '-n', '-i', 'eth0', '-s', '/bin/true', '-V', 'PXEClient:Arch:00000:UNDI:002001');
  const address = /DHCPACK on (\S+)/.exec(await made.line(/DHCPACK on/))?.[1] ?? '';
  const waiting = `${address}, 52:54:00:aa:00:07, profile rack: was told pxelinux.0 from ${server} (BIOS firmware), and has not asked here for a file since`;
  assert.equal(made.command('boot', 'status').trim(), waiting);
  client.ip('addr', 'del', '192.168.50.90/24', 'dev', 'eth0');
  client.ip('addr', 'add', `${address}/24`, 'dev', 'eth0');
  get('pxelinux.cfg/01-52-54-00-aa-00-07');
  await made.line(/boot: sent pxelinux.cfg/);
  assert.equal(status(client, 'vmlinuz'), '404');
  await made.line(/asked for \/vmlinuz by http: not there/);
  const text = made.command('boot', 'status', '52-54-00-AA-00-07');
  assert.match(text, new RegExp(`^${address}, 52:54:00:aa:00:07, profile rack: asked for /vmlinuz at last, which is not there$`, 'm'));
  assert.match(text, new RegExp(`^ {2}\\S+Z {2}offer {4}dhcp {2}${address} to BIOS firmware: pxelinux\\.0 from ${server}$`, 'm'));
  assert.match(text, new RegExp(`^ {2}\\S+Z {2}ack {6}dhcp {2}${address} to BIOS firmware: pxelinux\\.0 from ${server}$`, 'm'));
  assert.match(text, /^ {2}\S+Z {2}sent {5}tftp {2}pxelinux.cfg\/01-52-54-00-aa-00-07 {2}\(\d+ bytes, made from profile rack\)$/m);
  assert.match(text, /^ {2}\S+Z {2}missing {2}http {2}\/vmlinuz$/m);
  client.run('udhcpc', '-f', '-q', '-n', '-i', 'eth0', '-s', '/bin/true', '-V', 'system');
  const up = made.command('boot', 'status', '52:54:00:aa:00:07');
  assert.match(up, new RegExp(`: is up: its system got ${address} by DHCP$`, 'm'));
  assert.match(up, new RegExp(`^ {2}\\S+Z {2}ack {6}dhcp {2}${address} to its system$`, 'm'));
  assert.throws(() => made.command('boot', 'status', 'nobody'), /nobody has neither asked this node/);
});
