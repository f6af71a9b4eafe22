// C13xx: failover peers, keys and zones that dhcpd refuses for what they lack or what else the file says.

import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Span } from '../../model/span.ts';
import { error, warning } from '../../lang/diagnostics/make.ts';
import { nearest } from '../../lang/suggest.ts';

/** C1301 */
export const peerExists = (name: Span, text: string, first: Span): Diagnostic =>
  error('C1301', name, `failover peer "${text}" is declared already`, {
    dhcpd: `redeclaration of failover peer ${text}`,
    notes: [{ span: first, message: 'it is declared here' }],
    help: 'each server declares its own side only: keep the one of this server',
  });

/** C1302 */
export const partnerAddressMissing = (head: Span): Diagnostic =>
  error('C1302', head, 'this peer has no `peer address`', {
    dhcpd: 'peer address may not be omitted',
    help: 'add `peer address ADDRESS;`, the address of the other server',
  });

/** C1303 */
export const splitMissing = (head: Span): Diagnostic =>
  error('C1303', head, 'a primary must say which clients are its own', {
    dhcpd: 'primary failover server must have hba or split.',
    help: 'add `split 128;`, which gives half of the clients to each server; if this is the secondary, write `secondary;`',
  });

/** C1304 */
export const mcltMissing = (head: Span): Diagnostic =>
  error('C1304', head, 'a primary must have a maximum client lead time', {
    dhcpd: 'primary failover server must have mclt.',
    help: 'add `mclt 3600;`, the longest time in seconds by which one server may extend a lease before it told the other',
  });

/** C1306 */
export const splitTooLarge = (member: Span): Diagnostic =>
  error('C1306', member, "split is the number of hash buckets, of 256, that are the primary's", {
    dhcpd: 'split must be between 0 and 256, inclusive',
    help: 'write 128 for an even share',
  });

/** C1307: in a pool. */
export const unknownPeer = (name: Span, text: string, known: Iterable<string>): Diagnostic => {
  const near = nearest(text, known);
  return error('C1307', name, `there is no failover peer "${text}" above`, {
    dhcpd: `failover peer ${text}: not found`,
    help:
      near === undefined
        ? `declare \`failover peer "${text}" { … }\` before the pool`
        : `did you mean \`${near}\`?`,
  });
};

/** C1308: at the level of a shared network. */
export const unknownNetworkPeer = (name: Span, text: string, known: Iterable<string>): Diagnostic => ({
  ...unknownPeer(name, text, known),
  code: 'C1308',
  dhcpdText: [`reference to unknown failover peer ${text}`],
});

/** C1309: said when the whole file was read. */
export const peerWithoutPool = (head: Span, name: string): Diagnostic =>
  error('C1309', head, `no pool names failover peer "${name}"`, {
    dhcpd: [
      `ERROR: Failover peer, ${name}, has no referring pools. You must refer to each peer in at least one pool declaration.`,
    ],
    isFatal: true,
    help: `add \`failover peer "${name}";\` to the pools that both servers serve`,
  });

/** C1310: dhcpd passes the test and dies at its start with `no local address.` */
export const ownAddressMissing = (head: Span): Diagnostic =>
  warning(
    'C1310',
    head,
    'this peer has no `address`: dhcpd would not start, Leasehold listens on every address',
    {
      help: 'add `address ADDRESS;`, an address of this server',
    },
  );

/** C1311 */
export const unknownZoneKey = (name: Span, text: string, known: Iterable<string>): Diagnostic => {
  const near = nearest(text, known);
  return error('C1311', name, `there is no key named ${text} above`, {
    dhcpd: `unknown key ${text}`,
    help: near === undefined ? `declare \`key ${text} { … }\` before the zone` : `did you mean \`${near}\`?`,
  });
};

/** C1312: dhcpd ends at once. */
export const secondZoneKey = (member: Span, zone: string): Diagnostic =>
  error('C1312', member, `zone ${zone} has a key already`, {
    dhcpd: `Multiple key definitions for zone ${zone}.`,
    isFatal: true,
    help: 'keep one of the two',
  });

/** C1313: dhcpd crashes (reference §2); an ordinary error here. */
export const keyIncomplete = (head: Span, missing: 'algorithm' | 'secret'): Diagnostic =>
  error('C1313', head, `this key has no ${missing}`, {
    help:
      missing === 'algorithm'
        ? 'add `algorithm hmac-sha256;` before the secret'
        : 'add a secret: `leasehold keygen` makes one',
  });

const knownAlgorithms = 'hmac-md5, hmac-sha1, hmac-sha224, hmac-sha256, hmac-sha384, hmac-sha512';
/** C1314: dhcpd says so and goes on without the key. */
export const unknownAlgorithm = (name: Span, key: string, text: string): Diagnostic =>
  warning('C1314', name, `${text} is no algorithm that a key can have: key ${key} cannot sign anything`, {
    dhcpd: `Unable to create tsec structure for ${key}`,
    help: `write one of ${knownAlgorithms}`,
  });

/** C1315: dhcpd ends at once, with a garbled name. */
export const omapiKeyMissing = (value: Span, name: string, known: Iterable<string>): Diagnostic => {
  const near = nearest(name, known);
  return error('C1315', value, `there is no key named ${name}`, {
    dhcpd: `OMAPI key ${name}: not found`,
    isFatal: true,
    help:
      near === undefined
        ? `declare \`key ${name} { algorithm hmac-sha256; secret …; };\``
        : `did you mean \`${near}\`?`,
  });
};

/** C1316: dhcpd ends at once. */
export const adHocUpdates = (value: Span): Diagnostic =>
  error('C1316', value, 'ad-hoc DNS updates no longer exist', {
    dhcpd: 'ddns-update-style ad_hoc no longer supported',
    isFatal: true,
    help: 'write `ddns-update-style none;` or `standard`',
  });

/** C1317: dhcpd's warning, on both sides. */
export const noLoadBalancing = (head: Span, name: string, closing: Span): Diagnostic =>
  warning(
    'C1317',
    head,
    'there is no `load balance max seconds`: both servers answer every client, nothing is shared out',
    {
      dhcpd: `WARNING: load balancing will be disabled for failover peer, ${name}, because its load balance max secs is 0`,
      help: 'add `load balance max seconds 3;` on both servers',
      fix: { span: closing, replacement: '  load balance max seconds 3;\n' },
    },
  );

/** C1318 */
export const sameAddresses = (head: Span, other: string, first: Span): Diagnostic =>
  error(
    'C1318',
    head,
    `this peer has the same two addresses as "${other}": a connection could belong to either`,
    {
      notes: [{ span: first, message: 'the other peer is declared here' }],
      help: 'use one peer for all pools of two servers, or give the second relationship addresses of its own',
    },
  );
