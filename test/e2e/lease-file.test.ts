// The lease file between Leasehold and its other readers: a real dhcpd takes ours over and writes it anew, equal; dhcpd-pools
// counts right. (What dhcpd wrote: test/golden/lease-files.test.ts.)

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ByteWriter, fromLatin1, latin1 } from '../../src/std/bytes.ts';
import { Prng } from '../../src/std/prng.ts';
import { forever, type UnixSeconds } from '../../src/std/time.ts';
import type { Lease } from '../../src/model/lease.ts';
import { closeGroup } from '../../src/lease/journal-group.ts';
import { LeaseStore } from '../../src/lease/lease-store.ts';
import { describeProblem, replayBytes } from '../../src/lease/replay.ts';
import { writeHeader } from '../../src/lease/snapshot.ts';
import { at, testConfig, testLease } from '../../src/lease/testing.ts';
import { cable, removeLeftovers, skipWithout, Space } from './support/namespaces.ts';

const skip = skipWithout('dhcpd', 'dhcpd-pools');
const folder = mkdtempSync(join(tmpdir(), 'leasehold-lease-file-'));
const path = (name: string): string => join(folder, name);
let space: Space;
/** The other end of the cable: dhcpd wants an interface that is up. */
let nobody: Space;

before(() => {
  if (skip !== false) return;
  removeLeftovers();
  space = new Space('lf');
  nobody = new Space('lf');
  cable(space, 'lf0', nobody, 'lf1');
  space.address('lf0', '10.9.0.1/24');
});
after(async () => {
  if (skip === false) await Promise.all([space.close(), nobody.close()]);
  rmSync(folder, { recursive: true });
});

const dhcpdConf = (failover: string, pool: string): string => `authoritative; ${failover}
class "cable" { spawn with option agent.circuit-id; lease limit 50; }
class "plain" { lease limit 50; }
subnet 10.9.0.0 netmask 255.255.255.0 { pool { range 10.9.0.100 10.9.0.199; ${pool} } }
`;
const peer = `failover peer "x" { primary; address 10.9.0.1; port 6647; peer address 10.9.0.2; peer port 6647;
  max-response-delay 60; max-unacked-updates 10; mclt 600; split 128; load balance max seconds 3; }`;
const pools = [{ ranges: ['10.9.0.100-10.9.0.199'] }];
const alone = testConfig({ pools });
const paired = testConfig({ pools: [{ ...pools[0], ranges: ['10.9.0.100-10.9.0.199'], peer: 0 }], roles: ['primary'] });

/** The present, read once: records that end in an hour or more are active for dhcpd too. */
const wall = Math.floor(Date.now() / 1000) as UnixSeconds;
const soon = at(wall + 36_000);
const past = at(wall - 36_000);

/** Leases of every kind that dhcpd does not change by itself when it starts. */
function leases(states: readonly Lease['state'][]): Lease[] {
  const random = new Prng(4711);
  return Array.from({ length: 90 }, (_, index) => {
    const state = random.pick(states);
    const isActive = state === 'active';
    const isClean = state === 'abandoned';
    const ends = isActive ? (random.chance(0.2) ? forever : soon) : isClean ? soon : past;
    return testLease(`10.9.0.${100 + index}`, {
      state,
      rewindState: state === 'free' ? undefined : 'free',
      starts: past, ends, tstp: ends, cltt: past,
      hardware: isClean ? undefined : { htype: 1, address: Uint8Array.of(2, 0, 0, 0, 9, index) },
      uid: isClean || random.chance(0.3) ? undefined : Uint8Array.from({ length: random.between(2, 40) }, () => random.below(256)),
      extras: isActive && random.chance(0.6) ? extras(random, index) : undefined,
    });
  });
}

const extras = (random: Prng, index: number): Lease['extras'] => ({
  variables: random.chance(0.5)
    ? []
    : [
        { name: 'num', value: { kind: 'number', value: random.u32() & 0x7fffffff } },
        { name: 'raw', value: { kind: 'data', bytes: Uint8Array.from({ length: 12 }, () => random.below(256)) } },
        { name: 'yes', value: { kind: 'boolean', value: random.chance(0.5) } },
        { name: 'user-class-identifier', value: { kind: 'data', bytes: Uint8Array.from({ length: random.between(1, 255) }, () => random.below(256)) } },
      ],
  agentOptions: latin1(`\x01\x04p7-${index % 10}\x02\x04\x00"\\$\x05\x04\x0a\x09\x00\x00\x09\x02a"`),
  clientHostname: `pc-${index} x`,
  billing: random.pick([undefined, { className: 'plain', subclassKey: undefined }, { className: 'cable', subclassKey: latin1(`p7-${index % 10}`) }]),
  handlers: random.chance(0.3) ? 'on expiry or release {\n    log (info, "gone;}");\n  }' : undefined,
});

