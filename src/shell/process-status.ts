// What the process knows and the core does not: sockets, packets, the disk. The control socket answers it as `server.status`.

export interface ProcessStatus {
  readonly version: string;
  readonly pid: number;
  readonly upSeconds: number;
  readonly interfaces: readonly string[];
  /** False: received by UDP, behind the firewall. */
  readonly isRaw: boolean;
  readonly packets: number;
  /** Packets that were no DHCP message, by reason. */
  readonly drops: Readonly<Record<string, number>>;
  readonly quarantined: number;
  readonly brokenInvariants: number;
  /** Groups of records made durable, and how many of them took more than 50 ms. */
  readonly commits: number;
  readonly slowCommits: number;
  readonly leaseFile: string;
  readonly leaseFileSize: number;
  /** `undefined` while leases can be made durable. */
  readonly storageFault: string | undefined;
  readonly tcpLinks: number;
  readonly logLinesLost: number;
}
