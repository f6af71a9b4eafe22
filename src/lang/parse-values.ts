// Literal values of options and parameters, read by the format of the option (dhcpd-conf reference §9.1).
//
//   value  ::= record { "," record }      record ::= item { item }       what repeats is said by A or a in the format

import type { Span } from '../model/span.ts';
import type { OptionDefinition } from '../wire/option-table.ts';
import { enumerations } from '../wire/option-table.ts';
import { labelsOf } from '../wire/domain-name.ts';
import type { OptionValue, StringLiteral, ValueItem } from './ast.ts';
import * as options from './diagnostics/options.ts';
import * as syntax from './diagnostics/syntax.ts';
import { dhcp6Enumerations } from './dhcp6-options.ts';
import { convertNumber } from './numbers.ts';
import { nameOf, parseAddressOrName, parseHexList, parseHostName, parseIpv6Address, refuse } from './parse-basics.ts';
import { isIdentifier, type Reader } from './reader.ts';
import { encodeSource } from './source-text.ts';
import { nearest } from './suggest.ts';

/** One letter of a format with what belongs to it. `end` is where the next letter stands. */
interface Atom {
  readonly letter: string;
  /** Of `N…`. the enumeration. */
  readonly name: string;
  readonly isCompressed: boolean;
  /** `o` follows: a failure is silent, and the caller goes on. */
  readonly isOptional: boolean;
  readonly end: number;
}

function atomAt(format: string, at: number): Atom {
  const letter = format.charAt(at);
  let end = at + 1;
  let name = '';
  if (letter === 'E' || letter === 'N') {
    end = format.indexOf('.', at) + 1;
    name = format.slice(at + 1, end - 1);
  }
  const isCompressed = letter === 'D' && format.charAt(end) === 'c';
  if (isCompressed) end += 1;
  return { letter, name, isCompressed, isOptional: format.charAt(end) === 'o', end };
}

const isRepeat = (mark: string): boolean => mark === 'A' || mark === 'a';

/** The start of the atom that ends at `end`: what an `a` there repeats. */
function lastAtom(format: string, end: number): number {
  let start = 0;
  for (let at = 0; at < end; ) {
    if (format.charAt(at) === 'o' || isRepeat(format.charAt(at))) {
      at += 1;
      continue;
    }
    start = at;
    at = atomAt(format, at).end;
  }
  return start;
}

/** Up to, not including, the semicolon; undefined after a report, with the statement skipped as dhcpd skips it. */
export function parseValue(reader: Reader, definition: OptionDefinition): OptionValue | undefined {
  const { format } = definition;
  const start = reader.nextStart;
  const records: ValueItem[][] = [];
  let record: ValueItem[] = [];
  const done = (): OptionValue => {
    if (record.length > 0) records.push(record);
    return { kind: 'literal', span: reader.spanFrom(start), records };
  };
  for (let at = 0; at < format.length; ) {
    const mark = format.charAt(at);
    if (mark === 'o') {
      at += 1;
      continue;
    }
    if (isRepeat(mark)) {
      if (!reader.takeIf(',')) {
        if (mark === 'A') return done();
        at += 1;
        continue;
      }
      records.push(record);
      record = [];
      at = mark === 'A' ? 0 : lastAtom(format, at);
      continue;
    }
    const atom = atomAt(format, at);
    at = atom.end;
    if (atom.isOptional && reader.peek() === ';') continue;
    const item = atom.letter === 'Z' ? parseNothing(reader) : parseItem(reader, atom, definition);
    if (item === undefined) {
      if (!atom.isOptional) return undefined;
    } else if (item !== 'nothing') record.push(item);
  }
  return done();
}

/** Z: the value is the semicolon itself. */
function parseNothing(reader: Reader): 'nothing' {
  if (reader.peek() !== ';') {
    reader.report(syntax.semicolonMissing(reader.span, reader.nextSpan));
    reader.skipRest();
  }
  return 'nothing';
}

type ItemParser = (reader: Reader, atom: Atom, definition: OptionDefinition) => ValueItem | undefined;

function parseItem(reader: Reader, atom: Atom, definition: OptionDefinition): ValueItem | undefined {
  return itemParsers[atom.letter]?.(reader, atom, definition);
}

/** About the token just taken: silent for optional items. */
function refuseItem(reader: Reader, atom: Atom, what: string, wording: string, help?: string): undefined {
  if (atom.isOptional) return undefined;
  return refuse(reader, options.valueMissing(reader.span, what, wording, help));
}

const itemParsers: Readonly<Record<string, ItemParser>> = {
  I: parseAddressOrName,
  '6': (reader) => {
    const address = parseIpv6Address(reader);
    return address && { kind: 'ipv6', ...address };
  },
  B: (reader, atom) => parseInteger(reader, atom, 1),
  b: (reader, atom) => parseInteger(reader, atom, 1),
  S: (reader, atom) => parseInteger(reader, atom, 2),
  s: (reader, atom) => parseInteger(reader, atom, 2),
  L: (reader, atom) => parseInteger(reader, atom, 4),
  l: (reader, atom) => parseInteger(reader, atom, 4),
  T: (reader, atom) => parseInteger(reader, atom, 4),
  f: parseFlag,
  t: parseText,
  X: parseRaw,
  E: parseRaw,
  d: parseDomainName,
  D: parseDomainList,
  N: parseEnumeration,
  U: (reader, atom) => {
    if (isIdentifier(reader.take())) return { kind: 'space-name', span: reader.span, name: reader.word };
    return refuseItem(reader, atom, 'the name of an option space', 'expecting identifier.', 'write the name without quotes');
  },
  k: parseKeyName,
};

