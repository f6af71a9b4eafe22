// `leasehold explain` on whole configurations: the path of a decision, its lines, and the reason of a silence.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { err, ok } from '../../std/result.ts';
import { latin1 } from '../../std/bytes.ts';
import { parseIpv4, type Ipv4 } from '../../std/ipv4.ts';
import type { MonoMillis, UnixSeconds } from '../../std/time.ts';
import { runExplain, type ExplainArgs } from './explain.ts';

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

function explain(who: string, more: Partial<ExplainArgs> = {}, leases = '', settings?: string): { status: number; text: string } {
  const lines: string[] = [];
  const status = runExplain(
    { who, config: 'dhcpd.conf', leaseholdConf: 'leasehold.conf', client: {}, json: false, hex: false, ...more },
    {
      out: (line) => lines.push(line),
      err: (line) => lines.push(line),
      readText: (path) => {
        const text = path === 'dhcpd.conf' ? conf : settings;
        return text === undefined ? err({ problem: 'No such file or directory' }) : ok(text);
      },
      readBytes: (path) => (path === 'dhcpd.leases' ? ok(latin1(leases)) : err('No such file or directory')),
      now: { mono: 1 as MonoMillis, wall: 1_800_000_000 as UnixSeconds },
    },
  );
  return { status, text: lines.join('\n') };
}

test('a host: its network is found, every option names its line, and every state of the pair answers', () => {
  const { status, text } = explain('52:54:00:00:00:01', { client: { vendorClass: 'PXEClient:Arch:00000' } });
  assert.equal(status, 0);
  assert.match(text, /^ {2}host {6}master, fixed-address 10\.0\.0\.9 {2}\(dhcpd\.conf:11\)$/m);
  assert.match(text, /^ {2}class {5}pxe: member {2}\(dhcpd\.conf:4\)$/m);
  assert.match(text, /^ {2}option {4}domain-name by host master, instead of what a weaker scope said {2}\(dhcpd\.conf:11\)$/m);
  assert.match(text, /^DHCPOFFER of 10\.0\.0\.9$/m);
  assert.match(text, /^ {2}file "pxelinux\.0"$/m);
  assert.match(text, /^ {2}option 3 routers 10\.0\.0\.254$/m);
  for (const state of ['normal', 'communications-interrupted', 'partner-down', 'recover, paused, shutdown'])
    assert.match(text, new RegExp(`^ {2}${state} +DHCPOFFER of 10\\.0\\.0\\.9$`, 'm'));
});

test('network boot: what leasehold.conf overrides and adds is said', () => {
  const settings = 'boot { next-server self; profile "web" { match host "master"; kernel "k"; } }';
  const own = explain('52:54:00:00:00:01', { client: { vendorClass: 'HTTPClient:Arch:00016', architecture: 16 } }, '', settings).text;
  assert.match(own, /^ {2}boot {6}server 10\.0\.0\.1: next-server self, of leasehold\.conf, comes before dhcpd\.conf$/m);
  assert.match(own, /^ {2}boot {6}first file http:\/\/10\.0\.0\.1:8080\/snponly\.efi: by its boot profile, dhcpd\.conf gives none$/m);
  assert.match(own, /^ {2}siaddr \(next-server\) 10\.0\.0\.1$/m);
  const named = explain('52:54:00:00:00:01', { client: { vendorClass: 'PXEClient:Arch:00000' } }, '', settings).text;
  assert.match(named, /^ {2}file "pxelinux\.0"$/m);
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
