// REQUEST in every state, towards this server and others, and what is not acknowledged.

import {
  decline, differing, discover, inform, lease, quad, rebind, reboot, release, renew, select, text, via, viaEach, wrongNetwork, relayAddress, type Message, type Scenario,
} from '../exchanges/messages.ts';
import { site, twoNetworks } from './configs.ts';

const wrong: readonly Message[] = [
  reboot(1, '192.168.50.105'), reboot(1, '192.168.50.20'), reboot(2, '192.168.60.105'), reboot(2, '10.1.1.1'), reboot(2, '0.0.0.0'), renew(3, '192.168.50.20'), renew(3, '10.1.1.1'), rebind(3, '192.168.60.100'),
  via(relayAddress, reboot(4, '10.1.1.1')), via(relayAddress, reboot(4, '192.168.50.106')), via('192.168.60.250', reboot(4, '192.168.50.106')), via('192.168.60.250', renew(4, '192.168.50.106')), via('10.9.9.9', reboot(5, '192.168.50.107')), via('10.9.9.9', reboot(5, '10.1.1.1')), via('10.9.9.9', discover(5)),
];
const authoritativeNaks = new Set([2, 3, 4, 8, 10, 11, 12]);

/** A machine whose former lease had an identifier, and that sends none now. */
const formerLease = (message: Message, theirs: string, ours: string): Message =>
  differing(message, 'former-lease', { yiaddr: theirs, ipDestination: theirs }, { yiaddr: ours, ipDestination: ours });

