// omshell against a real dhcpd and against us: the same words to both, the same words back (OMAPI reference §6.2).

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { DhcpServer } from './support/dhcp-servers.ts';
import { openLab, skipWithout, type Lab } from './support/lab.ts';
import type { Segment } from '../../src/cli/lab/segment.ts';
import { connectLines, omshell, type OmshellKey } from './support/omshell.ts';
import { rawRows } from './support/omapi-raw-rows.ts';
import { omshellRows } from './support/omshell-rows.ts';

const skip = skipWithout('dhcpd', 'omshell');
const secret = 'MDEyMzQ1Njc4OWFiY2RlZg==';
const key: OmshellKey = { name: 'omapi_key', secret };

const algorithms = ['hmac-md5', 'hmac-sha1', 'hmac-sha224', 'hmac-sha256', 'hmac-sha384', 'hmac-sha512'];
const config = (line: string): string => `omapi-port 7911;
key omapi_key { algorithm hmac-md5; secret "${secret}"; }
key other { algorithm hmac-md5; secret "${secret}"; }
${line}
default-lease-time 3600; max-lease-time 7200; ping-check off;
class "ether" { match hardware; lease limit 4; }
subclass "ether" 1:02:00:00:00:00:77;
group gstatic { option domain-name "g.example"; host ing { hardware ethernet 02:aa:aa:00:00:01; fixed-address 192.168.50.9; } }
host st { hardware ethernet 02:aa:aa:00:00:02; fixed-address 192.168.50.10; filename "x"; }
subnet 192.168.50.0 netmask 255.255.255.0 { range 192.168.50.100 192.168.50.150; }
`;

interface Pair {
  readonly ours: DhcpServer;
  readonly theirs: DhcpServer;
}

/** Two servers of one configuration, each alone on its segment with one client that has 192.168.50.120. */
async function openPair(t: TestContext, text: string): Promise<Pair> {
  const lab = await openLab(t);
  const [theirs, ours] = await Promise.all([served(lab, 'dhcpd', lab.segment('a'), text), served(lab, 'leasehold', lab.segment('b'), text)]);
  await ours.line(/OMAPI listens/);
  return { ours, theirs };
}

async function served(lab: Lab, kind: 'dhcpd' | 'leasehold', on: Segment, text: string): Promise<DhcpServer> {
  const server = lab.server({ kind, config: text, host: lab.host(kind, { cidr: '192.168.50.80/24', on }) });
  await server.start();
  const mac = '02:00:5e:10:00:01';
  const options = { 12: '77656e64', 50: 'c0a83278', 61: '0102005e100001' };
  const client = lab.host('client', { mac, on });
  const replies = await lab.craft(client, [
    { type: 1, mac, options },
    { type: 3, mac, options: { ...options, 54: '$server' } },
  ]);
  assert.equal(replies[1]?.yiaddr, '192.168.50.120');
  return server;
}

/** Numbers that differ between any two servers: handles, times, names that were made up. */
const alike = (output: string): string =>
  output
    .replace(/^name = "nh[0-9a-fx]+"$/gm, 'name = MADE UP')
    .replace(/^(subnet|pool|host|billing-class) = .*$/gm, '$1 = HANDLE')
    .replace(/^(ends|starts|tstp|tsfp|atsfp|cltt) = (?!00:00:00:00).*$/gm, '$1 = TIME');

async function rowsAgainst(t: TestContext, text: string, used: OmshellKey | undefined): Promise<void> {
  const { ours, theirs } = await openPair(t, text);
  for (const row of omshellRows)
    await t.test(row.id, () => {
      const script = [...connectLines(used), ...row.script];
      const [wanted, got] = [theirs, ours].map(({ host }) => alike(omshell(host.name, script)));
      if (row.ours === undefined) assert.equal(got, wanted);
      else {
        assert.match(got ?? '', row.ours.says);
        assert.notEqual(got, wanted, `dhcpd differs no longer: ${row.ours.why}`);
      }
    });
}

test('every row of omshell, signed', { skip }, (t) => rowsAgainst(t, config('omapi-key omapi_key;'), key));
test('every row of omshell, unsigned', { skip }, (t) => rowsAgainst(t, config(''), undefined));

