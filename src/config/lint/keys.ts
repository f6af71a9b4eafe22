// L2013, L2017: secrets and the control port.

import type { Diagnostic } from '../../model/diagnostic.ts';
import { fromLatin1 } from '../../std/bytes.ts';
import { anyAddress } from '../../std/ipv4.ts';
import { serverOptionCode as code } from '../../wire/option-table.ts';
import type * as ast from '../../lang/ast.ts';
import { info, warning } from '../../lang/diagnostics/make.ts';
import { plural, type View } from './view.ts';
import { parameter } from '../../model/effective.ts';

/** Below this, a secret can be guessed. */
const secretSizeMin = 16;
const placeholderWords =
  /change|secret|example|password|placeholder|dnssec|keygen|your|insert|replace|removed|fixme|test|dummy|abcd|1234|aaaa|xxxx/i;

const newKey = (name: string): string => `\`leasehold keygen ${name}\` makes a good one`;

type Secret = NonNullable<ast.KeyDecl['secret']>;

/** As every base64 reader but dhcpd's demands it: groups of four, padding only at the end, no bits left over. */
const isCleanBase64 = (text: string): boolean =>
  /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$/.test(text);

function problemOf({ text, bytes }: Secret): string | undefined {
  if (placeholderWords.test(text) || /^(.)\1*=*$/.test(text))
    return 'this secret looks like a placeholder that everybody can read in a manual';
  const printable = fromLatin1(bytes);
  if (bytes.length >= 6 && /^[\x20-\x7e]+$/.test(printable))
    return 'this secret is readable text in base64, not random bytes';
  if (bytes.length < secretSizeMin)
    return `this secret has ${plural(bytes.length, 'byte')} only and can be guessed`;
  return undefined;
}

/** L2013 */
export function weakSecrets(view: View): Diagnostic[] {
  return view.draft.facts.keys.flatMap(({ name, secret }) => {
    if (secret === undefined) return [];
    const problem = problemOf(secret);
    return problem === undefined
      ? []
      : [
          warning('L2013', secret.span, problem, {
            help: `make a random one: ${newKey(name.text)}; use the same on both servers`,
          }),
        ];
  });
}

/** L2043: dhcpd forgives padding that other programs refuse, or read differently. */
export function strayPadding(view: View): Diagnostic[] {
  return view.draft.facts.keys.flatMap(({ name, secret }) =>
    secret === undefined || isCleanBase64(secret.text)
      ? []
      : [
          warning(
            'L2043',
            secret.span,
            'this is no proper base64: dhcpd happens to accept it, other programs refuse it or read another secret',
            {
              help: newKey(name.text),
            },
          ),
        ],
  );
}

/** L2044 */
export function weakAlgorithms(view: View): Diagnostic[] {
  return view.draft.facts.keys.flatMap(({ algorithm }, index) =>
    view.config.keys[index]?.algorithm !== 'hmac-md5' || algorithm === undefined
      ? []
      : [
          info('L2044', algorithm.span, 'hmac-md5 is the weakest algorithm that OMAPI knows', {
            help: 'use hmac-sha256, unless an old omshell or a tool that knows nothing else must connect',
          }),
        ],
  );
}

/** L2017: whoever reaches the port may do anything. */
export function omapiWithoutKey(view: View): Diagnostic[] {
  const port = parameter([view.config.global], code.omapiPort);
  if (port === undefined || port === 'varies' || view.config.settings.omapiKey !== undefined) return [];
  return [
    warning(
      'L2017',
      port.span,
      'OMAPI listens on every address without a key: whoever reaches it may add hosts and stop the server',
      {
        help: `add \`omapi-key NAME;\` and a key: ${newKey('omapi_key')}`,
      },
    ),
  ];
}

/** L2046: with a key, but in clear and for everybody to try. */
export function omapiEverywhere(view: View): Diagnostic[] {
  const { settings, leasehold } = view.config;
  const port = parameter([view.config.global], code.omapiPort);
  if (port === undefined || port === 'varies' || settings.omapiKey === undefined) return [];
  if (leasehold.omapi.address !== anyAddress || leasehold.omapi.clients.length > 0) return [];
  return [
    info('L2046', port.span, 'OMAPI listens on every address, as dhcpd does; its messages are signed, not encrypted', {
      help: '`omapi-address 127.0.0.1;` in leasehold.conf where its users are on this machine, else `omapi-client "NETWORK";`',
    }),
  ];
}

/** L2045: a key that opens nothing. */
export function omapiKeyWithoutPort(view: View): Diagnostic[] {
  const key = parameter([view.config.global], code.omapiKey);
  if (key === undefined || key === 'varies' || view.config.settings.omapiPort !== undefined) return [];
  return [
    info('L2045', key.span, 'there is no omapi-port, so this key is not used', {
      help: 'add `omapi-port 7911;`, or remove the key',
    }),
  ];
}
