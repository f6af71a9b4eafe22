// `leasehold explain` on whole configurations: the path of a decision, its lines, and the reason of a silence.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { err, ok, type Result } from '../../std/result.ts';
import { fromLatin1, latin1, toHex } from '../../std/bytes.ts';
import { parseIpv4, type Ipv4 } from '../../std/ipv4.ts';
import type { MonoMillis, UnixSeconds } from '../../std/time.ts';
import { pcapOf } from '../../wire/capture-testing.ts';
import { buildMessage } from '../../wire/client-testing.ts';
import { buildUdpFrame, udpFrameOverhead } from '../../wire/frames.ts';
import { subjectOf } from './explain-command.ts';
import { runExplain, type ExplainArgs } from './explain.ts';
import type { Described } from './question.ts';

const conf = `authoritative;
ping-check false;
option domain-name "site.test";
class "pxe" { match if substring(option vendor-class-identifier, 0, 9) = "PXEClient"; filename "pxelinux.0"; }
failover peer "ha" { primary; address 10.0.0.1; peer address 10.0.0.2; max-response-delay 60; max-unacked-updates 10; mclt 600; split 128; load balance max seconds 3; }
subnet 10.0.0.0 netmask 255.255.255.0 {
  option routers 10.0.0.254;
  pool { failover peer "ha"; deny unknown-clients; range 10.0.0.100 10.0.0.109; }
}
subnet 10.0.1.0 netmask 255.255.255.0 { range 10.0.1.50 10.0.1.59; }
host master { hardware ethernet 52:54:00:00:00:01; fixed-address 10.0.0.9; option domain-name "master.test"; }
`;
const address = (text: string): Ipv4 => parseIpv4(text) ?? (0 as Ipv4);

type More = Partial<Omit<ExplainArgs, 'subject'> & Described>;

function explain(who: string, more: More = {}, leases = '', text = conf, settings?: string): { status: number; text: string } {
  const { config = 'dhcpd.conf', leaseholdConf = 'leasehold.conf', json = false, hex = false, leases: file, ...described } = more;
  const subject: Described = { who, message: 'discover', client: {}, ...described };
  return run({ subject, config, leaseholdConf, json, hex, ...(file === undefined ? {} : { leases: file }) }, { 'dhcpd.conf': latin1(text), 'dhcpd.leases': latin1(leases), ...(settings === undefined ? {} : { 'leasehold.conf': latin1(settings) }) });
}

function run(args: ExplainArgs, files: Readonly<Record<string, Uint8Array>>): { status: number; text: string } {
  const lines: string[] = [];
  const readBytes = (path: string): Result<Uint8Array, string> => {
    const file = files[path];
    return file === undefined ? err('No such file or directory') : ok(file);
  };
  const status = runExplain(args, {
    out: (line) => lines.push(line),
    err: (line) => lines.push(line),
    readText: (path) => {
      const file = files[path];
      return file === undefined ? err({ problem: 'No such file or directory' }) : ok(fromLatin1(file));
    },
    readBytes,
    now: { mono: 1 as MonoMillis, wall: 1_800_000_000 as UnixSeconds },
  });
  return { status, text: lines.join('\n') };
}

test('a host: its network is found, every option names its line, and every state of the pair answers', () => {
  const { status, text } = explain('52:54:00:00:00:01', { client: { vendorClass: 'PXEClient:Arch:00000' } });
  assert.equal(status, 0);
  assert.match(text, /^ {2}host {6}master, fixed-address 10\.0\.0\.9 {2}\(dhcpd\.conf:11\)$/m);
  assert.match(text, /^ {2}class {5}pxe: member {2}\(dhcpd\.conf:4\)$/m);
  assert.match(text, /^ {2}option {4}domain-name by host master, instead of file level {2}\(dhcpd\.conf:11, before it dhcpd\.conf:3\)$/m);
  assert.match(text, /^DHCPOFFER of 10\.0\.0\.9$/m);
  assert.match(text, /^ {2}file "pxelinux\.0" {2}\(dhcpd\.conf:4\)$/m);
  assert.match(text, /^ {2}option 3 routers 10\.0\.0\.254 {2}\(dhcpd\.conf:7\)$/m);
  assert.match(text, /^ {2}option 15 domain-name "master\.test" {2}\(dhcpd\.conf:11, before it dhcpd\.conf:3\)$/m);
  assert.match(text, /^ {2}option 53 dhcp-message-type 2$/m);
  for (const state of ['normal', 'communications-interrupted', 'partner-down', 'any other \\(recover, paused, …\\)'])
    assert.match(text, new RegExp(`^ {2}${state} +DHCPOFFER of 10\\.0\\.0\\.9$`, 'm'));
});

