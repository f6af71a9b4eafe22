// Declarations, and what may stand where (dhcpd-conf reference §3, §4): one item at a time, by the place it stands in.

import type { Span } from '../model/span.ts';
import type { Body, Item, OptionName } from './ast.ts';
import * as declarations from './diagnostics/declarations.ts';
import * as statements from './diagnostics/statements.ts';
import * as options from './diagnostics/options.ts';
import * as syntax from './diagnostics/syntax.ts';
import { parseSemicolon } from './parse-basics.ts';
import { parseClass, parseSubclass } from './parse-classes.ts';
import { parseOptionDefinition, parseOptionSpace } from './parse-definitions.ts';
import { parseNotServed } from './parse-dhcp6.ts';
import { parseFailover, refuseFailover } from './parse-failover.ts';
import { parseLeaseIdFormat } from './parse-formats.ts';
import { parseFixedAddress, parseHardware, parseHost, type HostSeen } from './parse-hosts.ts';
import { parseInclude } from './parse-include.ts';
import { parseGroup, parseSharedNetwork, parseSubnet } from './parse-networks.ts';
import { findOption, optionNameOf, unknownOf, warnOfDhcp6 } from './parse-options.ts';
import { parseOwnBlock } from './parse-own-blocks.ts';
import { parsePool, parseRange } from './parse-pools.ts';
import { parseExecutable, parseOptionRest } from './parse-statements.ts';
import { isIdentifier } from './reader.ts';
import { deeper, noLoss, type Loss, type Session } from './session.ts';

export type PlaceKind = 'file' | 'group' | 'shared-network' | 'subnet' | 'pool' | 'host' | 'class';

/** One block, or the file. */
export interface Place {
  readonly kind: PlaceKind;
  /** Inside the braces of a host itself, not in what it includes. */
  readonly host: HostSeen | undefined;
  /** Whether dhcpd expects only declarations from here on: it words one complaint by that. */
  isDeclaring: boolean;
}
export const openPlace = (kind: PlaceKind, host?: HostSeen): Place => ({ kind, host, isDeclaring: false });

/** An item that only this kind of block has; `not-mine`, with nothing consumed, for all others. */
export type OwnItem = (token: string, start: number) => Item | undefined | 'not-mine';

/** Items up to and including the closing brace; the opening one was just taken. undefined: nested too deep. */
export function parseBody(session: Session, place: Place, own: OwnItem = () => 'not-mine'): Body | undefined {
  const opening = session.reader.span;
  return deeper(session, noLoss(), opening, () => parseItems(session, place, own, opening));
}

function parseItems(session: Session, place: Place, own: OwnItem, opening: Span): Body {
  const { reader } = session;
  const items: Item[] = [];
  for (let token = reader.peek(); token !== '}'; token = reader.peek()) {
    if (token === 'EOF') {
      reader.take();
      reader.report(syntax.endOfFile(reader.nextSpan, opening));
      return items;
    }
    const start = reader.nextStart;
    const item = own(token, start);
    items.push((item === 'not-mine' ? parseItem(session, place) : item) ?? skippedFrom(session, start));
  }
  reader.take();
  return items;
}

const skippedFrom = ({ reader }: Session, start: number): Item => ({ kind: 'skipped', span: reader.spanFrom(start) });

/** The items of a file, or of an included one. */
export function parseFileItems(session: Session, place: Place): Body {
  const { reader } = session;
  const items: Item[] = [];
  while (reader.peek() !== 'EOF') {
    const start = reader.nextStart;
    items.push(parseItem(session, place) ?? skippedFrom(session, start));
  }
  return items;
}

type Parser = (session: Session, place: Place, start: number) => Item | undefined;

/** undefined after a report, with at least one token consumed. */
function parseItem(session: Session, place: Place): Item | undefined {
  const { reader } = session;
  const token = reader.peek();
  if (session.ownBlocks.size > 0 && session.ownBlocks.has(reader.nextWord.toLowerCase()) && isIdentifier(token)) {
    const from = reader.nextStart;
    reader.take();
    return parseOwnBlock(session, from);
  }
  const parser = Object.hasOwn(parsers, token) ? parsers[token] : undefined;
  if (parser === undefined) return parseStatement(session, place);
  if (token === 'failover' && place.kind !== 'file' && place.kind !== 'shared-network') {
    place.isDeclaring = false;
    return refuseFailover(session);
  }
  const start = reader.nextStart;
  reader.take();
  return parser(session, place, start);
}

