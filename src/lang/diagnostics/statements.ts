// Where a declaration may stand, and what expressions and blocks get wrong (dhcpd-conf reference §4, §7, §8).

import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Span } from '../../model/span.ts';
import { error, shown, warning } from './make.ts';

/** C0101: a declaration in a block that cannot hold it. */
export const misplaced = (found: Span, dhcpd: string | readonly string[], help?: string): Diagnostic =>
  error('C0101', found, `${shown(found)} cannot stand here`, { dhcpd, ...(help === undefined ? {} : { help }) });

/** C0301 */
export const expressionExpected = (found: Span, wording: string): Diagnostic =>
  error('C0301', found, `expected an expression, found ${shown(found)}`, { dhcpd: wording });

/** C0302: dhcpd's three types do not mix. */
export const mixedTypes = (found: Span): Diagnostic =>
  error('C0302', found, 'this compares or combines values of different types', {
    dhcpd: 'illegal expression relating different types',
    help: 'data, numbers and conditions do not mix: extract-int() makes a number of data, encode-int() data of a number',
  });

/** C0303 */
export const booleanExpected = (found: Span): Diagnostic =>
  error('C0303', found, 'this is not a condition', { dhcpd: 'Expecting a boolean expression.', help: 'compare it with something, or use exists, known, defined()' });

/** C0304 */
export const dataExpected = (found: Span): Diagnostic =>
  error('C0304', found, 'this is not data', { dhcpd: 'Expecting a data expression.', help: 'use encode-int() to make data of a number' });

/** C0305 */
export const reservedVariable = (found: Span, word: string): Diagnostic =>
  error('C0305', found, `${word} is a reserved word`, { dhcpd: `${word} can't be a variable name`, help: 'choose another name' });

/** C0401 */
export const onceOnly = (found: Span, what: string, dhcpd: string): Diagnostic =>
  error('C0401', found, what, { dhcpd, help: 'keep one of them' });

/** C0501 */
export const badSecret = (found: Span, what: string, dhcpd: string): Diagnostic =>
  error('C0501', found, what, { dhcpd, help: 'make a secret with: leasehold keygen, or: head -c 32 /dev/urandom | base64' });

/** C0801 */
export const dhcp6Statement = (found: Span, keyword: string, dhcpd: string | undefined): Diagnostic =>
  dhcpd === undefined
    ? warning('C0801', found, `${keyword}: DHCPv6 is not served; the statement has no effect`)
    : error('C0801', found, `${keyword}: DHCPv6 is not served`, { dhcpd, help: 'remove it: a DHCPv4 server refuses it' });
