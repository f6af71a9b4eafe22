// `lease ADDRESS { … }` of a lease file, statement by statement (dhcpd-leases reference §2, §9). A statement that is damaged is
// kept as skipped text and the rest of the record is read: dhcpd would lose the record and the one behind it.

import type { LeaseDecl, LeaseMember, LeaseTimeWord } from './ast.ts';
import { formatIpv4 } from '../std/ipv4.ts';
import * as leases from './diagnostics/lease-file.ts';
import * as syntax from './diagnostics/syntax.ts';
import {
  decimal,
  nameOf,
  parseAddress,
  parseDataLiteral,
  parseDate,
  parseHexBytes,
  parseLeftBrace,
  parseNameOrString,
  parseSemicolon,
} from './parse-basics.ts';
import { parseOn } from './parse-blocks.ts';
import { parseHardwareAddress, parseUid } from './parse-hosts.ts';
import { parseKnownOption } from './parse-options.ts';
import { parseValue } from './parse-values.ts';
import type { Reader } from './reader.ts';
import { noLoss, type Session } from './session.ts';

/** The word `lease` was taken. */
export function parseLease(session: Session, start: number): LeaseDecl | undefined {
  const { reader } = session;
  const address = parseAddress(reader);
  if (address === undefined || !parseLeftBrace(reader)) return undefined;
  const opening = reader.span;
  const members: LeaseMember[] = [];
  const seen = new Set<string>();
  for (;;) {
    const token = reader.take();
    if (token === '}') break;
    if (token === 'EOF') {
      reader.report(syntax.endOfFile(reader.nextSpan, opening));
      break;
    }
    const word = reader.span;
    const parser = Object.hasOwn(parsers, token) ? parsers[token] : undefined;
    const member = parser === undefined ? parseOther(reader, word.start) : parser(session, word.start, token);
    members.push(member ?? { kind: 'skipped', span: reader.spanFrom(word.start) });
    const key = member && keyOf(member);
    if (key !== undefined && seen.has(key)) reader.report(leases.givenTwice(word, token, formatIpv4(address.address)));
    if (key !== undefined) seen.add(key);
  }
  return { kind: 'lease', span: reader.spanFrom(start), address, members };
}

/** What a lease has once. */
function keyOf(member: LeaseMember): string | undefined {
  switch (member.kind) {
    case 'lease-time':
      return member.word;
    case 'binding-state':
      return member.which;
    case 'hardware':
    case 'uid':
    case 'client-hostname':
    case 'billing':
      return member.kind;
    default:
      return undefined;
  }
}

type Parser = (session: Session, start: number, token: string) => LeaseMember | undefined;

const parseTime: Parser = ({ reader }, start, token) => {
  const time = parseDate(reader);
  if (!parseSemicolon(reader) || time === undefined) return undefined;
  return { kind: 'lease-time', span: reader.spanFrom(start), word: token as LeaseTimeWord, time };
};
const parseFlag: Parser = ({ reader }, start, token) =>
  parseSemicolon(reader)
    ? { kind: 'lease-flag', span: reader.spanFrom(start), word: token as 'reserved' | 'dynamic-bootp' | 'abandoned' }
    : undefined;

const parsers: Readonly<Record<string, Parser>> = {
  starts: parseTime,
  ends: parseTime,
  tstp: parseTime,
  tsfp: parseTime,
  atsfp: parseTime,
  cltt: parseTime,
  reserved: parseFlag,
  'dynamic-bootp': parseFlag,
  abandoned: parseFlag,
  binding: (session, start) => parseState(session.reader, start, 'current'),
  next: (session, start) => parseBinding(session.reader, start, 'next'),
  rewind: (session, start) => parseBinding(session.reader, start, 'rewind'),
  hardware: ({ reader }, start) => parseHardwareAddress(reader, start),
  uid: ({ reader }, start) => parseUid(reader, start),
  'client-hostname': parseHostname,
  billing: parseBilling,
  on: (session, start) => {
    const item = parseOn(session, noLoss(), start);
    return item?.kind === 'on' ? item : undefined;
  },
  option: parseAgentOption,
  supersede: parseAgentOption,
  set: parseVariable,
  hostname: (session, start) => parseLegacyName(session.reader, start, 'hostname'),
};

/** Old statements without a token of their own. */
function parseOther(reader: Reader, start: number): LeaseMember | undefined {
  const word = reader.word.toLowerCase();
  if (word === 'ddns-fwd-name' || word === 'ddns-rev-name') return parseLegacyName(reader, start, word);
  reader.report(leases.notALeaseStatement(reader.span));
  if (reader.source.text.charAt(start) !== ';') reader.skip();
  return undefined;
}

function parseLegacyName(
  reader: Reader,
  start: number,
  word: 'ddns-fwd-name' | 'ddns-rev-name' | 'hostname',
): LeaseMember | undefined {
  const name = parseNameOrString(reader);
  if (name === undefined) return missing(reader, 'a name', 'expecting a hostname.');
  return parseSemicolon(reader) ? { kind: 'legacy-name', span: reader.spanFrom(start), word, name } : undefined;
}

