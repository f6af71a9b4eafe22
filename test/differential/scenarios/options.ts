// Options of every type, as literals and as expressions, asked for by name and without a request list.

import { bootp, discover, inform, lease, text, type Scenario } from '../exchanges/messages.ts';
import { site } from './configs.ts';

const hexList = (codes: readonly number[]): string => codes.map((code) => code.toString(16).padStart(2, '0')).join('');
const asking = (...codes: number[]): Record<number, string> => ({ 55: hexList(codes) });
const everyCode = hexList(Array.from({ length: 254 }, (_, index) => index + 1));

/** One line per format of the table of predefined options. */
const predefined = `
  option subnet-mask 255.255.0.0;
  option time-offset -3600;
  option routers 192.168.50.1, 192.168.50.2;
  option time-servers 192.168.50.3;
  option domain-name-servers 192.168.50.53, 192.168.50.54, 192.168.50.55;
  option host-name "name-of-host";
  option boot-size 65535;
  option merit-dump "/dump";
  option domain-name "example.test";
  option swap-server 192.168.50.4;
  option root-path "/root path";
  option ip-forwarding on;
  option non-local-source-routing false;
  option policy-filter 10.0.0.0 255.0.0.0, 10.1.0.0 255.255.0.0;
  option max-dgram-reassembly 1500;
  option default-ip-ttl 64;
  option path-mtu-aging-timeout 4294967295;
  option path-mtu-plateau-table 68, 296, 0x200, 010;
  option interface-mtu 1400;
  option all-subnets-local ignore;
  option broadcast-address 192.168.50.255;
  option router-discovery true;
  option static-routes 10.0.0.0 192.168.50.1, 10.1.0.0 192.168.50.2;
  option trailer-encapsulation off;
  option tcp-keepalive-interval 0;
  option nis-domain "nis";
  option ntp-servers 192.168.50.7;
  option netbios-name-servers 192.168.50.8;
  option netbios-node-type 8;
  option netbios-scope "";
`;
const later = `
  option vendor-class-identifier "PXEClient";
  option nwip-domain "nwip";
  option nisplus-domain "plus";
  option tftp-server-name "tftp.example.test";
  option bootfile-name "boot/file";
  option smtp-server 192.168.50.9;
  option user-class "user";
  option slp-directory-agent true 192.168.50.10, 192.168.50.11;
  option slp-service-scope false "scope one";
  option nds-servers 192.168.50.12;
  option nds-tree-name "tree";
  option bcms-controller-names "a.example.test", "b.example.test";
  option bcms-controller-address 192.168.50.13;
  option pxe-system-type 0, 7, 9;
  option pxe-interface-id 1 3 10;
  option pxe-client-id 0 01:02:03;
  option uap-servers "http://uap";
  option geoconf-civic 01:02;
  option pcode "EST5EDT";
  option tcode "Europe/Berlin";
  option v6-only-preferred 1800;
  option netinfo-server-address 192.168.50.14;
  option default-url "http://url";
  option auto-config 1;
  option name-service-search 6, 41;
  option domain-search "example.test", "sub.example.test", "other.test", "example.test";
  option v4-lost lost.example.test;
  option sip-ua-cs-domains "sip.example.test", "sip2.example.test";
  option rdnss-selection 1 192.168.50.15 192.168.50.16 "x.test", "y.test";
  option tftp-server-address 192.168.50.17, 192.168.50.18;
  option v4-portparams 1 2 3;
  option v4-captive-portal "https://portal";
  option loader-configfile "loader.cfg";
  option loader-reboottime 30;
  option option-6rd 14 32 2001:db8:: 192.168.50.19;
  option v4-access-domain access.example.test;
  option unknown-200 "raw";
  option unknown-201 01:02:ff;
`;
const defined = `
option o-bool code 160 = boolean;
option o-u8 code 161 = unsigned integer 8;
option o-s8 code 162 = signed integer 8;
option o-u16 code 163 = unsigned integer 16;
option o-s16 code 164 = signed integer 16;
option o-u32 code 165 = unsigned integer 32;
option o-s32 code 166 = integer 32;
option o-ip code 167 = ip-address;
option o-ips code 168 = array of ip-address;
option o-text code 169 = text;
option o-string code 170 = string;
option o-name code 171 = domain-name;
option o-list code 172 = domain-list;
option o-packed code 173 = domain-list compressed;
option o-ip6 code 174 = ip6-address;
option o-zero code 175 = zerolen;
option o-record code 176 = { unsigned integer 8, ip-address, text };
option o-records code 177 = array of { ip-address, unsigned integer 16 };
option o-tail code 178 = { unsigned integer 8, array of ip-address };
option o-u8s code 179 = array of unsigned integer 8;
option o-bools code 180 = array of boolean;
option o-s8s code 181 = array of integer 8;
option o-again code 169 = text;
`;
const definedValues = `
  option o-bool true; option o-u8 255; option o-s8 -128; option o-u16 0xffff; option o-s16 -2; option o-u32 4294967295; option o-s32 -1;
  option o-ip 10.1.2.3; option o-ips 10.1.2.3, 10.1.2.4; option o-text word; option o-string "bytes\\000\\377\\"q"; option o-name a.b.test;
  option o-list "a.b.test", "c.b.test"; option o-packed "a.b.test", "c.b.test", "b.test"; option o-ip6 2001:db8::1; option o-zero;
  option o-record 7 10.0.0.1 "tail"; option o-records 10.0.0.1 80, 10.0.0.2 443; option o-tail 3 10.0.0.1, 10.0.0.2;
  option o-u8s 1, 2, 3; option o-bools true, off, on; option o-s8s -1, 1;
`;
const expressions = `
  option host-name = concat("h-", binary-to-ascii(16, 8, "", suffix(hardware, 3)));
  option routers = 0a:00:00:01;
  option domain-name = pick-first-value(option domain-name, config-option root-path, "last");
  option root-path "configured";
  option log-servers = encode-int(3232248321, 32);
  option tftp-server-name = substring("abcdef", 2, 3);
  option bootfile-name = substring("abc", 5, 3);
  option nis-domain = null;
  option ntp-servers = concat(0a:00:00:01, leased-address);
  option time-offset = encode-int(7, 8);
  option smtp-server = option dhcp-requested-address;
  option user-class = lcase(option vendor-class-identifier);
  option default-url = ucase(concat("a", "b", "c"));
  option merit-dump = reverse(1, "abc");
  option cookie-servers = packet(28, 4);
`;

