// What leasehold.conf says of network boot, in its block `boot { … }`. Absent: this server serves no files.

import type { Ipv4 } from '../std/ipv4.ts';

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
}
