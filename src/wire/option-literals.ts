// Option values between dhcpd's literals and wire bytes, by format letters (dhcpd-conf reference §9.1). Pure: lexing is
// done by lang/, and what the letters of a format mean is in option-format.ts.

import { ByteWriter, fromLatin1, latin1, toHex } from '../std/bytes.ts';
import type { Ipv4 } from '../std/ipv4.ts';
import { formatIpv4, ipv4FromBytes } from '../std/ipv4.ts';
import type { Result } from '../std/result.ts';
import { err, ok } from '../std/result.ts';
import type { NameError } from './domain-name.ts';
import { decodeName, decodeNames, encodeNames, labelsOf, textOfLabels } from './domain-name.ts';
import { formatIpv6 } from './ipv6-text.ts';
import type { FormatElement, FormatLetter } from './option-format.ts';
import { fixedSize, isSigned, parseFormat } from './option-format.ts';
import type { OptionFormat } from './option-table.ts';
import { enumerations } from './server-option-rows.ts';

/** One element of a value as written. Host names are no items: they have no bytes until they are resolved. */
export type LiteralItem =
  | { readonly kind: 'address'; readonly address: Ipv4 }
  /** 16 bytes. */
  | { readonly kind: 'ipv6'; readonly bytes: Uint8Array }
  /** Cut to `size` bytes as dhcpd does; −1 becomes all ones. `isInfinite`: the word `infinite`. */
  | { readonly kind: 'integer'; readonly value: number; readonly size: 1 | 2 | 4; readonly isInfinite: boolean }
  | { readonly kind: 'flag'; readonly value: 0 | 1 | 2 }
  | { readonly kind: 'text' | 'string' | 'hex'; readonly bytes: Uint8Array }
  | { readonly kind: 'domain-name'; readonly name: string }
  | {
      readonly kind: 'domain-list';
      readonly names: readonly { readonly bytes: Uint8Array }[];
      readonly isCompressed: boolean;
    }
  | { readonly kind: 'enumeration'; readonly word: string; readonly value: number }
  | { readonly kind: 'space-name' | 'key-name'; readonly name: string };

/** Elements of a record; several records for arrays; none at all for zero length. */
export type LiteralRecords = readonly (readonly LiteralItem[])[];

/** `item` is its index, counted over all records. */
export interface LiteralError {
  readonly code: NameError;
  readonly item: number;
}

/** PERF: a configuration has thousands of values. */
const scratch = new ByteWriter(256, 16 * 1024 * 1024);

/** Wire bytes of a value. Only domain names can fail. */
export function encodeLiteral(records: LiteralRecords): Result<Uint8Array, LiteralError> {
  scratch.reset();
  for (const [item, literal] of records.flat().entries()) {
    const code = writeItem(literal, scratch);
    if (code !== undefined) return err({ code, item });
  }
  return ok(scratch.copy());
}

function writeItem(item: LiteralItem, out: ByteWriter): NameError | undefined {
  switch (item.kind) {
    case 'address': out.u32(item.address); return undefined;
    case 'integer': writeInteger(item.isInfinite ? 0xffffffff : item.value, item.size, out); return undefined;
    case 'flag':
    case 'enumeration': out.u8(item.value); return undefined;
    case 'ipv6':
    case 'text':
    case 'string':
    case 'hex': out.raw(item.bytes); return undefined;
    case 'space-name':
    case 'key-name': out.text(item.name); return undefined;
    case 'domain-name': return writeNames([latin1(item.name)], 'none', out);
    case 'domain-list':
      return writeNames(item.names.map(({ bytes }) => bytes), item.isCompressed ? 'pointers' : 'none', out);
    default: item satisfies never; return undefined;
  }
}

function writeInteger(value: number, size: 1 | 2 | 4, out: ByteWriter): void {
  // Modulo in floating point first: `>>>` alone would lose what lies above 2^53 differently for each width.
  const low = ((value % 0x100000000) + 0x100000000) % 0x100000000;
  if (size === 4) out.u32(low);
  else if (size === 2) out.u16(low & 0xffff);
  else out.u8(low & 0xff);
}

function writeNames(
  texts: readonly Uint8Array[],
  compression: 'none' | 'pointers',
  out: ByteWriter,
): NameError | undefined {
  const names = [];
  for (const text of texts) {
    const labels = labelsOf(text);
    if (!labels.ok) return labels.error;
    names.push(labels.value);
  }
  out.raw(encodeNames(names, compression));
  return undefined;
}

interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
}

/** The items that a value consists of; undefined when the bytes do not have the shape that the format asks for. */
export function decodeLiteral(format: OptionFormat, bytes: Uint8Array): LiteralRecords | undefined {
  const { elements, repeats } = parseFormat(format);
  const cursor = { bytes, at: 0 };
  const first = readRecord(elements, cursor);
  if (first === undefined) return undefined;
  const last = elements.at(-1);
  const records = [first];
  while (cursor.at < bytes.length) {
    const at = cursor.at;
    const more = repeats === 'record' ? readRecord(elements, cursor) : repeats === 'last' && last ? readRecord([last], cursor) : undefined;
    if (more === undefined || cursor.at === at) return undefined;
    records.push(more);
  }
  return elements.length === 1 && elements[0]?.letter === 'Z' ? [] : records;
}

