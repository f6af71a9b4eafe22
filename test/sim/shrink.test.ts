// Failing seeds shrink: faults are independent of each other, the smallest part that fails is found, and a broken rule of the
// product shows in a handful of faults.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FaultSchedule, type FaultName } from './fault-schedule.ts';
import { mutants } from './mutant-rows.ts';
import { judge, shrunkBy } from './mutants.ts';
import { essence, fewest, kindOf, partOf, replayLine, shrink, type Play } from './shrink.ts';
import { VirtualTime } from './virtual-time.ts';

/** Times and dice of the faults that struck in an hour. */
function strikesOf(seed: number, only?: readonly FaultName[]): Map<string, string> {
  const time = new VirtualTime();
  const schedule = new FaultSchedule(time, seed, only === undefined ? undefined : new Set(only));
  const dice = new Map<string, string>();
  for (const kind of ['crash', 'cut'])
    schedule.every(kind, 5, (random) => {
      dice.set(`${kind} at ${time.now}`, String(random.u32()));
      // What one fault draws later must not reach another.
      time.plan(random.unit() * 60_000, () => random.unit());
      return true;
    });
  time.runUntil(3_600_000);
  schedule.end();
  time.runUntil(7_200_000);
  assert.equal(schedule.struck.length, dice.size);
  return new Map(schedule.struck.map(({ name, at }) => [name, `${at} ${dice.get(`${name.split('.')[0]} at ${at}`)}`]));
}

test('leaving faults out changes neither the moment nor the dice of the others', () => {
  for (let seed = 1; seed <= 50; seed++) {
    const all = strikesOf(seed);
    const kept = ([...all.keys()] as FaultName[]).filter((_, index) => index % 3 === 1);
    const some = strikesOf(seed, kept);
    assert.deepEqual([...some.keys()], kept, `seed ${seed}`);
    for (const [name, strike] of some) assert.equal(strike, all.get(name), `seed ${seed}: ${name}`);
  }
});

test('two kinds and two seeds have schedules of their own', () => {
  const [one, two] = [strikesOf(1), strikesOf(2)];
  assert.notEqual(one.get('crash.0'), one.get('cut.0'));
  assert.notEqual(one.get('crash.0'), two.get('crash.0'));
});

test('the fewest of a list are found, in order', () => {
  const items = Array.from({ length: 37 }, (_, index) => index);
  for (const needed of [[], [0], [36], [3, 4], [0, 17, 36], items]) {
    let runs = 0;
    const found = fewest(items, (some) => {
      runs++;
      return needed.every((item) => some.includes(item));
    });
    assert.deepEqual(found, needed);
    assert.ok(runs <= 37 * 4, `${runs} runs for ${needed.length}`);
  }
});

/** Fails after 30 minutes when both faults strike and both clients are there; otherwise now and then in another way. */
const fake: Play = ({ faults, clients, minutes = 360 }) => {
  const names: FaultName[] = ['crash.0', 'partition.0', 'crash.1', 'lose-disk.0', 'stop.0'];
  const struck = names.filter((name) => faults?.has(name) ?? true);
  const isThere = (number: number): boolean => clients?.has(number) ?? true;
  const isTwice = minutes >= 30 && struck.includes('partition.0') && struck.includes('lose-disk.0') && isThere(2) && isThere(5);
  return {
    problems: [...(isTwice ? ['two holders: 10.0.0.1 at 5 ms'] : []), ...(struck.includes('stop.0') ? ['a is recover'] : [])],
    struck: struck.map((name, index) => ({ name, at: index })),
  };
};

test('a seed shrinks to what its failure needs, and not to another failure', () => {
  const shrunk = shrink(fake, 6);
  assert.equal(shrunk?.kind, 'two holders');
  assert.deepEqual(shrunk.part, { minutes: 40, faults: new Set(['partition.0', 'lose-disk.0']), clients: new Set([2, 5]) });
  assert.equal(shrink(() => ({ problems: [], struck: [] }), 6), undefined);
});

test('a part is written and read alike', () => {
  const part = { minutes: 40, faults: new Set<FaultName>(['partition.0', 'crash.12']), clients: new Set([2, 5]), contact: 0 };
  assert.equal(replayLine('operator', 7, part), '--world operator --seed 7 --minutes 40 --faults partition.0,crash.12 --clients 2,5 --contact 0');
  assert.deepEqual(partOf({ faults: 'partition.0,crash.12', clients: '2,5', minutes: '40', contact: '0' }), part);
  assert.equal(replayLine('pair', 7, partOf({})), '--seed 7');
});

test('the essence ends where the failure shows and leaves out who has no part in it', () => {
  const told = ['     1.000 cut', '     2.000 a: DHCPACK on 10.0.0.10 to x', '     3.000 a: DHCPACK on 10.0.0.1 to y', '     4.000 two holders: 10.0.0.1 at 4 ms: y until 9', '     5.000 heal'];
  assert.deepEqual(essence(told, 'two holders: 10.0.0.1 at 4 ms: y until 7'), [told[0], told[2], told[3]]);
});

test('every problem of a kind has the same name', () => {
  assert.equal(kindOf('a is recover'), kindOf('b is potential-conflict'));
  assert.equal(kindOf('steady-1 is selecting'), 'no address');
  assert.equal(kindOf('a acknowledged 10.0.0.1 to 02 before it was durable'), 'not durable');
});

test('a broken rule of the product shrinks to a few faults and clients, and the replay tells how to play them', () => {
  const mutant = mutants.find(({ name }) => name === 'a node that resolves conflicts or recovers serves');
  assert.ok(mutant !== undefined);
  const seed = /^seed (\d+): /.exec(judge(mutant).detail)?.[1];
  assert.ok(seed !== undefined);
  const text = shrunkBy(mutant, Number(seed));
  const replay = /after \d+ runs; replay: npm run sim -- --seed \d+ (?:--minutes \d+ )?--faults (\S+) --clients (\S+)/.exec(text);
  assert.ok(replay !== null, text);
  assert.ok(text.includes(`seed ${seed}: conduct: `), text);
  const [, faults = '', clients = ''] = replay;
  assert.match(faults, /lose-disk\.\d+/);
  assert.ok(faults.split(',').length <= 5 && clients.split(',').length <= 5, replay[0]);
});
