// The doors of the process: TCP links, requests, the control socket, the log's reader.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, unlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { ByteWriter } from '../std/bytes.ts';
import { parseIpv4, type Ipv4 } from '../std/ipv4.ts';
import { ControlSocket } from './control-socket.ts';
import type { Inbox, UntimedEvent } from './inbox.ts';
import { TreeExchange } from './boot/tree-exchange.ts';
import { Links } from './links.ts';
import { AF, libc, must, SOCK } from './libc.ts';
import { DescriptorSink, SyslogSink, type LogLines } from './log-sink.ts';
import { NativeBlock } from './native.ts';
import { unixName } from './notify.ts';
import { Pinger } from './ping.ts';
import { Requests } from './requests.ts';

const localhost = parseIpv4('127.0.0.1') as Ipv4;
type Kind = UntimedEvent['kind'];
type Of<K extends Kind> = Extract<UntimedEvent, { kind: K }>;

class Events implements Inbox {
  readonly all: UntimedEvent[] = [];
  #wake: () => void = () => {};
  deliver(event: UntimedEvent): void {
    this.all.push(event);
    this.#wake();
  }
  async next<K extends Kind>(kind: K, fits: (event: Of<K>) => boolean = () => true): Promise<Of<K>> {
    const until = Date.now() + 5_000;
    for (;;) {
      const at = this.all.findIndex((event) => event.kind === kind && fits(event as Of<K>));
      if (at >= 0) return this.all.splice(at, 1)[0] as Of<K>;
      assert.ok(Date.now() < until, `no ${kind} among ${JSON.stringify(this.all.map((event) => event.kind))}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 50);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}

/** A pair of links between two cores in this process. */
async function linkPair(t: TestContext): Promise<{ a: Links; b: Links; ea: Events; eb: Events; la: number; lb: number; port: number }> {
  const [ea, eb] = [new Events(), new Events()];
  const [a, b] = [new Links(ea), new Links(eb)];
  t.after(() => Promise.all([a.closeAll(), b.closeAll()]));
  const port = 20_000 + (process.pid % 20_000);
  a.listen({ kind: 'listen', id: 1, address: localhost, port });
  const listening = await ea.next('answer');
  assert.deepEqual(listening.answer, { kind: 'listen', isListening: true, detail: `127.0.0.1:${port}` });
  b.connect({ kind: 'connect', id: 2, local: 0 as Ipv4, remote: localhost, port });
  const [atA, atB] = [await ea.next('link-open'), await eb.next('link-open')];
  assert.deepEqual([atA.request, atA.localPort, atA.remote, atB.request, atB.localPort], [undefined, port, localhost, 2, undefined]);
  return { a, b, ea, eb, la: atA.link, lb: atB.link, port };
}

test('links carry bytes both ways and say when the other side is gone', async (t) => {
  const { a, b, ea, eb, la, lb, port } = await linkPair(t);
  assert.equal(b.write(lb, Buffer.from('CONNECT')), true);
  assert.equal(Buffer.from((await ea.next('link-data')).bytes).toString(), 'CONNECT');
  a.write(la, Buffer.from('last words'));
  a.close(la);
  assert.equal(Buffer.from((await eb.next('link-data')).bytes).toString(), 'last words');
  assert.deepEqual(await eb.next('link-closed'), { kind: 'link-closed', link: lb, detail: 'closed by the other side' });
  assert.equal(a.write(la, Buffer.from('x')), false, 'a closed link takes nothing');
  assert.equal(ea.all.length, 0, 'who closes a link hears no more of it');
  a.listen({ kind: 'listen', id: 3, address: localhost, port });
  assert.equal((await ea.next('answer')).request, 3, 'a second request shares the listener');
});

test('a refused connection and a missing address of ours are told apart', async () => {
  const events = new Events();
  const links = new Links(events);
  links.connect({ kind: 'connect', id: 1, local: 0 as Ipv4, remote: localhost, port: 1 });
  links.connect({ kind: 'connect', id: 2, local: parseIpv4('192.0.2.1') as Ipv4, remote: localhost, port: 1 });
  const refused = await events.next('answer', ({ request }) => request === 1);
  assert.deepEqual(refused.answer, { kind: 'connect-failed', detail: 'ECONNREFUSED', isImmediate: false });
  const absent = await events.next('answer', ({ request }) => request === 2);
  assert.deepEqual(absent.answer, { kind: 'connect-failed', detail: 'EADDRNOTAVAIL', isImmediate: true });
});

test('a reader that stalls is cut off instead of growing us', async (t) => {
  const { a, eb, la, lb, b } = await linkPair(t);
  eb.all.length = 0;
  // The other side's socket is never read because its process is this one and we do not yield.
  const megabyte = new Uint8Array(1024 * 1024);
  let written = 0;
  while (written < 100 && a.write(la, megabyte)) written++;
  assert.ok(written < 60, `${written} MB were taken`);
  assert.ok(b.write(lb, Buffer.from('x')));
});

test('names resolve by the system, commands run and are bounded in time', async (t) => {
  const events = new Events();
  const links = new Links(events);
  const pinger = new Pinger(events);
  t.after(() => pinger.close());
  const requests = new Requests({ inbox: events, links, pinger, compact: () => {}, bootTree: new TreeExchange(() => undefined), lookAtBootTree: () => {}, bootMachine: () => {}, bootStep: () => {}, bootChoices: () => {} });
  requests.execute({ kind: 'resolve', id: 1, name: 'localhost' });
  const resolved = await events.next('answer', ({ request }) => request === 1);
  assert.deepEqual(resolved.answer, { kind: 'resolve', addresses: [localhost], detail: '' });
  requests.execute({ kind: 'resolve', id: 2, name: 'no-such-name.invalid' });
  const unknown = await events.next('answer', ({ request }) => request === 2);
  assert.equal(unknown.answer.kind === 'resolve' && unknown.answer.addresses, undefined);
  requests.execute({ kind: 'run', id: 3, command: '/bin/sh', arguments: ['-c', 'exit 3'], timeoutMillis: 5000 });
  const ran = await events.next('answer', ({ request }) => request === 3);
  assert.equal(ran.answer.kind === 'run' && ran.answer.status, 3);
  requests.execute({ kind: 'run', id: 4, command: '/bin/sleep', arguments: ['10'], timeoutMillis: 100 });
  const killed = await events.next('answer', ({ request }) => request === 4);
  assert.deepEqual(killed.answer, { kind: 'run', status: -1, detail: 'took too long' });
});

test('ping hears who is there', { skip: process.getuid?.() === 0 ? false : 'needs root' }, async (t) => {
  const events = new Events();
  const pinger = new Pinger(events);
  t.after(() => pinger.close());
  assert.equal(pinger.open(), undefined);
  pinger.ping({ kind: 'ping', id: 1, address: localhost, timeoutMillis: 2000 });
  pinger.ping({ kind: 'ping', id: 2, address: parseIpv4('192.0.2.77') as Ipv4, timeoutMillis: 100 });
  assert.deepEqual((await events.next('answer', ({ request }) => request === 1)).answer, { kind: 'ping', isAlive: true });
  assert.deepEqual((await events.next('answer', ({ request }) => request === 2)).answer, { kind: 'ping', isAlive: false });
});

test('the control socket takes one command a line, names who sent it, and answers in JSON', async (t) => {
  const path = join(mkdtempSync(join(tmpdir(), 'leasehold-control-')), 'control');
  const events = new Events();
  const control = new ControlSocket(events, new Map([['reload', () => ({ ok: true, value: 'reloaded' })]]));
  t.after(() => control.close());
  assert.equal(await control.open(path), undefined);
  assert.match((await new ControlSocket(events, new Map()).open(path)) ?? '', /another server answers/);
  const socket = connect(path);
  t.after(() => socket.destroy());
  const answers: string[] = [];
  socket.setEncoding('utf8').on('data', (chunk: string) => answers.push(...chunk.split('\n').slice(0, -1)));
  socket.write('{"name":"status"}\n{"name":"leases.show","arguments":{"ip":"10.0.0.7"}}\nnonsense\n{"name":"reload"}\n');
  const first = await events.next('command');
  const me = process.getuid?.() === 0 ? 'root' : /^uid \d+/;
  if (typeof me === 'string') assert.equal(first.command.who, me);
  else assert.match(first.command.who, me);
  assert.deepEqual((await events.next('command')).command.arguments, { ip: '10.0.0.7' });
  control.reply(first.session, { ok: true, value: 1 });
  while (answers.length < 3) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual(answers.map((line) => (JSON.parse(line) as { ok: boolean }).ok), [false, true, true]);
});

/** `count` lines of 100 bytes. */
function linesOf(count: number): LogLines {
  const out = new ByteWriter();
  const ends: number[] = [];
  for (let i = 0; i < count; i++) {
    out.text(`${String(i).padStart(99, '.')}\n`);
    ends.push(out.size);
  }
  return { out, lines: count, severity: () => 6, end: (line) => ends[line] ?? 0 };
}

test('a log reader that stalls costs lines, never time, and the loss is said', async () => {
  const fifo = join(mkdtempSync(join(tmpdir(), 'leasehold-log-')), 'fifo');
  await new Promise((resolve) => spawn('mkfifo', [fifo]).once('exit', resolve));
  const both = openSync(fifo, 'r+');
  const sink = new DescriptorSink(both);
  const startedAt = performance.now();
  for (let i = 0; i < 1000; i++) sink.write(linesOf(100));
  assert.ok(performance.now() - startedAt < 3000);
  assert.ok(sink.dropped > 50_000, `${sink.dropped} dropped`);
  const drain = spawn('/bin/cat', [fifo], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  drain.stdout.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
  while (!sink.flush() || !text.includes('log lines lost')) await new Promise((resolve) => setTimeout(resolve, 20));
  drain.kill();
  closeSync(both);
  const kept = text.split('\n').filter((line) => /^\.*\d+$/.test(line)).length;
  assert.equal(kept + sink.dropped, 100_000);
  assert.match(text, new RegExp(`^${sink.dropped} log lines lost: the reader of this log did not keep up$`, 'm'));
});

test('the journal gets the priority of each line', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'leasehold-log-')), 'log');
  const fd = openSync(file, 'w+');
  const sink = new DescriptorSink(fd, true);
  sink.write(linesOf(2));
  closeSync(fd);
  assert.match(readFileSync(file, 'latin1'), /^<6>\.+0\n<6>\.+1\n$/);
});

/** A syslog daemon of our own. */
function syslogd(path: string): { receive(): string | undefined; close(): void } {
  const fd = must(libc.socket(AF.unix, SOCK.dgram | SOCK.nonblock | SOCK.cloexec, 0), 'socket');
  const name = unixName(path);
  must(libc.bind(fd, name.block.address, name.size), 'bind');
  const block = new NativeBlock(4096);
  return {
    receive() {
      const size = libc.recv(fd, block.address, 4096, 0);
      return size < 0 ? undefined : Buffer.from(block.bytes.subarray(0, size)).toString('latin1');
    },
    close: () => void libc.close(fd),
  };
}

test('syslog gets facility, severity, time and program; a stalled one costs lines, a restarted one is found again', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'leasehold-syslog-')), 'log');
  const first = syslogd(path);
  const sink = new SyslogSink('local7', 'dhcpd', path);
  sink.write(linesOf(1));
  assert.match(first.receive() ?? '', new RegExp(`^<190>[A-Z][a-z]{2} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d dhcpd\\[${process.pid}\\]: \\.+0$`));
  sink.write(linesOf(2000));
  assert.ok(sink.dropped > 0, 'its queue is shorter than that');
  while (first.receive() !== undefined);
  sink.write(linesOf(1));
  assert.match(first.receive() ?? '', new RegExp(`${sink.dropped} log lines lost`));
  first.close();
  unlinkSync(path);
  const second = syslogd(path);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  sink.write(linesOf(1));
  sink.write(linesOf(1));
  assert.notEqual(second.receive(), undefined);
  sink.close();
  second.close();
});
