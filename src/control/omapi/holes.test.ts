// Every hole and crash of dhcpd's OMAPI that the reference lists (§7.1), as a test: closed, and the server goes on.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { latin1, toHex } from '../../std/bytes.ts';
import { omapiLimits, omapiOpcode } from '../../wire/omapi-message.ts';
import { omapiResult as result } from './results.ts';
import { OmapiBench, omapiConfig, secretText, type Fields, type OmapiClient } from './testing.ts';

const empty = new Uint8Array(0);
const mac = (last: number): Uint8Array => Uint8Array.of(2, 0xbb, 0, 0, 0, last);
const host = (name: string, last: number, more = {}) => ({ name, 'hardware-address': mac(last), 'hardware-type': 1, ...more });
const leaseAt = (client: OmapiClient, last: number) => client.open('lease', { 'ip-address': Uint8Array.of(10, 0, 0, last) });

test('1: a message under a known authenticator without a signature is refused', () => {
  const bench = new OmapiBench();
  const client = bench.signedIn();
  client.raw(client.encode(omapiOpcode.open, 0, { type: 'host', create: 1, exclusive: 1 }, host('x', 1), 'none'));
  const reply = client.reply();
  assert.deepEqual([reply?.result, reply?.authId, reply?.text], [result.invalidKey, 0, '']);
  assert.equal(bench.store.hosts.byName('x'), -1);
  assert.ok((client.create('host', host('x', 1))?.handle ?? 0) > 0, 'the next good message works');
});

test('1: the signature of another key of the same connection does not do', () => {
  const bench = new OmapiBench(omapiConfig, 'omapi-look-key "looks";');
  const client = bench.signedIn('looks');
  const looking = client.authId;
  client.authenticate('k', 'hmac-sha256.SIG-ALG.REG.INT.');
  client.raw(client.encode(omapiOpcode.open, 0, { type: 'host', create: 1 }, host('x', 1), client.signer, looking));
  assert.equal(client.reply()?.result, result.permissionDenied, 'the right of the authenticator counts, not that of the connection');
});

test('2: statements that run programs, or end the declaration, are refused', () => {
  const client = new OmapiBench().signedIn();
  for (const statements of [
    'execute("/bin/true");', 'on commit { execute("/bin/true"); }', 'if known { execute("/bin/true"); }',
    'switch (option user-class) { case "a": execute("/bin/true"); }', 'filename "a"; } host evil { hardware ethernet 0:0:0:0:0:1;',
    'fixed-address 10.0.0.1;', 'hardware ethernet 1:2:3:4:5:6;', 'host evil { }', 'include "/etc/passwd";', 'filename "x"', 'filename 5;',
    'option nosuch 1;', '}', '"', 'eval execute("a");', 'define f() { return 1; }', 'subnet 10.9.0.0 netmask 255.255.255.0 { }',
  ])
    assert.equal(client.create('host', host('x', 1, { statements }))?.result, result.parseError, statements);
});

test('2: a configuration may allow programs', () => {
  const client = new OmapiBench(omapiConfig, 'omapi-execute on;').signedIn();
  assert.ok((client.create('host', host('x', 1, { statements: 'on commit { execute("/bin/true"); }' }))?.handle ?? 0) > 0);
});

