// `failover peer …` (dhcpd-conf reference §16) and its state in the lease file (dhcpd-leases reference §2).

import type { FailoverMember, FailoverPeerDecl, FailoverStateDecl, Item, Name, NumberLiteral } from './ast.ts';
import type { Span } from '../model/span.ts';
import { misplaced, peerReferenceMisplaced } from './diagnostics/declarations.ts';
import * as failover from './diagnostics/failover.ts';
import * as syntax from './diagnostics/syntax.ts';
import { decimal, nameOf, parseAddressOrName, parseBuckets, parseDate, parseSemicolon } from './parse-basics.ts';
import { isIdentifier, type Reader } from './reader.ts';
import type { Session } from './session.ts';
import { nearest } from './suggest.ts';

/** Behind the word `failover` at file level or in a shared-network: a declaration, a reference, or a lease-file state. */
export function parseFailover(session: Session, start: number, place: 'file' | 'shared-network' | 'lease-file'): Item | undefined {
  const { reader } = session;
  const name = parsePeerName(reader);
  if (name === undefined) return undefined;
  const head = reader.spanFrom(start);
  const token = reader.take();
  if (token === ';' && place !== 'lease-file') {
    const span = reader.spanFrom(start);
    if (place === 'shared-network') return { kind: 'peer-reference', span, name };
    reader.report(peerReferenceMisplaced(head));
    return undefined;
  }
  if (token === 'state') return parseState(reader, start, name);
  if (token === '{' && place !== 'lease-file') return parsePeer(reader, start, head, name);
  reader.report(
    place === 'lease-file'
      ? syntax.wordMissing(reader.span, ['state'], "expecting 'state'")
      : syntax.leftBraceMissing(reader.span, 'expecting left brace'),
  );
  if (token !== ';') reader.skip();
  return undefined;
}

/** In places that know no failover; dhcpd complains before it takes the word. */
export function refuseFailover({ reader }: Session): undefined {
  reader.report(
    misplaced(reader.nextSpan, ['failover peers may only be defined in shared-network', 'declarations and the outer scope.']),
  );
  reader.skip();
  return undefined;
}

function parsePeerName(reader: Reader): Name | undefined {
  if (reader.take() !== 'peer') {
    reader.report(syntax.wordMissing(reader.span, ['peer'], 'expecting "peer"'));
    reader.skipRest();
    return undefined;
  }
  const token = reader.take();
  if (token === 'STRING' || isIdentifier(token)) return nameOf(reader);
  reader.report(syntax.nameMissing(reader.span, 'the name of the failover peer', 'expecting failover peer name.'));
  reader.skipRest();
  return undefined;
}

// ── The declaration ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What dhcpd says when the number is missing. */
const ownNumbers = {
  mclt: 'expecting number.',
  split: 'expecting number',
  'auto-partner-down': 'expecting number.',
  'max-lease-misbalance': 'expecting number.',
  'max-lease-ownership': 'expecting number.',
  'min-balance': 'expecting number.',
  'max-balance': 'expecting number.',
} as const;
const sideNumbers = {
  port: 'expecting number',
  'max-response-delay': 'expecting number.',
  'max-unacked-updates': 'expecting number.',
} as const;
const isOwnNumber = (word: string): word is keyof typeof ownNumbers => Object.hasOwn(ownNumbers, word);
const isSideNumber = (word: string): word is keyof typeof sideNumbers => Object.hasOwn(sideNumbers, word);
const memberWords = [
  'primary',
  'secondary',
  'address',
  'hba',
  'load balance max seconds',
  'peer address',
  'peer port',
  ...Object.keys(ownNumbers),
  ...Object.keys(sideNumbers),
];

/** What earlier members say about later ones. */
interface PeerSeen {
  isSecondary: boolean;
  hasBuckets: boolean;
}

function parsePeer(reader: Reader, start: number, head: Span, name: Name): FailoverPeerDecl | undefined {
  const opening = reader.position;
  const seen: PeerSeen = { isSecondary: false, hasBuckets: false };
  const members: FailoverMember[] = [];
  for (;;) {
    const token = reader.take();
    if (token === '}') return { kind: 'failover-peer', span: reader.spanFrom(start), head, name, members };
    const from = reader.span.start;
    const member = parseMember(reader, token, seen);
    if (member === undefined || !parseSemicolon(reader)) {
      reader.leaveBlock(opening);
      return undefined;
    }
    members.push({ ...member, span: reader.spanFrom(from) });
  }
}

/** Without the semicolon; the first word was taken. */
function parseMember(reader: Reader, first: string, seen: PeerSeen): FailoverMember | undefined {
  const { span } = reader;
  const isPartner = first === 'peer';
  let word = first;
  while (word === 'peer') word = reader.take();
  if (word === 'primary' || word === 'secondary') {
    seen.isSecondary = word === 'secondary';
    if (seen.isSecondary && seen.hasBuckets) reader.report(failover.balanceOnSecondary(reader.span));
    return { kind: 'role', span, role: word };
  }
  if (word === 'address') {
    const address = parseAddressOrName(reader);
    return address && { kind: 'peer-address', span, isPartner, address };
  }
  if (isSideNumber(word)) {
    const value = parseNumber(reader, sideNumbers[word]);
    return value && { kind: 'peer-number', span, word, isPartner, value };
  }
  if (isOwnNumber(word)) return parseOwnNumber(reader, word, span, seen);
  if (word === 'load') return parseLoadBalance(reader, span);
  if (word === 'hba') return parseHashBuckets(reader, span, seen);
  const suggestion = nearest(reader.word.replaceAll('_', ' '), memberWords) ?? nearest(reader.word, memberWords);
  return fail(reader, failover.notAMember(reader.span, suggestion));
}

