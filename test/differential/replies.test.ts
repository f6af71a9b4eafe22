// The same configuration and the same packets to ISC dhcpd and to Leasehold: what comes back is equal, but for the differences
// that docs/differences.md lists (T1, T2 and the identifier are always sent).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CraftedMessage, CraftedReply } from '../e2e/support/crafted.ts';
import { openLab, skipWithout, type Lab } from '../e2e/support/lab.ts';
import type { ServerKind } from '../e2e/support/dhcp-servers.ts';

const skip = skipWithout('dhcpd');

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

const text = (value: string): string => Buffer.from(value, 'latin1').toString('hex');
const mac = (last: number): string => `02:00:00:00:00:${last.toString(16).padStart(2, '0')}`;
const everything = '0103060c0f11282b42432b5d79d0af';
const discover = (last: number, options: Record<number, string> = {}): CraftedMessage => ({ type: 1, mac: mac(last), options: { 55: everything, ...options } });
const request = (last: number, options: Record<number, string> = {}): CraftedMessage =>
  ({ type: 3, mac: mac(last), options: { 50: '$yiaddr', 54: '$server', 55: everything, ...options } });

const messages: readonly CraftedMessage[] = [
  discover(1), request(1),
  discover(2), request(2),
  discover(3), request(3),
  discover(4), request(4),
  discover(4, { 55: '06030f' }),
  discover(5, { 60: text('PXEClient:Arch:00007'), 93: '0007' }), request(5, { 60: text('PXEClient:Arch:00007'), 93: '0007' }),
  discover(6, { 60: text('PXEClient:Arch:00000'), 93: '0000' }),
  discover(7, { 60: text('PXEClient') }),
  discover(8, { 60: text('acme') }), request(8, { 60: text('acme') }),
  discover(9, { 60: text('acme!') }),
  discover(10, { 77: text('iPXE'), 12: text('pc-10') }), request(10, { 77: text('iPXE'), 12: text('pc-10') }),
  discover(11, { 61: '010203' }), request(11, { 61: '010203' }),
  discover(12, { 51: '00000001' }), discover(13, { 51: 'ffffffff' }), discover(14, { 51: '00000258' }),
  { type: 1, mac: mac(15), options: {} },
  { type: 1, mac: mac(16), options: { 55: everything, 57: '0100' } },
  { type: 3, mac: mac(17), options: { 50: 'c0a832fa', 55: '01' } },
  { type: 3, mac: mac(17), options: { 50: '0a090909', 55: '01' } },
  { type: 3, mac: mac(1), options: { 50: 'c0a83264', 55: '01' } },
  discover(18, { 12: text('nul') + '00' }),
];

const relay = '192.168.50.250';
const relayed = (message: CraftedMessage, agent = '0102414202035a5a5a'): CraftedMessage => ({
  ...message, giaddr: relay, options: { ...message.options, ...(agent === '' ? {} : { 82: agent }) },
});
const elsewhere = (message: CraftedMessage, giaddr: string): CraftedMessage => ({ ...message, giaddr });
const relayMessages: readonly CraftedMessage[] = [
  relayed(discover(21)), relayed(request(21)), relayed(discover(22), ''),
  relayed(discover(23), '0504c0a83300'), relayed(discover(24), '05040a000000'), relayed(discover(25), '0503c0a833'),
  relayed({ type: 3, mac: mac(26), options: { 50: '0a090909', 55: '01' } }),
  relayed({ type: 3, mac: mac(26), options: { 50: 'c0a83264', 55: '01' } }),
  elsewhere(discover(27), '10.0.0.1'),
  { type: 8, mac: mac(28), ciaddr: relay, options: { 55: everything } },
  { type: 8, mac: mac(28), ciaddr: relay, options: {} },
  { type: 8, mac: mac(28), ciaddr: relay, options: { 55: everything, 60: text('PXEClient') } },
  relayed({ type: 7, mac: mac(21), ciaddr: '192.168.50.200' }),
  relayed({ type: 7, mac: mac(29), ciaddr: '192.168.50.201' }),
  relayed(discover(21, { 118: 'c0a83300' })),
  // dhcpd does not return option 82 to the BOOTP client of a host declaration; Leasehold does (RFC 3046 §2.2).
  relayed({ type: 0, mac: mac(1) }, ''), relayed({ type: 0, mac: mac(30) }),
];

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
const port = (number: number): string => `01023${number}3${number}`;
const limitMessages: readonly CraftedMessage[] = [
  relayed(discover(31), port(1)), relayed(request(31), port(1)), relayed(discover(32), port(1)),
  relayed(discover(33), port(2)), relayed(request(33), port(2)),
  discover(34, { 77: text('x') }), discover(35, { 77: text('boom') }),
  discover(36, { 60: text('ab3'), 12: text('one') }), discover(36, { 60: text('ab3'), 12: text('two') }), discover(36, { 60: text('abc'), 12: text('other') }),
  discover(0x50), relayed(discover(37), '020372656d'), relayed({ type: 3, mac: mac(37), options: { 50: 'c0a8323c', 55: everything } }, '020372656d'),
  relayed({ type: 3, mac: mac(38), options: { 50: 'c0a83264', 55: '01' } }, ''),
  relayed({ type: 3, mac: mac(38), options: { 50: 'c0a8327b', 55: '01' } }, ''),
  relayed({ type: 3, mac: mac(31), ciaddr: '192.168.50.100', options: { 55: everything } }, port(1)),
];

