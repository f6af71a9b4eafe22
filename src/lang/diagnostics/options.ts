// Mistakes in option names, option spaces, option definitions and literal values.

import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Span } from '../../model/span.ts';
import { error, info, shown, textOf, warning } from './make.ts';

const didYouMean = (suggestion: string | undefined, otherwise: string): string =>
  suggestion === undefined ? otherwise : `did you mean \`${suggestion}\`?`;

/** C0201 */
export const optionNameMissing = (found: Span, isBehindDot: boolean): Diagnostic =>
  error('C0201', found, `expected the name of an option, found ${shown(found)}`, {
    dhcpd: isBehindDot ? "expecting identifier after '.'" : 'expecting identifier after option keyword.',
  });

/** C0202 */
export const unknownSpace = (space: Span, name: string, suggestion: string | undefined): Diagnostic =>
  error('C0202', space, `there is no option space named ${name} here`, {
    dhcpd: `no option space named ${name}.`,
    help: didYouMean(suggestion, `declare it before its first use: option space ${name};`),
  });

interface UnknownOption {
  readonly span: Span;
  readonly space: string;
  readonly name: string;
  readonly suggestion: string | undefined;
}
const defineFirst = ({ space, name, suggestion }: UnknownOption): string =>
  didYouMean(
    suggestion,
    `define it at file level before its first use: option ${space === 'dhcp' ? '' : `${space}.`}${name} code N = TYPE;`,
  );

/** C0203: an option statement of a declaration. */
export const unknownOption = (unknown: UnknownOption): Diagnostic =>
  error('C0203', unknown.span, `there is no option ${unknown.name} in space ${unknown.space} here`, {
    dhcpd: `unknown option ${unknown.space}.${unknown.name}`,
    help: defineFirst(unknown),
  });

/** C0204: in expressions, and behind supersede, append and the like. */
export const noSuchOption = (unknown: UnknownOption): Diagnostic =>
  error('C0204', unknown.span, `there is no option ${unknown.name} in space ${unknown.space} here`, {
    dhcpd: `no option named ${unknown.name} in space ${unknown.space}`,
    help:
      unknown.name === 'option'
        ? 'supersede, append and the like take the option name without the word option'
        : defineFirst(unknown),
  });

/** C0205 */
export const reservedCode = (name: Span, space: string, last: number): Diagnostic =>
  error('C0205', name, `no option of space ${space} can have this code`, {
    dhcpd: `Option codes 0 and ${last} are illegal in the ${space} space.`,
  });

/** C0206: `unknown-3` for a code that has a name. */
export const codeHasName = (name: Span, known: string): Diagnostic =>
  info('C0206', name, `this code is called ${known}`, {
    dhcpd: `option ${textOf(name)} has been redefined as option ${known}.  Please update your configs if necessary.`,
    help: `write \`option ${known}\``,
    fix: { span: name, replacement: known },
  });

/** C0207: `option space NAME code width …`. */
export const badSpaceDeclaration = (found: Span, wording: string, help: string): Diagnostic =>
  error('C0207', found, `an option space cannot be declared this way: found ${shown(found)}`, { dhcpd: wording, help });

/** C0208 */
export const badOptionCode = (found: Span): Diagnostic =>
  error('C0208', found, `expected the option code in decimal, found ${shown(found)}`, {
    dhcpd: 'expecting option code number.',
  });

const typeWords =
  'types are ip-address, boolean, text, string, domain-name, domain-list, ip6-address, zerolen, [un]signed integer 8|16|32, encapsulate SPACE, array of TYPE, { TYPE, … }';

/** C0209 */
export function unknownType(found: Span, word: string): Diagnostic {
  const integer = /^(u?)int(8|16|32)$/i.exec(word);
  return error('C0209', found, `${shown(found)} is not an option type`, {
    dhcpd: `unknown data type ${word}`,
    help:
      integer === null
        ? typeWords
        : `write \`${integer[1] === '' ? 'signed' : 'unsigned'} integer ${integer[2] ?? ''}\``,
  });
}

