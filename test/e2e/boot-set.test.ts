// `boot set` on a real server: what was set survives a killed server; a machine that has fetched its files over real TFTP is told to
// boot from its disk, by a server that was killed again, too.

import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { DhcpServer } from './support/dhcp-servers.ts';
import { openLab, skipWithout } from './support/lab.ts';
import type { Space } from './support/namespaces.ts';

const skip = skipWithout('curl');
const server = '192.168.50.80';
const config = `authoritative; ddns-update-style none; ping-check off;
subnet 192.168.50.0 netmask 255.255.255.0 { range 192.168.50.100 192.168.50.150; }
host web-1 { hardware ethernet 52:54:00:aa:00:01; fixed-address 192.168.50.11; }
host os-1 { hardware ethernet 52:54:00:aa:00:02; fixed-address 192.168.50.12; }
`;
const own = 'pxelinux.cfg/01-52-54-00-aa-00-01';
const isProfile = /^ {2}LINUX ::vmlinuz$/m;
const isDisk = /^ {2}LOCALBOOT 0$/m;

interface Place {
  readonly server: DhcpServer;
  readonly client: Space;
  readonly get: (name: string) => string;
  readonly root: string;
}
async function place(t: TestContext): Promise<Place> {
  const lab = await openLab(t);
  chmodSync(lab.folder, 0o755);
  const root = join(lab.folder, 'tftp');
  mkdirSync(root);
  for (const name of ['vmlinuz', 'initrd.img']) writeFileSync(join(root, name), `${name} `.repeat(1_000));
  const profile = (name: string, match: string, more = ''): string => `profile "${name}" { match ${match}; kernel "vmlinuz"; initrd "initrd.img"; ${more} }`;
  const settings = `boot { root "${root}"; ${profile('web', 'host "web-*"')} ${profile('os', 'host "os-*"', 'boot-once on;')} }\n`;
  const made = lab.server({ config, settings, interfaceNames: ['eth0'] });
  const client = lab.host('client', { cidr: '192.168.50.90/24', mac: '52:54:00:aa:00:07' });
  await made.start();
  await made.line(/boot: serving files of/);
  return { server: made, client, root, get: (name) => client.run('curl', '-sS', `tftp://${server}/${name}`) };
}
/** As after a power cut; what was committed is there. */
async function killedAndStarted({ server: made }: Place): Promise<void> {
  await made.kill();
  await made.start();
  await made.line(/boot: serving files of/);
}

test('set, killed, fetched, killed: once its profile, then its disk', { skip }, async (t) => {
  const here = await place(t);
  const { server: made, get } = here;
  assert.match(made.command('boot', 'set', 'web-1', 'install'), /^52:54:00:aa:00:01, web-1: boots its profile once, then from its disk \(set \S+Z\)\n$/);
  await made.line(/command boot\.set \{"machine":"web-1","target":"install"\} by root: done/);
  await killedAndStarted(here);
  assert.match(get(own), isProfile);
  get('vmlinuz');
  await made.line(/boot: sent vmlinuz/);
  assert.match(get(own), isProfile, 'the initrd is still to come');
  get('vmlinuz');
  get('initrd.img');
  await made.line(/boot: 52:54:00:aa:00:01 has fetched what it was to boot once/);
  assert.match(get(own), isDisk);
  await killedAndStarted(here);
  assert.match(get(own), isDisk);
  assert.match(made.command('boot', 'set'), /^52:54:00:aa:00:01, web-1: boots from its disk: it has fetched its profile/);
  const { ok, value } = JSON.parse(made.command('boot', 'set', '52-54-00-AA-00-01', '--clear', '--json')) as { ok: boolean; value: { before: { state: string }; after: null } };
  assert.deepEqual([ok, value.before.state, value.after], [true, 'done', null]);
  assert.match(get(own), isProfile);
  await killedAndStarted(here);
  assert.match(get(own), isProfile);
});

