// Packets no ordinary client sends (server reference §19).

import { discover, lease, text, type Message, type Scenario } from '../exchanges/messages.ts';
import { site } from './configs.ts';

const raw = (fields: Omit<Message, 'type'>, options: readonly (readonly [number, string])[] = []): Message => ({ client: 1, ...fields, options: [[53, '01'], ...options] });

export const oddities: readonly Scenario[] = [
  {
    id: 'oddities: sizes, ends and areas',
    config: site('option domain-name "d";'),
    messages: [
      raw({ tail: '', sizeMin: 0 }), raw({ sizeMin: 0 }), raw({ cut: 243 }), raw({ cut: 242 }), raw({ cut: 241 }), raw({ cut: 240 }), raw({ cut: 239 }), raw({ tail: 'ff0c0541424344450c', sizeMin: 0 }), raw({ sizeMin: 1400 }), raw({ tail: '0000000c0161ff' }), raw({ tail: '0cff' }), raw({ tail: '0c', sizeMin: 0 }),
      raw({ file: '0c0361626337020f01ff' }, [[52, '01']]), raw({ sname: '37010fff' }, [[52, '02']]), raw({ file: '370101', sname: '370106' }, [[52, '03']]), raw({ sname: '0cff61' }, [[52, '03']]), raw({}, [[52, '04']]), raw({}, [[52, '']]), { client: 9, file: '350101ff', options: [[52, '01']] }, raw({}, Array.from({ length: 5 }, (_, index) => [200 + index, '55'.repeat(200)] as const)),
    ],
  },
  {
    id: 'oddities: addresses of hardware',
    config: site(''),
    messages: [
      discover(1, { 61: 'aa' }, { hlen: 0, chaddr: '' }), discover(1, {}, { chaddr: '000102030405060708090a0b0c0d0e0f', htype: 32 }), discover(1, {}, { hlen: 17 }), discover(1, {}, { hlen: 255 }), discover(1, { 61: 'bb' }, { chaddr: '000000000000' }), discover(1, {}, { htype: 6 }), discover(1, {}, { htype: 0, hasOwnLines: true }), discover(1, {}, { chaddr: '02000000' }), ...lease(2, {}, { chaddr: '0200000000010203', htype: 27 }), discover(3, { 61: '61' }), discover(3, { 61: `00${'61'.repeat(254)}` }),
      { client: 4, type: 1, options: [[61, '01'], [61, '0203'], [55, '01']] }, discover(5, { 61: '' }),
    ],
  },
  {
    id: 'oddities: values that are wrong',
    config: site('option domain-name "d";'),
    messages: [
      discover(1, { 50: '' }), discover(2, { 50: '00000000' }), discover(3, { 50: 'ffffffff' }), discover(4, { 50: 'c0a83250' }), discover(5, { 51: '' }), discover(6, { 12: '' }), discover(7, { 12: 'ff'.repeat(255) }), discover(8, { 12: text('a"b\\c\n%s') }), discover(9, { 57: '0000' }), discover(10, { 55: '00ff01' }), discover(11, { 82: '' }), discover(12, { 81: '' }), discover(13, { 81: '00' }), discover(14, { 81: `0400${'00'}40${'61'.repeat(64)}` }),
      { client: 15, type: 2, options: [] }, { client: 15, type: 5, options: [] }, { client: 15, type: 6, options: [] }, { client: 15, type: 9, options: [] }, { client: 15, type: 13, options: [] }, { client: 15, type: 14, options: [] }, { client: 15, type: 200, options: [] }, discover(16, {}, { giaddr: '127.0.0.1', hasOwnLines: true }), discover(16, {}, { giaddr: '255.255.255.255', hasOwnLines: true }), discover(17, {}, { flags: 0xffff }), discover(18, {}, { secs: 0xffff, hops: 255 }), discover(19, {}, { sourcePort: 12345 }), discover(20, {}, { yiaddr: 0x01020304, siaddr: 0x05060708, sname: text('client'), file: text('wish') }),
    ],
  },
];
