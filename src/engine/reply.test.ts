// What a reply holds and in which order (server reference §1.4), its limits, and that kept blocks and the general path give the
// same bytes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Statement } from '../model/expression.ts';
import type { Recorder } from '../model/why.ts';
import { dhcpPacket, type TestOption, type TestPacket } from '../wire/testing.ts';
import { dhcpOption, predefinedSpaces, type OptionSpace } from '../wire/option-table.ts';
import type { Policy } from './policy.ts';
import { blockFor } from './reply-block.ts';
import { DhcpView } from '../wire/dhcp-view.ts';
import { formatIpv4, type Ipv4 } from '../std/ipv4.ts';
import type { BootSettings } from '../model/boot-settings.ts';
import { addresses, duration, eth0, flag, ip, mac, nextServer, option, serverText, text, World, type Sent, type WorldOptions } from './testing.ts';

const lan = (global: Statement[] = [], more: Partial<WorldOptions> = {}): WorldOptions => ({
  networks: [[{ network: '10.0.0.0/24', pools: [{ range: '10.0.0.100-10.0.0.150' }], statements: [addresses(3, '10.0.0.254')] }]],
  global: [addresses(6, '10.0.0.53'), text(15, 'a.test'), addresses(42, '10.0.0.123'), ...global],
  ...more,
});
const serverFile = flag('filename', 112);
interface OrderRow {
  readonly id: string;
  readonly global?: Statement[];
  readonly options: TestOption[];
  readonly order: readonly number[];
}
const uid: TestOption = [61, [1, 2, 3, 4]];
const rows: readonly OrderRow[] = [
  { id: 'the client’s order, doubles once, the mask unasked and before the routers', options: [[55, [6, 3, 6, 15]]], order: [53, 54, 51, 58, 59, 6, 1, 15, 3] },
  { id: 'the mask before the routers', options: [[55, [3, 15, 1]]], order: [53, 54, 51, 58, 59, 1, 15, 3] },
  { id: 'what is not asked for is not sent', options: [[55, [1]]], order: [53, 54, 51, 58, 59, 1] },
  { id: 'no list: all that is configured, as dhcpd’s table has it', options: [], order: [53, 54, 51, 58, 59, 1, 3, 6, 42, 15] },
  { id: 'an empty list is none', options: [[55, []]], order: [53, 54, 51, 58, 59, 1, 3, 6, 42, 15] },
  { id: 'the identifier is returned (RFC 6842)', options: [uid, [55, [6]]], order: [53, 54, 51, 58, 59, 61, 6, 1] },
  { id: 'unless the operator says no', global: [flag('echoClientId', 0)], options: [uid, [55, [6]]], order: [53, 54, 51, 58, 59, 6, 1] },
  { id: 'the subnet selection before it', options: [uid, [118, [10, 0, 0, 0]], [55, [6]]], order: [53, 54, 51, 58, 59, 118, 61, 6, 1] },
  { id: 'option 82 never from the list, always last', options: [[55, [82, 6]], [82, [1, 1, 7]]], order: [53, 54, 51, 58, 59, 6, 1, 82] },
  { id: 'a list of the server replaces the client’s', global: [option(55, Uint8Array.of(15, 6))], options: [[55, [3]]], order: [53, 54, 51, 58, 59, 15, 6, 1] },
  { id: 'FQDN unasked: behind the list, before the mask that is sent unasked', options: [[81, [0, 0, 0, 97]], [55, [6]]], order: [53, 54, 51, 58, 59, 6, 81, 1] },
  { id: 'FQDN asked for: in its place', options: [[81, [0, 0, 0, 97]], [55, [81, 6]]], order: [53, 54, 51, 58, 59, 81, 6, 1] },
  { id: 'T1 and T2 as configured', global: [option(58, Uint8Array.of(0, 0, 0, 9)), option(59, Uint8Array.of(0, 0, 0, 20))], options: [[55, [6]]], order: [53, 54, 51, 58, 59, 6, 1] },
  { id: 'T2 beyond the lease is dropped', global: [option(59, Uint8Array.of(0, 9, 0, 20))], options: [[55, [6]]], order: [53, 54, 51, 58, 6, 1] },
  { id: 'an empty value is not sent', global: [text(15, '')], options: [[55, [15, 6]]], order: [53, 54, 51, 58, 59, 6, 1] },
  { id: 'an infinite lease has no T1 and T2', global: [duration('defaultLeaseTime', -1), duration('maxLeaseTime', -1)], options: [[55, [6]]], order: [53, 54, 51, 6, 1] },
];
for (const { id, global = [], options, order } of rows)
  test(`option order: ${id}`, () => {
    const relayed = options.some(([code]) => code === 82);
    const [offer] = new World(lan(global)).sendBytes(dhcpPacket({ options: [[53, [1]], ...options], ...(relayed ? { giaddr: ip('10.0.0.250') } : {}) }));
    assert.deepEqual(offer?.message.order, order);
  });

