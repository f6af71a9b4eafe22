// The load generator's parts: messages that a server's own decoder accepts, percentiles, the book of addresses.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Ipv4 } from '../../std/ipv4.ts';
import { DhcpView, messageType } from '../../wire/dhcp-view.ts';
import { newUdpFrame, parseUdpFrame, udpFrameOverhead } from '../../wire/frames.ts';
import { AddressBook } from './address-book.ts';
import { checksumsHold, ClientMessages, frameSize, payloadSize, type MessageKind } from './client-messages.ts';
import { Histogram } from './histogram.ts';
import { loadTable } from './load-table.ts';

const kinds: readonly MessageKind[] = ['discover', 'selecting', 'renewing', 'rebooting', 'release'];
const word = fc.integer({ min: 1, max: 0xfffffffe });

test('every message is well formed, with right checksums, for any client', () => {
  const messages = new ClientMessages(0 as Ipv4);
  const bytes = new Uint8Array(frameSize);
  const view = new DataView(bytes.buffer);
  fc.assert(
    fc.property(fc.constantFrom(...kinds), word, word, word, word, fc.nat(65535), (kind, xid, client, address, serverIdentifier, secs) => {
      messages.write(kind, { xid, client, address, serverIdentifier, secs }, bytes, view);
      assert.ok(checksumsHold(bytes), kind);
      const frame = newUdpFrame();
      assert.equal(parseUdpFrame(view, 0, frameSize, 0, 0, frame), 'ok');
      const dhcp = new DhcpView(bytes);
      assert.equal(dhcp.check(payloadSize, udpFrameOverhead), 'ok');
      assert.equal(dhcp.xid, xid);
      assert.equal(dhcp.messageType, kind === 'discover' ? messageType.discover : kind === 'release' ? messageType.release : messageType.request);
      assert.equal(dhcp.ciaddr, kind === 'renewing' || kind === 'release' ? address : 0);
      assert.equal(dhcp.requestedAddress, kind === 'selecting' || kind === 'rebooting' ? address : 0);
      assert.equal(dhcp.serverIdentifier, kind === 'selecting' || kind === 'release' ? serverIdentifier : 0);
    }),
  );
});

test('a relay puts its address into every message', () => {
  const bytes = new Uint8Array(frameSize);
  const view = new DataView(bytes.buffer);
  new ClientMessages(0x0a000002 as Ipv4).write('discover', { xid: 1, client: 2, address: 0, serverIdentifier: 0, secs: 0 }, bytes, view);
  assert.equal(view.getUint32(udpFrameOverhead + 24), 0x0a000002);
});

test('percentiles are within three percent', () => {
  const histogram = new Histogram();
  for (let i = 1; i <= 1000; i++) histogram.add(i / 10);
  for (const [share, expected] of [[0.5, 50], [0.9, 90], [0.99, 99], [1, 100]] as const)
    assert.ok(Math.abs(histogram.quantile(share) - expected) <= expected * 0.03, `${share}: ${histogram.quantile(share)}`);
  assert.equal(new Histogram().quantile(0.5), 0);
});

test('an address given to a second client is found, one given back is not', () => {
  const book = new AddressBook(100);
  assert.equal(book.take(1, 0x0a000001), true);
  assert.equal(book.take(1, 0x0a000001), true);
  assert.equal(book.take(2, 0x0a000001), false);
  assert.equal(book.take(2, 0x0a000002), true);
  assert.equal(book.take(1, 0x0a000001), true);
  book.forget(1);
  assert.equal(book.take(3, 0x0a000001), true);
});

test('the table names what was counted', () => {
  const table = loadTable('10.0.0.1', {
    mode: 'dora', window: 64, clients: 10, seconds: 1, exchangesPerSecond: 1000, offeredPerSecond: undefined, p50: 0.5, p90: 1, p99: 2, p999: 3,
    max: 12, offerP50: 0.2, offers: 1000, acks: 1000, naks: 1, retries: 2, failed: 3, unexpected: 4, malformed: 5, duplicates: 6, late: 0, acksInAll: 1200,
  });
  assert.match(table, /^acknowledged +1000 \(1000 per second\)$/m);
  assert.match(table, /^double holdings +6$/m);
});
