// Messages of the failover protocol as values (failover reference §1-2). The types of what we send leave no room for what
// breaks a dhcpd partner (§11.1): no number outside the tables, no option twice, one binding a message, no
// receive-timer under 6, no DDNS option.

import type { Ipv4 } from '../std/ipv4.ts';
import type { Seconds, UnixSeconds } from '../std/time.ts';
import type { AnnouncedState, BindingStatus, RejectReason, ServerState } from './failover-tables.ts';

export const failoverHeaderSize = 12;
/** Largest message that dhcpd accepts, bytes. */
export const failoverMessageSizeMax = 2048;
/** Bits of server-flags and of IP-flags. */
export const startupFlag = 0x01;
export const ipFlag = { reserved: 0x0001, bootp: 0x0002 } as const;

/** Codes from 0xf000 up with their values, in ascending order: understood by Leasehold, skipped by dhcpd. */
export type PrivateOptions = ReadonlyMap<number, Uint8Array>;

export interface FailoverHardware {
  readonly htype: number;
  readonly address: Uint8Array;
}

/** Present in every message. `time` is the sender's clock, Unix seconds. */
interface Received {
  readonly time: number;
  readonly xid: number;
  /** Empty in messages of dhcpd. */
  readonly privateOptions: PrivateOptions;
}

/** What a partner sent. `undefined` fields were absent; what then happens is policy of failover/. */
export type FailoverMessage =
  | (Received & {
      readonly kind: 'connect';
      readonly relationshipName: Uint8Array | undefined;
      readonly maxUnacked: number | undefined;
      readonly receiveTimer: Seconds | undefined;
      readonly vendorClass: string | undefined;
      readonly protocolVersion: number | undefined;
      readonly tlsRequest: number | undefined;
      readonly mclt: Seconds | undefined;
      /** Any length: a partner is told reason 18 unless there are 32 bytes. */
      readonly hashBuckets: Uint8Array | undefined;
      readonly capabilities: Uint8Array | undefined;
    })
  | (Received & {
      readonly kind: 'connectack';
      readonly relationshipName: Uint8Array | undefined;
      readonly maxUnacked: number | undefined;
      readonly receiveTimer: Seconds | undefined;
      readonly vendorClass: string | undefined;
      readonly protocolVersion: number | undefined;
      readonly tlsReply: number | undefined;
      readonly capabilities: Uint8Array | undefined;
      /** Its presence means rejected. */
      readonly rejectReason: number | undefined;
      readonly message: string | undefined;
    })
  | (Received & {
      readonly kind: 'state';
      /** undefined: `stateCode` is no state. A missing option is 0, `unknown-state`, as for dhcpd. */
      readonly state: ServerState | undefined;
      readonly stateCode: number;
      readonly isStartup: boolean;
      readonly stos: UnixSeconds | undefined;
    })
  | (Received & {
      readonly kind: 'bndupd';
      readonly address: Ipv4 | undefined;
      /** undefined: absent (`statusCode` 0) or a number that is no binding status. */
      readonly status: BindingStatus | undefined;
      readonly statusCode: number;
      readonly uid: Uint8Array | undefined;
      /** Its address may be longer than any lease can hold. */
      readonly hardware: FailoverHardware | undefined;
      readonly leaseExpiration: UnixSeconds | undefined;
      readonly potentialExpiration: UnixSeconds | undefined;
      readonly stos: UnixSeconds | undefined;
      readonly cltt: UnixSeconds | undefined;
      readonly ipFlags: number | undefined;
    })
  | (Received & {
      readonly kind: 'bndack';
      readonly address: Ipv4 | undefined;
      readonly rejectReason: number | undefined;
      readonly message: string | undefined;
    })
  | (Received & { readonly kind: 'poolresp'; readonly count: number | undefined })
  | (Received & {
      readonly kind: 'disconnect';
      readonly rejectReason: number | undefined;
      readonly message: string | undefined;
    })
  | (Received & { readonly kind: 'poolreq' | 'updreq' | 'updreqall' | 'upddone' | 'contact' });

declare const checked: unique symbol;
/** Seconds, at least 6: under 3 makes dhcpd flood CONTACT messages (§11.1 item 3). */
export type ReceiveTimer = number & { readonly [checked]: 'receive-timer' };
/** At least 1: with 0 dhcpd never sends a binding update (§11.1 item 4). */
export type UpdateWindow = number & { readonly [checked]: 'update-window' };
export const receiveTimer = (seconds: number): ReceiveTimer =>
  Math.min(Math.max(Math.floor(seconds), 6), 0xffffffff) as ReceiveTimer;
export const updateWindow = (updates: number): UpdateWindow =>
  Math.min(Math.max(Math.floor(updates), 1), 0xffffffff) as UpdateWindow;

export interface ConnectFields {
  readonly relationshipName: Uint8Array;
  readonly maxUnacked: UpdateWindow;
  readonly receiveTimer: ReceiveTimer;
  readonly vendorClass: string;
  readonly mclt: Seconds;
  /** 32 bytes, bit set = primary. */
  readonly hashBuckets: Uint8Array;
  /** Option 29, what this node can do. */
  readonly capabilities?: Uint8Array | undefined;
}

/** Values of an accepted handshake, or the reason and text of a refused one. */
export type ConnectackFields = {
  readonly vendorClass: string;
  /** The CONNECT had a TLS-request. */
  readonly hasTlsRequest: boolean;
  readonly capabilities?: Uint8Array | undefined;
} & (
  | { readonly relationshipName: Uint8Array; readonly limits: HandshakeLimits; readonly reject?: undefined }
  | {
      readonly relationshipName: Uint8Array | undefined;
      readonly limits?: HandshakeLimits | undefined;
      readonly reject: Rejection;
    }
);
export interface HandshakeLimits {
  readonly maxUnacked: UpdateWindow;
  readonly receiveTimer: ReceiveTimer;
}
export interface Rejection {
  readonly reason: RejectReason;
  readonly message: string;
}

/** A holder must be named while a lease is active, expired or released, and must not be when it is abandoned (§5.4). */
export type BindingHolder =
  | {
      readonly status: 'active' | 'expired' | 'released';
      readonly hardware: FailoverHardware;
      readonly uid: Uint8Array | undefined;
    }
  | { readonly status: 'abandoned' }
  | {
      readonly status: 'free' | 'reset' | 'backup';
      readonly hardware: FailoverHardware | undefined;
      readonly uid: Uint8Array | undefined;
    };

export type BndupdFields = BindingHolder & {
  readonly address: Ipv4;
  readonly leaseExpiration: UnixSeconds;
  readonly potentialExpiration: UnixSeconds;
  /** Start of the lease. */
  readonly stos: UnixSeconds;
  /** `unset`: never seen by us; then it is not sent. */
  readonly cltt: UnixSeconds;
  readonly isReserved: boolean;
  readonly isBootp: boolean;
};

export interface StateFields {
  /** While in startup the saved state. */
  readonly state: AnnouncedState;
  readonly isStartup: boolean;
  readonly stos: UnixSeconds;
}
