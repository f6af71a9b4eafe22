// `bin/dhcpd`: the server under dhcpd's name, flags, messages and exit status.

import { chownSync, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { isDaemonChild, startDaemon } from '../shell/daemon.ts';
import { ownCommandLine } from '../shell/exec.ts';
import { runningServer, writePidFile } from '../shell/pid-file.ts';
import { changeRoot, dropPrivileges, isDropped, lookUpIdentity, type Identity } from '../shell/privileges.ts';
import { leasePathDefault, type ServeSettings } from '../shell/settings.ts';
import { banner, version } from '../shell/version.ts';
import { controlPathFrom } from './control-client.ts';
import { parseDhcpdArgs, usage, type DhcpdArgs } from './dhcpd-args.ts';

export interface DhcpdParts {
  readonly serve: (settings: ServeSettings) => Promise<number>;
  /** `-t` and `-T`: prints dhcpd's messages to standard error; the exit status. */
  readonly test: (args: DhcpdArgs) => number;
}

const say = (...lines: readonly string[]): void => void process.stderr.write(`${lines.join('\n')}\n`);

/** dhcpd's way of giving up. */
function giveUp(message: string, ...rest: readonly string[]): 1 {
  say(message, ...rest, '', 'exiting.');
  return 1;
}

/** Resolves with the exit status. */
export async function runDhcpd(words: readonly string[], parts: DhcpdParts): Promise<number> {
  const command = parseDhcpdArgs(words, process.env, leasePathDefault());
  switch (command.kind) {
    case 'version':
      say(`leasehold-${version}`);
      return 0;
    case 'help':
      say(usage);
      return 0;
    case 'mistake':
      return giveUp([...banner, command.message].join('\n'), ...(command.showsUsage ? [usage] : []));
    case 'run':
      return command.args.test === 'none' ? start(command.args, parts) : parts.test(command.args);
  }
}

async function start(args: DhcpdArgs, parts: DhcpdParts): Promise<number> {
  const pidPath = args.usesPidFile ? args.pidPath : undefined;
  if (!isDropped() && pidPath !== undefined && runningServer(pidPath) !== undefined)
    return giveUp("There's already a DHCP server running.");
  if (!args.isForeground && !isDaemonChild()) return startDaemon(ownCommandLine());
  const wantsUser = args.user !== undefined || args.group !== undefined;
  if (wantsUser && !isDropped()) {
    const identity = lookUpIdentity(args.user, args.group);
    return giveUp(identity.ok ? becomeUser(identity.value, args, pidPath) : identity.error);
  }
  if (args.chroot !== undefined) {
    const problem = changeRoot(args.chroot);
    if (problem !== undefined) return giveUp(problem);
  }
  return parts.serve(settingsOf(args, pidPath));
}

/** Makes what the user will need, then starts again as that user. Returns only on failure. */
function becomeUser(identity: Identity, args: DhcpdArgs, pidPath: string | undefined): string {
  const { uid, gid } = identity;
  try {
    if (pidPath !== undefined && writePidFile(pidPath) === undefined) chownSync(pidPath, uid, gid);
    const controlFolder = dirname(controlPathOf(args));
    if (!existsSync(controlFolder)) {
      mkdirSync(controlFolder, { recursive: true, mode: 0o750 });
      chownSync(controlFolder, uid, gid);
    }
    if (existsSync(args.leasePath)) chownSync(args.leasePath, uid, gid);
  } catch (error) {
    return (error as Error).message;
  }
  return dropPrivileges(identity, args.chroot !== undefined);
}

const controlPathOf = ({ controlPath }: DhcpdArgs): string => controlPathFrom(controlPath, process.env);

const settingsOf = (args: DhcpdArgs, pidPath: string | undefined): ServeSettings => ({
  programName: 'dhcpd',
  configPath: args.configPath,
  leasePath: args.leasePath,
  pidPath,
  controlPath: controlPathOf(args),
  interfaceNames: args.interfaceNames,
  port: args.port,
  sendTo: args.sendTo,
  banner,
  log: { stderr: args.logsToStderr, syslog: true, format: process.env['LEASEHOLD_LOG'] === 'json' ? 'json' : 'text' },
  isQuiet: args.isQuiet,
  waitsForInterfaces: args.isForeground,
});
