// Declarations and what may stand where (dhcpd-conf reference §4): one function an item, by the place it stands in.

import type { Body, Item, Name } from './ast.ts';
import { misplaced, dhcp6Statement, onceOnly } from './diagnostics/statements.ts';
import * as syntax from './diagnostics/syntax.ts';
import { nameOf, parseAddress, parseDataLiteral, parseHostName, parseLeftBrace, parseSemicolon, refuse } from './parse-basics.ts';
import {
  isPermitWord,
  parseFailoverPeer,
  parseFixedAddress,
  parseFormat,
  parseHardware,
  parseHostIdentifier,
  parseInterface,
  parseJoinGroup,
  parseKey,
  parseLeaseLimit,
  parseMatch,
  parsePermit,
  parseRange,
  parseSpawn,
  parseUid,
  parseZone,
} from './parse-members.ts';
import { isFlagWord, parseExecutable, parseFlagStatement, parseOption, type BlockReader } from './parse-statements.ts';
import { parseInclude } from './parse-include.ts';
import { isIdentifier } from './reader.ts';
import { deeper, noLoss, type Loss, type Session } from './session.ts';

export type Place = 'file' | 'group' | 'shared-network' | 'subnet' | 'pool' | 'host' | 'class' | 'subclass' | 'block';

/** State of one block: dhcpd words its complaint by whether a declaration has been seen. */
export interface BlockState {
  readonly place: Place;
  hasDeclaration: boolean;
  hasHardware: boolean;
  hasFixedAddress: boolean;
}
export const openBlock = (place: Place): BlockState => ({ place, hasDeclaration: false, hasHardware: false, hasFixedAddress: false });

export const statementBlocks: BlockReader = {
  block: (session) => parseBody(session, 'block'),
};

/** Items up to and including the closing brace. */
export function parseBody(session: Session, place: Place): Body | undefined {
  const { reader } = session;
  const state = openBlock(place);
  const opening = reader.span;
  const items: Item[] = [];
  for (;;) {
    const token = reader.peek();
    if (token === '}') {
      reader.take();
      return items;
    }
    if (token === 'EOF') {
      reader.report(syntax.endOfFile(reader.nextSpan, opening));
      return items;
    }
    if (place === 'block' && isDeclarationWord(token)) {
      reader.take();
      reader.report(syntax.rightBraceMissing(reader.span, 'right brace expected.', opening));
      reader.skip(1);
      return undefined;
    }
    parseInto(session, state, items);
  }
}

/** One item, or the text that was stepped over. */
export function parseInto(session: Session, state: BlockState, items: Item[]): void {
  const { reader } = session;
  const start = reader.nextStart;
  const item = parseItem(session, state, start);
  if (item !== undefined) items.push(item);
  else items.push({ kind: 'skipped', span: reader.spanFrom(start) });
}

const declarationWords = new Set([
  'shared-network', 'subnet', 'group', 'host', 'pool', 'class', 'subclass', 'vendor-class', 'user-class', 'range', 'hardware',
  'fixed-address', 'uid', 'host-identifier', 'interface', 'match', 'spawn', 'failover', 'include', 'subnet6', 'pool6', 'server-identifier',
  'lease-id-format',
]);
const isDeclarationWord = (token: string): boolean => declarationWords.has(token);

/** dhcpd's complaint for each declaration in each place that cannot hold it (§4). */
const refusals: Readonly<Record<string, Readonly<Partial<Record<Place, string | readonly string[]>>>>> = {
  'shared-network': everywhere('shared-network parameters not allowed here.', ['shared-network', 'subnet', 'host', 'class', 'subclass']),
  subnet: everywhere('subnet declarations not allowed here.', ['subnet', 'host', 'class', 'subclass']),
  pool: { ...everywhere('pool declared outside of network', ['file', 'group', 'host', 'class', 'subclass']), pool: 'pool declared within pool.' },
  range: everywhere('range declaration not allowed here.', ['file', 'group', 'shared-network', 'host', 'class', 'subclass']),
  host: everywhere('host declarations not allowed here.', ['host', 'class', 'subclass']),
  group: everywhere('group declarations not allowed here.', ['class', 'subclass']),
  class: everywhere('class declarations not allowed here.', ['class', 'subclass']),
  hardware: everywhere('hardware address parameter not allowed here.', ['file', 'group', 'shared-network', 'subnet', 'pool', 'class', 'subclass']),
  'fixed-address': everywhere('fixed-address parameter not allowed here.', ['file', 'group', 'shared-network', 'subnet', 'pool', 'class', 'subclass']),
  authority: everywhere('authority makes no sense here.', ['host']),
};
function everywhere(text: string, places: readonly Place[]): Partial<Record<Place, string>> {
  return Object.fromEntries(places.map((place) => [place, text]));
}
const classWords = new Set(['class', 'subclass', 'vendor-class', 'user-class']);

