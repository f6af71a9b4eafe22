// From probes to a judgement: how long nobody would have been served.

export interface Probe {
  /** Milliseconds of one clock. */
  readonly startedAt: number;
  /** When the lease was acknowledged; undefined: nobody did in time. */
  readonly servedAt: number | undefined;
  /** Server identifier of the ACK. */
  readonly by: number;
}

export interface ServiceReport {
  readonly probes: number;
  readonly served: number;
  /** From the first probe that nobody served to the next that somebody did; what is cut off at the end counts until `endedAt`. */
  readonly secondsWithoutService: number;
  /** From DHCPDISCOVER to DHCPACK, of those that were served. */
  readonly longestMillis: number;
  readonly servedBy: ReadonlyMap<number, number>;
}

export function serviceOf(probes: readonly Probe[], endedAt: number): ServiceReport {
  let millisWithout = 0;
  let silentSince: number | undefined;
  let longestMillis = 0;
  const servedBy = new Map<number, number>();
  for (const { startedAt, servedAt, by } of probes.toSorted((a, b) => a.startedAt - b.startedAt)) {
    if (servedAt === undefined) {
      silentSince ??= startedAt;
      continue;
    }
    if (silentSince !== undefined) millisWithout += startedAt - silentSince;
    silentSince = undefined;
    longestMillis = Math.max(longestMillis, servedAt - startedAt);
    servedBy.set(by, (servedBy.get(by) ?? 0) + 1);
  }
  if (silentSince !== undefined) millisWithout += endedAt - silentSince;
  const served = probes.filter(({ servedAt }) => servedAt !== undefined).length;
  return { probes: probes.length, served, secondsWithoutService: Math.round(millisWithout / 10) / 100, longestMillis: Math.round(longestMillis), servedBy };
}
