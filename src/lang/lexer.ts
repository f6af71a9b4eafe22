// Text → tokens, with dhcpd's token classes (dhcpd-conf reference §1). Cold code, but linear: a file is tokenised once, into columns.

import type { SourceFile, Span } from '../model/span.ts';
import { keywords } from './keywords.ts';
import { encodeSource } from './source-text.ts';

/**
 * A keyword in lower case; or a class: NAME, NUMBER_OR_NAME (hex digits), NUMBER (decimal), STRING, EOF;
 * or the single character itself for all punctuation and stray characters.
 */
export type Token = string;

/** What is wrong inside a token; reported when the parser first meets it. */
export type TokenFault =
  | { readonly kind: 'eof-in-string' }
  | { readonly kind: 'string-too-long' }
  | { readonly kind: 'hex-digit'; readonly character: string; readonly at: number }
  | { readonly kind: 'octal-digit'; readonly character: string; readonly at: number };

export interface Tokens {
  readonly source: SourceFile;
  /** The last one is always EOF. */
  readonly kinds: readonly Token[];
  /** UTF-16 offsets of the first unit of a token and of the one after it. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** 1-based line of the first character. */
  readonly lines: readonly number[];
  /**
   * Line on which dhcpd's reader stands after the token: it reads one character beyond words and numbers, and a newline read
   * this way already counts. Diagnostics show what was read.
   */
  readonly endLines: readonly number[];
  /** Offset of the first character of each line. */
  readonly lineStarts: readonly number[];
  /** By token index; nearly always empty. */
  readonly faults: ReadonlyMap<number, readonly TokenFault[]>;
  /** Spans of `#…` comments, in order, for printers that keep them. */
  readonly comments: readonly Span[];
}

/** Bytes of one string that dhcpd accepts at most. */
export const stringSizeMax = 1499;

const isDigit = (unit: number): boolean => unit >= 48 && unit <= 57;
const isHexDigit = (unit: number): boolean =>
  isDigit(unit) || (unit >= 97 && unit <= 102) || (unit >= 65 && unit <= 70);
const isLetter = (unit: number): boolean => (unit >= 97 && unit <= 122) || (unit >= 65 && unit <= 90);
const isWord = (unit: number): boolean =>
  isLetter(unit) || isDigit(unit) || unit === 45 /* - */ || unit === 95; /* _ */
/** Space, TAB, LF, VT, FF, CR. */
const isBlank = (unit: number): boolean => unit === 32 || (unit >= 9 && unit <= 13);

/** NUMBER → NUMBER_OR_NAME → NAME by what follows the first character; `0x` needs a hex digit. */
function numberClass(text: string): Token {
  if (/^.[0-9]*$/.test(text)) return 'NUMBER';
  return /^.[0-9a-fA-F]*$/.test(text) || /^0[xX][0-9a-fA-F]+$/.test(text) ? 'NUMBER_OR_NAME' : 'NAME';
}

const wordClass = (text: string): Token =>
  keywords.get(text.toLowerCase()) ?? (/^.[0-9a-fA-F]*$/.test(text) ? 'NUMBER_OR_NAME' : 'NAME');

export function tokenize(source: SourceFile): Tokens {
  const { text } = source;
  const kinds: Token[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  const lines: number[] = [];
  const endLines: number[] = [];
  const lineStarts = [0];
  const faults = new Map<number, TokenFault[]>();
  const comments: Span[] = [];
  let line = 1;
  let at = 0;
  const push = (kind: Token, end: number, readsAhead: boolean): void => {
    kinds.push(kind);
    starts.push(at);
    ends.push(end);
    lines.push(line);
    if (kind === 'STRING') line += noteLines(text, at, end, lineStarts);
    endLines.push(readsAhead && text.charCodeAt(end) === 10 ? line + 1 : line);
    at = end;
  };
  while (at < text.length) {
    const unit = text.charCodeAt(at);
    if (unit === 10) {
      line += 1;
      at += 1;
      lineStarts.push(at);
    } else if (isBlank(unit)) at += 1;
    else if (unit === 35 /* # */) {
      const end = endOfLine(text, at);
      comments.push({ file: source, start: at, end });
      at = end;
    } else if (unit === 34 /* " */) {
      const { end, found } = scanString(text, at);
      if (found.length > 0) faults.set(kinds.length, found);
      push('STRING', end, false);
    } else if (isDigit(unit) || unit === 45) {
      const end = endOfWord(text, at);
      push(numberClass(text.slice(at, end)), end, true);
    } else if (isLetter(unit)) {
      const end = endOfWord(text, at);
      push(wordClass(text.slice(at, end)), end, true);
    } else push(text.charAt(at), at + 1, false);
  }
  push('EOF', at, false);
  return { source, kinds, starts, ends, lines, endLines, lineStarts, faults, comments };
}

function endOfWord(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && isWord(text.charCodeAt(at))) at += 1;
  return at;
}

