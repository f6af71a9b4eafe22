// L29xx: statements that this version reads and does not act upon: said once each, with what that means.

import type { Diagnostic } from '../../model/diagnostic.ts';
import type { OptionStatement } from '../../model/expression.ts';
import { serverOptionCode as code } from '../../wire/option-table.ts';
import { info, warning } from '../../lang/diagnostics/make.ts';
import { numberOf } from '../../model/effective.ts';
import { firstOfEach, isParameter, optionsOf } from './statements.ts';
import type { View } from './view.ts';

interface Row {
  readonly lint: string;
  readonly codes: readonly number[];
  readonly severity: 'warning' | 'info';
  readonly effect: string;
  readonly help?: string;
  /** Only when the statement asks for it: `get-lease-hostnames true`. */
  readonly when?: (statement: OptionStatement) => boolean;
}

const isOn = ({ value }: OptionStatement): boolean => numberOf(value) !== 0;

const rows: readonly Row[] = [
  {
    lint: 'L2901',
    codes: [code.ddnsUpdateStyle],
    severity: 'warning',
    when: isOn,
    effect:
      'DNS updates are read, not served: leases are given as always, but no DNS record is made or removed',
    help: 'keep DNS in step by other means, or set `ddns-update-style none;` to say so',
  },
  {
    lint: 'L2902',
    codes: [code.dontUseFsync],
    severity: 'warning',
    when: isOn,
    effect: 'dont-use-fsync is ignored: no lease is acknowledged before it is on disk',
    help: 'remove it: several leases share one sync, so that this costs little',
  },
  {
    lint: 'L2903',
    codes: [code.delayedAck, code.maxAckDelay],
    severity: 'info',
    effect:
      'this has no effect: answers are gathered by themselves, and none leaves before its lease is on disk',
    help: 'remove it',
  },
  {
    lint: 'L2904',
    codes: [53, 54, 55, 56, 57, 87, 88, 96, 97, 98, code.ddnsLocalAddress6],
    severity: 'warning',
    effect: 'DHCPv6: not served',
    help: 'remove it, or keep it in the file of a DHCPv6 server',
  },
  {
    lint: 'L2911',
    codes: [code.serverIdCheck],
    severity: 'info',
    effect: 'this has no effect: a DHCPREQUEST that names another server is never answered, except for a partner that is gone',
    help: 'remove it',
  },
  {
    lint: 'L2907',
    codes: [code.dynamicBootp, code.authoritative],
    severity: 'warning',
    effect: 'this parameter has no effect, here as in dhcpd',
    help: 'write `authoritative;` alone, or a pool with `allow dynamic bootp clients;`',
  },
];

/** One diagnostic for each parameter, at its first statement. */
export function notServed(view: View): Diagnostic[] {
  const parameters = optionsOf(view).filter(isParameter);
  return rows.flatMap(({ lint, codes, severity, effect, help, when }) => {
    const found = parameters.filter(({ statement }) => codes.includes(statement.option.code) && (when?.(statement) ?? true));
    const make = severity === 'warning' ? warning : info;
    return firstOfEach(found).map(({ statement, notes }) => make(lint, statement.span, effect, { notes, ...(help === undefined ? {} : { help }) }));
  });
}

/** L2908: a zone says where updates would go. */
export function zonesNotServed(view: View): Diagnostic[] {
  const [first] = view.draft.facts.zones;
  if (first === undefined) return [];
  const isOff = view.config.settings.ddnsUpdateStyle === 'none';
  const count = view.draft.facts.zones.length;
  return [
    warning(
      'L2908',
      first.name.span,
      isOff
        ? `DNS updates are off (ddns-update-style none), so ${count === 1 ? 'this zone is' : `these ${count} zones are`} not used`
        : `${count === 1 ? 'this zone is' : `these ${count} zones are`} read, not served: no DNS update is sent`,
      {
        help: 'remove it, or keep it for a server that updates DNS',
      },
    ),
  ];
}
