// A UDP socket that nobody reads: what a flood costs the machine before any server has looked at it. Words: address, port.

import { openUdp } from '../../src/shell/boot/udp-port.ts';
import { parseIpv4, type Ipv4 } from '../../src/std/ipv4.ts';

const [address = '', port = ''] = process.argv.slice(2);
openUdp(parseIpv4(address) as Ipv4, Number(port));
console.log('ready');
setInterval(() => {}, 60_000);
