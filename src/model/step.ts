// The contract between the pure core and its shell: events in, lanes of effects out.

import type { ByteWriter } from '../std/bytes.ts';
import type { Ipv4 } from '../std/ipv4.ts';
import type { MonoMillis, Now } from '../std/time.ts';
import type { CertificateFacts, ChannelCertificate } from '../wire/channel-certificate.ts';
import type { DhcpView } from '../wire/dhcp-view.ts';
import type { BootChoice, BootFetched } from './boot-choice.ts';
import type { BootMachine, BootStep } from './boot-desk.ts';
import type { BootTreeFile } from './boot-tree.ts';
import type { FenceSettings, WitnessSettings } from './evidence-settings.ts';
import type { LogLane } from './log-lane.ts';
import type { ServerConfig } from './server-config.ts';

/** An interface as the kernel has it now. `index` is the kernel's ifindex. */
export interface Interface {
  readonly index: number;
  readonly name: string;
  readonly mac: Uint8Array;
  readonly addresses: readonly { readonly address: Ipv4; readonly mask: Ipv4 }[];
  readonly isUp: boolean;
}

/**
 * One received DHCP message. PERF: one per receive slot, refilled; nothing of it outlives the step.
 * `view` has been checked: its getters cannot fail.
 */
export interface PacketIn {
  view: DhcpView;
  ifindex: number;
  /** IP source and UDP source port; 0.0.0.0 for a client without an address. */
  source: Ipv4;
  sourcePort: number;
  destination: Ipv4;
}

/** Link numbers are given by the shell, never reused within a process. */
export type LinkId = number;
export type RequestId = number;
export type SessionId = number;

export type NodeEvent =
  /** The first event, once; then `interfaces`. */
  | { readonly kind: 'start'; readonly now: Now }
  | { readonly kind: 'packet'; readonly packet: PacketIn; readonly now: Now }
  | { readonly kind: 'tick'; readonly now: Now }
  | { readonly kind: 'committed'; readonly group: number; readonly now: Now }
  /** Nothing of the group may be believed durable; its afterCommit lane was discarded. */
  | {
      readonly kind: 'commit-failed';
      readonly group: number;
      readonly reason: 'full' | 'write' | 'sync';
      readonly detail: string;
      readonly now: Now;
    }
  /** The whole state was rewritten durably after a failed write: leasing may resume. */
  | { readonly kind: 'storage-restored'; readonly now: Now }
  | { readonly kind: 'interfaces'; readonly interfaces: readonly Interface[]; readonly now: Now }
  | { readonly kind: 'reload'; readonly config: ServerConfig; readonly now: Now }
  /** The wall clock jumped: new minus expected, seconds. */
  | { readonly kind: 'clock-step'; readonly deltaSeconds: number; readonly now: Now }
  /** What the kernel says of this machine's clock (NTP); at start and whenever it changes. */
  | { readonly kind: 'clock-sync'; readonly isSynced: boolean; readonly now: Now }
  | {
      readonly kind: 'link-open';
      readonly link: LinkId;
      /** The request that asked for it, or undefined when the partner connected to us. */
      readonly request: RequestId | undefined;
      readonly local: Ipv4;
      /** Tells the listeners apart (failover, OMAPI); absent for links that we opened. */
      readonly localPort?: number;
      readonly remote: Ipv4;
      readonly now: Now;
    }
  | { readonly kind: 'link-data'; readonly link: LinkId; readonly bytes: Uint8Array; readonly now: Now }
  /** The link is secured: what comes and goes from now on is encrypted. `cipher` as TLS names it. */
  | ({ readonly kind: 'link-secured'; readonly link: LinkId; readonly cipher: string; readonly now: Now } & SecuredProof)
  | { readonly kind: 'link-closed'; readonly link: LinkId; readonly detail: string; readonly now: Now }
  | { readonly kind: 'answer'; readonly request: RequestId; readonly answer: Answer; readonly now: Now }
  /** A machine has fetched everything that it boots from the network. */
  | { readonly kind: 'boot-fetched'; readonly fetched: BootFetched; readonly now: Now }
  /** A command of the local control socket or the command line; replied to in a lane. */
  | {
      readonly kind: 'command';
      readonly session: SessionId;
      readonly command: Command;
      readonly now: Now;
    }
  /** What boot files this node serves, when that changed; undefined: none. */
  | { readonly kind: 'boot-files'; readonly files: readonly BootTreeFile[] | undefined; readonly now: Now }
  | { readonly kind: 'stop'; readonly now: Now };

