// The file server as a process beside the server: TFTP and HTTP against the clients that distributions ship, the root as a jail,
// a file larger than the block numbers reach, many at once, and what becomes of it when it dies.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { eventually, type Child } from '../../src/cli/lab/child.ts';
import { tableLimits } from '../../src/shell/boot/tftp-server.ts';
import { hasCapability } from '../../src/shell/privileges.ts';
import type { DhcpServer } from './support/dhcp-servers.ts';
import { openLab, skipWithout, type Lab } from './support/lab.ts';
import type { Space } from './support/namespaces.ts';

const skip = skipWithout('tftp', 'atftp', 'curl');
/** These take minutes each: LEASEHOLD_NIGHT=1 runs them. */
const atNight: typeof test = process.env['LEASEHOLD_NIGHT'] === '1' ? test : ((() => undefined) as unknown as typeof test);
const server = '192.168.50.80';
const config = 'authoritative; ddns-update-style none; subnet 192.168.50.0 netmask 255.255.255.0 { range 192.168.50.100 192.168.50.150; }\n';
const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

interface Place {
  readonly lab: Lab;
  readonly server: DhcpServer;
  readonly client: Space;
  readonly root: string;
  /** A path for what the client fetches. */
  readonly into: (name: string) => string;
  /** Puts a file below the root. */
  readonly put: (name: string, bytes: Uint8Array | string) => string;
}

async function place(t: TestContext): Promise<Place> {
  const lab = await openLab(t);
  chmodSync(lab.folder, 0o755);
  const root = join(lab.folder, 'tftp');
  mkdirSync(join(root, 'pxelinux.cfg'), { recursive: true });
  const settings = `boot { root "${root}"; }\n`;
  const made = lab.server({ config, settings, interfaceNames: ['eth0'] });
  const client = lab.host('client', { cidr: '192.168.50.90/24' });
  await made.start();
  await made.line(/boot: serving files of .* on TFTP port 69 and HTTP port 8080/);
  return {
    lab, server: made, client, root,
    into: (name) => join(lab.folder, `got-${name}`),
    put: (name, bytes) => {
      writeFileSync(join(root, name), bytes);
      return digest(typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
    },
  };
}
const digestOf = (path: string): string => digest(readFileSync(path));
const fetched = async (child: Child): Promise<string> => {
  const { code } = await child.exited;
  assert.equal(code, 0, child.text);
  return child.text;
};
const filePid = (server: DhcpServer): number =>
  Number(server.host.run('sh', '-c', 'for p in $(ip netns pids $(ip netns identify $$)); do grep -qa boot-files /proc/$p/cmdline && echo $p; done; true').split('\n')[0]);

/** What the file server holds: descriptors and resident kilobytes. */
const holdings = (pid: number): { descriptors: number; kilobytes: number } => ({
  descriptors: readdirSync(`/proc/${pid}/fd`).length,
  kilobytes: Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]),
});
/** A transfer has a socket; those that began together have one file. */
const descriptorsOf = (transfers: number): number => transfers;
const memoryKilobytesMax = 100_000;

test('tftp-hpa, atftp and curl fetch files whole, and the log says so', { skip }, async (t) => {
  const { client, server: made, put, into } = await place(t);
  for (const size of [0, 511, 512, 513, 1468 * 3, 70_000]) {
    const want = put(`f${size}`, randomBytes(size));
    client.run('tftp', '-m', 'octet', server, '-c', 'get', `f${size}`, into('a'));
    assert.equal(digestOf(into('a')), want, `tftp-hpa ${size}`);
    client.run('atftp', '--option', 'blksize 1468', '--option', 'windowsize 16', '-g', '-r', `f${size}`, '-l', into('b'), server);
    assert.equal(digestOf(into('b')), want, `atftp ${size}`);
    // curl 7.88 fails on an empty file from any server.
    if (size > 0) client.run('curl', '-sS', '-o', into('c'), `tftp://${server}/f${size}`);
    if (size > 0) assert.equal(digestOf(into('c')), want, `curl ${size}`);
    client.run('curl', '-sS', '-o', into('d'), `http://${server}:8080/f${size}`);
    assert.equal(digestOf(into('d')), want, `http ${size}`);
  }
  await made.line(/boot: sent f70000 to 192\.168\.50\.90 by tftp: 70000 bytes in \d+ ms$/);
  await made.line(/boot: sent \/f70000 to 192\.168\.50\.90 by http: 70000 bytes/);
  put('text', 'one\ntwo\r');
  client.run('tftp', '-m', 'ascii', server, '-c', 'get', 'text', into('text'));
  assert.equal(readFileSync(into('text'), 'latin1'), 'one\ntwo\r');
});