test('computed T1 and T2 are half and seven eighths', () => {
  const [offer] = new World(lan([duration('defaultLeaseTime', 1001)])).discover(1);
  const seconds = (code: number): number => new DataView((offer?.message.options.get(code) ?? new Uint8Array(4)).slice().buffer).getUint32(0);
  assert.deepEqual([seconds(51), seconds(58), seconds(59)], [1001, 500, 875]);
});

const long = Array.from({ length: 3 }, (_, i) => text(200 + i, 'x'.repeat(120)));
const longList: TestOption = [55, [200, 201, 202]];
test('what does not fit goes to file and sname, with option 52; nothing when they are taken', () => {
  const [offer] = new World(lan(long)).sendBytes(dhcpPacket({ options: [[53, [1]], longList] }));
  assert.equal(offer?.message.options.get(52)?.[0], 1);
  assert.equal(offer?.bytes[108], 202);
  assert.ok(offer.bytes.length <= 548);
  const taken = new World(lan([...long, serverFile]));
  const [cut] = taken.sendBytes(dhcpPacket({ options: [[53, [1]], longList] }));
  assert.equal(cut?.bytes[108], 'p'.charCodeAt(0));
  assert.ok(cut.bytes.length <= 548);
});
test('a client that accepts more gets more, up to 1500 bytes of IP', () => {
  const [offer] = new World(lan(long)).sendBytes(dhcpPacket({ options: [[53, [1]], longList, [57, [5, 220]]] }));
  assert.ok(!offer?.message.options.has(52));
  assert.equal(offer?.message.options.get(202)?.length, 120);
});
test('a value over 255 bytes is split (RFC 3396)', () => {
  const [offer] = new World(lan([text(200, 'y'.repeat(300))])).sendBytes(dhcpPacket({ options: [[53, [1]], [55, [200]], [57, [5, 220]]] }));
  assert.equal(offer?.message.options.get(200)?.length, 300);
});
test('text options end with NUL for a client whose host name does', () => {
  const [offer] = new World(lan()).sendBytes(dhcpPacket({ options: [[53, [1]], [12, [97, 0]], [55, [15]]] }));
  assert.deepEqual([...(offer?.message.options.get(15) ?? [])].at(-1), 0);
});
test('use-host-decl-names and use-lease-addr-for-default-route fill options 12 and 3', () => {
  const world = new World({
    networks: [[{ network: '10.0.0.0/24', pools: [{ range: '10.0.0.100-10.0.0.150' }] }]],
    hosts: [{ name: 'printer', mac: 1 }], global: [flag('useHostDeclNames', 1), flag('useLeaseAddrForDefaultRoute', 1)],
  });
  const [offer] = world.discover(1);
  assert.equal(String.fromCharCode(...(offer?.message.options.get(12) ?? [])), 'printer');
  assert.deepEqual([...(offer?.message.options.get(3) ?? [])], [10, 0, 0, 100]);
  assert.ok(!world.discover(2)[0]?.message.options.has(12));
});
test('FQDN: nobody updates for the client, and the answer says so', () => {
  const answered = (flags: number): number[] => {
    const [offer] = new World(lan()).sendBytes(dhcpPacket({ options: [[53, [1]], [81, [flags, 0, 0, 1, 97, 0]]] }));
    return [...(offer?.message.options.get(81) ?? [])];
  };
  assert.deepEqual(answered(4), [4 | 8, 255, 255, 1, 97, 0], 'no update asked: N, none is made');
  assert.deepEqual(answered(5), [4 | 8 | 2, 255, 255, 1, 97, 0], 'S asked: overridden');
});

const listen: Recorder = { step() {}, condition() {}, option() {} };

