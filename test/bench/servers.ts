// The servers of a comparison: how each is configured, started, recognised as serving, and where it keeps leases.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatIpv4, type Ipv4 } from '../../src/std/ipv4.ts';

/** 10.64.0.1/11 is the server, 10.64.1.0 and up are leased. */
export const serverAddress = '10.64.0.1';
export const firstAddress = 0x0a400100;
export const network = { address: '10.64.0.0', mask: '255.224.0.0', bits: 11 } as const;
const leaseSeconds = 3600;

export interface BenchServer {
  readonly name: string;
  /** An ACK is on disk before it is sent. */
  readonly isDurable: boolean;
  /** Writes what the server needs into `folder`; its command line for the interface. */
  prepare(folder: string, poolSize: number, dev: string): string[];
  readonly readyLine: RegExp;
  /** Lease records it has written so far. */
  records(folder: string): number;
  /** Writes a lease file with that many active leases, from the first address on. */
  fill(folder: string, leases: number): void;
}

const poolEnd = (size: number): string => formatIpv4((firstAddress + size - 1) as Ipv4);
const poolStart = formatIpv4(firstAddress as Ipv4);

/** `peer` is the declaration of a failover peer called "pair", whose pool it then is. */
export const dhcpdConf = (poolSize: number, peer = ''): string => `# What every server of the comparison does: one pool, an hour, no ping, nothing cached.
${peer}authoritative;
ddns-update-style none;
ping-check false;
dhcp-cache-threshold 0;
default-lease-time ${leaseSeconds};
max-lease-time ${leaseSeconds};
subnet ${network.address} netmask ${network.mask} {
  option routers ${serverAddress};
  option domain-name-servers ${serverAddress};
  option domain-name "bench.example";
  pool { ${peer === '' ? '' : 'failover peer "pair"; '}range ${poolStart} ${poolEnd(poolSize)}; }
}
`;

/** Of the client that `bench` calls number `index`. */
const macOf = (index: number): string =>
  ['02', '00', ...[24, 16, 8, 0].map((bits) => ((index >>> bits) & 255).toString(16).padStart(2, '0'))].join(':');

/** Counts occurrences without making a string of a large file. */
export function countIn(path: string, text: string): number {
  if (!existsSync(path)) return 0;
  const bytes = readFileSync(path);
  const wanted = Buffer.from(text);
  let count = 0;
  for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + wanted.length)) count++;
  return count;
}

const dhcpdDate = (seconds: number): string => {
  const date = new Date(seconds * 1000);
  return `${date.getUTCDay()} ${date.toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ')}`;
};

function dhcpdLeases(leases: number): string {
  const now = Math.floor(Date.now() / 1000);
  const [starts, ends] = [dhcpdDate(now), dhcpdDate(now + 86_400)];
  const parts = ['# The format of this file is documented in the dhcpd.leases(5) manual page.\n\nauthoring-byte-order little-endian;\n\n'];
  for (let i = 0; i < leases; i++)
    parts.push(
      `lease ${formatIpv4((firstAddress + i) as Ipv4)} {\n  starts ${starts};\n  ends ${ends};\n  cltt ${starts};\n  binding state active;\n  next binding state free;\n  rewind binding state free;\n  hardware ethernet ${macOf(i)};\n}\n`,
    );
  return parts.join('');
}

const leaseFile = (folder: string): string => join(folder, 'dhcpd.leases');

function dhcpdLike(name: string, program: readonly string[], readyLine: RegExp): BenchServer {
  return {
    name,
    isDurable: true,
    readyLine,
    prepare(folder, poolSize, dev) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'dhcpd.conf'), dhcpdConf(poolSize));
      if (!existsSync(leaseFile(folder))) writeFileSync(leaseFile(folder), '');
      return [...program, '-4', '-f', '-d', '-cf', join(folder, 'dhcpd.conf'), '-lf', leaseFile(folder), '-pf', join(folder, 'dhcpd.pid'), dev];
    },
    // A rewritten file is counted with its predecessor: dhcpd's is `~`.
    records: (folder) => countIn(leaseFile(folder), '\nlease ') + countIn(`${leaseFile(folder)}~`, '\nlease '),
    fill(folder, leases) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(leaseFile(folder), dhcpdLeases(leases));
    },
  };
}

const isc = dhcpdLike('ISC dhcpd 4.4.3', ['dhcpd'], /Server starting service|^Sending on {3}Socket\/fallback/);
const leasehold = dhcpdLike('Leasehold', [join(import.meta.dirname, '../../bin/dhcpd')], /Server starting service/);

export const keaConf = (folder: string, poolSize: number, dev: string, hooks: readonly object[] = []): object => ({
  Dhcp4: {
    'hooks-libraries': hooks,
    'interfaces-config': { interfaces: [dev], 'dhcp-socket-type': 'raw' },
    'lease-database': { type: 'memfile', persist: true, name: join(folder, 'leases.csv'), 'lfc-interval': 0 },
    'multi-threading': { 'enable-multi-threading': true, 'thread-pool-size': 2, 'packet-queue-size': 64 },
    'valid-lifetime': leaseSeconds,
    authoritative: true,
    'option-data': [
      { name: 'routers', data: serverAddress },
      { name: 'domain-name-servers', data: serverAddress },
      { name: 'domain-name', data: 'bench.example' },
    ],
    subnet4: [{ id: 1, subnet: `${network.address}/${network.bits}`, interface: dev, pools: [{ pool: `${poolStart} - ${poolEnd(poolSize)}` }] }],
    loggers: [{ name: 'kea-dhcp4', 'output_options': [{ output: 'stdout' }], severity: 'INFO' }],
  },
});

/** Its command line, with `conf` written into `folder`. */
export function prepareKea(folder: string, conf: object): string[] {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'kea.json'), JSON.stringify(conf, undefined, 2));
  return ['env', `KEA_PIDFILE_DIR=${folder}`, `KEA_LOCKFILE_DIR=${folder}`, 'kea-dhcp4', '-c', join(folder, 'kea.json')];
}
export const keaRecords = (folder: string): number => Math.max(countIn(join(folder, 'leases.csv'), '\n') - 1, 0);

const kea: BenchServer = {
  name: 'Kea 2.2',
  isDurable: false,
  readyLine: /DHCP4_STARTED/,
  prepare: (folder, poolSize, dev) => prepareKea(folder, keaConf(folder, poolSize, dev)),
  records: keaRecords,
  fill(folder, leases) {
    mkdirSync(folder, { recursive: true });
    const expires = Math.floor(Date.now() / 1000) + 86_400;
    const lines = ['address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context\n'];
    for (let i = 0; i < leases; i++) lines.push(`${formatIpv4((firstAddress + i) as Ipv4)},${macOf(i)},,86400,${expires},1,0,0,,0,\n`);
    writeFileSync(join(folder, 'leases.csv'), lines.join(''));
  },
};

const nothing: BenchServer = {
  name: 'null responder',
  isDurable: false,
  readyLine: /^ready$/,
  prepare: (_folder, _poolSize, dev) => [process.execPath, '--import', 'tsx', join(import.meta.dirname, 'null-responder.ts'), dev, serverAddress],
  records: () => 0,
  fill: () => {},
};

export const servers = { leasehold, isc, kea, null: nothing } as const;
export type ServerKey = keyof typeof servers;