export const requests: readonly Scenario[] = [
  {
    id: 'requests: of addresses that are free, taken, or not ours',
    config: twoNetworks(''),
    messages: [...lease(7), reboot(6, '192.168.50.100'), ...wrong.map((message, index) => (authoritativeNaks.has(index) ? wrongNetwork(message) : message))],
  },
  { id: 'requests: the same without authoritative', config: twoNetworks('').replace('authoritative;', ''), messages: [...lease(7), reboot(6, '192.168.50.100'), ...wrong] },
  {
    id: 'requests: authoritative in one subnet only',
    config: `ping-check off; default-lease-time 1000;
subnet 192.168.50.0 netmask 255.255.255.0 { authoritative; range 192.168.50.100 192.168.50.109; }
subnet 192.168.60.0 netmask 255.255.255.0 { not authoritative; range 192.168.60.100 192.168.60.109; }`,
    messages: [...wrong.map((message, index) => ([2, 3, 4, 8, 12].includes(index) ? wrongNetwork(message) : message)), inform(8, '192.168.50.200'), inform(8, '192.168.60.200')],
  },
  {
    id: 'requests: of another client’s lease',
    config: site(''),
    messages: [
      ...lease(1), reboot(2, '192.168.50.100'), renew(2, '192.168.50.100'), rebind(2, '192.168.50.100'), select(2, { 50: quad('192.168.50.100') }), discover(2, { 50: quad('192.168.50.100') }), reboot(1, '192.168.50.100'),
      renew(1, '192.168.50.100', { 61: '010203' }), discover(1, { 61: '010203' }), release(2, '192.168.50.100'), renew(1), ...lease(3, { 61: 'aa01' }), renew(3, '$yiaddr', { 61: 'aa02' }), renew(3), renew(3, '$yiaddr', { 61: 'aa01' }),
    ],
  },
  {
    id: 'requests: identifiers and one machine with several',
    config: site(''),
    messages: [
      ...lease(1, { 61: '01020000000001' }), discover(1), select(1), ...lease(1, { 61: 'ff00000001000100010203' }), renew(1, '192.168.50.100', { 61: '01020000000001' }), ...lease(2), discover(2, { 61: '0102' }), select(2, { 61: '0102' }),
      ...lease(3, { 61: 'bb' }, { chaddr: '020000000033' }), ...lease(4, { 61: 'bb' }, { chaddr: '020000000044' }), renew(4, '192.168.50.104', { 61: 'bb' }, { chaddr: '020000000044' }),
      release(1, '192.168.50.100', { 61: '01020000000001' }), formerLease(discover(1), '192.168.50.105', '192.168.50.100'),
    ],
  },
  {
    id: 'requests: ignore-client-uids',
    config: site('ignore-client-uids on;'),
    messages: [...lease(1, { 61: '0101' }), ...lease(1, { 61: '0202' }), discover(1), renew(1), ...lease(2, { 61: '0101' })],
  },
  {
    id: 'requests: one lease per client',
    config: twoNetworks('', 'one-lease-per-client on;'),
    messages: [...lease(1, { 61: '0101' }), ...viaEach('192.168.60.250', lease(1, { 61: '0101' })), discover(2, { 50: quad('192.168.50.100') }), select(2), ...lease(3), ...viaEach('192.168.60.250', lease(3)), discover(4, { 50: quad('192.168.50.101') })],
  },
  {
    id: 'requests: duplicates denied',
    config: site('one-lease-per-client on; deny duplicates; host known { hardware ethernet 02:00:00:00:00:01; }'),
    messages: [...lease(1, { 61: '0101' }), ...lease(1, { 61: '0202' }), formerLease(discover(1), '192.168.50.102', '192.168.50.100'), formerLease(select(1), '192.168.50.102', '192.168.50.100')],
  },
  {
    id: 'requests: what dhcpd gives back',
    config: site('range 192.168.50.100 192.168.50.102;'),
    messages: [
      ...lease(1, { 12: text('one') }), release(1), discover(2), discover(1), ...lease(1), release(1, '$yiaddr', {}, { chaddr: '020000000099' }), release(1), release(1), reboot(1, '192.168.50.100'), reboot(2, '192.168.50.101'), ...lease(3, { 61: '03' }), release(3, '$yiaddr', {}, { hasOwnLines: true }), release(3, '192.168.50.101', { 61: '03' }), ...lease(3, { 61: '03' }),
    ],
  },
  {
    id: 'requests: declined addresses',
    config: site('range 192.168.50.100 192.168.50.102; class "quiet" { match if option host-name = "quiet"; deny declines; }'),
    messages: [...lease(1), decline(1), discover(1), select(1), decline(1, '192.168.50.50'), decline(1, '$yiaddr', { 50: '-' }), renew(1), ...lease(2), decline(2), reboot(3, '192.168.50.100'), renew(1, '192.168.50.100'), rebind(1, '192.168.50.100')],
  },
  {
    id: 'requests: server identifiers',
    config: site('server-identifier 192.168.50.81; class "other" { match if option host-name = "other"; option dhcp-server-identifier 192.168.50.82; }'),
    messages: [...lease(1), ...lease(2, { 12: text('other') }), select(3, { 50: quad('192.168.50.105'), 54: quad('192.168.50.81') }), reboot(1, '10.1.1.1', { 54: '-' })].map((message, index) => (index === 5 ? wrongNetwork(message) : message)),
  },
  {
    id: 'requests: min-secs',
    config: site('class "slow" { match if exists host-name; min-secs 5; }'),
    messages: [discover(1, { 12: text('x') }), discover(1, { 12: text('x') }, { secs: 4 }), discover(1, { 12: text('x') }, { secs: 5 }), discover(1, { 12: text('x') }, { secs: 0x0500 }), select(1, { 12: text('x') }), discover(2)],
  },
  {
    id: 'requests: min-secs, and clients that send secs in the other byte order',
    config: site('min-secs 5;', 'check-secs-byte-order on;'),
    messages: [0, 4, 5, 0x0400, 0x0500, 0x0501, 0xff00, 0x0104].map((secs, index) => discover(index + 1, {}, { secs })),
  },
  {
    id: 'requests: echo-client-id off and on',
    config: site('echo-client-id off; class "on" { match if exists host-name; echo-client-id on; }'),
    messages: [...lease(1, { 61: '0102' }), ...lease(2, { 61: '0203', 12: text('x') }), differing(inform(3, '192.168.50.200', { 61: '0304', 12: text('x') }), 'identifier', { options: [] }, { options: ['61:0304'] }), inform(3, '192.168.50.200', { 61: '0304' }), discover(4, { 61: '05', 12: text('x'), 55: '3d01' })],
    hasIdentifiers: true,
  },
];
