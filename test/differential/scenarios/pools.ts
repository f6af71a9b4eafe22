// Which pool serves whom: permits, their combination with flags, and pools that are full.

import { bootp, differing, discover, inform, lease, quad, reboot, release, renew, select, text, via, wrongNetwork, relayAddress, type Message, type Scenario } from '../exchanges/messages.ts';
import { site } from './configs.ts';

const hosts = `
  host known { hardware ethernet 02:00:00:00:00:01; }
  host fixed { hardware ethernet 02:00:00:00:00:02; fixed-address 192.168.50.9; }
  host elsewhere { hardware ethernet 02:00:00:00:00:03; fixed-address 10.9.9.9; }
  class "red" { match if option host-name = "red"; }
  class "blue" { match if option host-name = "blue" or option host-name = "red"; }
`;
const everybody: readonly Message[] = [
  ...[1, 2, 3, 4].flatMap((client) => lease(client)), discover(5, { 12: text('red') }), discover(6, { 12: text('blue') }), bootp(7), bootp(1), bootp(2),
];
/** The same where the third and the fourth client get no offer: their REQUEST names no address. */
const withoutOffer: readonly Message[] = everybody.map((message, index) => (index === 5 || index === 7 ? wrongNetwork(message) : message));
const pools = (...permits: string[]): string =>
  permits.map((permit, index) => `pool { ${permit} range 192.168.50.1${index}0 192.168.50.1${index}4; option domain-name "pool ${index}"; }`).join('\n');

export const permits: readonly Scenario[] = [
  { id: 'pools: known and unknown clients', config: site(pools('allow known-clients;', 'allow unknown-clients;'), hosts), messages: everybody },
  { id: 'pools: deny known, deny unknown', config: site(pools('deny known clients;', 'deny unknown clients;'), hosts), messages: everybody },
  { id: 'pools: members of classes', config: site(pools('allow members of "red";', 'allow members of "blue"; deny members of "red";', 'deny members of "blue";'), hosts), messages: everybody },
  { id: 'pools: all clients and none', config: site(pools('deny all clients;', 'allow all clients;', 'allow authenticated clients;', 'allow unauthenticated clients;'), hosts), messages: everybody },
  { id: 'pools: allow and deny together', config: site(pools('allow known-clients; allow members of "red"; deny members of "blue";', 'allow unknown-clients; allow dynamic bootp clients;'), hosts), messages: everybody },
  { id: 'pools: BOOTP only, and no BOOTP', config: site(pools('allow dynamic bootp clients;', 'deny dynamic bootp clients;'), hosts), messages: everybody },
  { id: 'pools: after a date', config: site(pools('allow after 4 2001/01/04 00:00:00;', 'deny after 4 2001/01/04 00:00:00;', 'allow after 5 2037/01/02 00:00:00;'), hosts), messages: [...everybody, reboot(8, '192.168.50.110'), reboot(8, '192.168.50.120')] },
  { id: 'pools: the flag deny unknown-clients', config: site('deny unknown-clients; range 192.168.50.100 192.168.50.104;', hosts), messages: [...withoutOffer, inform(4, '192.168.50.200')] },
  { id: 'pools: ignore unknown-clients and the flag in a pool', config: site('pool { range 192.168.50.100 192.168.50.104; ignore unknown-clients; } pool { range 192.168.50.110 192.168.50.114; allow unknown-clients; }', hosts), messages: withoutOffer },
  { id: 'pools: deny booting and bootp', config: site('range dynamic-bootp 192.168.50.100 192.168.50.104; deny bootp; host b { hardware ethernet 02:00:00:00:00:08; deny booting; } host c { hardware ethernet 02:00:00:00:00:09; ignore booting; fixed-address 192.168.50.19; }', hosts), messages: [...everybody, discover(8), discover(9), reboot(9, '192.168.50.19')] },
  {
    id: 'pools: a pool that is full, and what comes back',
    config: site('range 192.168.50.100 192.168.50.101;'),
    messages: [
      ...lease(1), ...lease(2), discover(3), release(1), ...lease(3), discover(1), release(2), ...lease(4), reboot(2, '192.168.50.101'), reboot(1, '192.168.50.102'), release(4), discover(2), select(2), discover(1),
    ],
  },
  {
    id: 'pools: permits that change with the client',
    config: site(pools('allow members of "red";', 'deny members of "red";'), hosts),
    messages: [
      ...lease(5, { 12: text('red') }), discover(5, { 12: text('plain') }), select(5, { 12: text('plain') }), reboot(5, '192.168.50.100', { 12: text('plain') }), reboot(5, '192.168.50.100', { 12: text('red') }, { hasOwnLines: true }), ...lease(6, { 12: text('plain') }), reboot(6, '192.168.50.110', { 12: text('red') }),
      via(relayAddress, discover(7, { 12: text('red') })),
    ],
  },
  {
    id: 'pools: two subnets of one shared network',
    config: `authoritative; ping-check off; default-lease-time 1000;
shared-network lan {
  option domain-name "lan";
  subnet 192.168.50.0 netmask 255.255.255.0 { option routers 192.168.50.1; range 192.168.50.100 192.168.50.101; }
  subnet 192.168.51.0 netmask 255.255.255.128 { option routers 192.168.51.1; range 192.168.51.100 192.168.51.101; }
}
${hosts}`,
    messages: [
      ...[1, 2, 3, 4, 5].flatMap((client) => lease(client)), discover(6), reboot(4, '192.168.51.100'), reboot(4, '192.168.50.101'), renew(5), inform(10, '192.168.51.120'), inform(10, '192.168.50.120'),
      via('192.168.51.120', discover(7)), wrongNetwork(via('192.168.51.120', select(7))), release(1), via('192.168.51.120', discover(7)), via('192.168.51.120', select(7)), renew(7, '192.168.50.100'),
    ],
  },
  {
    id: 'pools: of a shared network, for one class',
    config: `authoritative; ping-check off; default-lease-time 1000;
${hosts}
shared-network lan {
  subnet 192.168.50.0 netmask 255.255.255.0 { option routers 192.168.50.1; }
  subnet 192.168.51.0 netmask 255.255.255.0 { option routers 192.168.51.1; }
  pool { allow members of "red"; option domain-name "red"; range 192.168.51.110 192.168.51.111; }
  pool { deny members of "red"; option domain-name "plain"; range 192.168.50.110 192.168.50.111; }
}`,
    messages: [...lease(7, { 12: text('red') }), ...lease(8), ...lease(9, { 12: text('red') }), discover(10, { 12: text('red') }), reboot(8, '192.168.51.111'), reboot(7, '192.168.50.111', { 12: text('red') }), bootp(11)],
  },
  {
    id: 'pools: which of many free addresses',
    config: 'authoritative; ping-check off; subnet 192.168.0.0 netmask 255.255.0.0 { range 192.168.0.10 192.168.255.250; }',
    messages: [
      differing(discover(1), 'free-order', { yiaddr: '192.168.240.6', ipDestination: '192.168.240.6' }, { yiaddr: '192.168.0.10', ipDestination: '192.168.0.10' }),
      discover(2, { 50: quad('192.168.77.7') }),
    ],
  },
];
