// Everything at once, as configurations in the field have it: classes, pools, hosts, groups and conditions in one file.

import { bootp, discover, inform, rebind, reboot, release, select, text, via, wrongNetwork, relayAddress, type Message, type Scenario } from '../exchanges/messages.ts';

const config = `
authoritative;
ping-check off;
default-lease-time 1000;
max-lease-time 7200;
option domain-name "global.test";
option ntp-servers 192.168.50.40;
option interface-mtu 1400;
option tftp-server-name "tftp";
option nis-servers 192.168.50.41;
option default-ip-ttl 9;
option www-server 192.168.50.42;
option arch code 93 = unsigned integer 16;
option space pxelinux;
option pxelinux.magic code 208 = string;
option pxelinux.reboottime code 211 = unsigned integer 32;
option space ipxe;
option ipxe-encap code 175 = encapsulate ipxe;
option ipxe.priority code 1 = signed integer 8;
option classless code 121 = array of unsigned integer 8;
class "pxe" {
  match if substring(option vendor-class-identifier, 0, 9) = "PXEClient";
  next-server 192.168.50.30;
  if option arch = 00:07 { filename "bootx64.efi"; } elsif option arch = 00:00 { filename "pxelinux.0"; } else { filename "other"; }
}
class "vendors" { match option vendor-class-identifier; option domain-name "vendors.test"; }
subclass "vendors" "acme" { option domain-search "acme.test", "global.test"; }
class "late" { match if exists user-class; option domain-name "late.test"; option nis-domain "late"; }
shared-network lan {
  option time-offset -3600;
  option broadcast-address 192.168.50.255;
  option pop-server 192.168.50.43;
  subnet 192.168.50.0 netmask 255.255.255.0 {
    option routers 192.168.50.1, 192.168.50.2;
    option domain-name-servers 192.168.50.53;
    option classless 0, 192, 168, 50, 1;
    option ipxe.priority 7;
    if exists host-name { option log-servers 192.168.50.77; }
    pool {
      range 192.168.50.100 192.168.50.119;
      option domain-name "pool.test";
      allow known-clients;
      allow members of "vendors";
      allow members of "pxe";
    }
    pool { range 192.168.50.200 192.168.50.209; deny members of "vendors"; deny known-clients; max-lease-time 500; }
  }
  subnet 192.168.51.0 netmask 255.255.255.0 { option routers 192.168.51.1; }
}
group {
  use-host-decl-names on;
  option root-path "group";
  host fixed { hardware ethernet 02:00:00:00:00:01; fixed-address 192.168.50.9; option domain-name "host.test"; }
  host other-net { hardware ethernet 02:00:00:00:00:02; fixed-address 192.168.51.9, 10.9.9.9; }
  host loose { hardware ethernet 02:00:00:00:00:03; min-lease-time 3000; }
  host bynumber { option dhcp-client-identifier 01:02:03; filename "by-uid"; server-name "srv"; }
}
`;

const limits = `
authoritative;
ping-check off;
default-lease-time 1000;
allow leasequery;
class "ports" { spawn with option agent.circuit-id; lease limit 1; }
class "slow" { match if exists user-class; min-secs 5; }
subnet 192.168.50.0 netmask 255.255.255.0 {
  option routers 192.168.50.1;
  if option user-class = "boom" { option domain-name "a"; } else { option domain-name = concat("x-", binary-to-ascii(16, 8, ":", suffix(hardware, 2))); }
  if substring(option vendor-class-identifier, 0, 3) ~= "^[[:alpha:]]{2}[0-9]$" { option nis-domain "matched"; }
  switch (option host-name) { case "one": option root-path "1"; case "two": option root-path "2"; break; default: option root-path "d"; }
  append domain-name ".app"; 
  default root-path "never";
  range 192.168.50.100 192.168.50.105;
  on commit { set seen = "yes"; }
  host shut { hardware ethernet 02:00:00:00:00:50; deny booting; }
  host named { host-identifier option agent.remote-id "rem"; fixed-address 192.168.50.60; }
}
`;

const everything = '0103060c0f11282b42432b5d79d0af';
type Options = Readonly<Record<number, string>>;
const ask = (client: number, options: Options = {}): Message => discover(client, { 55: everything, ...options });
const take = (client: number, options: Options = {}): Message => select(client, { 55: everything, ...options });
const relayed = (message: Message, agent = '0102414202035a5a5a'): Message => via(relayAddress, message, agent);
const port = (number: number): string => `01023${number}3${number}`;

export const mixed: readonly Scenario[] = [
  {
    id: 'mixed: on the link',
    config,
    messages: [
      ask(1), take(1), ask(2), take(2), ask(3), take(3), ask(4), take(4), ask(4, { 55: '06030f' }),
      ask(5, { 60: text('PXEClient:Arch:00007'), 93: '0007' }), take(5, { 60: text('PXEClient:Arch:00007'), 93: '0007' }), ask(6, { 60: text('PXEClient:Arch:00000'), 93: '0000' }), ask(7, { 60: text('PXEClient') }),
      ask(8, { 60: text('acme') }), take(8, { 60: text('acme') }), ask(9, { 60: text('acme!') }), ask(10, { 77: text('iPXE'), 12: text('pc-10') }), take(10, { 77: text('iPXE'), 12: text('pc-10') }), ask(11, { 61: '010203' }), take(11, { 61: '010203' }),
      ask(12, { 51: '00000001' }), ask(13, { 51: 'ffffffff' }), ask(14, { 51: '00000258' }), ask(15, { 55: '-' }), ask(16, { 57: '0100' }),
      reboot(17, '192.168.50.250', { 55: '01' }), wrongNetwork(reboot(17, '10.9.9.9', { 55: '01' })), reboot(1, '192.168.50.100', { 55: '01' }), ask(18, { 12: `${text('nul')}00` }),
    ],
  },
  {
    id: 'mixed: through a relay',
    config,
    messages: [
      relayed(ask(21)), relayed(take(21)), relayed(ask(22), ''), relayed(ask(23), '0504c0a83300'), relayed(ask(24), '05040a000000'), relayed(ask(25), '0503c0a833'),
      wrongNetwork(relayed(reboot(26, '10.9.9.9', { 55: '01' }))), relayed(reboot(26, '192.168.50.100', { 55: '01' })), via('10.0.0.1', ask(27)),
      inform(28, relayAddress, { 55: everything }), inform(28, relayAddress, { 55: '-' }), inform(28, relayAddress, { 55: everything, 60: text('PXEClient') }),
      relayed(release(21, '192.168.50.200')), relayed(release(29, '192.168.50.201')), relayed(ask(21, { 118: 'c0a83300' })), relayed(bootp(1), ''), relayed(bootp(30)),
    ],
  },
  {
    id: 'mixed: with limits and conditions',
    config: limits,
    messages: [
      relayed(ask(31), port(1)), relayed(take(31), port(1)), relayed(ask(32), port(1)), relayed(ask(33), port(2)), relayed(take(33), port(2)), ask(34, { 77: text('x') }), ask(35, { 77: text('boom') }),
      ask(36, { 60: text('ab3'), 12: text('one') }), ask(36, { 60: text('ab3'), 12: text('two') }), ask(36, { 60: text('abc'), 12: text('other') }), ask(0x50), relayed(ask(37), '020372656d'), relayed(reboot(37, '192.168.50.60', { 55: everything }), '020372656d'),
      relayed(reboot(38, '192.168.50.100', { 55: '01' }), ''), relayed(reboot(38, '192.168.50.123', { 55: '01' }), ''), relayed(rebind(31, '192.168.50.100', { 55: everything }), port(1)),
    ],
  },
];
