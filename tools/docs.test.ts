// The generated pages in docs/ say what the tables say.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pages, stalePages } from './docs.ts';

test('reference pages are up to date (npm run docs rewrites them)', async () => {
  assert.deepEqual(stalePages(await pages()), []);
});