function fail(reader: Reader, diagnostic: Parameters<Reader['report']>[0]): undefined {
  reader.report(diagnostic);
  return undefined;
}

function parseNumber(reader: Reader, wording: string): NumberLiteral | undefined {
  if (reader.take() !== 'NUMBER') return fail(reader, syntax.numberMissing(reader.span, wording));
  return { kind: 'number', span: reader.span, value: decimal(reader.word) };
}

function parseOwnNumber(
  reader: Reader,
  word: keyof typeof ownNumbers,
  span: Span,
  seen: PeerSeen,
): FailoverMember | undefined {
  const isNumber = reader.take() === 'NUMBER';
  if (word === 'split') noteBuckets(reader, span, seen);
  if (!isNumber) return fail(reader, syntax.numberMissing(reader.span, ownNumbers[word]));
  const value: NumberLiteral = { kind: 'number', span: reader.span, value: decimal(reader.word) };
  return { kind: 'failover-number', span, word, value };
}

/** `split` and `hba` are the primary's. */
function noteBuckets(reader: Reader, member: Span, seen: PeerSeen): void {
  const whole = { ...member, end: reader.source.text.charAt(reader.end) === ';' ? reader.end + 1 : reader.end };
  if (seen.isSecondary) reader.report(failover.balanceOnSecondary(whole));
  seen.hasBuckets = true;
}

function parseLoadBalance(reader: Reader, span: Span): FailoverMember | undefined {
  for (const [word, wording] of loadBalanceWords)
    if (reader.take() !== word) return fail(reader, syntax.wordMissing(reader.span, [word], wording));
  const value = parseNumber(reader, 'expecting number');
  return value && { kind: 'failover-number', span, word: 'load balance max seconds', value };
}
const loadBalanceWords = [
  ['balance', "expecting 'balance'"],
  ['max', "expecting 'max'"],
  ['seconds', "expecting 'secs'"],
] as const;

function parseHashBuckets(reader: Reader, span: Span, seen: PeerSeen): FailoverMember | undefined {
  noteBuckets(reader, span, seen);
  const buckets = parseBuckets(reader);
  return buckets && { kind: 'hba', span, buckets };
}

// ── The state ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

const states: ReadonlySet<string> = new Set([
  'unknown-state',
  'partner-down',
  'normal',
  'communications-interrupted',
  'conflict-done',
  'resolution-interrupted',
  'potential-conflict',
  'recover',
  'recover-wait',
  'recover-done',
  'shutdown',
  'paused',
  'startup',
]);

function parseState(reader: Reader, start: number, name: Name): FailoverStateDecl | undefined {
  if (reader.take() !== '{') {
    reader.report(syntax.leftBraceMissing(reader.span, 'expecting left brace'));
    reader.skipRest();
    return undefined;
  }
  const opening = reader.position;
  const read: { my?: StateSetting; partner?: StateSetting; mclt?: NumberLiteral } = {};
  for (let token = reader.take(); token !== '}'; token = reader.take()) {
    if (token === 'mclt') {
      const value = parseNumber(reader, 'expecting a number.');
      if (value === undefined || !parseSemicolon(reader)) return leave(reader, opening);
      read.mclt = value;
    } else if (token === 'my' || token === 'partner') {
      const setting = parseSetting(reader);
      if (setting === 'broken') return leave(reader, opening);
      if (setting !== undefined) read[token] = setting;
    } else {
      reader.report(failover.notAStateSetting(reader.span));
      return leave(reader, opening);
    }
  }
  return { kind: 'failover-state', span: reader.spanFrom(start), name, my: read.my, partner: read.partner, mclt: read.mclt };
}
type StateSetting = NonNullable<FailoverStateDecl['my']>;

function leave(reader: Reader, opening: number): undefined {
  reader.leaveBlock(opening);
  return undefined;
}

/** `state S [ "at" time ] ;`; undefined after a report, with the statement skipped. */
function parseSetting(reader: Reader): StateSetting | 'broken' | undefined {
  if (reader.take() !== 'state') {
    reader.report(syntax.wordMissing(reader.span, ['state'], "expecting 'state'"));
    return 'broken';
  }
  const state = reader.take();
  if (!states.has(state)) {
    reader.report(failover.unknownState(reader.span));
    reader.skipRest();
    return undefined;
  }
  const token = reader.take();
  if (token === ';') return { state, at: undefined };
  if (token !== 'at') {
    reader.report(syntax.wordMissing(reader.span, ['at'], 'expecting "at"'));
    reader.skipRest();
    return undefined;
  }
  const at = parseDate(reader);
  return parseSemicolon(reader) && at !== undefined ? { state, at } : undefined;
}
