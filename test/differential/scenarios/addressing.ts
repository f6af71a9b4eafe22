// Which address a client gets, and where the reply goes.

import {
  decline, discover, lease, quad, rebind, reboot, release, renew, select, u32, via, relayAddress, type Scenario,
} from '../exchanges/messages.ts';

const basic = `
authoritative;
ping-check off;
default-lease-time 1000;
subnet 192.168.50.0 netmask 255.255.255.0 {
  option routers 192.168.50.1;
  range 192.168.50.100 192.168.50.109;
}
subnet 192.168.60.0 netmask 255.255.255.0 { range 192.168.60.100 192.168.60.109; }
`;

export const addressing: readonly Scenario[] = [
  {
    id: 'a lease from the first offer to its end',
    config: basic,
    messages: [
      ...lease(1), renew(1), rebind(1), reboot(1, '$yiaddr'), release(1), discover(1), select(1), decline(1), discover(1),
    ],
  },
  {
    id: 'broadcast flag, ciaddr, secs and hops',
    config: basic,
    messages: [
      discover(1, {}, { flags: 0x8000 }), discover(2, {}, { flags: 0x7fff }), discover(3, {}, { secs: 7, hops: 3 }),
      ...lease(4, {}, { flags: 0x8000 }), renew(4, '$yiaddr', {}, { flags: 0x8000 }), rebind(4, '$yiaddr', {}, { flags: 0x8000 }),
      ...lease(5, { 61: '01020304' }), renew(5, '$yiaddr', { 61: '01020304' }),
      via(relayAddress, discover(6), '0102414202035a5a5a'), via(relayAddress, discover(7, {}, { flags: 0x8000 })),
      discover(8, { 50: quad('192.168.50.109'), 51: u32(600) }),
      discover(9, { 50: quad('192.168.50.105') }, {
        differs: {
          id: 'offer-held',
          dhcpd: { yiaddr: '192.168.50.105', ipDestination: '192.168.50.105' },
          leasehold: { yiaddr: '192.168.50.107', ipDestination: '192.168.50.107' },
        },
      }),
    ],
  },
];
