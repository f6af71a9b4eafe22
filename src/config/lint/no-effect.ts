// L2912..L2917: statements that dhcpd reads without a word and that change nothing, or not what they were written for.

import type { Diagnostic } from '../../model/diagnostic.ts';
import { numberOf } from '../../model/effective.ts';
import type { OptionStatement } from '../../model/expression.ts';
import { optionCode, serverOptionCode as code } from '../../wire/option-table.ts';
import { info, warning } from '../../lang/diagnostics/make.ts';
import { placedStatements } from '../placed-statements.ts';
import { firstOfEach, isParameter, optionsOf, type PlacedOption } from './statements.ts';
import type { View } from './view.ts';

/** Read once at start (dhcpd-conf reference §5, scope *start*), but for those that have no effect anywhere (L29xx). */
const readAtStart: ReadonlySet<number> = new Set([
  code.leaseFileName, code.pidFileName, code.omapiPort, code.omapiKey, code.localPort, code.remotePort, code.localAddress,
  code.limitedBroadcastAddress, code.logFacility, code.abandonLeaseTime, code.checkSecsByteOrder,
]);

/** L2912 */
export function startParametersElsewhere(view: View): Diagnostic[] {
  const found = optionsOf(view).filter((placed) => isParameter(placed) && readAtStart.has(placed.statement.option.code) && (placed.scope.kind !== 'global' || placed.around.length > 0));
  return firstOfEach(found).map(({ statement, scope, notes }) =>
    warning('L2912', statement.span, `${statement.option.name} is read at start, from file level: ${scope.kind === 'global' ? 'inside a condition' : `in ${scope.title}`} it has no effect`, {
      notes, help: 'move it to file level, outside of every declaration and condition',
    }),
  );
}

/** Options of the main space that a server says by itself or never (RFC 2131 table 3), with what people mean by them. */
const misplaced: ReadonlyMap<number, string> = new Map([
  [optionCode.requestedAddress, 'remove it: clients send it, servers do not; a host gets its address by `fixed-address`'],
  [optionCode.leaseTime, 'write `default-lease-time`, `max-lease-time` and `min-lease-time`'],
  [optionCode.overload, 'remove it: the server sets it when options do not fit'],
  [optionCode.messageType, 'remove it: the server sets it'],
  [optionCode.clientIdentifier, 'move it into the `host` that it identifies'],
  [optionCode.relayAgentInformation, 'remove it: what a relay adds is returned to it by itself'],
  [optionCode.subnetSelection, 'remove it: clients send it, and it is returned to them'],
]);
const misplacedSpaces: ReadonlyMap<string, string> = new Map([
  ['agent', 'remove it: these options are for reading what a relay says, `if option agent.circuit-id = …`'],
  ['nwip', 'remove it: NetWare/IP options are not sent, here as in dhcpd; `option nwip-suboptions` takes their bytes'],
]);

/** L2913 */
export function neverSent(view: View): Diagnostic[] {
  const helpFor = ({ space, code: number }: OptionStatement['option']): string | undefined => (space === 'dhcp' ? misplaced.get(number) : misplacedSpaces.get(space));
  // In a host the identifier belongs; inside a condition there C1207 tells of it.
  const isToldElsewhere = ({ scope, statement: { option } }: PlacedOption): boolean => scope.kind === 'host' && option.code === optionCode.clientIdentifier;
  const found = optionsOf(view).filter((placed) => helpFor(placed.statement.option) !== undefined && !isToldElsewhere(placed));
  return firstOfEach(found).map(({ statement, notes }) =>
    warning('L2913', statement.span, `${statement.option.name} is not sent because it is configured: this has no effect`, { notes, help: helpFor(statement.option) ?? '' }),
  );
}

/** Of DNS updates. Those of the second list say what is so anyway, unless they are on. */
const updateCodes: ReadonlySet<number> = new Set([
  code.ddnsDomainname, code.ddnsHostname, code.ddnsRevDomainname, code.ddnsTtl, code.updateOptimization, code.updateConflictDetection,
  code.ddnsLocalAddress4, code.ddnsDualStackMixedMode, code.ddnsGuardIdMustMatch, code.ddnsOtherGuardIsDynamic,
]);
const updateSwitches: ReadonlySet<number> = new Set([code.ddnsUpdates, code.clientUpdates, code.updateStaticLeases, code.doForwardUpdates, code.doReverseUpdates]);