/** Remembers what dhcpd expects behind this declaration. */
const then =
  (isDeclaring: boolean, parse: Parser): Parser =>
  (session, place, start) => {
    const item = parse(session, place, start);
    place.isDeclaring = isDeclaring;
    return item;
  };

/** A declaration that some places cannot hold; there dhcpd expects parameters again. */
const notIn =
  (places: readonly PlaceKind[], wording: string, parse: Parser): Parser =>
  (session, place, start) => {
    if (!places.includes(place.kind)) return parse(session, place, start);
    session.reader.report(declarations.misplaced(session.reader.span, wording));
    session.reader.skip();
    return undefined;
  };

const networkRefusal = 'shared-network parameters not allowed here.';
const subnetRefusal = 'subnet declarations not allowed here.';
const classRefusal = 'class declarations not allowed here.';

const parsers: Readonly<Record<string, Parser>> = {
  include: then(true, (session, place, start) => parseInclude(session, place, start)),
  host: then(true, notIn(['host', 'class'], 'host declarations not allowed here.', parseHost)),
  group: then(true, notIn(['host', 'class'], 'group declarations not allowed here.', parseGroup)),
  'shared-network': (session, place, start) => {
    const isRefused = ['shared-network', 'host', 'subnet', 'class'].includes(place.kind);
    return then(!isRefused, notIn(['shared-network', 'host', 'subnet', 'class'], networkRefusal, parseSharedNetwork))(
      session,
      place,
      start,
    );
  },
  subnet: (session, place, start) =>
    then(place.kind !== 'shared-network', notIn(['host', 'subnet', 'class'], subnetRefusal, parseSubnet))(session, place, start),
  subnet6: (session, place, start) =>
    then(place.kind !== 'shared-network', notIn(['host', 'subnet', 'class'], subnetRefusal, parseNotServed))(session, place, start),
  class: (session, place, start) => then(place.kind !== 'class', notIn(['class'], classRefusal, parseClass))(session, place, start),
  'vendor-class': (session, place, start) =>
    then(place.kind !== 'class', notIn(['class'], classRefusal, parseClass))(session, place, start),
  'user-class': (session, place, start) =>
    then(place.kind !== 'class', notIn(['class'], classRefusal, parseClass))(session, place, start),
  subclass: (session, place, start) =>
    then(place.kind !== 'class', notIn(['class'], classRefusal, parseSubclass))(session, place, start),
  hardware: then(false, parseHardware),
  'fixed-address': then(false, parseFixedAddress),
  'fixed-address6': then(false, parseFixedAddress),
  pool: notIn(['pool'], 'pool declared within pool.', notIn(['file', 'group', 'host', 'class'], 'pool declared outside of network', parsePool)),
  pool6: notIn(['pool'], 'pool6 declared within pool.', notIn(['file', 'group', 'shared-network', 'host', 'class'], 'pool6 declared outside of network', parseNotServed)),
  range: notIn(['file', 'group', 'shared-network', 'pool', 'host', 'class'], 'range declaration not allowed here.', (session, _place, start) => parseRange(session, start)),
  range6: notIn(['file', 'group', 'shared-network', 'pool', 'host', 'class'], 'range6 declaration not allowed here.', parseNotServed),
  prefix6: notIn(['file', 'group', 'shared-network', 'pool', 'host', 'class'], 'prefix6 declaration not allowed here.', parseNotServed),
  'fixed-prefix6': then(false, (session, place, start) => {
    if (place.host !== undefined) return parseNotServed(session, place, start);
    session.reader.report(declarations.misplaced(session.reader.span, 'fixed-prefix6 declaration not allowed here.'));
    session.reader.skip();
    return undefined;
  }),
  not: then(false, parseNotAuthoritative),
  authoritative: then(false, (session, place, start) => parseAuthority(session, place, start, true)),
  'server-identifier': parseServerIdentifier,
  option: parseOption,
  failover: then(false, (session, place, start) => parseFailover(session, start, place.kind === 'file' ? 'file' : 'shared-network')),
  'server-duid': then(false, parseNotServed),
  'lease-id-format': then(false, (session, _place, start) => parseLeaseIdFormat(session, start)),
  '%': then(false, ({ reader }) => {
    reader.skip();
    return undefined;
  }),
};

