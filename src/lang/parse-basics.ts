// The small parts every statement is made of: semicolons, braces, names, addresses, numbers, hex lists, dates.
// All functions report what is wrong themselves and recover as dhcpd does; undefined or false means they did.

import type { Ipv4 } from '../std/ipv4.ts';
import type { AddressLiteral, AddressOrName, DataLiteral, DateLiteral, HexLiteral, Name } from './ast.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Span } from '../model/span.ts';
import * as lexical from './diagnostics/lexical.ts';
import * as syntax from './diagnostics/syntax.ts';
import { parseIpv6 } from './ipv6.ts';
import { convertNumber } from './numbers.ts';
import { isIdentifier, type Reader } from './reader.ts';
import { decodeSource } from './source-text.ts';

/** The semicolon that ends a statement; otherwise the rest of the statement is skipped. */
export function parseSemicolon(reader: Reader, help?: string): boolean {
  const previous = reader.span;
  if (reader.take() === ';') return true;
  const diagnostic = syntax.semicolonMissing(previous, reader.span);
  reader.report(help === undefined ? diagnostic : { ...diagnostic, help });
  reader.skip();
  return false;
}

export function parseLeftBrace(reader: Reader): boolean {
  if (reader.take() === '{') return true;
  reader.report(syntax.leftBraceMissing(reader.span));
  reader.skipRest();
  return false;
}

/** Reports about the token just taken and skips the rest of its statement. */
export function refuse(reader: Reader, diagnostic: Diagnostic): undefined {
  reader.report(diagnostic);
  reader.skipRest();
  return undefined;
}

/** The token just taken as a name; a quoted string without its quotes. */
export function nameOf(reader: Reader): Name {
  const { span } = reader;
  return { kind: 'name', span, text: reader.word, isQuoted: reader.source.text.charAt(span.start) === '"' };
}

/** `hostname = word { "." word } [ "." ]`; undefined, and nothing reported, when no word stands here. */
export function parseHostName(reader: Reader): Name | undefined {
  const start = reader.nextStart;
  const words: string[] = [];
  let isDotted = false;
  for (;;) {
    const token = reader.peek();
    if (!isIdentifier(token) && token !== 'NUMBER') break;
    reader.take();
    words.push(reader.word);
    isDotted = reader.takeIf('.');
    if (!isDotted) break;
  }
  if (words.length === 0) return undefined;
  const text = words.join('.') + (isDotted ? '.' : '');
  return { kind: 'name', span: reader.spanFrom(start), text, isQuoted: false };
}

/** A quoted string or a dotted name. */
export function parseNameOrString(reader: Reader): Name | undefined {
  if (!reader.takeIf('STRING')) return parseHostName(reader);
  return nameOf(reader);
}

interface WrittenNumber {
  readonly text: string;
  readonly span: Span;
}

/** One or two hex digits: no conversion can find anything wrong with them. PERF: hardware addresses are made of nothing else. */
function isHexByte(text: string): boolean {
  return text.length <= 2 && /^[0-9a-f]+$/i.test(text);
}

/**
 * `count` numbers with a separator between them, or any number of them (count 0). Values that are out of range are reported but
 * kept, cut to 8 bits, as dhcpd does.
 */
function parseBytes(reader: Reader, separator: '.' | ':', base: 10 | 16, count: number): Uint8Array | undefined {
  const values: number[] = [];
  /** By index, what cannot be converted before the list is complete. */
  const late: (readonly [index: number, number: WrittenNumber])[] = [];
  do {
    if (values.length > 0) {
      if (reader.peek() !== separator) {
        if (count === 0) break;
        return tooFewNumbers(reader, count);
      }
      reader.take();
    }
    const token = reader.take();
    if (token === 'EOF') {
      reader.report(syntax.endOfFile(reader.span));
      break;
    }
    if (token !== 'NUMBER' && !(base === 16 && token === 'NUMBER_OR_NAME')) {
      reader.report(lexical.numericValueMissing(reader.span, base));
      reader.skipRest();
      return undefined;
    }
    const text = reader.word;
    const isPlain = base === 16 && isHexByte(text);
    if (count === 0 && !isPlain) late.push([values.length, { text, span: reader.span }]);
    values.push(isPlain ? Number.parseInt(text, 16) : count === 0 ? 0 : convertNumber(reader, { text, span: reader.span }, base, 8));
  } while (values.length !== count);
  // dhcpd converts an open-ended list when it has all of it, from its end.
  for (const [index, number] of late.toReversed()) values[index] = convertNumber(reader, number, base, 8);
  while (values.length < count) values.push(0);
  return new Uint8Array(values);
}

