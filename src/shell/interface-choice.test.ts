import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIpv4, type Ipv4 } from '../std/ipv4.ts';
import type { ServerConfig } from '../model/server-config.ts';
import { addressingOf } from './addressing.ts';
import { chooseInterfaces, missingLine, missingNames, refusalLines } from './interface-choice.ts';
import type { KernelInterface } from './netlink.ts';

const ip = (text: string): Ipv4 => parseIpv4(text) as Ipv4;
const iface = (name: string, addresses: readonly string[], more: Partial<KernelInterface> = {}): KernelInterface => ({
  index: name.charCodeAt(name.length - 1),
  name,
  mac: Uint8Array.of(2, 0, 0, 0, 0, 1),
  addresses: addresses.map((address) => ({ address: ip(address), mask: ip('255.255.255.0') })),
  isUp: true,
  isBroadcast: true,
  isLoopback: false,
  isPointToPoint: false,
  hardwareType: 1,
  ...more,
});
const subnet = (network: string, mask: string, sharedNetwork: number) => ({ network: ip(network), mask: ip(mask), sharedNetwork });
const config = {
  subnets: [
    subnet('10.0.0.0', '255.255.0.0', 0),
    subnet('10.0.5.0', '255.255.255.0', 1),
    subnet('10.1.0.0', '255.255.255.0', 2),
    subnet('10.2.0.0', '255.255.255.0', 2),
  ],
  sharedNetworks: [{ index: 0, name: 'wide' }, { index: 1, name: 'inner' }, { index: 2, name: 'shared' }],
} as unknown as ServerConfig;

interface Row {
  readonly id: string;
  readonly interface: KernelInterface;
  readonly names?: readonly string[];
  /** Network that is served, the refusal, or undefined when the interface is not even looked at. */
  readonly expected: string | undefined;
}
const rows: readonly Row[] = [
  { id: 'an address in a subnet', interface: iface('eth0', ['10.0.0.1']), expected: 'wide' },
  { id: 'the innermost subnet counts', interface: iface('eth0', ['10.0.5.1']), expected: 'inner' },
  { id: 'two addresses in one shared network', interface: iface('eth0', ['10.1.0.1', '10.2.0.1']), expected: 'shared' },
  { id: 'two addresses in two networks', interface: iface('eth0', ['10.0.0.1', '10.1.0.1']), expected: 'several-networks' },
  { id: 'a second address outside', interface: iface('eth0', ['192.0.2.1', '10.1.0.1']), expected: 'shared' },
  { id: 'no subnet', interface: iface('eth0', ['192.0.2.1']), expected: 'no-subnet' },
  { id: 'no address, not named', interface: iface('eth0', []), expected: undefined },
  { id: 'no address, named', interface: iface('eth0', []), names: ['eth0'], expected: 'no-subnet' },
  { id: 'another one is named', interface: iface('eth0', ['10.0.0.1']), names: ['eth1'], expected: undefined },
  { id: 'loopback', interface: iface('lo', ['10.0.0.1'], { isLoopback: true }), expected: undefined },
  { id: 'point to point', interface: iface('ppp0', ['10.0.0.1'], { isPointToPoint: true }), expected: undefined },
  { id: 'named but down', interface: iface('eth0', ['10.0.0.1'], { isUp: false }), names: ['eth0'], expected: 'down' },
  { id: 'no Ethernet', interface: iface('ib0', ['10.0.0.1'], { hardwareType: 32 }), expected: 'no-ethernet' },
];
for (const { id, interface: given, names = [], expected } of rows)
  test(`interfaces: ${id}`, () => {
    const [choice] = chooseInterfaces([given], names, config);
    const outcome = choice === undefined ? undefined : choice.isServed ? choice.network?.name : choice.refusal;
    assert.equal(outcome, expected);
    if (choice !== undefined && !choice.isServed) assert.match(refusalLines(choice)[0] ?? '', new RegExp(given.name));
  });

test('interfaces: of those that are named, the ones that are not there', () => {
  const all = [iface('eth0', ['10.0.0.1']), iface('eth1', [])];
  assert.deepEqual(missingNames(all, []), []);
  assert.deepEqual(missingNames(all, ['eth1', 'eth2', 'eth0', 'eth3']), ['eth2', 'eth3']);
  assert.match(missingLine('eth2'), /^There is no interface eth2:/);
});

test('what dhcpd says about an interface without a subnet', () => {
  const [choice] = chooseInterfaces([iface('eth7', ['192.0.2.1'])], [], config);
  assert.ok(choice !== undefined && !choice.isServed);
  assert.deepEqual(refusalLines(choice), [
    'No subnet declaration for eth7 (192.0.2.1).',
    '** Ignoring requests on eth7.  If this is not what',
    '   you want, please write a subnet declaration',
    '   in your dhcpd.conf file for the network segment',
    '   to which interface eth7 is attached. **',
  ]);
});

test('ports and broadcast address: flags before statements before RFC 951', () => {
  const settings = { localPort: undefined, remotePort: undefined, localAddress: undefined, limitedBroadcastAddress: undefined };
  const of = (flags: { port?: number; sendTo?: Ipv4 }, statements: object = {}): number[] =>
    Object.values(
      addressingOf({ port: flags.port, sendTo: flags.sendTo }, { settings: { ...settings, ...statements } } as unknown as ServerConfig),
    );
  const address = (text: string) => ({ kind: 'address', address: ip(text) });
  assert.deepEqual(of({}), [67, 68, 0, 0]);
  assert.deepEqual(of({ port: 6767 }), [6767, 6768, 0, 0]);
  assert.deepEqual(of({}, { localPort: 1067, remotePort: 1068 }), [1067, 1068, 0, 0]);
  assert.deepEqual(of({ sendTo: ip('10.0.0.255') }, { limitedBroadcastAddress: address('10.1.0.255') }), [67, 68, 0, 0x0a0000ff]);
  assert.deepEqual(of({}, { localAddress: address('10.0.0.1'), limitedBroadcastAddress: address('10.1.0.255') }), [67, 68, 0x0a000001, 0x0a0100ff]);
});