/** dhcpd's complaint about what it cannot read in this place. */
const expecting = ({ isDeclaring }: Place): string => (isDeclaring ? 'expecting a declaration' : 'expecting a parameter or declaration');

const lossIn = (place: Place): Loss => ({ isTold: false, isSkipped: false, emptyWording: expecting(place) });

/** Executable statements, parameters, key, zone; or nothing that the language knows. */
function parseStatement(session: Session, place: Place): Item | undefined {
  const { reader } = session;
  const start = reader.nextStart;
  const loss = lossIn(place);
  const item = parseExecutable(session, loss);
  if (item !== undefined) return item.kind === 'case-label' ? undefined : item;
  if (loss.isTold) return undefined;
  if (reader.end > start) {
    // dhcpd takes a parameter that failed for no statement at all, and skips one more; the next one is read here.
    reader.report(statements.consequence(reader.span, expecting(place)));
    return undefined;
  }
  const isMark = reader.source.text.charCodeAt(reader.nextStart) === 0xfeff;
  reader.report(isMark ? syntax.byteOrderMark(reader.nextSpan) : syntax.notAStatement(reader.nextSpan, expecting(place)));
  if (isMark) reader.take();
  else reader.skip();
  return undefined;
}

function parseAuthority({ reader }: Session, place: Place, start: number, isAuthoritative: boolean): Item | undefined {
  if (place.kind === 'host') reader.report(declarations.misplaced(reader.span, 'authority makes no sense here.'));
  if (!parseSemicolon(reader) || place.kind === 'host') return undefined;
  return { kind: 'authority', span: reader.spanFrom(start), isAuthoritative };
}

function parseNotAuthoritative(session: Session, place: Place, start: number): Item | undefined {
  const { reader } = session;
  if (reader.take() === 'authoritative') return parseAuthority(session, place, start, false);
  reader.report(syntax.wordMissing(reader.span, ['authoritative'], 'expecting assertion'));
  reader.skipRest();
  return undefined;
}

/** Another name of `option dhcp-server-identifier`. */
function parseServerIdentifier(session: Session, place: Place, start: number): Item | undefined {
  const name = 'dhcp-server-identifier';
  const definition = session.options.space('dhcp')?.byCode.get(54);
  if (definition === undefined) return undefined;
  const option: OptionName = { kind: 'option-name', span: session.reader.span, space: undefined, name, definition };
  return parseOptionRest(session, lossIn(place), start, 'server-identifier', option);
}

/** `option space …;`, `option X code N = TYPE;`, `option X value;` */
function parseOption(session: Session, place: Place, start: number): Item | undefined {
  const { reader } = session;
  const word = reader.span;
  if (reader.peek() === 'space') {
    if (place.kind === 'file') return parseOptionSpace(session, start);
    return refuseScoped(session, place, { ...word, end: reader.nextSpan.end }, 'option space');
  }
  const found = findOption(session);
  if (found === undefined) return undefined;
  if (reader.peek() === 'code') {
    if (place.kind !== 'file') return refuseScoped(session, place, { ...word, end: found.span.end }, 'option');
    reader.take();
    return parseOptionDefinition(session, start, found);
  }
  if (found.definition === undefined) {
    reader.report(options.unknownOption(unknownOf(session, found)));
    reader.skip();
    return undefined;
  }
  warnOfDhcp6(session, found, found.definition);
  return parseOptionRest(session, lossIn(place), start, 'option', optionNameOf(found, found.definition));
}

function refuseScoped({ reader }: Session, place: Place, span: Span, what: 'option' | 'option space'): undefined {
  reader.report(declarations.scopedDefinition(span, what));
  reader.skip();
  place.isDeclaring = false;
  return undefined;
}