test('3: what a stranger claims to send is not waited for', () => {
  const claims: readonly (readonly [id: string, hex: string])[] = [
    ['a value of 200 MiB', `${'00000000'.repeat(2)}00000001${'00000000'.repeat(3)}0004747970650c800000`],
    ['a value of 4 GiB', `${'00000000'.repeat(2)}00000001${'00000000'.repeat(3)}000474797065fffffff3`],
    ['a name of 64 KiB', `${'00000000'.repeat(2)}00000001${'00000000'.repeat(3)}ffff`],
    ['a signature of 1 GiB', `0000000040000000${'00000000'.repeat(4)}00000000`],
    ['a value beyond what strangers may send', `${'00000000'.repeat(2)}00000001${'00000000'.repeat(3)}00047479706500000800`],
  ];
  for (const [id, hex] of claims) {
    const client = new OmapiBench().open();
    client.greet();
    client.raw(Uint8Array.from(Buffer.from(hex, 'hex')));
    assert.ok(client.isClosed, id);
  }
});
test('3: another version, or a header too large, ends the connection', () => {
  for (const intro of ['0000006500000018', '0000006400000017', '00000064ffffffff']) {
    const client = new OmapiBench().open();
    client.raw(Uint8Array.from(Buffer.from(intro, 'hex')));
    assert.ok(client.isClosed, intro);
  }
});
test('3: a stranger cannot make us hold more than a little', () => {
  const bench = new OmapiBench();
  const client = bench.open();
  client.greet();
  for (let i = 0; i < 100 && !client.isClosed; i++) client.raw(new Uint8Array(omapiLimits.messageUnauthenticated));
  assert.ok(client.isClosed);
});

test('3: answers to strangers that nobody reads come to an end', () => {
  const authenticator = { type: 'authenticator' };
  const key = { name: 'k', algorithm: 'hmac-sha256.SIG-ALG.REG.INT.' };
  const rows: readonly (readonly [id: string, opcode: number, message: Fields, object: Fields])[] = [
    ['unsigned requests', omapiOpcode.refresh, {}, {}],
    ['authenticators without a name', omapiOpcode.open, authenticator, {}],
    ['a key named again and again', omapiOpcode.open, authenticator, key],
    ['a key to be made', omapiOpcode.open, { ...authenticator, create: 1, exclusive: 1 }, key],
    ['a key to be changed', omapiOpcode.open, { ...authenticator, update: 1 }, key],
  ];
  for (const [id, opcode, message, object] of rows) {
    const bench = new OmapiBench();
    const client = bench.open();
    client.greet();
    for (let i = 0; i < 200 && !client.isClosed; i++) client.raw(client.encode(opcode, 0, message, object));
    assert.ok(client.isClosed, id);
    const { size } = bench.lane.link(client.link);
    assert.ok(size < 8_192, `${id}: ${size} bytes`);
  }
});
test('3: a client that has signed something may ask as often as it likes', () => {
  const client = new OmapiBench().signedIn();
  for (let i = 0; i < 200; i++) assert.ok((client.open('control', {})?.handle ?? 0) > 0);
});

/** Requests of one kind in one piece, as they come out of the kernel. */
const burst = (client: OmapiClient, count: number): Uint8Array =>
  Buffer.concat(Array.from({ length: count }, () => client.encode(omapiOpcode.open, 0, { type: 'control' }, {})));
/** Messages that were answered since the last call. */
const answered = (client: OmapiClient): number => {
  let count = 0;
  while (client.reply() !== undefined) count++;
  return count;
};
test('3: nothing is looked at before packets had their turn, then a bounded number, each connection in its turn', () => {
  const bench = new OmapiBench();
  const [busy, other, stranger] = [bench.signedIn(), bench.signedIn(), bench.open()];
  for (const client of [busy, other]) client.open('control', {});
  stranger.greet();
  answered(stranger);
  const arrives = (client: OmapiClient, count: number): void => bench.step({ kind: 'link-data', link: client.link, bytes: burst(client, count) });
  arrives(busy, 100);
  arrives(other, 10);
  arrives(stranger, 20);
  assert.deepEqual([busy, other, stranger].map(answered), [0, 0, 0]);
  assert.ok(bench.node.deadline <= bench.mono);
  const ticks = Array.from({ length: 5 }, () => {
    bench.step({ kind: 'tick' });
    return [busy, other, stranger].map(answered);
  });
  assert.deepEqual(ticks, [[22, 10, 8], [32, 0, 8], [32, 0, 4], [14, 0, 0], [0, 0, 0]]);
  assert.ok(bench.node.deadline > bench.mono);
});
test('what a client with a key sent before it hung up is done', () => {
  const bench = new OmapiBench();
  const client = bench.signedIn();
  bench.step({ kind: 'link-data', link: client.link, bytes: client.encode(omapiOpcode.open, 0, { create: 1, type: 'host' }, host('parting', 1)) });
  bench.step({ kind: 'link-closed', link: client.link, detail: '' });
  bench.settle();
  assert.ok(bench.store.hosts.byName('parting') >= 0);
});

