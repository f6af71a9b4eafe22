// What every command gets: the two output streams, and its exit status. 0 clean, 1 problems found, 2 could not run.

import type { CommandContext, StricliProcess } from '@stricli/core';
import { createInterface } from 'node:readline/promises';

export type ExitStatus = 0 | 1 | 2;

export interface CliContext extends CommandContext {
  readonly process: StricliProcess;
  out(text: string): void;
  err(text: string): void;
  exit(status: ExitStatus): void;
  /** Asks on the terminal; false without one. */
  confirm(question: string): Promise<boolean>;
}

export function cliContext(): CliContext {
  const { stdout, stderr, stdin, env } = process;
  const own: StricliProcess = { stdout, stderr, env };
  return {
    process: own,
    out: (text) => void stdout.write(`${text}\n`),
    err: (text) => void stderr.write(`${text}\n`),
    exit: (status) => {
      own.exitCode = status;
    },
    confirm: async (question) => {
      if (!stdin.isTTY || !stderr.isTTY) return false;
      const terminal = createInterface({ input: stdin, output: stderr });
      const answer = await terminal.question(`${question} [y/N] `);
      terminal.close();
      return /^y(es)?$/i.test(answer.trim());
    },
  };
}
