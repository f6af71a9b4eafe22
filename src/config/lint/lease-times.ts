// L2010, L2025, L2026: lease times that do not do what they seem to say (dhcpd-conf reference §12).

import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Scope } from '../../model/server-config.ts';
import type { Span } from '../../model/span.ts';
import { serverOptionCode as code } from '../../wire/option-table.ts';
import { warning } from '../../lang/diagnostics/make.ts';
import { leaseTime } from '../../model/effective.ts';
import type { View } from './view.ts';

const infinite = 0xffffffff;
const shown = (seconds: number): string => (seconds === infinite ? 'endless' : `${seconds} s`);

/** One message per statement, however many places it reaches. */
function onePerSpan(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Map<Span, Set<string>>();
  return diagnostics.filter(({ span, message }) => {
    const said = seen.get(span) ?? new Set<string>();
    seen.set(span, said);
    return !said.has(message) && said.add(message);
  });
}

const timesOf = (scopes: readonly Scope[]) => ({
  byDefault: leaseTime(scopes, code.defaultLeaseTime, 43_200),
  max: leaseTime(scopes, code.maxLeaseTime, 86_400),
  min: leaseTime(scopes, code.minLeaseTime, undefined),
});

/** L2010: an endless lease that is only an offer: a client that asks for an hour gets an hour. */
export function endlessNotForced(view: View): Diagnostic[] {
  return onePerSpan(
    view.places.flatMap((scopes) => {
      const { byDefault, max, min } = timesOf(scopes);
      if (byDefault.seconds !== infinite || max.seconds !== infinite || byDefault.span === undefined)
        return [];
      if (min.seconds !== undefined || min.span !== undefined) return [];
      return [
        warning(
          'L2010',
          byDefault.span,
          'endless leases are not forced: a client that asks for 3600 s gets 3600 s',
          {
            notes: [
              ...(max.span === undefined ? [] : [{ span: max.span, message: 'the ceiling is endless, but there is no floor' }]),
              { message: 'dhcpd never sends 4294967295, which means for ever: it says the seconds left until January 2038; Leasehold sends it' },
            ],
            help: 'add `min-lease-time -1;`',
            fix: { span: behindStatement(byDefault.span), replacement: ' min-lease-time -1;' },
          },
        ),
      ];
    }),
  );
}

/** Where another statement may begin: behind the semicolon, which a statement's span may or may not hold. */
function behindStatement({ file, start, end }: Span): Span {
  const semicolon = file.text.charAt(end - 1) === ';' ? end - 1 : file.text.indexOf(';', end);
  const at = semicolon < start ? end : semicolon + 1;
  return { file, start: at, end: at };
}

/** L2025: a default that its own limits cut. */
export function contradictingTimes(view: View): Diagnostic[] {
  return onePerSpan(
    view.places.flatMap((scopes) => {
      const { byDefault, max, min } = timesOf(scopes);
      const ceiling = max.seconds;
      const floor = min.seconds ?? (ceiling === undefined ? undefined : Math.min(300, ceiling));
      const found: Diagnostic[] = [];
      if (
        byDefault.seconds !== undefined &&
        byDefault.span !== undefined &&
        ceiling !== undefined &&
        byDefault.seconds > ceiling
      )
        found.push(
          warning(
            'L2025',
            byDefault.span,
            `the default of ${shown(byDefault.seconds)} is cut to max-lease-time, ${shown(ceiling)}`,
            {
              notes:
                max.span === undefined
                  ? [{ message: 'max-lease-time is not written, so it is 86400 s' }]
                  : [{ span: max.span, message: 'the limit is set here' }],
              help: `raise max-lease-time to ${byDefault.seconds === infinite ? '-1' : byDefault.seconds}, or lower the default`,
            },
          ),
        );
      if (
        byDefault.seconds !== undefined &&
        byDefault.span !== undefined &&
        floor !== undefined &&
        byDefault.seconds < floor
      )
        found.push(
          warning(
            'L2025',
            byDefault.span,
            `the default of ${shown(byDefault.seconds)} is raised to min-lease-time, ${shown(floor)}`,
            {
              notes:
                min.span === undefined
                  ? [{ message: 'min-lease-time is not written, so it is 300 s' }]
                  : [{ span: min.span, message: 'the floor is set here' }],
              help: 'write the min-lease-time you want',
            },
          ),
        );
      if (
        min.seconds !== undefined &&
        min.span !== undefined &&
        ceiling !== undefined &&
        min.seconds > ceiling
      )
        found.push(
          warning(
            'L2025',
            min.span,
            `min-lease-time, ${shown(min.seconds)}, is above max-lease-time, ${shown(ceiling)}: every lease lasts ${shown(min.seconds)}`,
            {
              notes:
                max.span === undefined
                  ? [{ message: 'max-lease-time is not written, so it is 86400 s' }]
                  : [{ span: max.span, message: 'the ceiling is set here' }],
              help: 'let the floor be at most the ceiling',
            },
          ),
        );
      return found;
    }),
  );
}

/** Ten years: beyond it a lease given in this decade ends after January 2038. */
const farAway = 315_360_000;

/** L2026: finite times that reach the end of 32-bit time: dhcpd stores such a lease as `never`. */
export function beyond2038(view: View): Diagnostic[] {
  const codes = [code.defaultLeaseTime, code.maxLeaseTime, code.minLeaseTime, code.dynamicBootpLeaseLength];
  const times = view.places.flatMap((scopes) => codes.map((number) => leaseTime(scopes, number, undefined)));
  const long = times.flatMap(({ seconds, span }) =>
    seconds === undefined || span === undefined || seconds === infinite || seconds < farAway
      ? []
      : [
          warning(
            'L2026',
            span,
            `${seconds} s reach beyond January 2038, where dhcpd's clock ends: it reads such a lease back as endless`,
            {
              help: 'write -1 for endless leases, or a time below ten years',
            },
          ),
        ],
  );
  const cutoff = view.places.flatMap((scopes) => {
    const { seconds, span } = leaseTime(scopes, code.dynamicBootpLeaseCutoff, undefined);
    if (seconds === undefined || span === undefined || seconds < 0x7fffffff) return [];
    return [
      warning('L2026', span, 'this date lies beyond January 2038: dhcpd takes it for never', {
        help: 'use an earlier date, in seconds since 1970',
      }),
    ];
  });
  const dates = view.config.pools.flatMap(({ allow, deny }) =>
    [...allow, ...deny].flatMap((permit) =>
      permit.kind === 'after' && permit.time >= 0x7fffffff
        ? [
            warning('L2026', permit.span, 'this date lies beyond January 2038: dhcpd takes it for never', {
              help: 'use an earlier date',
            }),
          ]
        : [],
    ),
  );
  return onePerSpan([...long, ...cutoff, ...dates]);
}
