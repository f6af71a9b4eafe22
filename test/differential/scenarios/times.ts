// How long leases are: limits at every level, wishes of clients, endless leases, renewals.

import { bootp, discover, lease, leasequery, rebind, renew, select, text, u32, type Message, type Scenario } from '../exchanges/messages.ts';
import { site } from './configs.ts';

const wishes: readonly Message[] = [undefined, 0, 1, 299, 300, 301, 1000, 7200, 7201, 0x7fffffff, 0x80000000, 0xfffffffe].map((wish, index) => discover(index + 1, wish === undefined ? {} : { 51: u32(wish) }));
const timed = (id: string, parameters: string): Scenario => ({
  id: `times: ${id}`,
  config: site('', `${parameters}`).replace('default-lease-time 1000;\nmax-lease-time 7200;', ''),
  messages: wishes,
});

export const times: readonly Scenario[] = [
  timed('nothing is configured', ''),
  timed('a minimum above the default', 'default-lease-time 150; max-lease-time 7200; min-lease-time 2000;'),
  timed('a maximum below 300', 'max-lease-time 50;'),
  timed('a maximum below the minimum', 'max-lease-time 150; min-lease-time 200;'),
  timed('all zero', 'default-lease-time 0; max-lease-time 0; min-lease-time 0;'),
  timed('a minimum of zero', 'default-lease-time 600; min-lease-time 0;'),
  {
    id: 'times: per subnet, pool, class and host',
    config: site(
      `default-lease-time 2000; class "brief" { match if option host-name = "brief"; max-lease-time 600; } host long { hardware ethernet 02:00:00:00:00:03; default-lease-time 5000; }
       pool { range 192.168.50.100 192.168.50.104; default-lease-time 3000; allow members of "brief"; allow known-clients; } pool { range 192.168.50.110 192.168.50.114; deny members of "brief"; }`,
    ),
    messages: [...lease(1), ...lease(2, { 12: text('brief') }), ...lease(3), ...lease(4, { 51: u32(4000) }), ...lease(3, { 12: text('brief') }), renew(4), rebind(4), renew(4, '$yiaddr', { 51: u32(400) })],
  },
  {
    id: 'times: renewals with and without the cache threshold',
    config: site('dhcp-cache-threshold 0; class "cached" { match if option host-name = "cached"; dhcp-cache-threshold 50; }'),
    messages: [...lease(1), renew(1), renew(1, '$yiaddr', { 51: u32(500) }), renew(1), ...lease(2, { 12: text('cached') }), renew(2, '$yiaddr', { 12: text('cached') }), renew(2, '$yiaddr', { 12: text('cached'), 51: u32(500) }), discover(2, { 12: text('cached') }), renew(2, '$yiaddr', { 12: text('other') })],
  },
  {
    id: 'times: the usual cache threshold',
    config: site(''),
    messages: [...lease(1), renew(1, '$yiaddr', { 51: u32(500) }), select(1, { 51: u32(600) }), discover(1, { 51: u32(700) }), renew(1, '$yiaddr', { 12: text('named') }), renew(1, '$yiaddr', { 12: text('named'), 51: u32(500) }), renew(1, '$yiaddr', { 61: '0102' })],
  },
  {
    id: 'times: adaptive threshold',
    config: site('adaptive-lease-time-threshold 50; range 192.168.50.100 192.168.50.103; min-lease-time 400;'),
    messages: [1, 2, 3, 4].flatMap((client) => lease(client)),
  },
  {
    id: 'times: BOOTP leases that end',
    config: site('range dynamic-bootp 192.168.50.100 192.168.50.104; dynamic-bootp-lease-length 3600; min-lease-time 600;'),
    messages: [bootp(1), bootp(1), bootp(2, { 51: u32(100) }), discover(1), ...lease(3), bootp(3)],
  },
  {
    id: 'times: BOOTP leases that end on a date',
    config: site('range dynamic-bootp 192.168.50.100 192.168.50.104; class "both" { match if hardware = 1:02:00:00:00:00:02; dynamic-bootp-lease-length 3600; }', 'allow leasequery; dynamic-bootp-lease-cutoff 2050000000;'),
    messages: [bootp(1), leasequery({ ciaddr: '192.168.50.100' }), bootp(2), leasequery({ ciaddr: '192.168.50.101' }), bootp(1), leasequery({ ciaddr: '192.168.50.100' }, { 55: '333a3b' })],
  },
];