/** Reports and skips a declaration that cannot stand here; true when it may. */
function mayStand(session: Session, word: string, place: Place): boolean {
  const text = refusals[classWords.has(word) ? 'class' : word]?.[place];
  if (text === undefined) return true;
  const { reader } = session;
  reader.report(misplaced(reader.span, text));
  reader.skip();
  return false;
}

function parseItem(session: Session, state: BlockState, start: number): Item | undefined {
  const { reader } = session;
  const token = reader.take();
  const { place } = state;
  if (token === '%') {
    reader.skip();
    return undefined;
  }
  const isDeclaration = declarers[token] !== undefined && place !== 'block';
  if (isDeclaration) {
    state.hasDeclaration = true;
    if (!mayStand(session, token, place)) return undefined;
    return declarers[token]?.(session, state, start);
  }
  if (token === 'option') return parseOption(session, start, place === 'file');
  if (token === 'key') return parseKey(session, start);
  if (token === 'zone') return parseZone(session, start);
  if (token === 'db-time-format') return parseFormat(session, start, token);
  if ((token === 'allow' || token === 'deny') && place === 'pool' && isPermitWord(reader.peek()) && !(token === 'allow' && isOnlyFlag(reader.peek())))
    return parsePermit(session, start, token);
  if (token === 'allow' || token === 'deny' || token === 'ignore') {
    if (!isFlagWord(reader.peek()) && place === 'pool' && token !== 'ignore') {
      reader.take();
      reader.report(syntax.wordMissing(reader.span, ['known-clients', 'unknown-clients', 'members of', 'all clients'], 'expecting permit type.'));
      reader.skip();
      return undefined;
    }
    return parseFlagStatement(session, start, token);
  }
  const loss: Loss = { isTold: false };
  const item = parseExecutable(session, token, start, statementBlocks, loss);
  if (item !== undefined || loss.isTold) return item;
  return refuseItem(session, state, token);
}
const isOnlyFlag = (token: string): boolean => !isPermitWord(token);

function refuseItem(session: Session, state: BlockState, token: string): undefined {
  const { reader } = session;
  if (token === 'EOF') return undefined;
  if (reader.source.text.charCodeAt(reader.span.start) === 0xfeff) reader.report(syntax.byteOrderMark(reader.span));
  else reader.report(syntax.notAStatement(reader.span, state.hasDeclaration && state.place === 'file'));
  if (token !== ';' && token !== '}') reader.skip();
  return undefined;
}

type Declarer = (session: Session, state: BlockState, start: number) => Item | undefined;

const only = (places: readonly Place[], parse: Declarer): Declarer => (session, state, start) => {
  if (places.includes(state.place)) return parse(session, state, start);
  const { reader } = session;
  reader.report(misplaced(reader.span, state.place === 'file' ? 'expecting a declaration' : 'expecting a parameter or declaration'));
  reader.skip();
  return undefined;
};
const simple = (parse: (session: Session, start: number) => Item | undefined): Declarer => (session, _state, start) => parse(session, start);
const notServed = (dhcpd: string | undefined, skips: 'statement' | 'block'): Declarer => (session, _state, start) => {
  const { reader } = session;
  const keyword = reader.word.toLowerCase();
  const diagnostic = dhcp6Statement(reader.span, keyword, dhcpd?.replace('%', keyword));
  if (dhcpd === undefined) reader.reportBare(diagnostic);
  else reader.report(diagnostic);
  reader.skip();
  void skips;
  return { kind: 'not-served', span: reader.spanFrom(start), keyword };
};
const v6Only = '% statement is only supported in DHCPv6 mode.';

