// Punctuation, keywords and names that are missing or do not belong.

import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Span } from '../../model/span.ts';
import { error, info, shown, textOf } from './make.ts';

/** C0020: the end of a statement. `wording` differs by place. */
export function semicolonMissing(previous: Span, found: Span, wording = 'semicolon expected.'): Diagnostic {
  const behind = { ...previous, start: previous.end };
  const isNextLine = previous.file.text.slice(previous.end, found.start).includes('\n');
  return error('C0020', isNextLine ? behind : found, `expected \`;\` before ${shown(found)}`, {
    dhcpd: wording,
    notes: isNextLine ? [{ span: found, message: 'the next statement begins here' }] : [],
    help: isNextLine ? 'end the statement with a semicolon' : 'check the values of this statement, or end it with a semicolon',
    ...(isNextLine ? { fix: { span: behind, replacement: ';' } } : {}),
  });
}

/** C0021 */
export const leftBraceMissing = (found: Span, wording = 'expecting left brace.', isBehindParenthesis = false): Diagnostic =>
  error('C0021', found, `expected \`{\`, found ${shown(found)}`, {
    dhcpd: wording,
    ...(isBehindParenthesis
      ? { help: 'a parenthesis right behind `if` takes the whole condition: write `if ((a) and (b)) {`' }
      : {}),
  });

/** C0022: the block was opened, and something stands in it that cannot. */
export const rightBraceMissing = (found: Span, wording: string, opening?: Span): Diagnostic =>
  error('C0022', found, `expected a statement or \`}\`, found ${shown(found)}`, {
    dhcpd: wording,
    notes: opening === undefined ? [] : [{ span: opening, message: 'the block began here' }],
    help: 'declarations (subnet, host, pool, class and the like) are not possible in this block',
  });

/** C0023 */
export const endOfFile = (found: Span, opening?: Span, wording = 'unexpected end of file'): Diagnostic =>
  error('C0023', found, 'the file ends before the block is closed', {
    dhcpd: wording,
    notes: opening === undefined ? [] : [{ span: opening, message: 'the block began here' }],
    help: 'add the missing `}`',
  });

/** C0024: parentheses, commas, equals signs, colons, slashes. */
export const markMissing = (found: Span, mark: string, wording: string): Diagnostic =>
  error('C0024', found, `expected \`${mark}\`, found ${shown(found)}`, { dhcpd: wording });

/** C0025: a fixed word of the grammar. */
export const wordMissing = (found: Span, words: readonly string[], wording: string): Diagnostic =>
  error('C0025', found, `expected ${listed(words)}, found ${shown(found)}`, { dhcpd: wording });

/** C0026: `what` is a noun with its article. */
export const nameMissing = (found: Span, what: string, wording: string, help?: string): Diagnostic =>
  error('C0026', found, `expected ${what}, found ${shown(found)}`, {
    dhcpd: wording,
    ...(help === undefined ? {} : { help }),
  });

/** C0027 */
export const numberMissing = (found: Span, wording: string): Diagnostic =>
  error('C0027', found, `expected a number, found ${shown(found)}`, { dhcpd: wording });

/** C0028: not the beginning of anything. */
export function notAStatement(found: Span, dhcpd: string): Diagnostic {
  const text = textOf(found);
  if (text === ';')
    return error('C0028', found, 'this semicolon ends nothing', {
      dhcpd,
      help: 'remove it: only `key` allows a semicolon behind its closing brace',
      fix: { span: found, replacement: '' },
    });
  if (text === '}')
    return error('C0028', found, 'this `}` closes nothing', { dhcpd, help: 'remove it, or open the block it belongs to' });
  const help = text === '/' || text === '*' ? 'comments begin with `#`' : homes[text.toLowerCase()];
  return error('C0028', found, `${shown(found)} cannot begin a statement here`, {
    dhcpd,
    ...(help === undefined ? {} : { help }),
  });
}

/** Words that begin statements elsewhere. */
const homes: Readonly<Record<string, string>> = {
  uid: 'move it into a host',
  'host-identifier': 'move it into a host',
  interface: 'move it into a subnet or shared-network',
  match: 'move it into a class',
  spawn: 'move it into a class',
  lease: 'move it into a class; leases themselves stand in the lease file',
  let: 'write `set NAME = …;`',
  'do-forward-update': 'write do-forward-updates',
  elsif: 'it must follow the block of an `if`',
  else: 'it must follow the block of an `if`; write `elsif` or `else if` for further conditions',
};

/** C0029: a byte order mark, mostly left by an editor. */
export const byteOrderMark = (found: Span): Diagnostic =>
  error('C0029', found, 'the file begins with a byte order mark', {
    dhcpd: 'expecting a parameter or declaration',
    help: 'save the file as UTF-8 without a byte order mark',
    fix: { span: found, replacement: '' },
  });

/** C0032: an included file that cannot be read ends dhcpd. */
export const includeUnreadable = (path: Span, name: string, problem: string, isDirectory: boolean): Diagnostic =>
  error('C0032', path, `cannot read ${name}: ${problem}`, {
    dhcpd: `Can't ${isDirectory ? 'read in' : 'open'} ${name}: ${problem}`,
    isFatal: true,
    help: 'paths of include are relative to the working directory of the server, and wildcards are not possible',
  });

/** C0033: told again at the include statement. */
export const includeFailed = (path: Span, name: string): Diagnostic =>
  info('C0033', path, `${name} has errors`, { dhcpd: `${name}: bad parse.` });

/** C0034: a file that includes itself would never end. */
export const includeLoop = (path: Span, name: string): Diagnostic =>
  error('C0034', path, `${name} is included within itself`, { help: 'remove one of the include statements' });

/** C0035 */
export const fileNameMissing = (found: Span): Diagnostic =>
  error('C0035', found, `expected a quoted file name, found ${shown(found)}`, {
    dhcpd: 'filename string expected.',
    help: 'write include "path";',
  });

const listed = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(' or ');
