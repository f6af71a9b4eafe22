// A flood leaves room for what the machines got, and is told as a number.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChildMessage } from './boot-channel.ts';
import type { FileOutcome, FileReport } from './file-report.ts';
import { ReportLimit } from './report-limit.ts';

const report = (outcome: FileOutcome): FileReport => ({
  kind: 'file', protocol: 'tftp', client: '192.0.2.1', name: 'f', found: 'f', profile: '', outcome, detail: '', bytes: 0, size: 0, repeats: 0, millis: 0,
});

test('twenty in a tenth of a second of files that arrived, and of the others; the rest is counted', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const told: ChildMessage[] = [];
  const limit = new ReportLimit((message) => told.push(message));
  const outcomes = (): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const message of told.splice(0)) {
      const key = message.kind === 'file' ? message.outcome : message.kind === 'lost' ? `lost ${message.count}` : message.kind;
      counts[key] = (counts[key] ?? 0) + 1;
    }
    return counts;
  };
  for (let i = 0; i < 1000; i++) limit.take(report(i % 2 === 0 ? 'silent' : 'missing'), 5_000);
  for (let i = 0; i < 25; i++) limit.take(report('sent'), 5_099);
  assert.deepEqual(outcomes(), { silent: 10, missing: 10, sent: 20 });
  limit.take(report('silent'), 5_100);
  assert.deepEqual(outcomes(), { silent: 1 });
  t.mock.timers.tick(1_000);
  assert.deepEqual(outcomes(), { 'lost 985': 1 });
  limit.take(report('missing'), 6_000);
  t.mock.timers.tick(1_000);
  assert.deepEqual(outcomes(), { missing: 1 });
});
