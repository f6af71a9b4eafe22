// Parameters that change how a reply travels, how long it holds, or who updates DNS.

import { answeringFqdn, bootp, differing, discover, inform, lease, renew, text, via, relayAddress, type Scenario } from '../exchanges/messages.ts';
import { site } from './configs.ts';

export const broadcasts: readonly Scenario[] = [
  {
    id: 'broadcasts: always-broadcast',
    config: site('always-broadcast on; range dynamic-bootp 192.168.50.100 192.168.50.109;'),
    messages: [...lease(1), renew(1), inform(2, '192.168.50.200'), bootp(3), via(relayAddress, discover(4)), ...lease(5, {}, { flags: 0x8000 })],
  },
  {
    id: 'broadcasts: names without updates',
    config: site('ddns-updates off; option domain-name "d.test";'),
    messages: [
      answeringFqdn(discover(1, { 81: `010000${text('pc.d.test')}`, 55: '0f' }), `0affff${text('pc.d.test')}`), answeringFqdn(discover(2, { 81: `000000${text('pc')}`, 55: '510f' }), `08ffff${text('pc')}`), discover(3, { 12: text('pc') }),
    ],
  },
  {
    id: 'broadcasts: fqdn-reply off',
    config: site('fqdn-reply off;'),
    messages: [...lease(1, { 81: `010000${text('pc.d.test')}`, 55: '510f' }), ...lease(2, { 81: '04000002706300' })],
  },
  {
    id: 'broadcasts: endless leases that are reserved',
    config: site('max-lease-time -1; infinite-is-reserved on;'),
    messages: [...lease(1, { 51: 'ffffffff' }), renew(1, '$yiaddr', { 51: 'ffffffff' }), discover(2), differing(discover(1, { 50: 'c0a83265' }), 'wish', { yiaddr: '192.168.50.101', ipDestination: '192.168.50.101' }, { yiaddr: '192.168.50.100', ipDestination: '192.168.50.100' })],
  },
];
