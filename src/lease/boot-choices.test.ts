// Choices for boots from the network: their order, their record in the lease file, and the one way in.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { ByteWriter, fromLatin1 } from '../std/bytes.ts';
import { unset, type UnixSeconds } from '../std/time.ts';
import { afterFetch, bootTargets, nextSetAt, supersedes, type BootChoice } from '../model/boot-choice.ts';
import type { Request } from '../model/step.ts';
import { configOf } from '../config/testing.ts';
import { applyBootChoice, BootChoices, choicesMax } from './boot-choices.ts';
import { LeaseStore } from './lease-store.ts';
import { replayBytes } from './replay.ts';
import { at } from './testing.ts';

const mac = '525400aa0001';
const choice = (setAt: number, more: Partial<BootChoice> = {}): BootChoice => ({ mac, target: 'install', profile: '', setAt: at(setAt), state: 'pending', ...more });

const orderRows: readonly (readonly [id: string, change: BootChoice, before: BootChoice | undefined, isTaken: boolean])[] = [
  ['the first', choice(5), undefined, true],
  ['a later one', choice(6, { target: 'local', state: 'done' }), choice(5), true],
  ['an older one', choice(4), choice(5, { target: 'none', state: 'done' }), false],
  ['the same again', choice(5), choice(5), false],
  ['its own completion', choice(5, { state: 'done' }), choice(5), true],
  ['what is awaited after its completion', choice(5), choice(5, { state: 'done' }), false],
  ['taken back', choice(6, { target: 'none', state: 'done' }), choice(5), true],
];
for (const [id, change, before, isTaken] of orderRows) test(`counts: ${id}`, () => assert.equal(supersedes(change, before), isTaken));

const anyChoice: fc.Arbitrary<BootChoice> = fc.record({
  mac: fc.constantFrom('525400aa0001', '525400aa0002'),
  target: fc.constantFrom(...bootTargets),
  profile: fc.constantFrom('', 'web', 'a b', 'ü%', '%', '# leasehold'),
  setAt: fc.integer({ min: 1, max: 4 }).map((value) => value as UnixSeconds),
  state: fc.constantFrom('pending', 'done'),
}, { noNullPrototype: true });
const after = (changes: readonly BootChoice[]): readonly BootChoice[] => {
  const choices = new BootChoices();
  for (const change of changes) choices.put(change, undefined);
  return [...choices.values()].toSorted((a, b) => (a.mac < b.mac ? -1 : 1));
};
test('whoever hears the same changes, in whatever order and however often, ends with the same choices', () => {
  const runs = fc.array(anyChoice, { maxLength: 12 }).chain((changes) =>
    fc.tuple(fc.constant(changes), fc.shuffledSubarray(changes, { minLength: changes.length }), fc.subarray(changes)),
  );
  fc.assert(fc.property(runs, ([changes, shuffled, again]) => assert.deepEqual(after([...shuffled, ...again]), after(changes))));
});

const replayed = (text: Uint8Array): LeaseStore => {
  const store = new LeaseStore(configOf(''));
  const { problems } = replayBytes(text, store, at(1_800_000_000));
  assert.deepEqual(problems, []);
  return store;
};
test('every choice is read again from the line that it was written as, and from a rewritten file', () => {
  fc.assert(
    fc.property(fc.array(anyChoice, { maxLength: 12 }), (changes) => {
      const [choices, journal] = [new BootChoices(), new ByteWriter()];
      for (const change of changes) choices.put(change, journal);
      const [want] = [[...choices.values()]];
      const store = replayed(journal.view());
      assert.deepEqual([...store.bootChoices.values()], want);
      const rewritten = new ByteWriter();
      for (let cursor = 0; cursor >= 0; ) cursor = store.snapshot(cursor, 4_096, rewritten);
      assert.deepEqual([...replayed(rewritten.view()).bootChoices.values()], want);
    }),
  );
});
test('the line that a choice is', () => {
  const journal = new ByteWriter();
  new BootChoices().put(choice(1_700_000_000, { profile: 'a b' }), journal);
  assert.equal(fromLatin1(journal.view()), '# leasehold boot 525400aa0001 1700000000 install pending a%20b\n');
});

const badLines: readonly string[] = [
  '525400aa0001 1700000000 install pending', '525400aa0001 never install pending %', '525400aa001 1700000000 install pending %',
  '525400AA0001 1700000000 install pending %', '525400aa0001 1700000000 instal pending %', '525400aa0001 1700000000 install soon %',
];
for (const line of badLines)
  test(`no choice of ours: ${line}`, () => {
    const store = new LeaseStore(configOf(''));
    const { problems } = replayBytes(new TextEncoder().encode(`# leasehold boot ${line}\n`), store, at(1));
    assert.deepEqual(problems.map(({ code }) => code), ['bad-comment']);
    assert.equal(store.bootChoices.size, 0);
  });

test('a change is kept and told once; an older one does neither', () => {
  const [choices, journal, requests] = [new BootChoices(), new ByteWriter(), [] as Request[]];
  assert.equal(applyBootChoice(choices, choice(5), { journal, requests }), true);
  const size = journal.size;
  assert.equal(applyBootChoice(choices, choice(4, { target: 'local' }), { journal, requests }), false);
  assert.equal(journal.size, size);
  assert.deepEqual(requests, [{ kind: 'boot-choices', choices: [choice(5)] }]);
});
test('only so many machines are remembered; those that are there can still be changed', () => {
  const choices = new BootChoices();
  for (let n = 0; n < choicesMax; n++) choices.put(choice(5, { mac: n.toString(16).padStart(12, '0') }), undefined);
  assert.equal(choices.put(choice(5), undefined), false);
  assert.equal(choices.put(choice(6, { mac: '000000000001' }), undefined), true);
});

test('a new choice is later than the one before, whatever the clock says', () => {
  assert.equal(nextSetAt(at(100), undefined), 100);
  assert.equal(nextSetAt(at(100), choice(99)), 100);
  assert.equal(nextSetAt(at(100), choice(100)), 101);
  assert.equal(nextSetAt(at(100), choice(900)), 901);
});

const fetchRows: readonly (readonly [id: string, toldBy: number, before: BootChoice | undefined, want: BootChoice | undefined])[] = [
  ['an install that was awaited', 5, choice(5, { profile: 'web' }), choice(5, { profile: 'web', state: 'done' })],
  ['a profile that boots once, nothing set', unset, undefined, choice(50, { state: 'done' })],
  ['the same, taken back before', 5, choice(5, { target: 'none', state: 'done' }), choice(50, { state: 'done' })],
  ['set anew while it fetched', 5, choice(6), undefined],
  ['set for the first time while it fetched', unset, choice(6), undefined],
  ['set to its disk while it fetched', 5, choice(6, { target: 'local', state: 'done' }), undefined],
  ['what is done already', 5, choice(5, { state: 'done' }), undefined],
  ['a disk', 5, choice(5, { target: 'local', state: 'done' }), undefined],
];
for (const [id, toldBy, before, want] of fetchRows)
  test(`fetched: ${id}`, () => assert.deepEqual(afterFetch({ mac, setAt: at(toldBy) }, before, at(50)), want));
