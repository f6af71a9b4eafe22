// Address to row: runs of consecutive addresses whose rows are consecutive too, and a map for single ones.

const none = -1;

/** PERF: a lookup tries the run of the one before, then is a binary search among runs, of which there is about one per range. */
export class AddressIndex {
  #lows: number[] = [];
  #highs: number[] = [];
  #rows: number[] = [];
  /** Addresses of retired leases that were read from a file: few, unless the configuration changed behind our back. */
  readonly #strays = new Map<number, number>();
  /** The run in which an address was found last. */
  #latest = 0;

  rowOf(ip: number): number {
    const latest = this.#lows[this.#latest];
    if (latest !== undefined && ip >= latest && ip <= (this.#highs[this.#latest] ?? 0)) return (this.#rows[this.#latest] ?? 0) + (ip - latest);
    let low = 0;
    let high = this.#lows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#highs[middle] ?? 0) < ip) low = middle + 1;
      else high = middle;
    }
    const first = this.#lows[low];
    if (first !== undefined && ip >= first) {
      this.#latest = low;
      return (this.#rows[low] ?? 0) + (ip - first);
    }
    return this.#strays.size === 0 ? none : (this.#strays.get(ip) ?? none);
  }

  /** Addresses low … high, none of them known, have the rows from `row` on. */
  addRun(low: number, high: number, row: number): void {
    let at = this.#lows.length;
    while (at > 0 && (this.#lows[at - 1] ?? 0) > low) at--;
    this.#lows.splice(at, 0, low);
    this.#highs.splice(at, 0, high);
    this.#rows.splice(at, 0, row);
  }
  addStray(ip: number, row: number): void {
    this.#strays.set(ip, row);
  }
}
