// L2514..L2518: networks, options, lease times, classes and keys of two nodes.

import type { Diagnostic } from '../../model/diagnostic.ts';
import type { OptionStatement } from '../../model/expression.ts';
import { canonical, meaningOf } from '../../model/agreement/canonical.ts';
import { classText, keyFingerprint, leaseTimeKeys, leaseTimes, ownMatters, secondsText } from '../../model/agreement/matters.ts';
import type { Scope } from '../../model/server-config.ts';
import type { Span } from '../../model/span.ts';
import { error, info, warning } from '../../lang/diagnostics/make.ts';
import { cidr } from '../diagnostics/networks.ts';
import type { ConfigDraft } from '../load-config.ts';
import { leaseTime } from '../../model/effective.ts';
import { View } from '../lint/view.ts';
import { twinFinder, type Pair } from './pair.ts';

/** L2514: a client of a subnet that only one server has is served by one server only. */
export function compareSubnets({ a, b, nameB }: Pair, nameA: string): Diagnostic[] {
  const missing = (from: ConfigDraft, to: ConfigDraft, other: string): Diagnostic[] => {
    const twinIn = twinFinder(to);
    return from.config.subnets
      .filter((subnet) => twinIn(subnet) === undefined)
      .map((subnet) =>
        error('L2514', subnet.span, `subnet ${cidr(subnet)} is missing in ${other}`, {
          help: 'declare it in both files',
        }),
      );
  };
  const twinOf = twinFinder(b);
  const authority = a.config.subnets.flatMap((subnet) => {
    const twin = twinOf(subnet);
    if (twin === undefined || twin.isAuthoritative === subnet.isAuthoritative) return [];
    return [
      warning(
        'L2514',
        subnet.span,
        `${cidr(subnet)} is ${subnet.isAuthoritative ? '' : 'not '}authoritative here, and ${twin.isAuthoritative ? 'is' : 'is not'} in ${nameB}`,
        {
          notes: [{ span: twin.span, message: 'in the other file' }],
          help: 'let both servers say the same to strangers',
        },
      ),
    ];
  });
  return [
    ...missing(a, b, nameB),
    ...missing(b, a, nameA),
    ...authority,
  ];
}

/** L2515: lease times as they are in effect. */
export function compareLeaseTimes({ a, b, nameB }: Pair): Diagnostic[] {
  const viewA = new View(a);
  const viewB = new View(b);
  const twinOf = twinFinder(b);
  return a.config.subnets.flatMap((subnet) => {
    const twin = twinOf(subnet);
    if (twin === undefined) return [];
    return leaseTimes.flatMap(([code, name, byDefault]) => {
      const here = leaseTime(viewA.scopesOfSubnet(subnet), code, byDefault);
      const there = leaseTime(viewB.scopesOfSubnet(twin), code, byDefault);
      if (here.seconds === there.seconds) return [];
      return [
        warning(
          'L2515',
          here.span ?? subnet.span,
          `${name} is ${secondsText(here.seconds)} here and ${secondsText(there.seconds)} in ${nameB}`,
          {
            notes: there.span === undefined ? [] : [{ span: there.span, message: 'in the other file' }],
            help: 'use one value on both servers',
          },
        ),
      ];
    });
  });
}
/** L2516: options and parameters of scopes that both files have. */
export function compareOptions(pair: Pair): Diagnostic[] {
  const { a, b } = pair;
  const twinOf = twinFinder(b);
  const scopes: (readonly [Scope, Scope])[] = [[a.config.global, b.config.global]];
  for (const subnet of a.config.subnets) {
    const twin = twinOf(subnet);
    const own = subnet.scopes.at(-1);
    const other = twin?.scopes.at(-1);
    if (own !== undefined && other !== undefined) scopes.push([own, other]);
  }
  for (const network of a.config.sharedNetworks) {
    const twin = b.config.sharedNetworks.find(
      ({ name, isImplicit }) => name === network.name && isImplicit === network.isImplicit,
    );
    const own = network.scopes.at(-1);
    const other = twin?.scopes.at(-1);
    if (own?.kind === 'shared-network' && other !== undefined) scopes.push([own, other]);
  }
  return scopes.flatMap(([own, other]) => compareScope(own, other, pair));
}