test('4: zero-length values are answered with an error, and nothing happens', () => {
  const bench = new OmapiBench();
  const client = bench.signedIn();
  const lease = leaseAt(client, 110)?.handle ?? 0;
  for (const name of ['state', 'ends', 'flags']) assert.equal(client.update(lease, { [name]: empty })?.result, result.invalidArgument, name);
  assert.equal(client.create('group', { name: empty, statements: 'filename "a";' })?.result, result.invalidArgument);
  assert.equal(client.create('group', { name: 'q', statements: empty })?.result, result.invalidArgument);
  for (const name of ['name', 'hardware-address', 'dhcp-client-identifier', 'group', 'statements'])
    assert.ok((client.create('host', { ...host('q', 1), [name]: empty })?.result ?? 0) > 0, name);
  const control = client.open('control', {})?.handle ?? 0;
  assert.equal(client.update(control, { state: empty })?.result, result.invalidArgument);
  assert.equal(client.open('class', { name: empty })?.result, result.notFound);
  assert.equal(client.open('subclass', { name: empty, hashstring: empty })?.result, result.notFound);
  assert.equal(bench.journalText.includes('host q'), false);
});
test('4: an object that was deleted is not there for a second deletion', () => {
  const client = new OmapiBench().signedIn();
  for (const [type, fields] of [['group', { name: 'q', statements: 'filename "a";' }], ['host', host('q', 1)]] as const) {
    const handle = client.create(type, fields)?.handle ?? 0;
    assert.equal(client.remove(handle)?.result, result.success);
    assert.equal(client.remove(handle)?.result, result.notFound);
    assert.equal(client.refresh(handle)?.result, result.notFound);
  }
});

test('5: what was recorded on one connection does nothing on another', () => {
  const bench = new OmapiBench();
  const client = bench.signedIn();
  const handle = client.create('host', host('x', 1))?.handle ?? 0;
  const deletion = client.encode(omapiOpcode.delete, handle, {}, {});
  const other = bench.open();
  other.greet();
  other.raw(deletion);
  assert.ok(other.isClosed, 'the authenticator was not opened there');
  const third = bench.signedIn();
  // The authenticator's number is not covered by the signature: the thief puts his own in front.
  const altered = deletion.slice();
  new DataView(altered.buffer).setUint32(0, third.authId);
  third.raw(altered);
  assert.equal(third.reply()?.result, result.notFound);
  assert.ok(bench.store.hosts.byName('x') >= 0);
});
test('5: handles cannot be foreseen', () => {
  const bench = new OmapiBench();
  const numbers = Array.from({ length: 20 }, () => bench.signedIn().authId);
  assert.equal(new Set(numbers).size, 20);
  assert.ok(Math.max(...numbers) > 0x1000_0000);
});

test('7: further keys may do what their role says', () => {
  const settings = 'omapi-look-key "looks"; omapi-host-key "makes";';
  const bench = new OmapiBench(omapiConfig, settings);
  const looks = bench.signedIn('looks');
  assert.ok((looks.open('host', { name: 'st' })?.handle ?? 0) > 0);
  assert.equal(looks.create('host', host('x', 1))?.result, result.permissionDenied);
  const makes = bench.signedIn('makes');
  assert.ok((makes.create('host', host('x', 1))?.handle ?? 0) > 0);
  assert.equal(makes.update(leaseAt(makes, 110)?.handle ?? 0, { flags: Uint8Array.of(4) })?.result, result.permissionDenied);
  assert.equal(makes.update(makes.open('control', {})?.handle ?? 0, { state: 2 })?.result, result.permissionDenied);
});

