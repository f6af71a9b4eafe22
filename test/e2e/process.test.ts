// The server as a process: in the background and in front, under another user, told to reload and to stop, and met by a
// packet that breaks an invariant.

import assert from 'node:assert/strict';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import { eventually } from '../../src/cli/lab/child.ts';
import { AF, libc, must, SOCK } from '../../src/shell/libc.ts';
import { NativeBlock } from '../../src/shell/native.ts';
import { unixName } from '../../src/shell/notify.ts';
import type { DhcpServer } from './support/dhcp-servers.ts';
import { openLab, skipWithout, type Lab } from './support/lab.ts';
import type { Space } from './support/namespaces.ts';
import { buildPlanted, plantedMac } from './support/planted-build.ts';

const skip = skipWithout('setpriv');
const config = (hosts = ''): string => `
authoritative; ddns-update-style none; ping-check false;
subnet 192.168.50.0 netmask 255.255.255.0 { range 192.168.50.100 192.168.50.150; }
${hosts}`;
const mac = (last: string): string => `02:00:00:00:00:${last}`;

async function machines(t: TestContext): Promise<{ lab: Lab; server: DhcpServer; client: Space }> {
  const lab = await openLab(t);
  const server = lab.server({ config: config(), interfaceNames: ['eth0'] });
  return { lab, server, client: lab.host('client') };
}

/** The address this client is offered, undefined when nobody answers. */
async function offered(lab: Lab, client: Space, last: string, waitMillis = 1_500): Promise<string | undefined> {
  const [reply] = await lab.craft(client, [{ type: 1, mac: mac(last) }], waitMillis);
  return reply?.yiaddr;
}

