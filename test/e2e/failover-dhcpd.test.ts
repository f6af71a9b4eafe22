// Failover with a real ISC dhcpd 4.4.3 as the partner, in both roles (failover reference §12): what it logs, what it writes down
// and what Wireshark reads is the judge.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Relationship, skip, until, type Role } from './support/dhcpd-partner.ts';

const roles: readonly Role[] = ['a', 'b'];
const nameOf = { a: 'primary', b: 'secondary' } as const;
interface LeaseView {
  readonly state: string;
  readonly client: number | null;
}

/** Runs a scenario on a pair that has reached normal, then looks at the wire. */
function scenario(title: string, role: Role, act: (pair: Relationship) => Promise<void>, mclt?: number): void {
  test(`as ${nameOf[role]}: ${title}`, { skip, timeout: 120_000 }, async (t) => {
    const pair = new Relationship(role, mclt);
    t.after(() => pair.close());
    await pair.start();
    await pair.normal();
    await act(pair);
    const { malformed, messages } = await pair.wire();
    assert.deepEqual(malformed, []);
    assert.ok(messages > 5, `only ${messages} messages were captured`);
  });
}

const holds = (pair: Relationship, address: string, state: string): boolean =>
  pair.leaseFile().split('lease ').filter((record) => record.startsWith(`${address} `)).at(-1)?.includes(`binding state ${state};`) === true;

for (const role of roles) {
  scenario('leases, renewals and releases of ours are known to dhcpd; the pool is shared', role, async (pair) => {
    await until('sharing', () => pair.leaseFile().includes('binding state backup;') || undefined);
    const { address, seconds } = await pair.ask<{ address: string; seconds: number }>('grant first 1 3600');
    assert.equal(seconds, 60, 'the first grant is limited by MCLT');
    await until('the lease at dhcpd', () => holds(pair, address, 'active') || undefined);
    // dhcpd acknowledges a lone update after two seconds.
    for (let tries = 0; (await pair.ask<number>('unacked')) > 0; tries++) {
      assert.ok(tries < 50, 'the lease is acknowledged');
      await new Promise((resolve) => void setTimeout(resolve, 100));
    }
    assert.equal((await pair.ask<{ seconds: number }>(`grant ${address} 1 3600`)).seconds, 3600, 'the next is not');
    await pair.ask(`release ${address}`);
    await until('the release at dhcpd', () => holds(pair, address, 'free') || holds(pair, address, 'backup') || undefined);
    const counts = await pair.ask<{ free: number; backup: number }>('counts');
    assert.ok(counts.free >= 8 && counts.backup >= 8, JSON.stringify(counts));
  });

  scenario('dhcpd is killed and returns: we serve alone, then tell it what we did', role, async (pair) => {
    pair.killDhcpd();
    await pair.we('failover peer fo: I move from normal to communications-interrupted');
    const { address } = await pair.ask<{ address: string }>('grant first 2 3600');
    await pair.startDhcpd();
    await pair.normal();
    await until('the lease at dhcpd', () => holds(pair, address, 'active') || undefined);
  });

  scenario('the wire is cut without a word and comes back', role, async (pair) => {
    pair.cut(true);
    await pair.we('timeout waiting for failover peer fo', 30);
    await pair.they('timeout waiting for failover peer fo', 30);
    const { address } = await pair.ask<{ address: string }>('grant first 3 3600');
    pair.cut(false);
    await pair.we('failover peer fo: Both servers normal', 60);
    await until('the lease at dhcpd', () => holds(pair, address, 'active') || undefined);
  });

  scenario('both serve apart, dhcpd declares us down: conflict resolution ends in normal', role, async (pair) => {
    pair.cut(true);
    await pair.they('timeout waiting for failover peer fo', 30);
    pair.omshell(4);
    await pair.they('I move from communications-interrupted to partner-down');
    const { address } = await pair.ask<{ address: string }>('grant first 4 3600');
    pair.cut(false);
    await pair.they('to potential-conflict', 60);
    await pair.normal();
    await until('the lease at dhcpd', () => holds(pair, address, 'active') || undefined);
  });

  scenario('we declare dhcpd down while it is; it returns and recovers from us', role, async (pair) => {
    pair.killDhcpd();
    await pair.we('failover peer fo: I move from normal to communications-interrupted');
    await pair.ask('command failover.partner-down');
    const { address } = await pair.ask<{ address: string }>('grant first 5 3600');
    await pair.startDhcpd();
    await pair.they('I move from startup to recover');
    await pair.they('I move from recover to recover-wait');
    await until('the lease at dhcpd', () => holds(pair, address, 'active') || undefined);
    await pair.normal();
  }, 10);

  scenario('dhcpd loses its lease file: it gets everything back', role, async (pair) => {
    const { address } = await pair.ask<{ address: string }>('grant first 6 3600');
    await until('the lease at dhcpd', () => holds(pair, address, 'active') || undefined);
    pair.killDhcpd();
    await pair.we('failover peer fo: I move from normal to communications-interrupted');
    pair.forget();
    await pair.startDhcpd();
    await pair.we('failover peer fo: I move from communications-interrupted to partner-down');
    await until('the lease at dhcpd', () => holds(pair, address, 'active') || undefined, 30);
    await pair.normal();
    assert.equal((await pair.ask<LeaseView>(`lease ${address}`)).client, 6);
  }, 10);

  scenario('dhcpd hands over by shutdown and recovers without a wait', role, async (pair) => {
    pair.omshell(8);
    await pair.we('failover peer fo: I move from normal to partner-down');
    pair.omshell(6);
    await pair.we('failover peer fo: I move from partner-down to normal');
    await pair.normal();
  }, 600);

  scenario('dhcpd is paused and resumed', role, async (pair) => {
    pair.omshell(7);
    await pair.we('failover peer fo: I move from normal to communications-interrupted');
    pair.omshell(2);
    await pair.we('failover peer fo: I move from communications-interrupted to normal');
  });

  scenario('we hand over and recover', role, async (pair) => {
    await pair.ask('command failover.shutdown');
    await pair.they('I move from normal to partner-down');
    await pair.ask('command failover.recover');
    await pair.normal();
  }, 600);
}
