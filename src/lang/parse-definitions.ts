// `option space NAME …;` and `option NAME code N = TYPE;` (dhcpd-conf reference §9.2, §9.3).

import type { OptionDefinition } from '../wire/option-table.ts';
import type { OptionDefinitionDecl, OptionSpaceDecl, OptionType } from './ast.ts';
import * as options from './diagnostics/options.ts';
import * as syntax from './diagnostics/syntax.ts';
import { decimal, parseSemicolon } from './parse-basics.ts';
import { optionNameOf, type FoundOption } from './parse-options.ts';
import { isIdentifier, type Reader } from './reader.ts';
import type { Session } from './session.ts';

// ── option space ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

interface SpaceClause {
  readonly second: string;
  readonly secondWording: string;
  readonly numberWording: string;
  readonly allowed: readonly number[] | undefined;
  readonly refusal: (value: number) => string;
  readonly help: string;
}

const spaceClauses: Readonly<Record<string, SpaceClause>> = {
  code: {
    second: 'width',
    secondWording: 'expecting width token.',
    numberWording: 'expecting number 1, 2, 4.',
    allowed: [1, 2, 4],
    refusal: (value) => `invalid code width (${value}), expecting a 1, 2 or 4.`,
    help: 'write `code width 1`, 2 or 4',
  },
  length: {
    second: 'width',
    secondWording: 'expecting width token.',
    numberWording: 'expecting number 1 or 2.',
    allowed: [1, 2],
    refusal: (value) => `invalid length width (${value}) expecting 1 or 2.`,
    help: 'write `length width 1` or 2',
  },
  hash: {
    second: 'size',
    secondWording: 'expecting size token.',
    numberWording: 'expecting a 10base number',
    allowed: undefined,
    refusal: (value) => `invalid hash length: ${value}`,
    help: 'write `hash size N`; the number has no effect here',
  },
};

/** The words `option space` are read up to `space`, which comes next. */
export function parseOptionSpace(session: Session, start: number): OptionSpaceDecl | undefined {
  const { reader } = session;
  reader.take();
  if (!isIdentifier(reader.take())) {
    reader.report(syntax.nameMissing(reader.span, 'the name of an option space', 'expecting identifier.'));
    reader.skipRest();
    return undefined;
  }
  const name = reader.word;
  const values: Record<string, number> = {};
  for (let token = reader.take(); token !== ';'; token = reader.take()) {
    const clause = spaceClauses[token];
    if (clause === undefined) {
      reader.report(options.badSpaceDeclaration(reader.span, 'Unexpected token.', 'clauses are code width, length width, hash size'));
      if (token === 'EOF') return undefined;
      continue;
    }
    const value = parseSpaceClause(reader, clause);
    if (value === undefined) {
      reader.skipRest();
      return undefined;
    }
    values[token] = value;
    if (token === 'hash') reader.report(options.idleHashSize(reader.span));
  }
  const code = values['code'] as 1 | 2 | 4 | undefined;
  const length = values['length'] as 1 | 2 | undefined;
  session.options.declareSpace(name, { code: code ?? 1, length: length ?? 1 });
  const span = reader.spanFrom(start);
  return { kind: 'option-space', span, name, codeWidth: code, lengthWidth: length, hashSize: values['hash'] };
}

function parseSpaceClause(reader: Reader, clause: SpaceClause): number | undefined {
  const fail = (wording: string): undefined => {
    reader.report(options.badSpaceDeclaration(reader.span, wording, clause.help));
    return undefined;
  };
  if (reader.take() !== clause.second) return fail(clause.secondWording);
  if (reader.take() !== 'NUMBER') return fail(clause.numberWording);
  const value = decimal(reader.word);
  const isAllowed = clause.allowed === undefined ? value >= 0 : clause.allowed.includes(value);
  return isAllowed ? value : fail(clause.refusal(value));
}

// ── option … code … = … ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** State of one definition: dhcpd checks the rules of records and arrays while it reads them. */
interface TypeReading {
  readonly isRecord: boolean;
  /** 0 no array open, 1 an array of the whole, 2 an array as the last member of a record. */
  array: 0 | 1 | 2;
  format: string;
  mustBeLast: false | 'text' | 'string';
  encapsulates: string | undefined;
}

