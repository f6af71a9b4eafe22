// `leasehold leases …` and `leasehold status`: what a running server knows; `repair` works without one.

import { setTimeout } from 'node:timers/promises';
import { buildCommand, buildRouteMap } from '@stricli/core';
import { answered, commandNamed } from '../control/command-table.ts';
import { bindingStates, type BindingState } from '../model/binding-state.ts';
import { ok } from '../std/result.ts';
import type { CliContext } from './cli-context.ts';
import { controlPathFrom, sendCommand } from './control-client.ts';
import { ask, controlFlags, isAgreed, printAnswer, type ControlFlags } from './server-answer.ts';
import { writeCsv } from './csv.ts';
import { wholeIn } from './flag-values.ts';
import { historyCommand } from './lease-history.ts';
import { renderValue } from './render-value.ts';
import { sendList } from './whole-list.ts';

/** Rewrites a lease file without serving; src/main.ts provides it. Resolves with what to print. */
export type RepairLeases = (configPath: string, leasePath: string | undefined) => Promise<{ readonly isGood: boolean; readonly lines: readonly string[] }>;

export const searchFlag = { kind: 'parsed', parse: String, brief: 'Only what contains this text', optional: true, placeholder: 'TEXT' } as const;

/** The list itself, then how many there are. */
export const renderList =
  (name: 'leases' | 'hosts') =>
  (value: unknown): readonly string[] => {
    const answer = value as { readonly count: number } & Readonly<Record<string, unknown>>;
    return [...renderValue(answer[name]), `${answer.count} ${name}`];
  };

interface ListFlags extends ControlFlags {
  readonly state?: BindingState;
  readonly search?: string;
  readonly limit?: number;
  readonly csv: boolean;
  readonly watch: boolean;
}
const list = buildCommand<ListFlags, [], CliContext>({
  docs: { brief: 'List leases' },
  parameters: {
    flags: {
      ...controlFlags,
      state: { kind: 'enum', values: bindingStates, brief: 'Only this binding state', optional: true },
      search: searchFlag,
      limit: { kind: 'parsed', parse: wholeIn(0, 0xffff_ffff), brief: 'At most this many', optional: true, placeholder: 'N' },
      csv: { kind: 'boolean', brief: 'Print as comma separated values', default: false },
      watch: { kind: 'boolean', brief: 'Go on, and print every lease that changes', default: false },
    },
  },
  async func({ state, search, limit, csv, watch, ...flags }) {
    const wanted = withoutAbsent({ state, search, limit });
    const render = csv ? (value: unknown) => writeCsv(leaseColumns, leasesIn(value)) : renderList('leases');
    const first = await sendList(controlPathFrom(flags.control, process.env), 'leases.list', wanted);
    printAnswer(this, flags, first, render);
    if (watch && first.ok && first.value.ok) await watchLeases(this, flags, wanted, csv, leasesIn(first.value.value));
  },
});

const leaseColumns = ['ip', 'state', 'hardware', 'clientId', 'hostname', 'starts', 'ends', 'lastContact', 'vendorClass', 'userClass', 'agentOptions'];
type LeaseRow = Readonly<Record<string, unknown>>;
const leasesIn = (value: unknown): LeaseRow[] => (value as { readonly leases: LeaseRow[] }).leases;
const watchMillis = 1_000;

/** Once a second; a line for each lease that differs from what was there before. Ends when nobody answers any more. */
async function watchLeases(context: CliContext, flags: ControlFlags, wanted: Record<string, unknown>, csv: boolean, first: readonly LeaseRow[]): Promise<void> {
  const path = controlPathFrom(flags.control, process.env);
  const byAddress = (leases: readonly LeaseRow[]): Map<unknown, string> => new Map(leases.map((lease) => [lease['ip'], JSON.stringify(lease)]));
  for (let before = byAddress(first); ; ) {
    await setTimeout(watchMillis);
    const answer = await sendList(path, 'leases.list', wanted);
    if (!answer.ok || !answer.value.ok) return printAnswer(context, flags, answer);
    const leases = leasesIn(answer.value.value);
    const now = byAddress(leases);
    const changed = leases.filter((lease) => before.get(lease['ip']) !== now.get(lease['ip']));
    for (const line of flags.json ? changed.map((lease) => JSON.stringify(lease)) : csv ? writeCsv(leaseColumns, changed).slice(1) : changed.map(lineOf))
      context.out(line);
    before = now;
  }
}
const lineOf = ({ ip, state, hardware, hostname, ends }: LeaseRow): string =>
  [new Date().toISOString().slice(0, 19), ip, state, hardware, hostname, typeof ends === 'number' ? `until ${new Date(ends * 1000).toISOString().slice(0, 19)}Z` : ends]
    .filter((part) => part !== null && part !== undefined)
    .join('  ');

