// `dhcpd -t` word for word, as dhcpd 4.4.3-P1 printed it (dhcpd-conf reference §2, §17, §20).

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readFrom } from '../config/testing.ts';
import { testConfig } from './dhcpd-test.ts';

const run = (name: string, text: string) =>
  testConfig({ configPath: name, leasePath: '/leases', pidPath: '/pid' }, readFrom({ [name]: text }));

/** What stands in front of the farewell. */
const complaints = (name: string, text: string): string => {
  const { lines, status } = run(name, text);
  assert.equal(status, 1);
  const end = lines.indexOf('Configuration file errors encountered -- exiting');
  return lines.slice(0, end < 0 ? lines.indexOf('') : end).join('\n');
};

interface Row {
  readonly name: string;
  readonly text: string;
  readonly says: string;
}
const rows: readonly Row[] = [
  {
    name: '01.conf',
    text: 'default-lease-time 600\nmax-lease-time 7200;\n',
    says: `01.conf line 2: semicolon expected.
max-lease-time 
 ^
01.conf line 2: expecting a parameter or declaration
max-lease-time 7200;
                    ^`,
  },
  {
    name: '14.conf',
    text: 'option domain-name-servers "10.0.0.1";\n',
    says: `14.conf line 1: 10.0.0.1 (262): expecting IP address or hostname
option domain-name-servers "10.0.0.1"
                            ^`,
  },
  {
    name: '16.conf',
    text: 'subnet 10.0.0.0 netmask 255.255.255.0 {\n  pool { allow unknown-clients; }\n}\n',
    says: `16.conf line 2: Pool declaration with no address range.
  pool { allow unknown-clients; }
                                 ^
Pool declarations must always contain at least
one range statement.`,
  },
  {
    name: '27.conf',
    text: 'failover peer "f" {\n  secondary;\n  address 10.0.0.1;\n  peer address 10.0.0.2;\n  split 255;\n}\nsubnet 10.0.0.0 netmask 255.255.255.0 {\n  pool { failover peer "f"; range 10.0.0.9; }\n}\n',
    says: `27.conf line 5: secondary may not define load balance settings.
  split 255;
         ^`,
  },
  {
    name: 'range.conf',
    text: 'option foo "x";\nsubnet 10.0.0.0 netmask 255.255.255.0 { range 10.0.1.10 10.0.1.20; }\nfoo bar;\n',
    says: `range.conf line 1: unknown option dhcp.foo
option foo "x"
        ^
bad range, address 10.0.1.10 not in subnet 10.0.0.0 netmask 255.255.255.0`,
  },
  {
    name: 'include.conf',
    text: 'include "/nonexistent/x.conf";\n',
    says: "Can't open /nonexistent/x.conf: No such file or directory",
  },
];
for (const { name, text, says } of rows)
  test(`dhcpd -t ${name}`, () => assert.equal(complaints(name, text), says));

test('the brief: one error in the first file, none in the second', () => {
  const first = complaints('dhcp01.conf', readFileSync('test/golden/brief/dhcp01.conf', 'utf8'));
  assert.match(
    first,
    /^dhcp01\.conf line 21: partial base64 value left over: 39\.\n {5}secret changemeusingdnsseckeygen==;\n +\^\nWARNING: Host declarations are global/,
  );
  const second = run('dhcp02.conf', readFileSync('test/golden/brief/dhcp02.conf', 'utf8'));
  assert.equal(second.status, 0);
  assert.deepEqual(second.lines, [
    'WARNING: Host declarations are global.  They are not limited to the scope you declared them in.',
    'Config file: dhcp02.conf',
    'Database file: /leases',
    'PID file: /pid',
    'WARNING: load balancing will be disabled for failover peer, dhcp-failover-peer, because its load balance max secs is 0',
  ]);
});

test('a peer without pool is found when dhcpd starts', () => {
  const { lines, status } = run(
    'peer.conf',
    'failover peer "f" { primary; address 10.0.0.2; peer address 10.0.0.3; mclt 60; split 128; }\n',
  );
  assert.equal(status, 1);
  assert.deepEqual(lines.slice(3, 7), [
    'ERROR: Failover peer, f, has no referring pools. You must refer to each peer in at least one pool declaration.',
    'WARNING: load balancing will be disabled for failover peer, f, because its load balance max secs is 0',
    'Failover configuration sanity check failed',
    '',
  ]);
});

test('a file that cannot be read, and a mistake at which dhcpd crashes', () => {
  const missing = testConfig({ configPath: 'x', leasePath: '', pidPath: '' }, readFrom({}));
  assert.deepEqual([missing.status, missing.lines[0]], [1, "Can't open x: No such file or directory"]);
  assert.match(complaints('key.conf', 'key k { }\n'), /^key\.conf line 1: this key has no /);
});
