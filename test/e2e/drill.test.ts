// `leasehold failover drill` with a real pair: both nodes hand over in turn, clients are served all the time, and everything is as it
// was found afterwards, also when the drill is interrupted or killed.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { eventually, type Child } from '../../src/cli/lab/child.ts';
import type { DrillReport } from '../../src/cli/drill/drill.ts';
import { subject, type DhcpServer } from './support/dhcp-servers.ts';
import { openLab, skipWithout, type Lab } from './support/lab.ts';
import type { Space } from './support/namespaces.ts';

const skip = skipWithout() || (subject === 'dhcpd' && 'a test of two Leasehold nodes');
const [primaryAddress, secondaryAddress] = ['10.64.0.1', '10.64.0.2'] as const;
const program = join(import.meta.dirname, '../../dist/leasehold.mjs');

const config = (own: string, other: string, more: string): string => `
failover peer "pair" {
  ${own === primaryAddress ? 'primary' : 'secondary'}; address ${own}; port 647; peer address ${other}; peer port 647;
  max-response-delay 10; max-unacked-updates 10; load balance max seconds 3; ${own === primaryAddress ? 'mclt 600; split 128;' : ''}
}
authoritative; ddns-update-style none; ping-check false; default-lease-time 3600; ${more}
subnet 10.64.0.0 netmask 255.255.0.0 { pool { failover peer "pair"; range 10.64.1.0 10.64.1.127; } }
`;

interface Scene {
  readonly lab: Lab;
  readonly nodes: readonly [DhcpServer, DhcpServer];
  readonly station: Space;
}
async function open(t: TestContext, more = ''): Promise<Scene> {
  const lab = await openLab(t);
  const server = (own: string, other: string): DhcpServer => lab.server({ config: config(own, other, more), cidr: `${own}/16`, interfaceNames: ['eth0'] });
  const nodes = [server(primaryAddress, secondaryAddress), server(secondaryAddress, primaryAddress)] as const;
  await nodes[0].start();
  nodes[0].command('failover', 'init', '--yes');
  await nodes[1].start();
  for (const node of nodes) await node.line(/Both servers normal/, 40_000);
  await eventually('a shared pool', () => ((nodes[1].leases().match(/^ {2}binding state backup/gm)?.length ?? 0) > 50 ? true : undefined));
  return { lab, nodes, station: lab.host('station', { cidr: '10.64.0.3/16' }) };
}
function drill({ nodes, station }: Scene, ...words: readonly string[]): Child {
  const flags = ['--interface', 'eth0', '--control', nodes[0].controlSocket, '--json', ...words];
  return station.start([process.execPath, '--enable-source-maps', program, 'failover', 'drill', ...flags]);
}
function reportOf(child: Child): DrillReport {
  const line = child.lines.find((text) => text.startsWith('{'));
  assert.ok(line !== undefined, child.text);
  return (JSON.parse(line) as { value: DrillReport }).value;
}
const statesOf = (server: DhcpServer): string => {
  const [{ myState, partnerState }] = (JSON.parse(server.command('failover', 'status', '--json')) as { value: [{ myState: string; partnerState: string }] }).value;
  return `${myState} ${partnerState}`;
};
const areAsFound = ({ nodes }: Scene): Promise<true> =>
  eventually('both normal, and no synthetic lease', () =>
    nodes.every((node) => statesOf(node) === 'normal normal' && (JSON.parse(node.command('leases', 'list', '--json', '--state', 'active')) as { value: { count: number } }).value.count === 0) ? true : undefined,
  60_000);

test('both nodes hand over in turn: nobody is without service, and all is as it was', { skip }, async (t) => {
  const scene = await open(t);
  const { nodes: [, secondary] } = scene;
  const child = drill(scene, '--partner-control', secondary.controlSocket, '--seconds', '5', '--yes');
  assert.equal((await child.exited).code, 0, child.text);
  const { steps, problems, secondsWithoutService } = reportOf(child);
  t.diagnostic(`${secondsWithoutService} s without service; ${steps.map(({ node, step, probes, served, longestMillis }) => `${node} ${step}: ${served} of ${probes}, longest ${longestMillis} ms`).join('; ')}`);
  assert.deepEqual(problems, []);
  assert.deepEqual(steps.map(({ node, step }) => `${node} ${step}`), ['this node before', 'this node outage', 'this node return', 'the partner before', 'the partner outage', 'the partner return']);
  // In the outage it is the partner who serves.
  assert.deepEqual(steps.filter(({ step }) => step === 'outage').map(({ servedBy }) => Object.keys(servedBy)), [[secondaryAddress], [primaryAddress]]);
  assert.ok(secondsWithoutService <= 1, `${secondsWithoutService} s`);
  await areAsFound(scene);
});

test('a long absence: through partner-down and back', { skip }, async (t) => {
  const scene = await open(t);
  const child = drill(scene, '--outage', 'shutdown', '--seconds', '3', '--yes');
  assert.equal((await child.exited).code, 0, child.text);
  await scene.nodes[1].line(/I move from normal to partner-down/);
  assert.deepEqual(reportOf(child).problems, []);
  await areAsFound(scene);
});

test('interrupted, it undoes what it did; killed, the node serves again by itself', { skip }, async (t) => {
  const scene = await open(t);
  const { nodes: [primary] } = scene;
  const paused = /I move from normal to paused/;
  const interrupted = drill(scene, '--seconds', '300', '--yes');
  await primary.line(paused, 20_000);
  await interrupted.stop('SIGINT');
  assert.match(reportOf(interrupted).problems.join(), /the drill was interrupted; what it had changed was undone/);
  await areAsFound(scene);

  const from = primary.child.lines.length;
  const killed = drill(scene, '--seconds', '1', '--yes');
  await primary.child.line(paused, from, 20_000);
  await killed.stop('SIGKILL');
  await primary.child.line(/I move from paused to communications-interrupted/, from, 45_000);
  await primary.child.line(/I move from communications-interrupted to normal/, from);
});

test('nothing is changed when the clients would not be served anyhow, or nobody agreed', { skip }, async (t) => {
  const scene = await open(t, 'deny unknown-clients;');
  const { nodes: [primary] } = scene;
  const child = drill(scene, '--yes');
  assert.equal((await child.exited).code, 1);
  assert.match(reportOf(child).problems.join(), /only 0 of \d+ synthetic clients were served while both nodes are normal: are unknown clients denied/);
  const asked = drill(scene);
  assert.equal((await asked.exited).code, 1);
  assert.match(asked.text, /nothing was done; say --yes/);
  assert.doesNotMatch(primary.log, /I move from normal/);
});