/** Who is at the other end, where it proves itself by a certificate. */
export interface SecuredProof {
  readonly partner: CertificateFacts | undefined;
  /** Why it is not believed: nothing but this may be said on the link. */
  readonly refusal: string | undefined;
}
export type SecuredBy =
  | { readonly kind: 'key'; readonly identity: string; readonly psk: Uint8Array }
  | { readonly kind: 'certificate'; readonly own: ChannelCertificate };

/** Things only the outside can do. Each that has an id is answered later by an `answer` event with the same. */
export type Request =
  | { readonly kind: 'ping'; readonly id: RequestId; readonly address: Ipv4; readonly timeoutMillis: number }
  | { readonly kind: 'resolve'; readonly id: RequestId; readonly name: string }
  /** The name of an address. */
  | { readonly kind: 'reverse'; readonly id: RequestId; readonly address: Ipv4 }
  | { readonly kind: 'listen'; readonly id: RequestId; readonly address: Ipv4; readonly port: number }
  | {
      readonly kind: 'connect';
      readonly id: RequestId;
      readonly local: Ipv4;
      readonly remote: Ipv4;
      readonly port: number;
    }
  /** The listener goes, connections that came by it stay. */
  | { readonly kind: 'unlisten'; readonly address: Ipv4; readonly port: number }
  /** TLS 1.3 from now on, with a pre-shared key or certificates; answered by `link-secured`, or `link-closed` when it fails. */
  | { readonly kind: 'secure'; readonly link: LinkId; readonly isClient: boolean; readonly by: SecuredBy }
  /** Flush what was written to the link, then close it; who is to blame for that may connect less often. */
  | { readonly kind: 'close'; readonly link: LinkId; readonly isBlamed?: boolean }
  /** The file server learns who a machine with a boot profile is; nothing is answered. */
  | { readonly kind: 'boot-machine'; readonly machine: BootMachine }
  /** What a machine that boots from the network was answered, for `leasehold boot status`. */
  | { readonly kind: 'boot-step'; readonly step: BootStep }
  /** A piece of a boot file, for the partner. */
  | { readonly kind: 'boot-read'; readonly id: RequestId; readonly path: string; readonly from: number; readonly count: number }
  /**
   * A piece of a boot file of the partner's, in order from 0 on; the one that ends at `size` makes it a file, if the whole has the
   * digest. A file is there whole or as before.
   */
  | {
      readonly kind: 'boot-write';
      readonly id: RequestId;
      readonly path: string;
      readonly from: number;
      readonly piece: Uint8Array;
      readonly size: number;
      readonly digest: string;
    }
  /** The boot files may have changed: look at once, and tell by `boot-files`. */
  | { readonly kind: 'boot-look' }
  /** The file server learns what was set for machines; nothing is answered. */
  | { readonly kind: 'boot-choices'; readonly choices: readonly BootChoice[] }
  /** Does anything answer at this port? Also a refusal is an answer of the machine. */
  | { readonly kind: 'probe'; readonly id: RequestId; readonly local: Ipv4; readonly remote: Ipv4; readonly port: number; readonly timeoutMillis: number }
  /** The command that powers the partner's machine off; `environment` is added to the little that it gets. */
  | { readonly kind: 'fence'; readonly id: RequestId; readonly fence: FenceSettings; readonly environment: Readonly<Record<string, string>> }
  /**
   * The claim on the witness, held by the role that stands in it. `claim`: ours, unless the partner has it. `seize`: ours, whoever has
   * it. `release`: nobody's, if it is ours. `look`: whose it is. `token` is another one each time.
   */
  | {
      readonly kind: 'witness';
      readonly id: RequestId;
      readonly act: 'claim' | 'seize' | 'release' | 'look';
      readonly witness: WitnessSettings;
      readonly holder: 'primary' | 'secondary';
      readonly token: string;
    }
  /** The core wants the lease file rewritten (clock step, many dead records). */
  | { readonly kind: 'compact' }
  /** End the process in good order. */
  | { readonly kind: 'stop' }
  | {
      readonly kind: 'run';
      readonly id: RequestId;
      readonly command: string;
      readonly arguments: readonly string[];
      readonly timeoutMillis: number;
    };

