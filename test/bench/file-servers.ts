// The TFTP servers of a comparison: how each is started over one folder, recognised as serving, and what it negotiates.

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasCommand } from '../../tools/debian-packages.ts';
import { dhcpdConf, serverAddress } from './servers.ts';

export interface FileServer {
  readonly name: string;
  /** What must be installed. */
  readonly command: string;
  /** What that command says of its version, where another package has one of the same name. */
  readonly version?: string;
  /** RFC 7440; the others leave the option out and send one block after another. */
  readonly hasWindows: boolean;
  /** Writes what the server needs into `folder`; its command line. `root` is world-readable. */
  prepare(folder: string, root: string, dev: string): string[];
  /** A line it says when it serves; undefined: it says nothing, and is asked for a file until it answers. */
  readonly readyLine: RegExp | undefined;
}

const leasehold: FileServer = {
  name: 'Leasehold',
  command: 'node',
  hasWindows: true,
  readyLine: /boot: serving files of/,
  prepare(folder, root, dev) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'dhcpd.conf'), dhcpdConf(256));
    writeFileSync(join(folder, 'leasehold.conf'), `boot { root "${root}"; http-port 0; }\n`);
    writeFileSync(join(folder, 'dhcpd.leases'), '');
    const files = ['-cf', join(folder, 'dhcpd.conf'), '-lf', join(folder, 'dhcpd.leases'), '-pf', join(folder, 'dhcpd.pid')];
    return ['env', `LEASEHOLD_CONTROL=${join(folder, 'control.sock')}`, join(import.meta.dirname, '../../bin/dhcpd'), '-4', '-f', '-d', ...files, dev];
  },
};

const dnsmasq: FileServer = {
  name: 'dnsmasq 2.90',
  command: 'dnsmasq',
  hasWindows: false,
  readyLine: /TFTP root is/,
  prepare: (_folder, root) => [
    ...['dnsmasq', '--no-daemon', '--conf-file=/dev/null', '--pid-file=', '--user=root', '--port=0'],
    ...['--enable-tftp', `--tftp-root=${root}`, '--tftp-max=1000'],
  ],
};

const hpa: FileServer = {
  name: 'tftpd-hpa 5.2',
  // atftpd brings a link of that name to itself.
  command: 'in.tftpd',
  version: 'tftp-hpa',
  hasWindows: false,
  readyLine: undefined,
  prepare: (_folder, root) => ['in.tftpd', '--foreground', '--listen', '--secure', '--user', 'nobody', '--address', `${serverAddress}:69`, root],
};

/** Debian allows one of atftpd and tftpd-hpa; its program is found wherever PATH says. */
const atftpd: FileServer = {
  name: 'atftpd 0.8',
  command: 'atftpd',
  hasWindows: true,
  readyLine: undefined,
  prepare: (_folder, root) => ['atftpd', '--daemon', '--no-fork', '--logfile', '/dev/null', '--maxthread', '1000', '--bind-address', serverAddress, root],
};

export const fileServers = { leasehold, dnsmasq, hpa, atftpd } as const;
export type FileServerKey = keyof typeof fileServers;

export const isInstalled = ({ command, version }: FileServer): boolean =>
  hasCommand(command) && (version === undefined || execFileSync(command, ['--version'], { encoding: 'utf8' }).includes(version));
