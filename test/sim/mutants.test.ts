// Rules broken on purpose are caught: five a day by rotation, all at night.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mutants } from './mutant-rows.ts';
import { judge, misfits } from './mutants.ts';

const isNight = process.env['LEASEHOLD_NIGHT'] === '1';
const perDay = 5;
const day = Math.floor(Date.now() / 86_400_000);
const todays = isNight ? mutants : Array.from({ length: perDay }, (_, index) => mutants[(day * perDay + index) % mutants.length]);

test('every broken rule still stands in the source', () => assert.deepEqual(misfits(), []));

for (const mutant of todays)
  if (mutant !== undefined)
    test(`caught: ${mutant.name}`, () => {
      const { isCaught, detail } = judge(mutant);
      assert.ok(isCaught, `${mutant.judge} does not notice that ${mutant.name}: ${detail}`);
    });
