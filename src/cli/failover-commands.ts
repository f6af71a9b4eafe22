// `leasehold failover …` and every other command that a running server answers over its control socket.

import { buildCommand, buildRouteMap, type Command as CliCommand } from '@stricli/core';
import { commandNamed, type CommandAnswer, type CommandRow } from '../control/command-table.ts';
import type { Result } from '../std/result.ts';
import type { CliContext } from './cli-context.ts';
import { controlPathFrom, sendCommand } from './control-client.ts';
import { drillCommand } from './drill/drill-command.ts';
import { renderFailover } from './render-failover.ts';
import { renderValue } from './render-value.ts';

export interface ControlFlags {
  readonly json: boolean;
  readonly control: string | undefined;
}

export const controlFlags = {
  json: { kind: 'boolean', brief: 'Print the answer as JSON', default: false },
  control: { kind: 'parsed', parse: String, brief: 'Control socket of the server', optional: true, placeholder: 'PATH' },
} as const;

type Parameters = Readonly<Record<string, unknown>>;
type Render = (value: unknown) => readonly string[];

/** Asks the server and prints what it says: exit 0, 1 when it refused, 2 when nobody answered. */
export async function ask(
  context: CliContext,
  flags: ControlFlags,
  name: string,
  parameters: Parameters,
  render: Render = renderValue,
): Promise<void> {
  const result = await sendCommand(controlPathFrom(flags.control, process.env), name, parameters);
  printAnswer(context, flags, result, render);
}

export function printAnswer(context: CliContext, flags: ControlFlags, result: Result<CommandAnswer, string>, render: Render = renderValue): void {
  if (!result.ok) {
    if (flags.json) context.out(JSON.stringify({ ok: false, code: 'unreachable', problem: result.error }));
    else context.err(`leasehold: ${result.error}`);
    context.exit(2);
    return;
  }
  const answer = result.value;
  if (flags.json) context.out(JSON.stringify(answer));
  else if (answer.ok) for (const line of render(answer.value)) context.out(line);
  else context.err(`leasehold: ${answer.problem}`);
  context.exit(answer.ok ? 0 : 1);
}

/** Says what a dangerous command will do and asks, unless `--yes` was given. */
export async function isAgreed(context: CliContext, row: CommandRow, yes: boolean): Promise<boolean> {
  if (row.danger !== 'dangerous' || yes) return true;
  context.err(`${row.summary}. ${row.warning ?? ''}`);
  if (await context.confirm('Do it?')) return true;
  context.err('leasehold: nothing was done; say --yes to do it without being asked');
  context.exit(1);
  return false;
}

function peerCommand(name: string): CliCommand<CliContext> {
  const row = commandNamed(`failover.${name}`);
  return buildCommand<ControlFlags & { readonly yes: boolean }, [peer?: string], CliContext>({
    docs: { brief: row?.summary ?? name },
    parameters: {
      flags: { ...controlFlags, yes: { kind: 'boolean', brief: 'Do not ask', default: false } },
      positional: {
        kind: 'tuple',
        parameters: [{ parse: String, brief: 'Name of the failover peer; not needed when there is one', optional: true, placeholder: 'peer' }],
      },
    },
    async func(flags, peer) {
      if (row === undefined || !(await isAgreed(this, row, flags.yes))) return;
      const parameters = { ...(peer === undefined ? {} : { peer }), ...(row.danger === 'dangerous' ? { yes: true } : {}) };
      await ask(this, flags, row.name, parameters, name === 'status' ? renderFailover : renderValue);
    },
  });
}

export const failoverRoutes = buildRouteMap({
  docs: { brief: 'See and steer the failover pair' },
  routes: {
    status: peerCommand('status'),
    init: peerCommand('init'),
    'partner-down': peerCommand('partner-down'),
    recover: peerCommand('recover'),
    shutdown: peerCommand('shutdown'),
    pause: peerCommand('pause'),
    resume: peerCommand('resume'),
    'trust-plain': peerCommand('trust-plain'),
    drill: drillCommand,
  },
});