function parseInteger(reader: Reader, atom: Atom, size: 1 | 2 | 4): ValueItem | undefined {
  const token = reader.take();
  const { span } = reader;
  if (atom.letter === 'T' && token === 'infinite')
    return { kind: 'integer', span, value: -1, size, isInfinite: true };
  if (token !== 'NUMBER' && token !== 'NUMBER_OR_NAME') {
    const help = token === 'STRING' ? 'write the number without quotes' : unitHelp(reader.word);
    return refuseItem(reader, atom, 'a number', 'expecting number.', help);
  }
  const bits = size === 1 ? 8 : size === 2 ? 16 : 32;
  return { kind: 'integer', span, value: convertNumber(reader, { text: reader.word, span }, 0, bits), size, isInfinite: false };
}
const unitHelp = (word: string): string | undefined =>
  /^\d+[smhdwy]/i.test(word) ? 'times are plain seconds: there are no unit suffixes' : undefined;

const flags: Readonly<Record<string, 0 | 1 | 2>> = { true: 1, on: 1, false: 0, off: 0, ignore: 2 };

function parseFlag(reader: Reader, atom: Atom): ValueItem | undefined {
  if (!isIdentifier(reader.take()))
    return refuseItem(reader, atom, '`true`, `on`, `false` or `off`', 'expecting identifier.', flagHelp[reader.word]);
  const value = flags[reader.word.toLowerCase()];
  if (value !== undefined) return { kind: 'flag', span: reader.span, value };
  return refuseItem(reader, atom, '`true`, `on`, `false` or `off`', 'expecting boolean.');
}
const flagHelp: Readonly<Record<string, string>> = { '1': 'write `true`', '0': 'write `false`' };

function parseText(reader: Reader, atom: Atom): ValueItem | undefined {
  const token = reader.take();
  const { span } = reader;
  if (token === 'STRING') return { kind: 'text', span, bytes: reader.string().bytes, isQuoted: true };
  if (isIdentifier(token)) return { kind: 'text', span, bytes: encodeSource(reader.word), isQuoted: false };
  return refuseItem(reader, atom, 'a string', 'expecting string.', 'put the text between double quotes');
}

function parseRaw(reader: Reader, atom: Atom): ValueItem | undefined {
  const token = reader.peek();
  if (token === 'NUMBER' || token === 'NUMBER_OR_NAME') return parseHexList(reader);
  reader.take();
  if (token === 'STRING') return reader.string();
  if (atom.isOptional) return undefined;
  reader.report(
    options.valueMissing(
      reader.span,
      'a string or a hex list',
      'expecting string or hexadecimal data.',
      'put the text between double quotes, or write bytes such as 01:ff',
    ),
  );
  reader.skipRest();
  return undefined;
}

const isDomainName = (bytes: Uint8Array): boolean => labelsOf(bytes).ok;

function parseDomainName(reader: Reader): ValueItem | undefined {
  const name = parseHostName(reader);
  if (name !== undefined && isDomainName(encodeSource(name.text)))
    return { kind: 'domain-name', span: name.span, name: name.text };
  if (name !== undefined) reader.report(options.badDomainName(name.span, 'name'));
  const span = name?.span ?? reader.nextSpan;
  reader.report(options.valueMissing(span, 'a domain name without quotes', 'not a valid domain name.'));
  reader.skip();
  return undefined;
}

function parseDomainList(reader: Reader, atom: Atom): ValueItem | undefined {
  const start = reader.nextStart;
  const names: StringLiteral[] = [];
  do {
    const token = reader.take();
    const name = token === 'STRING' ? reader.string() : undefined;
    if (name === undefined || !isDomainName(name.bytes)) {
      const { span } = reader;
      reader.report(
        name === undefined
          ? options.valueMissing(span, 'a domain name in quotes', 'Expecting a domain string.', 'put each name between double quotes')
          : options.badDomainName(span, atom.isCompressed ? 'compressed-list' : 'list'),
      );
      if (!atom.isOptional) reader.skip();
      return undefined;
    }
    names.push(name);
  } while (reader.takeIf(','));
  return { kind: 'domain-list', span: reader.spanFrom(start), names, isCompressed: atom.isCompressed };
}

function parseEnumeration(reader: Reader, atom: Atom): ValueItem | undefined {
  const words = enumerations.get(atom.name) ?? dhcp6Enumerations.get(atom.name) ?? [];
  const isWord = isIdentifier(reader.take());
  const { span, word } = reader;
  const known = isWord ? words.find(([candidate]) => candidate === word) : undefined;
  if (known !== undefined) return { kind: 'enumeration', span, word, value: known[1] };
  const list = words.map(([candidate]) => candidate);
  const lower = list.find((candidate) => candidate === word.toLowerCase());
  reader.report(
    isWord
      ? options.unknownWord(span, list, lower ?? nearest(word, list))
      : options.valueMissing(span, `one of ${list.join(', ')}`, 'identifier expected'),
  );
  reader.skip();
  return undefined;
}

function parseKeyName(reader: Reader): ValueItem | undefined {
  if (reader.peek() === 'STRING') {
    reader.take();
    return { kind: 'key-name', span: reader.span, name: nameOf(reader).text };
  }
  const name = parseHostName(reader);
  if (name !== undefined) return { kind: 'key-name', span: name.span, name: name.text };
  const span: Span = reader.nextSpan;
  reader.report(options.valueMissing(span, 'the name of a key', 'not a valid key name.'));
  reader.skip();
  return undefined;
}