test('network boot: what leasehold.conf overrides and adds is said', () => {
  const settings = 'boot { next-server self; profile "web" { match host "master"; kernel "k"; } }';
  const own = explain('52:54:00:00:00:01', { client: { vendorClass: 'HTTPClient:Arch:00016', architecture: 16 } }, '', conf, settings).text;
  assert.match(own, /^ {2}boot {6}server 10\.0\.0\.1: next-server self, of leasehold\.conf, comes before dhcpd\.conf$/m);
  assert.match(own, /^ {2}boot {6}first file http:\/\/10\.0\.0\.1:8080\/snponly\.efi: by its boot profile, dhcpd\.conf gives none$/m);
  assert.match(own, /^ {2}siaddr \(next-server\) 10\.0\.0\.1$/m);
  const named = explain('52:54:00:00:00:01', { client: { vendorClass: 'PXEClient:Arch:00000' } }, '', conf, settings).text;
  assert.match(named, /^ {2}file "pxelinux\.0" {2}\(dhcpd\.conf:4\)$/m);
  assert.doesNotMatch(named, /first file/);
});

test('a stranger: no answer, and why', () => {
  const { status, text } = explain('52:54:00:00:00:99', { on: address('10.0.0.1') });
  assert.equal(status, 1);
  assert.match(text, /^no answer: unknown client$/m);
});

test('where the client is must be known: by relay, by --on, or because there is one subnet', () => {
  const lost = explain('52:54:00:00:00:99');
  assert.equal(lost.status, 2);
  assert.match(lost.text, /^on which of 2 subnets is the client\? Say --on ADDRESS/);
  const relayed = explain('52:54:00:00:00:99', { relay: address('10.0.1.1') });
  assert.equal(relayed.status, 0);
  assert.match(relayed.text, /^DHCPOFFER of 10\.0\.1\.5\d$/m);
  assert.equal(explain('52:54:00:00:00:99', { relay: address('10.9.9.1') }).status, 2);
});

test('an IP address stands for whoever has it, by declaration or by lease', () => {
  assert.match(explain('10.0.0.9').text, /^A DHCPDISCOVER of 52:54:00:00:00:01,/);
  const lease = `lease 10.0.1.50 {
  starts 5 2027/01/15 07:00:00;
  ends 5 2027/01/15 09:00:00;
  binding state active;
  hardware ethernet 02:00:00:00:00:07;
}
`;
  const held = explain('10.0.1.50', { leases: 'dhcpd.leases', on: address('10.0.1.1') }, lease);
  assert.match(held.text, /^A DHCPDISCOVER of 02:00:00:00:00:07,/);
  assert.match(held.text, /^DHCPOFFER of 10\.0\.1\.50$/m);
  assert.equal(explain('10.0.1.51', { on: address('10.0.1.1') }).status, 2);
});

test('for machines: notes with file and line, the reply as hex', () => {
  const { text } = explain('52:54:00:00:00:01', { json: true });
  const answer = JSON.parse(text) as { outcome: string; notes: { topic: string; line?: number }[]; reply: { hex: string } };
  assert.equal(answer.outcome, 'DHCPOFFER of 10.0.0.9');
  assert.equal(answer.notes.find(({ topic }) => topic === 'host')?.line, 11);
  assert.match(answer.reply.hex, /^02010600/);
});

test('what is no client is refused with what would be one', () => {
  assert.match(explain('nonsense').text, /no MAC address, no id:HEX and no IP address/);
  assert.match(explain('id:zz').text, /hex digits/);
});

const leaseOf7 = `lease 10.0.1.50 {
  starts 5 2027/01/15 07:00:00;
  ends 5 2027/01/15 09:00:00;
  cltt 5 2027/01/15 07:00:00;
  binding state active;
  hardware ethernet 02:00:00:00:00:07;
}
`;
const on1 = { on: address('10.0.1.1') };
const relayed = { relay: address('10.0.1.254') };

