// Where replies go: the decision table of the server reference §3.1, one row each, and RFC 2131 table 3's header fields.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatIpv4 } from '../std/ipv4.ts';
import type { ClientMessage } from '../wire/client-testing.ts';
import { addresses, flag, ip, mac, World, type WorldOptions } from './testing.ts';

const site: WorldOptions = {
  networks: [[{ network: '10.0.0.0/24', pools: [{ range: '10.0.0.100-10.0.0.109' }], statements: [addresses(3, '10.0.0.254')] }]],
};
const relay = ip('10.0.0.250');
const relayPortOption = [82, [1, 1, 65, 19, 0]] as const;
const lease = ip('10.0.0.100');
interface Row {
  readonly id: string;
  readonly fields: Partial<ClientMessage> & { readonly type: number };
  readonly from?: { readonly source?: ReturnType<typeof ip>; readonly sourcePort?: number };
  readonly to: string;
  readonly options?: WorldOptions['global'];
}
/** `path destination:port mac` */
const unicast = 'raw 10.0.0.100:68 02:00:00:00:00:01';
const broadcast = 'raw 255.255.255.255:68 ff:ff:ff:ff:ff:ff';
const client = mac(1);
const rows: readonly Row[] = [
  { id: '1 OFFER through a relay', fields: { type: 1, giaddr: relay }, to: 'routed 10.0.0.250:67' },
  { id: '1 ACK through a relay, whatever ciaddr says', fields: { type: 3, ciaddr: lease, giaddr: relay }, to: 'routed 10.0.0.250:67' },
  { id: '1 OFFER to the relay’s own port (RFC 8357)', fields: { type: 1, giaddr: relay, extra: [relayPortOption] }, from: { sourcePort: 12_345 }, to: 'routed 10.0.0.250:12345' },
  { id: '2 ACK of a renewal', fields: { type: 3, ciaddr: lease }, to: 'routed 10.0.0.100:68' },
  { id: '2 not with option 54: an RFC 1541 client', fields: { type: 3, ciaddr: lease, serverId: ip('10.0.0.1') }, to: unicast },
  { id: '2 not with BROADCAST on link', fields: { type: 3, ciaddr: lease, wantsBroadcast: true }, to: broadcast },
  { id: '3 OFFER', fields: { type: 1 }, to: unicast },
  { id: '3 OFFER to a 16-byte hardware address', fields: { type: 1, chaddr: Uint8Array.from({ length: 16 }, (_, i) => i + 1), htype: 32 }, to: 'raw 10.0.0.101:68 ff:ff:ff:ff:ff:ff' },
  { id: '4 OFFER with BROADCAST', fields: { type: 1, wantsBroadcast: true }, to: broadcast },
  { id: '4 always-broadcast', fields: { type: 1 }, to: broadcast, options: [flag('alwaysBroadcast', 1)] },
  { id: '4 always-broadcast of a renewal on link', fields: { type: 3, ciaddr: lease }, to: broadcast, options: [flag('alwaysBroadcast', 1)] },
  { id: '5 NAK through a relay', fields: { type: 3, requested: ip('192.168.1.1'), giaddr: relay }, to: 'routed 10.0.0.250:67' },
  { id: '6 NAK on link', fields: { type: 3, requested: ip('192.168.1.1') }, to: broadcast },
  { id: '7 INFORM, even when relayed', fields: { type: 8, ciaddr: ip('10.0.0.7'), giaddr: relay }, to: 'routed 10.0.0.7:68' },
  { id: '8 INFORM without ciaddr through a relay', fields: { type: 8, giaddr: relay }, from: { source: ip('10.0.0.7') }, to: 'routed 10.0.0.250:67' },
  { id: '9 INFORM without ciaddr', fields: { type: 8 }, from: { source: ip('10.0.0.7') }, to: 'routed 10.0.0.7:68' },
  { id: '10 LEASEQUERY', fields: { type: 10, ciaddr: lease, giaddr: relay }, to: 'routed 10.0.0.250:67', options: [flag('leasequery', 1)] },
];
for (const { id, fields, from, to, options } of rows)
  test(`address row ${id}`, () => {
    const world = new World({ ...site, global: options ?? [] });
    world.lease(1, { requested: lease });
    world.pass(30);
    const [reply] = world.send({ chaddr: client, ...fields }, from);
    assert.ok(reply, world.log.join('\n'));
    assert.equal(`${reply.path} ${reply.destination}:${reply.port}${reply.path === 'raw' ? ` ${reply.mac}` : ''}`, to);
  });

