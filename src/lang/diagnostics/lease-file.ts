// Damage in a lease file (dhcpd-leases reference §9).

import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Span } from '../../model/span.ts';
import { error, shown, warning } from './make.ts';

/** C0701: neither a record nor a comment. */
export const notARecord = (found: Span): Diagnostic =>
  error('C0701', found, `${shown(found)} begins no record of a lease file`, {
    dhcpd: 'Corrupt lease file - possible data loss!',
    help: 'restore the file from its copy, or remove the damaged lines',
  });

/** C0702: dhcpd loses the record and the next one; here only the statement is lost. */
export const notALeaseStatement = (found: Span): Diagnostic =>
  error('C0702', found, `${shown(found)} is not a statement of a lease`, {
    dhcpd: 'Unexpected configuration directive.',
    help: 'remove the statement',
  });

/** C0703 */
export const unknownBindingState = (found: Span, word: string): Diagnostic =>
  error('C0703', found, `${shown(found)} is not a binding state`, { dhcpd: `${word}: expecting a binding state.` });

/** C0704 */
export const notAnAgentOption = (option: Span): Diagnostic =>
  error('C0704', option, 'a lease keeps options of relay agents only', {
    dhcpd: 'agent option expected.',
    help: 'remove the statement',
  });

/** C0705 */
export const notAConstant = (found: Span, wording: string): Diagnostic =>
  error('C0705', found, `${shown(found)} is not a constant`, {
    dhcpd: wording,
    help: 'write a string, a hex list, %NUMBER, true or false',
  });

/** C0706: the last one counts. */
export const givenTwice = (found: Span, word: string, address: string): Diagnostic =>
  warning('C0706', found, `this lease has ${word} already`, {
    dhcpd: `Too many ${word} parameters in lease ${address}`,
  });

/** C0707 */
export const byteOrderTooLate = (found: Span): Diagnostic =>
  error('C0707', found, 'the byte order stands once, before the first lease', {
    dhcpd: ['authoring-byte-order specified too late.', 'It must occur before the first lease in file'],
    help: 'remove the statement: it concerns DHCPv6 records only',
  });

/** C0708 */
export const notServedRecord = (found: Span, keyword: string): Diagnostic =>
  error('C0708', found, `${keyword}: DHCPv6 is not served`, {
    dhcpd: `${keyword.toUpperCase().replace('-', '_')} is only supported in DHCPv6 mode.`,
    help: 'these records belong into the lease file of a DHCPv6 server',
  });
