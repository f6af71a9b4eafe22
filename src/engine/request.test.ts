// DHCPREQUEST by client state (RFC 2131 table 4) and the outcomes of the server reference §7.3, one row each.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientMessage } from '../wire/client-testing.ts';
import { code } from './lookup.ts';
import { addresses, flag, ip, mac, World, type WorldOptions } from './testing.ts';

const site: WorldOptions = {
  networks: [
    [{ network: '10.0.0.0/24', pools: [{ range: '10.0.0.100-10.0.0.109' }] }],
    [{ network: '10.1.0.0/24', pools: [{ range: '10.1.0.100-10.1.0.109' }] }],
    [{ network: '10.2.0.0/24', isAuthoritative: false, pools: [{ range: '10.2.0.100-10.2.0.109' }] }],
  ],
  hosts: [{ name: 'master', mac: 9, fixed: ['10.0.0.9'] }],
};
const own = ip('10.0.0.100');
const theirs = ip('10.0.0.101');
const us = ip('10.0.0.1');
type Fields = Partial<ClientMessage>;
interface Row {
  readonly id: string;
  readonly fields: Fields;
  /** 5 ACK, 6 NAK, 0 silence. */
  readonly answer: 0 | 5 | 6;
  readonly log: RegExp;
  readonly options?: Partial<WorldOptions>;
  /** Runs behind the set-up: client 1 holds .100, client 2 holds .101, client 3 has an offer of .105. */
  readonly before?: (world: World) => void;
}

const setState = (address: string, state: number, keep = true) => (world: World): void => {
  const { table } = world.store;
  const row = world.row(address);
  const change = table.begin(row);
  change.state = state;
  if (state === code.abandoned) change.ends = (world.now.wall + 86_400) as typeof change.ends;
  if (!keep) change.clearHardware();
  world.collect((effects) => table.apply(row, change, state === code.abandoned ? 'abandon' : 'operator', effects.journal));
};

const rows: readonly Row[] = [
  { id: 'SELECTING, our offer', fields: { chaddr: mac(3), requested: ip('10.0.0.105'), serverId: us }, answer: 5, log: /DHCPACK on 10\.0\.0\.105/ },
  { id: 'SELECTING, another server: never an ACK', fields: { chaddr: mac(3), requested: ip('10.0.0.105'), serverId: ip('10.0.0.77') }, answer: 0, log: /not our server id$/ },
  { id: 'SELECTING, active for another client', fields: { chaddr: mac(4), requested: own, serverId: us }, answer: 6, log: /lease 10\.0\.0\.100 unavailable\./ },
  { id: 'SELECTING, offered to another client', fields: { chaddr: mac(4), requested: ip('10.0.0.105'), serverId: us }, answer: 6, log: /lease 10\.0\.0\.105 unavailable\./ },
  { id: 'INIT-REBOOT, own active lease', fields: { requested: own }, answer: 5, log: /DHCPACK/ },
  { id: 'INIT-REBOOT, free address in range, client unknown', fields: { chaddr: mac(4), requested: ip('10.0.0.107') }, answer: 5, log: /DHCPACK/ },
  { id: 'INIT-REBOOT, our subnet, no range', fields: { chaddr: mac(4), requested: ip('10.0.0.200') }, answer: 0, log: /unknown lease 10\.0\.0\.200\./ },
  { id: 'INIT-REBOOT, another declared subnet', fields: { requested: ip('10.1.0.100') }, answer: 6, log: /wrong network\./ },
  { id: 'INIT-REBOOT, undeclared subnet', fields: { requested: ip('192.168.7.7') }, answer: 6, log: /wrong network\./ },
  { id: 'INIT-REBOOT, wrong network, not authoritative', fields: { requested: ip('10.1.0.100'), giaddr: ip('10.2.0.250') }, answer: 0, log: /ignored \(not authoritative\)\./ },
  { id: 'RENEWING, own lease', fields: { ciaddr: own }, answer: 5, log: /DHCPACK/ },
  { id: 'RENEWING, own lease, from an interface of another network', fields: { chaddr: mac(5), ciaddr: ip('10.1.0.100') }, answer: 5, log: /DHCPACK on 10\.1\.0\.100/ },
  { id: 'REBINDING through a relay', fields: { ciaddr: own, giaddr: ip('10.0.0.250') }, answer: 5, log: /DHCPACK/ },
  { id: 'RENEWING, somebody else’s', fields: { ciaddr: theirs }, answer: 6, log: /lease 10\.0\.0\.101 unavailable\./ },
  { id: 'RENEWING, undeclared network', fields: { ciaddr: ip('172.16.0.1') }, answer: 0, log: /unknown lease 172\.16\.0\.1\./ },
  { id: 'neither option 50 nor ciaddr', fields: {}, answer: 0, log: /0\.0\.0\.0/, options: { networks: [[{ network: '10.0.0.0/24', isAuthoritative: false, pools: [{ range: '10.0.0.100-10.0.0.109' }] }]] } },
  { id: 'ciaddr undeclared, giaddr known', fields: { ciaddr: ip('172.16.0.1'), giaddr: ip('10.0.0.250') }, answer: 6, log: /wrong network\./ },
  { id: 'giaddr unknown, wanted in an authoritative subnet', fields: { requested: own, giaddr: ip('172.16.0.250') }, answer: 6, log: /wrong network\./ },
  { id: 'giaddr unknown, wanted unknown', fields: { requested: ip('192.168.7.7'), giaddr: ip('172.16.0.250') }, answer: 0, log: /ignored \(unknown subnet\)\./ },
  { id: 'fixed-address client, its address', fields: { chaddr: mac(9), requested: ip('10.0.0.9') }, answer: 5, log: /DHCPACK on 10\.0\.0\.9/ },
  { id: 'fixed-address client, another address', fields: { chaddr: mac(9), requested: ip('10.0.0.107') }, answer: 6, log: /lease 10\.0\.0\.107 unavailable\./ },
  { id: 'abandoned, asked for by name', fields: { chaddr: mac(4), requested: ip('10.0.0.108') }, before: setState('10.0.0.108', code.abandoned), answer: 0, log: /unknown lease 10\.0\.0\.108\.$/ },
  { id: 'pool that does not permit the client', fields: { requested: own }, answer: 6, log: /lease 10\.0\.0\.100 unavailable\./,
    options: { networks: [[{ network: '10.0.0.0/24', pools: [{ range: '10.0.0.100-10.0.0.109', deny: ['unknown-clients'] }] }]], hosts: [] } },
  { id: 'pool whose time has passed', fields: { requested: own }, answer: 6, log: /lease 10\.0\.0\.100 unavailable\./,
    before: (world) => { (world.config.pools[0] as { deny: unknown }).deny = [{ kind: 'after', time: world.now.wall - 1 }]; } },
];

