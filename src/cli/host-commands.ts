// `leasehold hosts …`: reserved hosts of a running server, listed, made, removed, imported.

import { readFileSync } from 'node:fs';
import { buildCommand, buildRouteMap } from '@stricli/core';
import type { HostArgument } from '../control/host-commands.ts';
import type { CliContext } from './cli-context.ts';
import { setTimeout as pause } from 'node:timers/promises';
import { ControlClient, controlPathFrom, sendCommand } from './control-client.ts';
import { writeCsv } from './csv.ts';
import { ask, controlFlags, printAnswer, type ControlFlags } from './server-answer.ts';
import { exportCommand } from './host-export.ts';
import { planImport, renderPlan, type ImportPlan, type KnownHost } from './host-import.ts';
import { renderList, searchFlag, withoutAbsent } from './lease-commands.ts';
import { sendList } from './whole-list.ts';

const text = (brief: string, placeholder: string) => ({ kind: 'parsed', parse: String, brief, optional: true, placeholder }) as const;
/** Characters of hosts in one command: a line of the control socket is bounded. */
const batchCharacters = 40_000;
/** Machines that wait for an address come first: few hosts at a time, and a pause in which the server does what else it has to do. */
const batchHosts = 20;
const pauseMillis = 8;

const list = buildCommand<ControlFlags & { readonly search?: string; readonly csv: boolean }, [], CliContext>({
  docs: { brief: 'List reserved hosts' },
  parameters: {
    flags: { ...controlFlags, search: searchFlag, csv: { kind: 'boolean', brief: 'Print as comma separated values, as import reads them', default: false } },
  },
  async func({ search, csv, ...flags }) {
    const render = csv ? (value: unknown) => writeCsv(['name', 'hardware', 'addresses', 'clientId', 'group', 'statements'], hostsIn(value)) : renderList('hosts');
    printAnswer(this, flags, await sendList(controlPathFrom(flags.control, process.env), 'hosts.list', withoutAbsent({ search })), render);
  },
});
const hostsIn = (value: unknown): KnownHost[] => (value as { readonly hosts: KnownHost[] }).hosts;

interface AddFlags extends ControlFlags {
  readonly mac?: string;
  readonly clientId?: string;
  readonly ip?: readonly string[];
  readonly group?: string;
  readonly statements?: string;
  readonly hardwareType?: string;
  readonly replace: boolean;
}
const add = buildCommand<AddFlags, [name: string], CliContext>({
  docs: { brief: 'Make a reserved host; it is served at once and kept' },
  parameters: {
    flags: {
      ...controlFlags,
      mac: text('Hardware address', 'MAC'),
      clientId: text('Client identifier, hex', 'HEX'),
      ip: { kind: 'parsed', parse: String, brief: 'Fixed address; may be repeated', optional: true, variadic: true, placeholder: 'ADDRESS' },
      group: text('Group whose statements it takes over', 'NAME'),
      statements: text('Statements as in dhcpd.conf', 'TEXT'),
      hardwareType: text('ethernet, infiniband, …', 'TYPE'),
      replace: { kind: 'boolean', brief: 'Change a host that was made so before', default: false },
    },
    positional: { kind: 'tuple', parameters: [{ parse: String, brief: 'Name of the host', placeholder: 'name' }] },
  },
  async func({ mac, clientId, ip, group, statements, hardwareType, replace, ...flags }, name) {
    const host: HostArgument = { name, ...withoutAbsent({ hardware: mac, hardwareType, clientId, addresses: ip, group, statements }) };
    await ask(this, flags, 'hosts.put', { hosts: [host], replace });
  },
});

const named = (brief: string, command: string) =>
  buildCommand<ControlFlags, [name: string], CliContext>({
    docs: { brief },
    parameters: {
      flags: controlFlags,
      positional: { kind: 'tuple', parameters: [{ parse: String, brief: 'Name of the host', placeholder: 'name' }] },
    },
    async func(flags, name) {
      await ask(this, flags, command, { name });
    },
  });

export interface ImportFlags extends ControlFlags {
  readonly dryRun: boolean;
  readonly yes: boolean;
}
const importHosts = buildCommand<ImportFlags, [file: string], CliContext>({
  docs: { brief: 'Make and change hosts as a CSV file says; the difference is shown first' },
  parameters: {
    flags: {
      ...controlFlags,
      dryRun: { kind: 'boolean', brief: 'Show the difference only', default: false },
      yes: { kind: 'boolean', brief: 'Do not ask', default: false },
    },
    positional: { kind: 'tuple', parameters: [{ parse: String, brief: 'File with a heading such as name,mac,ip', placeholder: 'file' }] },
  },
  async func(flags, file) {
    const plan = await readPlan(this, flags, file);
    if (plan !== undefined) await carryOut(this, flags, plan);
  },
});

/** Shows a plan, asks, does it. */
export async function carryOut(context: CliContext, flags: ImportFlags, plan: ImportPlan): Promise<void> {
  if (flags.json && flags.dryRun) context.out(JSON.stringify(plan));
  else for (const line of renderPlan(plan)) (flags.json ? context.err : context.out)(line);
  if (plan.problems.length > 0) return context.exit(1);
  if (flags.dryRun || plan.add.length + plan.change.length === 0) return context.exit(0);
  if (!flags.yes && !(await context.confirm('Do it?'))) return context.exit(1);
  await applyPlan(context, flags, plan);
}

