// A flood begins with the first request too many, and is over when there was none for two seconds.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FloodWatch } from './flood-watch.ts';

test('it is told once that it began, and once that it is over', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let now = 1_000;
  t.mock.method(performance, 'now', () => now);
  const told: string[] = [];
  const watch = new FloodWatch((isOver) => told.push(isOver ? 'over' : 'began'));
  const pass = (millis: number): void => {
    now += millis;
    t.mock.timers.tick(millis);
  };
  for (let i = 0; i < 3; i++) {
    watch.excess(now);
    pass(1_999);
  }
  assert.deepEqual(told, ['began']);
  pass(1);
  assert.deepEqual(told, ['began', 'over']);
  pass(10_000);
  watch.excess(now);
  assert.deepEqual(told, ['began', 'over', 'began']);
  watch.close();
  pass(10_000);
  assert.equal(told.length, 3);
});
