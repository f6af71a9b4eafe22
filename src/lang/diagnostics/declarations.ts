// Declarations that stand where they cannot, and mistakes in hosts, classes, networks and pools (dhcpd-conf reference §4).

import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Span } from '../../model/span.ts';
import { error, shown, textOf } from './make.ts';

/** Where each declaration belongs, for the remedy. */
const homes: Readonly<Record<string, string>> = {
  'shared-network': 'move it to file level or into a group',
  subnet: 'move it to file level, or into a group or shared-network',
  pool: 'move it into a subnet or shared-network',
  range: 'move it into a subnet, or into a pool of one',
  host: 'move it to file level or into a group',
  group: 'move it to file level, or into another group or network',
  class: 'move it to file level',
  subclass: 'move it to file level',
  'vendor-class': 'move it to file level',
  'user-class': 'move it to file level',
  hardware: 'move it into a host',
  'fixed-address': 'move it into a host',
  'fixed-address6': 'remove it: DHCPv6 is not served',
  authoritative: 'move it to file level or into a network',
  failover: 'move it to file level',
};

/** C0101: a declaration in a block that cannot hold it; `dhcpd` is its wording. */
export function misplaced(word: Span, dhcpd: string | readonly string[]): Diagnostic {
  const help = homes[textOf(word).toLowerCase()];
  return error('C0101', word, `${shown(word)} cannot stand here`, { dhcpd, ...(help === undefined ? {} : { help }) });
}

/** C0102 */
export const scopedDefinition = (word: Span, what: 'option' | 'option space'): Diagnostic =>
  error('C0102', word, `an ${what} can be defined at file level only`, {
    dhcpd: `${what} definitions may not be scoped.`,
    help: 'move it to file level, above its first use',
  });

/** C0103: a reference where only a declaration is possible. */
export const peerReferenceMisplaced = (reference: Span): Diagnostic =>
  error('C0103', reference, 'a failover peer is named in pools, or in a shared-network for all of its pools', {
    dhcpd: 'failover peer reference not in shared-network declaration',
    help: 'move it into a pool',
  });

/** C0104 */
export const netmaskMissing = (found: Span): Diagnostic =>
  error('C0104', found, `expected \`netmask\`, found ${shown(found)}`, {
    dhcpd: 'Expecting netmask',
    help: textOf(found) === '/' ? 'write the netmask as an address: subnet 10.0.0.0 netmask 255.255.255.0' : 'write subnet ADDRESS netmask ADDRESS',
  });

/** C0105 */
export const unknownPermit = (found: Span): Diagnostic =>
  error('C0105', found, `${shown(found)} is not something a pool allows or denies`, {
    dhcpd: 'expecting permit type.',
    help: 'write known-clients, unknown-clients, all clients, dynamic bootp clients, members of "CLASS", or after DATE',
  });

/** C0106 */
export const unknownHardwareType = (found: Span): Diagnostic =>
  error('C0106', found, `${shown(found)} is not a hardware type`, {
    dhcpd: 'expecting a network hardware type',
    help: 'write ethernet, token-ring, fddi, infiniband, or unknown-N with the number of the type',
  });

/** C0107 */
export const hardwareTooLong = (address: Span, sizeMax: number): Diagnostic =>
  error('C0107', address, `a hardware address has at most ${sizeMax} bytes`, { dhcpd: 'hardware address too long' });

const once = (code: string, found: Span, first: Span, what: string, dhcpd: string): Diagnostic =>
  error(code, found, `this host has ${what} already`, {
    dhcpd,
    notes: [{ span: first, message: 'it is given here' }],
    help: 'keep one of the two',
  });

/** C0108 */
export const secondHardware = (found: Span, first: Span, host: string): Diagnostic =>
  once('C0108', found, first, 'a hardware address', `Host ${host} hardware address already configured.`);

/** C0109: the addresses of several networks are one list. */
export const secondFixedAddress = (found: Span, first: Span): Diagnostic =>
  once('C0109', found, first, 'a fixed address', 'Only one fixed address declaration per host.');

/** C0110 */
export const inSubclass = (found: Span, word: 'match' | 'spawn'): Diagnostic =>
  error('C0110', found, `a subclass has no ${word} of its own: its key is what matches`, {
    dhcpd: `invalid ${word} in subclass.`,
    help: 'move it into the class',
  });

/** C0111 */
export const subclassKeyMissing = (found: Span): Diagnostic =>
  error('C0111', found, `expected the key of the subclass, found ${shown(found)}`, {
    dhcpd: 'Expecting string or hex list.',
    help: 'write a string, or bytes such as 1:00:11:22:33:44:55 (1 is ethernet)',
  });

/** C0112 */
export const notAHostIdentifier = (found: Span, dhcpd: string): Diagnostic =>
  error('C0112', found, `expected \`option\`, found ${shown(found)}`, {
    dhcpd,
    help: 'write host-identifier option NAME VALUE;',
  });

/** C0113 */
export const badFormatWord = (found: Span, words: readonly [string, string], dhcpd: string): Diagnostic =>
  error('C0113', found, `expected \`${words[0]}\` or \`${words[1]}\`, found ${shown(found)}`, { dhcpd });
