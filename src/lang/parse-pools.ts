// pool, range and permits (dhcpd-conf reference §4.2, §4.3).

import type { Item, PermitDecl, PermitKind } from './ast.ts';
import * as declarations from './diagnostics/declarations.ts';
import * as syntax from './diagnostics/syntax.ts';
import { nameOf, parseAddress, parseDate, parseLeftBrace, parseSemicolon } from './parse-basics.ts';
import { openPlace, parseBody, type OwnItem, type Place } from './parse-declarations.ts';
import type { Reader } from './reader.ts';
import type { Session } from './session.ts';

/** The word `pool` was taken. */
export function parsePool(session: Session, _place: Place, start: number): Item | undefined {
  const { reader } = session;
  const head = reader.spanFrom(start);
  if (!parseLeftBrace(reader)) return undefined;
  const body = parseBody(session, openPlace('pool'), ownOfPool(session));
  return body && { kind: 'pool', span: reader.spanFrom(start), head, body };
}

function ownOfPool(session: Session): OwnItem {
  const { reader } = session;
  return (token, start) => {
    switch (token) {
      case 'no':
        reader.take();
        return parseNoPeer(reader, start);
      case 'failover':
        reader.take();
        return parsePeerReference(reader, start);
      case 'range':
        reader.take();
        return parseRange(session, start);
      case 'allow':
      case 'deny':
        reader.take();
        return parsePermit(reader, start, token);
      default:
        return 'not-mine';
    }
  };
}

/** `no failover peer`, without a semicolon. */
function parseNoPeer(reader: Reader, start: number): Item | undefined {
  if (reader.take() === 'failover' && reader.take() === 'peer')
    return { kind: 'peer-reference', span: reader.spanFrom(start), name: undefined };
  reader.report(syntax.wordMissing(reader.span, ['failover peer'], 'expecting "failover peer".'));
  reader.skipRest();
  return undefined;
}

function parsePeerReference(reader: Reader, start: number): Item | undefined {
  const isPeer = reader.take() === 'peer';
  if (isPeer && reader.take() === 'STRING') {
    const name = nameOf(reader);
    // dhcpd keeps the reference even when the semicolon is missing.
    parseSemicolon(reader);
    return { kind: 'peer-reference', span: reader.spanFrom(start), name };
  }
  reader.report(
    isPeer
      ? syntax.nameMissing(reader.span, 'the name of a failover peer in quotes', 'expecting string.')
      : syntax.wordMissing(reader.span, ['peer'], "expecting 'peer'."),
  );
  reader.skipRest();
  return undefined;
}

/** `range [dynamic-bootp] LOW [HIGH];`; the word was taken. */
export function parseRange({ reader }: Session, start: number): Item | undefined {
  const isDynamicBootp = reader.takeIf('dynamic-bootp');
  const low = parseAddress(reader);
  if (low === undefined) return undefined;
  const isSingle = reader.peek() === ';';
  const high = isSingle ? undefined : parseAddress(reader);
  if (!isSingle && high === undefined) return undefined;
  return parseSemicolon(reader) ? { kind: 'range', span: reader.spanFrom(start), isDynamicBootp, low, high } : undefined;
}

/** First words of permits. `clients` must follow where the word does not say so itself. */
const permitWords: Readonly<Record<string, { readonly kind: PermitKind; readonly needsClients: boolean }>> = {
  'known-clients': { kind: 'known-clients', needsClients: false },
  'unknown-clients': { kind: 'unknown-clients', needsClients: false },
  known: { kind: 'known-clients', needsClients: true },
  unknown: { kind: 'unknown-clients', needsClients: true },
  all: { kind: 'all-clients', needsClients: true },
  authenticated: { kind: 'authenticated-clients', needsClients: true },
  unauthenticated: { kind: 'unauthenticated-clients', needsClients: true },
  dynamic: { kind: 'dynamic-bootp-clients', needsClients: true },
};

function parsePermit(reader: Reader, start: number, action: 'allow' | 'deny'): PermitDecl | undefined {
  const permit = parsePermitKind(reader);
  if (permit === undefined) return undefined;
  // dhcpd keeps the permit even when the semicolon is missing.
  parseSemicolon(reader);
  return { kind: 'permit', span: reader.spanFrom(start), action, permit };
}

function parsePermitKind(reader: Reader): PermitDecl['permit'] | undefined {
  const token = reader.take();
  if (token === 'members') return parseMembers(reader);
  if (token === 'after') {
    const time = parseDate(reader);
    if (time !== undefined) return { kind: 'after', time };
    parseSemicolon(reader);
    return undefined;
  }
  const row = Object.hasOwn(permitWords, token) ? permitWords[token] : undefined;
  if (row === undefined) return fail(reader, declarations.unknownPermit(reader.span));
  if (token === 'dynamic' && reader.take() !== 'bootp')
    return fail(reader, syntax.wordMissing(reader.span, ['bootp'], 'expecting "bootp"'));
  if (row.needsClients && reader.take() !== 'clients')
    return fail(reader, syntax.wordMissing(reader.span, ['clients'], 'expecting "clients"'));
  return { kind: row.kind };
}

function parseMembers(reader: Reader): PermitDecl['permit'] | undefined {
  if (reader.take() !== 'of') return fail(reader, syntax.wordMissing(reader.span, ['of'], 'expecting "of"'));
  if (reader.take() === 'STRING') return { kind: 'members-of', className: nameOf(reader) };
  return fail(reader, syntax.nameMissing(reader.span, 'the name of a class in quotes', 'expecting class name.'));
}

function fail(reader: Reader, diagnostic: Parameters<Reader['report']>[0]): undefined {
  reader.report(diagnostic);
  reader.skipRest();
  return undefined;
}
