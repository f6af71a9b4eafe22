// Is the partner down? Who is asked, how often, and what follows from each answer.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openAccess, type EvidenceSettings } from '../model/evidence-settings.ts';
import { Pair, pairConfig, type PairOptions } from './testing.ts';

const fence: EvidenceSettings['fence'] = { command: '/sbin/fence', arguments: [], timeoutMillis: 30_000 };
const witness: EvidenceSettings['witness'] = { kind: 'etcd', urls: ['http://w:2379'], key: '', ttlMillis: 20_000, access: openAccess };

function normalPair(evidence: Partial<EvidenceSettings>, options: PairOptions = {}): Pair {
  const pair = new Pair({ contact: 1, evidence, ...options });
  for (const name of ['a', 'b'] as const) pair.nodes[name].store.failover.putIdentity('fo', 'pair-test0000', undefined);
  pair.start('a');
  pair.start('b');
  pair.run(10);
  assert.equal(pair.states(), 'normal normal');
  pair.transcript.length = 0;
  pair.outside.asked.length = 0;
  return pair;
}
const serviceOf = (pair: Pair, name: 'a' | 'b'): string => pair.nodes[name].endpoint.view.service;
const asked = (pair: Pair, what: string): number => pair.outside.asked.filter((line) => line === what).length;
const said = (pair: Pair, pattern: RegExp): number => pair.transcript.filter((line) => pattern.test(line)).length;

test('without evidence nobody is asked, and nobody is declared down', () => {
  const pair = normalPair({});
  pair.kill('b');
  pair.run(3_600);
  assert.equal(pair.states(), 'communications-interrupted down');
  assert.deepEqual(pair.outside.asked, []);
});

test('a fence that says yes: partner-down by the way of operators, after the address was silent before and after it', () => {
  const pair = normalPair({ fence });
  pair.kill('b');
  pair.run(4.9);
  assert.deepEqual(pair.outside.asked, []);
  pair.run(0.2);
  assert.deepEqual(pair.outside.asked, ['a ping', 'a probe', 'a fence', 'a ping', 'a probe']);
  assert.equal(pair.states(), 'partner-down down');
  assert.equal(said(pair, /evidence \(the fence: the machine is off\) runs failover\.partner-down/), 1);
  // MCLT is honoured: the partner's addresses are not ours yet.
  const { view } = pair.nodes.a.endpoint;
  assert.deepEqual([view.service, view.stos, view.mclt], ['partner-down', pair.now.wall, 60]);
  pair.run(600);
  assert.equal(asked(pair, 'a fence'), 1);
});

test('a fence that says no is asked again, never believed; one that takes its time is asked once', () => {
  const pair = normalPair({ fence });
  pair.outside.fence = 'waits';
  pair.kill('b');
  pair.run(300);
  assert.equal(asked(pair, 'a fence'), 1);
  pair.endFence(false);
  assert.equal(pair.states(), 'communications-interrupted down');
  pair.outside.fence = 'no';
  pair.run(60);
  assert.ok(asked(pair, 'a fence') > 3);
  assert.equal(pair.states(), 'communications-interrupted down');
});

test('an address that answers counts against a takeover: nothing is powered off', () => {
  const pair = normalPair({ fence });
  pair.outside.isAlive = true;
  pair.kill('b');
  pair.run(120);
  assert.equal(asked(pair, 'a fence'), 0);
  assert.equal(pair.states(), 'communications-interrupted down');
  assert.ok(said(pair, /address 10\.77\.0\.2: it answers: the machine runs \(counts against a takeover\)/) === 1);
});

test('a fence whose victim answers afterwards has not told the truth', () => {
  const pair = normalPair({ fence });
  pair.outside.fence = 'waits';
  pair.kill('b');
  pair.run(6);
  pair.outside.isAlive = true;
  pair.endFence(true);
  assert.equal(pair.states(), 'communications-interrupted down');
});

test('the link is back while the fence runs: its answer changes nothing any more', () => {
  const pair = normalPair({ fence });
  pair.outside.fence = 'waits';
  pair.kill('b');
  pair.run(6);
  assert.equal(asked(pair, 'a fence'), 1);
  pair.start('b');
  pair.run(10);
  assert.equal(pair.states(), 'normal normal');
  pair.endFence(true);
  pair.run(10);
  assert.equal(pair.states(), 'normal normal');
});

test('a node that may have been fenced serves no pools before it has heard its partner', () => {
  const pair = normalPair({ fence });
  pair.outside.fence = 'no';
  pair.kill('b');
  pair.run(10);
  pair.kill('a');
  pair.start('a');
  pair.run(20);
  assert.deepEqual([pair.states(), serviceOf(pair, 'a')], ['communications-interrupted down', 'none']);
  assert.equal(said(pair, /a: failover peer fo: this node stops serving pools/), 1);
  pair.start('b');
  pair.run(20);
  assert.deepEqual([pair.states(), serviceOf(pair, 'a')], ['normal normal', 'cooperating']);
});

