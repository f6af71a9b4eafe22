// Goal: whatever dhcpd answers to a configuration's clients, Leasehold answers too: every field, every option and its place, the
// frame it travels in, the log lines of the packet, and silence; but for the rows of exchanges/intended.ts, each of which must still show.
// And whatever Leasehold answers, `leasehold explain` says from the files as they stood before, byte for byte (exchanges/prediction.ts).
// Needs ISC dhcpd and network namespaces. ONLY=WORDS runs the scenarios whose name holds them; LEASEHOLD_LAB_SERVER=dhcpd compares
// dhcpd with itself, to check the test: then every exchange that shows an intended difference must fail.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { subject } from '../e2e/support/dhcp-servers.ts';
import { skipWithout } from '../e2e/support/lab.ts';
import { describe, judge } from './exchanges/compare.ts';
import type { Scenario } from './exchanges/messages.ts';
import { intendedDifferences } from './exchanges/intended.ts';
import { wrongPredictions } from './exchanges/prediction.ts';
import { TwinLab } from './exchanges/twin-lab.ts';
import { scenarios } from './scenarios/all.ts';

const skip = skipWithout('dhcpd');
const only = process.env['ONLY'] ?? '';

const attemptsMax = 3;

/**
 * Where a second began in the middle of an exchange the two servers may have read different clocks, and that exchange and those behind
 * it tell nothing: then the scenario is asked again, from the start. Any other difference counts at once.
 */
async function judged(lab: TwinLab, scenario: Scenario, say: (text: string) => void) {
  for (let attempt = 1; ; attempt++) {
    const answers = await lab.run(scenario);
    const verdicts = judge(scenario, answers);
    const wrong = verdicts.map((verdict, index) => describe(verdict, index, scenario.messages[index], lab.logOf(index)));
    const first = wrong.findIndex((lines) => lines.length > 0);
    const isSplit = answers.slice(0, first + 1).some((answered) => answered.isSplit);
    if (first < 0 || !isSplit || attempt === attemptsMax) return { answers, verdicts, wrong: wrong.flat() };
    say(`a second began in the middle of an exchange, asked again: ${wrong.flat().join(' ')}`);
  }
}

test('one table tells every intended difference, in 25 rows at most, and each has a reason', () => {
  assert.ok(intendedDifferences.length <= 25);
  assert.equal(new Set(intendedDifferences.map(({ id }) => id)).size, intendedDifferences.length);
  for (const { id, reason } of intendedDifferences) assert.match(reason, /RFC \d+|reference §/, id);
});

test('it is 100 configurations or more, all different, and 1,300 exchanges', () => {
  assert.ok(new Set(scenarios.map(({ config }) => config)).size >= 100, `${scenarios.length} configurations`);
  assert.equal(new Set(scenarios.map(({ id }) => id)).size, scenarios.length);
  const exchanges = scenarios.reduce((sum, { messages }) => sum + messages.length, 0);
  assert.ok(exchanges >= 1_300, `${exchanges} exchanges`);
});

test('the same configurations and packets get the same replies from dhcpd and from Leasehold', { skip }, async (t) => {
  const lab = await TwinLab.open(t);
  const shown = new Map<string, number>(intendedDifferences.map(({ id }) => [id, 0]));
  let exchanges = 0;
  let silences = 0;
  for (const scenario of scenarios.filter(({ id }) => id.includes(only)))
    await t.test(scenario.id, async (each) => {
      const { answers, verdicts, wrong } = await judged(lab, scenario, (text) => each.diagnostic(text));
      exchanges += answers.length;
      silences += answers.filter(({ dhcpd, leasehold }) => dhcpd === undefined && leasehold === undefined).length;
      for (const id of verdicts.flatMap((verdict) => verdict.shown)) shown.set(id, (shown.get(id) ?? 0) + 1);
      assert.equal(wrong.length, 0, wrong.join('\n'));
      if (subject === 'leasehold') assert.deepEqual(wrongPredictions(scenario, answers, lab.drops), []);
    });
  t.diagnostic(`${scenarios.length} configurations, ${exchanges} exchanges, ${silences} of them silent, each as explain says from the files`);
  if (only !== '') return;
  for (const { id } of intendedDifferences)
    await t.test(`the difference still shows: ${id}`, () => {
      assert.ok((shown.get(id) ?? 0) > 0, 'no exchange showed it');
    });
});
