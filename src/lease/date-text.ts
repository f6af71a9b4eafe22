// Times of the lease file as bytes: `W YYYY/MM/DD HH:MM:SS`, UTC, weekday 0 = Sunday; `never`; `epoch N; # comment`
// (dhcpd-leases reference §3). Plain calendar arithmetic, no clock.

import type { ByteWriter } from '../std/bytes.ts';
import { forever, type UnixSeconds } from '../std/time.ts';

/** Proleptic Gregorian date of a day counted from 1970-01-01. */
export function dateOfDay(day: number): { readonly year: number; readonly month: number; readonly date: number } {
  // Eras of 400 years that begin on 1 March, so that the leap day is the last of a year.
  const shifted = day + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    date: dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1,
  };
}

/** Day of a proleptic Gregorian date, counted from 1970-01-01. Months and dates outside their range run over. */
export function dayOfDate(year: number, month: number, date: number): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + date - 1;
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468;
}

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const prefixSize = 13;
/** `W YYYY/MM/DD HH:MM:SS` */
const dateSize = prefixSize + 8;
const cachedDays = 16;

const digits = (bytes: Uint8Array, at: number, value: number): void => {
  const tens = (value / 10) | 0;
  bytes[at] = 48 + tens;
  bytes[at + 1] = 48 + value - tens * 10;
};

/** PERF: the text of a day is made once and copied; a record holds times of two or three days. */
export class DateText {
  readonly #days = new Int32Array(cachedDays).fill(-1);
  readonly #prefixes = new Uint8Array(cachedDays * prefixSize);

  /** Writes `never` or a date at `at`, returns where it ends. Room for `dateSize` bytes is the caller's. */
  write(bytes: Uint8Array, at: number, time: UnixSeconds): number {
    if (time === forever) {
      for (let i = 0; i < 5; i++) bytes[at + i] = neverText.charCodeAt(i);
      return at + 5;
    }
    const day = Math.floor(time / 86_400);
    const slot = this.#slot(day) * prefixSize;
    for (let i = 0; i < prefixSize; i++) bytes[at + i] = this.#prefixes[slot + i] ?? 0;
    const second = time - day * 86_400;
    const minute = (second / 60) | 0;
    const hour = (minute / 60) | 0;
    digits(bytes, at + 13, hour);
    bytes[at + 15] = 58;
    digits(bytes, at + 16, minute - hour * 60);
    bytes[at + 18] = 58;
    digits(bytes, at + 19, second - minute * 60);
    return at + dateSize;
  }

  append(out: ByteWriter, time: UnixSeconds): void {
    out.reserve(dateSize);
    out.size = this.write(out.bytes, out.size, time);
  }

  #slot(day: number): number {
    const slot = day & (cachedDays - 1);
    if (this.#days[slot] === day) return slot;
    const { year, month, date } = dateOfDay(day);
    const at = slot * prefixSize;
    const bytes = this.#prefixes;
    bytes[at] = 48 + ((day + 4) % 7);
    bytes[at + 1] = 32;
    digits(bytes, at + 2, Math.floor(year / 100));
    digits(bytes, at + 4, year % 100);
    bytes[at + 6] = 47;
    digits(bytes, at + 7, month);
    bytes[at + 9] = 47;
    digits(bytes, at + 10, date);
    bytes[at + 12] = 32;
    this.#days[slot] = day;
    return slot;
  }
}

const neverText = 'never';

/**
 * `epoch N; # Sun Nov 22 18:48:54 2026`, without the first semicolon's line end: what db-time-format local asks for. The
 * comment is for people; here it is UTC, since the core knows no time zone.
 */
export function epochText(time: UnixSeconds): string {
  if (time === forever) return 'never;';
  const day = Math.floor(time / 86_400);
  const { year, month, date } = dateOfDay(day);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const second = time - day * 86_400;
  const clock = `${two(second / 3600)}:${two((second / 60) % 60)}:${two(second % 60)}`;
  return `epoch ${time}; # ${weekdays[(day + 4) % 7]} ${months[month - 1]} ${two(date)} ${clock} ${year}`;
}
