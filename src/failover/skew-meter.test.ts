// The partner's clock against ours, from messages that take their time.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MonoMillis, Now, UnixSeconds } from '../std/time.ts';
import { SkewMeter } from './skew-meter.ts';

const now = (seconds: number): Now => ({ mono: (seconds * 1000) as MonoMillis, wall: (10_000 + seconds) as UnixSeconds });
/** Messages of a clock that is `ahead`, each at its second and so long under way. */
function hear(meter: SkewMeter, ahead: number, messages: readonly (readonly [at: number, way: number])[]): void {
  for (const [at, way] of messages) meter.note(10_000 + at - way + ahead, now(at));
}

for (const ahead of [0, 1, 30, 300, -1, -30, -300])
  test(`a clock ${ahead} s ahead is measured so, however long single messages took`, () => {
    const meter = new SkewMeter();
    hear(meter, ahead, [[0, 0], [1, 9], [20, 40], [35, 12], [40, 0], [55, 3]]);
    assert.equal(meter.ahead, ahead);
  });

test('a step of the partner forward is seen at once, one back within a minute', () => {
  const meter = new SkewMeter();
  hear(meter, 0, [[0, 0], [10, 0]]);
  hear(meter, 50, [[20, 0]]);
  assert.equal(meter.ahead, 50);
  hear(meter, -50, [[30, 0], [40, 0], [61, 0], [91, 0]]);
  assert.equal(meter.ahead, -50);
});

test('what both measured takes the way out: 2 s there and 2 s back are no skew', () => {
  const meter = new SkewMeter();
  hear(meter, 30, [[0, 2], [5, 2]]);
  assert.equal(meter.ahead, 28);
  meter.told = -32;
  assert.equal(meter.ahead, 30);
});

test('a long silence leaves nothing of what was before', () => {
  const meter = new SkewMeter();
  hear(meter, 300, [[0, 0]]);
  hear(meter, 0, [[100, 0]]);
  assert.equal(meter.ahead, 0);
});