test('keys that open, and keys that do not (T12, T22, T24)', { skip }, async (t) => {
  for (const algorithm of algorithms)
    await t.test(algorithm, async (each) => {
      const text = config(`key strong { algorithm ${algorithm}; secret "${secret}"; }\nomapi-key strong;`);
      const { ours, theirs } = await openPair(each, text);
      const script = [...connectLines({ name: 'strong', secret, algorithm }), 'new control', 'open'];
      assert.equal(omshell(ours.host.name, script), omshell(theirs.host.name, script));
      assert.match(omshell(ours.host.name, script), /^state = 00:00:00:00$/m);
    });
});

const pypureomapi = '/usr/lib/python3/dist-packages/pypureomapi.py';

/** Every call of the API against one server, a line each. */
const callsAgainst = ({ host }: DhcpServer, used: OmshellKey | undefined): string =>
  execFileSync('ip', [
    'netns', 'exec', host.name, '/usr/bin/python3', join(import.meta.dirname, 'support/pypureomapi-calls.py'),
    '127.0.0.1', '7911', used?.name ?? '', used?.secret ?? '',
  ], { encoding: 'utf8' });

for (const [id, line, used] of [['signed', 'omapi-key omapi_key;', key], ['unsigned', '', undefined]] as const)
  test(`the whole of pypureomapi, ${id}`, { skip: skip === false ? skipWithout(pypureomapi) : skip }, async (t) => {
    const { ours, theirs } = await openPair(t, config(line));
    const wanted = callsAgainst(theirs, used);
    assert.match(wanted, /^lookup_mac of a lease: 02:00:5e:10:00:01$/m);
    assert.equal(callsAgainst(ours, used), wanted);
  });

/** What a server answers to every row; the program runs in its namespace. */
const rawAnswers = ({ host }: DhcpServer): string[][] =>
  JSON.parse(
    execFileSync('ip', [
      'netns', 'exec', host.name, process.execPath, '--import', 'tsx', join(import.meta.dirname, 'support/omapi-raw-main.ts'),
      JSON.stringify(rawRows.map(({ messages }) => messages)),
    ], { encoding: 'utf8', timeout: 60_000 }),
  ) as string[][];

test('raw messages are answered with the same bytes', { skip }, async (t) => {
  const { ours, theirs } = await openPair(t, config('omapi-key omapi_key;'));
  const [got, wanted] = [rawAnswers(ours), rawAnswers(theirs)];
  assert.match(wanted[0]?.[0] ?? '', /^opcode 3 rid 1000 handle some auth 0 signature 0 \[\] \[name=6f6d6170695f6b6579 algorithm=/);
  for (const [index, row] of rawRows.entries())
    await t.test(row.id, () => {
      if (row.ours === undefined) assert.deepEqual(got[index], wanted[index]);
      else assert.notDeepEqual(got[index], wanted[index], `dhcpd differs no longer: ${row.ours}`);
    });
});

const openings: readonly { readonly id: string; readonly key: OmshellKey | undefined; readonly says: RegExp; readonly theirs?: RegExp }[] = [
  { id: 'no key on a server that wants one', key: undefined, says: /can't open object: no key specified/ },
  { id: 'a wrong secret', key: { name: 'omapi_key', secret: 'd3Jvbmcgc2VjcmV0ISEhISE=' }, says: /can't open object: connection reset by peer/ },
  { id: 'a wrong name', key: { name: 'nobody', secret }, says: /dhcpctl_connect: not found/ },
  { id: 'a wrong algorithm', key: { name: 'omapi_key', secret, algorithm: 'hmac-sha256' }, says: /dhcpctl_connect: not found/ },
  // dhcpd tells strangers which keys exist.
  { id: 'a key that is not the omapi-key', key: { name: 'other', secret }, says: /dhcpctl_connect: not found/, theirs: /dhcpctl_connect: invalid TSIG key/ },
];
test('who may not come in is told what dhcpd tells', { skip }, async (t) => {
  const { ours, theirs } = await openPair(t, config('omapi-key omapi_key;'));
  for (const row of openings)
    await t.test(row.id, () => {
      const script = [...connectLines(row.key), 'new control', 'open'];
      assert.match(omshell(ours.host.name, script), row.says);
      assert.match(omshell(theirs.host.name, script), row.theirs ?? row.says);
    });
  await t.test('T12 MAAS asks whether anybody is there', () => {
    const lines = ['server 127.0.0.1', 'port 7911', 'connect'];
    assert.equal(omshell(ours.host.name, lines), omshell(theirs.host.name, lines));
  });
});