/** C0210 */
export const badWidth = (found: Span, word: string): Diagnostic =>
  error('C0210', found, `an integer has 8, 16 or 32 bits, not ${word}`, {
    dhcpd: `${word} bit precision is not supported.`,
  });

/** C0211: members of records and arrays that cannot be combined; `wording` says which rule. */
export const badTypeCombination = (found: Span, wording: string, message: string): Diagnostic =>
  error('C0211', found, message, { dhcpd: wording });

/** C0212 */
export const encapsulatesUnknownSpace = (found: Span, name: string): Diagnostic =>
  error('C0212', found, `there is no option space named ${name} here`, {
    dhcpd: `unknown option space ${name}`,
    help: `declare it before this definition: option space ${name};`,
  });

/** C0213: dhcpd ends with an internal error. */
export const encapsulatedTwice = (found: Span, space: string): Diagnostic =>
  error('C0213', found, `space ${space} is already the content of another option`, {
    dhcpd: 'Internal inconsistency: storage value has not been initialized to zero (from parse.c:1849).',
    isFatal: true,
    help: 'declare a space of its own for each option that carries one',
  });

/** C0214: one of the words that stand for a number. */
export const unknownWord = (found: Span, words: readonly string[], suggestion: string | undefined): Diagnostic =>
  error('C0214', found, `${shown(found)} is not one of ${words.join(', ')}`, {
    dhcpd: 'unknown value',
    help: didYouMean(suggestion, 'these words are case-sensitive'),
    ...(suggestion === textOf(found).toLowerCase() ? { fix: { span: found, replacement: suggestion } } : {}),
  });

/** C0215: a value of another kind than the option has. */
export const valueMissing = (found: Span, what: string, wording: string, help?: string): Diagnostic =>
  error('C0215', found, `expected ${what}, found ${shown(found)}`, {
    dhcpd: wording,
    ...(help === undefined ? {} : { help }),
  });

/** C0216: labels of at most 63 bytes, names of at most 255. */
export const badDomainName = (found: Span, place: 'name' | 'list' | 'compressed-list'): Diagnostic =>
  error('C0216', found, `${shown(found)} is not a domain name`, {
    dhcpd: `Error ${assembling[place]}: Message too long`,
    help: 'labels have 1 to 63 characters, a name at most 255',
  });
const assembling = {
  name: 'assembling domain name',
  list: 'assembling domain list',
  'compressed-list': 'compressing domain list',
} as const;

/** C0217: dhcpd consumes the semicolon and asks for another one (§1.6); with two of them it sets nothing. */
export const emptyValue = (semicolon: Span, name: string, isAccepted: boolean): Diagnostic =>
  isAccepted
    ? warning('C0217', semicolon, `${name} has no value, so this sets nothing`, { help: 'write a value, or remove the statement' })
    : error('C0217', semicolon, `${name} has no value`, {
        dhcpd: 'semicolon expected.',
        help: 'write a value, or remove the statement',
      });

/** C0218 */
export const expressionMissing = (found: Span, wording: string): Diagnostic =>
  error('C0218', found, `expected an expression behind \`=\`, found ${shown(found)}`, {
    dhcpd: wording,
    help: 'write wire bytes such as 0a:00:00:01, a string or a function; without `=` the value is written in the form of the option',
  });

/** C0220: names are resolved in address lists only. */
export const nameInRecord = (name: Span): Diagnostic =>
  warning('C0220', name, 'a host name between values of other kinds is not resolved: the option is not sent', {
    help: 'write the address',
  });

/** C0221 */
export const idleHashSize = (size: Span): Diagnostic =>
  info('C0221', size, 'hash size has no effect: spaces of any size are found at once', { help: 'remove it, or keep it for dhcpd' });

/** C0219: read, stored, never sent. */
export const dhcp6Option = (name: Span): Diagnostic =>
  warning('C0219', name, 'DHCPv6: not served', { help: 'this option has no effect on DHCPv4 clients' });