test('HTTP: ranges, conditions, no other method', { skip }, async (t) => {
  const { client, put } = await place(t);
  put('image', '0123456789');
  const url = `http://${server}:8080/image`;
  const curl = (...words: readonly string[]): string => client.run('curl', '-sS', ...words);
  assert.equal(curl('-r', '2-4', url), '234');
  assert.equal(curl('-r', '-3', url), '789');
  assert.equal(curl('-r', '7-', url), '789');
  assert.equal(curl('-o', '/dev/null', '-w', '%{http_code}', '-r', '10-', url), '416');
  assert.match(curl('-I', url), /200 OK[\s\S]*content-length: 10/i);
  assert.equal(curl('-o', '/dev/null', '-w', '%{http_code}', '-X', 'PUT', '-d', 'x', url), '405');
  const etag = /etag: (\S+)/i.exec(curl('-I', url))?.[1] ?? '';
  assert.equal(curl('-o', '/dev/null', '-w', '%{http_code}', '-H', `If-None-Match: ${etag}`, url), '304');
});

/** `--range` as curl(1) describes it; the file is `0123456789`. More than one range may be answered with all of it (RFC 9110 §14.2). */
const curlRanges: readonly (readonly [range: string, status: number, body: string, contentRange?: string])[] = [
  ['0-4', 206, '01234', 'bytes 0-4/10'], ['5-9', 206, '56789', 'bytes 5-9/10'], ['0-0', 206, '0', 'bytes 0-0/10'],
  ['9-', 206, '9', 'bytes 9-9/10'], ['0-', 206, '0123456789', 'bytes 0-9/10'], ['0-999', 206, '0123456789', 'bytes 0-9/10'],
  ['-1', 206, '9', 'bytes 9-9/10'], ['-10', 206, '0123456789', 'bytes 0-9/10'], ['-999', 206, '0123456789', 'bytes 0-9/10'],
  ['0-0,-1', 200, '0123456789'], ['1-2,4-5', 200, '0123456789'], ['10-', 416, '', 'bytes */10'], ['10-12', 416, '', 'bytes */10'],
];

test('HTTP: every form of curl --range, a download that goes on, and what UEFI and iPXE ask first', { skip }, async (t) => {
  const { client, put, into } = await place(t);
  const want = put('image', '0123456789');
  const url = `http://${server}:8080/image`;
  for (const [range, status, body, contentRange] of curlRanges) {
    const text = client.run('curl', '-sS', '-i', '-r', range, url);
    const [head = '', got] = text.split('\r\n\r\n');
    assert.deepEqual([head.split(' ')[1], got], [String(status), body], range);
    assert.equal(/^content-range: (.*)$/im.exec(head)?.[1]?.trim(), contentRange, range);
    assert.match(head, new RegExp(`^content-length: ${body.length}\r?$`, 'im'), range);
  }
  writeFileSync(into('half'), '01234');
  client.run('curl', '-sS', '-C', '-', '-o', into('half'), url);
  assert.equal(digestOf(into('half')), want);
  const head = client.run('curl', '-sS', '-I', url);
  const etag = /etag: (\S+)/i.exec(head)?.[1] ?? '';
  // Half of a file that has changed since is of no use: all of it comes.
  assert.equal(client.run('curl', '-sS', '-r', '5-9', '-H', 'If-Range: "old"', url), '0123456789');
  assert.equal(client.run('curl', '-sS', '-r', '5-9', '-H', `If-Range: ${etag}`, url), '56789');
  // UEFI HTTP boot asks for the size first (UEFI §24.7.3.1); a range does not change what HEAD says of it.
  assert.match(head, /^HTTP\/1\.1 200[\s\S]*^content-length: 10\r?$/im);
  assert.match(head, /^accept-ranges: bytes\r?$/im);
  // HTTP/1.0 without Host, as small loaders speak it.
  assert.match(client.run('curl', '-sS', '-i', '-0', '-H', 'Host:', url), /^HTTP\/1\.1 200[\s\S]*\r\n\r\n0123456789$/);
  // One connection for several files, as iPXE uses it.
  assert.equal(client.run('curl', '-sS', url, url, '-w', '%{num_connects}'), '0123456789101234567890');
});

