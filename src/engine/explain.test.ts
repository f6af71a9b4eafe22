import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ipv4 } from '../std/ipv4.ts';
import { DhcpView } from '../wire/dhcp-view.ts';
import { buildMessage, readMessage } from '../wire/client-testing.ts';
import { NoteTaker, paperEffects, type Explanation } from './explain.ts';
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
  assert.match(told(explanation), /^option: domain-name by host master, instead of file level$/m);
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

const messages = [1, 3, 1, 3, 8, 7, 0, 3, 4, 1, 3] as const;

test('what is explained is what is answered, byte for byte, and a silence has the reason of the log', () => {
  const options = (): World => new World({
    networks: [[{ network: '10.0.0.0/24', pools: [{ range: '10.0.0.100-10.0.0.103' }, { range: '10.0.0.110-10.0.0.111', deny: ['unknown-clients'] }] }]],
    hosts: [{ name: 'master', mac: 1, fixed: ['10.0.0.9'] }, { name: 'known', mac: 2 }],
    global: [flag('pingCheck', 0), when(equal(requestOption(60), literal('x')), text(40, 'y'))],
  });
  const server = options();
  const twin = options();
  let answered = 0;
  for (let index = 0; index < 220; index++) {
    const type = messages[index % messages.length] ?? 1;
    const last = 1 + (Math.floor(index / messages.length) % 8);
    const wanted = last === 1 ? ip('10.0.0.9') : ip(`10.0.0.${98 + last}`);
    const isCarried = type === 8 || type === 7 || index % messages.length === 7;
    const bytes = buildMessage({
      type, xid: index + 1, chaddr: mac(last), ...(isCarried ? { ciaddr: wanted } : type === 3 || type === 4 ? { requested: wanted } : {}),
    });
    const view = new DhcpView(bytes);
    view.check(bytes.length);
    const packet = { view, ifindex: 2, source: isCarried ? wanted : (0 as Ipv4), sourcePort: 68, destination: 0xffffffff as Ipv4 };
    const heard = new NoteTaker();
    const effects = paperEffects(heard);
    server.engine.packet(packet, server.now, effects);
    const frame = effects.now.made ?? effects.afterCommit.made;
    const told = twin.engine.explain(packet, twin.now);
    // On paper a DISCOVER holds no address: the twin hears it once more.
    if (type === 1) twin.engine.packet(packet, twin.now, paperEffects(new NoteTaker()));
    assert.deepEqual(told.reply, frame?.bytes.slice(0, frame.size), `message ${index}`);
    const reasons = (notes: Explanation['notes']): string[] => notes.filter(({ topic }) => topic === 'refused').map((note) => note.text);
    assert.deepEqual(reasons(told.notes), reasons(heard.notes), `message ${index}`);
    if (frame !== undefined) answered++;
  }
  assert.ok(answered > 60, `${answered} answers`);
});

test('a pool that is not for this client names its permit, a lease time what limited it', () => {
  const explanation = explain(site(), 77);
  assert.match(told(explanation), /^pool: from 10\.0\.0\.100: no: deny unknown-clients$/m);
  assert.match(told(explain(site(), 2)), /^pool: from 10\.0\.0\.100: permits this client$/m);
  assert.match(told(explain(site(), 2)), /^time: .*default-lease-time is /m);
});