test('kept blocks and the general path give the same bytes', () => {
  const bytes = (sizeMax: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: 0, maxLength: sizeMax });
  const configured = fc.array(fc.tuple(fc.constantFrom(1, 3, 6, 12, 15, 28, 42, 43, 58, 59, 66, 119, 121, 200, 201), bytes(120)), { maxLength: 8 });
  const asked = fc.record({
    list: fc.option(bytes(30)),
    uid: fc.option(fc.uint8Array({ minLength: 1, maxLength: 40 })),
    size: fc.option(fc.integer({ min: 0, max: 1600 })),
    agent: fc.option(bytes(60)),
    fqdn: fc.option(bytes(20)),
    hasNul: fc.boolean(),
    isBroadcast: fc.boolean(),
    type: fc.constantFrom(1, 3, 8),
  });
  const property = fc.property(configured, fc.array(asked, { minLength: 1, maxLength: 4 }), (statements, requests) => {
    const made = lan(statements.map(([code, value]) => option(code, value)));
    const kept = new World(made);
    const general = new World(made);
    for (const request of [...requests, ...requests]) {
      const options: TestOption[] = [[53, [request.type]]];
      if (request.list !== null) options.push([55, request.list]);
      if (request.uid !== null) options.push([61, request.uid]);
      if (request.size !== null) options.push([57, [request.size >> 8, request.size & 255]]);
      if (request.fqdn !== null) options.push([81, request.fqdn]);
      if (request.type === 3) options.push([50, [10, 0, 0, 120]]);
      if (request.agent !== null) options.push([82, request.agent]);
      if (request.hasNul) options.push([12, [97, 0]]);
      const packet = dhcpPacket({
        options, flags: request.isBroadcast ? 0x8000 : 0,
        giaddr: request.agent === null || request.agent.includes(5) ? 0 : ip('10.0.0.250'),
        ciaddr: request.type === 8 ? ip('10.0.0.7') : 0,
      });
      const slow = sendExplained(general, packet);
      const fast = kept.sendBytes(packet);
      assert.deepEqual(fast.map((reply) => [...reply.bytes]), slow.map((reply) => [...reply.bytes]));
    }
  });
  fc.assert(property, { numRuns: 150 });
});

function sendExplained(world: World, payload: Uint8Array): ReturnType<World['sendBytes']> {
  const view = new DhcpView(payload);
  const verdict = view.check(payload.length);
  if (verdict !== 'ok' && verdict !== 'bootp') return [];
  world.now = { ...world.now, mono: (world.now.mono + 100) as typeof world.now.mono };
  const packet = { view, ifindex: 2, source: 0 as Ipv4, sourcePort: 68, destination: 0xffffffff as Ipv4 };
  return world.collect((effects) => world.engine.packet(packet, world.now, effects, listen));
}

interface BootpRow {
  readonly id: string;
  readonly packet: TestPacket;
  readonly isHost: boolean;
  readonly order: readonly number[];
}
const bootpRows: readonly BootpRow[] = [
  { id: 'a host’s gets all there is room for, whatever it asks for', packet: { options: [[55, [15]]] }, isHost: true, order: [1, 3, 6, 42, 15] },
  { id: 'a host’s without the cookie gets its own area back', packet: { hasCookie: false }, isHost: true, order: [] },
  { id: 'another’s gets what it asks for', packet: { options: [[55, [15]]] }, isHost: false, order: [15, 1] },
  { id: 'another’s without the cookie gets options', packet: { hasCookie: false }, isHost: false, order: [1, 3, 6, 42, 15] },
];
for (const { id, packet, isHost, order } of bootpRows)
  test(`BOOTP client: ${id}`, () => {
    const world = new World(lan([], isHost ? { hosts: [{ name: 'h', mac: 1, fixed: ['10.0.0.9'] }] } : {}));
    const [reply] = world.sendBytes(dhcpPacket({ ...packet, ciaddr: ip('10.0.0.9') }));
    assert.deepEqual(reply?.message.order, order);
    assert.equal(reply?.message.ciaddr, ip('10.0.0.9'), 'ciaddr comes back (RFC 951 §3)');
  });

