// The partner's times by our clock.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { UnixSeconds } from '../std/time.ts';
import type { Bndupd } from './accept-update.ts';
import { inOurTime } from './skew.ts';

const at = (time: number): UnixSeconds => time as UnixSeconds;
const update = { kind: 'bndupd', time: 1000, leaseExpiration: at(1600), potentialExpiration: at(0xffffffff), stos: at(0), cltt: at(1000) } as unknown as Bndupd;

for (const [now, ends, cltt] of [[1000, 1600, 1000], [1002, 1600, 1000], [998, 1600, 1000], [1003, 1603, 1003], [900, 1500, 900]] as const)
  test(`sent at 1000 of its clock, heard at ${now} of ours`, () => {
    const ours = inOurTime(update, at(now));
    assert.deepEqual([ours.leaseExpiration, ours.cltt], [ends, cltt]);
    assert.equal(ours.potentialExpiration, 0xffffffff, 'never stays never');
    assert.equal(ours.stos, 0, 'unset stays unset');
  });