function readRecord(elements: readonly FormatElement[], cursor: Cursor): LiteralItem[] | undefined {
  const items: LiteralItem[] = [];
  for (const element of elements) {
    if (element.letter === 'Z') continue;
    if (element.isOptional && cursor.at === cursor.bytes.length) continue;
    const item = readItem(element, cursor);
    if (item === undefined) return undefined;
    items.push(item);
  }
  return items;
}

function readItem(element: FormatElement, cursor: Cursor): LiteralItem | undefined {
  const size = fixedSize[element.letter];
  if (size === undefined) return readVariable(element, cursor);
  if (cursor.at + size > cursor.bytes.length) return undefined;
  const bytes = cursor.bytes.slice(cursor.at, cursor.at + size);
  cursor.at += size;
  switch (element.letter) {
    case 'I': return { kind: 'address', address: ipv4FromBytes(bytes) };
    case '6': return { kind: 'ipv6', bytes };
    case 'f': return readFlag(bytes[0] ?? 0);
    case 'N': return readWord(element.name, bytes[0] ?? 0);
    default: return readInteger(element.letter, bytes, size === 1 ? 1 : size === 2 ? 2 : 4);
  }
}

const readFlag = (value: number): LiteralItem | undefined =>
  value === 0 || value === 1 || value === 2 ? { kind: 'flag', value } : undefined;

function readWord(enumeration: string, value: number): LiteralItem | undefined {
  const row = enumerations.get(enumeration)?.find(([, code]) => code === value);
  return row && { kind: 'enumeration', word: row[0], value };
}

function readInteger(letter: FormatLetter, bytes: Uint8Array, size: 1 | 2 | 4): LiteralItem {
  const unsigned = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  const limit = 256 ** size;
  const value = isSigned(letter) && unsigned >= limit / 2 ? unsigned - limit : unsigned;
  return { kind: 'integer', value, size, isInfinite: letter === 'T' && value === 0xffffffff };
}

/** Elements without a size of their own: one name (d), or all that is left. */
function readVariable(element: FormatElement, cursor: Cursor): LiteralItem | undefined {
  const { letter } = element;
  if (letter === 'd') {
    const name = decodeName(cursor.bytes, cursor.at);
    if (name === undefined) return undefined;
    cursor.at = name.next;
    return { kind: 'domain-name', name: textOfLabels(name.labels) };
  }
  const bytes = cursor.bytes.slice(cursor.at);
  cursor.at = cursor.bytes.length;
  if (letter === 'D') {
    const names = decodeNames(bytes)?.map((labels) => ({ bytes: latin1(textOfLabels(labels)) }));
    return names && { kind: 'domain-list', names, isCompressed: element.isCompressed };
  }
  if (letter === 'U') return { kind: 'space-name', name: fromLatin1(bytes) };
  if (letter === 'k') return { kind: 'key-name', name: fromLatin1(bytes) };
  if (letter === 't') return { kind: 'text', bytes };
  return bytes.length > 0 && isPrintable(bytes) ? { kind: 'string', bytes } : { kind: 'hex', bytes };
}

const isPrintable = (bytes: Uint8Array): boolean => bytes.every((byte) => byte >= 32 && byte < 127);

/** Bytes in quotes, as dhcpd's lexer reads them back: `\"`, `\\`, and `\ooo` for what is not printable. */
export const quoted = (bytes: Uint8Array): string => `"${Array.from(bytes, quotedByte).join('')}"`;
function quotedByte(byte: number): string {
  if (byte === 34 || byte === 92) return `\\${String.fromCharCode(byte)}`;
  if (byte >= 32 && byte < 127) return String.fromCharCode(byte);
  return `\\${byte.toString(8).padStart(3, '0')}`;
}

const flagWords = ['false', 'true', 'ignore'] as const;

function printItem(item: LiteralItem): string {
  switch (item.kind) {
    case 'address': return formatIpv4(item.address);
    case 'ipv6': return formatIpv6(item.bytes);
    case 'integer': return item.isInfinite ? 'infinite' : String(item.value);
    case 'flag': return flagWords[item.value];
    case 'text':
    case 'string': return quoted(item.bytes);
    case 'hex': return item.bytes.length === 0 ? '""' : toHex(item.bytes, ':');
    case 'domain-name':
    case 'space-name':
    case 'key-name': return item.name;
    case 'domain-list': return item.names.map(({ bytes }) => quoted(bytes)).join(', ');
    case 'enumeration': return item.word;
    default: item satisfies never; return '';
  }
}

/** The literal that dhcpd.conf would hold for these items. */
export const printLiteral = (records: LiteralRecords): string =>
  records.map((items) => items.map(printItem).join(' ')).join(', ');

/** A value as people read it, for `explain` and lease listings: its literal when the bytes fit the format, else hex. */
export function printValue(format: OptionFormat, bytes: Uint8Array): string {
  const records = decodeLiteral(format, bytes);
  return records ? printLiteral(records) : toHex(bytes, ':');
}
