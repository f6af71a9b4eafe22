// The pairs of the comparison, and one Leasehold alone to compare a pair's cost with: how each node is configured and started,
// and how one sees that the two are a pair.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually, type Child } from '../../src/cli/lab/child.ts';
import { countIn, dhcpdConf, keaConf, keaRecords, prepareKea, serverAddress } from './servers.ts';

/** Addresses of the two nodes, by place. */
export const nodeAddresses = [serverAddress, '10.64.0.3'] as const;
const programs = join(import.meta.dirname, '../..');
/** For the clients of the warm-up and of every turn, with room in each node's half. */
const poolSize = 524_288;

export interface BenchPair {
  readonly name: string;
  readonly nodes: 1 | 2;
  /** All of it and its load run on this one; absent: on any. */
  readonly processor?: number;
  /** An ACK is on disk before it is sent. */
  readonly isDurable: boolean;
  /** Writes what node `place` needs into `folder`; its command line. */
  prepare(folder: string, place: number, dev: string): string[];
  readonly readyLine: RegExp;
  /** Makes two nodes that are ready a pair, and waits until they are. */
  join(folders: readonly string[], children: readonly Child[]): Promise<void>;
  /** Ends the rewriting of lease files that start and warm-up have made due, so that none falls into a turn of one and not of the other. */
  tidyUp(folders: readonly string[], children: readonly Child[]): Promise<void>;
  records(folder: string): number;
  /** Updates of leases that wait for the partner. */
  backlog(folder: string): number;
}

const peerOf = (place: number): string => `failover peer "pair" {
  ${place === 0 ? 'primary' : 'secondary'};
  address ${nodeAddresses[place]}; port 647; peer address ${nodeAddresses[1 - place]}; peer port 647;
  max-response-delay 30; max-unacked-updates 10; load balance max seconds 3;
  ${place === 0 ? 'mclt 3600; split 128;' : ''}
}
`;

interface PeerStatus {
  readonly updatesWaiting: number;
  readonly updatesUnacked: number;
}
const control = (folder: string): NodeJS.ProcessEnv => ({ ...process.env, LEASEHOLD_CONTROL: join(folder, 'control.sock') });
const command = (folder: string, ...words: readonly string[]): string =>
  execFileSync(process.execPath, [join(programs, 'dist/leasehold.mjs'), ...words], { encoding: 'utf8', env: control(folder) });

export const leasehold = (name: string, nodes: 1 | 2, size = poolSize, settings = ''): BenchPair => ({
  name,
  nodes,
  isDurable: true,
  readyLine: /Server starting service/,
  prepare(folder, place, dev) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'dhcpd.conf'), dhcpdConf(size, nodes === 2 ? peerOf(place) : ''));
    writeFileSync(join(folder, 'leasehold.conf'), settings);
    writeFileSync(join(folder, 'dhcpd.leases'), '');
    const files = ['-cf', join(folder, 'dhcpd.conf'), '-lf', join(folder, 'dhcpd.leases'), '-pf', join(folder, 'dhcpd.pid')];
    return ['env', `LEASEHOLD_CONTROL=${join(folder, 'control.sock')}`, join(programs, 'bin/dhcpd'), '-4', '-f', '-d', ...files, dev];
  },
  async join(folders, children) {
    if (nodes === 1) return;
    const areNormal = Promise.all(children.map((child) => child.line(/Both servers normal/, 0, 60_000)));
    command(folders[0] ?? '', 'failover', 'init', '--yes');
    await areNormal;
    // Half of the pool is the secondary's: until it has arrived, half of the clients would not be served.
    const backups = (): number => countIn(join(folders[1] ?? '', 'dhcpd.leases'), '\n  binding state backup');
    await eventually('a pool that is shared out', () => (backups() >= size / 2 - 256 ? true : undefined), 60_000);
  },
  async tidyUp(folders, children) {
    await eventually('lease files that nobody rewrites', () => (folders.some((folder) => existsSync(join(folder, 'dhcpd.leases.new'))) ? undefined : true), 60_000);
    const areWritten = Promise.all(children.map((child) => child.line(/Wrote \d+ leases/, 0, 60_000)));
    for (const child of children) child.process.kill('SIGHUP');
    await areWritten;
  },
  // A rewritten file is counted with its predecessor.
  records: (folder) => ['dhcpd.leases', 'dhcpd.leases~'].reduce((sum, file) => sum + countIn(join(folder, file), '\n  binding state active'), 0),
  backlog(folder) {
    if (nodes === 1) return 0;
    const { value } = JSON.parse(command(folder, 'failover', 'status', '--json')) as { value: readonly PeerStatus[] };
    return value.reduce((sum, { updatesWaiting, updatesUnacked }) => sum + updatesWaiting + updatesUnacked, 0);
  },
});

const hookFolder = '/usr/lib/x86_64-linux-gnu/kea/hooks';
const keaPeer = (place: number): object => ({
  name: `node${place}`, url: `http://${nodeAddresses[place]}:8001/`, role: place === 0 ? 'primary' : 'standby', 'auto-failover': true,
});
const threads = { 'enable-multi-threading': true, 'http-dedicated-listener': true, 'http-listener-threads': 2, 'http-client-threads': 2 };

const highAvailability = (place: number): readonly object[] => [
  { library: join(hookFolder, 'libdhcp_lease_cmds.so') },
  {
    library: join(hookFolder, 'libdhcp_ha.so'),
    parameters: {
      'high-availability': [{ 'this-server-name': `node${place}`, mode: 'hot-standby', 'multi-threading': threads, peers: [keaPeer(0), keaPeer(1)] }],
    },
  },
];

const kea: BenchPair = {
  name: 'Kea 2.2 hot-standby pair',
  nodes: 2,
  isDurable: false,
  readyLine: /DHCP4_STARTED/,
  prepare(folder, place, dev) {
    if (!existsSync(join(hookFolder, 'libdhcp_ha.so'))) throw new Error('Kea has no HA hook here');
    return prepareKea(folder, keaConf(folder, poolSize, dev, highAvailability(place)));
  },
  async join(_folders, children) {
    await Promise.all(children.map((child) => child.line(/transitions? .*to HOT-STANDBY/, 0, 60_000)));
  },
  tidyUp: async () => {},
  records: keaRecords,
  backlog: () => 0,
};

export const pairs = {
  single: leasehold('Leasehold, one node', 1),
  /** As each node of a pair that has two processors: it shares one with its part of the load. */
  confined: { ...leasehold('Leasehold, one node on one processor', 1), processor: 0 },
  pair: leasehold('Leasehold pair', 2),
  sync: leasehold('Leasehold pair, sync-updates', 2, poolSize, 'relationship { sync-updates on; }'),
  kea,
} as const;
export type PairKey = keyof typeof pairs;