function compareScope(own: Scope, other: Scope, { nameB }: Pair): Diagnostic[] {
  const here = meaningOf(own.statements);
  const there = meaningOf(other.statements);
  const keys = new Set([...here.options.keys(), ...there.options.keys()]);
  const found = [...keys]
    .filter((key) => !ownMatters.has(key) && !leaseTimeKeys.has(key))
    .flatMap((key) => optionDifference(here.options.get(key), there.options.get(key), own.span, nameB));
  if (canonical(here.others) === canonical(there.others)) return found;
  return [
    ...found,
    warning(
      'L2516',
      here.others[0]?.span ?? own.span,
      `conditions and other statements of ${own.title} differ from those of ${nameB}`,
      {
        notes: [{ span: there.others[0]?.span ?? other.span, message: 'in the other file' }],
        help: 'keep what both servers execute in one included file',
      },
    ),
  ];
}

function optionDifference(
  here: OptionStatement | undefined,
  there: OptionStatement | undefined,
  scope: Span,
  nameB: string,
): Diagnostic[] {
  if (here !== undefined && there !== undefined && canonical(here.value) === canonical(there.value))
    return [];
  const name = (here ?? there)?.option.name ?? '';
  const message =
    here === undefined
      ? `${name} is set in ${nameB} only`
      : there === undefined
        ? `${name} is not set in ${nameB}`
        : `${name} has another value in ${nameB}`;
  return [
    warning('L2516', here?.span ?? scope, message, {
      notes: there === undefined ? [] : [{ span: there.span, message: 'in the other file' }],
      help: 'let clients be told the same by both servers',
    }),
  ];
}

/** L2517 */
export function compareClasses({ a, b, nameB }: Pair): Diagnostic[] {
  return a.config.classes.flatMap((made) => {
    const twin = b.config.classes.find(({ name }) => name === made.name);
    if (twin === undefined)
      return [
        warning('L2517', made.span, `class "${made.name}" is missing in ${nameB}`, {
          help: 'declare it in both files',
        }),
      ];
    if (classText(made) === classText(twin)) return [];
    return [
      warning('L2517', made.span, `class "${made.name}" is not the same in ${nameB}`, {
        notes: [{ span: twin.span, message: 'in the other file' }],
        help: 'keep classes in one included file for both servers',
      }),
    ];
  });
}

/** L2518: tools that know one key can talk to one server. */
export function compareKeys(pair: Pair): Diagnostic[] {
  return [...refusedKeys(pair), ...readableKeys(pair)];
}

function refusedKeys({ a, b, nameB }: Pair): Diagnostic[] {
  return [...a.facts.refusedKeys].flatMap(([name, span]) => {
    const twin = b.config.keys.find((key) => key.name.toLowerCase() === name);
    const other = twin?.span ?? b.facts.refusedKeys.get(name);
    if (other === undefined) return [];
    return [
      warning('L2518', span, `key ${name} cannot be read here, so it is not the one of ${nameB}`, {
        notes: [{ span: other, message: 'in the other file' }],
        help: `\`leasehold keygen ${name}\` makes one for both; put the same lines into both files`,
      }),
    ];
  });
}

function readableKeys({ a, b, nameB }: Pair): Diagnostic[] {
  return a.config.keys.flatMap((key, index) => {
    const twin = b.config.keys.find(({ name }) => name.toLowerCase() === key.name.toLowerCase());
    if (twin === undefined) {
      const isOmapi = a.config.settings.omapiKey?.toLowerCase() === key.name.toLowerCase();
      return isOmapi
        ? [
            info('L2518', key.span, `key ${key.name} is not in ${nameB}`, {
              help: 'use one key on both servers',
            }),
          ]
        : [];
    }
    if (keyFingerprint(key) === keyFingerprint(twin) && key.algorithm === twin.algorithm) return [];
    const secret = a.facts.keys[index]?.secret?.span ?? key.span;
    const other = b.facts.keys[b.config.keys.indexOf(twin)]?.secret?.span ?? twin.span;
    return [
      warning(
        'L2518',
        secret,
        `key ${key.name} is another one in ${nameB}: fingerprint ${keyFingerprint(key)} here, ${keyFingerprint(twin)} there`,
        {
          notes: [{ span: other, message: 'in the other file' }],
          help: `\`leasehold keygen ${key.name}\` makes one for both; put the same lines into both files`,
        },
      ),
    ];
  });
}
