// Mistakes in executable statements, parameters and flags (dhcpd-conf reference §6, §7).

import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Span } from '../../model/span.ts';
import { error, info, shown, textOf, warning } from './make.ts';

/** C0320: a word that is no statement, with something behind it. */
export const unknownStatement = (word: Span, suggestion: string | undefined): Diagnostic =>
  error('C0320', word, `${shown(word)} is not a statement`, {
    dhcpd: 'semicolon expected.',
    help: suggestion === undefined ? 'remove it, or check its spelling' : `did you mean \`${suggestion}\`?`,
    ...(suggestion === undefined ? {} : { fix: { span: word, replacement: suggestion } }),
  });

/** C0321: an unknown word with nothing behind it (§1.6). */
export const bareWord = (word: Span, suggestion: string | undefined): Diagnostic =>
  warning('C0321', word, `${shown(word)} has no effect: dhcpd takes it for a variable whose value nobody uses`, {
    help: suggestion === undefined ? 'remove it' : `did you mean \`${suggestion}\`?`,
    // The one word that is misspelt again and again; of others nobody knows what was meant.
    ...(suggestion === 'authoritative' ? { fix: { span: word, replacement: suggestion } } : {}),
  });

/** C0322: `foo = 1;` */
export const bareExpression = (expression: Span): Diagnostic =>
  warning('C0322', expression, 'this compares, it does not assign, and nobody uses the result', {
    help: 'write `set NAME = …;` for a variable, or the name of a parameter',
  });

/** C0323: dhcpd drops the statement without a word. */
export const emptyLog = (found: Span): Diagnostic =>
  warning('C0323', found, `this log statement has no message: found ${shown(found)}`, {
    help: 'write log(info, "…");',
  });

/** C0324 */
export function unknownFlag(found: Span, words: readonly string[], suggestion: string | undefined): Diagnostic {
  const isPermit = permitWords.has(textOf(found).toLowerCase());
  const guess = isPermit ? undefined : suggestion;
  return error('C0324', found, `${shown(found)} cannot be allowed or denied here`, {
    dhcpd: 'expecting allow/deny key',
    help: isPermit
      ? 'move it into a pool: it says which clients may use the addresses of one'
      : guess === undefined
        ? `write one of ${words.join(', ')}`
        : `did you mean \`${guess}\`?`,
    ...(guess === undefined ? {} : { fix: { span: found, replacement: guess } }),
  });
}
const permitWords = new Set(
  'known-clients known unknown all dynamic members after authenticated unauthenticated'.split(' '),
);

/** C0325 */
export const unknownEvent = (found: Span): Diagnostic =>
  error('C0325', found, `${shown(found)} is not a lease event`, {
    dhcpd: 'expecting a lease event type',
    help: 'events are commit, release and expiry',
  });

/** C0326: `case` and `default:` belong directly into a switch. */
export const strayCase = (found: Span): Diagnostic =>
  error('C0326', found, `${shown(found)} stands outside of a switch`, {
    dhcpd:
      textOf(found).toLowerCase() === 'case'
        ? 'case statement in inappropriate scope.'
        : 'switch default statement in inappropriate scope.',
  });

/** C0327: dhcpd complains once more because it has lost its way; nothing else is wrong. */
export const consequence = (found: Span, dhcpd: string): Diagnostic =>
  info('C0327', found, 'dhcpd complains about this too, as a consequence of the error before', { dhcpd });

/** C0328: harmless here, but dhcpd crashes when another statement follows. */
export const crashesDhcpd = (found: Span): Diagnostic =>
  warning('C0328', found, `dhcpd crashes on ${shown(found)} inside a block when another statement follows it`, {
    help: 'move it to file level',
  });
