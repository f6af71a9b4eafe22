// L29xx: statements that this version reads and does not act upon: said once each, with what that means.

import type { Diagnostic } from '../../model/diagnostic.ts';
import type { OptionStatement, Statement } from '../../model/expression.ts';
import type { Scope } from '../../model/server-config.ts';
import { serverOptionCode as code } from '../../wire/option-table.ts';
import { info, warning } from '../../lang/diagnostics/make.ts';
import { numberOf, plural, type View } from './view.ts';

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
    lint: 'L2905',
    codes: [code.getLeaseHostnames],
    severity: 'warning',
    when: isOn,
    effect: 'get-lease-hostnames is read, not served: no reverse lookup is made while a client waits',
    help: 'use `use-host-decl-names true;` for hosts, or write option host-name',
  },
  {
    lint: 'L2906',
    codes: [code.logThresholdHigh, code.logThresholdLow],
    severity: 'warning',
    effect: 'pool thresholds are read, not served: nothing is logged when a pool fills up',
    help: 'watch the pool with `leasehold status`',
  },
  {
    lint: 'L2907',
    codes: [code.dynamicBootp, code.authoritative],
    severity: 'warning',
    effect: 'this parameter has no effect, here as in dhcpd',
    help: 'write `authoritative;` alone, or a pool with `allow dynamic bootp clients;`',
  },
  {
    lint: 'L2909',
    codes: [code.siteOptionSpace],
    severity: 'warning',
    effect: 'site-option-space is read, not served: site-local codes are sent as the dhcp space defines them',
    help: 'define these options in the dhcp space: option NAME code N = TYPE;',
  },
  {
    lint: 'L2911',
    codes: [code.remotePort, code.limitedBroadcastAddress, code.serverIdCheck],
    severity: 'warning',
    effect:
      'this parameter is read, not served: the standard port, 255.255.255.255 and our own identifier checks are used',
    help: 'remove it',
  },
];

function* statementsOf(statements: readonly Statement[]): Generator<Statement> {
  for (const statement of statements) {
    yield statement;
    if (statement.kind === 'if') {
      yield* statementsOf(statement.then);
      yield* statementsOf(statement.else);
    } else if (statement.kind === 'switch') for (const { body } of statement.cases) yield* statementsOf(body);
    else if (statement.kind === 'on' || statement.kind === 'define') yield* statementsOf(statement.body);
  }
}

const optionsOf = (scopes: readonly Scope[]): OptionStatement[] =>
  scopes
    .flatMap(({ statements }) => [...statementsOf(statements)])
    .filter(
      (statement): statement is OptionStatement =>
        statement.kind === 'option' && statement.option.space === 'server',
    );

/** One diagnostic a row, at the first statement. */
export function notServed(view: View): Diagnostic[] {
  const options = optionsOf(view.draft.facts.scopes);
  return rows.flatMap(({ lint, codes, severity, effect, help, when }) => {
    const found = options.filter(
      (statement) => codes.includes(statement.option.code) && (when?.(statement) ?? true),
    );
    const [first] = found;
    if (first === undefined) return [];
    const make = severity === 'warning' ? warning : info;
    const notes =
      found.length > 1
        ? [{ message: `the same holds for ${plural(found.length - 1, 'statement')} more` }]
        : [];
    return [make(lint, first.span, effect, { notes, ...(help === undefined ? {} : { help }) })];
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

/** L2912 */
export function vendorParsingNotServed(view: View): Diagnostic[] {
  const all = view.draft.facts.scopes.flatMap(({ statements }) => [...statementsOf(statements)]);
  const first = all.find(({ kind }) => kind === 'parse-vendor-option');
  if (first === undefined) return [];
  return [
    warning(
      'L2912',
      first.span,
      'parse-vendor-option is read, not served: option 43 of the request is not unpacked',
      {
        help: 'compare the bytes of `option vendor-encapsulated-options` instead',
      },
    ),
  ];
}