/** What Leasehold sends beyond dhcpd, taken off on both sides. */
const sentByUsAlone = [58, 59, 61];

function comparable(message: CraftedMessage | undefined, reply: CraftedReply | undefined): unknown {
  if (reply === undefined) return 'nothing';
  const { type, yiaddr, siaddr, file, options, optionOrder, ethernetDestination, ipDestination } = reply;
  // A renewal is told the seconds that are left: the two runs differ by one now and then.
  const isLeft = message?.type === 3 && message.ciaddr !== undefined;
  const kept = optionOrder.filter((code) => !sentByUsAlone.includes(code) && !(isLeft && code === 51));
  return { type, yiaddr: type === 6 ? '' : yiaddr, siaddr, file, ethernetDestination, ipDestination, options: kept.map((code) => `${code} ${type === 6 && code === 56 ? '' : options[code]}`) };
}

interface Heard {
  readonly replies: readonly (CraftedReply | undefined)[];
  /** Packet lines, without what stands before them. */
  readonly lines: readonly string[];
}
async function answers(lab: Lab, kind: ServerKind, conf: string, sent: readonly CraftedMessage[]): Promise<Heard> {
  const segment = lab.segment(kind);
  const host = lab.host(`${kind}-server`, { cidr: '192.168.50.80/24', on: segment });
  const server = await lab.server({ kind, host, config: conf, interfaceNames: ['eth0'] }).start();
  const client = lab.host(`${kind}-client`, { cidr: `${relay}/24`, mac: mac(170), on: segment });
  const replies = await lab.craft(client, sent, 400);
  const lines = server.log.split('\n').flatMap((line) => /(?:DHCP(?:DISCOVER|OFFER|REQUEST|ACK|NAK|RELEASE|INFORM)|BOOTRE(?:QUEST|PLY)) .*/.exec(line)?.[0] ?? []);
  return { replies, lines };
}

for (const [id, conf, sent] of [
  ['on the link', config, messages],
  ['through a relay', config, relayMessages],
  ['with limits and conditions', limits, limitMessages],
] as const)
  test(`the same packets ${id} get the same answers from dhcpd and from Leasehold`, { skip }, async (t) => {
    const lab = await openLab(t);
    const theirs = await answers(lab, 'dhcpd', conf, sent);
    const ours = await answers(lab, 'leasehold', conf, sent);
    assert.deepEqual(
      ours.replies.map((reply, index) => [index, sent[index], comparable(sent[index], reply)]),
      theirs.replies.map((reply, index) => [index, sent[index], comparable(sent[index], reply)]),
    );
    // dhcpd keeps the name of an offer in memory and prints it with the next DISCOVER.
    const plain = (line: string): string => line.replace(/^(DHCPDISCOVER from \S+) \(.*?\) via/, '$1 via');
    // Standard error of both streams in pieces: a line may be glued to what dhcpd prints of itself.
    assert.deepEqual(ours.lines.map(plain), theirs.lines.map((line) => plain(line).replace(/(?<=via (?:eth0|192\.168\.50\.250))(?![:\s]).*$/, '')));
  });
