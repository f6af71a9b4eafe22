// `leasehold boot import` under stricli, with the disk and the running server behind it.

import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { buildCommand } from '@stricli/core';
import type { CliContext, ExitStatus } from '../cli-context.ts';
import { controlFlags, type ControlFlags } from '../server-answer.ts';
import { carryOut, knownHosts } from '../host-commands.ts';
import { planHosts, type HostRow } from '../host-import.ts';
import { leaseholdConfOf } from '../load-for-serving.ts';
import { readConfigText } from '../read-config.ts';
import { placeOf } from '../render-diagnostic.ts';
import { replaceFile } from '../replace-file.ts';
import { runImport, type ImportArgs, type ImportCli } from './boot-import.ts';
import type { ImportedHost } from './imported.ts';

type Flags = ControlFlags & Omit<ImportArgs, 'files' | 'leaseholdConf'>;
const path = (brief: string) => ({ kind: 'parsed', parse: String, brief, optional: true, placeholder: 'FILE' }) as const;
const flag = (brief: string) => ({ kind: 'boolean', brief, default: false }) as const;

function writeText(target: string, text: string): string | undefined {
  try {
    mkdirSync(dirname(target), { recursive: true });
    replaceFile(target, Buffer.from(text));
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** In the words of the lease file, so that a second import finds it as it is. */
const rowOf = ({ name, mac, address, span }: ImportedHost): HostRow => ({
  line: placeOf(span).line,
  host: { name, hardware: mac, ...(address === '' ? {} : { addresses: [address] }), statements: `supersede host-name = "${name}";` },
});

function cliOf(context: CliContext, flags: Flags): ImportCli {
  return {
    readText: readConfigText, writeText,
    out: (text) => context.out(text),
    err: (text) => context.err(text),
    confirm: (question) => context.confirm(question),
    makeHosts: async (hosts, how) => {
      const known = await knownHosts(context, flags);
      // JSON has been printed; what is said of the hosts is for people.
      const told = how.json ? { ...context, out: (text: string) => context.err(text) } : context;
      if (known !== undefined) await carryOut(told, { ...flags, ...how, json: false }, planHosts(hosts.map(rowOf), known));
      return Number(context.process.exitCode ?? 0) as ExitStatus;
    },
  };
}

export const importCommand = buildCommand<Flags, readonly string[], CliContext>({
  docs: {
    brief: 'Make host declarations and boot profiles from installers’ files; the difference is shown first',
    fullDescription:
      'Make host declarations and boot profiles from agent-config.yaml, install-config.yaml, vars.yaml of ocp4-helpernode, or CSV with a\nheading such as name,mac,ip,role,disk. Several files of one cluster complete each other. Two files are written, for dhcpd.conf and\nleasehold.conf to include; what they held is replaced. With --dynamic hosts are made in the running server in place of the first.',
  },
  parameters: {
    flags: {
      ...controlFlags,
      config: { kind: 'parsed', parse: String, brief: 'Configuration file', default: '/etc/dhcp/dhcpd.conf', placeholder: 'FILE' },
      hosts: path('Host declarations are written here; without it beside the configuration, as CLUSTER-hosts.conf'),
      profiles: path('Boot profiles are written here; without it beside the configuration, as CLUSTER-boot.conf'),
      name: { kind: 'parsed', parse: String, brief: 'Name of the cluster; without it as the files say', optional: true, placeholder: 'NAME' },
      dynamic: flag('Make the hosts in the running server'),
      dryRun: flag('Show the difference only'),
      yes: flag('Do not ask'),
    },
    positional: { kind: 'array', minimum: 1, parameter: { parse: String, brief: 'File to import', placeholder: 'file' } },
  },
  async func(flags, ...files) {
    const { config, hosts, profiles, name, dynamic, dryRun, yes, json } = flags;
    const optional = { ...(hosts === undefined ? {} : { hosts }), ...(profiles === undefined ? {} : { profiles }), ...(name === undefined ? {} : { name }) };
    this.exit(await runImport({ files, config, leaseholdConf: leaseholdConfOf(config), dynamic, dryRun, yes, json, ...optional }, cliOf(this, flags)));
  },
});