/** Every message a client can send, with what becomes of it: on the subnet without failover, with a lease of client 7 on file. */
const messages: readonly { id: string; who: string; more: More; outcome: string; status: number }[] = [
  { id: 'discover, which gets its lease back', who: '02:00:00:00:00:07', more: { message: 'discover', ...on1 }, outcome: 'DHCPOFFER of 10.0.1.50', status: 0 },
  { id: 'selecting what was offered', who: '02:00:00:00:00:07', more: { message: 'request-selecting', ...on1 }, outcome: 'DHCPACK of 10.0.1.50', status: 0 },
  { id: 'selecting another server', who: '02:00:00:00:00:07', more: { message: 'request-selecting', serverId: address('10.0.1.2'), ...on1 }, outcome: 'no answer: not our server id', status: 1 },
  { id: 'init-reboot with a lease', who: '02:00:00:00:00:07', more: { message: 'init-reboot', ...on1 }, outcome: 'DHCPACK of 10.0.1.50', status: 0 },
  { id: 'init-reboot with somebody’s lease', who: '02:00:00:00:00:08', more: { message: 'init-reboot', request: address('10.0.1.50'), ...on1 }, outcome: 'DHCPNAK: requested address not available', status: 1 },
  { id: 'init-reboot on the wrong network', who: '02:00:00:00:00:07', more: { message: 'init-reboot', request: address('10.77.0.9'), ...on1 }, outcome: 'DHCPNAK: requested address on bad subnet', status: 1 },
  { id: 'renew', who: '10.0.1.50', more: { message: 'renew' }, outcome: 'DHCPACK of 10.0.1.50', status: 0 },
  { id: 'renew, from behind a relay, directly', who: '10.0.1.50', more: { message: 'renew', ...relayed }, outcome: 'DHCPACK of 10.0.1.50', status: 0 },
  { id: 'rebind', who: '10.0.1.50', more: { message: 'rebind' }, outcome: 'DHCPACK of 10.0.1.50', status: 0 },
  { id: 'rebind through a relay whose address is the subnet’s last', who: '10.0.1.50', more: { message: 'rebind', ...relayed }, outcome: 'DHCPACK of 10.0.1.50', status: 0 },
  { id: 'inform', who: '02:00:00:00:00:09', more: { message: 'inform', request: address('10.0.1.20') }, outcome: 'DHCPACK: options for 10.0.1.20, no lease', status: 0 },
  { id: 'inform of a host', who: '10.0.0.9', more: { message: 'inform' }, outcome: 'DHCPACK: options for 10.0.0.9, no lease', status: 0 },
  { id: 'decline by the holder', who: '10.0.1.50', more: { message: 'decline' }, outcome: 'no answer, as to any DHCPDECLINE: abandoned', status: 0 },
  { id: 'decline by a stranger', who: '02:00:00:00:00:08', more: { message: 'decline', request: address('10.0.1.50') }, outcome: 'no answer: not leased to this client', status: 1 },
  { id: 'release by the holder', who: '10.0.1.50', more: { message: 'release' }, outcome: 'no answer, as to any DHCPRELEASE: found', status: 0 },
  { id: 'release by a stranger', who: '02:00:00:00:00:08', more: { message: 'release', request: address('10.0.1.50') }, outcome: 'no answer: not found', status: 1 },
  { id: 'leasequery that is not allowed', who: '10.0.1.50', more: { message: 'leasequery', ...relayed }, outcome: 'no answer: DHCPLEASEQUERY from 10.0.1.254: LEASEQUERY not allowed, query ignored', status: 1 },
];
for (const { id, who, more, outcome, status } of messages)
  test(`each message: ${id}`, () => {
    const told = explain(who, { leases: 'dhcpd.leases', ...more }, leaseOf7);
    assert.ok(told.text.split('\n').includes(outcome), told.text);
    assert.equal(told.status, status);
  });

test('a leasequery that is allowed: by address, by hardware, of nobody', () => {
  const ask = (who: string): string =>
    explain(who, { message: 'leasequery', leases: 'dhcpd.leases', ...relayed }, leaseOf7, `allow leasequery;\n${conf}`).text;
  assert.match(ask('10.0.1.50'), /^A DHCPLEASEQUERY for 10\.0\.1\.50, through relay 10\.0\.1\.254, on subnet 10\.0\.1\.0/);
  assert.match(ask('10.0.1.50'), /^DHCPLEASEACTIVE 10\.0\.1\.50$/m);
  assert.match(ask('02:00:00:00:00:07'), /^DHCPLEASEACTIVE 10\.0\.1\.50$/m);
  assert.match(ask('10.0.1.51'), /^DHCPLEASEUNASSIGNED 10\.0\.1\.51$/m);
  assert.match(ask('02:00:00:00:00:66'), /^DHCPLEASEUNKNOWN$/m);
  assert.equal(explain('10.0.1.50', { message: 'leasequery' }).status, 2);
});