test('nothing outside the root, by whatever name', { skip }, async (t) => {
  const { client, server: made, root, into } = await place(t);
  writeFileSync(join(root, '../secret'), 'secret');
  symlinkSync('../secret', join(root, 'link'));
  symlinkSync('/etc', join(root, 'etc'));
  writeFileSync(join(root, 'inside'), 'inside');
  symlinkSync(join(root, 'inside'), join(root, 'good'));
  writeFileSync(join(root, 'private'), 'private', { mode: 0o600 });
  const names = ['../secret', '/../secret', 'pxelinux.cfg/../../secret', '..\\secret', 'link', 'etc/passwd', 'private', 'pxelinux.cfg'];
  for (const name of names) {
    const child = client.start(['curl', '-sS', '--path-as-is', '-o', into('x'), `tftp://${server}/${name.replaceAll('\\', '%5c')}`]);
    assert.notEqual((await child.exited).code, 0, name);
  }
  for (const path of ['../secret', '%2e%2e/secret', '..%2fsecret', '%2e%2e%5csecret', 'link', 'etc/passwd', 'private', 'pxelinux.cfg/', '', '%00', '%'])
    assert.match(client.run('curl', '-sS', '--path-as-is', '-o', '/dev/null', '-w', '%{http_code}', `http://${server}:8080/${path}`), /^40[034]$/, path);
  await made.line(/may not have link by tftp: a symbolic link leads out of the root/);
  await made.line(/may not have \.\.\/secret by tftp: the name leads out of the root/);
  await made.line(/may not have private by tftp: the file server's user may not read it/);
  assert.equal(client.run('curl', '-sS', `tftp://${server}/good`), 'inside');
});

test('the file of a machine is found however its MAC address is spelled, and nothing else is', { skip }, async (t) => {
  const { client, server: made, put } = await place(t);
  put('pxelinux.cfg/01-52-54-00-AA-00-0B', 'mine');
  put('pxelinux.cfg/Default', 'not asked');
  assert.equal(client.run('curl', '-sS', `tftp://${server}//pxelinux.cfg/01-52-54-00-aa-00-0b`), 'mine');
  await made.line(/boot: sent \/pxelinux.cfg\/01-52-54-00-aa-00-0b .*; the file is spelled pxelinux.cfg\/01-52-54-00-AA-00-0B$/);
  assert.notEqual((await client.start(['curl', '-sS', `tftp://${server}//pxelinux.cfg/default`]).exited).code, 0);
  await made.line(/asked for \/pxelinux.cfg\/default by tftp: not there/);
});

test('100 MB pass the end of the block numbers', { skip }, async (t) => {
  const { client, put, into } = await place(t);
  const want = put('large', randomBytes(100 * 1024 * 1024));
  await fetched(client.start(['atftp', '--option', 'blksize 1468', '-g', '-r', 'large', '-l', into('large'), server]));
  assert.equal(digestOf(into('large')), want);
  await fetched(client.start(['atftp', '--option', 'blksize 1428', '--option', 'windowsize 16', '-g', '-r', 'large', '-l', into('large'), server]));
  assert.equal(digestOf(into('large')), want);
});

test('twenty fetch 5 MB at once', { skip }, async (t) => {
  const { client, put, into } = await place(t);
  const want = put('image', randomBytes(5 * 1024 * 1024));
  const numbers = Array.from({ length: 20 }, (_, number) => String(number));
  await Promise.all(numbers.map((number) => fetched(client.start(['curl', '-sS', '--tftp-blksize', '1468', '-o', into(number), `tftp://${server}/image`]))));
  for (const number of numbers) assert.equal(digestOf(into(number)), want);
});

atNight('two hundred fetch 50 MB at once, in bounded memory', { skip }, async (t) => {
  const at = await place(t);
  const want = at.put('image', randomBytes(50 * 1024 * 1024));
  const pid = filePid(at.server);
  const before = holdings(pid);
  const started = performance.now();
  const script = `for i in $(seq 200); do (curl -sS --tftp-blksize 1468 tftp://${server}/image | sha256sum | cut -c1-64) & done; wait`;
  const fetching = at.client.start(['sh', '-c', script]);
  let most = before.kilobytes;
  const timer = setInterval(() => (most = Math.max(most, holdings(pid).kilobytes)), 500);
  const text = await fetched(fetching).finally(() => clearInterval(timer));
  assert.deepEqual(text.split('\n'), Array.from({ length: 200 }, () => want));
  t.diagnostic(`200 × 50 MiB in ${((performance.now() - started) / 1000).toFixed(0)} s; the file server had ${before.kilobytes} kB before and ${most} kB at most`);
  assert.ok(most <= before.kilobytes + memoryKilobytesMax, `${most} kB, before ${before.kilobytes}`);
});

test('it has no privilege, and is started again when it dies; the server is not disturbed', { skip }, async (t) => {
  const { server: made, client, put } = await place(t);
  put('small', 'small');
  const pid = filePid(made);
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  assert.match(status, /^Uid:\t65534\t65534\t65534\t65534$/m);
  for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapAmb']) assert.match(status, new RegExp(`^${set}:\t0000000000000000$`, 'm'));
  assert.match(status, /^NoNewPrivs:\t1$/m);
  const from = made.child.lines.length;
  process.kill(pid, 'SIGKILL');
  await made.child.line(/boot: the file server ended \(SIGKILL\), starting it again in 1 s/, from);
  await made.child.line(/boot: serving files of/, from);
  assert.notEqual(filePid(made), pid);
  assert.equal(client.run('curl', '-sS', `tftp://${server}/small`), 'small');
  const again = filePid(made);
  await made.stop();
  assert.throws(() => process.kill(again, 0));
});

/** The scheduling classes of its threads (proc(5), field 41 of stat), and their values (sched(7)). */
const policiesOf = (pid: number): number[] => [
  ...new Set(readdirSync(`/proc/${pid}/task`).map((thread) => Number(readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8').split(') ')[1]?.split(' ')[38]))),
];
const [schedOther, schedIdle] = [0, 5];
/** Root of a container may lack CAP_SYS_NICE: then the file server stays as it is. */
const mayLeaveIdle = hasCapability('sysNice');

/** Requests for a file from addresses where nobody is, until it is stopped. */
function flood({ lab, server: made }: Place, addresses: number, first: string): Child {
  const mac = /link\/ether (\S+)/.exec(made.host.ip('link', 'show', 'eth0'))?.[1] ?? '';
  const program = join(import.meta.dirname, 'support/tftp-flood-main.ts');
  return lab.host('flooder').start([process.execPath, '--import', 'tsx', program, 'eth0', server, mac, 'image', '5000', '60', String(addresses), first]);
}

test('a flood from one address takes its share of the places; another address is served all the while', { skip }, async (t) => {
  const at = await place(t);
  const want = at.put('image', randomBytes(1024 * 1024));
  const pid = filePid(at.server);
  const before = holdings(pid);
  const flooding = flood(at, 1, '192.168.50.200');
  await eventually('its transfers are open', () => (holdings(pid).descriptors >= before.descriptors + descriptorsOf(tableLimits.perAddressMax) - 10 ? true : undefined));
  for (const number of ['1', '2', '3']) {
    at.client.run('curl', '-sS', '--tftp-blksize', '1468', '-o', at.into(number), `tftp://${server}/image`);
    assert.equal(digestOf(at.into(number)), want);
    const { descriptors, kilobytes } = holdings(pid);
    // 64 more are being opened at most, each a place and a file for a moment.
    assert.ok(descriptors <= before.descriptors + descriptorsOf(tableLimits.perAddressMax) + 128, `${descriptors} descriptors`);
    assert.ok(kilobytes <= before.kilobytes + memoryKilobytesMax, `${kilobytes} kB, before ${before.kilobytes}`);
  }
  assert.equal(flooding.hasExited, false, 'it went on');
});

test('files in netascii are held in memory: so many of them and no more, octet is not concerned', { skip: skipWithout('curl', 'python3') }, async (t) => {
  const { client, server: made, put, into } = await place(t);
  put('text', 'x'.repeat(3 * 1024 * 1024));
  const ask = 'import socket, sys; s = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(12)]; ' +
    `[one.sendto(b"\\0\\1text\\0netascii\\0", ("${server}", 69)) for one in s]; [one.settimeout(20) for one in s]; ` +
    'print(sorted(one.recv(600)[1] for one in s))';
  // 6 MiB each: five have room, seven are told so.
  assert.equal(client.run('python3', '-c', ask).trim(), '[3, 3, 3, 3, 3, 5, 5, 5, 5, 5, 5, 5]');
  await made.line(/may not have text by tftp: Too many netascii transfers, use octet/);
  client.run('curl', '-sS', '-o', into('text'), `tftp://${server}/text`);
  assert.equal(readFileSync(into('text')).length, 3 * 1024 * 1024);
});

test('a request from where no way leads takes no place, and is told', { skip }, async (t) => {
  const at = await place(t);
  at.put('image', 'anything');
  const before = holdings(filePid(at.server));
  const flooding = flood(at, 1, '10.96.0.0');
  await at.server.line(/10\.96\.0\.0 .*UDP to 10\.96\.0\.0: ENETUNREACH/);
  await flooding.stop('SIGKILL');
  assert.ok(holdings(filePid(at.server)).descriptors <= before.descriptors + 2);
});

test('a flood from many addresses: places and memory have a bound, running transfers end well, and behind it all is as before', { skip }, async (t) => {
  const at = await place(t);
  const want = at.put('image', randomBytes(8 * 1024 * 1024));
  const pid = filePid(at.server);
  const before = holdings(pid);
  const running = at.client.start(['curl', '-sS', '--limit-rate', '4M', '-o', at.into('running'), `tftp://${server}/image`]);
  await eventually('it is running', () => (existsSync(at.into('running')) ? true : undefined));
  at.server.host.ip('route', 'add', '10.96.0.0/12', 'dev', 'eth0');
  const flooding = flood(at, 50_000, '10.96.0.0');
  await at.server.line(mayLeaveIdle ? /boot: a flood of requests for files: .*, and files come after everything else$/ : /boot: a flood of requests for files: .* goes unanswered$/);
  assert.deepEqual(policiesOf(pid), [mayLeaveIdle ? schedIdle : schedOther]);
  await eventually('every place is taken', () => (holdings(pid).descriptors >= before.descriptors + descriptorsOf(tableLimits.transfersMax) - 10 ? true : undefined));
  await fetched(running);
  assert.equal(digestOf(at.into('running')), want);
  const { descriptors, kilobytes } = holdings(pid);
  assert.ok(descriptors <= before.descriptors + descriptorsOf(tableLimits.transfersMax) + 128, `${descriptors} descriptors`);
  assert.ok(kilobytes <= before.kilobytes + memoryKilobytesMax, `${kilobytes} kB, before ${before.kilobytes}`);
  t.diagnostic(`${descriptors} descriptors and ${kilobytes} kB resident, ${before.descriptors} and ${before.kilobytes} before`);
  await flooding.stop('SIGKILL');
  await at.server.line(/boot: the flood of requests for files is over$/);
  assert.deepEqual(policiesOf(pid), [schedOther]);
  at.client.run('curl', '-sS', '-o', at.into('after'), `tftp://${server}/image`);
  assert.equal(digestOf(at.into('after')), want);
  assert.equal(filePid(at.server), pid, 'it did not die');
});
