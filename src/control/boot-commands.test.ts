// `boot set` and its like on a whole node: set, done, taken back, listed, refused; kept over a restart.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { UnixSeconds } from '../std/time.ts';
import type { CommandAnswer } from './command-table.ts';
import { OmapiBench } from './omapi/testing.ts';

const conf = `subnet 10.0.0.0 netmask 255.255.255.0 { range 10.0.0.100 10.0.0.120; }
host web-1 { hardware ethernet 52:54:00:aa:00:01; fixed-address 10.0.0.11; }
host ib-1 { hardware infiniband 52:54:00:aa:00:09; }
`;
const settings = 'boot { profile "web" { match host "web-*"; kernel "k"; } profile "rescue" { match mac 52:54:00:ff:ff:ff; kernel "r"; } }';
const mac = '525400aa0001';
const bench = (text = settings): OmapiBench => new OmapiBench(conf, text);
const valueOf = (answer: CommandAnswer): unknown => (answer.ok ? answer.value : assert.fail(answer.problem));
const view = { mac: '52:54:00:aa:00:01', host: 'web-1', target: 'install', profile: null, state: 'pending', setAt: 1_700_000_000 };

test('set, fetched, and kept over a restart', () => {
  const one = bench();
  assert.deepEqual(valueOf(one.command('boot.set', { machine: 'web-1', target: 'install' })), { before: null, after: view });
  assert.deepEqual(one.requests.at(-1), { kind: 'boot-choices', choices: [{ mac, target: 'install', profile: '', setAt: 1_700_000_000, state: 'pending' }] });
  assert.match(one.logText, /command boot\.set \{"machine":"web-1","target":"install"\} by root: done \(null -> \{"mac":"52:54:00:aa:00:01"/);
  one.step({ kind: 'boot-fetched', fetched: { mac, setAt: 1_699_999_999 as UnixSeconds } });
  assert.equal(one.restarted().bootChoices.get(mac)?.state, 'pending', 'what was told by an older choice');
  one.step({ kind: 'boot-fetched', fetched: { mac, setAt: 1_700_000_000 as UnixSeconds } });
  assert.equal(one.restarted().bootChoices.get(mac)?.state, 'done');
  assert.match(one.logText, /boot: 52:54:00:aa:00:01 has fetched what it was to boot once/);
  assert.deepEqual(valueOf(one.command('boot.choices', {})), { choices: [{ ...view, state: 'done' }] });
});

test('a machine by any spelling; a profile by name; the disk; taken back', () => {
  const one = bench();
  for (const machine of ['52:54:00:AA:00:01', '52-54-0-aa-0-1', '5254.00aa.0001', '525400aa0001', 'web-1'])
    assert.equal((valueOf(one.command('boot.set', { machine, target: 'local' })) as { after: typeof view }).after.mac, view.mac, machine);
  assert.equal(one.restarted().bootChoices.get(mac)?.setAt, 1_700_000_004, 'five in one second, one behind the other');
  assert.deepEqual(valueOf(one.command('boot.set', { machine: '52:54:00:00:00:77', target: 'rescue' })), {
    before: null, after: { mac: '52:54:00:00:00:77', host: null, target: 'install', profile: 'rescue', state: 'pending', setAt: 1_700_000_000 },
  });
  assert.deepEqual((valueOf(one.command('boot.clear', { machine: 'web-1' })) as { after: unknown }).after, null);
  assert.deepEqual(valueOf(one.command('boot.choices', { machine: 'web-1' })), { choices: [] });
  assert.equal((valueOf(one.command('boot.choices', {})) as { choices: unknown[] }).choices.length, 1);
  assert.equal(one.restarted().bootChoices.get(mac)?.target, 'none', 'kept, so that an older one counts no more');
});

test('a node that starts tells its file server what was set', () => {
  const one = bench();
  one.command('boot.set', { machine: 'web-1', target: 'local' });
  const before = one.requests.length;
  one.step({ kind: 'start' });
  assert.deepEqual(one.requests.slice(before).filter(({ kind }) => kind === 'boot-choices'), [
    { kind: 'boot-choices', choices: [{ mac, target: 'local', profile: '', setAt: 1_700_000_000, state: 'done' }] },
  ]);
});

const refusals: readonly (readonly [machine: string, target: string, problem: RegExp, text?: string])[] = [
  ['nobody', 'install', /nobody is neither a MAC address nor the name of a host/],
  ['52:54:00:aa:00', 'install', /neither a MAC address/],
  ['ib-1', 'install', /ib-1 has no Ethernet address/],
  ['52:54:00:00:00:77', 'install', /no boot profile of leasehold\.conf fits 52:54:00:00:00:77: match it there, or name a profile/],
  ['web-1', 'resque', /there is no boot profile resque: say install, local or one of web, rescue/],
  ['web-1', 'install', /serves no boot files: leasehold\.conf has no boot block/, ''],
  ['web-1', 'local', /serves no boot files/, ''],
];
for (const [machine, target, problem, text] of refusals)
  test(`refused: ${machine} ${target}${text === '' ? ' without a boot block' : ''}`, () => {
    const one = bench(text);
    const answer = one.command('boot.set', { machine, target });
    assert.ok(!answer.ok);
    assert.match(answer.problem, problem);
    assert.equal(one.journal.size, 0);
  });
test('where profiles are matched by class, any machine may have one', () => {
  const one = bench('boot { profile "rack" { match class "pxe"; kernel "k"; } }');
  assert.equal(one.command('boot.set', { machine: '52:54:00:00:00:77', target: 'install' }).ok, true);
});
test('nothing to take back', () => {
  assert.deepEqual(bench().command('boot.clear', { machine: 'web-1' }), { ok: false, code: 'not-found', problem: 'nothing is set for 52:54:00:aa:00:01' });
});
