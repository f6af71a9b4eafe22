// What declarations hold between their braces besides statements: ranges, permits, hardware, keys, zones, failover peers
// (dhcpd-conf reference §3, §4, §16). The first word of each was taken.

import type { AddressOrName, FailoverMember, Item, Name, PermitDecl, ZoneMember } from './ast.ts';
import * as statements from './diagnostics/statements.ts';
import * as syntax from './diagnostics/syntax.ts';
import {
  decimal,
  nameOf,
  parseAddress,
  parseAddressList,
  parseAddressOrName,
  parseDataLiteral,
  parseDate,
  parseHexBytes,
  parseHostName,
  parseIpv6Address,
  parseLeftBrace,
  parseNameOrString,
  parseSemicolon,
} from './parse-basics.ts';
import { wantedExpression } from './wanted-expression.ts';
import { findOption, optionNameOf, unknownOf } from './parse-options.ts';
import * as options from './diagnostics/options.ts';
import { parseValue } from './parse-values.ts';
import { isIdentifier } from './reader.ts';
import type { Session } from './session.ts';

const close = <T extends Item>(session: Session, make: () => T): T | undefined => (parseSemicolon(session.reader) ? make() : undefined);

export function parseRange(session: Session, start: number): Item | undefined {
  const { reader } = session;
  const isDynamicBootp = reader.takeIf('dynamic-bootp');
  const low = parseAddress(reader);
  if (low === undefined) return undefined;
  const high = reader.peek() === ';' ? undefined : parseAddress(reader);
  if (high === undefined && reader.peek() !== ';') return undefined;
  return close(session, () => ({ kind: 'range', span: reader.spanFrom(start), isDynamicBootp, low, high }));
}

/** `allow|deny …` in a pool; the first word was taken, the second comes next. undefined with `isFlag`: it is a flag instead. */
export function parsePermit(session: Session, start: number, action: 'allow' | 'deny'): Item | undefined {
  const { reader } = session;
  const permit = parsePermitKind(session);
  return permit && close(session, () => ({ kind: 'permit', span: reader.spanFrom(start), action, permit }));
}
const permitWords = new Set(['known-clients', 'unknown-clients', 'known', 'unknown', 'all', 'authenticated', 'unauthenticated', 'dynamic', 'members', 'after']);
export const isPermitWord = (token: string): boolean => permitWords.has(token);

function parsePermitKind(session: Session): PermitDecl['permit'] | undefined {
  const { reader } = session;
  const token = reader.take();
  switch (token) {
    case 'known-clients': case 'unknown-clients': return { kind: token };
    case 'known': case 'unknown': case 'all': case 'authenticated': case 'unauthenticated':
      return expectWord(session, 'clients', 'expecting "clients"') ? { kind: `${token}-clients` } : undefined;
    case 'dynamic':
      return expectWord(session, 'bootp', 'expecting "bootp"') && expectWord(session, 'clients', 'expecting "clients"')
        ? { kind: 'dynamic-bootp-clients' }
        : undefined;
    case 'members': {
      if (!expectWord(session, 'of', 'expecting "of"')) return undefined;
      if (reader.take() !== 'STRING') {
        reader.report(syntax.nameMissing(reader.span, 'the name of a class in quotes', 'expecting class name.'));
        reader.skip();
        return undefined;
      }
      return { kind: 'members-of', className: nameOf(reader) };
    }
    default: {
      const time = parseDate(reader);
      return time && { kind: 'after', time };
    }
  }
}

function expectWord({ reader }: Session, word: string, wording: string): boolean {
  if (reader.take() === word) return true;
  const isSemicolon = reader.source.text.charAt(reader.span.start) === ';';
  reader.report(syntax.wordMissing(reader.span, [word], wording));
  if (!isSemicolon) reader.skip();
  return false;
}

const hardwareTypes: Readonly<Record<string, number>> = { ethernet: 1, 'token-ring': 6, fddi: 8, infiniband: 32 };

export function parseHardware(session: Session, start: number): Item | undefined {
  const { reader } = session;
  const token = reader.take();
  const { word, span } = reader;
  const unknown = /^unknown-(\d+)$/.exec(word);
  const htype = hardwareTypes[token] ?? (unknown === null ? undefined : Number(unknown[1]));
  if (htype === undefined) {
    reader.report(syntax.wordMissing(span, [...Object.keys(hardwareTypes), 'unknown-N'], 'expecting a network hardware type'));
    reader.skip();
    return undefined;
  }
  if (reader.peek() === ';') {
    reader.take();
    return { kind: 'hardware', span: reader.spanFrom(start), htype, address: { kind: 'hex', span: reader.span, bytes: new Uint8Array(0) } };
  }
  const address = parseHexBytes(reader);
  if (address === undefined) return undefined;
  if (address.bytes.length > 20) {
    reader.report(statements.misplaced(address.span, 'hardware address too long'));
    reader.skip();
    return undefined;
  }
  const previous = reader.span;
  if (reader.take() !== ';') {
    reader.report(syntax.semicolonMissing(previous, reader.span, 'expecting semicolon.'));
    reader.skip();
    return undefined;
  }
  return { kind: 'hardware', span: reader.spanFrom(start), htype, address };
}

