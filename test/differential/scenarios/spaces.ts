// Option spaces: vendor options, encapsulated options, options for enterprises, site options.

import { bootp, discover, inform, lease, text, type Scenario } from '../exchanges/messages.ts';
import { site } from './configs.ts';

const every = Array.from({ length: 254 }, (_, index) => (index + 1).toString(16).padStart(2, '0')).join('');

export const spaces: readonly Scenario[] = [
  {
    id: 'spaces: vendor-option-space',
    config: site(
      `option acme.text "hello"; option acme.number 7; option acme.list 10.0.0.1, 10.0.0.2; option acme.flag true;
       class "acme" { match if option vendor-class-identifier = "acme"; vendor-option-space acme; }
       class "empty" { match if option vendor-class-identifier = "empty"; vendor-option-space hollow; }
       class "raw" { match if option vendor-class-identifier = "raw"; vendor-option-space acme; option vendor-encapsulated-options 01:02:03; }
       class "more" { match if option vendor-class-identifier = "more"; vendor-option-space acme; option acme.number 9; option acme.text = option host-name; }
       class "echo" { match if option vendor-class-identifier = "echo"; option vendor-class-identifier "echo"; vendor-option-space acme; }`,
      'option space acme; option acme.text code 1 = text; option acme.number code 2 = unsigned integer 16; option acme.list code 3 = array of ip-address; option acme.flag code 9 = boolean; option space hollow; option hollow.text code 1 = text;',
    ),
    messages: [
      ...['acme', 'empty', 'raw', 'more', 'echo', 'none'].flatMap((vendor, index) => [discover(index + 1, { 60: text(vendor), 55: '2b3c' }), discover(index + 1, { 60: text(vendor), 55: '-' }), discover(index + 1, { 60: text(vendor), 55: '01' })]), discover(9, { 60: text('more'), 12: text('name'), 55: '2b' }), ...lease(10, { 60: text('acme'), 55: '2b' }), inform(11, '192.168.50.200', { 60: text('acme'), 55: '2b' }), bootp(12, { 60: text('acme') }),
    ],
  },
  {
    id: 'spaces: encapsulated options of several widths',
    config: site(
      'option one.a "a"; option one.b 2; option two.a "wide"; option two.b 300; option four.a "deep"; option nested.inner.x 1; option ipxe.priority -5; option ipxe.no-pxedhcp 1; option unused.x 1;'.replace('option nested.inner.x 1; ', ''),
      `option space one; option one.a code 1 = text; option one.b code 200 = unsigned integer 8; option one-encap code 176 = encapsulate one;
option space two code width 2 length width 2; option two.a code 1 = text; option two.b code 300 = unsigned integer 32; option two-encap code 177 = encapsulate two;
option space four code width 4 length width 1; option four.a code 70000 = text; option four-encap code 178 = encapsulate four;
option space ipxe; option ipxe.priority code 1 = signed integer 8; option ipxe.no-pxedhcp code 176 = unsigned integer 8; option ipxe-encap code 175 = encapsulate ipxe;
option space unused; option unused.x code 1 = unsigned integer 8;`,
    ),
    messages: [discover(1, { 55: 'b0b1b2af' }), discover(2, { 55: 'af01' }), discover(3, { 55: '-' }), discover(4, { 55: every, 57: '05dc' }), ...lease(5, { 55: 'b2b1' }), inform(6, '192.168.50.200', { 55: 'b0' })],
  },
  {
    id: 'spaces: what the client encapsulates',
    config: site(
      'option root-path = option one.a; option nis-domain = binary-to-ascii(10, 8, "", option one.b); if exists one.a { option nisplus-domain "has a"; } option tftp-server-name = option vendor.isc; option bootfile-name = option isc.media;',
      'option space one; option one.a code 1 = text; option one.b code 2 = unsigned integer 8; option one-encap code 176 = encapsulate one;',
    ),
    messages: [discover(1, { 55: '1128404243', 176: '010161020109' }), discover(2, { 55: '1128404243', 176: '02010501026162' }), discover(3, { 55: '1128404243', 176: '01056162' }), discover(4, { 55: '1128404243' }), discover(5, { 55: '1128404243', 125: '000009bf0401026d6d' })],
  },
  {
    id: 'spaces: enterprises',
    config: site('option isc.media "m"; option vendor.example "raw"; option vivco-example "x"; option isc.update-assist 01:02;'.replace('option vivco-example "x"; ', ''), 'option vendor.example code 12345 = string;'),
    messages: [discover(1, { 55: '7c7d' }), discover(2, { 55: '-' }), discover(3, { 55: '7d01' }), ...lease(4, { 55: '7d' })],
  },
  { id: 'spaces: an enterprise inside another space alone', config: site('option isc.media "only";'), messages: [discover(1, { 55: '7d' }), discover(2, { 55: '-' })] },
  {
    id: 'spaces: site options and PXE by architecture',
    config: site(
      `class "pxe" { match if substring(option vendor-class-identifier, 0, 9) = "PXEClient"; next-server 192.168.50.30; option vendor-class-identifier "PXEClient"; vendor-option-space PXE; option PXE.discovery-control 8;
         if option pxe-system-type = 00:07 { filename "bootx64.efi"; } elsif option pxe-system-type = 00:00 { filename "pxelinux.0"; } else { filename "other"; }
         if exists user-class and option user-class = "iPXE" { filename "http://boot/script.ipxe"; } }`,
      'option space PXE; option PXE.mtftp-ip code 1 = ip-address; option PXE.discovery-control code 6 = unsigned integer 8; option PXE.boot-menu code 9 = text;',
    ),
    messages: ['0000', '0007', '0009', '000b'].flatMap((arch, index) => [
      discover(index + 1, { 60: text(`PXEClient:Arch:0000${index}`), 93: arch, 97: `00${'11'.repeat(16)}`, 94: '010201', 55: '0103060c0f112b3c4243808182838485' }), discover(index + 1, { 60: text('PXEClient'), 93: arch, 77: text('iPXE'), 175: 'b10105', 55: '01033c42432b' }),
    ]),
  },
  {
    id: 'spaces: site-option-space takes the codes from its lowest one on',
    config: site(
      `option routers 192.168.50.1; option main-low "low"; option main-high "high"; option local.a "local a"; option local.b 10.0.0.1;
       class "site" { match if option vendor-class-identifier = "site"; site-option-space "local"; }`,
      'option main-low code 140 = text; option main-high code 200 = text; option space local; option local.a code 160 = text; option local.b code 200 = ip-address;',
    ),
    messages: [
      discover(1, { 60: text('site'), 55: '038ca0c8' }), discover(2, { 60: text('none'), 55: '038ca0c8' }), discover(3, { 60: text('site'), 55: '-' }),
      ...lease(4, { 60: text('site'), 55: 'c8a08c03' }), inform(5, '192.168.50.200', { 60: text('site'), 55: 'a0c8' }),
    ],
  },
  {
    id: 'spaces: a site-option-space that does not exist',
    config: site('option routers 192.168.50.1; class "site" { match if option vendor-class-identifier = "site"; site-option-space "nowhere"; }'),
    messages: [discover(1, { 60: text('none'), 55: '03' }), discover(2, { 60: text('site'), 55: '03' })],
  },
  {
    id: 'spaces: sub-options of 63, 81 and 82 in the configuration',
    config: site(
      `option domain-name "d.test"; option host-name "h"; option unknown-224 "x"; option nwip.nsq-broadcast true; option nwip.autoretries 3; option agent.circuit-id "c"; option agent.agent-id 10.0.0.1;
       option fqdn.rcode1 3; option fqdn.fqdn "f.test";
       class "encoded" { match if option host-name = "encoded"; option fqdn.encoded true; option fqdn.server-update true; option fqdn.rcode2 4; option fqdn.fqdn "long.f.test."; }
       class "open" { match if option host-name = "open"; option fqdn.encoded true; option fqdn.no-client-update true; option fqdn.hostname "not this"; }`,
    ),
    messages: [
      discover(1, { 55: '3f510f52e0' }), discover(2, { 55: '-' }), discover(3, { 55: '01' }), ...lease(4, { 55: '0f513f52' }), inform(5, '192.168.50.200', { 55: '3f5152' }), bootp(6), discover(7, { 12: text('encoded'), 55: '510f' }), discover(8, { 12: text('open'), 55: '0f51' }),
      discover(9, { 81: `010000${text('pc.d.test')}`, 55: '0f51e0' }), discover(10, { 81: `010000${text('pc.d.test')}`, 55: '0f' }), discover(11, { 81: `010000${text('pc.d.test')}`, 55: '-' }),
    ],
  },
  { id: 'spaces: option 81 in the configuration without a name', config: site('option fqdn.encoded true; option fqdn.domainname "d.test"; option routers 192.168.50.1;'), messages: [discover(1, { 55: '5101' }), discover(2, { 81: '000000', 55: '0301' }), discover(3, { 81: '000000', 55: '03' }), ...lease(4, { 81: '000000', 55: '0351' })] },
  { id: 'spaces: option 81 in the configuration as bytes', config: site('option fqdn 01:00:00:61:2e:62; option fqdn.rcode1 3;'), messages: [discover(1, { 55: '5101' }), discover(2, { 55: '-' }), discover(3, { 81: `010000${text('pc.d.test')}`, 55: '01' })] },
  {
    id: 'spaces: parse-vendor-option reads option 43 of the request',
    config: site(
      `vendor-option-space acme; parse-vendor-option;
       option root-path = concat("[", option acme.text, "]"); if exists acme.number { option nis-domain "has a number"; }`,
      'option space acme; option acme.text code 1 = text; option acme.number code 2 = unsigned integer 16;',
    ),
    messages: [
      discover(1, { 43: '0103616263', 55: '1128' }), discover(2, { 43: '0202000701026162', 55: '1128' }), discover(3, { 55: '1128' }),
      ...lease(4, { 43: '0103616263', 55: '1128' }),
    ],
  },
];
