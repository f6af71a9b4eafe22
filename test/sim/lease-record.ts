// A record of a lease file as an outsider reads it, apart from the product's own reader.

/** Most records are never asked for anything: each fact is read when somebody does, once. */
export class LeaseRecord {
  readonly text: string;
  #state: string | undefined;
  #holder: string | undefined;
  #ends: number | undefined;
  #tsfp: number | undefined;
  #latest: number | undefined;

  constructor(text: string) {
    this.text = text;
  }
  get state(): string {
    return (this.#state ??= valueOf(this.text, 'binding state'));
  }
  /** Hardware address of its client; empty: nobody. */
  get holder(): string {
    return (this.#holder ??= valueOf(this.text, 'hardware ethernet'));
  }
  /** Unix seconds, as all times here; 0: absent. */
  get ends(): number {
    return (this.#ends ??= timeOf(this.text, 'ends'));
  }
  get tsfp(): number {
    return (this.#tsfp ??= timeOf(this.text, 'tsfp'));
  }
  /** The latest end that anybody promised or was promised. */
  get latest(): number {
    return (this.#latest ??= Math.max(this.ends, this.tsfp, timeOf(this.text, 'tstp')));
  }
}

/** Of the line `  WORD VALUE;`; empty: absent. */
function valueOf(text: string, word: string): string {
  const at = text.indexOf(`\n  ${word} `);
  if (at < 0) return '';
  const from = at + word.length + 4;
  return text.slice(from, text.indexOf(';', from));
}
/** `WEEKDAY YYYY/MM/DD HH:MM:SS`, UTC. */
function timeOf(text: string, word: string): number {
  const value = valueOf(text, word);
  if (!/^\d /.test(value)) return 0;
  return Date.UTC(digits(value, 2, 6), digits(value, 7) - 1, digits(value, 10), digits(value, 13), digits(value, 16), digits(value, 19)) / 1000;
}
const digits = (text: string, from: number, to = from + 2): number => Number(text.slice(from, to));
