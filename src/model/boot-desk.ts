// Where the engine asks what a machine boots that boots from the network. boot/ answers; the two rooms do not know each other.

import type { Ipv4 } from '../std/ipv4.ts';
import type { Effects } from './step.ts';

/** What firmware or loader says of itself in a DHCP message. */
export interface NetworkBooter {
  /** Option 93, or what option 60 says where it is absent; in the client's order. */
  readonly architectures: readonly number[];
  /** Option 60 begins with HTTPClient: it wants a URL, and its own word back. */
  readonly isHttp: boolean;
  readonly isIpxe: boolean;
}

export interface BootClient {
  /** Six bytes. */
  readonly mac: Uint8Array;
  /** Of its host declaration; empty without one. */
  readonly hostName: string;
  readonly groups: readonly string[];
  readonly classes: readonly string[];
  readonly booter: NetworkBooter;
  /** The address it is given. */
  readonly ip: Ipv4;
  /** Where it fetches files. */
  readonly server: Ipv4;
}

export interface BootDesk {
  /** Its first file: a path below the root or a URL; undefined when it has no profile, or none for its kind. Changes nothing. */
  firstFileOf(client: BootClient): string | undefined;
  /** It was given its address: the file server is told, where that is news. */
  acknowledged(client: BootClient, effects: Effects): void;
}

/** A machine as the file server is told of it. */
export interface BootMachine {
  /** 12 hex digits in lower case. */
  readonly mac: string;
  /** Of its host declaration; empty for none. */
  readonly hostName: string;
  /** Empty while it is not known. */
  readonly ip: string;
  /** Name of the profile that fits it; empty for one that boots another one that was chosen for it. */
  readonly profile: string;
}