for (const { id, fields, answer, log, options, before } of rows)
  test(`REQUEST ${id}`, () => {
    const world = new World({ ...site, ...options });
    world.lease(1, { requested: own });
    world.lease(2, { requested: theirs });
    world.lease(5, { requested: ip('10.1.0.100'), giaddr: ip('10.1.0.250') });
    world.discover(3, { requested: ip('10.0.0.105') });
    before?.(world);
    world.pass(30);
    const [reply] = world.send({ type: 3, chaddr: mac(1), ...fields });
    assert.equal(reply?.message.type ?? 0, answer, world.log.join('\n'));
    assert.match(world.log.join('\n'), log);
  });

test('a REQUEST that names another server frees the address for the next client at once', () => {
  const world = new World(site);
  world.discover(3, { requested: ip('10.0.0.105') });
  world.send({ type: 3, chaddr: mac(3), requested: ip('10.0.0.105'), serverId: ip('10.0.0.77') });
  const [offer] = world.discover(4, { requested: ip('10.0.0.105') });
  assert.equal(offer?.message.yiaddr, ip('10.0.0.105'));
});

test('every NAK says why by itself, whatever was said before', () => {
  const world = new World(site);
  world.lease(1, { requested: own });
  const textOf = (fields: Fields): string => String.fromCharCode(...(world.send({ type: 3, ...fields })[0]?.message.options.get(56) ?? []));
  assert.equal(textOf({ chaddr: mac(2), requested: own }), 'requested address not available');
  assert.equal(textOf({ chaddr: mac(2), requested: ip('192.168.7.7') }), 'requested address on bad subnet');
  assert.equal(textOf({ chaddr: mac(9), requested: own }), 'requested address is incorrect');
});

test('a client that starts over with the same identifier keeps the address it takes and gives up the other', () => {
  const world = new World(site);
  const clientId = Uint8Array.of(1, 2, 3);
  world.lease(1, { clientId, requested: own });
  assert.equal(world.discover(1, { clientId, requested: ip('10.0.0.107') })[0]?.message.yiaddr, own, 'its binding comes before its wish');
  world.send({ type: 3, chaddr: mac(1), clientId, requested: ip('10.0.0.107') });
  assert.match(world.log.join('\n'), /uid lease 10\.0\.0\.100 for client 02:00:00:00:00:01 is duplicate on 10\.0\.0\.0\/24/);
  assert.equal(world.stateOf('10.0.0.100'), 'free');
  assert.equal(world.stateOf('10.0.0.107'), 'active');
});

test('one-lease-per-client releases the leases on other networks too', () => {
  const world = new World({ ...site, global: [flag('oneLeasePerClient', 1)] });
  const clientId = Uint8Array.of(1, 2, 3);
  world.lease(1, { clientId, giaddr: ip('10.1.0.250') });
  assert.equal(world.stateOf('10.1.0.100'), 'active');
  world.lease(1, { clientId });
  assert.equal(world.stateOf('10.1.0.100'), 'free');
});

test('the identifier that is configured counts as ours, in REQUEST and NAK', () => {
  const world = new World({ ...site, global: [{ ...flag('minSecs', 0) }, serverIdentifier('10.0.0.200')] });
  const [offer] = world.discover(1);
  assert.equal(offer?.message.serverId, ip('10.0.0.200'));
  const [ack] = world.send({ type: 3, chaddr: mac(1), requested: offer?.message.yiaddr, serverId: ip('10.0.0.200') });
  assert.equal(ack?.message.type, 5);
  const [nak] = world.send({ type: 3, chaddr: mac(2), requested: offer?.message.yiaddr, serverId: ip('10.0.0.200') });
  assert.equal(nak?.message.serverId, ip('10.0.0.200'));
});

const serverIdentifier = (address: string): ReturnType<typeof addresses> => addresses(54, address);
