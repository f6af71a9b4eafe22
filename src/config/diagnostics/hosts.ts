// C12xx: hosts, groups and classes that dhcpd refuses for what another declaration says.

import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Span } from '../../model/span.ts';
import { error, warning } from '../../lang/diagnostics/make.ts';
import { nearest } from '../../lang/suggest.ts';
import { toHex } from '../../std/bytes.ts';
import { quoted } from '../../wire/option-literals.ts';

const suggest = (name: string, known: Iterable<string>, otherwise: string): string => {
  const near = nearest(name, known);
  return near === undefined ? otherwise : `did you mean \`${near}\`?`;
};

/** C1201 */
export const hostExists = (name: Span, text: string, first: Span): Diagnostic =>
  error('C1201', name, `there is a host ${text} already`, {
    dhcpd: `host ${text}: already exists`,
    notes: [{ span: first, message: 'it is declared here' }],
    help: 'give every host a name of its own; one machine may have several hosts',
  });

interface JoinedGroup {
  readonly span: Span;
  readonly text: string;
  readonly host: string;
  /** Where the group was declared a second time, which made dhcpd forget it. */
  readonly forgotten: Span | undefined;
}
/** C1202: `group "g";` in a host. */
export const unknownGroup = (
  { span, text, host, forgotten }: JoinedGroup,
  known: Iterable<string>,
): Diagnostic =>
  error('C1202', span, `there is no group named ${text} above`, {
    dhcpd: `unknown group ${text} in host ${host}`,
    notes:
      forgotten === undefined
        ? []
        : [{ span: forgotten, message: 'dhcpd forgets a group that is declared again' }],
    help:
      forgotten === undefined
        ? suggest(text, known, `declare \`group ${text} { … }\` before this host`)
        : 'give the two groups different names',
  });

/** C1203: in a subclass, vendor-class or user-class. */
export const unknownClass = (name: Span, text: string, known: Iterable<string>): Diagnostic =>
  error('C1203', name, `there is no class named ${text} above`, {
    dhcpd: `no class named ${text}`,
    help: suggest(text, known, `declare \`class "${text}" { … }\` before this`),
  });

/** C1204: in a permit. */
export const unknownPermitClass = (name: Span, text: string, known: Iterable<string>): Diagnostic =>
  error('C1204', name, `there is no class named ${text} above`, {
    dhcpd: `no such class: ${text}`,
    help: suggest(text, known, `declare \`class "${text}" { … }\` before the pool`),
  });

export interface Identifier {
  readonly bytes: Uint8Array;
  readonly span: Span;
}
const bytesText = (bytes: Uint8Array): string =>
  bytes.every((byte) => byte >= 32 && byte < 127) ? quoted(bytes) : toHex(bytes, ':');

/** C1205: the two ways to name one thing. dhcpd keeps the uid. */
export const twoIdentifiers = (host: string, option: Identifier, uid: Identifier): Diagnostic =>
  warning('C1205', option.span, `host ${host} has a uid already: this identifier is not used`, {
    dhcpd: `Warning, host declaration '${host}' already has uid '${bytesText(uid.bytes)}', ignoring dhcp-client-identifier '${bytesText(option.bytes)}'`,
    notes: [{ span: uid.span, message: 'the uid is given here' }],
    help: 'keep one of the two',
  });

/** C1206: a host is found by a constant. */
export const identifierNotConstant = (value: Span): Diagnostic =>
  warning('C1206', value, 'a host cannot be found by a computed identifier: this one is not used', {
    help: 'write the identifier as a string or a hex list',
  });

/** C1207: dhcpd says so without file and line, and goes on. */
export const identifierInIf = (option: Span): Diagnostic =>
  warning('C1207', option, 'a client identifier inside `if` does not identify the host', {
    dhcpd: 'dhcp client identifier may not be specified conditionally.',
    help: 'write it directly in the host',
  });

/** C1208: a key of a subclass that cannot be looked up. */
export const subclassWithoutMatch = (subclass: Span, name: string, classSpan: Span): Diagnostic =>
  warning(
    'C1208',
    subclass,
    `class "${name}" has neither \`match\` nor \`spawn with\`: no client is in this subclass`,
    {
      notes: [{ span: classSpan, message: 'the class is declared here' }],
      help: 'add `match EXPRESSION;` to the class',
    },
  );

/** C1209: `add "C";` */
export const classToAddMissing = (name: Span, text: string, known: Iterable<string>): Diagnostic =>
  error('C1209', name, `there is no class named ${text} above`, {
    dhcpd: `class ${text}: not found`,
    help: suggest(text, known, `declare \`class "${text}" { … }\` before this`),
  });

/** C1210: one of the members that a host can have once. `dhcpd` is its own wording. */
const onlyOnce = (found: Span, what: string, first: Span, dhcpd: string): Diagnostic =>
  error('C1210', found, `this host has ${what} already`, {
    dhcpd,
    notes: [{ span: first, message: 'it is given here' }],
    help: 'keep one of the two; a machine with several may have several hosts',
  });
export const secondUid = (found: Span, host: string, first: Identifier): Diagnostic =>
  onlyOnce(found, 'a uid', first.span, `Host '${host}' already has a uid '${bytesText(first.bytes)}'`);
export const secondIdentifier = (found: Span, first: Span): Diagnostic =>
  onlyOnce(found, 'an identifier', first, 'only one host-identifier allowed per host');

/** C1211 */
export const secondMatchIf = (found: Span, first: Span): Diagnostic =>
  error('C1211', found, 'this class has a condition already', {
    dhcpd: "A class may only have one 'match if' clause.",
    notes: [{ span: first, message: 'it is given here' }],
    help: 'join the two conditions with `and` or `or`',
  });

/** C1212 */
export const secondSubmatch = (found: Span, first: Span): Diagnostic =>
  error('C1212', found, 'this class has an expression for its subclasses already', {
    dhcpd: "can't override existing submatch/spawn.",
    notes: [{ span: first, message: 'it is given here' }],
    help: 'declare a second class',
  });

/** C1213: dhcpd says so once; lint L2005 says what it means. */
export const hostsAreGlobal = (head: Span): Diagnostic =>
  warning('C1213', head, 'hosts are global, wherever they are declared', {
    dhcpd: 'WARNING: Host declarations are global.  They are not limited to the scope you declared them in.',
    help: 'move hosts to file level, or into a `group`',
  });

/** C1214: executed at start without a packet: dhcpd crashes. An ordinary error here. */
export const addWithoutPacket = (statement: Span): Diagnostic =>
  error('C1214', statement, '`add` at file level has no packet to add to the class', {
    help: 'write it into a subnet, pool, class or condition; dhcpd crashes here',
  });