test('spaces without a list follow in the order of their declaration; one inside another is packed behind its options', () => {
  const space = (name: string, codeWidth: 1 | 2 | 4, format: string): OptionSpace => ({
    name, codeWidth, lengthWidth: 1, byCode: new Map([[1, { space: name, code: 1, name: 'one', format }], [7, { space: name, code: 7, name: 'inner', format: name === 'outer' ? 'Enested.' : 'X' }]]), byName: new Map(),
  }) as unknown as OptionSpace;
  const dhcp = predefinedSpaces.get('dhcp') as OptionSpace;
  const carriers = new Map(dhcp.byCode);
  for (const [code, name] of [[178, 'outer'], [175, 'late']] as const) carriers.set(code, { ...dhcpOption(43), code, name: `carries-${name}`, format: `E${name}.` });
  const spaces = new Map([...predefinedSpaces, ['dhcp', { ...dhcp, byCode: carriers }], ...['outer', 'nested', 'late'].map((name) => [name, space(name, 1, 'X')] as const)]);
  const policy = { values: new Map([['outer', new Map([[1, Uint8Array.of(1)]])], ['nested', new Map([[1, Uint8Array.of(2)]])], ['late', new Map([[1, Uint8Array.of(3)]])]]), parameters: {}, blocks: [], isCacheable: false } as unknown as Policy;
  const block = blockFor(policy, {
    listBytes: new Uint8Array(0), listAt: 0, listLength: 0, isWhole: false, isMaskForced: false, mask: 0 as Ipv4, endsTextWithNul: false, hostName: new Uint8Array(0), router: 0 as Ipv4, bootServer: 0 as Ipv4,
  }, spaces);
  assert.deepEqual(block.entries.filter(({ code }) => code > 1).map(({ code, value }) => [code, ...value]), [[178, 1, 1, 1, 7, 3, 1, 1, 2], [175, 1, 1, 3]]);
});

const bootSettings: BootSettings = {
  root: '/srv/tftp', user: 'nobody', address: 0 as Ipv4, tftpPort: 69, httpPort: 8080, nextServerIsSelf: true,
  loaders: {}, profiles: [],
};
const elsewhere = [nextServer('10.0.0.30'), serverText('serverName', 'third.test'), text(66, '10.0.0.30'), serverText('filename', 'pxelinux.0')];
const bootFields = (sent: Sent | undefined): Record<string, string> => ({
  siaddr: formatIpv4(sent?.message.siaddr ?? (0 as Ipv4)),
  sname: Buffer.from(sent?.bytes.subarray(44, 108) ?? []).toString('latin1').replace(/\0.*/s, ''),
  option66: Buffer.from(sent?.message.options.get(66) ?? []).toString('latin1'),
});
const wants66 = { requestList: [1, 66] };
test('next-server self: whoever answers is the boot server, in OFFER and ACK, whatever the configuration names', () => {
  const ours = { siaddr: '10.0.0.1', sname: '10.0.0.1', option66: '10.0.0.1' };
  const world = new World(lan(elsewhere, { leasehold: { boot: bootSettings } }));
  assert.deepEqual(bootFields(world.discover(1, wants66)[0]), ours);
  assert.deepEqual(bootFields(world.lease(2, wants66)), ours);
  const obeyed = new World(lan(elsewhere, { leasehold: { boot: { ...bootSettings, nextServerIsSelf: false } } }));
  assert.deepEqual(bootFields(obeyed.discover(1, wants66)[0]), { siaddr: '10.0.0.30', sname: 'third.test', option66: '10.0.0.30' });
});
test('next-server self: the identifier that the client hears, which differs by network and may be configured', () => {
  const twoWorlds: Partial<WorldOptions> = {
    interfaces: [eth0, { ...eth0, index: 3, name: 'eth1', addresses: [{ address: ip('10.1.0.1'), mask: ip('255.255.255.0') }] }],
    networks: [[{ network: '10.0.0.0/24', pools: [{ range: '10.0.0.100-10.0.0.150' }] }], [{ network: '10.1.0.0/24', pools: [{ range: '10.1.0.100-10.1.0.150' }] }]],
    leasehold: { boot: bootSettings },
  };
  const world = new World(lan(elsewhere, twoWorlds));
  const [first] = world.discover(1, wants66);
  const [second] = world.send({ type: 1, chaddr: mac(2), ...wants66 }, { ifindex: 3 });
  assert.deepEqual([bootFields(first), bootFields(second)].map(({ siaddr, option66 }) => [siaddr, option66]), [['10.0.0.1', '10.0.0.1'], ['10.1.0.1', '10.1.0.1']]);
  const named = new World(lan([...elsewhere, addresses(54, '10.0.0.7')], { leasehold: { boot: bootSettings } }));
  assert.equal(bootFields(named.discover(1, wants66)[0])['siaddr'], '10.0.0.7');
});
test('next-server self makes no option of its own: without option 66 in the configuration there is none', () => {
  const [offer] = new World(lan([], { leasehold: { boot: bootSettings } })).discover(1, wants66);
  assert.deepEqual(bootFields(offer), { siaddr: '10.0.0.1', sname: '', option66: '' });
});