interface FieldRow {
  readonly id: string;
  readonly fields: Partial<ClientMessage> & { readonly type: number };
  readonly type: number;
  readonly yiaddr: string;
  readonly ciaddr: string;
  readonly flags: number;
  /** Option codes that must and must not be there. */
  readonly must: readonly number[];
  readonly mustNot: readonly number[];
}
/** RFC 2131 table 3, with the remarks of the reference §21. */
const fieldRows: readonly FieldRow[] = [
  { id: 'DHCPOFFER', fields: { type: 1, ciaddr: ip('10.0.0.55') }, type: 2, yiaddr: '10.0.0.100', ciaddr: '0.0.0.0', flags: 0, must: [51, 53, 54], mustNot: [50, 55, 57] },
  { id: 'DHCPACK of a REQUEST', fields: { type: 3, ciaddr: lease }, type: 5, yiaddr: '10.0.0.100', ciaddr: '10.0.0.100', flags: 0, must: [51, 53, 54], mustNot: [50, 55, 57] },
  { id: 'DHCPACK of an INFORM', fields: { type: 8, ciaddr: ip('10.0.0.55') }, type: 5, yiaddr: '0.0.0.0', ciaddr: '10.0.0.55', flags: 0, must: [53, 54], mustNot: [50, 51, 55, 57, 58, 59] },
  { id: 'DHCPACK of a relayed INFORM without ciaddr', fields: { type: 8, giaddr: relay }, type: 5, yiaddr: '0.0.0.0', ciaddr: '0.0.0.0', flags: 0x8000, must: [53, 54], mustNot: [51] },
  { id: 'DHCPNAK', fields: { type: 3, requested: ip('192.168.1.1'), requestList: [1, 3] }, type: 6, yiaddr: '0.0.0.0', ciaddr: '0.0.0.0', flags: 0x8000, must: [53, 54, 56], mustNot: [1, 3, 50, 51, 55, 57] },
];
for (const row of fieldRows)
  test(`RFC 2131 table 3: ${row.id}`, () => {
    const world = new World(site);
    world.lease(1, { requested: lease });
    world.pass(30);
    const [reply] = world.send({ chaddr: client, clientId: undefined, ...row.fields }, { source: ip('10.0.0.7') });
    assert.ok(reply, world.log.join('\n'));
    const { message, bytes } = reply;
    assert.equal(message.type, row.type);
    assert.equal(formatIpv4(message.yiaddr), row.yiaddr);
    assert.equal(formatIpv4(message.ciaddr), row.ciaddr);
    assert.equal(message.flags, row.flags);
    for (const code of row.must) assert.ok(message.options.has(code), `option ${code} is there`);
    for (const code of row.mustNot) assert.ok(!message.options.has(code), `option ${code} is not there`);
    assert.equal(bytes[0], 2);
    assert.equal(message.xid, 0x12345678);
    assert.ok(bytes.length >= 300);
  });

test('the identifier is our address inside the client’s subnet when the interface has several', () => {
  const world = new World({
    networks: [[{ network: '10.0.0.0/24', pools: [{ range: '10.0.0.100-10.0.0.100', deny: ['all-clients'] }] }, { network: '10.5.0.0/24', pools: [{ range: '10.5.0.100-10.5.0.109' }] }]],
    interfaces: [{ index: 2, name: 'eth0', mac: mac(99), isUp: true, addresses: [
      { address: ip('10.0.0.1'), mask: ip('255.255.255.0') }, { address: ip('10.5.0.1'), mask: ip('255.255.255.0') },
    ] }],
  });
  assert.equal(world.discover(1)[0]?.message.serverId, ip('10.5.0.1'));
});
