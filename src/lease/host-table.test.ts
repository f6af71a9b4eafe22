// Hosts by each of their keys, in declaration order; dynamic hosts and tombstones; withheld addresses; names.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByteWriter, fromLatin1 } from '../std/bytes.ts';
import type { ServerConfig } from '../model/server-config.ts';
import { dhcpOption } from '../wire/option-table.ts';
import { tombstone, type HostRecord } from './host-record.ts';
import { LeaseStore } from './lease-store.ts';
import { bytes, ip, mac, testConfig, testHost } from './testing.ts';

const config = testConfig({
  pools: [{ ranges: ['10.0.0.10-10.0.0.19'] }],
  hosts: [
    { name: 'a', hardware: '020000000001', fixed: ['10.0.0.10'] },
    { name: 'b', hardware: '020000000002', uid: 'shared', fixed: ['10.0.0.10', { name: 'Later.example' }] },
    { name: 'c', hardware: '020000000001', uid: 'shared', fixed: ['10.1.0.1'] },
    { name: 'd' },
  ],
});
function storeOf(withConfig: ServerConfig = config): LeaseStore {
  const store = new LeaseStore(withConfig);
  store.settle();
  return store;
}
const dynamic = (name: string, part: Partial<HostRecord> = {}): HostRecord => ({ ...tombstone(name), isDeleted: false, ...part });

test('chains are in declaration order', () => {
  const { hosts } = storeOf();
  assert.equal(hosts.count, 4);
  const wanted = mac('ff020000000001');
  const first = hosts.firstByHardware(1, wanted, 1, 6);
  assert.deepEqual([first, hosts.nextByHardware(first), hosts.nextByHardware(2)], [0, 2, -1]);
  assert.equal(hosts.firstByHardware(6, wanted, 1, 6), -1);
  assert.deepEqual([hosts.firstByUid(bytes('shared'), 0, 6), hosts.nextByUid(1), hosts.nextByUid(2)], [1, 2, -1]);
  assert.equal(hosts.nextByHardware(3), -1);
  assert.deepEqual(['a', 'A', 'd'].map((name) => hosts.byName(name)), [0, -1, 3]);
});

test('hosts are found by another identifying option', () => {
  const option = dhcpOption(43);
  const identified = { ...testHost({ name: 'x' }), identifier: { option, value: bytes('key') } };
  const { hosts } = storeOf({ ...config, hosts: [...config.hosts, identified, { ...identified, name: 'y' }] });
  assert.deepEqual(hosts.identifierOptions, [option]);
  const first = hosts.firstByIdentifier(option, bytes('key'), 0, 3);
  assert.deepEqual([first, hosts.nextByIdentifier(first), hosts.nextByIdentifier(5)], [4, 5, -1]);
  assert.equal(hosts.firstByIdentifier(dhcpOption(60), bytes('key'), 0, 3), -1);
});

test('fixed addresses are withheld from allocation, as soon as a name resolves too', () => {
  const { hosts, table, names } = storeOf();
  const isWithheld = (address: string): boolean => table.isWithheld(table.rowOf(ip(address)));
  assert.deepEqual([isWithheld('10.0.0.10'), isWithheld('10.0.0.11'), isWithheld('10.0.0.15')], [true, false, false]);
  assert.equal(table.head(0, 1), 1);
  assert.deepEqual(hosts.byFixedAddress(ip('10.0.0.10')), [0, 1], 'two NICs, one holder');
  assert.deepEqual(hosts.fixedAddresses(1), [ip('10.0.0.10')]);
  const { generation } = hosts;
  assert.equal(names.put('later.EXAMPLE', [ip('10.0.0.15')], undefined), true);
  assert.equal(names.put('later.example', [ip('10.0.0.15')], undefined), false);
  hosts.namesChanged();
  assert.ok(hosts.generation > generation);
  assert.deepEqual(hosts.fixedAddresses(1), [ip('10.0.0.10'), ip('10.0.0.15')]);
  assert.equal(isWithheld('10.0.0.15'), true);
  const fewer = { ...config, hosts: config.hosts.slice(2) };
  table.reload(fewer);
  hosts.reload(fewer);
  assert.deepEqual([isWithheld('10.0.0.10'), isWithheld('10.0.0.15')], [false, false]);
  assert.equal(table.head(0, 1), 0);
});

