// What a queue of updates knows of those that crossed the partner's.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BindingState } from '../model/binding-state.ts';
import type { MonoMillis } from '../std/time.ts';
import { UpdateQueue } from './update-queue.ts';

const sent = (queue: UpdateQueue, row: number, xid: number, state: BindingState): void => {
  queue.push(row);
  assert.equal(queue.take(), row);
  queue.unacked.set(row, { xid, state, sentAt: 0 as MonoMillis });
};

test('a lease that was on its way when the partner’s word replaced it crosses until the partner has answered it', () => {
  const queue = new UpdateQueue();
  sent(queue, 7, 1, 'active');
  assert.equal(queue.isCrossing(7), false);
  queue.supersede(7);
  assert.deepEqual([queue.isCrossing(7), queue.isIdle], [true, true]);
  queue.answered(7, 9);
  assert.equal(queue.isCrossing(7), true);
  queue.answered(7, 1);
  assert.equal(queue.isCrossing(7), false);
});

test('nothing crosses that was no lease, was not sent, or went down with its connection', () => {
  const queue = new UpdateQueue();
  sent(queue, 1, 1, 'released');
  queue.supersede(1);
  queue.push(2);
  queue.supersede(2);
  assert.deepEqual([queue.isCrossing(1), queue.isCrossing(2), queue.has(2)], [false, false, true]);
  assert.equal(queue.take(), 2);
  sent(queue, 3, 2, 'active');
  queue.supersede(3);
  queue.requeue();
  assert.equal(queue.isCrossing(3), false);
});
