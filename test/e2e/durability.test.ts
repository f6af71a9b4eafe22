// P1 end to end: an ACK leaves after its lease is on disk, kills lose none, and a bad disk closes pools but no reservation.

import assert from 'node:assert/strict';
import { closeSync, existsSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import type { LoadResult } from '../../src/cli/bench/tally.ts';
import { eventually, type Child } from '../../src/cli/lab/child.ts';
import { subject, type DhcpServer } from './support/dhcp-servers.ts';
import { openLab, skipWithout, type Lab } from './support/lab.ts';
import type { Space } from './support/namespaces.ts';
import { ackedLeases, leasesInFile } from './support/acked-leases.ts';
import { orderOfSystemCalls } from './support/system-calls.ts';

const skip = skipWithout('strace', 'udhcpc', 'tshark');
const ownOnly = skip || (subject === 'dhcpd' && 'dhcpd has no reserved-only mode');
const reserved = '02:00:aa:00:00:01';
const config = `
authoritative;
ddns-update-style none;
ping-check false;
dhcp-cache-threshold 0;
default-lease-time 3600;
subnet 10.64.0.0 netmask 255.255.0.0 {
  host reserved { hardware ethernet ${reserved}; fixed-address 10.64.0.60; }
  pool { range 10.64.1.0 10.64.255.0; }
}
`;
const options = { config, cidr: '10.64.0.1/16', interfaceNames: ['eth0'] } as const;

/** Starts the load generator; its result when it ends. */
function load(host: Space, ...words: string[]): Child {
  const program = join(import.meta.dirname, '../bench/load-main.ts');
  return host.start([process.execPath, '--import', 'tsx', program, '--server', '10.64.0.1', '--interface', 'eth0', '--json', ...words]);
}
async function result(child: Child): Promise<LoadResult> {
  await child.exited;
  const line = child.lines.find((text) => text.startsWith('{'));
  assert.ok(line !== undefined, child.text);
  return JSON.parse(line) as LoadResult;
}

test('every ACK follows an fdatasync that follows the write of its lease', { skip }, async (t) => {
  const lab = await openLab(t);
  const trace = join(lab.folder, 'trace');
  const strace = ['strace', '-f', '-qq', '-x', '-s', '16384', '-e', 'trace=write,pwrite64,writev,fsync,fdatasync,sendto,sendmsg,sendmmsg', '-o', trace];
  const server = await lab.server(options).start(strace);
  const client = lab.host('load', { cidr: '10.64.0.2/16' });
  const { acks } = await result(load(client, '--window', '8', '--duration', '2', '--warm-up', '0', '--clients', '200'));
  await server.stop();
  const text = readFileSync(trace, 'latin1');
  const { acksSent, violations } = orderOfSystemCalls(text);
  assert.deepEqual(violations.slice(0, 5), []);
  // The reader of the trace must see what it is for: without the syncs every ACK is too early.
  assert.equal(orderOfSystemCalls(text.replace(/^.*fdatasync.*$/gm, '')).violations.length, acksSent);
  assert.ok(acksSent >= acks && acks > 50, `${acksSent} ACKs seen, ${acks} received`);
});

test('kill -9 under load loses no acknowledged lease', { skip }, async (t) => {
  const rounds = process.env['LEASEHOLD_NIGHT'] === '1' ? 30 : 5;
  const lab = await openLab(t);
  const server = lab.server(options);
  const client = lab.host('load', { cidr: '10.64.0.2/16' });
  const capture = await lab.capture(client, 'eth0', 'udp src port 67');
  for (let round = 0; round < rounds; round++) {
    await server.start();
    const loading = load(client, '--window', '32', '--duration', '60', '--warm-up', '0', '--clients', '5000', '--first-client', String(round * 5000));
    const size = existsSync(server.leaseFile) ? statSync(server.leaseFile).size : 0;
    await eventually('leases', () => (statSync(server.leaseFile).size > size + 20_000 ? true : undefined));
    await server.kill();
    await loading.stop('SIGKILL');
  }
  await eventually('the capture', () => (capture.read('dhcp.option.dhcp == 5', ['frame.number']).length > 100 ? true : undefined));
  await capture.stop();
  await server.start();
  await server.stop();
  const acked = ackedLeases(capture);
  const kept = leasesInFile(server.leases());
  const lost = [...acked].filter(([address, mac]) => kept.get(address) !== mac);
  assert.deepEqual(lost.slice(0, 5), [], `${lost.length} of ${acked.size} lost`);
  assert.ok(acked.size > rounds * 50, `only ${acked.size} leases were acknowledged`);
});

/** With a disk that cannot be written: the reserved host is served, a stranger gets nothing. */
async function assertReservedOnly(lab: Lab, server: DhcpServer): Promise<void> {
  const bound = await lab.client('udhcpc', reserved).bind();
  assert.equal(bound.ip, '10.64.0.60');
  const other = lab.client('udhcpc', '02:00:bb:00:00:01');
  await other.start('-n').exited;
  assert.deepEqual(other.leases(), []);
  assert.ok(!server.child.hasExited, server.log);
}

test('a full disk: reserved hosts are answered, pools are closed, and open again with space', { skip: ownOnly }, async (t) => {
  const lab = await openLab(t);
  const server = await lab.server({ ...options, diskKilobytes: 4096 }).start();
  const filler = join(server.leaseFolder, 'filler');
  const fd = openSync(filler, 'w');
  try {
    for (;;) writeSync(fd, new Uint8Array(4096));
  } catch {
    // The disk is full, which is what was wanted.
  }
  closeSync(fd);
  const loading = load(lab.host('load', { cidr: '10.64.0.2/16' }), '--window', '16', '--duration', '2', '--warm-up', '0', '--clients', '1000', '--retry', '200');
  await server.line(/no leases are granted: full/);
  await assertReservedOnly(lab, server);
  await loading.exited;
  writeFileSync(filler, '');
  const bound = await lab.client('udhcpc', '02:00:bb:00:00:02').bind(60_000);
  assert.match(bound.ip, /^10\.64\./);
});

test('a read-only file system: reserved hosts are answered, pools are closed', { skip: ownOnly }, async (t) => {
  const lab = await openLab(t);
  const server = await lab.server({ ...options, diskKilobytes: 4096 }).start(['strace', '-f', '-qq', '-o', '/dev/null', '-P', join(lab.folder, 'server-0/leases/dhcpd.leases'), '-e', 'trace=write,pwrite64,writev', '-e', 'inject=write,pwrite64,writev:error=EROFS:when=2+']);
  const loading = load(lab.host('load', { cidr: '10.64.0.2/16' }), '--window', '4', '--duration', '2', '--warm-up', '0', '--clients', '100', '--retry', '200');
  await server.line(/no leases are granted: .*(read-only|EROFS)/i);
  await assertReservedOnly(lab, server);
  await loading.exited;
});

test('a failing fdatasync: no lease is acknowledged after it, reserved hosts are answered', { skip: ownOnly }, async (t) => {
  const lab = await openLab(t);
  const server = lab.server(options);
  await server.start(['strace', '-f', '-qq', '-o', '/dev/null', '-e', 'trace=fdatasync', '-e', 'inject=fdatasync:error=EIO:when=4+']);
  const loaded = await result(load(lab.host('load', { cidr: '10.64.0.2/16' }), '--window', '4', '--duration', '2', '--warm-up', '0', '--clients', '100', '--retry', '200'));
  assert.ok(loaded.acks <= 16, `${loaded.acks} leases were acknowledged although their sync failed`);
  await server.line(/no leases are granted: .*(fdatasync|EIO)/i);
  await assertReservedOnly(lab, server);
});

test('the lease file and its directory are made when they are missing', { skip: ownOnly }, async (t) => {
  const lab = await openLab(t);
  const server = lab.server(options);
  execFileSync('rm', ['-rf', server.leaseFolder]);
  await server.start();
  await lab.client('udhcpc', '02:00:bb:00:00:03').bind();
  await eventually('the record', () => (existsSync(server.leaseFile) && server.leases().includes('02:00:bb:00:00:03') ? true : undefined));
});