test('what a message changes reaches no other state of the pair: each begins with the leases of the file', () => {
  const inPair = leaseOf7.replaceAll('10.0.1.50', '10.0.0.100').replace('02:00:00:00:00:07', '52:54:00:00:00:07');
  const open = conf.replace('deny unknown-clients; ', '');
  const told = explain('10.0.0.100', { message: 'release', leases: 'dhcpd.leases' }, inPair, open).text;
  for (const state of ['normal', 'communications-interrupted', 'partner-down'])
    assert.match(told, new RegExp(`^ {2}${state} +no answer, as to any DHCPRELEASE: found$`, 'm'));
  assert.match(told, /^ {2}any other \(recover, paused, …\) +no answer: ha: ignored \(not serving\)$/m);
});

test('an offer of the partner counts as ours only while the partner cannot answer', () => {
  const open = conf.replace('deny unknown-clients; ', '');
  const told = explain('52:54:00:00:00:07', { message: 'request-selecting', on: address('10.0.0.1'), request: address('10.0.0.100'), serverId: address('10.0.0.2') }, '', open).text;
  assert.match(told, /^ {2}normal +no answer: not our server id$/m);
  assert.match(told, /^ {2}communications-interrupted +DHCPACK of 10\.0\.0\.100$/m);
});

test('a message about an address needs one, and says how to name it', () => {
  const { status, text } = explain('52:54:00:00:00:99', { message: 'renew', on: address('10.0.0.1') });
  assert.equal(status, 2);
  assert.match(text, /Say --request ADDRESS \(a DHCPDISCOVER of this client gets no answer: unknown client\)$/);
});

/** A captured client on the wire of the second subnet, which asks for a lease there. */
const captured = buildMessage({ type: 3, xid: 1, chaddr: Uint8Array.of(2, 0, 0, 0, 0, 7), requested: address('10.0.1.50'), serverId: address('10.0.1.1') });
const frameOf = (message: Uint8Array, source: Ipv4, port: number, destination: Ipv4): Uint8Array => {
  const bytes = new Uint8Array(udpFrameOverhead + message.length);
  bytes.set(message, udpFrameOverhead);
  buildUdpFrame(bytes, new DataView(bytes.buffer), message.length, new Uint8Array(6), new Uint8Array(6), source, port, destination, 67);
  return bytes;
};
function explainPacket(packet: string, file: Uint8Array = new Uint8Array(0), more: { json?: boolean; number?: number; on?: Ipv4 } = {}): { status: number; text: string } {
  const { json = false, ...where } = more;
  return run(
    { subject: { packet, ...where }, config: 'dhcpd.conf', leaseholdConf: 'leasehold.conf', json, hex: false, leases: 'dhcpd.leases' },
    { 'dhcpd.conf': latin1(conf), 'dhcpd.leases': latin1(leaseOf7), 'a.pcap': file },
  );
}

test('a packet from a capture: where it was heard and who sent it come from the packet', () => {
  const { status, text } = explainPacket('a.pcap', pcapOf([frameOf(captured, 0 as Ipv4, 68, 0xffffffff as Ipv4)]));
  assert.equal(status, 0, text);
  assert.match(text, /^Packet 1 of a\.pcap: a DHCPREQUEST of 02:00:00:00:00:07, on subnet 10\.0\.1\.0 netmask 255\.255\.255\.0$/m);
  assert.match(text, /^DHCPACK of 10\.0\.1\.50$/m);
  assert.match(text, /^ {2}option 54 dhcp-server-identifier 10\.0\.1\.1$/m);
});

test('a packet as hex, and our address as the client calls it, or as it is told', () => {
  const hex = toHex(captured, ':');
  assert.match(explainPacket(hex).text, /^The packet: a DHCPREQUEST of .*\n[^]*^DHCPACK of 10\.0\.1\.50$/m);
  assert.match(explainPacket(hex, undefined, { on: address('10.0.1.9') }).text, /^no answer: not our server id$/m);
  const json = JSON.parse(explainPacket(hex, undefined, { json: true }).text) as { client: { hardware: string }; outcome: string };
  assert.deepEqual([json.client.hardware, json.outcome], ['02:00:00:00:00:07', 'DHCPACK of 10.0.1.50']);
});

