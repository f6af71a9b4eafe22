// What leasehold.conf says of network boot, in its block `boot { … }`. Absent: this server serves no files.

import type { Ipv4 } from '../std/ipv4.ts';
import type { Firmware } from './firmware.ts';
import type { Span } from './span.ts';

export interface BootSettings {
  /** Folder of the files, absolute. */
  readonly root: string;
  /** Who reads them, when the server runs as root. */
  readonly user: string;
  /** Where files are served; 0.0.0.0: on every address. */
  readonly address: Ipv4;
  /** 0: not served. */
  readonly tftpPort: number;
  readonly httpPort: number;
  /** The answering node is its clients' boot server, whatever dhcpd.conf names. */
  readonly nextServerIsSelf: boolean;
  /** The first file of a profiled machine by firmware, below the root, where it is not the usual one (firmwareRows). */
  readonly loaders: Readonly<Partial<Record<Firmware, string>>>;
  /** In file order: the first one that fits a machine is its. */
  readonly profiles: readonly BootProfile[];
}

/** What machines boot that fit one of `matches`. */
export interface BootProfile {
  readonly name: string;
  readonly matches: readonly BootMatch[];
  /** Paths below the root. */
  readonly kernel: string;
  readonly initrds: readonly string[];
  /** The kernel's command line, with `${…}` for what differs from machine to machine. */
  readonly arguments: string;
  /** A machine that has fetched all of it boots from its own disk from then on, until it is set to install again. */
  readonly isOnce: boolean;
  readonly span: Span;
}

export type BootMatch =
  /** `*` stands for any text, `?` for one character; letter case does not count. */
  | { readonly kind: 'group' | 'class'; readonly pattern: string; readonly span: Span }
  /** `isUsual`: not written, but what such hosts are called; nobody has to be. */
  | { readonly kind: 'host'; readonly pattern: string; readonly isUsual?: true; readonly span: Span }
  /** The first bytes of the MAC address, all six of one machine. */
  | { readonly kind: 'mac'; readonly prefix: Uint8Array; readonly span: Span };

/** What `${…}` in a profile's arguments may name. */
export const profileVariables = ['hostname', 'ip', 'mac', 'node'] as const;
export type ProfileVariable = (typeof profileVariables)[number];
