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

/** What a desk says of a machine. */
export interface BootAnswer {
  /** Name of its profile; empty for a machine without one. */
  readonly profile: string;
  /** Its first file, a path below the root or a URL; empty when it has no profile, or none for its kind. */
  readonly file: string;
  /** Why it will not boot from what it is told, as half a sentence; empty: nothing is known against it. */
  readonly problem: string;
}

/** What a machine was told. */
export interface BootReply {
  readonly kind: 'offer' | 'ack';
  /** Empty: none. */
  readonly file: string;
  /** siaddr. */
  readonly server: Ipv4;
  readonly answer: BootAnswer;
}

export interface BootDesk {
  /** `named`: the file that dhcpd.conf gives it, which comes first; undefined: none. Changes nothing. */
  answerFor(client: BootClient, named: string | undefined): BootAnswer;
  /** It was answered: its timeline is told and, when it has its address, the file server, where that is news. */
  replied(client: BootClient, reply: BootReply, effects: Effects): void;
  /** Whether anybody who booted from the network is still awaited as a system. */
  readonly isAwaiting: boolean;
  /** A client that does not boot from the network got its address: its timeline is told if it did so before. `mac`: six bytes. */
  systemUp(mac: Uint8Array, ip: Ipv4, effects: Effects): void;
}

/** One DHCP answer in the timeline of a machine's boot. */
export interface BootStep {
  /** 12 hex digits. */
  readonly mac: string;
  /** Of its host declaration; empty for none. */
  readonly host: string;
  readonly profile: string;
  readonly ip: string;
  readonly asker: 'firmware' | 'ipxe' | 'system';
  /** Option 93; 0 for a system, which sends none. */
  readonly architecture: number;
  readonly kind: BootReply['kind'];
  /** Empty: none. */
  readonly file: string;
  /** Dotted; empty: none. */
  readonly server: string;
  readonly problem: string;
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