const declarers: Readonly<Record<string, Declarer>> = {
  'shared-network': parseSharedNetwork,
  subnet: parseSubnet,
  group: (session, state, start) => (state.place === 'host' ? parseJoinGroup(session, start) : parseGroup(session, start)),
  host: parseHost,
  pool: parsePool,
  class: parseClass,
  'vendor-class': parseClass,
  'user-class': parseClass,
  subclass: parseSubclass,
  range: simple(parseRange),
  hardware: (session, state, start) => {
    const item = parseHardware(session, start);
    if (item !== undefined && state.hasHardware) session.reader.report(onceOnly(item.span, 'a host has one hardware address', 'Host hardware address already configured.'));
    state.hasHardware = true;
    return item;
  },
  'fixed-address': (session, state, start) => {
    const item = parseFixedAddress(session, start);
    if (item !== undefined && state.hasFixedAddress) session.reader.report(onceOnly(item.span, 'a host has one fixed-address statement', 'Only one fixed address declaration per host.'));
    state.hasFixedAddress = true;
    return item;
  },
  uid: only(['host'], simple(parseUid)),
  'host-identifier': only(['host'], simple(parseHostIdentifier)),
  dynamic: only(['host', 'group', 'class', 'subclass'], parseMarker),
  deleted: only(['host', 'group', 'class', 'subclass'], parseMarker),
  interface: only(['shared-network', 'subnet'], simple(parseInterface)),
  match: only(['class'], simple(parseMatch)),
  spawn: only(['class'], simple(parseSpawn)),
  lease: only(['class', 'subclass'], simple(parseLeaseLimit)),
  authoritative: parseAuthority,
  not: parseAuthority,
  'lease-id-format': (session, _state, start) => parseFormat(session, start, 'lease-id-format'),
  failover: parseFailover,
  no: parseNoFailover,
  include: (session, state, start) => parseInclude(session, state.place, start),
  subnet6: notServed(v6Only, 'block'),
  pool6: notServed(v6Only, 'block'),
  range6: notServed(v6Only, 'statement'),
  prefix6: notServed(v6Only, 'statement'),
  'fixed-address6': notServed(undefined, 'statement'),
  'fixed-prefix6': notServed(undefined, 'statement'),
  'server-duid': notServed(undefined, 'statement'),
};

/** `{ … }` behind a head that ends here. */
function body(session: Session, place: Place): Body | undefined {
  const { reader } = session;
  if (!parseLeftBrace(reader)) return undefined;
  return deeper(session, noLoss(), reader.span, () => parseBody(session, place));
}

function parseSharedNetwork(session: Session, _state: BlockState, start: number): Item | undefined {
  const { reader } = session;
  const name: Name | undefined = reader.peek() === 'STRING' ? (reader.take(), nameOf(reader)) : parseHostName(reader);
  if (name === undefined) {
    reader.take();
    return refuse(reader, syntax.nameMissing(reader.span, 'a name for the shared-network', 'expecting a name for shared-network'));
  }
  const head = reader.spanFrom(start);
  const items = body(session, 'shared-network');
  return items && { kind: 'shared-network', span: reader.spanFrom(start), head, body: items, name };
}

function parseSubnet(session: Session, _state: BlockState, start: number): Item | undefined {
  const { reader } = session;
  const network = parseAddress(reader);
  if (network === undefined) return undefined;
  if (reader.take() !== 'netmask') {
    reader.report(syntax.wordMissing(reader.span, ['netmask'], 'Expecting netmask'));
    reader.skip();
    return undefined;
  }
  const netmask = parseAddress(reader);
  if (netmask === undefined) return undefined;
  if ((network.address & ~netmask.address) >>> 0 !== 0) {
    const written = reader.source.text.slice(start, reader.end).replace(/\s+/g, ' ');
    reader.report(misplaced(reader.spanFrom(start), `${written}: bad subnet number/mask combination.`, 'the network address may have no bits outside its netmask'));
    reader.skip();
    return undefined;
  }
  const head = reader.spanFrom(start);
  const items = body(session, 'subnet');
  return items && { kind: 'subnet', span: reader.spanFrom(start), head, body: items, network, netmask };
}

function parseGroup(session: Session, start: number): Item | undefined {
  const { reader } = session;
  let name: Name | undefined;
  const token = reader.peek();
  if (token === 'STRING' || isIdentifier(token)) {
    reader.take();
    name = nameOf(reader);
  }
  const head = reader.spanFrom(start);
  const items = body(session, 'group');
  return items && { kind: 'group', span: reader.spanFrom(start), head, body: items, name };
}

function parseHost(session: Session, state: BlockState, start: number): Item | undefined {
  const { reader } = session;
  const name = parseHostName(reader);
  if (name === undefined) {
    reader.take();
    return refuse(reader, syntax.nameMissing(reader.span, 'the name of the host, without quotes', 'expecting a name for host declaration.'));
  }
  const head = reader.spanFrom(start);
  const items = body(session, 'host');
  void state;
  return items && { kind: 'host', span: reader.spanFrom(start), head, body: items, name };
}

