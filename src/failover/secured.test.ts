// Two nodes and the secured channel: when it is used, when not, what is said, and that a partner that was secured stays so.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SecurityPolicy } from '../model/relationship-settings.ts';
import { Pair, type NodeName } from './testing.ts';

const good = '0123456789abcdef';
const node = (policy: SecurityPolicy, secret: string | undefined) => ({ policy, secret });
const pairOf = (a: ReturnType<typeof node>, b: ReturnType<typeof node>): Pair => {
  const pair = new Pair({ security: { a, b } });
  for (const name of ['a', 'b'] as const) {
    pair.start(name);
    pair.command(name, 'failover.init', { identity: 'pair-00000001' });
  }
  pair.run(60);
  return pair;
};
const said = (pair: Pair, name: NodeName, pattern: RegExp): boolean => pair.transcript.some((line) => line.includes(` ${name}: `) && pattern.test(line));
const statusOf = (pair: Pair, name: NodeName): { security: string; isPinned: boolean } => {
  const { value } = pair.command(name, 'failover.status') as { value: { relationships?: unknown } & Record<string, unknown> };
  return (Array.isArray(value) ? value[0] : Array.isArray(value['peers']) ? value['peers'][0] : value) as { security: string; isPinned: boolean };
};

test('one key on both: secured before anything but the handshake was said', () => {
  const pair = pairOf(node('prefer', good), node('prefer', good));
  assert.equal(pair.states(), 'normal normal');
  for (const name of ['a', 'b'] as const) {
    assert.ok(said(pair, name, /the connection is secured \(TLS 1\.3, TLS_TEST\)/));
    assert.equal(statusOf(pair, name).security, 'TLS_TEST');
    assert.equal(statusOf(pair, name).isPinned, true);
  }
  const kinds = pair.transcript.flatMap((line) => / > \w {2}(\w+)/.exec(line)?.[1] ?? []);
  assert.deepEqual(kinds.slice(0, 5), ['CONNECT', 'CONNECTACK', 'CONNECT', 'CONNECTACK', 'STATE']);
});

test('two keys: plain, with an alarm on both sides that names both fingerprints', () => {
  const pair = pairOf(node('prefer', good), node('prefer', 'another secret..'));
  assert.equal(pair.states(), 'normal normal');
  for (const name of ['a', 'b'] as const) {
    assert.ok(said(pair, name, /NOT secured: the keys differ: k here has fingerprint ([0-9a-f:]{23}), the partner's [0-9a-f:]{23}/));
    assert.match(statusOf(pair, name).security, /^plain: the keys differ/);
  }
});

test('a secret that can be guessed secures nothing, and both say why', () => {
  const pair = pairOf(node('prefer', 'short'), node('prefer', good));
  assert.ok(said(pair, 'a', /NOT secured: the secret of key k is shorter than 16 bytes/));
  assert.ok(said(pair, 'b', /NOT secured: the partner has no key, or security is off there/));
});

test('where security is required and cannot be, there is no connection, and one line says why', () => {
  const pair = pairOf(node('require', good), node('prefer', 'another secret..'));
  assert.notEqual(pair.states(), 'normal normal');
  assert.ok(said(pair, 'b', /a plain connection was refused: the keys differ/));
  assert.equal(pair.nodes.a.endpoint.link, undefined);
});

test('a partner that was secured is not believed plain again, until an operator says so', () => {
  const pair = pairOf(node('prefer', good), node('prefer', good));
  const store = pair.nodes.b.store;
  const plainAgain = new Pair({ security: { a: node('off', good), b: node('prefer', good) } });
  plainAgain.nodes.b.store = store;
  plainAgain.start('a');
  plainAgain.start('b');
  plainAgain.run(60);
  assert.equal(plainAgain.nodes.b.endpoint.link, undefined);
  assert.ok(said(plainAgain, 'b', /a plain connection was refused: .* and this partner was secured before/));
  assert.equal((plainAgain.command('b', 'failover.trust-plain') as { ok: boolean }).ok, true);
  plainAgain.run(120);
  assert.notEqual(plainAgain.nodes.b.endpoint.link, undefined);
  assert.equal((plainAgain.command('b', 'failover.trust-plain') as { ok: boolean }).ok, false, 'once');
});
