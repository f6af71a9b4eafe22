// Hosts over the control socket: made, replaced, removed, restored, all or none, and what is refused.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OmapiBench } from './omapi/testing.ts';

const one = { name: 'new', hardware: '02:bb:00:00:00:01', addresses: ['10.0.0.20'], statements: 'filename "a";' };

test('a host is made, shown, replaced and removed', () => {
  const bench = new OmapiBench();
  assert.deepEqual(bench.command('hosts.put', { hosts: [one] }), { ok: true, value: { made: 1, replaced: 0, after: ['new'] } });
  assert.match(bench.journalText, /^host new \{\n {2}dynamic;\n/);
  const shown = bench.command('hosts.list', { search: 'new' });
  assert.deepEqual(shown.ok && (shown.value as { hosts: unknown[] }).hosts[0], {
    name: 'new', hardware: '02:bb:00:00:00:01', hardwareType: 'ethernet', clientId: null, addresses: ['10.0.0.20'], group: null,
    statements: 'supersede server.filename = "a";', source: 'lease-file',
    lastContact: null, lastContactWith: null, bootStage: null, vendorClass: null, userClass: null,
  });
  assert.equal(bench.command('hosts.put', { hosts: [one] }).ok, false);
  assert.deepEqual(bench.command('hosts.put', { hosts: [{ ...one, addresses: ['10.0.0.21'] }], replace: true }), {
    ok: true, value: { made: 0, replaced: 1, after: ['new'] },
  });
  assert.equal(bench.restarted().hosts.byFixedAddress(0x0a000015).length, 1);
  assert.equal(bench.command('hosts.remove', { name: 'new' }).ok, true);
  assert.equal(bench.restarted().hosts.byName('new'), -1);
  assert.match(bench.logText, /command hosts\.remove \{"name":"new"\} by root: done \(\{"name":"new"/);
});

const refusals: readonly (readonly [hosts: unknown, problem: RegExp])[] = [
  [[], /a list of 1 to/],
  ['x', /a list of 1 to/],
  [[{ name: 'x' }], /needs a MAC address or a client identifier/],
  [[{ ...one, name: 'a b' }], /host a b: a name is letters/],
  [[{ ...one, hardware: 'zz' }], /host new: a name is letters/],
  [[{ ...one, addresses: ['10.0.0.300'] }], /an address is dotted/],
  [[{ ...one, group: 'nosuch' }], /there is no such group/],
  [[{ ...one, statements: 'execute("a");' }], /statements cannot be read/],
  [[{ ...one, name: 'st' }], /declared in dhcpd\.conf/],
  [[{ ...one, hardware: '02:aa:00:00:00:02' }], /is host st already/],
  [[one, one], /given twice/],
];
for (const [hosts, problem] of refusals)
  test(`refused: ${JSON.stringify(hosts)}`, () => {
    const bench = new OmapiBench();
    const answer = bench.command('hosts.put', { hosts });
    assert.ok(!answer.ok);
    assert.match(answer.problem, problem);
    assert.equal(bench.journal.size, 0);
  });

test('one bad host among good ones: none is made', () => {
  const bench = new OmapiBench();
  assert.equal(bench.command('hosts.put', { hosts: [one, { ...one, name: 'two', hardware: '' }] }).ok, false);
  assert.deepEqual([bench.store.hosts.byName('new'), bench.journal.size], [-1, 0]);
});

test('a host of dhcpd.conf that was deleted over OMAPI is restored, for good', () => {
  const bench = new OmapiBench();
  const client = bench.signedIn();
  client.remove(client.open('host', { name: 'st' })?.handle ?? 0);
  assert.equal(bench.restarted().hosts.byName('st'), -1);
  assert.equal(bench.command('hosts.restore', { name: 'nobody' }).ok, false);
  assert.equal(bench.command('hosts.restore', { name: 'st' }).ok, true);
  assert.ok(bench.store.hosts.byName('st') >= 0);
  assert.ok(bench.restarted().hosts.byName('st') >= 0);
});

test('what a deletion hides is said at start and on reload, once', () => {
  const bench = new OmapiBench();
  const client = bench.signedIn();
  client.remove(client.open('host', { name: 'st' })?.handle ?? 0);
  bench.step({ kind: 'reload', config: bench.store.config });
  bench.step({ kind: 'reload', config: bench.store.config });
  assert.equal(bench.logText.match(/host st of dhcpd\.conf is not served.*leasehold hosts restore st/g)?.length, 1);
});

test('without a lease file that can be written nothing is changed', () => {
  const bench = new OmapiBench();
  bench.step({ kind: 'commit-failed', group: 1, reason: 'full', detail: 'ENOSPC' });
  const answer = bench.command('hosts.put', { hosts: [one] });
  assert.ok(!answer.ok);
  assert.match(answer.problem, /cannot be written/);
});

test('hosts made while serving are told as declarations that mean the same, by name', () => {
  const bench = new OmapiBench();
  bench.command('hosts.put', { hosts: [{ ...one, name: 'zwei', hardware: '02:bb:00:00:00:02', addresses: ['10.0.0.22'] }, one] });
  const answer = bench.command('hosts.export');
  const { count, text } = (answer.ok ? answer.value : {}) as { count: number; text: string };
  assert.equal(count, 2);
  assert.equal(text, [
    'host new {\n  hardware ethernet 02:bb:00:00:00:01;\n  fixed-address 10.0.0.20;\n        supersede server.filename = "a";\n}\n',
    'host zwei {\n  hardware ethernet 02:bb:00:00:00:02;\n  fixed-address 10.0.0.22;\n        supersede server.filename = "a";\n}\n',
  ].join(''));
});
