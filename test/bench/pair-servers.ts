// The pairs of the comparison, and one Leasehold alone to compare a pair's cost with: how each node is configured and started,
// and how one sees that the two are a pair.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Child } from '../../src/cli/lab/child.ts';
import { formatIpv4, type Ipv4 } from '../../src/std/ipv4.ts';
import { countIn, firstAddress, leaseSeconds, network, serverAddress } from './servers.ts';

/** Addresses of the two nodes, by place. */
export const nodeAddresses = [serverAddress, '10.64.0.3'] as const;
const programs = join(import.meta.dirname, '../..');
const poolSize = 65_536;
const range = (separator: string): string =>
  [firstAddress, firstAddress + poolSize - 1].map((address) => formatIpv4(address as Ipv4)).join(separator);

export interface BenchPair {
  readonly name: string;
  readonly nodes: 1 | 2;
  /** An ACK is on disk before it is sent. */
  readonly isDurable: boolean;
  /** Writes what node `place` needs into `folder`; its command line. */
  prepare(folder: string, place: number, dev: string): string[];
  readonly readyLine: RegExp;
  /** Makes two nodes that are ready a pair, and waits until they are. */
  join(folders: readonly string[], children: readonly Child[]): Promise<void>;
  records(folder: string): number;
  /** Updates of leases that wait for the partner. */
  backlog(folder: string): number;
}

const leaseholdConf = (place: number, isPair: boolean): string => {
  const peer = `failover peer "pair" {
  ${place === 0 ? 'primary' : 'secondary'};
  address ${nodeAddresses[place]}; port 647; peer address ${nodeAddresses[1 - place]}; peer port 647;
  max-response-delay 30; max-unacked-updates 10; load balance max seconds 3;
  ${place === 0 ? 'mclt 3600; split 128;' : ''}
}
`;
  return `${isPair ? peer : ''}authoritative;
ddns-update-style none;
ping-check false;
dhcp-cache-threshold 0;
default-lease-time ${leaseSeconds};
max-lease-time ${leaseSeconds};
subnet ${network.address} netmask ${network.mask} {
  option routers ${serverAddress};
  option domain-name-servers ${serverAddress};
  option domain-name "bench.example";
  pool { ${isPair ? 'failover peer "pair"; ' : ''}range ${range(' ')}; }
}
`;
};

interface PeerStatus {
  readonly updatesWaiting: number;
  readonly updatesUnacked: number;
}
const control = (folder: string): NodeJS.ProcessEnv => ({ ...process.env, LEASEHOLD_CONTROL: join(folder, 'control.sock') });
const command = (folder: string, ...words: readonly string[]): string =>
  execFileSync(process.execPath, [join(programs, 'dist/leasehold.mjs'), ...words], { encoding: 'utf8', env: control(folder) });

const leasehold = (name: string, nodes: 1 | 2): BenchPair => ({
  name,
  nodes,
  isDurable: true,
  readyLine: /Server starting service/,
  prepare(folder, place, dev) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'dhcpd.conf'), leaseholdConf(place, nodes === 2));
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
    const isShared = (): boolean => countIn(join(folders[1] ?? '', 'dhcpd.leases'), '\n  binding state backup') >= poolSize / 2 - 256;
    for (const end = Date.now() + 60_000; !isShared(); await new Promise((resolve) => setTimeout(resolve, 100)))
      if (Date.now() > end) throw new Error(`the pool was not shared out within a minute: ${countIn(join(folders[1] ?? '', 'dhcpd.leases'), '\n  binding state backup')} of 32768`);
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
const peerOf = (place: number): object => ({
  name: `node${place}`, url: `http://${nodeAddresses[place]}:8001/`, role: place === 0 ? 'primary' : 'standby', 'auto-failover': true,
});
const threads = { 'enable-multi-threading': true, 'http-dedicated-listener': true, 'http-listener-threads': 2, 'http-client-threads': 2 };

const keaConf = (folder: string, place: number, dev: string): object => ({
  Dhcp4: {
    'interfaces-config': { interfaces: [dev], 'dhcp-socket-type': 'raw' },
    'lease-database': { type: 'memfile', persist: true, name: join(folder, 'leases.csv'), 'lfc-interval': 0 },
    'multi-threading': { 'enable-multi-threading': true, 'thread-pool-size': 2, 'packet-queue-size': 64 },
    'hooks-libraries': [
      { library: join(hookFolder, 'libdhcp_lease_cmds.so') },
      {
        library: join(hookFolder, 'libdhcp_ha.so'),
        parameters: {
          'high-availability': [{ 'this-server-name': `node${place}`, mode: 'hot-standby', 'multi-threading': threads, peers: [peerOf(0), peerOf(1)] }],
        },
      },
    ],
    'valid-lifetime': leaseSeconds,
    authoritative: true,
    'option-data': [
      { name: 'routers', data: serverAddress },
      { name: 'domain-name-servers', data: serverAddress },
      { name: 'domain-name', data: 'bench.example' },
    ],
    subnet4: [{ id: 1, subnet: `${network.address}/${network.bits}`, interface: dev, pools: [{ pool: range(' - ') }] }],
    loggers: [{ name: 'kea-dhcp4', 'output_options': [{ output: 'stdout' }], severity: 'INFO' }],
  },
});

const kea: BenchPair = {
  name: 'Kea 2.2 hot-standby pair',
  nodes: 2,
  isDurable: false,
  readyLine: /DHCP4_STARTED/,
  prepare(folder, place, dev) {
    if (!existsSync(join(hookFolder, 'libdhcp_ha.so'))) throw new Error('Kea has no HA hook here');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'kea.json'), JSON.stringify(keaConf(folder, place, dev), undefined, 2));
    return ['env', `KEA_PIDFILE_DIR=${folder}`, `KEA_LOCKFILE_DIR=${folder}`, 'kea-dhcp4', '-c', join(folder, 'kea.json')];
  },
  async join(_folders, children) {
    await Promise.all(children.map((child) => child.line(/transitions? .*to HOT-STANDBY/, 0, 60_000)));
  },
  records: (folder) => Math.max(countIn(join(folder, 'leases.csv'), '\n') - 1, 0),
  backlog: () => 0,
};

export const pairs = { single: leasehold('Leasehold, one node', 1), pair: leasehold('Leasehold pair', 2), kea } as const;
export type PairKey = keyof typeof pairs;
