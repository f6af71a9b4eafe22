// The loop that stays with the sockets: every packet is found, whether the next one comes at once or late, and Node's own goes on.

import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { test, type TestContext } from 'node:test';
import { Worker } from 'node:worker_threads';
import { parseIpv4, type Ipv4 } from '../../std/ipv4.ts';
import { NativeBlock } from '../native.ts';
import { portOf } from '../socket-testing.ts';
import { Readiness } from './readiness.ts';
import { closeUdp, datagram, openConversation, openUdp, receive, receiveOn, send, sendOn } from './udp-port.ts';

const loopback = parseIpv4('127.0.0.1') as Ipv4;

/** A socket that sends everything back; one datagram a call, as a transfer reads. */
function echo(t: TestContext, readiness: Readiness): number {
  const fd = openUdp(loopback, 0);
  const block = new NativeBlock(64);
  readiness.add(fd, () => {
    if (!receive(fd)) return false;
    block.bytes.set(datagram.bytes.subarray(0, datagram.size));
    send(fd, block.address, datagram.size, datagram.address, datagram.port);
    return false;
  });
  t.after(() => closeUdp(fd));
  return portOf(fd);
}

test('packets one after another, and in heaps, while timers and sockets of Node go on', { timeout: 30_000 }, async (t) => {
  let turns = 0;
  const readiness = new Readiness(() => turns++);
  t.after(() => readiness.close());
  const port = echo(t, readiness);
  const client = createSocket('udp4');
  t.after(() => client.close());
  let ticks = 0;
  const ticker = setInterval(() => ticks++, 1);
  t.after(() => clearInterval(ticker));
  client.bind(0, '127.0.0.1');
  await once(client, 'listening');
  const roundTrip = async (number: number): Promise<void> => {
    client.send(String(number), port, '127.0.0.1');
    const [answer] = (await once(client, 'message')) as [Buffer];
    assert.equal(String(answer), String(number));
  };
  // At once, and after the loop has fallen asleep in libuv again: 7 ms are more than it waits.
  for (let number = 0; number < 500; number++) await roundTrip(number);
  for (let pauses = 0; pauses < 5; pauses++) {
    const before = ticks;
    while (ticks < before + 7) await once(ticking(), 'tick');
    await roundTrip(1_000 + pauses);
  }
  assert.ok(turns >= 505, `${turns} turns`);
  const answers = new Set<string>();
  client.on('message', (answer) => answers.add(String(answer)));
  for (let number = 0; number < 200; number++) client.send(`heap ${number}`, port, '127.0.0.1');
  while (answers.size < 200) await once(client, 'message');
});

/** Tells of the next turn of Node's timers. */
function ticking(): EventTarget {
  const target = new EventTarget();
  setTimeout(() => target.dispatchEvent(new Event('tick')), 1);
  return target;
}

test('a socket that is removed is heard no more, the others are', { timeout: 30_000 }, async (t) => {
  const readiness = new Readiness(() => {});
  t.after(() => readiness.close());
  const [gone, kept] = [openUdp(loopback, 0), openUdp(loopback, 0)];
  t.after(() => [gone, kept].forEach(closeUdp));
  let heard = 0;
  readiness.add(gone, () => assert.fail('it was removed'));
  const second = new Promise<void>((resolve) =>
    readiness.add(kept, () => {
      if (receive(kept) && ++heard === 2) resolve();
      return false;
    }),
  );
  readiness.remove(gone);
  const client = createSocket('udp4');
  t.after(() => client.close());
  for (const fd of [gone, kept, gone, kept]) client.send('x', portOf(fd), '127.0.0.1');
  await second;
});

/** Sends everything back, from a thread of its own: it answers while our thread waits in the kernel. */
const echoThread = `
  const socket = require('node:dgram').createSocket('udp4');
  socket.on('message', (bytes, from) => socket.send(bytes, from.port, from.address));
  socket.bind(0, '127.0.0.1', () => require('node:worker_threads').parentPort.postMessage(socket.address().port));
`;

/** A turn has one millisecond; a machine that is busy may take the processor away in between. */
const bearableMillis = 5;

test('a lonely partner who always answers at once keeps neither timers nor requests waiting', { timeout: 30_000 }, async (t) => {
  const worker = new Worker(echoThread, { eval: true });
  t.after(() => worker.terminate());
  const [partner] = (await once(worker, 'message')) as [number];
  const readiness = new Readiness(() => {});
  t.after(() => readiness.close());
  const [requests, fd] = [openUdp(loopback, 0), openConversation(loopback, loopback, partner)];
  t.after(() => [requests, fd].forEach(closeUdp));
  const block = new NativeBlock(8);
  const rounds = { all: 0, waitedFor: 0, late: 0 };
  let lookedAt = 0;
  readiness.add(fd, (mayWait) => {
    if (!mayWait) lookedAt = performance.now();
    else if (performance.now() - lookedAt > bearableMillis) rounds.late++;
    if (!receiveOn(fd, mayWait)) return false;
    rounds.all++;
    if (mayWait) rounds.waitedFor++;
    return sendOn(fd, block.address, 8);
  });
  let heard = 0;
  readiness.add(requests, () => {
    if (receive(requests)) heard++;
    return false;
  });
  const client = createSocket('udp4');
  t.after(() => client.close());
  sendOn(fd, block.address, 8);
  for (let ticks = 1; ticks <= 50; ticks++) {
    client.send('a request', portOf(requests), '127.0.0.1');
    const before = { heard, all: rounds.all };
    while (heard === before.heard || rounds.all === before.all) await once(ticking(), 'tick');
  }
  assert.ok(rounds.waitedFor > 0, `none of ${rounds.all} was waited for in the receiving call`);
  assert.ok(rounds.late < rounds.waitedFor / 10, `${rounds.late} of ${rounds.waitedFor} waits began when the others had not been looked at for long`);
});