function parsePool(session: Session, _state: BlockState, start: number): Item | undefined {
  const { reader } = session;
  const head = reader.spanFrom(start);
  const items = body(session, 'pool');
  return items && { kind: 'pool', span: reader.spanFrom(start), head, body: items };
}

function parseClass(session: Session, _state: BlockState, start: number): Item | undefined {
  const { reader } = session;
  const keyword = reader.word.toLowerCase() as 'class';
  if (reader.take() !== 'STRING') return refuse(reader, syntax.nameMissing(reader.span, 'the name of the class in quotes', 'Expecting class name'));
  const name = nameOf(reader);
  const head = reader.spanFrom(start);
  const items = body(session, 'class');
  return items && { kind: 'class', span: reader.spanFrom(start), head, body: items, keyword, name };
}

function parseSubclass(session: Session, _state: BlockState, start: number): Item | undefined {
  const { reader } = session;
  if (reader.take() !== 'STRING') return refuse(reader, syntax.nameMissing(reader.span, 'the name of the class in quotes', 'Expecting class name'));
  const className = nameOf(reader);
  const key = parseDataLiteral(reader);
  if (key === undefined) {
    reader.take();
    return refuse(reader, syntax.nameMissing(reader.span, 'the value of the subclass', 'Expecting string or hex list.'));
  }
  const head = reader.spanFrom(start);
  if (reader.takeIf(';')) return { kind: 'subclass', span: reader.spanFrom(start), head, body: [], className, key, hasBody: false };
  const items = body(session, 'subclass');
  return items && { kind: 'subclass', span: reader.spanFrom(start), head, body: items, className, key, hasBody: true };
}

function parseMarker(session: Session, _state: BlockState, start: number): Item | undefined {
  const { reader } = session;
  const word = reader.word.toLowerCase() as 'dynamic' | 'deleted';
  return parseSemicolon(reader) ? { kind: 'marker', span: reader.spanFrom(start), word } : undefined;
}

function parseAuthority(session: Session, state: BlockState, start: number): Item | undefined {
  const { reader } = session;
  const isAuthoritative = reader.word.toLowerCase() !== 'not';
  if (!isAuthoritative && reader.take() !== 'authoritative') {
    reader.report(syntax.wordMissing(reader.span, ['authoritative'], 'expecting assertion'));
    reader.skip();
    return undefined;
  }
  if (!mayStand(session, 'authority', state.place)) return undefined;
  return parseSemicolon(reader) ? { kind: 'authority', span: reader.spanFrom(start), isAuthoritative } : undefined;
}

function parseFailover(session: Session, { place }: BlockState, start: number): Item | undefined {
  const { reader } = session;
  if (reader.take() !== 'peer') return refuse(reader, syntax.wordMissing(reader.span, ['peer'], place === 'pool' ? "expecting 'peer'." : 'expecting "peer"'));
  const token = reader.take();
  if (place === 'pool' && token !== 'STRING') return refuse(reader, syntax.nameMissing(reader.span, 'the name of the failover peer in quotes', 'expecting string.'));
  if (token !== 'STRING' && !isIdentifier(token)) return refuse(reader, syntax.nameMissing(reader.span, 'the name of the failover peer', 'expecting failover peer name.'));
  const name = nameOf(reader);
  if (reader.peek() === ';') {
    if (place !== 'pool' && place !== 'shared-network') {
      reader.take();
      const texts = place === 'file' ? 'failover peer reference not in shared-network declaration' : ['failover peers may only be defined in shared-network', 'declarations and the outer scope.'];
      reader.report(misplaced(name.span, texts, 'refer to the peer in the pool whose addresses both servers share'));
      return undefined;
    }
    reader.take();
    return { kind: 'peer-reference', span: reader.spanFrom(start), name };
  }
  if (place !== 'file' && place !== 'shared-network') {
    reader.report(misplaced(name.span, ['failover peers may only be defined in shared-network', 'declarations and the outer scope.'], 'move the declaration to the top of the file'));
    reader.skip();
    return undefined;
  }
  return parseFailoverPeer(session, start, name);
}

/** `no failover peer`: documented, but without a semicolon (§22.18). */
function parseNoFailover(session: Session, _state: BlockState, start: number): Item | undefined {
  const { reader } = session;
  if (reader.take() !== 'failover' || reader.take() !== 'peer')
    return refuse(reader, syntax.wordMissing(reader.span, ['failover peer'], 'expecting a parameter or declaration'));
  return { kind: 'peer-reference', span: reader.spanFrom(start), name: undefined };
}
