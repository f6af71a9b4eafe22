// The process that serves boot files. It has no leases, no keys and no capability: it opens its two ports, becomes a user who
// may only read, and is started again by the server if it dies. It ends with the server, whose end it reads from its input.

import type { Ipv4 } from '../../std/ipv4.ts';
import { getPriority, setPriority } from 'node:os';
import { lookUpIdentity, replaceAsPlainUser } from '../privileges.ts';
import { BootProgress } from '../../boot/boot-progress.ts';
import { MachineFiles } from '../../boot/machine-files.ts';
import { BootFiles } from './boot-files.ts';
import { readLines, type ChildMessage, type ParentMessage } from './boot-channel.ts';
import { openHttpSocket, openTftpSocket } from './boot-sockets.ts';
import type { FileReport } from './file-report.ts';
import { FloodWatch } from './flood-watch.ts';
import { startHttpServer } from './http-server.ts';
import { ReportLimit } from './report-limit.ts';
import { TftpServer } from './tftp-server.ts';
import { TreeDigests } from './tree-digests.ts';
import { TreeWatch } from './tree-watch.ts';

export interface FileServerSettings {
  readonly root: string;
  readonly address: Ipv4;
  /** 0: not served. */
  readonly tftpPort: number;
  readonly httpPort: number;
  /** Who reads the files, when the process was started by root. */
  readonly user: string;
}

/** The descriptors of the second image: `tftp,http`, -1 for none. */
const marker = 'LEASEHOLD_BOOT_SOCKETS';
/** Below the server's own: DHCP comes first on a busy machine. */
const niceness = 5;

const tell = (message: ChildMessage): void => void process.stdout.write(`${JSON.stringify(message)}\n`);

/** Resolves when the server is gone, with the exit status. */
export async function runFileServer(settings: FileServerSettings): Promise<number> {
  const handed = process.env[marker];
  if (handed === undefined) return prepare(settings);
  const [tftp = -1, http = -1] = handed.split(',').map(Number);
  setPriority(Math.min(getPriority() + niceness, 19));
  return serveFiles(settings, tftp, http);
}

/** Opens the ports and becomes another process; returns only on failure. */
function prepare({ address, tftpPort, httpPort, user }: FileServerSettings): number {
  const open = (port: number, from: (address: Ipv4, port: number) => number | string): number => {
    const fd = port === 0 ? -1 : from(address, port);
    if (typeof fd === 'number') return fd;
    tell({ kind: 'problem', line: `${fd}: another server has it? Files are not served there` });
    return -1;
  };
  const sockets = [open(tftpPort, openTftpSocket), open(httpPort, openHttpSocket)];
  const identity = process.getuid?.() === 0 ? lookUpIdentity(user, undefined) : undefined;
  const problem =
    identity?.ok === false
      ? identity.error
      : replaceAsPlainUser(identity?.value, { ...process.env, [marker]: sockets.join(',') }, sockets.filter((fd) => fd >= 0));
  tell({ kind: 'problem', line: problem });
  return 1;
}

async function serveFiles(settings: FileServerSettings, tftp: number, http: number): Promise<number> {
  const machines = new MachineFiles();
  const files = new BootFiles(settings.root, machines);
  const watch = new TreeWatch(new TreeDigests(settings.root), tell);
  const limit = new ReportLimit(tell);
  const report = watched(new BootProgress(machines), (one) => limit.take(one, performance.now()));
  const gone = new Promise<void>((resolve) => process.stdin.once('close', resolve).once('end', resolve));
  // Requests wait in the sockets until we know the machines: a miss now would be a boot that fails.
  await Promise.race([gone, new Promise<void>((resolve) => readLines<ParentMessage>(process.stdin, (message) => learn(machines, message, watch, resolve)))]);
  const tftpServer = tftp < 0 ? undefined : new TftpServer(tftp, files, report, new FloodWatch((isOver) => tell({ kind: 'flood', isOver })));
  const httpServer = http < 0 ? undefined : startHttpServer(http, files, report);
  const places = [...(tftp < 0 ? [] : [`TFTP port ${settings.tftpPort}`]), ...(http < 0 ? [] : [`HTTP port ${settings.httpPort}`])];
  tell({ kind: 'ready', line: `serving files of ${settings.root} on ${places.join(' and ') || 'no port'}` });
  await gone;
  tftpServer?.close();
  httpServer?.closeAllConnections();
  httpServer?.close();
  return 0;
}

function learn(machines: MachineFiles, message: ParentMessage, watch: TreeWatch, onComplete: () => void): void {
  switch (message.kind) {
    case 'profiles': machines.setProfiles(message.profiles); return;
    case 'machines': for (const machine of message.machines) machines.put(machine); return;
    case 'choices': for (const choice of message.choices) machines.choose(choice); return;
    case 'complete': onComplete(); return;
    case 'look': watch.look(); return;
    default: message satisfies never;
  }
}

/** A boot that is complete is told whatever else is. */
const watched =
  (progress: BootProgress, next: (report: FileReport) => void) =>
  (report: FileReport): void => {
    const fetched = report.outcome === 'sent' ? progress.sent(report) : undefined;
    next(report);
    if (fetched !== undefined) tell({ kind: 'fetched', fetched });
  };
