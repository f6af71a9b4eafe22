// Never two at once; those who come meanwhile share one run that begins after they came.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { oneAtATime } from './one-at-a-time.ts';

/** Runs that the test ends; each gives its number, from 1. */
class Runs {
  readonly #ends: ((failure?: Error) => void)[] = [];
  started = 0;
  running = 0;
  readonly run = (): Promise<number> => {
    const number = ++this.started;
    assert.equal(++this.running, 1, 'only one at a time');
    return new Promise((resolve, reject) =>
      this.#ends.push((failure) => {
        this.running--;
        if (failure === undefined) resolve(number);
        else reject(failure);
      }),
    );
  };
  end(failure?: Error): void {
    this.#ends.shift()?.(failure);
  }
}
/** Everything that promises have to do is done. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('one after another: each starts its own run', async () => {
  const runs = new Runs();
  const ask = oneAtATime(runs.run);
  for (const number of [1, 2]) {
    const answer = ask();
    runs.end();
    assert.equal(await answer, number);
  }
});

test('five that come while one runs share the next', async () => {
  const runs = new Runs();
  const ask = oneAtATime(runs.run);
  const first = ask();
  const others = Array.from({ length: 5 }, () => ask());
  assert.equal(runs.started, 1);
  runs.end();
  assert.equal(await first, 1);
  await settled();
  assert.equal(runs.started, 2);
  const last = ask();
  runs.end();
  assert.deepEqual(await Promise.all(others), [2, 2, 2, 2, 2]);
  await settled();
  runs.end();
  assert.equal(await last, 3);
});

test('a run that fails is told to its callers, and the next runs all the same', async () => {
  const runs = new Runs();
  const ask = oneAtATime(runs.run);
  const [first, second] = [ask(), ask()];
  const failed = assert.rejects(first, /no memory/);
  runs.end(new Error('no memory'));
  await failed;
  await settled();
  runs.end();
  assert.equal(await second, 2);
  const third = ask();
  runs.end();
  assert.equal(await third, 3);
});