test('a dynamic host is journaled as dhcpd writes it, hides its namesake, and leaves a tombstone', () => {
  const { hosts } = storeOf();
  const journal = new ByteWriter();
  hosts.put(
    dynamic('a', {
      hardware: { htype: 1, address: mac('020000000009') }, uid: bytes('"x'), group: 'g',
      fixedAddresses: [{ kind: 'address', address: ip('10.0.0.12') }], statements: ['supersede server.filename = "px";'],
    }),
    journal,
  );
  assert.equal(
    fromLatin1(journal.view()),
    'host a {\n  dynamic;\n  hardware ethernet 02:00:00:00:00:09;\n  uid "\\"x";\n  fixed-address 10.0.0.12;\n  group "g";\n        supersede server.filename = "px";\n}\n',
  );
  assert.equal(hosts.count, 4);
  const host = hosts.byName('a');
  assert.equal(hosts.declaration(host).source, 'lease-file');
  assert.equal(hosts.firstByHardware(1, mac('020000000009'), 0, 6), host);
  assert.equal(hosts.firstByHardware(1, mac('020000000001'), 0, 6), hosts.byName('c'));
  journal.reset();
  assert.equal(hosts.remove('a', journal), true);
  assert.equal(fromLatin1(journal.view()), 'host a {\n  dynamic;\n  deleted;\n}\n');
  assert.deepEqual([hosts.byName('a'), hosts.remove('a', journal), hosts.count], [-1, false, 3]);
  hosts.put(dynamic('new'), undefined);
  hosts.remove('new', undefined);
  const out = new ByteWriter();
  hosts.snapshot(out);
  assert.equal(fromLatin1(out.view()), 'host a {\n  dynamic;\n  deleted;\n}\n', 'only configured hosts need a tombstone');
});

test('statements of a dynamic host and of its group become scopes', () => {
  const store = storeOf();
  store.kept.put('group', 'g', 'group g {\n  dynamic;\n  option routers 10.0.0.1;\n}\n');
  store.hosts.put(dynamic('h', { group: 'g', statements: ['supersede server.filename = "px";', 'option host-name "n";'] }), undefined);
  const { scopes } = store.hosts.declaration(store.hosts.byName('h'));
  assert.deepEqual(scopes.map(({ title }) => title), ['group g', 'host h']);
  const options = scopes.map(({ statements }) => statements.map((statement) => (statement.kind === 'option' ? statement.option.name : statement.kind)));
  assert.deepEqual(options, [['routers'], ['filename', 'host-name']]);
});

test('hosts that come and go one by one leave what a rewrite of all would leave', () => {
  const { hosts } = storeOf();
  const address = (n: number): Uint8Array => Uint8Array.of(2, 9, 0, 0, n >> 8, n & 255);
  const first = hosts.byName('a');
  const { generation } = hosts;
  for (let n = 0; n < 300; n++)
    hosts.put(dynamic(`h${n}`, { hardware: { htype: 1, address: address(n % 100) }, uid: bytes(`u${n % 7}`) }), undefined);
  assert.deepEqual([hosts.byName('a'), hosts.generation], [first, generation], 'more room moves nobody');
  for (let n = 0; n < 300; n += 3) hosts.remove(`h${n}`, undefined);
  hosts.put(dynamic('h1', { uid: bytes('u1') }), undefined);
  const chains = (): unknown => ({
    count: hosts.count,
    names: [...hosts.numbers()].map((host) => hosts.declaration(host).name),
    hardware: Array.from({ length: 100 }, (_, n) => namesFrom(hosts.firstByHardware(1, address(n), 0, 6), (host) => hosts.nextByHardware(host))),
    uids: Array.from({ length: 7 }, (_, n) => namesFrom(hosts.firstByUid(bytes(`u${n}`), 0, 2), (host) => hosts.nextByUid(host))),
  });
  const namesFrom = (first: number, next: (host: number) => number): string[] => {
    const names = [];
    for (let host = first; host >= 0; host = next(host)) names.push(hosts.declaration(host).name);
    return names;
  };
  const before = chains();
  hosts.namesChanged();
  assert.deepEqual(before, chains());
  assert.equal(hosts.count, 4 + 200);
});

test('a changed or deleted host of the configuration is written without dynamic', () => {
  const { hosts } = storeOf();
  const journal = new ByteWriter();
  hosts.put(dynamic('c', { isStatic: true, uid: bytes('x') }), journal);
  hosts.remove('c', journal);
  hosts.remove('d', journal);
  assert.equal(fromLatin1(journal.view()), 'host c {\n  uid "x";\n}\nhost c {\n  deleted;\n}\nhost d {\n  deleted;\n}\n');
});
