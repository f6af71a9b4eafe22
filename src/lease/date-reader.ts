// Times of the lease file, from bytes (dhcpd-leases reference §3). The way back of date-text.ts.

import { forever } from '../std/time.ts';
import { dayOfDate } from './date-text.ts';

const digit = (bytes: Uint8Array, at: number): number => (bytes[at] ?? 0) - 48;
/** Negative unless a digit stands at `at`: such numbers can be joined by `|` and looked at once. */
const nonDigit = (bytes: Uint8Array, at: number): number => digit(bytes, at) | (9 - digit(bytes, at));
/** The fourteen digits of `W YYYY/MM/DD HH:MM:SS`. */
const hasDigits = (bytes: Uint8Array, at: number): boolean =>
  (nonDigit(bytes, at + 2) | nonDigit(bytes, at + 3) | nonDigit(bytes, at + 4) | nonDigit(bytes, at + 5) |
    nonDigit(bytes, at + 7) | nonDigit(bytes, at + 8) | nonDigit(bytes, at + 10) | nonDigit(bytes, at + 11) |
    nonDigit(bytes, at + 13) | nonDigit(bytes, at + 14) | nonDigit(bytes, at + 16) | nonDigit(bytes, at + 17) |
    nonDigit(bytes, at + 19) | nonDigit(bytes, at + 20)) >= 0;
const twoDigits = (bytes: Uint8Array, at: number): number => digit(bytes, at) * 10 + digit(bytes, at + 1);

const cachedDates = 64;

export class DateReader {
  /** Dates as YYYYMMDD that were met lately, and their days. */
  readonly #dates = new Uint32Array(cachedDates);
  readonly #days = new Int32Array(cachedDates);

  /**
   * `W YYYY/MM/DD HH:MM:SS` of exactly this form at `at`, as seconds; -1 for anything else. PERF: six of them a record; a date
   * met lately is looked up.
   */
  readCommon(bytes: Uint8Array, at: number): number {
    if (bytes[at + 1] !== 32 || bytes[at + 6] !== 47 || bytes[at + 9] !== 47 || bytes[at + 12] !== 32) return -1;
    if (bytes[at + 15] !== 58 || bytes[at + 18] !== 58) return -1;
    if (!hasDigits(bytes, at)) return -1;
    const month = twoDigits(bytes, at + 7);
    const date = twoDigits(bytes, at + 10);
    if (month < 1 || month > 12 || date < 1 || date > 31) return -1;
    const hour = twoDigits(bytes, at + 13);
    const minute = twoDigits(bytes, at + 16);
    const second = twoDigits(bytes, at + 19);
    if (hour > 23 || minute > 59 || second > 60) return -1;
    const year = twoDigits(bytes, at + 2) * 100 + twoDigits(bytes, at + 4);
    return inRange(this.#day(year, month, date) * 86_400 + hour * 3600 + minute * 60 + second);
  }

  #day(year: number, month: number, date: number): number {
    const key = year * 10_000 + month * 100 + date;
    const slot = (date + month * 31) & (cachedDates - 1);
    if (this.#dates[slot] !== key) {
      this.#dates[slot] = key;
      this.#days[slot] = dayOfDate(year, month, date);
    }
    return this.#days[slot] ?? 0;
  }

  /** Any of the forms, as text: `never`, `epoch N`, a date with single digits or with a zone offset in seconds. -1: none. */
  read(text: string): number {
    if (text === 'never') return forever;
    const epoch = /^epoch\s+(\d{1,10})$/.exec(text);
    if (epoch !== null) return inRange(Number(epoch[1]));
    const match = /^\d\s+(\d{4})\/(\d{1,2})\/(\d{1,2})\s+(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\s+(-?\d{1,6}))?$/.exec(text);
    if (match === null) return -1;
    const [year = 0, month = 0, date = 0, hour = 0, minute = 0, second = 0, offset = 0] = match
      .slice(1)
      .map((part) => Number(part ?? 0));
    if (month < 1 || month > 12 || date < 1 || date > 31 || hour > 23 || minute > 59 || second > 60) return -1;
    return inRange(dayOfDate(year, month, date) * 86_400 + hour * 3600 + minute * 60 + second - offset);
  }
}

/** Before 1970 is absent (0); what does not fit 32 bits never comes. */
const inRange = (time: number): number => Math.min(Math.max(time, 0), forever);
