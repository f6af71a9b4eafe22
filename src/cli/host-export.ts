// `leasehold hosts export FILE`: the hosts made while serving, as a file for dhcpd.conf to include. The lease file stays what counts; the
// file shows people, checkers and a dhcpd what is served.

import { readFileSync } from 'node:fs';
import { buildCommand } from '@stricli/core';
import { err, ok, type Result } from '../std/result.ts';
import type { CliContext } from './cli-context.ts';
import { controlPathFrom, sendCommand } from './control-client.ts';
import { controlFlags, printAnswer, type ControlFlags } from './server-answer.ts';
import { replaceFile } from './replace-file.ts';

const headLine = '# Managed by `leasehold hosts export`: it is written anew each time, and what is changed here is lost.';
const head = `${headLine}
# Change these hosts with leasehold hosts add, remove and import, or over OMAPI. While the lease file has them too, it counts.
`;

export interface ExportPlan {
  readonly content: string;
  readonly isUpToDate: boolean;
  /** Names that come and go against the file as it is. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

const namesIn = (content: string): readonly string[] => Array.from(content.matchAll(/^host (.+?) \{$/gm), ([, name]) => name ?? '');

/** `present` is what the file holds; undefined when there is none. Err: it is somebody's own. */
export function planExport(text: string, present: string | undefined): Result<ExportPlan, string> {
  if (present !== undefined && present.trim() !== '' && !present.startsWith(headLine))
    return err('the file is not managed by leasehold hosts export: name one that is not there yet, and include it in dhcpd.conf');
  const content = head + text;
  const [before, after] = [new Set(namesIn(present ?? '')), new Set(namesIn(content))];
  return ok({
    content,
    isUpToDate: content === present,
    added: [...after].filter((name) => !before.has(name)),
    removed: [...before].filter((name) => !after.has(name)),
  });
}

const presentIn = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

export const exportCommand = buildCommand<ControlFlags & { readonly dryRun: boolean }, [file: string], CliContext>({
  docs: { brief: 'Write the hosts made while serving into a file for dhcpd.conf to include' },
  parameters: {
    flags: { ...controlFlags, dryRun: { kind: 'boolean', brief: 'Show the difference only', default: false } },
    positional: { kind: 'tuple', parameters: [{ parse: String, brief: 'File that this command alone writes', placeholder: 'file' }] },
  },
  async func(flags, file) {
    const answer = await sendCommand(controlPathFrom(flags.control, process.env), 'hosts.export', {});
    if (!answer.ok || !answer.value.ok) return printAnswer(this, flags, answer);
    const { count, text } = answer.value.value as { readonly count: number; readonly text: string };
    try {
      const plan = planExport(text, presentIn(file));
      if (!plan.ok) throw new Error(plan.error);
      const { content, isUpToDate, added, removed } = plan.value;
      if (!flags.dryRun && !isUpToDate) replaceFile(file, Buffer.from(content, 'latin1'));
      if (flags.json) this.out(JSON.stringify({ ok: true, value: { count, isUpToDate, added, removed } }));
      else for (const line of lines(file, count, plan.value, flags.dryRun)) this.out(line);
    } catch (error) {
      this.err(`leasehold: ${file}: ${(error as Error).message}`);
      this.exit(1);
    }
  },
});

function lines(file: string, count: number, { isUpToDate, added, removed }: ExportPlan, isDry: boolean): readonly string[] {
  if (isUpToDate) return [`${file} is up to date: ${count} hosts`];
  const differences = [...added.map((name) => `+ ${name}`), ...removed.map((name) => `- ${name}`)];
  const done = isDry ? `${file} would hold ${count} hosts` : `${file} holds ${count} hosts; dhcpd.conf shows them with: include "${file}";`;
  return [...differences, done];
}
