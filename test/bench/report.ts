// docs/benchmarks.md from what was measured.

import { execFileSync } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';
import type { Case, StartUp } from './measure.ts';
import { number, table } from './report-text.ts';
import { servers, type ServerKey } from './servers.ts';

/** Medians of one case and server. */
export interface Row {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpuMicros: number;
  readonly failed: number;
  readonly rounds: number;
}
export interface Results {
  readonly keys: readonly ServerKey[];
  readonly cases: readonly Case[];
  readonly rows: ReadonlyMap<string, Row>;
  readonly starts: ReadonlyMap<ServerKey, StartUp>;
  readonly startLeases: number;
  readonly problems: readonly string[];
  readonly rounds: number;
  readonly command: string;
  /** The table of the pairs; empty when none was measured. */
  readonly pairs: string;
  /** The tables of TFTP servers and of floods; empty when nothing was measured. */
  readonly files: string;
  readonly floods: string;
}
export const rowKey = (wanted: Case, key: ServerKey): string => `${wanted.id} ${key}`;

function cell(results: Results, wanted: Case, key: ServerKey, of: (row: Row) => string): string {
  const row = results.rows.get(rowKey(wanted, key));
  return row === undefined ? '–' : of(row);
}

function valuesTable(results: Results, of: (row: Row) => string): string {
  return table(
    ['load', ...results.keys.map((key) => servers[key].name)],
    results.cases.map((wanted) => [describe(wanted), ...results.keys.map((key) => cell(results, wanted, key, of))]),
  );
}

const describe = ({ mode, window, poolSize, rate }: Case): string =>
  `${mode === 'dora' ? 'DORA' : 'renewals'}, pool ${number(poolSize)}, ${rate === undefined ? `window ${window}` : `${number(rate)} offered per second`}`;

function ratios(results: Results): string {
  const others = results.keys.filter((key) => key !== 'leasehold');
  return table(
    ['load', ...others.map((key) => `to ${servers[key].name}`)],
    results.cases.map((wanted) => {
      const own = results.rows.get(rowKey(wanted, 'leasehold'))?.perSecond ?? 0;
      return [describe(wanted), ...others.map((key) => cell(results, wanted, key, (row) => (row.perSecond < 1 ? '–' : `${(own / row.perSecond).toFixed(2)} ×`)))];
    }),
  );
}

function startTable({ starts, keys }: Results): string {
  const measured = keys.filter((key) => starts.has(key));
  return table(
    ['server', 'seconds until it serves', 'resident MB', 'DORA/s right after, window 64'],
    measured.map((key) => {
      const { seconds, megabytes, perSecond } = starts.get(key) as StartUp;
      return [servers[key].name, seconds.toFixed(1), megabytes.toFixed(0), number(perSecond)];
    }),
  );
}

function filesystem(): string {
  try {
    return execFileSync('stat', ['-f', '-c', '%T', '/tmp'], { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}

const fileSections = ({ files, floods }: Results): string[] => [
  ...(files === ''
    ? []
    : [
        '## Boot files over TFTP',
        'Clients are atftp, all of one row at once, each fetching the whole file with blksize 1468; it counts only if every byte arrived. All servers run at the same time and are asked in turn, after each has sent the file once; a multiple is the median of those of fetches one behind the other, because machines change their pace. dnsmasq and tftpd-hpa know no windowsize and answer as without it. Rows of windowsize 1 compare like with like; in the others the client asks for 16 blocks at a time and gets what the server can.',
        files,
      ]),
  ...(floods === ''
    ? []
    : [
        '## DHCP while the file server is flooded',
        'Requests for a boot file from addresses where nobody is, so that each is a half-open transfer, while DHCP clients are offered at a fixed rate. The flood costs its sender, the network and the kernel a share of the two processors whoever receives it: the control is the same flood at a UDP socket that nobody reads. Its sender runs when nobody else wants to, as if on a machine of its own. The lease file lies in memory here: how long a disk takes differs more between two runs than what is asked.',
        floods,
      ]),
];

export function markdown(results: Results): string {
  const [cpu] = cpus();
  const machine = `${cpus().length} × ${cpu?.model.trim() ?? 'unknown processor'}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Linux ${release()}, Node ${process.versions.node}; leases on ${filesystem()}`;
  return [
    '# Benchmarks',
    `Written by \`${results.command}\` on ${new Date().toISOString().slice(0, 10)}. ${machine}.`,
    `Server and load generator (\`leasehold bench\`) run in two network namespaces of that machine, joined by a veth cable, and share its processors. Every figure is the median of ${results.rounds} alternating round(s), each against a freshly started server. \`dhcp-cache-threshold 0\` (Kea: \`cache-threshold 0\`) everywhere, default logging into a pipe that is read. ISC dhcpd and Leasehold are durable: an ACK's lease is on disk before it is sent, and a round fails unless as many lease records were appended as clients were acknowledged. Kea's memfile and the null responder, which answers without deciding or storing anything, are not.`,
    '## Exchanges per second',
    valuesTable(results, (row) => number(row.perSecond)),
    ...(results.keys.includes('leasehold') ? ['## Leasehold, as a multiple', ratios(results)] : []),
    '## Time from DISCOVER (or renewal) to ACK, p50 / p99 in milliseconds',
    valuesTable(results, (row) => `${row.p50.toFixed(2)} / ${row.p99.toFixed(2)}`),
    '## Processor time of the server per exchange, in microseconds',
    valuesTable(results, (row) => number(row.cpuMicros)),
    ...(results.starts.size === 0 ? [] : [`## Start with ${number(results.startLeases)} active leases`, startTable(results)]),
    ...(results.pairs === ''
      ? []
      : [
          '## Pairs',
          'Two nodes and the load generator on one switch, a pool of 524 288 that both share. All servers of a load run at once and are loaded in turn, with new clients each time, after a warm-up that ends with a rewritten lease file, so that no rewriting falls into a turn of the one and not of the other; multiples are those of a turn to the turn beside it, and of them the median. One node alone has both processors, of which its load keeps one busy; each node of a pair shares one with its part of the load. The row of one node on one processor is that node under the same condition: what a pair costs more than it is failover, and what it costs more than the other is that and the sharing. Leasehold speaks failover as dhcpd does: lazy updates, load balanced half and half, both lease files durable. Kea 2.2 is a hot-standby pair that waits for its partner before it answers, memory files, dedicated listener, two threads.',
          results.pairs,
        ]),
    ...fileSections(results),
    ...(results.problems.length === 0 ? [] : ['## What did not go well', results.problems.map((line) => `- ${line}`).join('\n')]),
    '',
  ].join('\n\n');
}
