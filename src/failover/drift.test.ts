// Two running nodes and what must agree between them: found on both, said once, gone when it is corrected, and cheap.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServerConfig } from '../model/server-config.ts';
import { configOf } from '../config/testing.ts';
import { ip } from '../lease/testing.ts';
import { driftView } from './drift-view.ts';
import { Pair, type NodeName } from './testing.ts';

const names = ['a', 'b'] as const;
const side = (name: NodeName): string => {
  const [own, other] = name === 'a' ? ['10.77.0.1', '10.77.0.2'] : ['10.77.0.2', '10.77.0.1'];
  return `failover peer "fo" { ${name === 'a' ? 'primary; mclt 60; split 128;' : 'secondary;'} address ${own}; peer address ${other}; max-response-delay 10; }`;
};
const subnet = (inside = ''): string => `subnet 10.77.0.0 netmask 255.255.0.0 {
  option routers 10.77.0.254;
  pool { failover peer "fo"; range 10.77.1.100 10.77.1.119; }
  ${inside}
}
`;
const host = (index: number, address = `10.77.${100 + (index >>> 8)}.${index & 255}`): string =>
  `host h${index} { hardware ethernet 2:0:0:0:${(index >>> 8).toString(16)}:${(index & 255).toString(16)}; fixed-address ${address}; }\n`;
const hosts = (count: number): string => Array.from({ length: count }, (_, index) => host(index)).join('');
const configFor = (name: NodeName, body: string): ServerConfig => configOf(`${side(name)}\n${body}`);

function pairOf(a: string, b: string, more = { a: '', b: '' }): Pair {
  const configs = { a: configOf(`${side('a').replace('}', `${more.a} }`)}\n${a}`), b: configOf(`${side('b').replace('}', `${more.b} }`)}\n${b}`) };
  const pair = new Pair({ configs });
  for (const name of names) {
    pair.nodes[name].store.failover.putIdentity('fo', 'pair-test0000', undefined);
    pair.start(name);
  }
  pair.run(20);
  return pair;
}
const drift = (pair: Pair, name: NodeName) => pair.nodes[name].endpoint.drift;
const said = (pair: Pair, name: NodeName): string[] =>
  pair.transcript.filter((line) => line.includes(` ${name}: failover peer fo: `) && /DIFFER|differ in|differences|agree/.test(line)).map((line) => line.replace(/^.*peer fo: /, ''));

test('two equal configurations agree, and both nodes say so once', () => {
  const pair = pairOf(subnet() + hosts(3), hosts(3) + subnet());
  for (const name of names) {
    assert.equal(drift(pair, name).state, 'agrees');
    assert.deepEqual(said(pair, name), ['the configurations of the two nodes agree']);
  }
});

test('pools that do not match are an alarm on both nodes, with the place in both files; the two are normal and say why that is not enough', () => {
  const pair = pairOf(subnet(), subnet().replace('10.77.1.119', '10.77.1.110'));
  assert.equal(pair.states(), 'normal normal');
  assert.deepEqual(said(pair, 'a'), ['the two nodes DIFFER in pools: addresses from 10.77.1.100: up to 10.77.1.119 (test.conf:4) here, up to 10.77.1.110 (test.conf:4) at the partner']);
  assert.deepEqual(said(pair, 'b'), ['the two nodes DIFFER in pools: addresses from 10.77.1.100: up to 10.77.1.110 (test.conf:4) here, up to 10.77.1.119 (test.conf:4) at the partner']);
  const { value } = pair.command('a', 'failover.status') as { value: [{ why: string; next: string }] };
  assert.match(value[0].why, /configurations differ in what must agree/);
  assert.match(value[0].next, /check --live/);
});

