// Numbers as dhcpd reads them: base from the prefix where the place allows it, range by the size of the field (§1.3).

import type { Span } from '../model/span.ts';
import * as lexical from './diagnostics/lexical.ts';
import type { Reader } from './reader.ts';

interface Prefixed {
  readonly digits: string;
  readonly base: number;
}

/** `0x` is hex, a leading 0 before another digit octal, else decimal. */
function splitPrefix(digits: string): Prefixed {
  if (digits.startsWith('0x')) return { digits: digits.slice(2), base: 16 };
  if (/^0\d/.test(digits)) return { digits: digits.slice(1), base: 8 };
  return { digits, base: 10 };
}

/** What dhcpd's arithmetic makes of a character; negative: no digit in any base. */
function digitValue(unit: number): number {
  if (unit >= 97) return unit - 97 + 10;
  if (unit >= 65) return unit - 65 + 10;
  return unit >= 48 ? unit - 48 : -1;
}

const isSafe = (value: number): boolean => value <= Number.MAX_SAFE_INTEGER;

/**
 * The value as written, sign included, after telling what is wrong with it; callers cut it to `bits`. Beyond 2^53 the value
 * modulo 2^32 is returned, which is all that dhcpd keeps.
 */
export function convertNumber(
  reader: Reader,
  written: { readonly text: string; readonly span: Span },
  base: 0 | 10 | 16,
  bits: 8 | 16 | 32,
): number {
  const { text, span } = written;
  const isNegative = text.startsWith('-');
  const plain = isNegative ? text.slice(1) : text;
  const number: Prefixed = base === 0 ? splitPrefix(plain) : { digits: plain, base };
  let value = 0;
  let wrapped = 0;
  for (let at = 0; at < Math.max(1, number.digits.length); at++) {
    const digit = at < number.digits.length ? digitValue(number.digits.charCodeAt(at)) : -1;
    if (digit < 0) {
      reader.report(lexical.bogusNumber(span, text));
      break;
    }
    if (digit >= number.base) {
      reader.report(lexical.bogusDigit(span, text, digit, number.base));
      break;
    }
    value = value * number.base + digit;
    wrapped = (wrapped * number.base + digit) % 0x100000000;
  }
  reportRange(reader, span, isNegative, wrapped, number.base, bits);
  const kept = isSafe(value) ? value : wrapped;
  return isNegative && kept !== 0 ? -kept : kept;
}

/** 8 bit −128…255, 16 bit −32768…65535, 32 bit from −2147483648; greater 32-bit numbers wrap and nobody says so. */
function reportRange(reader: Reader, span: Span, isNegative: boolean, value: number, base: number, bits: 8 | 16 | 32): void {
  const half = 2 ** (bits - 1);
  const max = isNegative ? half : bits === 32 ? 0xffffffff : half * 2 - 1;
  if (value <= max) return;
  const shown = `${isNegative ? '-' : ''}${value.toString(base)}`;
  reader.report(lexical.numberTooLarge(span, shown, isNegative && bits === 32 ? -max : max));
}
