// `leasehold boot files` and `leasehold boot sync`: whether both nodes of a pair serve the same files, and copying the partner's.

import { setTimeout as pause } from 'node:timers/promises';
import { buildCommand } from '@stricli/core';
import { commandNamed, type CommandAnswer } from '../../control/command-table.ts';
import type { Result } from '../../std/result.ts';
import type { CliContext } from '../cli-context.ts';
import { controlPathFrom, sendCommand } from '../control-client.ts';
import { ask, controlFlags, isAgreed, printAnswer, type ControlFlags } from '../server-answer.ts';

/** What failover/boot-trees.ts answers. */
interface TreeStatus {
  readonly compared: string;
  readonly files: number;
  readonly missing: readonly string[];
  readonly different: readonly string[];
  readonly extra: readonly string[];
  readonly copying: {
    readonly isDone: boolean;
    readonly file: string;
    readonly total: number;
    readonly copied: number;
    readonly bytes: number;
    readonly problems: readonly { readonly path: string; readonly problem: string }[];
    readonly ended: string;
  } | null;
}
const pollMillis = 250;
const namedMax = 50;

const peerArgument = {
  kind: 'tuple',
  parameters: [{ parse: String, brief: 'Name of the failover peer; not needed when there is one', optional: true, placeholder: 'peer' }],
} as const;

function named(title: string, mark: string, paths: readonly string[]): string[] {
  if (paths.length === 0) return [];
  const more = paths.length > namedMax ? [`  … and ${paths.length - namedMax} more`] : [];
  return [`${title} (${paths.length}):`, ...paths.slice(0, namedMax).map((path) => `  ${mark} ${path}`), ...more];
}

export function treeLines(answer: unknown): string[] {
  const { compared, files, missing, different, extra, copying } = answer as TreeStatus;
  if (compared !== '') return [`the boot files of the two nodes are not compared: ${compared}`];
  const isEqual = missing.length + different.length + extra.length === 0;
  return [
    ...(isEqual ? [`both nodes have the same ${files} boot files`] : []),
    ...named('only at the partner', '+', missing),
    ...named('with other content than at the partner', '~', different),
    ...named('only on this node', '-', extra),
    ...(copying !== null && !copying.isDone ? [`copying ${copying.file}: ${copying.copied} of ${copying.total} files, ${copying.bytes} bytes so far`] : []),
    ...(copying === null ? [] : copyLines(copying)),
  ];
}
function copyLines({ problems, ended }: NonNullable<TreeStatus['copying']>): string[] {
  return [...problems.map(({ path, problem }) => `not copied: ${path}: ${problem}`), ...(ended === '' ? [] : [`the last copy ended early: ${ended}`])];
}

const isWrong = ({ compared, missing, different, extra, copying }: TreeStatus): boolean =>
  compared !== '' || missing.length + different.length + extra.length > 0 || (copying?.problems.length ?? 0) > 0;

export const bootFilesStatusCommand = buildCommand<ControlFlags, [peer?: string], CliContext>({
  docs: {
    brief: 'Tell in which boot files the two nodes of a pair differ',
    fullDescription: 'Tell in which boot files the two nodes of a pair differ. Ends with 0 when they are the same, 1 when not, or when they are not compared.',
  },
  parameters: { flags: controlFlags, positional: peerArgument },
  async func(flags, peer) {
    let status: TreeStatus | undefined;
    await ask(this, flags, 'boot.files', peer === undefined ? {} : { peer }, (answer) => treeLines((status = answer as TreeStatus)));
    if (status !== undefined && isWrong(status)) this.exit(1);
  },
});

interface SyncFlags extends ControlFlags {
  readonly yes: boolean;
  readonly dryRun: boolean;
}

export const bootSyncCommand = buildCommand<SyncFlags, [peer?: string], CliContext>({
  docs: {
    brief: 'Copy the partner’s boot files to this node, over the secured connection',
    fullDescription:
      'Copy the partner’s boot files to this node, over the secured connection of the pair. What will be copied is shown first. Files that\nonly this node has stay. A file is replaced when the whole of it has arrived and is what the partner has. Ends with 0 when everything\nwas copied, 1 when something was not.',
  },
  parameters: {
    flags: {
      ...controlFlags,
      yes: { kind: 'boolean', brief: 'Do not ask', default: false },
      dryRun: { kind: 'boolean', brief: 'Only show what would be copied', default: false },
    },
    positional: peerArgument,
  },
  async func(flags, peer) {
    const parameters = peer === undefined ? {} : { peer };
    const send = (name: string, more: object = {}): Promise<Result<CommandAnswer, string>> =>
      sendCommand(controlPathFrom(flags.control, process.env), name, { ...parameters, ...more });
    const before = await send('boot.files');
    const status = statusOf(before);
    if (status === undefined || status.compared !== '' || flags.dryRun || status.missing.length + status.different.length === 0) {
      printAnswer(this, flags, before, treeLines);
      if (status !== undefined && status.compared !== '') this.exit(1);
      return;
    }
    if (!flags.json) for (const line of treeLines({ ...status, extra: [], copying: null })) this.out(line);
    const row = commandNamed('boot.sync');
    if (row === undefined || !(await isAgreed(this, row, flags.yes))) return;
    const begun = await send('boot.sync', { yes: true });
    const end = begun.ok && begun.value.ok ? await ended(() => send('boot.files')) : begun;
    printAnswer(this, flags, end, doneLines);
    const last = statusOf(end)?.copying;
    if (last !== undefined && last !== null && (last.problems.length > 0 || last.ended !== '')) this.exit(1);
  },
});

const statusOf = (result: Result<CommandAnswer, string>): TreeStatus | undefined =>
  result.ok && result.value.ok ? (result.value.value as TreeStatus) : undefined;

async function ended(look: () => Promise<Result<CommandAnswer, string>>): Promise<Result<CommandAnswer, string>> {
  for (;;) {
    const result = await look();
    if (statusOf(result)?.copying?.isDone !== false) return result;
    await pause(pollMillis);
  }
}

function doneLines(answer: unknown): string[] {
  const { copying } = answer as TreeStatus;
  return copying === null ? [] : [`copied ${copying.copied} of ${copying.total} files, ${copying.bytes} bytes`, ...copyLines(copying)];
}