test('a host of one node only, other options, other timers: each named on both nodes, dangerous ones first', () => {
  const other = subnet().replace('10.77.0.254', '10.77.0.253');
  const pair = pairOf(subnet() + host(1), other, { a: 'load balance max seconds 3;', b: 'load balance max seconds 9;' });
  assert.deepEqual(said(pair, 'a').map((line) => line.replace(/ \(test.conf:\d+\)/g, '')), [
    'the two nodes DIFFER in hosts: host hardware 1 02:00:00:00:00:01: only here, h1, 10.77.100.1',
    'the two nodes differ in timers: load balance max seconds: 3 here, 9 at the partner',
    'the two nodes differ in options: routers of subnet 10.77.0.0/16: not the same here and at the partner',
  ]);
  assert.equal(said(pair, 'b').length, 3);
  const view = driftView(pair.nodes.b.endpoint) as { differences: { here: null | { line: string }; there: null | { line: string } }[] };
  assert.equal(view.differences[0]?.here, null);
  assert.match(view.differences[0]?.there?.line ?? '', /^host h1 \{ hardware ethernet/);
  assert.deepEqual([view.differences[2]?.here?.line, view.differences[2]?.there?.line], ['option routers 10.77.0.253;', 'option routers 10.77.0.254;']);
});

test('a reload that repairs the difference is noticed by both; one that makes another, too', () => {
  const pair = pairOf(subnet() + host(1), subnet());
  pair.reload('b', configFor('b', subnet() + host(1)));
  pair.run(5);
  for (const name of names) {
    assert.equal(drift(pair, name).state, 'agrees');
    assert.equal(said(pair, name).at(-1), 'the configurations of the two nodes agree');
  }
  pair.reload('a', configFor('a', subnet() + host(1, '10.77.9.9')));
  pair.run(5);
  assert.match(said(pair, 'b').at(-1) ?? '', /DIFFER in hosts: host hardware 1 02:00:00:00:00:01: h1, 10\.77\.100\.1 .* here, h1, 10\.77\.9\.9 .* at the partner/);
});

test('a name that the two resolvers answer differently is named when the second answer comes', () => {
  const body = subnet('option ntp-servers time.example;');
  const pair = pairOf(body, body);
  const answer = (name: NodeName, address: string): void =>
    pair.step(pair.nodes[name], () => void pair.nodes[name].store.names.put('time.example', [ip(address)], undefined));
  answer('a', '10.9.9.1');
  pair.run(5);
  assert.equal(drift(pair, 'a').state, 'agrees', 'one that has no answer yet has no other one');
  answer('b', '10.9.9.2');
  pair.run(5);
  assert.equal(said(pair, 'a').at(-1), 'the two nodes differ in names: name time.example: 10.9.9.1 here, 10.9.9.2 at the partner');
  assert.equal(said(pair, 'b').at(-1), 'the two nodes differ in names: name time.example: 10.9.9.2 here, 10.9.9.1 at the partner');
});

test('two nodes that are reloaded one right after the other say nothing of what lay between', () => {
  const pair = pairOf(subnet(), subnet());
  pair.reload('a', configFor('a', subnet() + host(1)));
  pair.run(1);
  pair.reload('b', configFor('b', subnet() + host(1)));
  pair.run(10);
  for (const name of names) assert.deepEqual(said(pair, name), ['the configurations of the two nodes agree']);
});

test('with the link everything known of the partner goes; the next link tells anew', () => {
  const pair = pairOf(subnet(), subnet() + host(1));
  pair.cut();
  pair.run(30);
  assert.deepEqual([drift(pair, 'a').state, drift(pair, 'a').unknownBecause], ['unknown', 'the partner is not connected']);
  pair.heal();
  pair.run(60);
  assert.equal(drift(pair, 'a').state, 'differs');
  assert.equal(said(pair, 'a').filter((line) => line.includes('only at the partner')).length, 2);
});

test('one host among 10,000 that differs is found for a few kilobytes', () => {
  let sent = 0;
  const configs = { a: configFor('a', subnet() + hosts(10_000)), b: configFor('b', subnet() + hosts(10_000).replace('fixed-address 10.77.119.136;', 'fixed-address 10.77.1.99;')) };
  const pair = new Pair({ configs });
  const { parcels } = { parcels: new Map<NodeName, number>() };
  for (const name of names) {
    pair.nodes[name].store.failover.putIdentity('fo', 'pair-test0000', undefined);
    pair.start(name);
    const { endpoint } = pair.nodes[name];
    const send = endpoint.parcels.send.bind(endpoint.parcels);
    endpoint.parcels.send = (topic, parcel, lane, now) => {
      sent += parcel.length;
      parcels.set(name, (parcels.get(name) ?? 0) + 1);
      send(topic, parcel, lane, now);
    };
  }
  pair.run(20);
  assert.deepEqual(said(pair, 'a').length, 1);
  assert.match(said(pair, 'a')[0] ?? '', /host hardware 1 02:00:00:00:13:88: h5000, 10\.77\.119\.136 .* here, h5000, 10\.77\.1\.99 .* at the partner/);
  assert.deepEqual([...parcels.values()], [4, 4], 'summary, clock, buckets, facts');
  assert.ok(sent < 20_000, `${sent} bytes were sent`);
});

test('thousands of missing hosts are told in bounds: the first are named, the rest counted, nothing else is said of them', () => {
  const pair = pairOf(subnet() + hosts(5_000), subnet());
  for (const name of names) {
    assert.equal(said(pair, name).length, 21);
    assert.match(said(pair, name).at(-1) ?? '', /^and \d+ differences more/);
  }
  assert.ok(drift(pair, 'b').differences().length <= 1_000);
});

interface ReloadRow {
  readonly id: string;
  readonly wish: string;
  readonly asks: RegExp | undefined;
}
const before = subnet() + host(1);
const reloadRows: readonly ReloadRow[] = [
  { id: 'the same', wish: before, asks: undefined },
  { id: 'a host more', wish: before + host(2), asks: undefined },
  { id: 'an option', wish: before.replace('10.77.0.254', '10.77.0.253'), asks: undefined },
  { id: 'a host less', wish: subnet(), asks: /host hardware 1 02:00:00:00:00:01: only at the partner/ },
  { id: 'another address of a host', wish: subnet() + host(1, '10.77.9.9'), asks: /10\.77\.9\.9 .* here, h1, 10\.77\.100\.1/ },
  { id: 'a shorter range', wish: before.replace('10.77.1.119', '10.77.1.118'), asks: /addresses from 10\.77\.1\.100: up to 10\.77\.1\.118/ },
  { id: 'no pool', wish: before.replace('range 10.77.1.100 10.77.1.119;', 'range 10.77.2.1;'), asks: /addresses from 10\.77\.1\.100: only at the partner/ },
];
for (const { id, wish, asks } of reloadRows)
  test(`before a reload: ${id} ${asks === undefined ? 'is taken over' : 'is asked about'}`, () => {
    const pair = pairOf(before, before);
    const dangers = pair.nodes.a.failover?.dangersOf(configFor('a', wish)) ?? [];
    if (asks === undefined) assert.deepEqual(dangers, []);
    else assert.match(dangers.join('\n'), asks);
  });

test('before a reload: what differs already is not asked about again, what repairs it neither', () => {
  const pair = pairOf(before, subnet());
  for (const wish of [before, subnet(), before + host(2)]) assert.deepEqual(pair.nodes.a.failover?.dangersOf(configFor('a', wish)), []);
  assert.equal(pair.nodes.b.failover?.dangersOf(configFor('b', subnet() + host(1))).length, 0);
});

test('before a reload: a relationship with a partner that is there is not left without a word', () => {
  const pair = pairOf(before, before);
  const wish = configOf('subnet 10.77.0.0 netmask 255.255.0.0 { range 10.77.1.100 10.77.1.119; }');
  assert.match(pair.nodes.a.failover?.dangersOf(wish).join() ?? '', /failover peer fo is no longer declared/);
});
