// Who may not be a failover partner, and what each side says of it: other keys, plain partners, strangers, recordings, and a man in the
// middle who cuts out what two nodes know each other by. The table of docs/failover-security.md, row by row.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { subject, type DhcpServer, type ServerKind } from './support/dhcp-servers.ts';
import { openLab, skipWithout, type Lab } from './support/lab.ts';

const skip = skipWithout('dhcpd', 'tshark', 'nft') || (subject === 'dhcpd' && 'a test of Leasehold nodes');
const keys = ['vhBJOlRUsC6HtbP5Yk+H3A==', 'yU/0AV8c9XIvAwnhMCdQbg=='] as const;
type Policy = 'prefer' | 'require' | 'off';
type Role = 'primary' | 'secondary';

interface Node {
  readonly key: string;
  readonly policy?: Policy;
  readonly kind?: ServerKind;
}
const addresses: Readonly<Record<Role, string>> = { primary: '10.64.0.1', secondary: '10.64.0.2' };
const otherRole = (role: Role): Role => (role === 'primary' ? 'secondary' : 'primary');
const config = (role: Role, key: string, partnerPort = 647): string => `omapi-key k; key k { algorithm hmac-sha256; secret ${key}; }
failover peer "pair" { ${role}; address ${addresses[role]}; port 647; peer address ${addresses[otherRole(role)]}; peer port ${partnerPort}; max-response-delay 10;
  max-unacked-updates 10; load balance max seconds 3; ${role === 'primary' ? 'mclt 600; split 128;' : ''} }
authoritative; ddns-update-style none; ping-check false; default-lease-time 3600;
subnet 10.64.0.0 netmask 255.255.0.0 { pool { failover peer "pair"; range 10.64.1.0 10.64.1.63; } }
`;

interface Bench {
  readonly lab: Lab;
  readonly primary: DhcpServer;
  readonly secondary: DhcpServer;
}
async function open(t: TestContext, a: Node, b: Node, partnerPorts: Readonly<Partial<Record<Role, number>>> = {}): Promise<Bench> {
  const lab = await openLab(t);
  const server = (role: Role, { key, policy = 'prefer', kind = 'leasehold' }: Node): DhcpServer =>
    lab.server({
      kind, config: config(role, key, partnerPorts[role]), cidr: `${addresses[role]}/16`, interfaceNames: ['eth0'],
      ...(kind === 'leasehold' ? { settings: `relationship { security "${policy}"; }` } : {}),
    });
  return { lab, primary: server('primary', a), secondary: server('secondary', b) };
}
const marks = (...servers: readonly DhcpServer[]): number[] => servers.map(({ child }) => child.lines.length);
const statusOf = (server: DhcpServer): { security: string | null; isConnected: boolean; myState: string } =>
  (JSON.parse(server.command('failover', 'status', '--json')) as { value: [{ security: string | null; isConnected: boolean; myState: string }] }).value[0];
async function bothNormal({ primary, secondary }: Bench): Promise<void> {
  await primary.start();
  await secondary.start();
  primary.command('failover', 'init', '--yes');
  await Promise.all([primary, secondary].map((server) => server.line(/Both servers normal/)));
}
/** Two nodes with one key that were secured, and know it. */
async function pinned(bench: Bench): Promise<void> {
  await bothNormal(bench);
  for (const server of [bench.primary, bench.secondary]) await server.line(/the connection is secured/);
}

// ── From the beginning ──

