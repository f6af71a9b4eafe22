// Mistakes inside one token, number, address or date.

import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Span } from '../../model/span.ts';
import { stringSizeMax, type Token, type TokenFault } from '../lexer.ts';
import { error, shown, textOf } from './make.ts';

/** C0001: a string runs to the end of the file. */
export const stringNotClosed = (string: Span): Diagnostic =>
  error('C0001', { ...string, end: string.start + 1 }, 'this string is never closed', {
    dhcpd: 'eof in string constant',
    help: 'add the closing quote',
  });

/** C0002: dhcpd's buffer for one string. */
export const stringTooLong = (string: Span): Diagnostic =>
  error('C0002', string, `dhcpd accepts at most ${stringSizeMax} bytes in one string`, {
    dhcpd: 'string constant larger than internal buffer',
    help: 'use a hex list, or shorten the text',
  });

/** C0003: `\x` needs two hex digits. */
export const badHexEscape = (digit: Span): Diagnostic =>
  error('C0003', digit, `${shown(digit)} is not a hex digit; \\x takes exactly two`, {
    dhcpd: `invalid hex digit: ${textOf(digit).charCodeAt(0).toString(16)}`,
    help: 'write the byte as \\xHH',
  });

/** C0004: `\1` needs two more octal digits. */
export const badOctalEscape = (digit: Span): Diagnostic =>
  error('C0004', digit, `${shown(digit)} is not an octal digit; \\0 to \\3 take exactly two more`, {
    dhcpd: `invalid octal digit ${textOf(digit).charCodeAt(0).toString(16)}`,
    help: 'write the byte as \\ooo, three digits',
  });

export function lexicalFault(fault: TokenFault, string: Span): Diagnostic {
  switch (fault.kind) {
    case 'eof-in-string':
      return stringNotClosed(string);
    case 'string-too-long':
      return stringTooLong(string);
    case 'hex-digit':
      return badHexEscape({ ...string, start: fault.at, end: fault.at + 1 });
    case 'octal-digit':
      return badOctalEscape({ ...string, start: fault.at, end: fault.at + 1 });
  }
}

/** C0005: our own limit, so that no file can exhaust the stack. */
export const nestedTooDeep = (opening: Span): Diagnostic =>
  error('C0005', opening, 'this is nested too deep to be read', { help: 'split it into separate statements' });

/** C0006: `1d`, `08`, `0x1g`. */
export const bogusDigit = (number: Span, text: string, digit: number, base: number): Diagnostic =>
  error('C0006', number, `\`${text}\` is not a number in base ${base}`, {
    dhcpd: `Bogus number ${text}: digit ${digit} not in base ${base}`,
    help: numberHelp(text),
  });

function numberHelp(text: string): string {
  if (/^\d+[smhdw]$/i.test(text)) return 'times are plain seconds: there are no unit suffixes';
  if (/^[g-z][0-9a-f]*$/i.test(text)) return 'words such as x or r1 are read as hex: give variables longer names';
  return 'write the number in decimal, in hex with 0x, or in octal with a leading 0, where the statement allows it';
}

/** C0007: a character that is no digit in any base. */
export const bogusNumber = (number: Span, text: string): Diagnostic =>
  error('C0007', number, `\`${text}\` is not a number`, { dhcpd: `Bogus number: ${text}.` });

/** C0008: the value does not fit its field. */
export const numberTooLarge = (number: Span, value: string, max: number): Diagnostic =>
  error('C0008', number, `${value} does not fit: the limit is ${max}`, {
    dhcpd: `${value} exceeds max (${max}) for precision.`,
  });

/** C0009: `count` parts, separated by dots or colons. */
export const tooFewNumbers = (found: Span, count: number): Diagnostic =>
  error('C0009', found, `expected ${count} numbers, but ${shown(found)} follows too soon`, {
    dhcpd: 'too few numbers.',
    help:
      count === 4
        ? 'write the address as a dotted quad, such as 192.0.2.1'
        : `write ${count} bytes in hex, with colons between them`,
  });

/** C0010: something else where a number of an address or a hex list belongs. */
export const numericValueMissing = (found: Span, base: 10 | 16): Diagnostic =>
  error('C0010', found, `expected a ${base === 10 ? 'number' : 'hex number'}, found ${shown(found)}`, {
    dhcpd: 'expecting numeric value.',
    help:
      base === 10
        ? 'write the address as a dotted quad, such as 192.0.2.1'
        : 'write one or two hex digits for each byte, with colons between them',
  });

/** C0011: a hex list in a value or expression. */
export const hexNumberMissing = (found: Span): Diagnostic =>
  error('C0011', found, `expected a hex number, found ${shown(found)}`, {
    dhcpd: 'expecting hexadecimal number.',
    help: 'write one or two hex digits for each byte, with colons between them, or a quoted string',
  });

/** dhcpd prints the number of the token's class. */
function tokenNumber(token: Token): number {
  if (token === 'STRING') return 262;
  return token === 'EOF' ? 607 : token.charCodeAt(0);
}

/** C0012: a quoted address, or something else that names no host. */
export const addressMissing = (found: Span, token: Token, word: string): Diagnostic =>
  error('C0012', found, `expected an address or a host name, found ${shown(found)}`, {
    dhcpd: `${word} (${tokenNumber(token)}): expecting IP address or hostname`,
    help: token === 'STRING' ? 'write addresses and host names without quotes' : 'write an address such as 192.0.2.1',
    ...(token === 'STRING' && /^\d+(\.\d+){3}$/.test(word) ? { fix: { span: found, replacement: word } } : {}),
  });

/** C0013 */
export const badIpv6 = (found: Span): Diagnostic =>
  error('C0013', found, `${shown(found)} is not an IPv6 address`, { dhcpd: 'Invalid IPv6 address.' });

/** C0014: `complaint` is dhcpd's wording for the missing part. */
export const badDate = (found: Span, complaint: string): Diagnostic =>
  error('C0014', found, `this is not a date: ${shown(found)} stands where ${part(complaint)}`, {
    dhcpd: complaint,
    help: 'write `W YYYY/MM/DD HH:MM:SS` in UTC (W is the weekday, 0 is Sunday), `epoch SECONDS`, or `never`',
  });
const part = (complaint: string): string =>
  complaint.startsWith('expected ')
    ? `a separator is expected (${complaint.replace(/^expected |\.$/g, '')})`
    : `another part is expected (${complaint.replace(/ expected\.$/, '')})`;