function endOfLine(text: string, start: number): number {
  const newline = text.indexOf('\n', start);
  return newline < 0 ? text.length : newline;
}

/** Lines that begin inside a string; how many. */
function noteLines(text: string, start: number, end: number, lineStarts: number[]): number {
  const before = lineStarts.length;
  for (let at = start; at < end; at++) if (text.charCodeAt(at) === 10) lineStarts.push(at + 1);
  return lineStarts.length - before;
}

/** Finds the closing quote by the rules of escapes, and what is wrong on the way. */
function scanString(text: string, start: number): { end: number; found: TokenFault[] } {
  const found: TokenFault[] = [];
  let at = start + 1;
  for (;;) {
    if (at >= text.length) {
      found.push({ kind: 'eof-in-string' });
      return { end: text.length, found };
    }
    const character = text.charAt(at);
    if (character === '"') break;
    if (character !== '\\') at += 1;
    else at = scanEscape(text, at + 1, found);
  }
  if (at - start > stringSizeMax) found.push({ kind: 'string-too-long' });
  return { end: at + 1, found };
}

const simpleEscapes: Readonly<Record<string, number>> = { t: 9, r: 13, n: 10, b: 8 };
const isOctalDigit = (unit: number): boolean => unit >= 48 && unit <= 55;

/** `at` is behind the backslash. Adds the bytes meant to `out`; returns where the next character stands. */
function scanEscape(text: string, start: number, found: TokenFault[], out: number[] = []): number {
  for (let at = start; ; ) {
    const character = text.charAt(at);
    if (character === 'x') return scanHex(text, at, found, out);
    if (character < '0' || character > '3') {
      const byte = simpleEscapes[character];
      if (byte !== undefined) out.push(byte);
      else out.push(...encodeSource(String.fromCodePoint(text.codePointAt(at) ?? 0)));
      return at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
    }
    const after = scanOctal(text, at, found, out);
    if (after >= 0) return after;
    at = -after;
  }
}

/** Exactly two digits; anything else drops the escape and the offending character. */
function scanHex(text: string, at: number, found: TokenFault[], out: number[]): number {
  for (let digit = at + 1; digit <= at + 2; digit++) {
    if (digit >= text.length) return digit;
    if (!isHexDigit(text.charCodeAt(digit))) {
      found.push({ kind: 'hex-digit', character: text.charAt(digit), at: digit });
      return digit + 1;
    }
  }
  out.push(parseInt(text.slice(at + 1, at + 3), 16));
  return at + 3;
}

/**
 * Exactly three digits. dhcpd complains about a short one until the file ends, except when all digits so far are 0: then it
 * takes the character after the offending one as if a backslash stood before it, and the 0 is lost (a negative result).
 */
function scanOctal(text: string, at: number, found: TokenFault[], out: number[]): number {
  let value = text.charCodeAt(at) - 48;
  for (let digit = at + 1; digit <= at + 2; digit++) {
    if (digit >= text.length) return digit;
    const unit = text.charCodeAt(digit);
    if (!isOctalDigit(unit)) {
      if (value === 0) return -(digit + 1);
      found.push({ kind: 'octal-digit', character: text.charAt(digit), at: digit });
      return digit;
    }
    value = value * 8 + (unit - 48);
  }
  out.push(value & 255);
  return at + 3;
}

/** Bytes of a STRING token, `start` at its opening quote and `end` behind the closing one. */
export function stringBytes(text: string, start: number, end: number): Uint8Array {
  const isClosed = end - start >= 2 && text.charAt(end - 1) === '"';
  const last = isClosed ? end - 1 : end;
  const bytes: number[] = [];
  let at = start + 1;
  for (;;) {
    const backslash = text.indexOf('\\', at);
    const stop = backslash < 0 || backslash >= last ? last : backslash;
    const plain = encodeSource(text, at, stop);
    if (stop === last && bytes.length === 0) return plain;
    for (const byte of plain) bytes.push(byte);
    if (stop === last) return Uint8Array.from(bytes);
    at = scanEscape(text, stop + 1, [], bytes);
    if (at >= last) return Uint8Array.from(bytes);
  }
}
