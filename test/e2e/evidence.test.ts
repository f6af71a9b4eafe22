// Partner-down by evidence between two real nodes: a fence, a document on a third machine, and etcd; and what an address that answers
// forbids.

import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { eventually, type Child } from '../../src/cli/lab/child.ts';
import { subject, type DhcpServer } from './support/dhcp-servers.ts';
import { openLab, skipWithout, type Lab } from './support/lab.ts';

const skip = skipWithout('nft', 'udhcpc') || (subject === 'dhcpd' && 'a test of two Leasehold nodes');
const [primaryAddress, secondaryAddress, witnessAddress] = ['10.64.0.1', '10.64.0.2', '10.64.0.9'] as const;
const reserved = { mac: '02:00:aa:00:00:01', ip: '10.64.0.60' } as const;

const config = (own: string, other: string): string => `
failover peer "pair" {
  ${own === primaryAddress ? 'primary' : 'secondary'}; address ${own}; port 647; peer address ${other}; peer port 647;
  max-response-delay 30; max-unacked-updates 10; load balance max seconds 3; ${own === primaryAddress ? 'mclt 600; split 128;' : ''}
}
authoritative; ddns-update-style none; ping-check false; dhcp-cache-threshold 0; default-lease-time 3600;
subnet 10.64.0.0 netmask 255.255.0.0 {
  host reserved { hardware ethernet ${reserved.mac}; fixed-address ${reserved.ip}; }
  pool { failover peer "pair"; range 10.64.1.0 10.64.1.63; }
}
`;

interface Scene {
  readonly lab: Lab;
  readonly primary: DhcpServer;
  readonly secondary: DhcpServer;
}
/** Two nodes that are normal. */
async function open(t: TestContext, settings: (lab: Lab) => string): Promise<Scene> {
  const lab = await openLab(t);
  const text = settings(lab);
  // Two nodes that are cut off with one ask-after would fence each other: the secondary takes its time.
  const server = (own: string, other: string): DhcpServer =>
    lab.server({ config: config(own, other), settings: own === secondaryAddress && text.includes('fence') ? text.replace('ask-after 1', 'ask-after 600') : text, cidr: `${own}/16`, interfaceNames: ['eth0'] });
  const [primary, secondary] = [server(primaryAddress, secondaryAddress), server(secondaryAddress, primaryAddress)];
  await primary.start();
  primary.command('failover', 'init', '--yes');
  await secondary.start();
  for (const node of [primary, secondary]) await node.line(/Both servers normal/, 40_000);
  return { lab, primary, secondary };
}
/** Only the two nodes stop hearing each other: clients and the witness are reached. */
function part({ primary }: Scene): void {
  primary.host.run('nft', `add table inet part; add chain inet part in { type filter hook input priority 0; }; add rule inet part in ip saddr ${secondaryAddress} drop`);
}
const rejoin = ({ primary }: Scene): string => primary.host.run('nft', 'delete table inet part');

interface Status {
  readonly myState: string;
  readonly isServing: boolean;
  readonly evidence: { readonly claim: string; readonly witnessIs: string; readonly findings: readonly { readonly who: string; readonly said: string; readonly counts: string }[] };
}
const statusOf = (server: DhcpServer): Status => (JSON.parse(server.command('failover', 'status', '--json')) as { value: [Status] }).value[0];

// ── A fence ──

/** Says what it was told, and powers the machine off: its link goes down. */
function fenceScript(lab: Lab, body: string): { readonly path: string; readonly log: string } {
  const [path, log] = [join(lab.folder, 'fence'), join(lab.folder, 'fence.log')];
  writeFileSync(path, `#!/bin/sh\necho "$LEASEHOLD_RELATIONSHIP $LEASEHOLD_ROLE $LEASEHOLD_PARTNER_ADDRESS $*" >> ${log}\n${body}\n`);
  chmodSync(path, 0o755);
  return { path, log };
}
const fenceSettings = (path: string): string => `relationship { ask-after 1; fence { command "${path}"; argument "--quote"; argument "a; b $(c)"; timeout 5; } }`;

test('a silent partner is fenced, and declared down by the way of operators; MCLT is honoured', { skip }, async (t) => {
  let log = '';
  const scene = await open(t, (lab) => {
    // The node that was cut off asks its fence too, which reaches nobody from there.
    const script = fenceScript(lab, '[ "$LEASEHOLD_ROLE" = primary ] || exit 1; echo powered off');
    log = script.log;
    return fenceSettings(script.path);
  });
  const { lab, primary, secondary } = scene;
  const lostAt = performance.now();
  lab.lan.cut(secondary.host);
  await primary.line(/timeout waiting for failover peer pair/);
  t.diagnostic(`lost after ${Math.round(performance.now() - lostAt)} ms`);
  await primary.line(/I move from communications-interrupted to partner-down/, 15_000);
  t.diagnostic(`partner-down after ${Math.round(performance.now() - lostAt)} ms`);
  const asked = readFileSync(log, 'utf8').split('\n').filter((line) => line.includes(' primary '));
  assert.deepEqual(asked, [`pair primary ${secondaryAddress} --quote a; b $(c)`], 'asked once, with no shell between');
  // The line of every command that changes something.
  await primary.line(/command failover\.partner-down .* by evidence \(the fence: the machine is off \(powered off\)\): done/);
  const { evidence } = statusOf(primary);
  assert.deepEqual(evidence.findings.map(({ who, counts }) => [who, counts]), [[`address ${secondaryAddress}`, 'unknown'], ['the fence', 'for']]);
  assert.match(primary.command('failover', 'status'), /the partner’s addresses are used from (59\d|600) s from now/);
});