export function parseFixedAddress(session: Session, start: number): Item | undefined {
  const { reader } = session;
  const addresses = parseAddressList(reader);
  return addresses && close(session, () => ({ kind: 'fixed-address', span: reader.spanFrom(start), addresses }));
}

export function parseUid(session: Session, start: number): Item | undefined {
  const { reader } = session;
  const value = parseDataLiteral(reader);
  if (value === undefined) {
    reader.take();
    reader.report(options.valueMissing(reader.span, 'a string or a hex list', 'expecting string or hexadecimal data.'));
    reader.skip();
    return undefined;
  }
  return close(session, () => ({ kind: 'uid', span: reader.spanFrom(start), value }));
}

export function parseHostIdentifier(session: Session, start: number): Item | undefined {
  const { reader } = session;
  const token = reader.take();
  if (token === 'v6relopt') {
    reader.skip();
    return { kind: 'not-served', span: reader.spanFrom(start), keyword: 'host-identifier' };
  }
  if (token !== 'option') {
    reader.report(syntax.wordMissing(reader.span, ['option'], 'host-identifier must be an option or v6relopt'));
    reader.skip();
    return undefined;
  }
  const found = findOption(session);
  if (found === undefined) return undefined;
  if (found.definition === undefined) {
    reader.report(options.unknownOption(unknownOf(found)));
    reader.skip();
    return undefined;
  }
  const option = optionNameOf(found, found.definition);
  const value = parseValue(reader, found.definition);
  return value && close(session, () => ({ kind: 'host-identifier', span: reader.spanFrom(start), option, value }));
}

export function parseJoinGroup(session: Session, start: number): Item | undefined {
  const { reader } = session;
  const token = reader.take();
  if (token !== 'STRING' && !isIdentifier(token)) {
    reader.report(syntax.nameMissing(reader.span, 'the name of a group', 'expecting string or identifier.'));
    reader.skip();
    return undefined;
  }
  const name = nameOf(reader);
  return close(session, () => ({ kind: 'join-group', span: reader.spanFrom(start), name }));
}

export function parseMatch(session: Session, start: number): Item | undefined {
  const { reader } = session;
  const isCondition = reader.takeIf('if');
  const expr = wantedExpression(session, isCondition ? 'boolean' : 'data');
  if (expr === undefined) return undefined;
  return close(session, () =>
    isCondition
      ? { kind: 'match-if', span: reader.spanFrom(start), condition: expr }
      : { kind: 'match', span: reader.spanFrom(start), data: expr },
  );
}
export function parseSpawn(session: Session, start: number): Item | undefined {
  const { reader } = session;
  if (!expectWord(session, 'with', 'expecting with after spawn')) return undefined;
  const data = wantedExpression(session, 'data');
  return data && close(session, () => ({ kind: 'spawn', span: reader.spanFrom(start), data }));
}
export function parseLeaseLimit(session: Session, start: number): Item | undefined {
  const { reader } = session;
  if (!expectWord(session, 'limit', 'expecting "limit"')) return undefined;
  if (reader.take() !== 'NUMBER') {
    reader.report(syntax.numberMissing(reader.span, 'expecting a number'));
    reader.skip();
    return undefined;
  }
  const limit = { kind: 'number' as const, span: reader.span, value: decimal(reader.word) };
  return close(session, () => ({ kind: 'lease-limit', span: reader.spanFrom(start), limit }));
}

export function parseInterface(session: Session, start: number): Item | undefined {
  const { reader } = session;
  reader.take();
  const name = nameOf(reader);
  return close(session, () => ({ kind: 'interface', span: reader.spanFrom(start), name }));
}

export function parseFormat(session: Session, start: number, kind: 'lease-id-format' | 'db-time-format'): Item | undefined {
  const { reader } = session;
  const words = kind === 'lease-id-format' ? ['octal', 'hex'] : ['default', 'local'];
  const token = reader.take();
  if (!words.includes(token)) {
    const wording = kind === 'lease-id-format' ? 'lease-id-format is invalid:  it must be octal or hex.' : 'Expecting \'local\' or \'default\'.';
    reader.report(syntax.wordMissing(reader.span, words, wording));
    reader.skip();
    return undefined;
  }
  return close(session, () => ({ kind, span: reader.spanFrom(start), word: token as 'octal' }));
}