/** L2914: L2901 says it where updates are asked for. */
export function updatesAreOff(view: View): Diagnostic[] {
  if (view.config.settings.ddnsUpdateStyle !== 'none') return [];
  const found = optionsOf(view).filter((placed) => {
    const { option, value } = placed.statement;
    return isParameter(placed) && (updateCodes.has(option.code) || (updateSwitches.has(option.code) && numberOf(value) === 1));
  });
  return firstOfEach(found).map(({ statement, notes }) =>
    info('L2914', statement.span, `DNS updates are off (ddns-update-style none), so ${statement.option.name} has no effect`, { notes, help: 'remove it, or keep it for a server that updates DNS' }),
  );
}

/** L2915: handlers that never run, and options where no reply is made. */
export function idleHandlers(view: View): Diagnostic[] {
  return [...placedStatements(view.draft.facts.scopes)].flatMap(({ statement, around }) => {
    if (statement.kind === 'on' && statement.events.includes('transmission'))
      return [
        warning('L2915', statement.span, statement.events.length === 1 ? 'no server ever runs `on transmission`: these statements have no effect' : 'no server ever runs `on transmission`: this event has no effect', {
          help: 'write `on commit`, which runs when a lease is acknowledged',
        }),
      ];
    const handler = around.findLast(({ kind }) => kind === 'on');
    if (statement.kind !== 'option' || handler?.kind !== 'on' || handler.events.some((event) => event === 'commit' || event === 'transmission')) return [];
    return [
      warning('L2915', statement.span, `no reply is sent when a lease ends: this ${statement.option.name} reaches nobody`, { help: 'remove it, or write it into `on commit` or outside of handlers' }),
    ];
  });
}

/** L2916: `authoritative` in a pool or a class. */
export function authorityWithoutEffect(view: View): Diagnostic[] {
  return view.draft.facts.authority
    .filter(({ kind }) => kind === 'pool' || kind === 'class' || kind === 'subclass')
    .map(({ node, kind }) =>
      warning('L2916', node.span, `authority belongs to networks: in a ${kind} this has no effect`, { help: 'write it at file level, above the subnets, or in a subnet' }),
    );
}

interface Need {
  readonly codes: readonly number[];
  readonly when: (value: number | undefined) => boolean;
  /** What must be somewhere in the file, and what it is without being written. */
  readonly needs: { readonly code: number; readonly isMet: (value: number | undefined) => boolean; readonly isByDefault: boolean; readonly text: string };
}
const isOn = (value: number | undefined): boolean => value !== 0;
const needs: readonly Need[] = [
  { codes: [code.duplicates], when: (value) => value !== 1, needs: { code: code.oneLeasePerClient, isMet: isOn, isByDefault: false, text: 'one-lease-per-client is not on' } },
  { codes: [code.logThresholdLow], when: isOn, needs: { code: code.logThresholdHigh, isMet: isOn, isByDefault: false, text: 'there is no log-threshold-high' } },
  { codes: [code.pingTimeout, code.pingTimeoutMs, code.pingClttSecs], when: () => true, needs: { code: code.pingCheck, isMet: isOn, isByDefault: true, text: 'ping-check is off' } },
];

/** L2917: a parameter of something that is off everywhere. */
export function withoutItsPartner(view: View): Diagnostic[] {
  const parameters = optionsOf(view).filter(isParameter);
  return needs.flatMap(({ codes, when, needs: { code: needed, isMet, isByDefault, text } }) => {
    const partners = parameters.filter(({ statement }) => statement.option.code === needed);
    const isSetForAll = partners.some(({ scope, around }) => scope.kind === 'global' && around.length === 0);
    if ((isByDefault && !isSetForAll) || partners.some(({ statement }) => isMet(numberOf(statement.value)))) return [];
    return firstOfEach(parameters.filter(({ statement }) => codes.includes(statement.option.code) && when(numberOf(statement.value)))).map(({ statement, notes }) =>
      info('L2917', statement.span, `${text}, so ${statement.option.name} has no effect`, { notes, help: 'remove it, or switch on what it belongs to' }),
    );
  });
}
