// Order and cost of the structures under the lease table: treap queues, timer heap, arena, hash index.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Prng } from '../std/prng.ts';
import { forever, type UnixSeconds } from '../std/time.ts';
import { ByteArena } from './byte-arena.ts';
import { Columns } from './columns.ts';
import { HashIndex } from './hash-index.ts';
import { PoolQueues } from './pool-queues.ts';
import { sortRowsBy } from './radix-sort.ts';
import { TimerHeap } from './timer-heap.ts';

function columnsOf(count: number): Columns {
  const columns = new Columns();
  columns.grow(count);
  for (let row = 0; row < count; row++) columns.append(row + 1, 0);
  return columns;
}
function listOf(queues: PoolQueues, queue: number): number[] {
  const found: number[] = [];
  for (let row = queues.head(queue); row >= 0; row = queues.next(queue, row)) found.push(row);
  return found;
}

test('a queue is always what sorting would give (seeded)', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(19), fc.nat(5)), { maxLength: 120 }), (steps) => {
      const columns = columnsOf(20);
      const queues = new PoolQueues(columns);
      queues.reset(2, 20);
      const present = new Set<number>();
      for (const [row, ends] of steps) {
        if (present.delete(row)) queues.remove(1, row);
        else {
          columns.ends[row] = ends;
          queues.insert(1, row);
          present.add(row);
        }
        const expected = [...present].toSorted((a, b) => (columns.ends[a] ?? 0) - (columns.ends[b] ?? 0) || a - b);
        assert.deepEqual(listOf(queues, 1), expected);
      }
      assert.equal(queues.head(0), -1);
    }),
  );
});

test('a queue built at once equals one filled row by row', () => {
  const columns = columnsOf(500);
  const random = new Prng(7);
  for (let row = 0; row < 500; row++) columns.ends[row] = random.below(50);
  const rows = sortRowsBy(Uint32Array.from({ length: 500 }, (_, row) => row), columns.ends);
  const built = new PoolQueues(columns);
  built.reset(1, 500);
  built.build(0, rows, 0, 500);
  assert.deepEqual(listOf(built, 0), [...rows]);
  for (const row of random.shuffle([...rows])) built.remove(0, row);
  assert.equal(built.head(0), -1);
});

/** Ways in which addresses fall free. A linear insertion would touch up to `size` rows in the last two. */
const orders = [
  { id: 'in order of time', ends: (n: number) => n, perInsertMax: 60 },
  { id: 'two lease times in turn', ends: (n: number) => (n % 2 === 0 ? n + 3600 : n + 604_800), perInsertMax: 60 },
  { id: 'at random', ends: (n: number) => Math.imul(n, 0x9e3779b1) >>> 0, perInsertMax: 60 },
  { id: 'backwards', ends: (n: number) => 10_000_000 - n, perInsertMax: 60 },
  { id: 'all at once', ends: () => 5, perInsertMax: 60 },
] as const;

for (const { id, ends, perInsertMax } of orders)
  test(`with 200,000 rows an insertion touches few rows: ${id}`, () => {
    const size = 200_000;
    const columns = columnsOf(size);
    const queues = new PoolQueues(columns);
    queues.reset(1, size);
    let worst = 0;
    for (let row = 0; row < size; row++) {
      columns.ends[row] = ends(row);
      const before = queues.touched;
      queues.insert(0, row);
      worst = Math.max(worst, queues.touched - before);
    }
    assert.ok(queues.touched / size < perInsertMax, `${queues.touched / size} rows per insertion`);
    assert.ok(worst < 120, `${worst} rows in the worst insertion`);
    const before = queues.touched;
    for (let n = 0; n < 1000; n++) queues.remove(0, queues.head(0));
    assert.ok((queues.touched - before) / 1000 < perInsertMax);
  });

test('the timer heap hands rows out in order of time whatever is moved or cleared (seeded)', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(29), fc.nat(100)), { maxLength: 200 }), (steps) => {
      const heap = new TimerHeap();
      heap.grow(30);
      const expected = new Map<number, number>();
      for (const [row, at] of steps) {
        const time = (at > 90 ? forever : at) as UnixSeconds;
        heap.set(row, time);
        if (time === forever) expected.delete(row);
        else expected.set(row, time);
        assert.equal(heap.earliest, Math.min(forever, ...expected.values()));
        assert.equal(heap.count, expected.size);
      }
      while (heap.count > 0) {
        assert.equal(expected.get(heap.first), heap.earliest);
        assert.equal(heap.earliest, Math.min(...expected.values()));
        expected.delete(heap.first);
        heap.clear(heap.first);
      }
      assert.equal(expected.size, 0);
    }),
  );
});

test('renewals of 100,000 leases touch few timers', () => {
  const size = 100_000;
  const heap = new TimerHeap();
  heap.grow(size);
  for (let row = 0; row < size; row++) heap.append(row, (1000 + row) as UnixSeconds);
  heap.heapify();
  const random = new Prng(3);
  heap.touched = 0;
  for (let n = 0; n < size; n++) heap.set(random.below(size), (200_000 + n) as UnixSeconds);
  assert.ok(heap.touched / size < 20, `${heap.touched / size} timers per renewal`);
});

test('the arena gives back what was put, and uses freed places again (seeded)', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(7), fc.uint8Array({ maxLength: 300 }))), (steps) => {
      const arena = new ByteArena();
      const kept = new Map<number, { reference: number; bytes: Uint8Array }>();
      for (const [slot, bytes] of steps) {
        const old = kept.get(slot);
        if (old !== undefined) arena.release(old.reference);
        kept.set(slot, { reference: arena.put(bytes, 0, bytes.length), bytes });
        for (const entry of kept.values()) assert.deepEqual(arena.slice(entry.reference), entry.bytes);
      }
      for (const { reference } of kept.values()) arena.release(reference);
      assert.equal(arena.size.used, 0);
    }),
  );
  const arena = new ByteArena();
  const bytes = new Uint8Array(60_000);
  for (let n = 0; n < 1000; n++) arena.release(arena.put(bytes, 0, 600 * ((n % 100) + 1)));
  assert.ok(arena.size.reserved <= 2 * 1024 * 1024, `${arena.size.reserved} bytes`);
});

test('the hash index holds equal and colliding hashes, and forgets what is removed', () => {
  const index = new HashIndex();
  const hashes = [1, 1, 17, 33, 2, 1];
  index.grow(4, (row) => hashes[row] ?? 0);
  const inBucket = (hash: number): number[] => {
    const rows: number[] = [];
    for (let row = index.first(hash); row >= 0; row = index.next(row)) rows.push(row);
    return rows.toSorted();
  };
  for (let row = 0; row < 4; row++) index.insert(row, hashes[row] ?? 0);
  assert.deepEqual(inBucket(1), [0, 1, 2, 3]);
  index.grow(100, (row) => hashes[row] ?? 0);
  for (let row = 4; row < 6; row++) index.insert(row, hashes[row] ?? 0);
  assert.deepEqual(inBucket(1), [0, 1, 5]);
  for (const row of [1, 0, 5]) index.remove(row);
  assert.deepEqual(inBucket(1), []);
  assert.deepEqual(inBucket(17), [2]);
});
