// `zone NAME { primary …; key …; }` (dhcpd-conf reference §4.6).

import type { AddressOrName, ZoneDecl, ZoneMember } from './ast.ts';
import * as keys from './diagnostics/keys.ts';
import * as syntax from './diagnostics/syntax.ts';
import { parseAddressOrName, parseHostName, parseIpv6Address, parseNameOrString, parseSemicolon } from './parse-basics.ts';
import type { Reader } from './reader.ts';
import type { Loss, Session } from './session.ts';

/** The word `zone` was taken. */
export function parseZone(session: Session, loss: Loss, start: number): ZoneDecl | undefined {
  const { reader } = session;
  loss.isTold = true;
  const name = parseHostName(reader);
  if (name === undefined) {
    reader.report(syntax.nameMissing(reader.nextSpan, 'the name of the zone, without quotes', 'expecting hostname.'));
    reader.skip();
    return undefined;
  }
  if (reader.take() !== '{') {
    reader.report(syntax.leftBraceMissing(reader.span, 'expecting left brace'));
    reader.skipRest();
    return undefined;
  }
  const opening = reader.position;
  const members: ZoneMember[] = [];
  for (;;) {
    const token = reader.take();
    if (token === '}') break;
    const member = parseMember(reader, token, members);
    if (member !== undefined) {
      members.push(member);
      if (member.kind !== 'zone-key' || parseSemicolon(reader)) continue;
    }
    reader.leaveBlock(opening);
    // dhcpd looks a key up before it misses its semicolon.
    if (member === undefined) return undefined;
    break;
  }
  const dotted = name.text.endsWith('.') ? name : { ...name, text: `${name.text}.` };
  return { kind: 'zone', span: reader.spanFrom(start), name: dotted, members };
}

/** One member; its first word was taken. The semicolon is the list's; that of a key is left to the caller. */
function parseMember(reader: Reader, token: string, before: readonly ZoneMember[]): ZoneMember | undefined {
  const { span } = reader;
  const isTwice = before.some(({ kind }) => kind === token);
  switch (token) {
    case 'primary':
    case 'secondary': {
      if (isTwice) return fail(reader, keys.twiceInZone(span, token));
      const addresses = parseServers(reader);
      return addresses && { kind: token, span: reader.spanFrom(span.start), addresses };
    }
    case 'primary6':
    case 'secondary6': {
      if (isTwice) return fail(reader, keys.twiceInZone(span, token));
      const text = parseServers6(reader);
      return text === undefined ? undefined : { kind: token, span: reader.spanFrom(span.start), text };
    }
    case 'key': {
      const name = parseNameOrString(reader);
      if (name === undefined)
        return fail(reader, syntax.nameMissing(reader.nextSpan, 'the name of a key', 'expecting key name.'));
      return { kind: 'zone-key', span: reader.spanFrom(span.start), name };
    }
    default:
      return fail(reader, syntax.rightBraceMissing(span, 'expecting right brace.'));
  }
}

function fail(reader: Reader, diagnostic: Parameters<Reader['report']>[0]): undefined {
  reader.report(diagnostic);
  return undefined;
}

function parseServers(reader: Reader): readonly AddressOrName[] | undefined {
  const addresses: AddressOrName[] = [];
  let token = ',';
  while (token === ',') {
    const address = parseAddressOrName(reader);
    if (address === undefined)
      return fail(reader, syntax.nameMissing(reader.nextSpan, 'an address or a host name', 'expecting IP addr or hostname.'));
    addresses.push(address);
    token = reader.take();
  }
  return token === ';' ? addresses : fail(reader, syntax.semicolonMissing(reader.span, reader.span, 'expecting semicolon.'));
}

function parseServers6(reader: Reader): string | undefined {
  const start = reader.nextStart;
  let token = ',';
  while (token === ',') {
    if (parseIpv6Address(reader) === undefined)
      return fail(reader, syntax.nameMissing(reader.nextSpan, 'an IPv6 address', 'expecting IPv6 addr.'));
    token = reader.take();
  }
  if (token !== ';') return fail(reader, syntax.semicolonMissing(reader.span, reader.span, 'expecting semicolon.'));
  return reader.source.text.slice(start, reader.end - 1).trimEnd();
}
