// leasehold.conf: what only Leasehold knows, in dhcpd's grammar, so that dhcpd.conf stays one that dhcpd reads.
// Every statement is a parameter like those of dhcpd.conf. The rows are also the text of docs/leasehold-conf.md.

import { fromLatin1 } from '../std/bytes.ts';
import { infinite, seconds } from '../std/time.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Span } from '../model/span.ts';
import type { LeaseholdSettings } from '../model/server-config.ts';
import type * as ast from '../lang/ast.ts';
import { error } from '../lang/diagnostics/make.ts';
import { readBoot } from './boot-settings.ts';
import { readRelationship } from './relationship-settings.ts';
import { omapiDefaults, omapiSettingRows } from './omapi-settings.ts';
import { numberOf, settingOf, withCodes, type NamedRow } from './setting-rows.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Settings = Mutable<LeaseholdSettings>;

/** Far from every code that dhcpd uses in space `server`. */
const codeBase = 10_000;

const rows: readonly NamedRow<Settings>[] = [
  {
    name: 'trusted-interface',
    format: 't',
    unit: 'interface name',
    byDefault: 'none',
    example: 'trusted-interface "br0";',
    help: 'Clients behind this interface may send option 82 (relay agent information) without a relay. May be repeated. Elsewhere the option counts only when a relay is in the packet, because a client could write it itself.',
    apply: (settings, bytes) => {
      settings.trustedInterfaces = [...settings.trustedInterfaces, fromLatin1(bytes)];
    },
  },
  {
    name: 'relay-rate-max',
    format: 'L',
    unit: 'DHCPDISCOVERs per second',
    byDefault: '1000',
    example: 'relay-rate-max 2000;',
    min: 1,
    help: 'What one relay may cause before clients without a reservation behind it have to wait for their own retransmission. Reserved hosts are never counted.',
    apply: (settings, bytes) => {
      settings.relayRateMax = numberOf(bytes);
    },
  },
  {
    name: 'port-rate-max',
    format: 'L',
    unit: 'DHCPDISCOVERs per second',
    byDefault: '50',
    example: 'port-rate-max 10;',
    min: 1,
    help: "The same for one circuit (circuit-id of option 82), so that one flooding port does not use up its relay's share.",
    apply: (settings, bytes) => {
      settings.portRateMax = numberOf(bytes);
    },
  },
  {
    name: 'offers-max',
    format: 'L',
    unit: 'offers',
    byDefault: '65536',
    example: 'offers-max 16384;',
    min: 16,
    help: 'Offers that are held at once for clients that have not yet requested them. The oldest one gives way when there are more.',
    apply: (settings, bytes) => {
      settings.offersMax = numberOf(bytes);
    },
  },
  {
    name: 'clock-step-max',
    format: 'T',
    unit: 'seconds',
    byDefault: '5',
    example: 'clock-step-max 30;',
    min: 1,
    help: "A step of the machine's clock beyond this is logged and counted, and all lease times move with it, so that no lease ends early and none is extended. `infinite` switches this off.",
    apply: (settings, bytes) => {
      settings.clockStepMax = numberOf(bytes) === infinite ? infinite : seconds(numberOf(bytes));
    },
  },
  ...omapiSettingRows,
];

export const leaseholdSettingRows = withCodes(rows, codeBase);

export const leaseholdDefaults: LeaseholdSettings = {
  trustedInterfaces: [],
  relayRateMax: 1000,
  portRateMax: 50,
  offersMax: 65_536,
  clockStepMax: seconds(5),
  omapi: omapiDefaults,
  relationships: new Map(),
  boot: undefined,
};

/** C1401: another parameter, a declaration or a condition. */
const notASetting = (span: Span): Diagnostic =>
  error('C1401', span, 'this is no setting of leasehold.conf', {
    help: 'what dhcpd knows belongs into dhcpd.conf; docs/leasehold-conf.md lists the settings',
  });

/** C1402 */
const settingTooSmall = (span: Span, name: string, min: number): Diagnostic => error('C1402', span, `${name} must be at least ${min}`);

/** C1404 */
const badSetting = (span: Span, problem: string): Diagnostic => error('C1404', span, problem);

/** Includes are transparent; `skipped` and the like were reported by the parser. */
const told = new Set<ast.Item['kind']>(['skipped', 'not-served']);

/** The settings of a file's statements; later ones win. */
export function leaseholdSettings(body: ast.Body): {
  settings: LeaseholdSettings;
  diagnostics: Diagnostic[];
} {
  const settings: Settings = { ...leaseholdDefaults };
  const diagnostics: Diagnostic[] = [];
  const read = (item: ast.Item): void => {
    if (item.kind === 'include') item.body.forEach(read);
    else if (!told.has(item.kind)) diagnostics.push(...applySetting(settings, item));
  };
  body.forEach(read);
  return { settings, diagnostics };
}

function applySetting(settings: Settings, item: ast.Item): Diagnostic[] {
  if (item.kind === 'own-block') return applyBlock(settings, item);
  const setting = settingOf(item, leaseholdSettingRows);
  if (setting === undefined) return [notASetting(item.span)];
  const { row, bytes } = setting;
  if (row.min !== undefined && numberOf(bytes) < row.min) return [settingTooSmall(item.span, row.definition.name, row.min)];
  const problem = row.problem?.(bytes);
  if (problem !== undefined) return [badSetting(item.span, problem)];
  row.apply(settings, bytes, item.span);
  return [];
}

/** C1403 */
const bootTwice = (span: Span): Diagnostic => error('C1403', span, 'there is a second boot block', { help: 'join the two' });

function applyBlock(settings: Settings, block: ast.OwnBlock): Diagnostic[] {
  if (block.word === 'relationship') return readRelationship(settings, block);
  if (block.word !== 'boot' || block.name !== undefined) return [notASetting(block.head)];
  if (settings.boot !== undefined) return [bootTwice(block.head)];
  const { settings: boot, diagnostics } = readBoot(block);
  settings.boot = boot;
  return diagnostics;
}
