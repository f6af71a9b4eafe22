// One address and its holder as a cold record: what replay, failover updates, commands and tests exchange.
// The packet path never builds one; it works on rows of lease/lease-table.ts.

import type { Ipv4 } from '../std/ipv4.ts';
import type { Seconds, UnixSeconds } from '../std/time.ts';
import {
  addSeconds,
  forever,
  infinite,
  latest,
  secondsBetween,
  toIscWire,
} from '../std/time.ts';
import type { BindingState } from './binding-state.ts';
import type { Hardware } from './hardware.ts';

export type VariableValue =
  | { readonly kind: 'data'; readonly bytes: Uint8Array }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean };

/** Rare attachments of a lease; `undefined` and empty mean absent. */
export interface LeaseExtras {
  /** `set NAME = VALUE;`, newest first as dhcpd writes them. */
  readonly variables: readonly { readonly name: string; readonly value: VariableValue }[];
  /** Raw option 82 payload that was stashed. */
  readonly agentOptions: Uint8Array | undefined;
  /** Option 12, only when printable without quote and backslash. */
  readonly clientHostname: string | undefined;
  readonly billing:
    { readonly className: string; readonly subclassKey: Uint8Array | undefined } | undefined;
  /** Text of `on expiry/release` handlers, as written in the lease file. */
  readonly handlers: string | undefined;
}

/**
 * Variables that hold options 60 and 77 of the client's last request. dhcpd keeps the first itself; the second has the name that
 * configurations give option 77, because dhcpd refuses a variable with a keyword's name (`user-class`).
 */
export const clientClassVariables = { vendor: 'vendor-class-identifier', user: 'user-class-identifier' } as const;

/** What the client said of its class, as it sent it. */
export function clientClassOf(extras: LeaseExtras | undefined, which: keyof typeof clientClassVariables): Uint8Array | undefined {
  const value = extras?.variables.find(({ name }) => name === clientClassVariables[which])?.value;
  return value?.kind === 'data' ? value.bytes : undefined;
}

export interface Lease {
  readonly ip: Ipv4;
  readonly state: BindingState;
  /** Where the timer takes it; absent when equal to `state`. */
  readonly nextState: BindingState | undefined;
  /** The most conservative state the partner may believe; absent when equal to `state`. */
  readonly rewindState: BindingState | undefined;
  readonly starts: UnixSeconds;
  readonly ends: UnixSeconds;
  /** time sent to partner: the last potential expiry we sent. */
  readonly tstp: UnixSeconds;
  /** time sent from partner: the potential expiry both agree on. */
  readonly tsfp: UnixSeconds;
  /** the potential expiry the partner acknowledged; unset means it is not up to date. */
  readonly atsfp: UnixSeconds;
  /** client last transaction time. */
  readonly cltt: UnixSeconds;
  readonly hardware: Hardware | undefined;
  readonly uid: Uint8Array | undefined;
  readonly isReserved: boolean;
  readonly isBootp: boolean;
  readonly extras: LeaseExtras | undefined;
}

/**
 * Longest term we may grant now (failover-12 §12.8; reference §5.2): the wish when it is within MCLT, else at most
 * MCLT beyond what the partner has acknowledged. `forever` acknowledged lifts the limit (P4).
 */
export function grantLimit(
  wish: Seconds,
  tsfp: UnixSeconds,
  now: UnixSeconds,
  mclt: Seconds,
): Seconds {
  if (wish <= mclt || tsfp === forever) return wish;
  const acknowledged = secondsBetween(now, latest(tsfp, now));
  return Math.min(wish, acknowledged + mclt) as Seconds;
}

/** Potential expiry to announce with a grant: now + wish + half of what was granted (reference §5.2). */
export const potentialExpiry = (now: UnixSeconds, wish: Seconds, granted: Seconds): UnixSeconds =>
  wish === infinite
    ? forever
    : addSeconds(addSeconds(now, wish), Math.floor(granted / 2) as Seconds);

/** Potential expiry as the partner stores it; equal ones need no new update. */
export const announcedExpiry = (time: UnixSeconds): number => toIscWire(time);
