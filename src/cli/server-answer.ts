// What commands have in common that a running server answers over its control socket: their flags, how they ask and print.

import type { CommandAnswer, CommandRow } from '../control/command-table.ts';
import type { Result } from '../std/result.ts';
import type { CliContext } from './cli-context.ts';
import { controlPathFrom, sendCommand } from './control-client.ts';
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
