// Parts of a list: together they are the whole, and none of them costs more than a little.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listPart, listWanted, type Listed, type ListPart } from './list-part.ts';

interface View {
  readonly name: string;
}

/** Every `each`th number has a row. */
function numbers(rowCount: number, each = 1): Listed<View> & { looked: number; told: number } {
  return {
    rowCount,
    looked: 0,
    told: 0,
    has(row) {
      this.looked++;
      return row % each === 0;
    },
    view(row) {
      this.told++;
      return { name: `Row ${row}` };
    },
  };
}
/** All parts, one behind the other. */
function* parts(listed: Listed<View>, given: Readonly<Record<string, unknown>>): Generator<ListPart<View>> {
  for (let from: number | undefined = 0; from !== undefined; ) {
    const part: ListPart<View> = listPart(listed, listWanted({ ...given, from }));
    yield part;
    from = part.next;
  }
}

test('the parts of a long list are the whole, in order, each once', () => {
  const all = [...parts(numbers(12_345, 3), {})];
  assert.ok(all.length > 1);
  assert.deepEqual(all.flatMap(({ views }) => views.map(({ name }) => name)), Array.from({ length: 4115 }, (_, i) => `Row ${i * 3}`));
  assert.equal(all.reduce((sum, { count }) => sum + count, 0), 4115);
});

test('a part of a million rows tells four hundred and looks at twenty thousand at most', () => {
  const dense = numbers(1_000_000);
  listPart(dense, listWanted({}));
  assert.ok(dense.told <= 400, `${dense.told}`);
  const sparse = numbers(1_000_000, 1_000_000);
  listPart(sparse, listWanted({ from: 1 }));
  assert.ok(sparse.looked <= 20_000 && sparse.told === 0, `${sparse.looked}`);
  const searched = numbers(1_000_000);
  listPart(searched, listWanted({ search: 'nowhere' }));
  assert.ok(searched.told <= 400, `${searched.told}`);
});

test('beyond the limit rows are counted and not told, nor put into words', () => {
  const listed = numbers(15_000);
  const all = [...parts(listed, { limit: 0 })];
  assert.deepEqual([all.length, all[0]?.count, all[0]?.views.length, listed.told], [1, 15_000, 0, 0]);
  const [first] = parts(numbers(300), { limit: 3 });
  assert.deepEqual([first?.count, first?.views.map(({ name }) => name)], [300, ['Row 0', 'Row 1', 'Row 2']]);
});

test('a search looks at values, in any case, and counts what fits', () => {
  const [part] = parts(numbers(200), { search: 'ROW 19', limit: 2 });
  assert.deepEqual([part?.count, part?.views.map(({ name }) => name)], [11, ['Row 19', 'Row 190']]);
  assert.deepEqual([...parts(numbers(200), { search: 'name' })].map(({ count }) => count), [0]);
});

test('what is no number counts as not said', () => {
  for (const nothing of [null, 'x', -1, 1.5, NaN, {}])
    assert.deepEqual(listWanted({ from: nothing, limit: nothing, search: nothing === 'x' ? undefined : nothing }), { from: 0, limit: Infinity, search: '' });
});