const program = join(import.meta.dirname, '../../bin/dhcpd');
const words = (server: DhcpServer, ...more: readonly string[]): string[] => [
  program, '-cf', server.configFile, '-lf', server.leaseFile, '-pf', server.pidFile, ...more, 'eth0',
];
const environment = (server: DhcpServer): { env: NodeJS.ProcessEnv } => ({ env: { LEASEHOLD_CONTROL: server.controlSocket } });
const pidIn = (server: DhcpServer): number => Number(readFileSync(server.pidFile, 'utf8'));
const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}/exe`);

test('in the background: the command returns when the server serves, and says so when it cannot', { skip }, async (t) => {
  const { lab, server, client } = await machines(t);
  const start = server.host.start(words(server), environment(server));
  assert.equal((await start.exited).code, 0);
  assert.match(start.text, /Server starting service/);
  const pid = pidIn(server);
  assert.notEqual(await offered(lab, client, '01'), undefined);

  const second = server.host.start(words(server), environment(server));
  assert.equal((await second.exited).code, 1);
  assert.match(second.text, /There's already a DHCP server running/);
  const otherPid = server.host.start([program, '-f', '-d', '-cf', server.configFile, '-lf', server.leaseFile, '--no-pid', 'eth0'], environment(server));
  assert.equal((await otherPid.exited).code, 1);
  assert.match(otherPid.text, /Can't open lease database .*: another server uses it/);

  process.kill(pid, 'SIGTERM');
  await eventually('the daemon ends', () => (isAlive(pid) ? undefined : true));
  assert.equal(existsSync(server.pidFile), false);

  server.configure('subnet 192.168.50.0 netmask 255.255.255.0 { range 10.0.0.1; }\n');
  const broken = server.host.start(words(server), environment(server));
  assert.equal((await broken.exited).code, 1);
  assert.match(broken.text, /bad range, address 10\.0\.0\.1 not in subnet/);
});

test('a reload takes a new configuration over whole or not at all', { skip }, async (t) => {
  const { lab, server, client } = await machines(t);
  await server.start();
  assert.notEqual(await offered(lab, client, '02'), '192.168.50.7');
  server.configure(config(`host a { hardware ethernet ${mac('02')}; fixed-address 192.168.50.7; }`));
  process.kill(server.child.pid, 'SIGHUP');
  await server.line(/configuration reloaded: 1 subnets, 1 hosts/);
  assert.equal(await offered(lab, client, '02'), '192.168.50.7');

  server.configure(config('host a { hardware ethernet nonsense; }'));
  assert.throws(() => server.command('reload'), /line 4: expected a hex number, found .nonsense./);
  await server.line(/configuration not reloaded, the old one serves on/);
  assert.equal(await offered(lab, client, '02'), '192.168.50.7');
});

test('under another user it keeps two capabilities, and serves', { skip }, async (t) => {
  const { lab, server, client } = await machines(t);
  for (const folder of [lab.folder, server.folder, server.leaseFolder]) chownSync(folder, 65534, 65534);
  // Its folder is made where that user may not make one.
  const outside = mkdtempSync(join(tmpdir(), 'leasehold-process-'));
  t.after(() => rmSync(outside, { recursive: true, force: true }));
  chmodSync(outside, 0o755);
  const controlSocket = join(outside, 'run/control');
  const child = server.host.start([...words(server, '-f', '-d', '-user', 'nobody', '-group', 'nogroup')], { env: { LEASEHOLD_CONTROL: controlSocket } });
  await child.line(/Server starting service/);
  assert.equal(statSync(controlSocket).uid, 65534);
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  assert.match(status, /^Uid:\t65534\t65534\t65534\t65534$/m);
  assert.match(status, /^CapEff:\t0000000000002400$/m);
  assert.match(status, /^CapPrm:\t0000000000002400$/m);
  assert.notEqual(await offered(lab, client, '03'), undefined);
  await child.stop();
  assert.equal((await child.exited).code, 0);
});

test('in a root of its own, paths are inside', { skip }, async (t) => {
  const { lab, server, client } = await machines(t);
  const root = join(lab.folder, 'root');
  for (const folder of ['etc', 'leases', 'run', 'dev']) mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, 'etc/dhcpd.conf'), config());
  const child = server.host.start(
    [program, '-f', '-d', '-chroot', root, '-cf', '/etc/dhcpd.conf', '-lf', '/leases/dhcpd.leases', '-pf', '/run/pid', '-control', '/run/control', 'eth0'],
    environment(server),
  );
  await child.line(/Server starting service/);
  assert.equal(readlinkSync(`/proc/${child.pid}/root`), root);
  assert.equal(Number(readFileSync(join(root, 'run/pid'), 'utf8')), child.pid);
  assert.ok(existsSync(join(root, 'leases/dhcpd.leases')));
  assert.notEqual(await offered(lab, client, '04'), undefined);
  // The program's file is out of reach now, so no thread can be made of it.
  writeFileSync(join(root, 'etc/dhcpd.conf'), config(`host a { hardware ethernet ${mac('04')}; fixed-address 192.168.50.7; }`));
  child.process.kill('SIGHUP');
  await child.line(/clients wait while the configuration is read: /);
  await child.line(/configuration reloaded: 1 subnets, 1 hosts/);
  assert.equal(await offered(lab, client, '04'), '192.168.50.7');
  // Nor can the file server be started: that is said once, and DHCP goes on.
  writeFileSync(join(root, 'etc/leasehold.conf'), 'boot { root "/tftp"; }\n');
  child.process.kill('SIGHUP');
  await child.line(/boot: no files are served: \S+ is not there to be started\. Under -chroot it cannot be/);
  assert.equal(await offered(lab, client, '04'), '192.168.50.7');
  assert.doesNotMatch(child.text, /boot: the file server ended/);
});

test('the service manager is told when it serves, reloads and stops', { skip }, async (t) => {
  const { lab, server } = await machines(t);
  const path = join(lab.folder, 'notify');
  const fd = must(libc.socket(AF.unix, SOCK.dgram | SOCK.nonblock | SOCK.cloexec, 0), 'socket');
  t.after(() => libc.close(fd));
  const name = unixName(path);
  must(libc.bind(fd, name.block.address, name.size), 'bind');
  const told = (): Promise<string> =>
    eventually('a notification', () => {
      const block = new NativeBlock(512);
      const size = libc.recv(fd, block.address, 512, 0);
      return size < 0 ? undefined : Buffer.from(block.bytes.subarray(0, size)).toString();
    });
  const child = server.host.start(words(server, '-f', '-d'), { env: { ...environment(server).env, NOTIFY_SOCKET: path } });
  assert.equal(await told(), 'READY=1\nSTATUS=serving eth0');
  child.process.kill('SIGHUP');
  assert.match(await told(), /^RELOADING=1\nMONOTONIC_USEC=\d+$/);
  assert.match(await told(), /^READY=1/);
  child.process.kill('SIGTERM');
  assert.equal(await told(), 'STOPPING=1');
  assert.equal((await child.exited).code, 0);
});

test('as JSON, every line is an object with a stable id', { skip }, async (t) => {
  const { lab, server, client } = await machines(t);
  const child = server.host.start(words(server, '-f', '-d'), { env: { ...environment(server).env, LEASEHOLD_LOG: 'json' } });
  await child.line(/Server starting service/);
  await offered(lab, client, '05');
  await child.line(/DHCP_OFFER/);
  const objects = child.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const offer = objects.find(({ event }) => event === 'DHCP_OFFER');
  assert.equal(offer?.['hardware'], mac('05'));
  assert.equal(offer?.['interface'], 'eth0');
  assert.ok(objects.every(({ event, level, time }) => typeof event === 'string' && typeof level === 'string' && typeof time === 'string'));
});

let planted: Awaited<ReturnType<typeof buildPlanted>> | undefined;
before(async () => {
  if (skip === false) planted = await buildPlanted();
});
after(() => planted?.remove());

test('a packet that breaks an invariant before anything changed is dropped, and the server serves on [P8]', { skip }, async (t) => {
  const { lab, server, client } = await machines(t);
  const child = server.host.start(plantedWords(server), environment(server));
  await child.line(/Server starting service/);
  const [nothing] = await lab.craft(client, [{ type: 1, mac: plantedMac.untouched }], 700);
  assert.equal(nothing, undefined);
  await child.line(/dropped a packet that broke an invariant \(1 so far\): planted: 010106/);
  assert.notEqual(await offered(lab, client, '06'), undefined);
});

test('one that breaks it half way ends the process; after the restart it is dropped, others are served [P8]', { skip }, async (t) => {
  const { lab, server, client } = await machines(t);
  const child = server.host.start(plantedWords(server), environment(server));
  await child.line(/Server starting service/);
  await lab.craft(client, [{ type: 1, mac: plantedMac.halfWay, xid: 1 }], 500);
  assert.equal((await child.exited).code, 70);
  assert.match(child.text, /a packet broke an invariant half way: planted: quarantined, restarting: 010106/);

  const next = server.host.start(plantedWords(server), environment(server));
  await next.line(/Server starting service/);
  await lab.craft(client, [{ type: 1, mac: plantedMac.halfWay, xid: 2 }], 500);
  await next.line(/Dropped 1 packets: quarantined/);
  assert.notEqual(await offered(lab, client, '07'), undefined);
});

test('a daemon, which nobody supervises, starts itself again [P8]', { skip }, async (t) => {
  const { lab, server, client } = await machines(t);
  const start = server.host.start(plantedWords(server).filter((word) => word !== '-f' && word !== '-d'), environment(server));
  assert.equal((await start.exited).code, 0);
  const pid = pidIn(server);
  await lab.craft(client, [{ type: 1, mac: plantedMac.halfWay }], 500);
  assert.notEqual(await offered(lab, client, '08', 4_000), undefined);
  assert.equal(pidIn(server), pid, 'the same process');
});

const plantedWords = (server: DhcpServer): string[] => [
  process.execPath, planted?.path ?? '', 'dhcpd', ...words(server, '-f', '-d').slice(1),
];