/** What the running server has; undefined when it did not say, which is printed. */
export async function knownHosts(context: CliContext, flags: ControlFlags): Promise<KnownHost[] | undefined> {
  const known = await sendList(controlPathFrom(flags.control, process.env), 'hosts.list', {});
  if (known.ok && known.value.ok) return hostsIn(known.value.value);
  printAnswer(context, flags, known);
  return undefined;
}

async function readPlan(context: CliContext, flags: ImportFlags, file: string): Promise<ImportPlan | undefined> {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (error) {
    context.err(`leasehold: ${(error as Error).message}`);
    context.exit(2);
    return undefined;
  }
  const known = await knownHosts(context, flags);
  if (known === undefined) return undefined;
  const plan = planImport(content, known);
  if (plan.ok) return plan.value;
  context.err(`leasehold: ${file}: ${plan.error}`);
  context.exit(2);
  return undefined;
}

/** Batch by batch, each whole on disk before the next; a refusal ends it and says how far it came. */
async function applyPlan(context: CliContext, flags: ImportFlags, { add: made, change }: ImportPlan): Promise<void> {
  const all = [...made, ...change.map(({ after }) => after)];
  const { done, refusal } = await putHosts(controlPathFrom(flags.control, process.env), all);
  if (refusal !== undefined) {
    context.err(`leasehold: ${done} of ${all.length} hosts were done before this:`);
    return printAnswer(context, flags, refusal);
  }
  context.out(flags.json ? JSON.stringify({ ok: true, value: { done: all.length } }) : `${all.length} hosts are served now`);
  context.exit(0);
}

/** How many are on disk, and what the server said when it did not take all. */
export async function putHosts(path: string, hosts: readonly HostArgument[]): Promise<{ readonly done: number; readonly refusal?: Answer }> {
  const client = new ControlClient(path);
  let done = 0;
  try {
    for (const batch of batches(hosts)) {
      const answer = await client.send('hosts.put', { hosts: batch, replace: true });
      if (!answer.ok || !answer.value.ok) return { done, refusal: answer };
      done += batch.length;
      await pause(pauseMillis);
    }
    return { done };
  } finally {
    client.close();
  }
}
type Answer = Awaited<ReturnType<typeof sendCommand>>;

function* batches(hosts: readonly HostArgument[]): Generator<readonly HostArgument[]> {
  let batch: HostArgument[] = [];
  let size = 0;
  for (const host of hosts) {
    const own = JSON.stringify(host).length;
    if (batch.length === batchHosts || (batch.length > 0 && size + own > batchCharacters)) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(host);
    size += own;
  }
  if (batch.length > 0) yield batch;
}

interface Side {
  readonly text: string;
  /** Unix seconds. */
  readonly written: number | null;
  readonly on: string;
}
interface Conflict {
  readonly name: string;
  readonly kind: 'name' | 'clash' | 'configured' | 'execute';
  readonly rival: string | null;
  readonly inForce: Side | null;
  readonly lost: Side;
}
const conflictHeads: Readonly<Record<Conflict['kind'], (conflict: Conflict) => string>> = {
  name: ({ name }) => `host ${name} was changed on both nodes`,
  clash: ({ name, rival }) => `host ${name} is not in force: host ${rival ?? 'another'} has its hardware, identifier or address`,
  configured: ({ name }) => `host ${name} of the partner is not in force: dhcpd.conf of this node declares a host of that name`,
  execute: ({ name }) => `host ${name} of the partner is not in force: it would run a program, and omapi-execute is off here`,
};
function renderConflicts(value: unknown): readonly string[] {
  const { conflicts } = value as { readonly conflicts: readonly Conflict[] };
  const side = (word: string, { text: what, written, on }: Side): string => `  ${word}  ${what}  (${on}, ${written === null ? 'before versions were kept' : `${new Date(written * 1000).toISOString().slice(0, 19)}Z`})`;
  const lines = conflicts.flatMap((conflict) => [
    conflictHeads[conflict.kind](conflict), ...(conflict.inForce === null ? [] : [side('counts', conflict.inForce)]), side('lost  ', conflict.lost),
  ]);
  return conflicts.length === 0 ? ['no conflicts'] : [...lines, 'leasehold hosts restore NAME lets count what lost; leasehold hosts settle NAME forgets it'];
}

export const hostRoutes = buildRouteMap({
  docs: { brief: 'See and change reserved hosts' },
  routes: {
    list,
    add,
    remove: named('Remove a host that was made while serving', 'hosts.remove'),
    conflicts: buildCommand<ControlFlags, [], CliContext>({
      docs: { brief: 'List hosts that the two nodes of a pair were told differently' },
      parameters: { flags: controlFlags },
      async func(flags) {
        await ask(this, flags, 'hosts.conflicts', {}, renderConflicts);
      },
    }),
    export: exportCommand,
    restore: named('Let count again what lost a conflict, or serve a host of dhcpd.conf again that was deleted over OMAPI', 'hosts.restore'),
    settle: named('Forget what lost a conflict about a host', 'hosts.settle'),
    import: importHosts,
  },
  defaultCommand: 'list',
});