function missing(reader: Reader, what: string, wording: string): undefined {
  reader.report(syntax.nameMissing(reader.nextSpan, what, wording));
  reader.skip();
  return undefined;
}

const states: ReadonlySet<string> = new Set([
  'abandoned',
  'free',
  'active',
  'expired',
  'released',
  'reset',
  'backup',
  'reserved',
  'bootp',
]);

function parseBinding(reader: Reader, start: number, which: 'next' | 'rewind'): LeaseMember | undefined {
  if (reader.take() === 'binding') return parseState(reader, start, which);
  reader.report(syntax.wordMissing(reader.span, ['binding'], "expecting 'binding'"));
  reader.skipRest();
  return undefined;
}

function parseState(reader: Reader, start: number, which: 'current' | 'next' | 'rewind'): LeaseMember | undefined {
  if (reader.take() !== 'state') {
    reader.report(syntax.wordMissing(reader.span, ['state'], "expecting 'state'"));
    reader.skipRest();
    return undefined;
  }
  const state = reader.take();
  if (!states.has(state)) {
    reader.report(leases.unknownBindingState(reader.span, reader.word));
    reader.skipRest();
    return undefined;
  }
  return parseSemicolon(reader) ? { kind: 'binding-state', span: reader.spanFrom(start), which, state } : undefined;
}

function parseHostname({ reader }: Session, start: number): LeaseMember | undefined {
  const name = parseNameOrString(reader);
  if (name === undefined) return missing(reader, 'a host name', 'expecting a hostname.');
  return parseSemicolon(reader) ? { kind: 'client-hostname', span: reader.spanFrom(start), name } : undefined;
}

/** `billing class "C";` or `billing subclass "C" KEY;` */
function parseBilling({ reader }: Session, start: number): LeaseMember | undefined {
  const token = reader.take();
  if (token !== 'class' && token !== 'subclass') {
    reader.report(syntax.wordMissing(reader.span, ['class', 'subclass'], 'expecting "class"'));
    reader.skipRest();
    return undefined;
  }
  if (reader.take() !== 'STRING') {
    reader.report(
      syntax.nameMissing(reader.span, 'the name of a class in quotes', token === 'class' ? 'expecting string' : 'Expecting class name'),
    );
    reader.skipRest();
    return undefined;
  }
  const className = nameOf(reader);
  const key = token === 'subclass' ? parseDataLiteral(reader) : undefined;
  if (token === 'subclass' && key === undefined) return missing(reader, 'the key of the subclass', 'Expecting string or hex list.');
  return parseSemicolon(reader) ? { kind: 'billing', span: reader.spanFrom(start), className, key } : undefined;
}

function parseAgentOption(session: Session, start: number): LeaseMember | undefined {
  const { reader } = session;
  const option = parseKnownOption(session);
  if (option === undefined) return undefined;
  const value = parseValue(reader, option.definition);
  if (value === undefined || !parseSemicolon(reader)) return undefined;
  if (option.definition.space === 'agent') return { kind: 'agent-option', span: reader.spanFrom(start), option, value };
  reader.report(leases.notAnAgentOption(option.span));
  return undefined;
}

/** `set NAME = CONSTANT;` */
function parseVariable({ reader }: Session, start: number): LeaseMember | undefined {
  const isName = ['NAME', 'NUMBER_OR_NAME'].includes(reader.take());
  const name = reader.word;
  if (!isName) {
    reader.report(leases.notAConstant(reader.span, `${name} can't be a variable name`));
    reader.skipRest();
    return undefined;
  }
  if (reader.take() !== '=') {
    reader.report(syntax.markMissing(reader.span, '=', "expecting '=' in set statement."));
    reader.skipRest();
    return undefined;
  }
  const value = parseConstant(reader);
  if (value === undefined || !parseSemicolon(reader)) return undefined;
  return { kind: 'lease-variable', span: reader.spanFrom(start), name, value };
}

type Constant = Extract<LeaseMember, { kind: 'lease-variable' }>['value'];

/** A string, a hex list, `%N`, `true` or `false`. */
function parseConstant(reader: Reader): Constant | undefined {
  const token = reader.peek();
  const start = reader.nextStart;
  if (token === 'STRING') {
    reader.take();
    return reader.string();
  }
  if (token === 'NUMBER' || token === 'NUMBER_OR_NAME') return parseHexBytes(reader);
  reader.take();
  const word = reader.word.toLowerCase();
  if (token === '%' && reader.take() === 'NUMBER')
    return { kind: 'number', span: reader.spanFrom(start), value: decimal(reader.word) };
  if (token === 'NAME' && (word === 'true' || word === 'false'))
    return { kind: 'boolean', span: reader.span, value: word === 'true' };
  const wording = token === '%' ? 'expecting decimal number.' : token === 'NAME' ? 'expecting true or false' : 'expecting a constant value.';
  reader.report(leases.notAConstant(reader.span, wording));
  if (reader.source.text.charAt(reader.span.start) !== ';') reader.skip();
  return undefined;
}
