// Clients that a host declaration names: by what, on which network, with which address and options.

import { bootp, discover, inform, lease, reboot, renew, text, via, viaEach, wrongNetwork, differing, relayAddress, type Scenario } from '../exchanges/messages.ts';
import { site, twoNetworks } from './configs.ts';

export const hosts: readonly Scenario[] = [
  {
    id: 'hosts: by hardware, identifier, or an option',
    config: site(
      `host hw { hardware ethernet 02:00:00:00:00:01; fixed-address 192.168.50.11; option domain-name "hw"; }
       host uid { option dhcp-client-identifier "text-id"; fixed-address 192.168.50.12; option domain-name "uid"; }
       host hex { option dhcp-client-identifier 01:02:03; option domain-name "hex"; }
       host both { hardware ethernet 02:00:00:00:00:04; option dhcp-client-identifier ff:04; fixed-address 192.168.50.14; option domain-name "both"; }
       host circuit { host-identifier option agent.circuit-id "port7"; fixed-address 192.168.50.15; option domain-name "circuit"; }
       host vendor { host-identifier option vendor-class-identifier "box"; option domain-name "vendor"; }
       host old { uid "old-id"; fixed-address 192.168.50.17; option domain-name "old"; }
       host ring { hardware token-ring 02:00:00:00:00:08; fixed-address 192.168.50.18; }`,
    ),
    messages: [
      ...lease(1), ...lease(2, { 61: text('text-id') }), discover(2, { 61: `00${text('text-id')}` }), ...lease(3, { 61: '010203' }), ...lease(4), ...lease(4, { 61: 'ff04' }), discover(5, { 61: 'ff04' }), ...lease(1, { 61: '0102' }),
      ...viaEach(relayAddress, lease(6), `0105${text('port7')}`), via(relayAddress, discover(6), `0105${text('port8')}`), ...lease(7, { 60: text('box') }), ...lease(7, { 61: text('old-id') }), discover(8), discover(8, {}, { htype: 6 }), discover(1, { 61: '010203' }),
    ],
  },
  {
    id: 'hosts: addresses on several networks',
    config: twoNetworks('', `
      host roams { hardware ethernet 02:00:00:00:00:01; fixed-address 192.168.60.21, 192.168.50.21; option host-name "roams"; }
      host chain-a { hardware ethernet 02:00:00:00:00:02; fixed-address 192.168.60.22; option host-name "chain-a"; }
      host chain-b { hardware ethernet 02:00:00:00:00:02; fixed-address 192.168.50.22; option host-name "chain-b"; }
      host chain-c { hardware ethernet 02:00:00:00:00:02; option host-name "chain-c"; }
      host away { hardware ethernet 02:00:00:00:00:03; fixed-address 10.1.1.1; option host-name "away"; }
      host two { hardware ethernet 02:00:00:00:00:04; fixed-address 192.168.50.24, 192.168.50.25; }
      host shared-a { hardware ethernet 02:00:00:00:00:05; fixed-address 192.168.50.26; } host shared-b { hardware ethernet 02:00:00:00:00:06; fixed-address 192.168.50.26; }`),
    messages: [
      ...[1, 2, 3, 4, 5, 6].flatMap((client) => lease(client)), ...[1, 2, 3, 4].flatMap((client) => viaEach('192.168.60.250', lease(client))), wrongNetwork(reboot(1, '192.168.60.21')), reboot(1, '192.168.50.21'), renew(1, '192.168.50.21'),
      reboot(4, '192.168.50.25'), reboot(4, '192.168.50.100'), inform(2, '192.168.50.22'), inform(3, '192.168.50.200'), inform(1, '192.168.60.21'),
    ],
  },
  {
    id: 'hosts: names, and what comes from groups',
    config: site(
      `use-host-decl-names on;
       host plain-name { hardware ethernet 02:00:00:00:00:01; }
       host given.name { hardware ethernet 02:00:00:00:00:02; option host-name "other"; fixed-address 192.168.50.12; }
       group { use-host-decl-names off; option nis-domain "quiet"; host quiet { hardware ethernet 02:00:00:00:00:03; fixed-address 192.168.50.13; } }
       group "named" { option nis-domain "named"; next-server 192.168.50.77; filename "from-group"; }
       host joins { hardware ethernet 02:00:00:00:00:04; group "named"; fixed-address 192.168.50.14; }
       host fixed-name { hardware ethernet 02:00:00:00:00:05; fixed-address 192.168.50.15; }`,
    ),
    messages: [...[1, 2, 3, 4, 5, 6].flatMap((client) => lease(client, { 55: '010c28' })), ...[2, 4, 5].map((client) => bootp(client)), discover(2, { 61: '00' }), inform(5, '192.168.50.15', { 55: '0c28' }), discover(1, { 12: text('mine'), 55: '0c' }), discover(5, { 55: '-' })],
  },
  {
    id: 'hosts: parameters of a host',
    config: site(
      `host boots { hardware ethernet 02:00:00:00:00:01; fixed-address 192.168.50.11; filename "boot/me"; server-name "server.example.test"; next-server 192.168.50.99; default-lease-time 500; max-lease-time 600; min-lease-time 400; always-broadcast on; }
       host limits { hardware ethernet 02:00:00:00:00:02; default-lease-time 7000; min-lease-time 5000; max-lease-time 6000; }
       host own-id { hardware ethernet 02:00:00:00:00:03; fixed-address 192.168.50.13; option dhcp-server-identifier 192.168.50.83; server-identifier 192.168.50.84; }
       host route { hardware ethernet 02:00:00:00:00:04; use-lease-addr-for-default-route on; fixed-address 192.168.50.14; } host route2 { hardware ethernet 02:00:00:00:00:05; use-lease-addr-for-default-route on; option routers 192.168.50.1; }`,
    ),
    messages: [...[1, 2, 3, 4, 5].flatMap((client) => lease(client, { 51: '00000c80' })), ...lease(1), ...lease(2), differing(bootp(1), 'bootp-broadcast', { ethernetDestination: '02:00:00:00:00:01' }, { ethernetDestination: 'ff:ff:ff:ff:ff:ff' }), inform(1, '192.168.50.11'), inform(4, '192.168.50.14')],
  },
];