test('a partner whose machine answers is not fenced, and a fence that hangs is ended', { skip }, async (t) => {
  let log = '';
  const scene = await open(t, (lab) => {
    const script = fenceScript(lab, 'sleep 1000 & sleep 1000');
    log = script.log;
    return fenceSettings(script.path);
  });
  const { lab, primary, secondary } = scene;
  await secondary.kill();
  await primary.line(new RegExp(`is the partner down\\? address ${secondaryAddress}: it answers: the machine runs \\(counts against a takeover\\)`), 15_000);
  assert.equal(existsSync(log), false);
  lab.lan.cut(secondary.host);
  await primary.line(/powering its machine off with/, 20_000);
  await primary.line(/the fence: it could not power the machine off \(no end within 5 s\)/, 15_000);
  assert.equal(statusOf(primary).myState, 'communications-interrupted');
});

// ── A witness ──

/** What must hold of any witness: both ask at once, one gets yes, the other serves no pools when that one takes over; given back. */
async function partition(t: TestContext, scene: Scene, claim: () => Promise<string>): Promise<void> {
  const { primary, secondary, lab } = scene;
  for (const node of [primary, secondary]) assert.equal(statusOf(node).evidence.witnessIs, 'good for both');
  part(scene);
  for (const node of [primary, secondary]) await node.line(/I move from normal to communications-interrupted/, 15_000);
  await Promise.all([primary, secondary].map((node) => node.line(/is the partner down\? the witness: (this node|the partner) has the claim/, 15_000)));
  const isPrimary = /this node has the claim/.test(primary.log);
  const [holder, loser] = isPrimary ? [primary, secondary] : [secondary, primary];
  assert.equal(/this node has the claim/.test(loser.log), false, 'one of the two gets yes');
  assert.match(await claim(), isPrimary ? /^primary / : /^secondary /);
  await loser.line(/this node stops serving pools, for the partner may serve all of them: the partner has the claim/, 15_000);
  assert.equal(/I move from communications-interrupted to partner-down/.test(holder.log), false, 'not before the other has stopped');
  await holder.line(/I move from communications-interrupted to partner-down/, 15_000);
  await holder.line(/command failover\.partner-down .* by evidence \(the witness: this node has the claim\): done/);
  assert.deepEqual([statusOf(loser).isServing, statusOf(holder).isServing], [false, true]);
  assert.equal((await lab.client('udhcpc', reserved.mac).bind()).ip, reserved.ip, 'reserved hosts are served all the time');
  const from = { holder: holder.child.lines.length, loser: loser.child.lines.length };
  rejoin(scene);
  await holder.child.line(/Both servers normal/, from.holder, 60_000);
  await loser.child.line(/Both servers normal/, from.loser, 60_000);
  await eventually('the claim given back', async () => ((await claim()) === '' ? true : undefined));
  t.diagnostic(`${isPrimary ? 'the primary' : 'the secondary'} had the claim`);
}

test('a document on a third machine: one of two parted nodes takes over, and gives the claim back', { skip }, async (t) => {
  let witness: Child | undefined;
  const scene = await open(t, (lab) => {
    const program = join(import.meta.dirname, 'support/claim-server-main.ts');
    witness = lab.host('witness', { cidr: `${witnessAddress}/16` }).start([process.execPath, '--import', 'tsx', program, '8080']);
    return `relationship { ask-after 1; witness { http "http://${witnessAddress}:8080/claim"; ttl 8; } }`;
  });
  const claim = (): Promise<string> => Promise.resolve(witness?.lines.at(-1)?.split(' ').slice(3).join(' ').replace(/^nobody$/, '') ?? '');
  await partition(t, scene, claim);
});

const withoutEtcd = skip || skipWithout('etcd');
test('etcd on a third machine: the same', { skip: withoutEtcd }, async (t) => {
  let ask: () => string = () => '';
  const scene = await open(t, (lab) => {
    const host = lab.host('etcd', { cidr: `${witnessAddress}/16` });
    const url = `http://${witnessAddress}:2379`;
    host.start(['etcd', '--data-dir', join(lab.folder, 'etcd'), '--listen-client-urls', url, '--advertise-client-urls', url, '--listen-peer-urls', 'http://127.0.0.1:2380', '--unsafe-no-fsync']);
    const body = JSON.stringify({ key: Buffer.from('leasehold/pair').toString('base64') });
    ask = () => host.run('curl', '-s', '--max-time', '3', '-d', body, `${url}/v3/kv/range`);
    return `relationship { ask-after 1; witness { etcd "${url}"; ttl 8; } }`;
  });
  const claim = (): Promise<string> => {
    const { kvs = [] } = JSON.parse(ask()) as { kvs?: { value: string }[] };
    return Promise.resolve(Buffer.from(kvs[0]?.value ?? '', 'base64').toString());
  };
  await partition(t, scene, claim);
});
