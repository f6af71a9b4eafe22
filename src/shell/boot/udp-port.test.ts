// Receiving for as long as the process lives: what the kernel was given addresses of must outlive every garbage collection.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createSocket } from 'node:dgram';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { formatIpv4, parseIpv4, type Ipv4 } from '../../std/ipv4.ts';
import { AF, libc } from '../libc.ts';
import { NativeBlock } from '../native.ts';
import { closeUdp, datagram, openUdp, receive, wantLocalAddress } from './udp-port.ts';

const loopback = parseIpv4('127.0.0.1') ?? (0 as Ipv4);
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function portOf(fd: number): number {
  const name = new NativeBlock(16);
  const size = new NativeBlock(8);
  size.view.setUint32(0, 16, true);
  assert.ok(libc.getsockname(fd, name.address, size.address) >= 0);
  assert.equal(name.view.getUint16(0, true), AF.inet);
  return name.view.getUint16(2);
}

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
