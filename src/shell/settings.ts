// How a server was asked to run, whichever command line said it.

import { existsSync } from 'node:fs';
import type { ServerConfig } from '../model/server-config.ts';
import type { Ipv4 } from '../std/ipv4.ts';
import type { Result } from '../std/result.ts';

export interface ServeSettings {
  /** For messages and syslog: `dhcpd` or `leasehold`. */
  readonly programName: string;
  readonly configPath: string;
  /** `lease-file-name` in the configuration outranks it. */
  readonly leasePath: string;
  /** undefined: no pid file, and no check for a running server. `pid-file-name` outranks a path. */
  readonly pidPath: string | undefined;
  readonly controlPath: string | undefined;
  readonly interfaceNames: readonly string[];
  /** undefined: what the configuration says, else 67. */
  readonly port: number | undefined;
  readonly sendTo: Ipv4 | undefined;
  /** Until the server serves, lines go to standard error too, as dhcpd's do. `json` replaces the text of dhcpd's lines by objects. */
  readonly log: { readonly stderr: boolean; readonly syslog: boolean; readonly format: 'text' | 'json' };
  /** First lines of the log. */
  readonly banner: readonly string[];
  /** Neither banner nor files nor interfaces are told. */
  readonly isQuiet: boolean;
  /** Without an interface to serve: wait for one, or give up as dhcpd does. */
  readonly waitsForInterfaces: boolean;
}

export interface LoadedForServing {
  readonly config: ServerConfig;
  /** What the operator should know of it, a line each; no errors. */
  readonly remarks: readonly string[];
}
export interface LoadRefusal {
  /** All that is wrong with it, for a start that fails. */
  readonly lines: readonly string[];
  /** The first of it in one line, for a reload that is refused. */
  readonly summary: string;
}
/** What reading a configuration depends on. */
export type ReadSettings = Pick<ServeSettings, 'programName' | 'configPath' | 'leasePath' | 'pidPath'>;
/** Reads the configuration. */
export type LoadForServing = () => Result<LoadedForServing, LoadRefusal>;

/** Where this distribution keeps the lease file: Red Hat's place when it exists, else Debian's. */
export const leasePathDefault = (): string =>
  existsSync('/var/lib/dhcpd') ? '/var/lib/dhcpd/dhcpd.leases' : '/var/lib/dhcp/dhcpd.leases';

export const configPathDefault = '/etc/dhcp/dhcpd.conf';
export const pidPathDefault = '/var/run/dhcpd.pid';
