// Leaves of the tree as text that reads back as the same leaves.

import { formatIpv4 } from '../std/ipv4.ts';
import type { AddressOrName, DataLiteral, DateLiteral, Name, OptionName, OptionType, OptionValue, ValueItem } from './ast.ts';
import { formatIpv6 } from './ipv6.ts';
import { printExpr } from './print-expressions.ts';
import { decodeSource, encodeSource } from './source-text.ts';

/** Printable ASCII and whole UTF-8 characters as they are, all other bytes as three octal digits. */
export function printString(bytes: Uint8Array): string {
  let out = '"';
  for (const character of decodeSource(bytes)) {
    const code = character.codePointAt(0) ?? 0;
    if (character === '"' || character === '\\') out += `\\${character}`;
    else if (code < 32 || code === 127 || (code >= 0xd800 && code <= 0xdfff))
      out += Array.from(encodeSource(character), (byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
    else out += character;
  }
  return `${out}"`;
}

export const printHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':');

export const printData = (literal: DataLiteral): string =>
  literal.kind === 'string' ? printString(literal.bytes) : printHex(literal.bytes);

export const printName = ({ text, isQuoted }: Name): string => (isQuoted ? printString(encodeSource(text)) : text);

export const printAddress = (item: AddressOrName): string => (item.kind === 'address' ? formatIpv4(item.address) : item.name);

export const printOptionName = ({ space, name }: OptionName): string => (space === undefined ? name : `${space}.${name}`);

function printItem(item: ValueItem): string {
  switch (item.kind) {
    case 'address':
    case 'host-name':
      return printAddress(item);
    case 'ipv6':
      return formatIpv6(item.bytes);
    case 'integer':
      return item.isInfinite ? 'infinite' : String(item.value);
    case 'flag':
      return ['false', 'true', 'ignore'][item.value] ?? 'false';
    case 'text':
      return item.isQuoted ? printString(item.bytes) : decodeSource(item.bytes);
    case 'string':
    case 'hex':
      return printData(item);
    case 'domain-list':
      return item.names.map(printData).join(', ');
    case 'enumeration':
      return item.word;
    case 'domain-name':
    case 'space-name':
      return item.name;
    case 'key-name':
      return /^[A-Za-z0-9][\w.-]*$/.test(item.name) ? item.name : printString(encodeSource(item.name));
  }
}

/** With the blank or equals sign in front. */
export function printValue(value: OptionValue): string {
  if (value.kind === 'computed') return ` = ${printExpr(value.expr)}`;
  const text = value.records.map((record) => record.map(printItem).join(' ')).join(', ');
  return text === '' ? '' : ` ${text}`;
}

// ── Dates ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

const never = 0xffffffff;
/** 2038-01-01: written dates from here on mean never. */
const dateEnd = 2145916800;
const two = (value: number): string => String(value).padStart(2, '0');

export function printDate({ seconds }: DateLiteral): string {
  if (seconds === never) return 'never';
  if (seconds >= dateEnd) return `epoch ${seconds}`;
  const days = Math.floor(seconds / 86400);
  const rest = seconds % 86400;
  const { year, month, day } = civil(days);
  const time = [Math.floor(rest / 3600), Math.floor(rest / 60) % 60, rest % 60].map(two).join(':');
  return `${(days + 4) % 7} ${year}/${two(month)}/${two(day)} ${time}`;
}

/** Days since 1970 to a date; years begin in March so that the leap day is the last one. */
function civil(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719468;
  const era = Math.floor(shifted / 146097);
  const dayOfEra = shifted - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return { year, month, day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1 };
}

// ── Types of option definitions ──────────────────────────────────────────────────────────────────────────────────────────────

export function printType(type: OptionType): string {
  switch (type.kind) {
    case 'integer':
      return `${type.sign === undefined ? '' : `${type.sign} `}integer ${type.width}`;
    case 'domain-list':
      return type.isCompressed ? 'domain-list compressed' : 'domain-list';
    case 'encapsulate':
      return `encapsulate ${type.space}`;
    case 'array':
      return `array of ${printType(type.of)}`;
    case 'record':
      return `{ ${type.members.map(printType).join(', ')} }`;
    default:
      return type.kind;
  }
}
