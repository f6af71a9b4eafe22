// Mistakes in keys and zones (dhcpd-conf reference §4.6).

import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Span } from '../../model/span.ts';
import { error, warning } from './make.ts';

const newSecret = 'make a secret: head -c 32 /dev/urandom | base64';

/** C0501 */
export const badBase64Character = (secret: Span, at: number, character: string): Diagnostic =>
  error('C0501', { ...secret, start: at, end: at + character.length }, `\`${character}\` does not belong into base64`, {
    dhcpd: `invalid base64 character ${character.charCodeAt(0)}.`,
    help: newSecret,
  });

/** C0502: the placeholder of many manuals ends this way. */
export const leftoverBits = (secret: Span, bits: number): Diagnostic =>
  error('C0502', secret, 'this is not valid base64: its last character carries bits that belong to no byte', {
    dhcpd: `partial base64 value left over: ${bits}.`,
    help: newSecret,
  });

/** C0503 */
export const behindPadding = (secret: Span, at: number, rest: string): Diagnostic =>
  error('C0503', { ...secret, start: at, end: Math.max(at + 1, secret.end) }, 'base64 ends with `=`, but more follows', {
    dhcpd: `stuff after base64 '=' terminator: ${rest}.`,
    help: newSecret,
  });

/** C0504: dhcpd drops the key without a word. */
export const emptySecret = (secret: Span): Diagnostic =>
  warning('C0504', secret, 'this secret has no bytes, so dhcpd forgets the key', { help: newSecret });

/** C0505 */
export const twiceInKey = (found: Span, key: string, what: 'algorithms' | 'secrets'): Diagnostic =>
  error('C0505', found, `this key has ${what === 'algorithms' ? 'an algorithm' : 'a secret'} already`, {
    dhcpd: `key ${key}: too many ${what}`,
    help: 'keep one of the two',
  });

/** C0506 */
export const twiceInZone = (found: Span, word: string): Diagnostic =>
  error('C0506', found, `this zone has a ${word} already`, {
    dhcpd: `more than one ${word}.`,
    help: 'write all addresses into one list, separated by commas',
  });
