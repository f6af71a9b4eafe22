// What every kind of OMAPI object is to a session: found by its keys, shown, changed, removed. An object is named by a string
// within its kind (a host's name, a lease's address), looked up again each time it is used: none is ever held.

import type { Result } from '../../std/result.ts';
import type { Now } from '../../std/time.ts';
import type { FailoverView } from '../../model/failover-view.ts';
import type { Command, Effects, Interface } from '../../model/step.ts';
import type { ServerConfig } from '../../model/server-config.ts';
import type { LeaseStore } from '../../lease/lease-store.ts';
import type { OmapiPairs } from '../../wire/omapi-message.ts';
import type { CommandAnswer } from '../command-table.ts';

/** What the outside of control gives to the kinds. */
export interface OmapiWorld {
  readonly store: LeaseStore;
  readonly config: () => ServerConfig;
  readonly interfaces: () => readonly Interface[];
  readonly failoverViews: (now: Now) => readonly FailoverView[];
  /** The lease file has other classes than before: the engine must know. */
  readonly classesChanged: () => void;
  /** The same commands as those of the control socket. */
  readonly run: (command: Command, now: Now, effects: Effects) => CommandAnswer;
}

/** One request as the kinds see it. */
export interface OmapiContext extends OmapiWorld {
  readonly now: Now;
  readonly effects: Effects;
  /** Key and address, for the log. */
  readonly who: string;
  /** Whether `execute` may stand in statements. */
  readonly allowsExecute: boolean;
  readonly allowsShutdown: boolean;
  /** A handle of this connection for another object. */
  reference(type: string, key: string): number;
  /** Eight hex digits that nobody can foresee, for names that a client left to us. */
  newSuffix(): string;
  /** The audit line of a change that was made. */
  changed(what: string, before: string, after: string): void;
}

/** Which right a change needs. */
export type OmapiRight = 'hosts' | 'leases' | 'control';

export interface OmapiKind {
  readonly type: string;
  readonly right: OmapiRight;
  /** By its key attributes; err: a result number, `notFound` when there is none, `noKey` when no key attribute was given. */
  find(keys: OmapiPairs, x: OmapiContext): Result<string, number>;
  /** Whether a client may ask for an object of this kind by its key attributes. */
  readonly isSearchable: boolean;
  /** dhcpd makes none of this kind either, and says so to a request without key attributes. */
  readonly isNeverMade?: boolean;
  /** Attributes in the order in which dhcpd sends them; undefined: the object is gone. */
  attributes(key: string, x: OmapiContext): OmapiPairs | undefined;
  /** Makes a new object of these attributes, all or nothing; absent: never. */
  create?(attributes: OmapiPairs, x: OmapiContext): Result<string, number>;
  /** Changes all of these attributes or none; a result number. */
  update(key: string, attributes: OmapiPairs, x: OmapiContext): number;
  /** A result number. */
  remove(key: string, x: OmapiContext): number;
}