test('a relayed packet is on the network of its relay, and was sent to us', () => {
  const message = buildMessage({ type: 1, xid: 1, chaddr: Uint8Array.of(2, 0, 0, 0, 0, 9), giaddr: address('10.0.1.254') });
  const { text } = explainPacket('a.pcap', pcapOf([frameOf(message, address('10.0.1.254'), 67, address('10.0.0.5'))]));
  assert.match(text, /^Packet 1 of a\.pcap: a DHCPDISCOVER of 02:00:00:00:00:09, through relay 10\.0\.1\.254$/m);
  assert.match(text, /^DHCPOFFER of 10\.0\.1\.5\d$/m);
  const strange = buildMessage({ type: 1, xid: 1, chaddr: Uint8Array.of(2, 0, 0, 0, 0, 9), giaddr: address('10.9.9.9') });
  assert.match(explainPacket(toHex(strange)).text, /^ {2}network {3}none$/m);
});

test('a BOOTP client, and a message that the server would drop unread', () => {
  const bootp = buildMessage({ type: 0, xid: 1, chaddr: Uint8Array.of(0x52, 0x54, 0, 0, 0, 1) });
  assert.match(explainPacket(toHex(bootp)).text, /^BOOTREPLY of 10\.0\.0\.9$/m);
  const broken = Uint8Array.from(captured);
  broken[2] = 17;
  const { status, text } = explainPacket(toHex(broken));
  assert.equal(status, 1);
  assert.match(text, /^The packet: a malformed message of .*\n[^]*^no answer: the packet is dropped: hlen$/m);
});

test('a client or a packet, not both and not none', () => {
  const subject = (flags: Parameters<typeof subjectOf>[0], who?: string): string => {
    const found = subjectOf(flags, who);
    return found.ok ? JSON.stringify(found.value) : found.error;
  };
  assert.match(subject({}), /^whose answer\? Say a MAC address/);
  assert.equal(subject({ packet: 'a', vendorClass: 'x', serverId: 1 as Ipv4 }, '02::1'), 'the packet tells who its client is and what it says: leave out 02::1, --vendor-class, --server-id');
  assert.match(subject({ packetNumber: 2 }, 'x'), /^--packet-number chooses from the capture/);
  assert.equal(subject({ packet: 'a', packetNumber: 2, on: 1 as Ipv4 }), '{"packet":"a","number":2,"on":1}');
});

test('each option names its line and the earlier one: replaced, added to, or a default that gave way', () => {
  const layered = `option domain-name "a.test";
option ntp-servers 10.0.1.3;
subnet 10.0.1.0 netmask 255.255.255.0 {
  default domain-name "b.test";
  append ntp-servers 10.0.1.4;
  option time-offset 1;
  range 10.0.1.50 10.0.1.59;
}
host h { hardware ethernet 02:00:00:00:00:07; option time-offset 2; next-server 10.0.1.8; on commit { option nis-domain "never"; } }
`;
  const ask = { message: 'request-selecting', request: address('10.0.1.50') } as const;
  const { text } = explain('02:00:00:00:00:07', ask, '', layered);
  for (const line of [
    'option    domain-name by subnet 10.0.1.0/24: a default, and file level has set it  (dhcpd.conf:4, before it dhcpd.conf:1)',
    'option    ntp-servers by subnet 10.0.1.0/24, added to file level  (dhcpd.conf:5, before it dhcpd.conf:2)',
    'option    time-offset by host h, instead of subnet 10.0.1.0/24  (dhcpd.conf:9, before it dhcpd.conf:6)',
    'siaddr (next-server) 10.0.1.8  (dhcpd.conf:9)',
    'option 15 domain-name "a.test"  (dhcpd.conf:1)',
    'option 42 ntp-servers 10.0.1.3, 10.0.1.4  (dhcpd.conf:5, before it dhcpd.conf:2)',
  ])
    assert.equal(text.split('\n').filter((told) => told === `  ${line}`).length, 1, `${line}\n\n${text}`);
  assert.doesNotMatch(text, /nis-domain/);
  const { notes, reply } = JSON.parse(explain('02:00:00:00:00:07', { ...ask, json: true }, '', layered).text) as {
    notes: { text: string; earlier?: { scope: string; line: number } }[];
    reply: { lines: string[]; origins: ({ line: number } | null)[] };
  };
  assert.deepEqual(notes.find((note) => note.text.startsWith('time-offset by host'))?.earlier, { scope: 'subnet 10.0.1.0/24', file: 'dhcpd.conf', line: 6 });
  assert.deepEqual(reply.origins[reply.lines.indexOf('option 15 domain-name "a.test"')], { file: 'dhcpd.conf', line: 1 });
});
