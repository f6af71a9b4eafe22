// What each node of a pair would do: the partner as this node's file tells it is what the partner's own file tells.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { err, ok } from '../../std/result.ts';
import { fromLatin1, latin1 } from '../../std/bytes.ts';
import { parseIpv4, type Ipv4 } from '../../std/ipv4.ts';
import type { MonoMillis, UnixSeconds } from '../../std/time.ts';
import { runExplain } from './explain.ts';
import type { Described } from './question.ts';

const body = `authoritative;
ping-check false;
class "phone" { match if substring(option vendor-class-identifier, 0, 5) = "phone"; }
host fixed { hardware ethernet 52:54:00:00:00:01; fixed-address 10.0.0.9; }
subnet 10.0.0.0 netmask 255.255.255.0 {
  pool { failover peer "ha"; range 10.0.0.100 10.0.0.109; deny members of "phone"; }
  pool { range 10.0.0.200; allow members of "phone"; }
}
subnet 10.0.1.0 netmask 255.255.255.0 { pool { failover peer "ha"; range 10.0.1.100 10.0.1.103; } }
`;
const common = 'max-response-delay 60; max-unacked-updates 10; load balance max seconds 3;';
const first = `failover peer "ha" { primary; address 10.0.0.2; peer address 10.0.0.3; mclt 600; split 128; ${common} }\n${body}`;
const second = `failover peer "ha" { secondary; address 10.0.0.3; peer address 10.0.0.2; ${common} }\n${body}`;

const lease = (address: string, state: string, more = ''): string =>
  `lease ${address} {\n  starts 4 2027/01/14 08:00:00;\n  ends 4 2027/01/14 09:00:00;\n  tstp 4 2027/01/14 09:00:00;\n  atsfp 4 2027/01/14 09:00:00;\n  binding state ${state};\n${more}}\n`;
const leases = [
  ...[0, 1, 2, 3, 4].map((last) => lease(`10.0.0.10${last}`, 'free')), ...[5, 6, 7, 8].map((last) => lease(`10.0.0.10${last}`, 'backup')),
  lease('10.0.0.109', 'free', '  hardware ethernet 52:54:00:00:00:77;\n'),
].join('');

interface Told {
  readonly states: readonly { readonly state: string; readonly outcome: string }[];
  readonly partner: Told['states'];
}
function told(conf: string, described: Partial<Described> & Pick<Described, 'who'>, leaseFile?: string): Told {
  const lines: string[] = [];
  const files: Readonly<Record<string, string>> = { 'dhcpd.conf': conf, leases: leaseFile ?? '' };
  const of = (path: string): string | undefined => files[path];
  runExplain(
    { subject: { message: 'discover', client: {}, on: parseIpv4('10.0.0.0') ?? (0 as Ipv4), ...described }, config: 'dhcpd.conf', leaseholdConf: 'none', json: true, hex: false, ...(leaseFile === undefined ? {} : { leases: 'leases' }) },
    {
      out: (line) => lines.push(line), err: (line) => assert.fail(line), now: { mono: 1 as MonoMillis, wall: 1_800_000_000 as UnixSeconds },
      readText: (path) => (of(path) === undefined ? err({ problem: 'not there' }) : ok(fromLatin1(latin1(of(path) ?? '')))),
      readBytes: (path) => (of(path) === undefined ? err('not there') : ok(latin1(of(path) ?? ''))),
    },
  );
  return JSON.parse(lines.join('\n')) as Told;
}
const mac = (number: number): string => `52:54:00:00:01:${number.toString(16).padStart(2, '0')}`;

const rows: readonly (readonly [id: string, described: Partial<Described> & Pick<Described, 'who'>])[] = [
  ['a stranger', { who: mac(1) }],
  ['a reserved host', { who: '52:54:00:00:00:01' }],
  ['a client of an address of this node', { who: '52:54:00:00:00:77' }],
  ['a client of the pool without failover', { who: mac(2), client: { vendorClass: 'phone 1' } }],
  ['behind a relay', { who: mac(3), relay: parseIpv4('10.0.1.1') ?? (0 as Ipv4), on: parseIpv4('10.0.1.0') ?? (0 as Ipv4) }],
  ['who wishes an address of the other', { who: mac(4), request: parseIpv4('10.0.0.106') ?? (0 as Ipv4) }],
  ['INIT-REBOOT', { who: mac(5), message: 'init-reboot', request: parseIpv4('10.0.0.106') ?? (0 as Ipv4) }],
  ['REBINDING', { who: mac(6), message: 'rebind', request: parseIpv4('10.0.0.102') ?? (0 as Ipv4) }],
];
/** Only the primary's file says how clients are shared out: in normal the secondary's tells nothing of it. */
const isTold = ({ state }: { readonly state: string }): boolean => state !== 'normal';
for (const [id, described] of rows)
  test(`each node tells of the other what that tells of itself: ${id}`, () => {
    const [one, two] = [told(first, described, leases), told(second, described, leases)];
    assert.deepEqual(one.partner.filter(isTold), two.states.filter(isTold));
    assert.deepEqual(two.partner.filter(isTold), one.states.filter(isTold));
    assert.equal(one.partner.length, one.states.length);
  });

test('without a lease file the free addresses are shared out: in normal one node offers, the other leaves the client to it', () => {
  const offers = (states: Told['states'], state: string): boolean => states.find((row) => row.state === state)?.outcome.startsWith('DHCPOFFER of 10.0.0.1') === true;
  let ours = 0;
  for (let number = 0; number < 64; number++) {
    const { states, partner } = told(first, { who: mac(number) });
    assert.notEqual(offers(states, 'normal'), offers(partner, 'normal'), mac(number));
    assert.ok(offers(states, 'communications-interrupted') && offers(partner, 'communications-interrupted'));
    assert.notDeepEqual(states[1]?.outcome, partner[1]?.outcome);
    if (offers(states, 'normal')) ours++;
  }
  assert.ok(ours > 16 && ours < 48, `${ours} of 64`);
  assert.ok(offers(told(second, { who: mac(1) }).states, 'communications-interrupted'));
});

test('what is sent to this node alone the partner does not hear', () => {
  const { states, partner } = told(first, { who: '52:54:00:00:00:01', message: 'renew' });
  assert.ok(states.every(({ outcome }) => outcome === 'DHCPACK of 10.0.0.9'));
  assert.deepEqual(partner, []);
});