test('8: every key that may not be used gets one and the same answer', () => {
  const bench = new OmapiBench();
  const answers = [['nobody', 'hmac-sha256.SIG-ALG.REG.INT.'], ['looks', 'hmac-sha256.SIG-ALG.REG.INT.'], ['k', 'hmac-md5.SIG-ALG.REG.INT.'], ['k', 'hmac-sha256']].map(
    ([name = '', algorithm = '']) => {
      const client = bench.open();
      client.greet();
      const reply = client.authenticate(name, algorithm);
      return [reply?.result, reply?.text];
    },
  );
  assert.equal(new Set(answers.map(String)).size, 1);
  assert.deepEqual(answers[0], [result.notFound, 'no object matches specification']);
});

test('9: five bad signatures end the connection, and are logged', () => {
  const bench = new OmapiBench();
  const client = bench.signedIn();
  for (let i = 0; i < 5; i++) {
    assert.equal(client.isClosed, false);
    client.raw(client.encode(omapiOpcode.open, 0, { type: 'host' }, { name: 'st' }, 'none'));
  }
  assert.ok(client.isClosed);
  assert.match(bench.logText, /bad signature from 127\.0\.0\.1 under key k \(5 on this connection\)/);
});
test('9: strangers give way, those with a key stay', () => {
  const bench = new OmapiBench();
  const honest = bench.signedIn();
  honest.open('control', {});
  const strangers = Array.from({ length: 20 }, () => bench.open('127.0.0.1'));
  assert.equal(honest.isClosed, false);
  assert.equal(strangers.filter(({ isClosed }) => !isClosed).length, 8);
  for (let i = 0; i < 200; i++) bench.open(`10.1.${i >> 4}.${i & 15}`);
  assert.equal(honest.isClosed, false);
  assert.ok((honest.open('host', { name: 'st' })?.handle ?? 0) > 0);
  const last = bench.open('10.2.0.1');
  last.greet();
  assert.equal(last.authenticate('k', 'hmac-sha256.SIG-ALG.REG.INT.')?.opcode, omapiOpcode.update, 'a newcomer still gets in');
});
test('3 and 9: who named a key, which is no secret, and signed nothing is bounded as a stranger is', () => {
  const bench = new OmapiBench();
  const named = Array.from({ length: 20 }, () => bench.signedIn());
  assert.equal(named.filter(({ isClosed }) => !isClosed).length, 8);
  const [first, second] = named.slice(-2) as [OmapiClient, OmapiClient];
  for (let i = 0; i < 13; i++) first.raw(new Uint8Array(1024));
  assert.ok(first.isClosed, 'more than 12 KiB are not kept');
  second.open('control', {});
  bench.step({ kind: 'link-data', link: second.link, bytes: burst(second, 1_000) });
  assert.equal(second.isClosed, false, 'a signature opens the larger room');
});
test('9: a stranger has ten seconds, a client with a key an hour', () => {
  const bench = new OmapiBench();
  const [stranger, known] = [bench.open(), bench.signedIn()];
  bench.wait(9_999);
  assert.equal(stranger.isClosed, false);
  bench.wait(1);
  assert.deepEqual([stranger.isClosed, known.isClosed], [true, false]);
  bench.wait(3_600_000);
  assert.equal(known.isClosed, true);
});
test('9: without an omapi-key nobody is pressed for one', () => {
  const bench = new OmapiBench('omapi-port 7911; subnet 10.0.0.0 netmask 255.255.255.0 { range 10.0.0.100; }');
  const client = bench.open();
  bench.wait(599_000);
  client.greet();
  assert.ok((leaseAt(client, 100)?.handle ?? 0) > 0);
});

