// Failover reference §5.6 as a table: state × role × what else must hold.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bindingCode, type BindingState } from '../model/binding-state.ts';
import type { ServiceView } from '../model/service-view.ts';
import type { Seconds } from '../std/time.ts';
import { mayExtend, ownership, type Ownership } from './ownership.ts';
import { at, ip, testLease, testTable } from './testing.ts';

const mclt = 100 as Seconds;
const viewOf = (role: 'primary' | 'secondary', service: ServiceView['service']): ServiceView => ({
  service, reason: '', role, hashBuckets: undefined, loadBalanceMaxSecs: 3, mclt, stos: at(5000), isPartnerServing: false,
  partnerIdentifiers: [], skew: 0, probesUnused: false, isSynchronous: false, syncWaitMillis: 100, unconfirmedAcks: 0, wantsAddresses: false,
});

interface Row {
  readonly state: BindingState;
  readonly rewind?: BindingState;
  readonly tsfp?: number;
  readonly tstp?: number;
  readonly now?: number;
  readonly service?: ServiceView['service'];
  readonly primary: Ownership;
  readonly secondary: Ownership;
}
const rows: readonly Row[] = [
  { state: 'active', primary: 'active', secondary: 'active' },
  { state: 'active', service: 'partner-down', now: 99_999, primary: 'active', secondary: 'active' },
  { state: 'free', primary: 'yes', secondary: 'owned-by-peer' },
  { state: 'abandoned', primary: 'yes', secondary: 'owned-by-peer' },
  { state: 'backup', primary: 'owned-by-peer', secondary: 'yes' },
  // Taking over: after max(tsfp, STOS) + MCLT, and only in partner-down.
  { state: 'free', service: 'partner-down', now: 5100, primary: 'yes', secondary: 'owned-by-peer' },
  { state: 'free', service: 'partner-down', now: 5101, primary: 'yes', secondary: 'yes' },
  { state: 'free', service: 'partner-down', tsfp: 6000, now: 6100, primary: 'yes', secondary: 'owned-by-peer' },
  { state: 'free', service: 'partner-down', tsfp: 6000, now: 6101, primary: 'yes', secondary: 'yes' },
  { state: 'backup', service: 'partner-down', now: 5100, primary: 'owned-by-peer', secondary: 'yes' },
  { state: 'backup', service: 'partner-down', now: 5101, primary: 'yes', secondary: 'yes' },
  { state: 'backup', service: 'alone', now: 99_999, primary: 'owned-by-peer', secondary: 'yes' },
  { state: 'abandoned', service: 'partner-down', now: 5101, primary: 'yes', secondary: 'yes' },
  // Until the partner has heard of it, an abandoned address may be the partner's to give.
  { state: 'abandoned', tstp: 900, primary: 'owned-by-peer', secondary: 'owned-by-peer' },
  { state: 'abandoned', tstp: 900, service: 'alone', now: 99_999, primary: 'owned-by-peer', secondary: 'owned-by-peer' },
  { state: 'abandoned', tstp: 900, service: 'partner-down', now: 5101, primary: 'yes', secondary: 'yes' },
  // The partner was never told that the lease was active.
  { state: 'expired', rewind: 'free', primary: 'yes', secondary: 'in-transition' },
  { state: 'expired', rewind: 'backup', primary: 'in-transition', secondary: 'yes' },
  { state: 'released', rewind: 'free', primary: 'yes', secondary: 'in-transition' },
  { state: 'released', rewind: 'active', primary: 'in-transition', secondary: 'in-transition' },
  { state: 'expired', rewind: 'active', service: 'partner-down', tsfp: 4000, now: 4000, primary: 'in-transition', secondary: 'in-transition' },
  { state: 'expired', rewind: 'active', service: 'partner-down', tsfp: 4000, now: 4001, primary: 'yes', secondary: 'yes' },
  { state: 'reset', primary: 'reset', secondary: 'reset' },
  { state: 'reset', service: 'partner-down', tsfp: 4000, now: 4001, primary: 'yes', secondary: 'yes' },
];

for (const row of rows)
  for (const role of ['primary', 'secondary'] as const)
    test(`${role}: ${JSON.stringify(row)}`, () => {
      const table = testTable('10.0.0.1');
      table.putLease(testLease('10.0.0.1', { state: row.state, rewindState: row.rewind, tsfp: at(row.tsfp ?? 0), tstp: at(row.tstp ?? 0), ends: at(1) }));
      const view = viewOf(role, row.service ?? 'cooperating');
      assert.equal(ownership(table, 0, view, at(row.now ?? 1000)), row[role]);
    });

test('without a peer everything but an active lease is ours; a host’s address never is', () => {
  for (const state of ['free', 'expired', 'released', 'abandoned', 'reset', 'backup'] as const) {
    const table = testTable('10.0.0.1');
    table.putLease(testLease('10.0.0.1', { state }));
    assert.equal(ownership(table, 0, undefined, at(1)), 'yes', state);
    table.withhold(ip('10.0.0.1'), true);
    assert.equal(ownership(table, 0, undefined, at(1)), 'withheld', state);
  }
});

test('the same client may always extend while binding or rewind state is active', () => {
  for (const [state, rewind, extends_] of [
    ['active', 'free', true], ['expired', 'active', true], ['expired', 'expired', false], ['backup', 'backup', false],
  ] as const) {
    const table = testTable('10.0.0.1');
    table.putLease(testLease('10.0.0.1', { state, rewindState: rewind, ends: at(1) }));
    assert.equal(bindingCode[rewind], table.rewindState(0));
    assert.equal(mayExtend(table, 0, viewOf('primary', 'alone'), at(9)), extends_, `${state} rewind ${rewind}`);
  }
});
