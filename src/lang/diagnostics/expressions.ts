// Mistakes in expressions (dhcpd-conf reference §8).

import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Span } from '../../model/span.ts';
import { error, shown, textOf } from './make.ts';

/** C0301: nothing that could be an expression. `wording` differs by place. */
export const expressionMissing = (found: Span, what: string, wording: string): Diagnostic =>
  error('C0301', found, `expected ${what}, found ${shown(found)}`, {
    dhcpd: wording,
    ...(textOf(found) === '=' ? { help: 'compare with a single `=`' } : {}),
  });

/** C0302: dhcpd's three types do not mix. */
export const mixedTypes = (expression: Span): Diagnostic =>
  error('C0302', expression, 'the two sides have different types', {
    dhcpd: 'illegal expression relating different types',
    help: 'comparisons bind tighter than arithmetic: compute with `set v = …;` first, and compare the variable; extract-int() makes a number of data, encode-int() data of a number',
  });

/** C0303: an operand or a whole expression of the wrong type; `wording` differs by place. */
export const wrongType = (expression: Span, wanted: string, wording: string): Diagnostic =>
  error('C0303', expression, `this is not ${wanted}`, { dhcpd: wording, help: typeHelp[wanted] ?? 'check the operands' });
const typeHelp: Readonly<Record<string, string>> = {
  'a condition': 'compare it with something, or use exists, known or defined(); `not` and a parenthesis behind `if` take one operand only',
  data: 'encode-int() makes data of a number',
  'a number': 'extract-int() makes a number of data',
};

/** C0304 */
export const badOperator = (found: Span, wording: string, help: string): Diagnostic =>
  error('C0304', found, `${shown(found)} does not complete an operator`, { dhcpd: wording, help });

/** C0305 */
export const reservedVariable = (found: Span, word: string): Diagnostic =>
  error('C0305', found, `${shown(found)} cannot name a variable`, {
    dhcpd: `${word} can't be a variable name`,
    help: 'choose a name that is no reserved word and begins with a letter',
  });

/** C0306: only the default collection exists. */
export const unknownCollection = (found: Span): Diagnostic =>
  error('C0306', found, `there is no collection ${shown(found)}`, {
    dhcpd: 'unknown collection.',
    help: 'only "default" exists',
  });

/** C0307 */
export const badIntegerSize = (found: Span, size: number): Diagnostic =>
  error('C0307', found, `integers have 8, 16 or 32 bits, not ${size}`, { dhcpd: `unsupported integer size ${size}` });
