// A run of load as people read it.

import type { LoadResult } from './tally.ts';

const millis = (value: number): string => `${value < 10 ? value.toFixed(3) : value.toFixed(1)} ms`;
const what: Readonly<Record<string, string>> = { dora: 'DISCOVER to ACK', renew: 'renewals', reboot: 'reboots' };

export function loadTable(server: string, result: LoadResult): string {
  const loaded = result.offeredPerSecond === undefined ? `window ${result.window}` : `${result.offeredPerSecond} begun per second`;
  const rows: readonly (readonly [string, string])[] = [
    ['server', server],
    ['load', `${what[result.mode] ?? result.mode}, ${loaded}, ${result.clients} clients, ${result.seconds.toFixed(1)} s`],
    ['acknowledged', `${result.acks} (${result.exchangesPerSecond.toFixed(0)} per second)`],
    ['time', `p50 ${millis(result.p50)}  p90 ${millis(result.p90)}  p99 ${millis(result.p99)}  p99.9 ${millis(result.p999)}  max ${millis(result.max)}`],
    ['to the OFFER', result.offers === 0 ? 'no OFFER' : `p50 ${millis(result.offerP50)} (${result.offers})`],
    ['refused (NAK)', String(result.naks)],
    ['repeated', String(result.retries)],
    ['given up', String(result.failed)],
    ['malformed', String(result.malformed)],
    ['unexpected', `${result.unexpected} (late or doubled)`],
    ['double holdings', String(result.duplicates)],
    ...(result.late === 0 ? [] : ([['late starts', `${result.late} (every exchange was busy when one was due)`]] as const)),
  ];
  return rows.map(([name, value]) => `${name.padEnd(16)} ${value}`).join('\n');
}