function fileOf(store: LeaseStore): string {
  const out = new ByteWriter();
  writeHeader(out, 'test');
  for (let cursor = 0, sequence = 1; cursor >= 0; sequence++) {
    const from = out.size;
    cursor = store.snapshot(cursor, 2000, out);
    closeGroup(out, from, sequence);
  }
  return fromLatin1(out.view());
}

function storeOf(text: string, config: typeof alone): { store: LeaseStore; said: readonly string[] } {
  const store = new LeaseStore(config);
  const report = replayBytes(latin1(text), store, wall);
  return { store, said: report.problems.map(describeProblem) };
}

/** All recorded leases; variables in no order, since dhcpd turns theirs round each time it reads them. */
function leasesOf({ table }: LeaseStore): Lease[] {
  return Array.from({ length: table.rowCount }, (_, row) => row)
    .filter((row) => table.isRecorded(row) && !table.isUnused(row))
    .map((row) => table.lease(row))
    .map((lease) => ({
      ...lease,
      // Printed by both in their own way; parsed text is what counts.
      extras: lease.extras && { ...lease.extras, variables: lease.extras.variables.toSorted((a, b) => (a.name < b.name ? -1 : 1)), handlers: lease.extras.handlers?.replace(/\s+/g, '') },
    }));
}

async function rewrittenByDhcpd(text: string, conf: string): Promise<{ text: string; said: string }> {
  writeFileSync(path('leases'), text);
  writeFileSync(path('dhcpd.conf'), conf);
  const files = ['-cf', path('dhcpd.conf'), '-lf', path('leases'), '-pf', path('pid')];
  const dhcpd = space.start(['dhcpd', '-4', '-f', '-d', ...files, 'lf0']);
  await dhcpd.line(/^Server starting service|^failover peer x: I move|exiting/);
  await dhcpd.stop('SIGKILL');
  return { text: readFileSync(path('leases'), 'latin1'), said: dhcpd.text };
}

for (const [id, config, conf, states] of [
  ['alone', alone, dhcpdConf('', ''), ['free', 'active', 'abandoned']],
  ['in a pair', paired, dhcpdConf(peer, 'failover peer "x";'), ['free', 'active', 'abandoned', 'expired', 'released', 'reset', 'backup']],
] as const)
  test(`dhcpd takes our file over and writes it anew, equal: ${id}`, { skip }, async () => {
    const { store } = storeOf('', config);
    for (const lease of leases(states)) store.table.putLease(lease);
    if (config === paired)
      store.failover.putState(
        'x', { my: { state: 'communications-interrupted', at: past }, partner: { state: 'normal', at: past }, mclt: undefined }, undefined,
      );
    store.hosts.put(
      {
        name: 'om1', isDeleted: false, isStatic: false, hardware: { htype: 1, address: Uint8Array.of(2, 0, 0, 0, 1, 1) }, uid: latin1('a"b'),
        fixedAddresses: [{ kind: 'address', address: (store.table.ip(0) + 200) as Lease['ip'] }], group: undefined,
        statements: ['supersede server.filename = "px";'],
      },
      undefined,
    );
    const ours = fileOf(store);
    writeFileSync(path('test.conf'), conf);
    writeFileSync(path('test.leases'), ours);
    space.run('dhcpd', '-4', '-T', '-cf', path('test.conf'), '-lf', path('test.leases'), 'lf0');

    const theirs = await rewrittenByDhcpd(ours, conf);
    assert.doesNotMatch(theirs.said, /possibly corrupt|data loss|expecting|semicolon|lease file line/i);
    assert.match(theirs.text, /written by isc-dhcp-4/);
    const { store: again, said } = storeOf(theirs.text, config);
    assert.deepEqual(said, []);
    assert.deepEqual(leasesOf(again), leasesOf(store));
    assert.deepEqual(again.hosts.record('om1'), store.hosts.record('om1'));
    assert.deepEqual(again.failover.state('x'), store.failover.state('x'));
  });

test('dhcpd-pools counts what is in our file', { skip }, () => {
  const { store } = storeOf('', paired);
  const all = leases(['free', 'active', 'abandoned', 'backup']);
  for (const lease of all) store.table.putLease(lease);
  writeFileSync(path('pools.conf'), dhcpdConf(peer, 'failover peer "x";'));
  writeFileSync(path('pools.leases'), fileOf(store));
  const report = execFileSync('dhcpd-pools', ['-c', path('pools.conf'), '-l', path('pools.leases'), '-f', 't'], { encoding: 'utf8' });
  // Range line: name, first, -, last, max, current, percent, touched, sum, percent, backup.
  const fields = /^All networks +(\S+) +- (\S+ +.*)$/m.exec(report)?.[2]?.split(/ +/) ?? [];
  const count = (state: Lease['state']): number => all.filter((lease) => lease.state === state).length;
  // Never used addresses of a pair have a record too.
  const touched = count('free') + count('abandoned') + 10;
  assert.deepEqual([fields[1], fields[2], fields[4], fields[7]].map(Number), [100, count('active'), touched, count('backup')], report);
});
