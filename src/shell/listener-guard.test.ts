// Who is shut out of a listener, and for how long, on a clock of the test.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ipv4 } from '../std/ipv4.ts';
import { ListenerGuard, shutOutMax, type ShutOut } from './listener-guard.ts';
import type { Scheduler } from './scheduler.ts';

/** Runs what is due when time passes. */
class TestClock implements Scheduler {
  #now = 1_000;
  readonly #due = new Map<number, { readonly at: number; readonly run: () => void }>();
  #next = 1;
  soon(run: () => void): void {
    run();
  }
  later(run: () => void, millis: number): number {
    this.#due.set(this.#next, { at: this.#now + millis, run });
    return this.#next++;
  }
  cancel(handle: unknown): void {
    this.#due.delete(handle as number);
  }
  monoMillis(): number {
    return this.#now;
  }
  get size(): number {
    return this.#due.size;
  }
  wait(millis: number): void {
    for (const end = this.#now + millis; this.#now < end; this.#now++)
      for (const [handle, { at, run }] of this.#due)
        if (at <= this.#now) {
          this.#due.delete(handle);
          run();
        }
  }
}

function guarded(): { guard: ListenerGuard; clock: TestClock; said: ShutOut[]; admits: (address: number, count: number) => number } {
  const clock = new TestClock();
  const said: ShutOut[] = [];
  const guard = new ListenerGuard((who) => said.push(who), clock);
  const admits = (address: number, count: number): number =>
    Array.from({ length: count }, () => guard.admits(address as Ipv4)).filter(Boolean).length;
  return { guard, clock, said, admits };
}

test('an address that used up its burst is shut out before its next connection, once, and comes back', () => {
  const { clock, said, admits } = guarded();
  assert.equal(admits(1, 199), 199);
  assert.deepEqual(said, []);
  assert.equal(admits(1, 1), 1, 'who connects one by one never meets a refusal');
  assert.deepEqual(said, [[1]]);
  assert.equal(admits(1, 64), 0, 'those that waited in the queue');
  assert.deepEqual(said, [[1]], 'is said once');
  clock.wait(950);
  assert.deepEqual(said, [[1], []]);
  assert.equal(clock.size, 0);
  assert.equal(admits(1, 46), 46);
});

test('each for itself, together in one list, and no longer than the list may be', () => {
  const { clock, said, admits } = guarded();
  for (const address of [1, 2]) admits(address, 199);
  clock.wait(60_000);
  assert.equal(admits(1, 200), 200);
  clock.wait(500);
  admits(2, 200);
  assert.deepEqual(said.at(-1), [1, 2]);
  clock.wait(410);
  assert.deepEqual(said.at(-1), [2]);
  assert.ok(shutOutMax <= 250, 'as many as a filter can hold');
});

test('too many of too many addresses: everybody waits for a moment', () => {
  const { clock, said, admits } = guarded();
  const many = (): number => Array.from({ length: 100 }, (_, address) => admits(address, 10)).reduce((sum, count) => sum + count);
  assert.equal(many(), 400);
  assert.deepEqual(said, ['everybody']);
  clock.wait(110);
  assert.deepEqual(said, ['everybody', []]);
  assert.ok(many() <= 22, 'a tenth of a second of what is allowed in a second');
  assert.deepEqual(said.at(-1), 'everybody');
});

test('a listener that is gone is not spoken to', () => {
  const { guard, clock, said, admits } = guarded();
  admits(1, 200);
  guard.close();
  clock.wait(5_000);
  assert.deepEqual(said, [[1]]);
});
