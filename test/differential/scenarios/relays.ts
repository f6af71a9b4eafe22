// Messages that come through relays, and what they say of the network: giaddr, option 82, link and subnet selection.

import { differing, discover, inform, lease, reboot, rebind, release, renew, select, text, via, viaEach, relayAddress, wrongNetwork, type Scenario } from '../exchanges/messages.ts';
import { site, twoNetworks } from './configs.ts';

const far = '192.168.60.250';
const agent = `0104${text('port')}0206${text('remote')}`;

export const relays: readonly Scenario[] = [
  {
    id: 'relays: a lease through a relay, with and without option 82',
    config: twoNetworks('option domain-name "near";'),
    messages: [
      ...viaEach(far, lease(1), agent), via(far, rebind(1, '192.168.60.100'), agent), renew(1, '192.168.60.100'), via(far, release(1, '192.168.60.100'), agent), via(far, discover(1), agent), ...viaEach(far, lease(2)), ...viaEach(relayAddress, lease(3), agent),
      via(far, discover(4, {}, { flags: 0x8000 }), agent), via(far, inform(5, '192.168.60.200'), agent), via(far, inform(5, '0.0.0.0', {}), agent), via(far, reboot(6, '192.168.60.105'), agent), wrongNetwork(via(far, reboot(6, '192.168.50.105'), agent)),
      via(far, discover(7, {}, { hops: 16, sourcePort: 6767 }), agent), via(far, discover(8, {}), '130001020304'),
    ],
  },
  {
    id: 'relays: link selection and subnet selection',
    config: twoNetworks('option domain-name "near";'),
    messages: [
      ...viaEach(relayAddress, lease(1), '0504c0a83c00'), ...viaEach(far, lease(2), '0504c0a83200'), via(far, discover(3), '05040a000000'), via(far, discover(3), '0503c0a832'), via(far, discover(4, { 118: 'c0a83200' })), discover(5, { 118: 'c0a83c00' }), discover(5, { 118: 'c0a83c' }), discover(5, { 118: '00000000' }),
      via(far, discover(6, { 118: 'c0a83c00' }), '0504c0a83200'), inform(7, '192.168.50.200', { 118: 'c0a83c00' }), inform(7, '192.168.50.200', { 118: '0a000000' }), via(far, inform(7, '192.168.60.200'), '0504c0a83200'), select(5, { 118: 'c0a83c00', 50: 'c0a83c65' }), via(far, discover(8, { 61: '0101', 118: 'c0a83200' }), agent),
    ],
  },
  {
    id: 'relays: option 82 and the room for it',
    config: site('option domain-name "a domain name of some length";'),
    messages: [
      via(relayAddress, discover(1), `01fa${'41'.repeat(250)}`), via(relayAddress, discover(2, { 57: '0240' }), `01fa${'42'.repeat(250)}`), differing(via(relayAddress, discover(3), '0100'), 'agent-echo', { options: [] }, { options: ['82:0100'] }), differing(via(relayAddress, discover(4), '0101410205'), 'agent-echo', { options: ['82:010141'] }, { options: ['82:0101410205'] }), via(relayAddress, discover(5, { 55: '52010f' }), agent), via(relayAddress, select(5, { 55: '0f' }), agent), via(relayAddress, reboot(1, '192.168.50.20'), agent),
      via(relayAddress, { ...discover(6), options: [[55, '010f'], [82, '010141'], [82, '020142']] }), via(relayAddress, { ...discover(7), options: [[82, agent], [55, '010f'], [12, text('after')]] }),
    ],
  },
  {
    id: 'relays: the stash of a lease',
    config: site('class "port" { match option agent.circuit-id; } subclass "port" "port" { option domain-name "port"; default-lease-time 800; } class "none" { match if exists host-name; stash-agent-options off; }'),
    messages: [...viaEach(relayAddress, lease(1), agent), renew(1, '192.168.50.100'), rebind(1, '192.168.50.100'), reboot(1, '192.168.50.100'), discover(1), ...viaEach(relayAddress, lease(2, { 12: text('x') }), agent), renew(2, '192.168.50.101', { 12: text('x') }), renew(3, '192.168.50.100')],
  },
  {
    id: 'relays: hosts and permits behind a relay',
    config: twoNetworks('', 'host far { hardware ethernet 02:00:00:00:00:01; fixed-address 192.168.60.9; option domain-name "far"; } host port { host-identifier option agent.remote-id "remote"; fixed-address 192.168.60.10; }'),
    messages: [...viaEach(far, lease(1)), discover(1), ...viaEach(far, lease(2), agent), renew(2, '192.168.60.10'), via(far, reboot(1, '192.168.60.100')), renew(1, '192.168.60.9'), wrongNetwork(reboot(1, '192.168.60.9'))],
  },
];
