// Which host declaration a client gets its address and its options from (dhcpd-conf reference §11.3), and replies of INFORM,
// which are not leases.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromLatin1, latin1 } from '../std/bytes.ts';
import { flag, ip, mac, text, World, type WorldHost } from './testing.ts';

const hardware: WorldHost = { name: 'hardware', mac: 1, fixed: ['10.0.0.9'], statements: [text(15, 'hardware')] };
const uid: WorldHost = { name: 'uid', uid: [1, 2], statements: [text(15, 'uid')] };
interface Row {
  readonly id: string;
  readonly hosts: readonly WorldHost[];
  readonly clientId?: readonly number[];
  readonly address: string;
  readonly domainName: string | undefined;
}
const rows: readonly Row[] = [
  { id: 'by hardware', hosts: [hardware, uid], address: '10.0.0.9', domainName: 'hardware' },
  { id: 'by an identifier nobody declared', hosts: [hardware, uid], clientId: [7], address: '10.0.0.9', domainName: 'hardware' },
  { id: 'the identifier’s keeps the hardware’s from giving its address', hosts: [hardware, uid], clientId: [1, 2], address: '10.0.0.100', domainName: 'uid' },
  { id: 'but not its options', hosts: [{ ...hardware, fixed: [] }, { ...uid, fixed: ['10.7.0.9'] }], clientId: [1, 2], address: '10.0.0.100', domainName: 'hardware' },
  { id: 'the identifier’s address first', hosts: [hardware, { ...uid, fixed: ['10.0.0.8'] }], clientId: [1, 2], address: '10.0.0.8', domainName: 'uid' },
];
const network = [[{ network: '10.0.0.0/24', pools: [{ range: '10.0.0.100-10.0.0.109' }] }]];
for (const { id, hosts, clientId, address, domainName } of rows)
  test(`host declaration: ${id}`, () => {
    const [offer] = new World({ networks: network, hosts }).discover(1, { requestList: [15], ...(clientId === undefined ? {} : { clientId: Uint8Array.from(clientId) }) });
    assert.equal(offer?.message.yiaddr, ip(address));
    const value = offer?.message.options.get(15);
    assert.equal(value && fromLatin1(value), domainName);
  });

test('the ACK of an INFORM is no lease: no name by use-host-decl-names, no broadcast by always-broadcast', () => {
  const world = new World({ networks: network, hosts: [hardware], global: [flag('useHostDeclNames', 1), flag('alwaysBroadcast', 1)] });
  const [ack] = world.send({ type: 8, chaddr: mac(1), ciaddr: ip('10.0.0.9'), requestList: [12, 15] });
  assert.deepEqual(ack?.message.order, [53, 54, 15]);
  assert.equal(ack?.message.flags, 0);
  const [offer] = world.discover(1, { requestList: [12] });
  assert.ok(offer?.message.options.has(12));
  assert.equal(offer?.message.flags, 0x8000);
});

test('a reserved client renews from another network than its address’s: by unicast from anywhere', () => {
  const world = new World({ networks: [...network, [{ network: '10.1.0.0/24' }]], hosts: [{ name: 'far', mac: 1, fixed: ['10.1.0.9'] }] });
  const [ack] = world.send({ type: 3, chaddr: mac(1), ciaddr: ip('10.1.0.9') });
  assert.equal(ack?.message.yiaddr, ip('10.1.0.9'));
});

test('the vendor class of the request is kept with the lease, as dhcpd keeps it', () => {
  const world = new World({ networks: network });
  world.lease(1, { extra: [[60, [109, 121]]] });
  assert.match(world.journal, /set vendor-class-identifier = "my";/);
});

test('the user class is kept with the lease while the client says it; what another system then leaves out is not told of it', () => {
  const world = new World({ networks: network });
  const ipxe = [...latin1('\x04iPXE')];
  const variables = (): unknown => world.store.table.extras(world.store.table.rowOf(ip('10.0.0.100')))?.variables.map(({ name }) => name);
  world.lease(1, { extra: [[77, ipxe]] });
  assert.match(world.journal, /set user-class-identifier = "\\004iPXE";/);
  world.pass(20_000);
  world.lease(1, { extra: [[60, [109, 121]], [77, ipxe]] });
  assert.deepEqual(variables(), ['vendor-class-identifier', 'user-class-identifier']);
  world.pass(20_000);
  world.lease(1, { extra: [[60, [109, 121]]] });
  assert.deepEqual(variables(), ['vendor-class-identifier']);
});

test('of a client that says no class nothing is kept besides its binding', () => {
  const world = new World({ networks: network });
  world.lease(1);
  assert.equal(world.store.table.hasExtras(world.store.table.rowOf(ip('10.0.0.100'))), false);
});

test('a RELEASE without the identifier of the lease is not believed; one that is repeated is still found', () => {
  const world = new World({ networks: network });
  const clientId = Uint8Array.of(9);
  const ciaddr = world.lease(1, { clientId })?.message.yiaddr ?? ip('0.0.0.0');
  world.send({ type: 7, chaddr: mac(1), ciaddr });
  assert.match(world.log.at(-1) ?? '', /\(not found\)$/);
  assert.equal(world.stateOf('10.0.0.100'), 'active');
  for (let time = 0; time < 2; time++) {
    world.send({ type: 7, chaddr: mac(1), ciaddr, clientId });
    assert.match(world.log.at(-1) ?? '', /\(found\)$/);
    assert.equal(world.stateOf('10.0.0.100'), 'free');
  }
});

test('the line of a renewal has the name that the lease had, the ACK’s the new one; another identifier brings none along', () => {
  const world = new World({ networks: network });
  const ciaddr = world.lease(1, { hostname: 'old' })?.message.yiaddr ?? ip('0.0.0.0');
  world.send({ type: 3, chaddr: mac(1), ciaddr, hostname: 'new' });
  assert.match(world.log.join('\n'), /REQUEST .* \(old\) via[^]*ACK .* \(new\) via/);
  world.send({ type: 3, chaddr: mac(1), ciaddr, clientId: Uint8Array.of(9) });
  assert.match(world.log.join('\n'), /REQUEST .* \(new\) via[^]*ACK on 10.0.0.100 to 02:00:00:00:00:01 via/);
});