test('a cut with a witness: one gets the claim and takes over after ttl, the other has stopped serving by then; given back when both are normal', () => {
  const pair = normalPair({ witness });
  pair.cut();
  pair.run(10);
  assert.deepEqual([pair.states(), pair.outside.holder], ['communications-interrupted communications-interrupted', 'primary']);
  assert.deepEqual([serviceOf(pair, 'a'), serviceOf(pair, 'b')], ['alone', 'alone']);
  let stoppedAt = 0;
  let downAt = 0;
  for (let second = 0; second < 60; second++) {
    pair.run(1);
    if (serviceOf(pair, 'b') === 'none') stoppedAt ||= pair.now.mono;
    if (pair.nodes.a.endpoint.my === 'partner-down') downAt ||= pair.now.mono;
  }
  assert.ok(stoppedAt > 0 && downAt > stoppedAt, `b stopped at ${stoppedAt}, a was in partner-down at ${downAt}`);
  assert.equal(pair.nodes.b.endpoint.my, 'communications-interrupted');
  pair.heal();
  pair.run(200);
  assert.deepEqual([pair.states(), pair.outside.holder], ['normal normal', undefined]);
  assert.deepEqual([serviceOf(pair, 'a'), serviceOf(pair, 'b')], ['cooperating', 'cooperating']);
});

test('both nodes ask at once: whoever is first, exactly one is told yes', () => {
  const pair = normalPair({ witness });
  pair.cut();
  pair.run(120);
  const down = (['a', 'b'] as const).filter((name) => pair.nodes[name].endpoint.my === 'partner-down');
  assert.equal(down.length, 1);
  assert.ok(asked(pair, 'a witness claim') >= 1 && asked(pair, 'b witness claim') >= 1);
});

test('a witness that does not answer: pools are served for ttl, then not, until it does', () => {
  const pair = normalPair({ witness });
  pair.outside.isWitnessUp = false;
  pair.kill('b');
  pair.run(10);
  assert.equal(serviceOf(pair, 'a'), 'alone');
  pair.run(20);
  assert.deepEqual([pair.states(), serviceOf(pair, 'a')], ['communications-interrupted down', 'none']);
  pair.outside.isWitnessUp = true;
  pair.run(5);
  assert.equal(serviceOf(pair, 'a'), 'alone');
  pair.run(25);
  assert.equal(pair.states(), 'partner-down down');
});

test('with both, only the holder of the claim fences; its yes needs no ttl', () => {
  const pair = normalPair({ witness, fence });
  pair.cut();
  pair.run(9);
  assert.equal(pair.nodes.a.endpoint.my, 'partner-down');
  assert.deepEqual([asked(pair, 'a fence'), asked(pair, 'b fence')], [1, 0]);
});

test('a partner that names another witness, or another ttl, is not taken over by it', () => {
  const other: PairOptions = { contact: 1, evidence: { witness: { ...witness, ttlMillis: 40_000 } } };
  const pair = normalPair({ witness }, { configs: { a: pairConfig('a', { contact: 1, evidence: { witness } }), b: pairConfig('b', other) } });
  pair.kill('b');
  pair.run(600);
  assert.deepEqual([pair.states(), serviceOf(pair, 'a')], ['communications-interrupted down', 'alone']);
  assert.equal(said(pair, /the partner names another witness, or another ttl/), 1);
});

test('an operator at the other node takes the claim: who held it stops serving, and may insist', () => {
  const pair = normalPair({ witness });
  pair.cut();
  pair.run(60);
  assert.equal(pair.nodes.a.endpoint.my, 'partner-down');
  assert.equal((pair.command('b', 'failover.partner-down') as { ok: boolean }).ok, true);
  assert.equal(pair.outside.holder, 'secondary');
  pair.run(40);
  assert.deepEqual([serviceOf(pair, 'a'), serviceOf(pair, 'b')], ['none', 'partner-down']);
  assert.equal((pair.command('a', 'failover.partner-down') as { ok: boolean }).ok, true);
  pair.run(1);
  assert.deepEqual([serviceOf(pair, 'a'), pair.outside.holder], ['partner-down', 'primary']);
});

test('a node that comes back cut off finds the claim with its partner, and serves no pools', () => {
  const pair = normalPair({ witness });
  pair.kill('b');
  pair.run(60);
  assert.deepEqual([pair.nodes.a.endpoint.my, pair.outside.holder], ['partner-down', 'primary']);
  pair.cut();
  pair.start('b');
  pair.run(60);
  assert.deepEqual([pair.nodes.b.endpoint.my, serviceOf(pair, 'b')], ['communications-interrupted', 'none']);
});