export const options: readonly Scenario[] = [
  {
    id: 'options: predefined ones, half of the table',
    config: site(predefined),
    messages: [
      discover(1, asking(...Array.from({ length: 48 }, (_, index) => index + 1)), {}),
      discover(2, { 55: everyCode, 57: '05dc' }), discover(3, { 55: '-', 57: '05dc' }), discover(3, { 55: '', 57: '05dc' }), inform(4, '192.168.50.200', { 55: '-', 57: '05dc' }), inform(4, '192.168.50.200', { 55: everyCode, 57: '05dc' }),
      bootp(5), ...lease(6, asking(3, 1, 6)), ...lease(7, asking(47, 46, 47, 1, 3)),
    ],
  },
  {
    id: 'options: predefined ones, the other half',
    config: site(later),
    messages: [
      discover(2, { 55: everyCode, 57: '05dc' }), discover(3, { 55: '-', 57: '05dc' }), inform(4, '192.168.50.200', { 55: '-', 57: '05dc' }),
      ...[60, 66, 67, 78, 79, 88, 93, 97, 119, 125, 137, 141, 146, 159, 200, 201, 210, 212, 213].map((code, index) => discover(10 + index, asking(code))),
    ],
  },
  {
    id: 'options: defined ones of every type',
    config: site(definedValues, defined),
    messages: [
      discover(1, { 55: everyCode, 57: '05dc' }), discover(2, { 55: '-', 57: '05dc' }),
      ...Array.from({ length: 22 }, (_, index) => discover(10 + index, asking(160 + index))),
      discover(40, { ...asking(169, 170, 171, 172, 15), 12: `${text('nul')}00` }), discover(41, { 55: '-', 57: '05dc', 12: `${text('nul')}00` }),
    ],
  },
  {
    id: 'options: values that are expressions',
    config: site(expressions),
    messages: [
      discover(1, { 55: everyCode, 57: '05dc' }), discover(2, { 55: '-', 57: '05dc', 15: text('asked'), 60: text('ABC'), 50: 'c0a83210' }),
      ...lease(3, { 55: everyCode, 57: '05dc' }), inform(4, '192.168.50.200', { 55: everyCode, 57: '05dc' }), bootp(5),
      discover(6, { ...asking(12, 42, 66, 67), 60: text('XyZ') }),
    ],
  },
  {
    id: 'options: override, default, append, prepend, supersede, send',
    config: site(
      `option domain-name "subnet"; append domain-name ".app"; prepend domain-name "pre."; default domain-name "never"; default root-path "def";
       supersede nis-domain "sup"; send nisplus-domain "sent"; append domain-name-servers 10.0.0.2; prepend domain-name-servers 10.0.0.0; append merit-dump "only"; prepend merit-dump "first";
       option log-servers 10.1.1.1; append log-servers 10.1.1.2, 10.1.1.3;`,
      'option domain-name "global"; option domain-name-servers 10.0.0.1; option root-path "global-root"; option nis-domain "global"; append nis-domain "x"; option log-servers 10.9.9.9;',
    ),
    messages: [
      discover(1, asking(15, 6, 17, 40, 64, 14, 7)), discover(2, { 55: '-' }), ...lease(3, asking(7, 14, 64, 40, 17, 6, 15)), inform(4, '192.168.50.200', asking(15, 6, 17)), bootp(5),
    ],
  },
  {
    id: 'options: what the server sets itself',
    hasTimes: true,
    config: site(
      `option dhcp-lease-time 77; option dhcp-message-type 5; option dhcp-option-overload 3; option dhcp-requested-address 10.0.0.9; option dhcp-message "configured"; option dhcp-max-message-size 600;
       option dhcp-renewal-time 100; option dhcp-rebinding-time 200; option dhcp-client-identifier "conf"; option subnet-selection 10.0.0.1; option dhcp-server-identifier 192.168.50.81; option associated-ip 10.0.0.8; option relay-agent-information "x";`,
    ),
    messages: [
      discover(1, { 55: everyCode }), discover(2, { 55: '-' }), ...lease(3), inform(4, '192.168.50.200', { 55: everyCode }), discover(5, { 61: '0102' }),
      discover(6, { 55: '3334353637383a3b' }), bootp(7), bootp(7, { 55: everyCode }),
    ],
  },
  {
    id: 'options: a configured request list',
    config: site('option dhcp-parameter-request-list 6, 1, 3, 15, 51, 6; option routers 10.0.0.1; option domain-name-servers 10.0.0.2; option domain-name "d"; option nis-domain "n"; option ntp-servers 10.0.0.3;'),
    messages: [discover(1), discover(2, { 55: '-' }), discover(3, { 55: everyCode }), ...lease(4), inform(5, '192.168.50.200')],
  },
  {
    id: 'options: T1 and T2 that are configured',
    hasTimes: true,
    config: site(
      `option dhcp-renewal-time 400; option dhcp-rebinding-time 700;
       class "t1" { match if option host-name = "t1"; option dhcp-renewal-time 800; }
       class "t2" { match if option host-name = "t2"; option dhcp-rebinding-time 1000; }
       class "both" { match if option host-name = "both"; option dhcp-rebinding-time 1200; option dhcp-renewal-time 1100; }
       class "equal" { match if option host-name = "equal"; option dhcp-rebinding-time 500; option dhcp-renewal-time 500; }`,
    ),
    messages: ['none', 't1', 't2', 'both', 'equal'].flatMap((name, index) => lease(index + 1, { 12: text(name) })),
  },
];
