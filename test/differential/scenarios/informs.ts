// INFORM and BOOTP: clients without a lease in the sense of DHCP.

import { bootp, differing, discover, inform, lease, quad, select, text, via, wrongNetwork, relayAddress, type Scenario } from '../exchanges/messages.ts';
import { site, twoNetworks } from './configs.ts';

export const informs: readonly Scenario[] = [
  {
    id: 'informs: by ciaddr, source, relay',
    config: twoNetworks('option domain-name "near"; pool { range 192.168.50.100 192.168.50.109; option nis-domain "pool"; default-lease-time 777; }', 'host h { hardware ethernet 02:00:00:00:00:02; fixed-address 192.168.50.12; option nis-domain "host"; } class "c" { match if exists host-name; option domain-name "class"; filename "f"; }'),
    messages: [
      inform(1, '192.168.50.200'), inform(1, '192.168.50.100'), inform(2, '192.168.50.12'), inform(2, '192.168.50.13'), inform(1, '192.168.60.200'), inform(1, '10.1.1.1'), inform(3, '0.0.0.0', {}, { from: '192.168.50.201' }), inform(3, '0.0.0.0'), inform(4, '192.168.50.200', { 12: text('x') }), inform(4, '192.168.50.200', { 55: '' }), inform(4, '192.168.50.200', { 55: '-' }),
      inform(4, '192.168.50.200', {}, { flags: 0x8000 }), via(relayAddress, inform(4, '192.168.50.200')), via(relayAddress, inform(4, '0.0.0.0', {}, {})), inform(4, '192.168.50.200', { 50: quad('192.168.50.105'), 51: '00000100' }), ...lease(5), inform(5, '192.168.50.100'), inform(6, '192.168.50.200', { 61: '0102', 55: '28333a3b0f' }),
    ],
  },
  {
    id: 'bootp: hosts',
    config: site(
      `option domain-name "bootp"; option root-path "${'r'.repeat(40)}";
       host full { hardware ethernet 02:00:00:00:00:01; fixed-address 192.168.50.11; filename "boot/file"; server-name "srv"; next-server 192.168.50.99; option host-name "full"; }
       host bare { hardware ethernet 02:00:00:00:00:02; fixed-address 192.168.50.12; }
       host always { hardware ethernet 02:00:00:00:00:03; fixed-address 192.168.50.13; always-reply-rfc1048 on; }
       host denied { hardware ethernet 02:00:00:00:00:04; fixed-address 192.168.50.14; deny bootp; } host named { option dhcp-client-identifier "id"; fixed-address 192.168.50.15; }`,
    ),
    messages: [
      bootp(1), bootp(2), bootp(2, {}, { hasCookie: false }), bootp(3, {}, { hasCookie: false }), bootp(4), bootp(5), differing(bootp(6, { 61: text('id') }), 'misplaced', { options: ['61:6964'] }, { options: [`15:${text('bootp')}`] }), bootp(2, {}, { file: text('asked/for') }), bootp(1, {}, { file: text('asked/for') }), bootp(2, { 55: '0f' }), bootp(2, { 57: '0240' }), bootp(2, {}, { sizeMin: 548 }),
      via(relayAddress, bootp(2)), bootp(2, { 12: text('x') }, { secs: 9, hops: 2 }), bootp(2, {}, { ciaddr: '192.168.50.12' }), bootp(2, {}, { cut: 236 }), bootp(2, {}, { cut: 235 }),
    ],
  },
  {
    id: 'bootp: dynamic',
    config: site('range dynamic-bootp 192.168.50.100 192.168.50.102; option domain-name "d";'),
    messages: [bootp(1), bootp(1), bootp(2, {}, { flags: 0x8000 }), discover(3), discover(4), bootp(5), wrongNetwork(select(4)), bootp(4), via(relayAddress, bootp(1)), bootp(1, {}, { hasCookie: false })],
  },
];
