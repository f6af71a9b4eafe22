// Exchanges that show the intended differences one by one, beside those that other subjects meet.

import {
  bootp, decline, differing, discover, lease, leasequery, quad, reboot, renew, select, text, u32, via, relayAddress, type Message, type Scenario,
} from '../exchanges/messages.ts';
import type { Reply } from '../exchanges/replies.ts';
import { site, twoNetworks } from './configs.ts';

const at = (address: string): Partial<Reply> => ({ yiaddr: address, ipDestination: address });
/** An ACK of .105, and the NAK to the same REQUEST. */
const granted: Partial<Reply> = { flags: 0, options: ['53:05', '51:000003e8', '58:000001f4', '59:0000036b', '1:ffffff00'], ethernetDestination: '02:00:00:00:00:02', ...at('192.168.50.105') };
const refused: Partial<Reply> = {
  flags: 0x8000, options: ['53:06', `56:${text('requested address not available')}`], yiaddr: '0.0.0.0', ethernetDestination: 'ff:ff:ff:ff:ff:ff', ipDestination: '255.255.255.255',
};
const raw = (fields: Omit<Message, 'type'>, options: readonly (readonly [number, string])[]): Message => ({ client: 1, ...fields, options });

export const differences: readonly Scenario[] = [
  {
    id: 'differences: which address',
    config: site('host inside { hardware ethernet 02:00:00:00:00:09; fixed-address 192.168.50.105; }'),
    messages: [
      ...lease(1), differing(discover(1, { 50: quad('192.168.50.110') }), 'wish', at('192.168.50.110'), at('192.168.50.100')), ...lease(9), differing(reboot(2, '192.168.50.105'), 'fixed-in-range', granted, refused),
      differing(discover(3, {}, { ciaddr: '192.168.50.111' }), 'discover-ciaddr', { ciaddr: '192.168.50.111', ...at('192.168.50.111') }, { ciaddr: '0.0.0.0', ...at('192.168.50.101') }),
    ],
  },
  {
    id: 'differences: another server',
    config: site(''),
    messages: [discover(1), differing(select(1, { 54: quad('192.168.50.99') }), 'other-server', { options: ['53:05'] }, 'silence')],
  },
  {
    id: 'differences: who declines',
    config: site(''),
    messages: [...lease(2), decline(3, '192.168.50.100', { 54: quad('192.168.50.80') }, { hasOwnLines: true }), differing(renew(2, '192.168.50.100'), 'decline', 'silence', { options: ['53:05'] })],
  },
  {
    id: 'differences: what LEASEQUERY leaks',
    config: site('option routers 192.168.50.1; allow leasequery;'),
    messages: [differing(leasequery({ ciaddr: '192.168.50.100' }), 'leasequery', { options: ['3:c0a83201'] }, { options: [] })],
  },
  {
    id: 'differences: an unlimited lease',
    config: site('', 'class "ever" { match if option host-name = "ever"; max-lease-time -1; default-lease-time -1; }'),
    messages: [discover(1), discover(2, { 12: text('ever') }), discover(3, { 12: text('ever'), 51: u32(1000) }), discover(4, { 12: text('ever'), 51: 'ffffffff' })],
  },
  {
    id: 'differences: addresses that were declined',
    config: site('range 192.168.50.100;'),
    messages: [...lease(1), decline(1), differing(discover(2), 'reclaim', at('192.168.50.100'), 'silence')],
  },
  {
    id: 'differences: option 82 and where it comes from',
    config: twoNetworks('', 'host boots { hardware ethernet 02:00:00:00:00:09; fixed-address 192.168.50.9; }'),
    messages: [
      differing(discover(1, { 82: '0504c0a83c00' }), 'agent-untrusted', { ...at('192.168.60.100'), options: ['3:c0a83c01'] }, { ...at('192.168.50.100'), options: [] }), differing(via(relayAddress, bootp(9), '010141'), 'agent-echo', { options: [] }, { options: ['82:010141'] }),
    ],
  },
  {
    id: 'differences: options of a wrong length',
    config: site(''),
    messages: [differing(discover(5, { 50: 'c0a8326f09' }), 'lengths', at('192.168.50.111'), at('192.168.50.100')), discover(6, { 51: '012c', 50: quad('192.168.50.115') }), discover(7, { 57: '05', 50: quad('192.168.50.116') })],
  },
  {
    id: 'differences: packets that are dropped',
    config: site(''),
    messages: [
      differing(raw({ op: 2 }, [[53, '01']]), 'malformed', { options: ['53:02'] }, 'silence'), differing(raw({ client: 2 }, [[53, '01'], [53, '03']]), 'malformed', { options: ['53:02'] }, 'silence'),
      differing(discover(3, {}, { hlen: 0, chaddr: '' }), 'nobody', { options: ['53:02'] }, 'silence'), differing(discover(4, {}, { chaddr: '010000000001' }), 'nobody', { options: ['53:02'] }, 'silence'), differing(discover(4, {}, { chaddr: 'ffffffffffff' }), 'nobody', { options: ['53:02'] }, 'silence'),
      
    ],
  },
];
