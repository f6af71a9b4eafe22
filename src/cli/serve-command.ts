// `leasehold serve`: the server under its own command line.

import { buildCommand } from '@stricli/core';
import { controlPathFrom } from './control-client.ts';
import type { CliContext } from './cli-context.ts';
import { serverPort } from './flag-values.ts';
import { banner } from '../shell/version.ts';
import { configPathDefault, leasePathDefault, pidPathDefault, type ServeSettings } from '../shell/settings.ts';

interface ServeFlags {
  readonly config: string;
  readonly leases: string | undefined;
  readonly pid: string;
  readonly noPid: boolean;
  readonly control: string | undefined;
  readonly port: number | undefined;
  readonly log: 'stderr' | 'syslog' | 'json';
}

const path = (brief: string) => ({ kind: 'parsed', parse: String, brief, placeholder: 'FILE' }) as const;

/** `serve` resolves when the server has stopped, with its exit status. */
export const serveCommand = (serve: (settings: ServeSettings) => Promise<number>) =>
  buildCommand<ServeFlags, string[], CliContext>({
    docs: { brief: 'Serve DHCP in the foreground' },
    parameters: {
      flags: {
        config: { ...path('Configuration file'), default: configPathDefault },
        leases: { ...path('Lease file, where the configuration names none'), optional: true },
        pid: { ...path('Pid file'), default: pidPathDefault },
        noPid: { kind: 'boolean', brief: 'No pid file', default: false, withNegated: false },
        control: { ...path('Control socket'), optional: true },
        port: { kind: 'parsed', parse: serverPort, brief: 'UDP port', optional: true, placeholder: 'PORT' },
        log: { kind: 'enum', values: ['stderr', 'syslog', 'json'], brief: 'Where lines go; json is standard error too', default: 'stderr' },
      },
      positional: {
        kind: 'array',
        parameter: { parse: String, brief: 'Interfaces; without any, those with a declared subnet', placeholder: 'interface' },
      },
      aliases: { c: 'config', l: 'leases', p: 'port' },
    },
    async func(flags, ...interfaceNames) {
      const status = await serve({
        programName: 'leasehold',
        configPath: flags.config,
        leasePath: flags.leases ?? leasePathDefault(),
        pidPath: flags.noPid ? undefined : flags.pid,
        controlPath: controlPathFrom(flags.control, process.env),
        interfaceNames,
        port: flags.port,
        sendTo: undefined,
        log: { stderr: flags.log !== 'syslog', syslog: flags.log === 'syslog', format: flags.log === 'json' ? 'json' : 'text' },
        banner,
        isQuiet: false,
        waitsForInterfaces: true,
      });
      this.process.exitCode = status;
    },
  });
