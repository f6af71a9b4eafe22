// shared-network, subnet, group (dhcpd-conf reference §4.1).

import type { Item } from './ast.ts';
import * as declarations from './diagnostics/declarations.ts';
import * as statements from './diagnostics/statements.ts';
import * as syntax from './diagnostics/syntax.ts';
import { nameOf, parseAddress, parseLeftBrace, parseNameOrString, parseSemicolon } from './parse-basics.ts';
import { openPlace, parseBody, type OwnItem, type Place } from './parse-declarations.ts';
import { isIdentifier } from './reader.ts';
import type { Session } from './session.ts';

/** The first word of each declaration was taken. */
export function parseSharedNetwork(session: Session, _place: Place, start: number): Item | undefined {
  const { reader } = session;
  const name = parseNameOrString(reader);
  if (name === undefined) {
    reader.report(syntax.nameMissing(reader.nextSpan, 'a name for the shared-network', 'expecting a name for shared-network'));
    reader.skip();
    return undefined;
  }
  const head = reader.spanFrom(start);
  if (name.text === '')
    reader.report(syntax.nameMissing(name.span, 'a name for the shared-network', 'zero-length shared network name'));
  if (!parseLeftBrace(reader)) return undefined;
  const body = parseBody(session, openPlace('shared-network'), ownOfNetwork(session));
  return body && { kind: 'shared-network', span: reader.spanFrom(start), head, body, name };
}

export function parseSubnet(session: Session, _place: Place, start: number): Item | undefined {
  const { reader } = session;
  const network = parseAddress(reader);
  if (network === undefined) return undefined;
  if (reader.take() !== 'netmask') {
    reader.report(declarations.netmaskMissing(reader.span));
    reader.skipRest();
    return undefined;
  }
  const netmask = parseAddress(reader);
  if (netmask === undefined) return undefined;
  const head = reader.spanFrom(start);
  if (!parseLeftBrace(reader)) return undefined;
  const body = parseBody(session, openPlace('subnet'), ownOfNetwork(session));
  return body && { kind: 'subnet', span: reader.spanFrom(start), head, body, network, netmask };
}

/** `interface NAME;`: any one token. */
function ownOfNetwork({ reader }: Session): OwnItem {
  return (token, start) => {
    if (token !== 'interface') return 'not-mine';
    reader.take();
    reader.take();
    const name = nameOf(reader);
    if (parseSemicolon(reader)) return { kind: 'interface', span: reader.spanFrom(start), name };
    // dhcpd gives the block up here, and then does not know what its closing brace is for.
    if (reader.peek() === '}') reader.report(statements.consequence(reader.nextSpan, 'expecting a declaration'));
    return undefined;
  };
}

export function parseGroup(session: Session, _place: Place, start: number): Item | undefined {
  const { reader } = session;
  const token = reader.peek();
  const isNamed = token === 'STRING' || isIdentifier(token);
  if (isNamed) reader.take();
  const name = isNamed ? nameOf(reader) : undefined;
  const head = reader.spanFrom(start);
  if (!parseLeftBrace(reader)) return undefined;
  const body = parseBody(session, openPlace('group'), ownOfGroup(session));
  return body && { kind: 'group', span: reader.spanFrom(start), head, body, name };
}

/** Marks of lease-file groups. */
function ownOfGroup({ reader }: Session): OwnItem {
  return (token, start) => {
    if (token !== 'dynamic' && token !== 'deleted' && token !== 'static') return 'not-mine';
    reader.take();
    return parseSemicolon(reader) ? { kind: 'marker', span: reader.spanFrom(start), word: token } : undefined;
  };
}