interface Row {
  readonly id: string;
  readonly a: Node;
  readonly b: Node;
  /** What each side says; of a dhcpd its own words. */
  readonly primary: RegExp;
  readonly secondary: RegExp;
}
const refusedHere = (why: string): RegExp => new RegExp(`a plain connection was refused: ${why}`);
const refusedThere = /rejected: the connection must be secured/;
const rows: readonly Row[] = [
  {
    id: 'another key, required at the primary', a: { key: keys[0], policy: 'require' }, b: { key: keys[1] },
    primary: refusedThere, secondary: refusedHere('the keys differ: k here has fingerprint'),
  },
  {
    id: 'another key, required at the secondary', a: { key: keys[0] }, b: { key: keys[1], policy: 'require' },
    primary: refusedThere, secondary: refusedHere('the keys differ: k here has fingerprint'),
  },
  {
    id: 'a plain secondary, required at the primary', a: { key: keys[0], policy: 'require' }, b: { key: keys[0], policy: 'off' },
    primary: refusedThere, secondary: refusedHere('security is off here'),
  },
  {
    id: 'a plain primary, required at the secondary', a: { key: keys[0], policy: 'off' }, b: { key: keys[0], policy: 'require' },
    primary: refusedThere, secondary: refusedHere('the partner has no key, or security is off there'),
  },
  {
    id: 'a dhcpd as secondary, required at the primary', a: { key: keys[0], policy: 'require' }, b: { key: keys[0], kind: 'dhcpd' },
    primary: refusedHere('the partner is no Leasehold'), secondary: /failover|Failover/,
  },
  {
    id: 'a dhcpd as primary, required at the secondary', a: { key: keys[0], kind: 'dhcpd' }, b: { key: keys[0], policy: 'require' },
    primary: /Failover CONNECT to pair rejected: Connection rejected, invalid failover partner\./, secondary: refusedHere('the partner is no Leasehold'),
  },
];
describe('security required, and not to be had: no connection, and both sides say why', { skip }, () => {
  for (const { id, a, b, ...said } of rows)
    test(id, async (t) => {
      const bench = await open(t, a, b);
      await bench.primary.start();
      await bench.secondary.start();
      await Promise.all([bench.primary.line(said.primary), bench.secondary.line(said.secondary)]);
      for (const server of [bench.primary, bench.secondary])
        if (server.kind === 'leasehold') assert.deepEqual([statusOf(server).isConnected, statusOf(server).security], [false, null]);
    });
});

// ── After the two knew each other ──

test('a secured partner is replaced by a dhcpd: refused on both sides, until trust-plain', { skip }, async (t) => {
  const bench = await open(t, { key: keys[0] }, { key: keys[0] });
  await pinned(bench);
  await bench.primary.stop();
  const [from = 0] = marks(bench.secondary);
  const impostor = bench.lab.server({ kind: 'dhcpd', host: bench.primary.host, config: config('primary', keys[0]), interfaceNames: ['eth0'] });
  await impostor.start();
  await bench.secondary.child.line(/a plain connection was refused: the partner is no Leasehold, and this partner was secured before/, from);
  await impostor.line(/Failover CONNECT to pair rejected: Connection rejected, invalid failover partner\./);
  assert.equal(statusOf(bench.secondary).isConnected, false);
  bench.secondary.command('failover', 'trust-plain', '--yes');
  await bench.secondary.child.line(/failover peer pair: peer moves from/, from, 40_000);
});

test('a stranger at another address is sent away with a line; a partner’s address without its handshake gets nowhere', { skip }, async (t) => {
  const bench = await open(t, { key: keys[0] }, { key: keys[0] });
  await pinned(bench);
  const stranger = bench.lab.host('stranger', { cidr: '10.64.0.9/16' });
  const knock = (host: Lab['lan']['space'], from: string): string =>
    host.run(process.execPath, '-e', `const s=require('net').connect({host:'${addresses.primary}',port:647,localAddress:'${from}'});s.on('data',(b)=>console.log('heard',b.length));s.on('close',()=>console.log('closed'));s.on('error',()=>{})`);
  const [from = 0] = marks(bench.primary);
  assert.equal(knock(stranger, '10.64.0.9').trim(), 'closed', 'nothing is said to a stranger');
  await bench.primary.child.line(/failover: listener: no matching state/, from);
  assert.equal(statusOf(bench.primary).myState, 'normal');
});