const addressPositional = {
  kind: 'tuple',
  parameters: [{ parse: String, brief: 'Dotted address', placeholder: 'address' }],
} as const;

const show = buildCommand<ControlFlags, [address: string], CliContext>({
  docs: { brief: 'Show one lease' },
  parameters: { flags: controlFlags, positional: addressPositional },
  async func(flags, ip) {
    await ask(this, flags, 'leases.show', { ip });
  },
});

const free = buildCommand<ControlFlags & { readonly yes: boolean }, [address: string], CliContext>({
  docs: { brief: 'Free an address whose holder is gone' },
  parameters: {
    flags: { ...controlFlags, yes: { kind: 'boolean', brief: 'Do not ask', default: false } },
    positional: addressPositional,
  },
  async func({ yes, ...flags }, ip) {
    const row = commandNamed('leases.free');
    if (row !== undefined && (await isAgreed(this, row, yes))) await ask(this, flags, row.name, { ip, yes: true });
  },
});

const repairWith = (repair: RepairLeases) =>
  buildCommand<{ readonly config: string; readonly json: boolean }, [file?: string], CliContext>({
    docs: { brief: 'Rewrite a lease file so that dhcpd reads it without complaint; the server must not run' },
    parameters: {
      flags: {
        config: { kind: 'parsed', parse: String, brief: 'Configuration file', default: '/etc/dhcp/dhcpd.conf', placeholder: 'FILE' },
        json: controlFlags.json,
      },
      positional: {
        kind: 'tuple',
        parameters: [{ parse: String, brief: 'Lease file, when it is not the configured one', optional: true, placeholder: 'file' }],
      },
    },
    async func({ config, json }, file) {
      const { isGood, lines } = await repair(config, file);
      if (json) this.out(JSON.stringify({ ok: isGood, lines }));
      else for (const line of lines) this.out(line);
      this.exit(isGood ? 0 : 2);
    },
  });

export const leaseRoutes = (repair: RepairLeases) =>
  buildRouteMap({
    docs: { brief: 'See and mend leases' },
    routes: { list, show, free, history: historyCommand, repair: repairWith(repair) },
    defaultCommand: 'list',
  });

export const statusCommand = buildCommand<ControlFlags, [], CliContext>({
  docs: { brief: 'Tell what the server does and why' },
  parameters: { flags: controlFlags },
  async func(flags) {
    const path = controlPathFrom(flags.control, process.env);
    const core = await sendCommand(path, 'status', {});
    const shell = core.ok ? await sendCommand(path, 'server.status', {}) : core;
    const isWhole = core.ok && core.value.ok && shell.ok && shell.value.ok;
    printAnswer(this, flags, isWhole ? ok(answered({ ...(core.value.value as object), process: shell.value.value })) : core);
  },
});

export const reloadCommand = buildCommand<ControlFlags & { readonly yes: boolean }, [], CliContext>({
  docs: {
    brief: 'Read the configuration again; a bad one is refused whole',
    fullDescription: 'Read the configuration again; a bad one is refused whole.\nWhat would make this node dangerously different from its failover partner (pools, networks, hosts, the relationship) is asked first.',
  },
  parameters: { flags: { ...controlFlags, yes: { kind: 'boolean', brief: 'Do not ask', default: false } } },
  async func(flags) {
    const path = controlPathFrom(flags.control, process.env);
    let answer = await sendCommand(path, 'reload', flags.yes ? { yes: true } : {});
    if (answer.ok && !answer.value.ok && answer.value.code === 'needs-yes' && !flags.json) {
      this.err(`leasehold: ${answer.value.problem}`);
      if (await this.confirm('Do it?')) answer = await sendCommand(path, 'reload', { yes: true });
      else {
        this.err('leasehold: nothing was changed');
        this.exit(1);
        return;
      }
    }
    printAnswer(this, flags, answer);
  },
});

export function withoutAbsent(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