function tooFewNumbers(reader: Reader, count: number): undefined {
  const token = reader.peek();
  const span = reader.nextSpan;
  if (token !== '{' && token !== '}') reader.take();
  reader.report(lexical.tooFewNumbers(span, count));
  if (token !== ';') reader.skip();
  return undefined;
}

/** Four numbers with dots between them. */
export function parseAddress(reader: Reader): AddressLiteral | undefined {
  const start = reader.nextStart;
  const bytes = parseBytes(reader, '.', 10, 4);
  if (bytes === undefined) return undefined;
  const address = bytes.reduce((sum, byte) => sum * 256 + byte, 0) as Ipv4;
  return { kind: 'address', span: reader.spanFrom(start), address };
}

/** Any number of hex bytes with colons between them. */
export function parseHexBytes(reader: Reader): HexLiteral | undefined {
  const start = reader.nextStart;
  const bytes = parseBytes(reader, ':', 16, 0);
  return bytes && { kind: 'hex', span: reader.spanFrom(start), bytes };
}

/** The 32 bytes of `hba`. */
export function parseBuckets(reader: Reader): HexLiteral | undefined {
  const start = reader.nextStart;
  const bytes = parseBytes(reader, ':', 16, 32);
  return bytes && { kind: 'hex', span: reader.spanFrom(start), bytes };
}

/** The same list in values and expressions, where dhcpd words its complaint differently and converts at once. */
export function parseHexList(reader: Reader): HexLiteral | undefined {
  const start = reader.nextStart;
  const values: number[] = [];
  do {
    const token = reader.take();
    if (token !== 'NUMBER' && token !== 'NUMBER_OR_NAME') {
      reader.report(lexical.hexNumberMissing(reader.span));
      reader.skipRest();
      return undefined;
    }
    const text = reader.word;
    values.push(isHexByte(text) ? Number.parseInt(text, 16) : convertNumber(reader, { text, span: reader.span }, 16, 8));
  } while (reader.takeIf(':'));
  return { kind: 'hex', span: reader.spanFrom(start), bytes: new Uint8Array(values) };
}

/** A string or a hex list; undefined, and nothing reported, when neither begins here. */
export function parseDataLiteral(reader: Reader): DataLiteral | undefined {
  if (reader.takeIf('STRING')) return reader.string();
  const token = reader.peek();
  return token === 'NUMBER' || token === 'NUMBER_OR_NAME' ? parseHexList(reader) : undefined;
}

/** An address, or a name that is resolved while serving; `10.foo.bar` and `3com` are names (§1.5). */
export function parseAddressOrName(reader: Reader): AddressOrName | undefined {
  const token = reader.peek();
  if (token === 'NUMBER' && isAddressAhead(reader)) {
    const address = parseAddress(reader);
    if (address !== undefined) return address;
    // dhcpd goes on and takes what follows for a name.
  }
  if (isIdentifier(token) || token === 'NUMBER') {
    const name = parseHostName(reader);
    return name && { kind: 'host-name', span: name.span, name: name.text };
  }
  if (token !== '{' && token !== '}') reader.take();
  const span = token === '{' || token === '}' ? reader.nextSpan : reader.span;
  reader.report(lexical.addressMissing(span, token, token === '{' || token === '}' ? token : reader.word));
  if (token !== ';') reader.skip();
  return undefined;
}

/** NUMBER "." NUMBER. */
function isAddressAhead(reader: Reader): boolean {
  const mark = reader.mark();
  reader.take();
  const isAhead = reader.take() === '.' && reader.take() === 'NUMBER';
  reader.rewind(mark);
  return isAhead;
}

/** `one { "," one }`; undefined when an element fails, which has been reported. */
export function parseAddressList(reader: Reader): readonly AddressOrName[] | undefined {
  const addresses: AddressOrName[] = [];
  do {
    const address = parseAddressOrName(reader);
    if (address === undefined) return undefined;
    addresses.push(address);
  } while (reader.takeIf(','));
  return addresses;
}

/** Longest text of an IPv6 address that dhcpd gathers. */
const ipv6TextMax = 45;