export type Answer =
  | { readonly kind: 'ping'; readonly isAlive: boolean }
  | { readonly kind: 'resolve'; readonly addresses: readonly Ipv4[] | undefined; readonly detail: string }
  /** Undefined: it has none, or the resolver is silent. */
  | { readonly kind: 'reverse'; readonly name: string | undefined }
  | { readonly kind: 'listen'; readonly isListening: boolean; readonly detail: string }
  /** `isImmediate`: refused here, before a packet left (no route, address not ours). `detail` is an errno name. */
  | { readonly kind: 'connect-failed'; readonly detail: string; readonly isImmediate: boolean }
  /** `problem`: why it failed, empty when it did not. */
  | { readonly kind: 'boot-read'; readonly piece: Uint8Array; readonly problem: string }
  | { readonly kind: 'boot-write'; readonly problem: string }
  | { readonly kind: 'probe'; readonly isAlive: boolean; readonly detail: string }
  /** `detail`: what it printed last, or why it did not end with 0. */
  | { readonly kind: 'fence'; readonly isOff: boolean; readonly detail: string }
  /** `failed`: nothing is known, and what was asked for may have happened all the same. */
  | { readonly kind: 'witness'; readonly outcome: 'ours' | 'theirs' | 'free' | 'failed'; readonly detail: string }
  | { readonly kind: 'run'; readonly status: number; readonly detail: string };

/** Named operations of operators; `control/` has the table of them. */
export interface Command {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** `root` or `uid 1000 (alice)` of the control socket, key and address of OMAPI. */
  readonly who: string;
}

/** A frame being built; `bytes` is the DHCP payload area of a send slot that the shell owns. */
export interface FrameOut {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Bytes of payload in use. */
  size: number;
  /** `raw`: Ethernet frame to `mac` out of `ifindex`; `routed`: the kernel's routing and ARP. */
  path: 'raw' | 'routed';
  ifindex: number;
  /** Where the 6 bytes of the destination MAC are copied; broadcast for `ff:…`. */
  readonly mac: Uint8Array;
  source: Ipv4;
  destination: Ipv4;
  destinationPort: number;
}

/** Frames and bytes that leave together, in order. */
export interface SendLane {
  /** Next free send slot, zeroed addressing; undefined when the lane is full: the caller drops and counts. */
  frame(): FrameOut | undefined;
  /** Bytes appended to one TCP link's stream. */
  link(link: LinkId): ByteWriter;
  /** A reply to a command session: a JSON value. */
  reply(session: SessionId, value: unknown): void;
}

export interface Effects {
  /** Complete records of dhcpd.leases text; the shell closes the group. */
  readonly journal: ByteWriter;
  /** Leaves at once: OFFER, NAK, CONTACT, reserved hosts' ACK (P3). */
  readonly now: SendLane;
  /** Leaves when everything in `journal` so far is durable (P1): ACK of a lease, BNDUPD, BNDACK, STATE, control replies. */
  readonly afterCommit: SendLane;
  readonly requests: Request[];
  readonly log: LogLane;
}

export interface Node {
  /** Never throws for anything a packet, partner, client or operator sends. */
  step(event: NodeEvent, effects: Effects): void;
  /** When the next `tick` is due. */
  readonly deadline: MonoMillis;
  /** Serving may be announced: every configured name was resolved, or three seconds passed. */
  readonly isReady: boolean;
  /** What `reload` with this configuration would make dangerously different from the partner; a question, nothing changes. */
  dangersOf(config: ServerConfig): readonly string[];
  /**
   * Rewrite of the lease file in slices: appends complete records from `cursor` on, about `sizeWanted` bytes,
   * and returns the cursor to go on with, or -1 when all is written. Cursor 0 starts.
   */
  snapshot(cursor: number, sizeWanted: number, out: ByteWriter): number;
}
