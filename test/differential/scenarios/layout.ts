// The order of options, what does not fit, and the names in the fixed fields.

import { bootp, differing, discover, inform, lease, text, u32, via, relayAddress, type Message, type Scenario } from '../exchanges/messages.ts';
import { site } from './configs.ts';

const long = (code: number, length: number): string => `option unknown-${code} "${String.fromCharCode(97 + (code % 26)).repeat(length)}";`;
const sized = (sizes: readonly number[]): string => sizes.map((size, index) => long(224 + index, size)).join(' ');
const codes = (count: number): string => Array.from({ length: count }, (_, index) => (224 + index).toString(16)).join('');
const sizesAsked = (count: number): Message[] =>
  [undefined, '0000', '0063', '0240', '0241', '02bc', '03e8', '05dc', '2328', 'ffff'].map((size, index) => discover(index + 1, { 55: `01${codes(count)}`, ...(size === undefined ? {} : { 57: size }) }));
const agent = `0132${'43'.repeat(50)}`;

export const layout: readonly Scenario[] = [
  {
    id: 'layout: the client’s order',
    config: site('option routers 192.168.50.1; option domain-name-servers 192.168.50.2; option domain-name "d"; option ntp-servers 192.168.50.3; option host-name "h"; option dhcp-message "m"; option vendor-class-identifier "v"; option nis-domain "n"; option log-servers 192.168.50.9; option tftp-server-name "t"; option bootfile-name "b"; option unknown-224 "x"; option user-class "u"; option pxe-system-type 0;'),
    messages: [
      ...['010306', '060301', '03', '3301', '36350f', '0f0f060f', '03010603', '2a0f06010c', 'e03c424d5d01', '3c', '52030f', '3d0f', 'ff00010f', '010303010303', '330f3a3b36'].map((list, index) => discover(index + 1, { 55: list })), ...lease(20, { 55: '060301' }), inform(21, '192.168.50.200', { 55: '0603' }), inform(21, '192.168.50.200', { 55: '' }), discover(22, { 55: '' }), discover(22, { 55: '-' }), inform(22, '192.168.50.200', { 55: '-' }),
      { ...discover(23), options: [[55, '0f'], [55, '06'], [12, text('two lists')]] },
    ],
  },
  { id: 'layout: options that fit in three areas', config: site(sized([100, 100, 100, 50])), messages: [...sizesAsked(4), ...lease(20, { 55: `01${codes(4)}` }), via(relayAddress, discover(21, { 55: codes(4) }), agent), inform(22, '192.168.50.200', { 55: codes(2) }), differing(inform(22, '192.168.50.200', { 55: codes(4) }), 'inform-overload', { options: [], fileOptions: [], end: 'END, zeroes, as needed' }, { options: ['52:01'], fileOptions: [`226:${'73'.repeat(100)}`], end: 'END, zeroes, as needed; file: END, zeroes' })] },
  { id: 'layout: options where file is taken', config: site(`filename "taken"; ${sized([100, 100, 100, 50])}`), messages: [...sizesAsked(4), via(relayAddress, discover(21, { 55: codes(4) }), agent)] },
  { id: 'layout: options where both are taken', config: site(`filename "taken"; server-name "taken"; ${sized([100, 100, 100, 50])}`), messages: [...sizesAsked(4), ...lease(21, { 55: codes(4) })] },
  { id: 'layout: options that must be split', config: site(sized([300, 200])), messages: [...sizesAsked(2)] },
  { id: 'layout: more than fits anywhere', config: site(sized([150, 150, 150, 150, 60])), messages: [...sizesAsked(5)] },
  { id: 'layout: a configured size', config: site(`option dhcp-max-message-size 800; ${sized([100, 100, 100, 50, 200])}`), messages: [...sizesAsked(5), bootp(20)] },
  { id: 'layout: a configured size that is too small, and one that is too big', config: site(`class "small" { match if option host-name = "small"; option dhcp-max-message-size 100; } class "big" { match if option host-name = "big"; option dhcp-max-message-size 9000; } ${sized([100, 100, 100, 50, 200, 255, 255])}`), messages: ['small', 'big', 'none'].flatMap((name, index) => [discover(index + 1, { 12: text(name), 55: codes(7) }), discover(index + 1, { 12: text(name), 55: codes(7), 57: '03e8' }), inform(index + 1, '192.168.50.200', { 12: text(name), 55: codes(2) })]) },
  {
    id: 'layout: names in their fields',
    config: site(
      `next-server 192.168.50.70;
       class "long" { match if option host-name = "long"; filename "${'f'.repeat(128)}"; server-name "${'s'.repeat(64)}"; }
       class "longer" { match if option host-name = "longer"; filename "${'f'.repeat(140)}"; server-name "${'s'.repeat(70)}"; }
       class "empty" { match if option host-name = "empty"; filename ""; server-name ""; }
       class "computed" { match if option host-name = "computed"; filename = concat("boot/", option host-name); server-name = null; next-server = 0a:01:02:03; }
       class "nul" { match if option host-name = "nul"; filename "a\\000b"; }`,
    ),
    messages: ['long', 'longer', 'empty', 'computed', 'nul', 'none'].flatMap((name, index) => [...lease(index + 1, { 12: text(name), 51: u32(600) }), inform(index + 1, '192.168.50.200', { 12: text(name) })]),
  },
];