/** Behind the word `code`, which was taken. */
export function parseOptionDefinition(session: Session, start: number, found: FoundOption): OptionDefinitionDecl | undefined {
  const { reader } = session;
  if (found.definition !== undefined) session.options.forget(found.definition);
  const code = parseCode(reader);
  if (code === undefined) return undefined;
  const read = parseType(session);
  if (read === undefined) return undefined;
  const definition: OptionDefinition = {
    space: found.space.name.toLowerCase(),
    code: code.value,
    name: found.definition?.name ?? found.name,
    format: read.format,
  };
  if (read.encapsulates !== undefined && !session.options.encapsulate(read.encapsulates)) {
    reader.reportBare(options.encapsulatedTwice(read.type.span, read.encapsulates));
    return undefined;
  }
  session.options.define(definition);
  const option = optionNameOf(found, definition);
  return { kind: 'option-definition', span: reader.spanFrom(start), option, code, type: read.type };
}

function parseCode(reader: Reader): OptionDefinitionDecl['code'] | undefined {
  const isCode = reader.take() === 'NUMBER';
  const { span } = reader;
  const value = decimal(reader.word);
  if (isCode && reader.take() === '=') return { kind: 'number', span, value };
  reader.report(isCode ? syntax.markMissing(reader.span, '=', 'expecting "="') : options.badOptionCode(span));
  reader.skipRest();
  return undefined;
}

interface ReadType {
  readonly type: OptionType;
  readonly format: string;
  readonly encapsulates: string | undefined;
}

function parseType(session: Session): ReadType | undefined {
  const { reader } = session;
  const start = reader.nextStart;
  let token = reader.take();
  const isArray = token === 'array';
  if (isArray) {
    if (reader.take() !== 'of') return refuseType(reader, 0, syntax.wordMissing(reader.span, ['of'], 'expecting "of".'));
    token = reader.take();
  }
  const itemStart = reader.span.start;
  const isRecord = token === '{';
  if (isRecord) token = reader.take();
  const reading: TypeReading = { isRecord, array: isArray ? 1 : 0, format: '', mustBeLast: false, encapsulates: undefined };
  const members: OptionType[] = [];
  for (;;) {
    const member = parseMember(session, reading, token);
    if (member === undefined) return undefined;
    members.push(member);
    if (!isRecord) break;
    token = reader.take();
    if (reading.array === 2) {
      reading.array = 0;
      reading.format += 'a';
    }
    if (token === '}') break;
    if (token !== ',')
      return refuseType(reader, 1, syntax.rightBraceMissing(reader.span, 'expecting right brace.'), 'then a semicolon');
    if (reading.mustBeLast !== false) {
      const wording = `${reading.mustBeLast} must be at end of record.`;
      return refuseType(
        reader,
        1,
        options.badTypeCombination(reader.span, wording, `${reading.mustBeLast} takes all that follows, so it must be the last member`),
        'then a semicolon',
      );
    }
    token = reader.take();
  }
  const inner: OptionType = isRecord
    ? { kind: 'record', span: reader.spanFrom(itemStart), members }
    : (members[0] as OptionType);
  const type: OptionType = isArray ? { kind: 'array', span: reader.spanFrom(start), of: inner } : inner;
  return finishType(reader, reading, type);
}

function finishType(reader: Reader, reading: TypeReading, type: OptionType): ReadType | undefined {
  if (!parseSemicolon(reader)) {
    // dhcpd says it twice, and skips twice.
    reader.report(syntax.semicolonMissing(reader.span, reader.nextSpan));
    reader.skipRest();
    if (reading.isRecord) reader.skip();
    return undefined;
  }
  if (reading.encapsulates !== undefined && reading.array > 0) {
    const wording = "Arrays of encapsulations don't make sense.";
    reader.report(options.badTypeCombination(type.span, wording, 'an array cannot hold option spaces'));
    return undefined;
  }
  const suffix = reading.array === 0 ? '' : reading.isRecord ? 'A' : 'a';
  return { type, format: reading.format + suffix, encapsulates: reading.encapsulates };
}

/** Reports, skips `depth` braces, and for records the semicolon behind the record. */
function refuseType(reader: Reader, depth: number, diagnostic: Parameters<Reader['report']>[0], behind?: 'then a semicolon'): undefined {
  reader.report(diagnostic);
  reader.skip(depth);
  if (behind !== undefined) reader.skip();
  return undefined;
}

const wholeTypes: Readonly<Record<string, { readonly kind: 'boolean' | 'ip-address' | 'ip6-address'; readonly letter: string }>> = {
  boolean: { kind: 'boolean', letter: 'f' },
  'ip-address': { kind: 'ip-address', letter: 'I' },
  'ip6-address': { kind: 'ip6-address', letter: '6' },
};
const lastTypes: Readonly<Record<string, { readonly kind: 'text' | 'string' | 'domain-name'; readonly letter: string }>> = {
  text: { kind: 'text', letter: 't' },
  string: { kind: 'string', letter: 'X' },
  'domain-name': { kind: 'domain-name', letter: 'd' },
};

