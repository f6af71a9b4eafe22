// What is received from several interfaces, of which one may have more than there are slots.

import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { test, type TestContext } from 'node:test';
import { dhcpPacket, ip } from '../wire/testing.ts';
import { openRoutedSocket } from './packet-socket.ts';
import { Receiver, slotsMax, type Source } from './receiver.ts';
import { portOf } from './socket-testing.ts';

const noise = Uint8Array.of(1);

interface Port {
  readonly source: Source;
  send(bytes: Uint8Array, times?: number): Promise<void>;
}

function setUp(t: TestContext): { readonly receiver: Receiver; port(): Port } {
  const receiver = new Receiver('udp', () => {});
  const sender = createSocket('udp4');
  t.after(() => {
    receiver.close();
    sender.close();
  });
  const port = (): Port => {
    const fd = openRoutedSocket(ip('127.0.0.1'), 0, undefined);
    const source = receiver.add(fd, 0);
    const number = portOf(fd);
    return {
      source,
      send: async (bytes, times = 1) => {
        for (let i = 0; i < times; i++) await sent(sender, bytes, number);
        source.isReadable = true;
      },
    };
  };
  return { receiver, port };
}
const sent = (sender: Socket, bytes: Uint8Array, port: number): Promise<void> =>
  new Promise((resolve, reject) => sender.send(bytes, port, '127.0.0.1', (error) => (error === null ? resolve() : reject(error))));

test('one that is never empty does not keep the others waiting, whichever comes first', async (t) => {
  const { receiver, port } = setUp(t);
  const [first, flooded, last] = [port(), port(), port()];
  for (let round = 0; round < 3; round++) {
    await flooded.send(noise, slotsMax);
    assert.equal(receiver.fill(), 0, 'nothing but noise');
    for (const { send } of [first, last]) await send(dhcpPacket());
    await flooded.send(noise, slotsMax);
    assert.equal(receiver.fill(), 2, 'the two others');
    while (receiver.fill() > 0 || receiver.hasReadable);
  }
});

test('a source that is gone is not read, and the others are', async (t) => {
  const { receiver, port } = setUp(t);
  const [gone, kept] = [port(), port()];
  await kept.send(noise, slotsMax);
  assert.equal(receiver.fill(), 0);
  receiver.remove(gone.source);
  receiver.remove(gone.source);
  await kept.send(dhcpPacket());
  assert.equal(receiver.fill(), 1);
});
