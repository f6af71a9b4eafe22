// What becomes of the resolver's answers.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveNames } from './resolve-names.ts';

const failing = (code: string): Promise<never> => Promise.reject(Object.assign(new Error(code), { code }));

test('names that resolve have no problem; of others the reason is kept, however many there are', async () => {
  const asked: string[] = [];
  const many = Array.from({ length: 200 }, (_, index) => `n${index}.test`);
  const resolves = await resolveNames([...many, 'gone.test', 'odd.test'], (name) => {
    asked.push(name);
    return name === 'gone.test' ? failing('ENOTFOUND') : name === 'odd.test' ? failing('EODD') : Promise.resolve('10.0.0.1');
  });
  assert.equal(asked.length, 202);
  assert.deepEqual(many.filter((name) => resolves(name) !== undefined), []);
  assert.match(resolves('gone.test') ?? '', /no such name/);
  assert.equal(resolves('odd.test'), 'EODD');
});

test('a resolver that is silent is waited for three seconds, once for all names', async () => {
  const resolves = await resolveNames(['a.test', 'b.test'], () => new Promise(() => undefined));
  assert.equal(resolves('a.test'), 'no answer in 3 s');
  assert.equal(resolves('b.test'), 'no answer in 3 s');
});