test('the disk at once; a profile by name for a machine that none fits; refusals', { skip }, async (t) => {
  const { server: made, client, get } = await place(t);
  made.command('boot', 'set', 'web-1', 'local');
  assert.match(get(own), isDisk);
  assert.match(client.run('curl', '-sS', `http://${server}:8080/ipxe/01-52-54-00-aa-00-01.ipxe`), /^sanboot --no-describe --drive 0x80/m);
  assert.match(get('grub/grub.cfg-01-52:54:00:aa:00:01'), /^exit 1$/m);
  await made.line(/boot: sent grub/);
  assert.match(made.command('boot', 'status', '52:54:00:aa:00:01').split('\n')[0] ?? '', /52:54:00:aa:00:01.*; boots from its disk \(set/);
  made.command('boot', 'set', '52:54:00:aa:00:07', 'os');
  assert.match(get('pxelinux.cfg/01-52-54-00-aa-00-07'), /boots profile os$/m);
  assert.throws(() => made.command('boot', 'set', '52:54:00:aa:00:08', 'install'), /no boot profile of leasehold\.conf fits 52:54:00:aa:00:08/);
  assert.throws(() => made.command('boot', 'set', 'web-1', 'nosuch'), /there is no boot profile nosuch: say install, local or one of web, os/);
});

test('a profile that boots once needs no word; set to install it boots once more', { skip }, async (t) => {
  const here = await place(t);
  const { server: made, get } = here;
  const [mine, fetch] = ['pxelinux.cfg/01-52-54-00-aa-00-02', (): void => void ['vmlinuz', 'initrd.img'].map(get)];
  assert.match(get(mine), isProfile);
  fetch();
  await made.line(/boot: 52:54:00:aa:00:02 has fetched/);
  await killedAndStarted(here);
  assert.match(get(mine), isDisk);
  made.command('boot', 'set', 'os-1', 'install');
  assert.match(get(mine), isProfile);
  fetch();
  await made.line(/boot: 52:54:00:aa:00:02 has fetched/);
  assert.match(get(mine), isDisk);
});

test('a name in another letter case is named where the boot stands still', { skip }, async (t) => {
  const { server: made, client } = await place(t);
  client.ip('addr', 'add', '192.168.50.91/24', 'dev', 'eth0');
  assert.throws(() => client.run('curl', '-sS', '-f', '--interface', '192.168.50.91', `http://${server}:8080/VMLINUZ`));
  await made.line(/asked for \/VMLINUZ by http: not there/);
  assert.match(made.command('boot', 'status', '192.168.50.91'), /asked for \/VMLINUZ at last, which is not there; vmlinuz differs only in letter case$/m);
});

test('pxelinux finds no configuration: of all the names it tried the one that was meant is named', { skip }, async (t) => {
  const { server: made, client, root } = await place(t);
  mkdirSync(join(root, 'pxelinux.cfg'));
  writeFileSync(join(root, 'pxelinux.cfg/c0a8325b'), 'DEFAULT x');
  client.ip('addr', 'add', '192.168.50.91/24', 'dev', 'eth0');
  const names = ['01-52-54-00-aa-00-07', ...Array.from('C0A8325B', (_, cut) => 'C0A8325B'.slice(0, 8 - cut)), 'default'];
  for (const name of names) assert.throws(() => client.run('curl', '-sS', '--interface', '192.168.50.91', `tftp://${server}/pxelinux.cfg/${name}`));
  await made.line(/asked for pxelinux\.cfg\/default by tftp: not there/);
  const status = made.command('boot', 'status', '192.168.50.91');
  assert.match(status, /asked for 10 names one after the other, and none is there: pxelinux\.cfg\/01-52-54-00-aa-00-07 first, pxelinux\.cfg\/default at last; pxelinux\.cfg\/c0a8325b differs from pxelinux\.cfg\/C0A8325B only in letter case$/m);
});

test('hosts of an installer’s file in the running server, and their profile', { skip }, async (t) => {
  const { server: made, get } = await place(t);
  writeFileSync(join(made.folder, 'machines.csv'), 'name,mac,ip,role\nmaster-0,52:54:00:aa:00:21,192.168.50.21,master\nweb-1,52:54:00:aa:00:01,192.168.50.11,\n');
  const words = ['boot', 'import', join(made.folder, 'machines.csv'), '--config', made.configFile, '--dynamic'];
  const shown = made.command(...words, '--dry-run');
  assert.match(shown, /warning B3011: web-1 is declared with this MAC address in .*dhcpd\.conf already/);
  assert.match(shown, /^\+ master-0 {2}52:54:00:aa:00:21 {2}192\.168\.50\.21 {2}supersede host-name = "master-0";$/m);
  assert.equal(existsSync(join(made.folder, 'openshift-boot.conf')), false);
  assert.match(made.command(...words, '--yes'), /1 hosts are served now/);
  assert.match(made.command('hosts', 'list'), /master-0/);
  const file = join(made.folder, 'openshift-boot.conf');
  const settings = join(made.folder, 'leasehold.conf');
  writeFileSync(settings, readFileSync(settings, 'utf8').replace('boot {', `boot { include "${file}";`));
  made.command('reload');
  assert.match(made.command(...words, '--yes'), /0 to make, 0 to change, 1 as they are/);
  made.command('boot', 'set', 'master-0', 'openshift-master');
  assert.match(get('pxelinux.cfg/01-52-54-00-aa-00-21'), /coreos\.inst\.ignition_url=http:\/\/192\.168\.50\.80:8080\/ignition\/master\.ign$/m);
});