test('11: names that would break the lease file are refused, so is a list of addresses that is none', () => {
  const bench = new OmapiBench();
  const client = bench.signedIn();
  for (const name of ['a b', 'x {} y;', '-a', 'a;', 'a"b', 'a\\b', 'a'.repeat(256)])
    assert.equal(client.create('host', { 'hardware-address': mac(1), name })?.result, result.invalidArgument, name);
  assert.equal(client.create('host', { 'hardware-address': mac(1), name: 'a\nb' })?.result, result.ioError);
  assert.equal(client.create('host', host('x', 1, { 'ip-address': Uint8Array.of(10, 0, 0) }))?.result, result.invalidArgument);
  assert.equal(bench.journal.size, 0);
});
test('11: text of statements is written anew, with its quotes', () => {
  const bench = new OmapiBench();
  bench.signedIn().create('host', host('x', 1, { statements: String.raw`filename "a\"b\\c";` }));
  assert.match(bench.journalText, /supersede server\.filename = "a\\"b\\\\c";/);
});

test('12: a change is whole or does not happen', () => {
  const bench = new OmapiBench();
  const client = bench.signedIn();
  const handle = client.create('host', host('x', 1, { 'ip-address': Uint8Array.of(10, 0, 0, 20) }))?.handle ?? 0;
  const size = bench.journal.size;
  assert.equal(client.update(handle, { 'ip-address': Uint8Array.of(10, 0, 0, 21), name: 'y' })?.result, result.alreadyExists);
  assert.equal(toHex(client.refresh(handle)?.object.get('ip-address') ?? empty), '0a000014');
  const lease = leaseAt(client, 110)?.handle ?? 0;
  assert.equal(client.update(lease, { flags: Uint8Array.of(4), 'ip-address': Uint8Array.of(1, 2, 3, 4) })?.result, result.permissionDenied);
  assert.equal(client.refresh(lease)?.object.get('flags')?.[0], 0);
  assert.equal(bench.journal.size, size);
});
test('12: the same values again are no change (MAAS)', () => {
  const bench = new OmapiBench();
  const client = bench.signedIn();
  const handle = client.create('host', host('x', 1))?.handle ?? 0;
  assert.equal(client.update(handle, host('x', 1, { 'ip-address': Uint8Array.of(10, 0, 0, 21) }))?.result, result.success);
});

test('13: nobody stops an interface, and the server only where that is allowed', () => {
  const bench = new OmapiBench();
  bench.step({ kind: 'interfaces', interfaces: [{ index: 1, name: 'eth0', mac: mac(0), addresses: [], isUp: true }] });
  const client = bench.signedIn();
  assert.equal(client.remove(client.open('interface', { name: 'eth0' })?.handle ?? 0)?.result, result.permissionDenied);
  assert.equal(client.update(client.open('control', {})?.handle ?? 0, { state: 2 })?.result, result.success);
  assert.ok(bench.requests.some(({ kind }) => kind === 'stop'));
  for (const closed of [
    new OmapiBench(omapiConfig, 'omapi-shutdown off;').signedIn(),
    new OmapiBench(omapiConfig.replace('omapi-key k;', '')).open(),
  ]) {
    if (closed.authId === 0) closed.greet();
    assert.equal(closed.update(closed.open('control', {})?.handle ?? 0, { state: 2 })?.result, result.permissionDenied);
  }
});

test('15: hmac-md5 is said once for each client, and can be refused', () => {
  const text = omapiConfig.replace('omapi-key k;', 'omapi-key old;');
  const md5 = 'hmac-md5.SIG-ALG.REG.INT.';
  const bench = new OmapiBench(text);
  for (let i = 0; i < 3; i++) assert.ok(bench.signedIn('old', md5).authId > 0);
  assert.equal(bench.logText.match(/with hmac-md5, which is weak/g)?.length, 1);
  assert.equal(new OmapiBench(text, 'omapi-hmac-md5 off;').signedIn('old', md5).authId, 0);
});

test('16: an end in the future or flags leave a lease its state; variables are data', () => {
  const bench = new OmapiBench();
  const { table } = bench.store;
  const row = table.rowOf(0x0a00006e);
  const change = table.begin(row);
  change.state = 2;
  change.ends = (bench.wall + 600) as typeof change.ends;
  change.setHardware(1, mac(9), 0, 6);
  table.apply(row, change, 'grant', bench.journal);
  const client = bench.signedIn();
  const lease = leaseAt(client, 110)?.handle ?? 0;
  assert.equal(client.update(lease, { ends: bench.wall + 1200, note: 'hello' })?.result, result.success);
  assert.equal(client.update(lease, { flags: Uint8Array.of(4) })?.result, result.success);
  const now = client.refresh(lease)?.object;
  assert.deepEqual(
    [now?.get('state'), now?.get('flags'), now?.get('note'), now?.get('remote-handle')].map((value) => value && toHex(value)),
    ['00000002', '04', toHex(latin1('hello')), undefined],
  );
  assert.equal(client.update(lease, { ends: 0 })?.result, result.success);
  assert.equal(toHex(client.refresh(lease)?.object.get('state') ?? empty), '00000001');
  assert.match(bench.logText, /update lease 10\.0\.0\.110 by omapi key k from 127\.0\.0\.1: done \(active reserved until \d+ -> free/);
});

test('unsolicited messages, answers, and operations that do not exist end the connection', () => {
  for (const opcode of [0, 5, 7, 99]) {
    const client = new OmapiBench().signedIn();
    client.raw(client.encode(opcode, 0, {}, {}));
    assert.ok(client.isClosed, String(opcode));
  }
  for (const name of ['object', 'authid', 'op', 'handle', 'id', 'rid', 'authenticator', 'notify-object']) {
    const client = new OmapiBench().signedIn();
    client.raw(client.encode(omapiOpcode.open, 0, { type: 'host', [name]: 'x' }, { name: 'st' }));
    assert.ok(client.isClosed, name);
  }
});

test('a write that failed ends connections, whose clients must ask again; changes are then refused', () => {
  const bench = new OmapiBench();
  const client = bench.signedIn();
  client.create('host', host('x', 1));
  bench.step({ kind: 'commit-failed', group: 1, reason: 'full', detail: 'ENOSPC' });
  assert.ok(client.isClosed);
  const again = bench.signedIn();
  assert.equal(again.create('host', host('y', 2))?.result, result.ioError);
  bench.step({ kind: 'storage-restored' });
  assert.ok((again.create('host', host('y', 2))?.handle ?? 0) > 0);
});

test('a key that a reload takes away opens nothing any more', () => {
  const bench = new OmapiBench();
  const client = bench.signedIn();
  const other = new OmapiBench(omapiConfig.replaceAll(secretText, 'b3RoZXJzZWNyZXRvdGhlcg=='));
  bench.step({ kind: 'reload', config: other.store.config });
  assert.equal(client.open('host', { name: 'st' })?.result, result.invalidKey);
});

test('a reload moves the listener, and closes the old one', () => {
  const bench = new OmapiBench();
  const moved = new OmapiBench(omapiConfig.replace('omapi-port 7911', 'omapi-port 7912'), 'omapi-address 127.0.0.1;');
  bench.requests.length = 0;
  bench.step({ kind: 'reload', config: moved.store.config });
  const asked = bench.requests.filter(({ kind }) => kind === 'listen' || kind === 'unlisten');
  assert.deepEqual(asked.map((request) => ({ ...request, id: 0 })), [
    { kind: 'unlisten', address: 0, port: 7911, id: 0 }, { kind: 'listen', address: 0x7f000001, port: 7912, id: 0 },
  ]);
});

test('a busy port is tried again every five seconds, and DHCP goes on', () => {
  const bench = new OmapiBench(omapiConfig, '', false);
  const [first] = bench.requests.filter(({ kind }) => kind === 'listen');
  assert.ok(first?.kind === 'listen');
  bench.step({ kind: 'answer', request: first.id, answer: { kind: 'listen', isListening: false, detail: 'EADDRINUSE' } });
  assert.match(bench.logText, /Can't start OMAPI protocol: address not available/);
  bench.wait(4_999);
  assert.equal(bench.requests.filter(({ kind }) => kind === 'listen').length, 1);
  bench.wait(1);
  assert.equal(bench.requests.filter(({ kind }) => kind === 'listen').length, 2);
});
