// One lease record of dhcpd's file, from bytes into a LeaseChange: the common statements in place, the rest through
// lease-statements.ts (dhcpd-leases reference §2, §4, §9).

import { formatIpv4, type Ipv4 } from '../std/ipv4.ts';
import { forever, type UnixSeconds } from '../std/time.ts';
import { bindingStates } from '../model/binding-state.ts';
import { latin1 } from '../std/bytes.ts';
import { interruptedBy, isInterrupted, isInterruptedAt, lineEnd, skipBlank, statementEnd, unterminated } from './block-reader.ts';
import { DateReader } from './date-reader.ts';
import { LeaseChange } from './lease-change.ts';
import { LeaseStatements } from './lease-statements.ts';
import type { ReplayCode } from './replay-problems.ts';
import { isAt, quotedEnd, readQuoted } from './text-bytes.ts';

/** What a record came to. */
export type LeaseVerdict =
  | 'good'
  /** The bytes end before the record does: read more and try again. */
  | 'incomplete'
  /** Left out; `problem` says why. Go on reading at `end`. */
  | 'bad';

const word = (text: string): Uint8Array => latin1(text);
const times: readonly { readonly word: Uint8Array; readonly field: 'starts' | 'ends' | 'tstp' | 'tsfp' | 'atsfp' | 'cltt' }[] = [
  { word: word('starts '), field: 'starts' },
  { word: word('ends '), field: 'ends' },
  { word: word('tstp '), field: 'tstp' },
  { word: word('tsfp '), field: 'tsfp' },
  { word: word('atsfp '), field: 'atsfp' },
  { word: word('cltt '), field: 'cltt' },
];
const bindingWord = word('binding state ');
const nextWord = word('next binding state ');
const rewindWord = word('rewind binding state ');
const ethernetWord = word('hardware ethernet ');
const uidWord = word('uid "');
const hostnameWord = word('client-hostname "');
const stateWords = bindingStates.map((state) => word(`${state};`));

/** What stands there cannot be read. */
const badValue = -2;

const lineFeed = 10;
const blank = 32;
const semicolon = 59;
const braceOpen = 123;
const braceClose = 125;
const quote = 34;

const hexDigit = (byte: number): number =>
  byte >= 48 && byte <= 57 ? byte - 48 : byte >= 97 && byte <= 102 ? byte - 87 : -1;

/**
 * PERF: a million records in about a second: one pass over the bytes, nothing allocated for a record of common statements.
 * The bytes behind `to` must be zeros (64 of them), so that no word matches across the end.
 */
export class LeaseReader {
  /** Filled by `read`; valid until the next one. */
  readonly change = new LeaseChange();
  ip = 0 as Ipv4;
  /** Where to go on. */
  end = 0;
  /** Statements that were passed over: told by the caller, reset by `read`. */
  readonly problems: { code: ReplayCode; at: number; detail: string }[] = [];
  readonly #dates = new DateReader();
  readonly #statements = new LeaseStatements(this.#dates);
  readonly #hardware = new Uint8Array(6);
  readonly #uid = new Uint8Array(65_535);
  readonly #hostname = new Uint8Array(4096);
  #hasState = false;

  /** `from` stands on `lease `. `wall` decides what a record without a binding state is. */
  read(bytes: Uint8Array, from: number, to: number, wall: UnixSeconds): LeaseVerdict {
    this.problems.length = 0;
    let at = this.#head(bytes, from + 6, to);
    if (at === unterminated) return 'incomplete';
    if (at < 0) return this.#leaveOut(bytes, from, to, 'bad-value', 'the address of a lease');
    this.change.reset();
    this.#hasState = false;
    this.#statements.begin(this.change);
    for (;;) {
      at = bytes[at] === blank && bytes[at + 1] === blank && (bytes[at + 2] ?? 0) > blank ? at + 2 : skipBlank(bytes, at, to);
      if (at >= to) return 'incomplete';
      if (bytes[at] === braceClose) break;
      const next = this.#statement(bytes, at, to);
      if (next >= 0) {
        at = bytes[next] === lineFeed ? next + 1 : next;
        continue;
      }
      if (next === unterminated) return 'incomplete';
      if (isInterrupted(next)) {
        this.end = interruptedBy(next);
        return this.#bad('missing-brace', from, `lease ${formatIpv4(this.ip)}`);
      }
      return this.#leaveOut(bytes, from, to, 'bad-value', `lease ${formatIpv4(this.ip)}: ${this.#statements.failed}`);
    }
    this.end = at + 1;
    this.#complete(wall);
    return 'good';
  }