/** One type; `token` is its first word, already taken. */
function parseMember(session: Session, reading: TypeReading, token: string): OptionType | undefined {
  const { reader } = session;
  const { span } = reader;
  const refuseMember = (wording: string, message: string): undefined =>
    refuseType(reader, reading.isRecord ? 1 : 0, options.badTypeCombination(span, wording, message), reading.isRecord ? 'then a semicolon' : undefined);
  if (reading.encapsulates !== undefined)
    return refuseType(reader, 0, options.badTypeCombination(span, 'encapsulate must always be the last item.', 'an option space takes all that follows, so it must be the last member'));
  if (token === 'array') return parseMemberArray(session, reading, refuseMember);
  if (token === 'integer' || token === 'signed' || token === 'unsigned') return parseInteger(reader, reading, token);
  const whole = wholeTypes[token];
  if (whole !== undefined) {
    reading.format += whole.letter;
    return { kind: whole.kind, span };
  }
  if (token === 'encapsulate') return parseEncapsulate(session, reading);
  const last = lastTypes[token];
  if (last === undefined && token !== 'domain-list' && token !== 'zerolen')
    return refuseType(reader, reading.isRecord ? 1 : 0, options.unknownType(span, reader.word), reading.isRecord ? 'then a semicolon' : undefined);
  if (token === 'zerolen') {
    if (reading.array > 0) return refuseMember('array incompatible with zerolen.', 'an array cannot hold zerolen');
    reading.format += 'Z';
    reading.mustBeLast = 'string';
    return { kind: 'zerolen', span };
  }
  const isCompressed = token === 'domain-list' && reader.takeIf('compressed');
  if (reading.array > 0) return refuseMember('arrays of text strings not yet supported.', `an array cannot hold ${token}`);
  reading.mustBeLast = token === 'text' ? 'text' : 'string';
  reading.format += last?.letter ?? (isCompressed ? 'Dc' : 'D');
  return last === undefined ? { kind: 'domain-list', span: reader.spanFrom(span.start), isCompressed } : { kind: last.kind, span };
}

function parseMemberArray(
  session: Session,
  reading: TypeReading,
  refuseMember: (wording: string, message: string) => undefined,
): OptionType | undefined {
  const { reader } = session;
  const start = reader.span.start;
  if (reading.array > 0) return refuseMember('no nested arrays.', 'an array cannot hold arrays');
  if (reader.take() !== 'of') return refuseType(reader, 0, syntax.wordMissing(reader.span, ['of'], 'expecting "of".'));
  // Outside a record, dhcpd gets here only for an array behind `array of`, which was refused above.
  reading.array = 2;
  const token = reader.take();
  if (token === '{')
    return refuseType(reader, 2, options.badTypeCombination(reader.span, 'only uniform array inside record.', 'an array within a record holds one type'), 'then a semicolon');
  const of = parseMember(session, reading, token);
  return of && { kind: 'array', span: reader.spanFrom(start), of };
}

function parseInteger(reader: Reader, reading: TypeReading, first: 'integer' | 'signed' | 'unsigned'): OptionType | undefined {
  const start = reader.span.start;
  const fail = (diagnostic: Parameters<Reader['report']>[0]): undefined =>
    refuseType(reader, reading.isRecord ? 1 : 0, diagnostic, reading.isRecord ? 'then a semicolon' : undefined);
  const sign = first === 'integer' ? undefined : first;
  if (sign !== undefined && reader.take() !== 'integer')
    return fail(syntax.wordMissing(reader.span, ['integer'], 'expecting "integer" keyword.'));
  if (reader.take() !== 'NUMBER') return fail(syntax.numberMissing(reader.span, 'expecting number.'));
  const width = decimal(reader.word);
  if (width !== 8 && width !== 16 && width !== 32) return fail(options.badWidth(reader.span, reader.word));
  const letter = { 8: 'b', 16: 's', 32: 'l' }[width];
  reading.format += sign === 'unsigned' ? letter.toUpperCase() : letter;
  return { kind: 'integer', span: reader.spanFrom(start), sign, width };
}

function parseEncapsulate(session: Session, reading: TypeReading): OptionType | undefined {
  const { reader } = session;
  const start = reader.span.start;
  if (!isIdentifier(reader.take()))
    return refuseType(reader, 0, syntax.nameMissing(reader.span, 'the name of an option space', 'expecting option space identifier'));
  const space = reader.word;
  if (session.options.space(space) === undefined)
    return refuseType(reader, 0, options.encapsulatesUnknownSpace(reader.span, space));
  reading.format += `E${space.toLowerCase()}.`;
  reading.encapsulates = space;
  return { kind: 'encapsulate', span: reader.spanFrom(start), space };
}