// ── key ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

export function parseKey(session: Session, start: number): Item | undefined {
  const { reader } = session;
  const name = parseNameOrString(reader);
  if (name === undefined) {
    reader.take();
    reader.report(syntax.nameMissing(reader.span, 'the name of a key', 'expecting key name.'));
    reader.skip();
    return undefined;
  }
  if (!parseLeftBrace(reader)) return undefined;
  let algorithm: Name | undefined;
  let secret: Extract<Item, { kind: 'key' }>['secret'];
  for (;;) {
    const token = reader.take();
    if (token === '}') break;
    if (token === 'algorithm' && algorithm === undefined) {
      algorithm = parseHostName(reader);
      if (algorithm === undefined) return refuseInKey(session, 'expecting key algorithm name.');
      if (!parseSemicolon(reader)) continue;
    } else if (token === 'secret' && secret === undefined) {
      secret = parseSecret(session);
      if (secret === undefined) {
        reader.skip(1);
        return undefined;
      }
      if (!parseSemicolon(reader)) continue;
    } else return refuseInKey(session, token === 'algorithm' ? 'key already has an algorithm' : token === 'secret' ? 'key already has a secret' : 'expecting right brace.');
  }
  const hasSemicolon = reader.takeIf(';');
  return { kind: 'key', span: reader.spanFrom(start), name, algorithm, secret, hasSemicolon };
}

function refuseInKey({ reader }: Session, wording: string): undefined {
  reader.report(syntax.wordMissing(reader.span, ['algorithm', 'secret'], wording));
  reader.skip(1);
  return undefined;
}

const base64Digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** dhcpd gathers tokens until the semicolon, so blanks inside a secret do not matter. */
function parseSecret(session: Session): Extract<Item, { kind: 'key' }>['secret'] {
  const { reader } = session;
  const start = reader.nextStart;
  let text = '';
  let isQuoted = false;
  if (reader.takeIf('STRING')) {
    text = reader.word;
    isQuoted = true;
  } else {
    for (let token = reader.peek(); token !== ';' && token !== '}' && token !== '{' && token !== 'EOF'; token = reader.peek()) {
      reader.take();
      text += reader.word;
    }
  }
  const span = reader.spanFrom(start);
  const decoded = decodeBase64(text);
  if ('complaint' in decoded) {
    reader.report(statements.badSecret(span, decoded.what, decoded.complaint));
    return undefined;
  }
  return { text, bytes: decoded.bytes, span, isQuoted };
}

/** dhcpd's own rule (dhcpd-conf reference §4.6): stray padding passes when the bits left over are zero. */
export function decodeBase64(text: string): { readonly bytes: Uint8Array } | { readonly complaint: string; readonly what: string } {
  const bytes: number[] = [];
  let bits = 0;
  let count = 0;
  let end = text.length;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '=') {
      end = at;
      break;
    }
    const value = base64Digits.indexOf(character);
    if (value < 0)
      return { complaint: `invalid base64 character ${character.charCodeAt(0)}.`, what: `\`${character}\` is not a base64 character` };
    bits = (bits << 6) | value;
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes.push((bits >> count) & 255);
      bits &= (1 << count) - 1;
    }
  }
  const rest = text.slice(end);
  if (/[^=]/.test(rest))
    return { complaint: `stuff after base64 '=' terminator: ${rest.replace(/^=+/, '')}`, what: 'text follows the closing `=` of the secret' };
  if (text.length % 4 !== 0 && bits !== 0)
    return { complaint: `partial base64 value left over: ${bits}.`, what: 'the secret is not whole base64: its last character says more than fits into bytes' };
  return { bytes: Uint8Array.from(bytes) };
}

// ── zone ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

export function parseZone(session: Session, start: number): Item | undefined {
  const { reader } = session;
  const name = parseNameOrString(reader);
  if (name === undefined) {
    reader.take();
    reader.report(syntax.nameMissing(reader.span, 'the name of a zone', 'expecting hostname'));
    reader.skip();
    return undefined;
  }
  if (!parseLeftBrace(reader)) return undefined;
  const members: ZoneMember[] = [];
  for (;;) {
    const token = reader.take();
    const from = reader.span.start;
    if (token === '}') break;
    const member = parseZoneMember(session, token, from);
    if (member === undefined) {
      reader.skip(1);
      return undefined;
    }
    members.push(member);
    if (!parseSemicolon(reader)) return undefined;
  }
  const dotted = name.text.endsWith('.') ? name : { ...name, text: `${name.text}.` };
  return { kind: 'zone', span: reader.spanFrom(start), name: dotted, members };
}

