// host and its members (dhcpd-conf reference §4.4).

import type { Span } from '../model/span.ts';
import type { Item, Name } from './ast.ts';
import * as declarations from './diagnostics/declarations.ts';
import * as dhcp6 from './diagnostics/dhcp6.ts';
import * as options from './diagnostics/options.ts';
import * as syntax from './diagnostics/syntax.ts';
import {
  decimal,
  nameOf,
  parseAddressList,
  parseHexBytes,
  parseHostName,
  parseIpv6Address,
  parseLeftBrace,
  parseSemicolon,
} from './parse-basics.ts';
import { openPlace, parseBody, type OwnItem, type Place } from './parse-declarations.ts';
import { findOption, optionNameOf, unknownOf, warnOfDhcp6 } from './parse-options.ts';
import { parseValue } from './parse-values.ts';
import { isIdentifier, type Reader } from './reader.ts';
import type { Session } from './session.ts';

/** What a host can have once, as far as it was read. */
export interface HostSeen {
  readonly name: Name;
  hardware: Span | undefined;
  fixedAddress: Span | undefined;
}

export function parseHost(session: Session, _place: Place, start: number): Item | undefined {
  const { reader } = session;
  const name = parseHostName(reader);
  if (name === undefined) {
    const help = reader.peek() === 'STRING' ? 'write the name without quotes' : undefined;
    const wording = 'expecting a name for host declaration.';
    reader.report(syntax.nameMissing(reader.nextSpan, 'the name of the host', wording, help));
    reader.skip();
    return undefined;
  }
  const head = reader.spanFrom(start);
  if (!parseLeftBrace(reader)) return undefined;
  const seen: HostSeen = { name, hardware: undefined, fixedAddress: undefined };
  const body = parseBody(session, openPlace('host', seen), ownOfHost(session));
  return body && { kind: 'host', span: reader.spanFrom(start), head, body, name };
}

function ownOfHost(session: Session): OwnItem {
  const { reader } = session;
  return (token, start) => {
    switch (token) {
      case 'dynamic':
      case 'deleted':
        reader.take();
        return parseSemicolon(reader) ? { kind: 'marker', span: reader.spanFrom(start), word: token } : undefined;
      case 'group':
        reader.take();
        return parseJoinGroup(reader, start);
      case 'uid':
        reader.take();
        return parseUid(reader, start);
      case 'host-identifier':
        reader.take();
        return parseHostIdentifier(session, start);
      default:
        return 'not-mine';
    }
  };
}

function parseJoinGroup(reader: Reader, start: number): Item | undefined {
  const token = reader.take();
  if (token !== 'STRING' && !isIdentifier(token)) {
    reader.report(
      syntax.nameMissing(reader.span, 'the name of a group', 'expecting string or identifier.', 'groups cannot be declared inside a host'),
    );
    if (token === '{') reader.leaveBlock(reader.position);
    else reader.skip();
    return undefined;
  }
  const name = nameOf(reader);
  // dhcpd looks the group up even when the semicolon is missing.
  parseSemicolon(reader);
  return { kind: 'join-group', span: reader.spanFrom(start), name };
}

export function parseUid(reader: Reader, start: number): Extract<Item, { kind: 'uid' }> | undefined {
  const value = reader.takeIf('STRING') ? reader.string() : parseHexBytes(reader);
  if (value === undefined) {
    reader.report(options.valueMissing(reader.span, 'a string or a hex list', 'expecting hex list.'));
    return undefined;
  }
  return parseSemicolon(reader) ? { kind: 'uid', span: reader.spanFrom(start), value } : undefined;
}

