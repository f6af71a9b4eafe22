// LEASEQUERY (RFC 4388), as relays ask it.

import { lease, leasequery, release, text, viaEach, relayAddress, type Scenario } from '../exchanges/messages.ts';
import { site } from './configs.ts';

export const leasequeries: readonly Scenario[] = [
  {
    id: 'leasequery: by address, identifier, hardware',
    config: site('', 'allow leasequery;'),
    messages: [
      ...viaEach(relayAddress, lease(1, { 61: '0a0b', 60: text('vendor') }), '010141'), ...lease(2),
      leasequery({ ciaddr: '192.168.50.100' }), leasequery({ ciaddr: '192.168.50.101' }), leasequery({ ciaddr: '192.168.50.102' }), leasequery({ ciaddr: '10.1.1.1' }), leasequery({}, { 61: '0a0b' }), leasequery({}, { 61: 'ffff' }), leasequery({ chaddr: '020000000002', hlen: 6, htype: 1 }), leasequery({ chaddr: '020000000099', hlen: 6, htype: 1 }), leasequery({ chaddr: '020000000001', hlen: 6, htype: 1 }),
      release(2), leasequery({ ciaddr: '192.168.50.101' }), leasequery({ giaddr: '0.0.0.0', ciaddr: '192.168.50.100' }), leasequery({ ciaddr: '192.168.50.100' }, { 55: '333a3b52' }),
    ],
  },
  {
    id: 'leasequery: times that do not divide',
    config: site('default-lease-time 4095; max-lease-time 4095;', 'allow leasequery;'),
    messages: [...lease(1), leasequery({ ciaddr: '192.168.50.100' })],
  },
  { id: 'leasequery: not allowed', config: site(''), messages: [...lease(1), leasequery({ ciaddr: '192.168.50.100' })] },
];
