// Hosts from a CSV file, held against those that the server has: what would be made, changed, left alone, and what cannot be.

import { err, ok, type Result } from '../std/result.ts';
import type { HostArgument } from '../control/host-commands.ts';
import { readCsv } from './csv.ts';

/** As `hosts.list` shows it. */
export type KnownHost = Required<HostArgument> & { readonly source: 'configuration' | 'lease-file' };

export interface ImportPlan {
  readonly add: readonly HostArgument[];
  readonly change: readonly { readonly before: KnownHost; readonly after: HostArgument }[];
  readonly sameCount: number;
  /** Sentences, each with its line. */
  readonly problems: readonly string[];
}

/** Column titles as people write them, in any order; the first row names the columns. */
const columns: Readonly<Record<string, 'name' | 'hardware' | 'addresses' | 'clientId' | 'group' | 'statements'>> = {
  name: 'name', host: 'name', hostname: 'name',
  mac: 'hardware', hardware: 'hardware', 'mac address': 'hardware', 'hardware-address': 'hardware', hwaddr: 'hardware',
  ip: 'addresses', address: 'addresses', addresses: 'addresses', 'ip address': 'addresses', 'ip-address': 'addresses', 'fixed-address': 'addresses',
  'client-id': 'clientId', clientid: 'clientId', uid: 'clientId',
  group: 'group', statements: 'statements',
};

/** A host with the line that it stands in. */
export interface HostRow {
  readonly line: number;
  readonly host: HostArgument;
}

/** Err: the file has no usable heading. */
export function planImport(text: string, known: readonly KnownHost[]): Result<ImportPlan, string> {
  const [heading, ...rows] = readCsv(text);
  const titles = heading?.fields.map((title) => columns[title.toLowerCase()]) ?? [];
  const strange = heading?.fields.filter((_, index) => titles[index] === undefined) ?? [];
  if (!titles.includes('name') || strange.length > 0)
    return err(
      `line 1 must name the columns, such as \`name,mac,ip\`${strange.length > 0 ? `; ${strange.map((title) => JSON.stringify(title)).join(', ')} is none of them` : ''}`,
    );
  return ok(planHosts(rows.map(({ line, fields }) => ({ line, host: hostOf(titles, fields) })), known));
}

export function planHosts(rows: readonly HostRow[], known: readonly KnownHost[]): ImportPlan {
  const byName = new Map(known.map((host) => [host.name, host]));
  const byHardware = new Map(known.flatMap((host) => (host.hardware === null ? [] : [[host.hardware, host] as const])));
  const plan = { add: [] as HostArgument[], change: [] as { before: KnownHost; after: HostArgument }[], sameCount: 0, problems: [] as string[] };
  const seen = new Map<string, number>();
  for (const { line, host } of rows) {
    const problem = problemOf(host, byName, byHardware, seen);
    if (host.name !== '') seen.set(host.name, line);
    if (typeof host.hardware === 'string') seen.set(host.hardware, line);
    if (problem !== undefined) plan.problems.push(`line ${line}: ${problem}`);
    else {
      const before = byName.get(host.name);
      if (before === undefined) plan.add.push(host);
      else if (isSame(before, host)) plan.sameCount++;
      else plan.change.push({ before, after: host });
    }
  }
  return plan;
}

function hostOf(titles: readonly (string | undefined)[], fields: readonly string[]): HostArgument {
  const given: Record<string, unknown> = { name: '' };
  for (const [index, title] of titles.entries()) {
    const field = fields[index] ?? '';
    if (title === undefined || field === '') continue;
    if (title === 'addresses') given['addresses'] = field.split(/[\s;]+/);
    else given[title] = title === 'hardware' ? canonicalMac(field) : field;
  }
  return given as unknown as HostArgument;
}

/** `02-00-00-00-00-01`, `0200.0000.0001` and `2:0:0:0:0:1` are one address. */
function canonicalMac(text: string): string {
  const parts = text.split(/[:-]/);
  const digits = (parts.length > 1 ? parts.map((part) => part.padStart(2, '0')).join('') : text.replaceAll('.', '')).toLowerCase();
  return /^(?:[0-9a-f]{2})+$/.test(digits) ? (digits.match(/../g) ?? []).join(':') : text;
}

function problemOf(
  { name, hardware, clientId }: HostArgument, byName: ReadonlyMap<string, KnownHost>, byHardware: ReadonlyMap<string, KnownHost>, seen: ReadonlyMap<string, number>,
): string | undefined {
  if (name === '') return 'the name is missing';
  if (hardware === undefined && clientId === undefined) return `${name} has neither a MAC address nor a client identifier`;
  if (typeof hardware === 'string' && !/^[0-9a-f]{2}(:[0-9a-f]{2}){0,19}$/.test(hardware)) return `${hardware} is no MAC address`;
  const twin = seen.get(name) ?? (typeof hardware === 'string' ? seen.get(hardware) : undefined);
  if (twin !== undefined) return `${seen.has(name) ? name : String(hardware)} stands in line ${twin} already`;
  if (byName.get(name)?.source === 'configuration') return `host ${name} is declared in dhcpd.conf`;
  const holder = typeof hardware === 'string' ? byHardware.get(hardware) : undefined;
  return holder === undefined || holder.name === name ? undefined : `${String(hardware)} is host ${holder.name} already`;
}

const isSame = (before: KnownHost, after: HostArgument): boolean =>
  before.hardware === (after.hardware ?? null) &&
  before.clientId === (after.clientId ?? null) &&
  (before.addresses ?? []).join() === (after.addresses ?? []).join() &&
  before.group === (after.group ?? null) &&
  (after.statements === undefined || before.statements === after.statements);

const line = ({ name, hardware, clientId, addresses, group, statements }: HostArgument): string =>
  [name, hardware ?? clientId, addresses?.join(' '), group === undefined || group === null ? undefined : `group ${group}`, statements]
    .filter((part) => part !== undefined && part !== null && part !== '')
    .join('  ');

/** As a diff that people read before they say yes. */
export const renderPlan = ({ add, change, sameCount, problems }: ImportPlan): string[] => [
  ...add.map((host) => `+ ${line(host)}`),
  ...change.flatMap(({ before, after }) => [`- ${line(before)}`, `+ ${line(after)}`]),
  ...problems.map((problem) => `! ${problem}`),
  `${add.length} to make, ${change.length} to change, ${sameCount} as they are${problems.length === 0 ? '' : `, ${problems.length} that cannot be`}`,
];
