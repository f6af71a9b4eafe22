// Receiving for as long as the process lives: what the kernel was given addresses of must outlive every garbage collection. And the
// socket of one transfer, which hears nobody else and survives a partner who is gone for a moment.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createSocket, type Socket } from 'node:dgram';
import { test, type TestContext } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { formatIpv4, parseIpv4, type Ipv4 } from '../../std/ipv4.ts';
import { NativeBlock } from '../native.ts';
import { portOf } from '../socket-testing.ts';
import { closeUdp, datagram, openConversation, openUdp, receive, receiveOn, sendOn, wantLocalAddress } from './udp-port.ts';

const loopback = parseIpv4('127.0.0.1') ?? (0 as Ipv4);
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

test('a request is received whole, however often memory was collected before', async () => {
  const fd = openUdp(loopback, 0);
  wantLocalAddress(fd);
  const client = createSocket('udp4');
  client.bind(0, '127.0.0.1');
  await once(client, 'listening');
  try {
    for (const text of ['before', 'behind one collection', 'behind more', 'and more']) {
      client.send(text, portOf(fd), '127.0.0.1');
      while (!receive(fd)) await new Promise(setImmediate);
      assert.equal(Buffer.from(datagram.bytes.subarray(0, datagram.size)).toString(), text);
      assert.deepEqual([formatIpv4(datagram.address), datagram.port, formatIpv4(datagram.local)], ['127.0.0.1', client.address().port, '127.0.0.1']);
      collect();
      // What was freed is taken by somebody else.
      for (let size = 8; size <= 64; size += 8) Array.from({ length: 200 }, () => new NativeBlock(size).bytes.fill(0xaa));
    }
  } finally {
    client.close();
    closeUdp(fd);
  }
});

async function bound(t: TestContext, port = 0): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(port, '127.0.0.1');
  await once(socket, 'listening');
  t.after(() => socket.close());
  return socket;
}
/** Resolves when the kernel has the datagram, and with loopback so has the receiver. */
const sendFrom = (socket: Socket, text: string, fd: number): Promise<void> =>
  new Promise((resolve, reject) => socket.send(text, portOf(fd), '127.0.0.1', (error) => (error === null ? resolve() : reject(error))));
const textOfLast = (): string => Buffer.from(datagram.bytes.subarray(0, datagram.size)).toString();

test('the socket of a transfer hears its partner only, and waits for it no longer than a moment', async (t) => {
  const [partner, stranger] = [await bound(t), await bound(t)];
  const fd = openConversation(loopback, loopback, partner.address().port);
  t.after(() => closeUdp(fd));
  await sendFrom(stranger, 'from a stranger', fd);
  await sendFrom(partner, 'first', fd);
  await sendFrom(partner, 'second', fd);
  assert.ok(receiveOn(fd, false));
  assert.equal(textOfLast(), 'first');
  assert.ok(receiveOn(fd, true));
  assert.equal(textOfLast(), 'second');
  // Comes back at all.
  assert.equal(receiveOn(fd, true), false);
});

test('what the kernel heard of a port that was closed does not keep the next datagram from being sent', async (t) => {
  const gone = createSocket('udp4');
  gone.bind(0, '127.0.0.1');
  await once(gone, 'listening');
  const { port } = gone.address();
  await new Promise<void>((resolve) => gone.close(resolve));
  const fd = openConversation(loopback, loopback, port);
  t.after(() => closeUdp(fd));
  const block = new NativeBlock(4);
  block.bytes.set(Buffer.from('here'));
  assert.ok(sendOn(fd, block.address, 4), 'the first finds no port');
  const back = await bound(t, port);
  const heard = once(back, 'message');
  assert.ok(sendOn(fd, block.address, 4), 'and the kernel says so with the second');
  assert.equal(String((await heard)[0]), 'here');
});
