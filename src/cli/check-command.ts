// `leasehold check` under stricli: flags to arguments, files of the disk.

import { randomBytes } from 'node:crypto';
import { buildCommand } from '@stricli/core';
import { runCheck } from './check.ts';
import type { CliContext } from './cli-context.ts';
import { controlPathFrom, sendCommand } from './control-client.ts';
import { controlFlags, printAnswer } from './server-answer.ts';
import { machine, readConfigText, writeConfigText } from './read-config.ts';
import { loadConfig } from '../config/load-config.ts';
import { resolveNames } from './resolve-names.ts';
import { driftStatus, renderDrift } from './render-drift.ts';

interface CheckFlags {
  readonly peer?: string;
  readonly settings?: string;
  readonly live: boolean;
  readonly control: string | undefined;
  readonly json: boolean;
  readonly fix: boolean;
  readonly format: boolean;
  readonly resolve: boolean;
}

function namesOf(path: string | undefined): readonly string[] {
  const loaded = path === undefined ? undefined : loadConfig({ path, read: readConfigText });
  return loaded?.ok === true ? loaded.value.draft.config.hostNames : [];
}

export const checkCommand = buildCommand<CheckFlags, [file: string], CliContext>({
  docs: {
    brief: 'Check a configuration and print every problem found, most important first',
    fullDescription:
      'Check a configuration and print every problem found, most important first.\nEnds with 0 when there is nothing to do, 1 with problems, 2 when a file cannot be read.\n`# leasehold: allow L2009` behind or above a line silences a remark about it.\nWith --live no file is read: the running server and its failover partner are compared as they are.',
  },
  parameters: {
    flags: {
      peer: {
        kind: 'parsed',
        parse: String,
        brief: "The partner's file: compare what must agree",
        optional: true,
        placeholder: 'FILE',
      },
      settings: {
        kind: 'parsed',
        parse: String,
        brief: 'leasehold.conf, if it is not beside the file',
        optional: true,
        placeholder: 'FILE',
      },
      live: { kind: 'boolean', brief: 'Ask the running server where its configuration differs from that of its partner', default: false },
      control: controlFlags.control,
      json: { kind: 'boolean', brief: 'For machines', default: false },
      fix: { kind: 'boolean', brief: 'Correct what needs no thought', default: false },
      format: { kind: 'boolean', brief: 'Put indentation and empty lines in order', default: false },
      resolve: { kind: 'boolean', brief: 'Ask the resolver of this machine for the names of the files', default: false },
    },
    positional: {
      kind: 'tuple',
      parameters: [
        { parse: String, brief: 'dhcpd.conf', default: '/etc/dhcp/dhcpd.conf', placeholder: 'file' },
      ],
    },
  },
  async func({ peer, settings, live, control, json, fix, format, resolve }, file) {
    if (live) {
      const answer = await sendCommand(controlPathFrom(control, process.env), 'failover.drift', {});
      printAnswer(this, { json, control }, answer, renderDrift);
      if (answer.ok && answer.value.ok) this.exit(driftStatus(answer.value.value));
      return;
    }
    const names = resolve ? [file, peer].flatMap((path) => namesOf(path)) : [];
    const status = runCheck(
      {
        file,
        json,
        fix,
        format,
        ...(peer === undefined ? {} : { peer }),
        ...(settings === undefined ? {} : { leaseholdConf: settings }),
      },
      {
        out: (text) => this.out(text),
        err: (text) => this.err(text),
        readText: readConfigText, outside: machine(),
        writeText: writeConfigText,
        newSecret: (size) => randomBytes(size).toString('base64'),
        ...(resolve ? { resolves: await resolveNames(names) } : {}),
      },
    );
    this.exit(status);
  },
});
