// Who gets a place in a full house.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MonoMillis } from '../std/time.ts';
import { TransferTable } from './transfer-table.ts';

interface Item {
  isHalfOpen: boolean;
  readonly request: string;
  readonly heardAt: MonoMillis;
  readonly id: number;
}
const now = 60_000 as MonoMillis;
const item = (id: number, isHalfOpen = true, heardAt = 0): Item => ({ id, isHalfOpen, request: 'r', heardAt: heardAt as MonoMillis });

function tableOf(transfersMax: number, perAddressMax: number, ...items: readonly (readonly [address: number, port: number, item: Item])[]): TransferTable<Item> {
  const table = new TransferTable<Item>({ transfersMax, perAddressMax });
  for (const [address, port, made] of items) table.add(address, port, made);
  return table;
}
const evictedIds = (table: TransferTable<Item>, address: number, port: number, request = 'r'): number[] | string => {
  const admission = table.admit(address, port, request, now);
  return admission.kind === 'admitted' ? admission.evicted.map(({ id }) => id) : admission.kind;
};

test('a repeated request is one; a new one from the same port ends the transfer before', () => {
  const table = tableOf(9, 9, [1, 1, item(1)]);
  assert.equal(evictedIds(table, 1, 1), 'duplicate');
  assert.deepEqual(evictedIds(table, 1, 1, 'other'), [1]);
  const running = tableOf(9, 9, [1, 1, item(1, false)]);
  assert.deepEqual(evictedIds(running, 1, 1), [1]);
});
test('a repeated request that comes behind the first acknowledgement ends nothing; a machine that starts over is served anew', () => {
  const running = (heardAt: number): TransferTable<Item> => tableOf(9, 9, [1, 1, item(1, false, heardAt)]);
  assert.equal(evictedIds(running(now), 1, 1), 'duplicate');
  assert.equal(evictedIds(running(now - 1_999), 1, 1), 'duplicate');
  assert.deepEqual(evictedIds(running(now - 2_000), 1, 1), [1]);
  assert.deepEqual(evictedIds(running(now), 1, 1, 'other'), [1], 'the next file of a ROM that uses one port for all');
  assert.deepEqual(evictedIds(running(now), 1, 2), []);
});
test('a flood takes the places of its own half-open transfers, oldest first', () => {
  const table = tableOf(3, 9, [0xffffffff, 1, item(1, false)], [2, 2, item(2)], [3, 3, item(3)]);
  assert.deepEqual(evictedIds(table, 4, 4), [2]);
  table.add(4, 4, item(4, false));
  assert.deepEqual(evictedIds(table, 5, 5), [3]);
  table.add(5, 5, item(5, false));
  assert.equal(evictedIds(table, 6, 6), 'busy');
  assert.deepEqual([...table.values()].map(({ id }) => id), [1, 4, 5]);
  table.remove(0xffffffff, 1);
  assert.deepEqual(evictedIds(table, 6, 6), []);
});
test('it is crowded where room had to be made, not where a client starts over', () => {
  const isCrowded = (table: TransferTable<Item>, address: number, port: number, request = 'r'): boolean | string => {
    const admission = table.admit(address, port, request, now);
    return admission.kind === 'admitted' ? admission.isCrowded : admission.kind;
  };
  assert.equal(isCrowded(tableOf(2, 9, [1, 1, item(1)]), 2, 2), false);
  assert.equal(isCrowded(tableOf(1, 9, [1, 1, item(1)]), 1, 1, 'other'), false);
  assert.equal(isCrowded(tableOf(1, 9, [1, 1, item(1)]), 2, 2), true);
  assert.equal(isCrowded(tableOf(9, 1, [1, 1, item(1)]), 1, 2), true);
});
test('one address gets its share, and evicts only its own', () => {
  const table = tableOf(9, 2, [1, 1, item(1)], [2, 1, item(2)], [2, 2, item(3, false)]);
  assert.deepEqual(evictedIds(table, 2, 3), [2]);
  table.add(2, 3, item(4, false));
  assert.equal(evictedIds(table, 2, 4), 'busy');
  assert.deepEqual(evictedIds(table, 3, 1), []);
});