/** An IPv6 address: tokens without blanks between them. */
export function parseIpv6Address(reader: Reader): { readonly bytes: Uint8Array; readonly span: Span } | undefined {
  const start = reader.nextStart;
  let text = '';
  for (let token = reader.peek(); isIpv6Part(token, reader.nextWord); token = reader.peek()) {
    if (text !== '' && reader.nextStart !== reader.end) break;
    reader.take();
    text += reader.word;
    if (text.length > ipv6TextMax) break;
  }
  const bytes = parseIpv6(text);
  if (bytes !== undefined) return { bytes, span: reader.spanFrom(start) };
  reader.report(lexical.badIpv6(text === '' ? reader.nextSpan : reader.spanFrom(start)));
  reader.skipRest();
  return undefined;
}

const isIpv6Part = (token: string, word: string): boolean =>
  token === '.' ||
  token === ':' ||
  token === 'NUMBER' ||
  token === 'add' ||
  ((token === 'NAME' || token === 'NUMBER_OR_NAME') && /^[0-9a-fA-F]+$/.test(word));

/** `never`, never to be confused with the sentinel of an unset time. */
const neverSeconds = 0xffffffff;

/** Without the semicolon behind it; undefined after a report, with the offending token consumed. */
export function parseDate(reader: Reader): DateLiteral | undefined {
  const start = reader.nextStart;
  const made = (seconds: number): DateLiteral => ({ kind: 'date', span: reader.spanFrom(start), seconds });
  const token = reader.peek();
  if (token === 'never') {
    reader.take();
    return made(neverSeconds);
  }
  if (token === 'epoch') {
    reader.take();
    const seconds = parseDatePart(reader, 'NUMBER', 'Seconds since epoch expected.');
    return seconds === undefined ? undefined : made(Math.max(0, seconds));
  }
  const parts: number[] = [];
  for (const [kind, complaint] of dateParts) {
    const part = parseDatePart(reader, kind, complaint);
    if (part === undefined) return undefined;
    if (kind === 'NUMBER') parts.push(part);
  }
  let offset = 0;
  const next = reader.peek();
  if (next === 'NUMBER') {
    reader.take();
    offset = decimal(reader.word);
  } else if (next !== ';') {
    reader.take();
    reader.report(lexical.badDate(reader.span, 'Time zone offset or semicolon expected.'));
    return undefined;
  }
  return made(secondsOf(parts, offset));
}

const dateParts: readonly (readonly [kind: 'NUMBER' | '/' | ':', complaint: string])[] = [
  ['NUMBER', 'numeric day of week expected.'],
  ['NUMBER', 'numeric year expected.'],
  ['/', 'expected slash separating year from month.'],
  ['NUMBER', 'numeric month expected.'],
  ['/', 'expected slash separating month from day.'],
  ['NUMBER', 'numeric day of month expected.'],
  ['NUMBER', 'numeric hour expected.'],
  [':', 'expected colon separating hour from minute.'],
  ['NUMBER', 'numeric minute expected.'],
  [':', 'expected colon separating minute from second.'],
  ['NUMBER', 'numeric second expected.'],
];

function parseDatePart(reader: Reader, kind: 'NUMBER' | '/' | ':', complaint: string): number | undefined {
  const token = reader.peek();
  if (token === kind) {
    reader.take();
    return decimal(reader.word);
  }
  const span = reader.nextSpan;
  if (token !== ';') reader.take();
  reader.report(lexical.badDate(span, complaint));
  return undefined;
}

/** Leading decimal digits, as C's atoi reads them. */
export const decimal = (text: string): number => {
  const match = /^-?\d+/.exec(text);
  return match === null ? 0 : Number(match[0]);
};

/** Weekday, year, month, day, hour, minute, second; offset in seconds, added as dhcpd adds it. Years count as dhcpd's do. */
function secondsOf(parts: readonly number[], offset: number): number {
  const [, written = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts;
  const year = written > 1900 ? written : written + 1900;
  if (year >= 2038) return neverSeconds;
  const seconds = ((daysSince1970(year, month, day) * 24 + hour) * 60 + minute) * 60 + second + offset;
  return Math.min(Math.max(0, seconds), neverSeconds);
}

const daysBefore = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

function daysSince1970(year: number, month: number, day: number): number {
  const leapDays = Math.trunc((year - 1969) / 4) + (month > 2 && year % 4 === 0 ? 1 : 0);
  return 365 * (year - 1970) + leapDays + (daysBefore[month - 1] ?? 0) + day - 1;
}

export const textOfString = (bytes: Uint8Array): string => decodeSource(bytes);
