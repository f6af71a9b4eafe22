// When updates are told: between two Leaseholds those of a busy moment together, and many more at once than dhcpd would take.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ip } from '../lease/testing.ts';
import { Pair } from './testing.ts';

const address = (index: number): string => `10.77.1.${100 + index}`;

/** A pair in normal that has been quiet for a while, and whatever follows in its transcript. */
function quietPair(): Pair {
  const pair = new Pair({ range: '10.77.1.100-10.77.1.199', window: 10 });
  for (const name of ['a', 'b'] as const) {
    pair.nodes[name].store.failover.putIdentity('fo', 'pair-test0000', undefined);
    pair.start(name);
  }
  pair.run(20);
  assert.equal(pair.states(), 'normal normal');
  pair.transcript.length = 0;
  return pair;
}
/** `b` owns the first half: what was given to it. */
const free = (pair: Pair, count: number): string[] => {
  const { table } = pair.nodes.a.store;
  const rows = Array.from({ length: table.rowCount }, (_, row) => row).filter((row) => table.state(row) === 1);
  return rows.slice(0, count).map(address);
};
/** `time count` of the updates from a to b, by moment. */
function told(pair: Pair): string[] {
  const counts = new Map<string, number>();
  for (const line of pair.transcript) {
    const time = /^ *(\d+\.\d+) a > b {2}BNDUPD/.exec(line)?.[1];
    if (time !== undefined) counts.set(time, (counts.get(time) ?? 0) + 1);
  }
  return [...counts].map(([time, count]) => `${time} ${count}`);
}

test('the first of many updates is told at once, the rest together twenty milliseconds later, whatever the handshake’s window', () => {
  const pair = quietPair();
  for (const [client, ip] of free(pair, 40).entries()) pair.grant('a', ip, client, 600);
  pair.run(1);
  assert.deepEqual(told(pair), ['20.000 1', '20.020 39']);
  assert.ok(pair.nodes.a.endpoint.queue.isIdle);
});

test('a lease of a pair is a record at each node, and what is agreed a line', () => {
  const pair = quietPair();
  const { a, b } = pair.nodes;
  a.written.length = b.written.length = 0;
  const [address = ''] = free(pair, 1);
  pair.grant('a', address, 1, 600);
  pair.run(1);
  const { table } = a.store;
  const row = table.rowOf(ip(address));
  assert.deepEqual(a.written, [`lease ${address} {`, `# leasehold agreed ${address} ${table.tstp(row)}`]);
  assert.deepEqual(b.written, [`lease ${address} {`]);
  assert.equal(table.tsfp(row), table.tstp(row));
});

test('a quiet node tells each update at once', () => {
  const pair = quietPair();
  for (const [client, ip] of free(pair, 3).entries()) {
    pair.grant('a', ip, client, 600);
    pair.run(0.5);
  }
  assert.deepEqual(told(pair), ['20.000 1', '20.500 1', '21.000 1']);
});

test('a partner that named no window of its own hears each update at once, and no more than it takes', () => {
  const pair = quietPair();
  const { endpoint } = pair.nodes.a;
  endpoint.takesBatches = false;
  endpoint.partnerWindow = 10;
  for (const [client, ip] of free(pair, 40).entries()) pair.grant('a', ip, client, 600);
  assert.equal(endpoint.queue.unacked.size, 10);
  pair.run(1);
  assert.deepEqual(told(pair), ['20.000 40']);
});

test('an orderly stop tells what was waiting', () => {
  const pair = quietPair();
  for (const [client, ip] of free(pair, 5).entries()) pair.grant('a', ip, client, 600);
  pair.stop('a');
  assert.deepEqual(told(pair), ['20.000 5']);
  assert.equal(pair.count('b', 'active'), 5);
});

test('a new link begins with what its handshake says', () => {
  const pair = quietPair();
  assert.deepEqual([pair.nodes.a.endpoint.takesBatches, pair.nodes.a.endpoint.partnerWindow], [true, 1024]);
  pair.kill('b');
  pair.nodes.b.store.failover.putIdentity('fo', 'pair-test0000', undefined);
  pair.start('b');
  pair.run(20);
  assert.equal(pair.states(), 'normal normal');
  assert.equal(pair.nodes.b.endpoint.partnerWindow, 1024);
});