/** `option NAME VALUE;`, or `v6relopt N NAME VALUE;`, which only a DHCPv6 server would use. */
function parseHostIdentifier(session: Session, start: number): Item | undefined {
  const { reader } = session;
  const token = reader.take();
  const fail = (dhcpd: string): undefined => {
    reader.report(declarations.notAHostIdentifier(reader.span, dhcpd));
    if (token !== ';') reader.skip();
    return undefined;
  };
  if (token === 'v6relopt') {
    if (reader.take() !== 'NUMBER') return fail('host-identifier v6relopt must have a number');
    if (decimal(reader.word) < 0) return fail('host-identifier v6relopt must have a number >= 0');
  } else if (token !== 'option') return fail('host-identifier must be an option or v6relopt');
  const found = findOption(session);
  if (found === undefined) return undefined;
  if (found.definition === undefined) {
    reader.report(options.unknownOption(unknownOf(session, found)));
    reader.skip();
    return undefined;
  }
  warnOfDhcp6(session, found, found.definition);
  const option = optionNameOf(found, found.definition);
  const value = parseValue(reader, found.definition);
  if (value === undefined || !parseSemicolon(reader)) return undefined;
  const span = reader.spanFrom(start);
  return token === 'option' ? { kind: 'host-identifier', span, option, value } : { kind: 'not-served', span, keyword: token };
}

const hardwareTypes: Readonly<Record<string, number>> = { ethernet: 1, 'token-ring': 6, fddi: 8, infiniband: 32 };
/** Bytes of an address that dhcpd stores. */
const hardwareSizeMax = 20;

/** `TYPE [BYTES] ;`; undefined after a report. */
export function parseHardwareAddress(reader: Reader, start: number): Extract<Item, { kind: 'hardware' }> | undefined {
  const token = reader.take();
  const htype = hardwareTypes[token] ?? unknownType(reader.word);
  if (htype === undefined) {
    reader.report(declarations.unknownHardwareType(reader.span));
    reader.skipRest();
    return undefined;
  }
  const isEmpty = reader.peek() === ';';
  const at = { ...reader.span, start: reader.end };
  const address = isEmpty ? { kind: 'hex' as const, span: at, bytes: new Uint8Array() } : parseHexBytes(reader);
  if (address === undefined) return undefined;
  const isTooLong = address.bytes.length > hardwareSizeMax;
  if (isTooLong) reader.report(declarations.hardwareTooLong(address.span, hardwareSizeMax));
  const previous = reader.span;
  if (reader.take() === ';') return isTooLong ? undefined : { kind: 'hardware', span: reader.spanFrom(start), htype, address };
  reader.report(syntax.semicolonMissing(previous, reader.span, 'expecting semicolon.'));
  reader.skipRest();
  return undefined;
}

/** Lower case only. */
const unknownType = (word: string): number | undefined =>
  word.startsWith('unknown-') ? decimal(word.slice('unknown-'.length)) & 255 : undefined;

export function parseHardware(session: Session, { host }: Place, start: number): Item | undefined {
  const { reader } = session;
  const word = reader.span;
  if (host?.hardware !== undefined) {
    reader.report(declarations.secondHardware(word, host.hardware, host.name.text));
    reader.skip();
    return undefined;
  }
  const item = parseHardwareAddress(reader, start);
  if (host === undefined) {
    reader.report(declarations.misplaced(word, 'hardware address parameter not allowed here.'));
    return undefined;
  }
  if (item !== undefined) host.hardware = item.span;
  return item;
}

/** fixed-address, and fixed-address6 of DHCPv6, which takes its place. */
export function parseFixedAddress(session: Session, { host }: Place, start: number): Item | undefined {
  const { reader } = session;
  const word = reader.span;
  const isDhcp6 = reader.word.toLowerCase() === 'fixed-address6';
  const addresses = isDhcp6 ? parseIpv6List(reader) : parseAddressList(reader);
  if (addresses === undefined || !parseSemicolon(reader)) return undefined;
  const span = reader.spanFrom(start);
  if (host === undefined) {
    reader.report(declarations.misplaced(word, 'fixed-address parameter not allowed here.'));
    return undefined;
  }
  if (host.fixedAddress !== undefined) {
    reader.report(declarations.secondFixedAddress(span, host.fixedAddress));
    return undefined;
  }
  host.fixedAddress = span;
  if (isDhcp6) reader.reportBare(dhcp6.withoutEffect(word, 'fixed-address6'));
  return isDhcp6 ? { kind: 'not-served', span, keyword: 'fixed-address6' } : { kind: 'fixed-address', span, addresses };
}

function parseIpv6List(reader: Reader): readonly [] | undefined {
  do if (parseIpv6Address(reader) === undefined) return undefined;
  while (reader.takeIf(','));
  return [];
}
