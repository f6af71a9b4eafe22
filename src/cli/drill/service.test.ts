import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serviceOf, type Probe } from './service.ts';

const served = (startedAt: number, took = 5, by = 1): Probe => ({ startedAt, servedAt: startedAt + took, by });
const silent = (startedAt: number): Probe => ({ startedAt, servedAt: undefined, by: 0 });
const rows: readonly { readonly id: string; readonly probes: readonly Probe[]; readonly without: number; readonly longest: number }[] = [
  { id: 'nothing asked', probes: [], without: 0, longest: 0 },
  { id: 'everybody served', probes: [served(0), served(200, 40), served(400)], without: 0, longest: 40 },
  { id: 'a gap, from the first that was not served to the next that was', probes: [served(0), silent(200), silent(400), served(600)], without: 0.4, longest: 5 },
  { id: 'two gaps', probes: [silent(0), served(200), silent(400), served(600)], without: 0.4, longest: 5 },
  { id: 'a gap that lasts to the end', probes: [served(0), silent(200)], without: 0.8, longest: 5 },
  { id: 'probes in any order', probes: [served(600), silent(400), served(0), silent(200)], without: 0.4, longest: 5 },
];
for (const { id, probes, without, longest } of rows)
  test(`seconds without service: ${id}`, () => {
    const report = serviceOf(probes, 1000);
    assert.deepEqual([report.secondsWithoutService, report.longestMillis], [without, longest]);
  });
test('who served how many', () => {
  assert.deepEqual([...serviceOf([served(0, 5, 7), served(1, 5, 8), served(2, 5, 7)], 10).servedBy], [[7, 2], [8, 1]]);
});