function parseZoneMember(session: Session, token: string, from: number): ZoneMember | undefined {
  const { reader } = session;
  switch (token) {
    case 'primary': case 'secondary': {
      const addresses = parseAddressList(reader);
      return addresses && { kind: token, span: reader.spanFrom(from), addresses };
    }
    case 'primary6': case 'secondary6': {
      const at = reader.nextStart;
      do if (parseIpv6Address(reader) === undefined) return undefined;
      while (reader.takeIf(','));
      return { kind: token, span: reader.spanFrom(from), text: reader.source.text.slice(at, reader.end) };
    }
    case 'key': {
      const name = parseNameOrString(reader);
      return name && { kind: 'zone-key', span: reader.spanFrom(from), name };
    }
    default:
      reader.report(syntax.rightBraceMissing(reader.span, 'expecting right brace.'));
      return undefined;
  }
}

// ── failover peer ────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** `failover peer NAME {`: the name was taken. */
export function parseFailoverPeer(session: Session, start: number, name: Name): Item | undefined {
  const { reader } = session;
  const head = reader.spanFrom(start);
  if (!parseLeftBrace(reader)) return undefined;
  const members: FailoverMember[] = [];
  for (;;) {
    const token = reader.take();
    if (token === '}') break;
    if (token === 'EOF') {
      reader.report(syntax.endOfFile(reader.span, head));
      return undefined;
    }
    const member = parseFailoverMember(session, token);
    if (member !== undefined) members.push(member);
  }
  return { kind: 'failover-peer', span: reader.spanFrom(start), head, name, members };
}

const failoverNumbers: Readonly<Record<string, string>> = {
  mclt: 'expecting number.', split: 'expecting number', 'auto-partner-down': 'expecting number.', 'max-lease-misbalance': 'expecting number.',
  'max-lease-ownership': 'expecting number.', 'min-balance': 'expecting number.', 'max-balance': 'expecting number.',
};
const sideNumbers: Readonly<Record<string, string>> = {
  port: 'expecting number', 'max-response-delay': 'expecting number.', 'max-unacked-updates': 'expecting number.',
};

function parseFailoverMember(session: Session, token: string): FailoverMember | undefined {
  const { reader } = session;
  const from = reader.span.start;
  const isPartner = token === 'peer';
  const word = isPartner ? reader.take() : token;
  const end = (make: () => FailoverMember): FailoverMember | undefined => (parseSemicolon(reader) ? make() : undefined);
  if (word === 'primary' || word === 'secondary') return end(() => ({ kind: 'role', span: reader.spanFrom(from), role: word }));
  if (word === 'address') {
    const address: AddressOrName | undefined = parseAddressOrName(reader);
    return address && end(() => ({ kind: 'peer-address', span: reader.spanFrom(from), isPartner, address }));
  }
  const sideWording = sideNumbers[word];
  if (sideWording !== undefined) {
    const value = parseFailoverNumber(session, sideWording);
    return value && end(() => ({ kind: 'peer-number', span: reader.spanFrom(from), word: word as 'port', isPartner, value }));
  }
  const wording = failoverNumbers[word];
  if (wording !== undefined) {
    const value = parseFailoverNumber(session, wording);
    return value && end(() => ({ kind: 'failover-number', span: reader.spanFrom(from), word: word as 'mclt', value }));
  }
  if (word === 'load') return parseLoadBalance(session, from);
  if (word === 'hba') {
    const buckets = parseHexBytes(reader);
    if (buckets === undefined) return undefined;
    if (buckets.bytes.length < 32) {
      reader.report(syntax.numberMissing(buckets.span, 'too few numbers.'));
      reader.skip();
      return undefined;
    }
    return end(() => ({ kind: 'hba', span: reader.spanFrom(from), buckets }));
  }
  reader.report(syntax.wordMissing(reader.span, ['primary', 'secondary', 'address', 'port', 'mclt', 'split'], 'invalid statement in peer declaration'));
  reader.skip();
  return undefined;
}

function parseFailoverNumber({ reader }: Session, wording: string): { kind: 'number'; span: typeof reader.span; value: number } | undefined {
  if (reader.take() === 'NUMBER') return { kind: 'number', span: reader.span, value: decimal(reader.word) };
  reader.report(syntax.numberMissing(reader.span, wording));
  reader.skip();
  return undefined;
}

function parseLoadBalance(session: Session, from: number): FailoverMember | undefined {
  const { reader } = session;
  if (!expectWord(session, 'balance', "expecting 'balance'")) return undefined;
  if (!expectWord(session, 'max', "expecting 'max'")) return undefined;
  if (!expectWord(session, 'seconds', "expecting 'secs'")) return undefined;
  const value = parseFailoverNumber(session, 'expecting number');
  if (value === undefined || !parseSemicolon(reader)) return undefined;
  return { kind: 'failover-number', span: reader.spanFrom(from), word: 'load balance max seconds', value };
}