for (const victim of ['primary', 'secondary'] as const)
  test(`a recorded session said again to the ${victim}: it cannot be secured, and nothing of it is believed`, { skip }, async (t) => {
    const bench = await open(t, { key: keys[0] }, { key: keys[0] });
    const speaker = otherRole(victim);
    const capture = await bench.lab.capture(bench.secondary.host, 'eth0', 'tcp port 647');
    await pinned(bench);
    await capture.stop();
    // The connection that was secured, not the second one that both sides try.
    const [stream] = capture.read('tcp.len > 0', ['tcp.stream', 'tcp.len']).toSorted((a, b) => Number(b[1]) - Number(a[1])).map(([id]) => id ?? '');
    const pieces = capture
      .read(`tcp.stream == ${stream} && ip.src == ${addresses[speaker]} && tcp.len > 0 && !tcp.analysis.retransmission`, ['tcp.payload'])
      .map(([hex]) => hex ?? '');
    assert.ok(pieces.length > 3, `${pieces.length} pieces were recorded`);
    const recording = join(bench.lab.folder, 'recording');
    writeFileSync(recording, pieces.join('\n'));

    await bench[speaker].stop();
    const target = bench[victim];
    await target.line(/I move from normal to communications-interrupted/);
    const [from = 0] = marks(target);
    const script = new URL('support/replay-main.ts', import.meta.url).pathname;
    const replay = bench[speaker].host.start([process.execPath, '--import', 'tsx', script, addresses[speaker], addresses[victim], '647', recording]);
    await replay.line(/closed/);
    await target.child.line(/the connection could not be secured: /, from);
    assert.deepEqual([statusOf(target).isConnected, statusOf(target).myState], [false, 'communications-interrupted']);
    assert.doesNotMatch(target.child.lines.slice(from).join('\n'), /peer moves|I move|is secured/);
  });

// ── A man in the middle ──

/** The primary's way to the secondary leads through a proxy beside it; the other way is closed. */
async function throughProxy(t: TestContext): Promise<Bench & { proxy(mode: 'strip' | 'pass'): Promise<{ stop(): Promise<void> }> }> {
  const bench = await open(t, { key: keys[0] }, { key: keys[0] }, { primary: 648, secondary: 649 });
  const { host } = bench.primary;
  host.run('nft', 'add table ip middle; add chain ip middle out { type nat hook output priority -100; }; add rule ip middle out tcp dport 648 redirect to :1648');
  const script = new URL('support/stripping-proxy.ts', import.meta.url).pathname;
  return {
    ...bench,
    proxy: async (mode) => {
      const child = host.start([process.execPath, '--import', 'tsx', script, '1648', addresses.primary, addresses.secondary, '647', mode]);
      await child.line(/listening/);
      return { stop: () => child.stop('SIGKILL') };
    },
  };
}

test('option 29 is cut out on the way before the two knew each other: plain, and an alarm on both that says what is missing', { skip }, async (t) => {
  const bench = await throughProxy(t);
  await bench.proxy('strip');
  // Nor can either know that the other would understand that the pair is new: each is told.
  await bench.primary.start();
  await bench.secondary.start();
  for (const server of [bench.primary, bench.secondary]) server.command('failover', 'init', '--yes');
  for (const server of [bench.primary, bench.secondary]) await server.line(/Both servers normal/);
  for (const server of [bench.primary, bench.secondary]) {
    await server.line(/the connection is NOT secured: the partner says nothing of security though it is Leasehold/);
    assert.match(statusOf(server).security ?? '', /^plain: the partner says nothing of security/);
  }
});

test('option 29 is cut out of the connection of two nodes that were secured: refused, and nothing is said in plain', { skip }, async (t) => {
  const bench = await throughProxy(t);
  const honest = await bench.proxy('pass');
  await pinned(bench);
  const from = marks(bench.primary, bench.secondary);
  await honest.stop();
  await bench.proxy('strip');
  const capture = await bench.lab.capture(bench.secondary.host, 'eth0', 'tcp port 647');
  await bench.secondary.child.line(/a plain connection was refused: the partner says nothing of security though it is Leasehold, and this partner was secured before/, from[1], 40_000);
  await bench.primary.child.line(/the connection must be secured/, from[0], 40_000);
  await capture.stop();
  // Type 5 of the failover protocol is CONNECT, 6 CONNECTACK, 12 DISCONNECT: no lease, no state.
  const kinds = new Set(capture.read('tcp.len > 0', ['tcp.payload']).map(([hex]) => Number.parseInt((hex ?? '').slice(4, 6), 16)));
  assert.ok(kinds.has(5), 'a CONNECT was captured');
  for (const kind of kinds) assert.ok([5, 6, 12].includes(kind), `message type ${kind}`);
  for (const server of [bench.primary, bench.secondary]) assert.equal(statusOf(server).isConnected, false);
});
