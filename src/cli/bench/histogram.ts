// Times in buckets that grow with the value: 32 per doubling, so a percentile is within about 2 % (HdrHistogram's idea).

const perDoubling = 32;
const doublings = 26;

/** Counts durations from 1 µs up to about a minute; longer ones count as the longest. PERF: no allocation per value. */
export class Histogram {
  readonly #counts = new Uint32Array(perDoubling * doublings);
  #total = 0;
  #sumMillis = 0;
  #maxMillis = 0;

  get total(): number {
    return this.#total;
  }
  get meanMillis(): number {
    return this.#total === 0 ? 0 : this.#sumMillis / this.#total;
  }
  get maxMillis(): number {
    return this.#maxMillis;
  }

  add(millis: number): void {
    const micros = Math.max(millis * 1000, 1);
    const bucket = Math.min(Math.floor(Math.log2(micros) * perDoubling), this.#counts.length - 1);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#total++;
    this.#sumMillis += millis;
    if (millis > this.#maxMillis) this.#maxMillis = millis;
  }

  /** Upper edge of the bucket that holds that share (0..1) of the values, in milliseconds; 0 without values. */
  quantile(share: number): number {
    const wanted = Math.ceil(this.#total * share);
    let seen = 0;
    for (const [bucket, count] of this.#counts.entries()) {
      seen += count;
      if (count > 0 && seen >= wanted) return Math.min(2 ** ((bucket + 1) / perDoubling) / 1000, this.#maxMillis);
    }
    return 0;
  }

  reset(): void {
    this.#counts.fill(0);
    this.#total = 0;
    this.#sumMillis = 0;
    this.#maxMillis = 0;
  }
}
