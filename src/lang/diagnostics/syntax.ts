// Punctuation, keywords and names that are missing or do not belong.

import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Span } from '../../model/span.ts';
import { error, info, shown, textOf, warning } from './make.ts';

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
export const leftBraceMissing = (found: Span, wording = 'expecting left brace.'): Diagnostic =>
  error('C0021', found, `expected \`{\`, found ${shown(found)}`, { dhcpd: wording });

/** C0022: the block was opened, and something stands in it that cannot. */
export const rightBraceMissing = (found: Span, wording: string, opening?: Span): Diagnostic =>
  error('C0022', found, `expected a statement or \`}\`, found ${shown(found)}`, {
    dhcpd: wording,
    notes: opening === undefined ? [] : [{ span: opening, message: 'the block began here' }],
    help: 'declarations (subnet, host, pool, class and the like) are not possible in this block',
  });

/** C0023 */
export const endOfFile = (found: Span, opening?: Span): Diagnostic =>
  error('C0023', found, 'the file ends before the block is closed', {
    dhcpd: 'unexpected end of file',
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
export function notAStatement(found: Span, isAfterDeclaration: boolean): Diagnostic {
  const text = textOf(found);
  const dhcpd = isAfterDeclaration ? 'expecting a declaration' : 'expecting a parameter or declaration';
  if (text === ';')
    return error('C0028', found, 'this semicolon ends nothing', {
      dhcpd,
      help: 'remove it: only `key` allows a semicolon behind its closing brace',
      fix: { span: found, replacement: '' },
    });
  if (text === '}')
    return error('C0028', found, 'this `}` closes nothing', { dhcpd, help: 'remove it, or open the block it belongs to' });
  const isComment = text === '/' || text === '*';
  return error('C0028', found, `${shown(found)} cannot begin a statement`, {
    dhcpd,
    ...(isComment ? { help: 'comments begin with `#`' } : {}),
  });
}

/** C0029: a byte order mark, mostly left by an editor. */
export const byteOrderMark = (found: Span): Diagnostic =>
  error('C0029', found, 'the file begins with a byte order mark', {
    dhcpd: 'expecting a parameter or declaration',
    help: 'save the file as UTF-8 without a byte order mark',
    fix: { span: found, replacement: '' },
  });

/** C0030: an unknown word with nothing behind it (§1.6). */
export const bareWord = (word: Span, suggestion: string | undefined): Diagnostic =>
  warning('C0030', word, `${shown(word)} means nothing: dhcpd takes it for the value of a variable and goes on`, {
    help: suggestion === undefined ? 'remove it' : `did you mean \`${suggestion}\`?`,
    ...(suggestion === undefined ? {} : { fix: { span: word, replacement: suggestion } }),
  });

/** C0031: `foo = 1;` is a comparison whose result nobody sees. */
export const bareExpression = (expression: Span): Diagnostic =>
  warning('C0031', expression, 'this is a comparison without effect, not an assignment', {
    help: 'write `set NAME = …;` for a variable, or the parameter without `=`',
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