  /** The address and the opening brace; `badValue` for no address. */
  #head(bytes: Uint8Array, from: number, to: number): number {
    let at = from;
    let ip = 0;
    for (let part = 0; part < 4; part++) {
      let value = 0;
      const first = at;
      for (let digit = (bytes[at] ?? 0) - 48; digit >= 0 && digit < 10; digit = (bytes[++at] ?? 0) - 48) value = value * 10 + digit;
      if (at >= to) return unterminated;
      if (at === first || value > 255 || at - first > 10 || (part < 3 && bytes[at++] !== 46)) return badValue;
      ip = ip * 256 + value;
    }
    this.ip = ip as Ipv4;
    at = skipBlank(bytes, at, to);
    if (at >= to) return unterminated;
    if (bytes[at] !== braceOpen) return badValue;
    return bytes[at + 1] === lineFeed ? at + 2 : at + 1;
  }

  /** Behind the statement; or unterminated, interrupted, `badValue`. */
  #statement(bytes: Uint8Array, at: number, to: number): number {
    if (isInterruptedAt(bytes, at)) return -2 - at;
    let end = -1;
    switch (bytes[at]) {
      case 115: end = this.#time(bytes, at, 0); break; // starts
      case 101: end = this.#time(bytes, at, 1); break; // ends
      case 116: end = bytes[at + 2] === 116 ? this.#time(bytes, at, 2) : this.#time(bytes, at, 3); break; // tstp, tsfp
      case 97: end = this.#time(bytes, at, 4); break; // atsfp
      case 99: end = bytes[at + 2] === 116 ? this.#time(bytes, at, 5) : this.#hostnameText(bytes, at, to); break; // cltt
      case 98: end = this.#binding(bytes, at); break;
      case 110: end = this.#binding(bytes, at); break;
      case 114: end = this.#binding(bytes, at); break;
      case 104: end = this.#ethernet(bytes, at); break;
      case 117: end = this.#uidText(bytes, at, to); break;
      default: break;
    }
    return end >= 0 ? end : this.#rare(bytes, at, to);
  }

  #rare(bytes: Uint8Array, at: number, to: number): number {
    const end = isAt(bytes, at, billingWord) ? billingEnd(bytes, at, to) : statementEnd(bytes, at, to);
    if (end < 0) return end;
    switch (this.#statements.read(bytes, at, end)) {
      case 'good': return end;
      case 'state':
        this.#hasState = true;
        return end;
      case 'unknown':
        this.problems.push({ code: 'unknown-statement', at, detail: this.#statements.failed });
        return end;
      case 'bad': return badValue;
    }
  }

  // The readers of common statements return -1 for every other form.

  #time(bytes: Uint8Array, at: number, index: number): number {
    const row = times[index];
    if (row === undefined || !isAt(bytes, at, row.word)) return -1;
    const from = at + row.word.length;
    if (bytes[from] === 110 && bytes[from + 4] === 114 && bytes[from + 5] === semicolon) {
      this.change[row.field] = forever;
      return from + 6;
    }
    if (bytes[from + 21] !== semicolon) return -1;
    const time = this.#dates.readCommon(bytes, from);
    if (time < 0) return -1;
    this.change[row.field] = time as UnixSeconds;
    return from + 22;
  }

  #binding(bytes: Uint8Array, at: number): number {
    const first = bytes[at];
    const keyword = first === 98 ? bindingWord : first === 110 ? nextWord : rewindWord;
    if (!isAt(bytes, at, keyword)) return -1;
    const from = at + keyword.length;
    for (let index = 0; index < stateWords.length; index++) {
      const state = stateWords[index] ?? keyword;
      if (!isAt(bytes, from, state)) continue;
      // Where the timer leads follows from the state: `next` is not kept.
      if (first === 98) {
        this.change.state = index + 1;
        this.#hasState = true;
      } else if (first === 114) this.change.rewindState = index + 1;
      return from + state.length;
    }
    return -1;
  }

  #ethernet(bytes: Uint8Array, at: number): number {
    const from = at + ethernetWord.length;
    if (bytes[from + 17] !== semicolon || !isAt(bytes, at, ethernetWord)) return -1;
    for (let i = 0; i < 6; i++) {
      const high = hexDigit(bytes[from + i * 3] ?? 0);
      const low = hexDigit(bytes[from + i * 3 + 1] ?? 0);
      if (high < 0 || low < 0 || (i < 5 && bytes[from + i * 3 + 2] !== 58)) return -1;
      this.#hardware[i] = high * 16 + low;
    }
    this.change.setHardware(1, this.#hardware, 0, 6);
    return from + 18;
  }

  #uidText(bytes: Uint8Array, at: number, to: number): number {
    if (!isAt(bytes, at, uidWord)) return -1;
    const count = readQuoted(bytes, at + uidWord.length, to, this.#uid);
    const end = quotedEnd();
    if (count <= 0 || bytes[end + 1] !== semicolon) return -1;
    this.change.setUid(this.#uid, 0, count);
    return end + 2;
  }

  #hostnameText(bytes: Uint8Array, at: number, to: number): number {
    if (!isAt(bytes, at, hostnameWord)) return -1;
    const from = at + hostnameWord.length;
    const count = readQuoted(bytes, from, to, this.#hostname);
    const end = quotedEnd();
    if (count < 0 || bytes[end] !== quote || bytes[end + 1] !== semicolon) return -1;
    this.change.setHostname(this.#hostname, 0, count);
    return end + 2;
  }

  /** dhcpd's rules for what a record leaves out. */
  #complete(wall: UnixSeconds): void {
    const { change } = this;
    this.#statements.finish();
    if (!this.#hasState) change.state = change.ends > wall || change.handlersAction === 'set' ? 2 : 1;
    if (change.rewindState === 0) change.rewindState = change.state;
  }

  /** Passes over a record that is not believed: to its closing brace, or to the record that interrupts it. */
  #leaveOut(bytes: Uint8Array, from: number, to: number, code: ReplayCode, detail: string): LeaseVerdict {
    const end = statementEnd(bytes, from, to);
    if (end === unterminated) return 'incomplete';
    this.end = isInterrupted(end) ? interruptedBy(end) : Math.max(end, from + 1);
    return this.#bad(code, from, detail);
  }
  #bad(code: ReplayCode, at: number, detail: string): LeaseVerdict {
    this.problems.push({ code, at, detail });
    return 'bad';
  }
}

const billingWord = word('billing ');
/** Interop: dhcpd does not escape quotes in the key of a subclass, but the statement never leaves its line. */
function billingEnd(bytes: Uint8Array, at: number, to: number): number {
  const end = lineEnd(bytes, at, to);
  return end < to && bytes[end] === semicolon ? end + 1 : statementEnd(bytes, at, to);
}
