// The partner's times by our clock.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServiceView } from '../model/service-view.ts';
import type { MonoMillis, UnixSeconds } from '../std/time.ts';
import type { Bndupd } from './accept-update.ts';
import { PartnerClock } from './partner-clock.ts';
import { inOurTime } from './skew.ts';
import { TestEffects } from './testing.ts';

const at = (time: number): UnixSeconds => time as UnixSeconds;
const update = { kind: 'bndupd', time: 1000, leaseExpiration: at(1600), potentialExpiration: at(0xffffffff), stos: at(0), cltt: at(1000) } as unknown as Bndupd;

for (const [now, ends, cltt] of [[1000, 1600, 1000], [1002, 1600, 1000], [998, 1600, 1000], [1003, 1603, 1003], [900, 1500, 900]] as const)
  test(`sent at 1000 of its clock, heard at ${now} of ours`, () => {
    const ours = inOurTime(update, at(now));
    assert.deepEqual([ours.leaseExpiration, ours.cltt], [ends, cltt]);
    assert.equal(ours.potentialExpiration, 0xffffffff, 'never stays never');
    assert.equal(ours.stos, 0, 'unset stays unset');
  });

// ── What is said of two clocks ──

const noted = (seconds: number, ours: boolean | undefined, theirs: boolean | undefined): string[] => {
  const effects = new TestEffects();
  const clock = new PartnerClock('fo', { skew: 0 } as ServiceView);
  clock.isSynced = ours;
  clock.partnerIsSynced = theirs;
  clock.note(1000 + seconds, { mono: 0 as MonoMillis, wall: at(1000) }, effects);
  return effects.lines;
};
const spoken: readonly (readonly [seconds: number, ours: boolean | undefined, theirs: boolean | undefined, verdict: string | undefined])[] = [
  [5, false, false, undefined],
  [6, undefined, undefined, "6 s: the partner's is ahead"],
  [-300, true, undefined, "300 s: the partner's is behind; this node’s is synchronized (NTP), so the partner’s is wrong"],
  [30, false, true, "30 s: the partner's is ahead; this node’s is not synchronized (NTP)"],
  [30, true, false, "30 s: the partner's is ahead; the partner’s is not synchronized (NTP)"],
  [30, false, false, "30 s: the partner's is ahead; this node’s is not synchronized (NTP) and the partner’s is not synchronized (NTP)"],
];
for (const [seconds, ours, theirs, verdict] of spoken)
  test(`a partner ${seconds} s ahead, NTP here ${ours}, there ${theirs}: ${verdict ?? 'nothing is said'}`, () => {
    assert.deepEqual(noted(seconds, ours, theirs), verdict === undefined ? [] : [`failover peer fo: clocks differ by ${verdict}`]);
  });

test('a difference is said once, and again when it changed by more than 5 s', () => {
  const effects = new TestEffects();
  const clock = new PartnerClock('fo', { skew: 0 } as ServiceView);
  for (const [second, ahead] of [[0, 8], [1, 8], [2, 12], [3, 20]] as const)
    clock.note(1000 + second + ahead, { mono: (second * 1000) as MonoMillis, wall: at(1000 + second) }, effects);
  assert.deepEqual(effects.lines.map((line) => /\d+ s/.exec(line)?.[0]), ['8 s', '20 s']);
});
