import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ipv4 } from '../std/ipv4.ts';
import { DhcpView } from '../wire/dhcp-view.ts';
import { buildMessage, readMessage } from '../wire/client-testing.ts';
import type { Explanation } from './explain.ts';
import { equal, flag, ip, literal, mac, requestOption, text, when, World } from './testing.ts';

const site = (): World => new World({
  networks: [[{ network: '10.0.0.0/24', pools: [{ range: '10.0.0.100-10.0.0.101', deny: ['unknown-clients'] }] }]],
  hosts: [{ name: 'master', mac: 1, fixed: ['10.0.0.9'], statements: [text(15, 'host.test')] }, { name: 'known', mac: 2 }],
  global: [text(15, 'global.test'), flag('pingCheck', 1), when(equal(requestOption(60), literal('x')), text(40, 'y'))],
});
function explain(world: World, last: number): Explanation {
  const bytes = buildMessage({ type: 1, xid: 7, chaddr: mac(last) });
  const view = new DhcpView(bytes);
  view.check(bytes.length);
  return world.engine.explain({ view, ifindex: 2, source: 0 as Ipv4, sourcePort: 68, destination: 0 as Ipv4 }, world.now);
}
const told = ({ notes }: Explanation): string => notes.map(({ topic, text: said }) => `${topic}: ${said}`).join('\n');

test('a host’s offer is explained by network, host and scopes', () => {
  const explanation = explain(site(), 1);
  assert.equal(readMessage(explanation.reply ?? new Uint8Array(0)).yiaddr, ip('10.0.0.9'));
  assert.match(told(explanation), /^network: 10\.0\.0\.0\/24$/m);
  assert.match(told(explanation), /^host: master, fixed-address 10\.0\.0\.9$/m);
  assert.match(told(explanation), /^option: domain-name by file level$/m);
  assert.match(told(explanation), /^option: domain-name by host master, instead of what a weaker scope said$/m);
  assert.match(told(explanation), /^condition: not true$/m);
});

test('a refusal is explained', () => {
  const explanation = explain(site(), 77);
  assert.equal(explanation.reply, undefined);
  assert.match(told(explanation), /^refused: unknown client$/m);
});

test('explaining changes nothing: the address is neither held nor probed', () => {
  const world = site();
  const first = explain(world, 2);
  assert.match(told(first), /^address: 10\.0\.0\.100: the next free address$/m);
  assert.ok(first.reply, 'no probe is waited for');
  assert.deepEqual(explain(world, 2), first);
  world.discover(2);
  assert.equal(world.requests.length, 1);
});
