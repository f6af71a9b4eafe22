// OPEN, REFRESH, UPDATE and DELETE on objects of every kind (OMAPI reference §2).

import type { OmapiMessage, OmapiPairs } from '../../wire/omapi-message.ts';
import type { Result } from '../../std/result.ts';
import { err, ok } from '../../std/result.ts';
import type { Referent } from './handles.ts';
import { classKind, subclassKind } from './classes.ts';
import { groupKind } from './groups.ts';
import { hostKind } from './hosts.ts';
import { leaseKind } from './leases.ts';
import type { OmapiContext, OmapiKind, OmapiRight } from './object-kind.ts';
import { placeKinds } from './places.ts';
import { flagInvalid, lookupFailed, omapiResult as result, plain, statusRows, updateFailed, type Status } from './results.ts';
import { controlKind, failoverKind } from './services.ts';
import { flagOf, textOf } from './values.ts';

export type Outcome =
  | { readonly kind: 'status'; readonly status: Status }
  | { readonly kind: 'object'; readonly type: string; readonly key: string; readonly attributes: OmapiPairs };

/** Says no to a change before it is looked at. */
export interface Gate {
  refusal(right: OmapiRight): Status | undefined;
}

export const omapiKinds: readonly OmapiKind[] = [leaseKind, hostKind, groupKind, classKind, subclassKind, ...placeKinds, controlKind, failoverKind];
const byType = new Map(omapiKinds.map((kind) => [kind.type, kind]));

/** Types that dhcpd's library knows and nobody can search for. */
const unsearchable = new Set([
  'connection', 'listener', 'io', 'generic', 'protocol', 'protocol-listener', 'message', 'waiter', 'failover-link', 'failover-listener',
]);
const flagNames = ['create', 'update', 'exclusive'] as const;

const status = (row: Status): Outcome => ({ kind: 'status', status: row });

/** `byHandle`: the pseudo-attribute `handle` was given, and what it means on this connection. */
export function performOpen(
  { message, object }: OmapiMessage, byHandle: { readonly referent: Referent | undefined } | undefined, x: OmapiContext, gate: Gate,
): Outcome {
  const flags = { create: false, update: false, exclusive: false };
  for (const name of flagNames) {
    const flag = flagOf(message, name);
    if (flag === undefined) return status(flagInvalid(name));
    flags[name] = flag;
  }
  const type = textOf(message.get('type') ?? new Uint8Array(0));
  if (unsearchable.has(type)) return status(statusRows.notSearchable);
  const kind = byType.get(type);
  if (kind === undefined) return status(flags.create ? statusRows.typeRequired : statusRows.noHandle);
  const attributes = new Map([...object].filter(([name]) => name !== 'handle'));
  const found = byHandle === undefined ? kind.find(attributes, x) : findReferent(byHandle.referent, kind, attributes, x);
  if (found.ok) return openFound(kind, found.value, attributes, flags, x, gate);
  if (!kind.isSearchable) return status(statusRows.cannotCreate);
  if (flags.create && (found.error === result.notFound || found.error === result.noKey)) return openNew(kind, attributes, x, gate);
  if (found.error === result.notFound) return status(statusRows.notFound);
  if (found.error !== result.noKey) return status(lookupFailed(found.error));
  // dhcpd makes an object here that nobody can use; omshell says `invalid argument` of it.
  return status(kind.isNeverMade === true ? statusRows.cannotCreate : updateFailed(result.invalidArgument));
}

/** A handle of another kind is no key; one beside other keys must mean the same object. */
function findReferent(referent: Referent | undefined, kind: OmapiKind, keys: OmapiPairs, x: OmapiContext): Result<string, number> {
  if (referent === undefined || kind.attributes(referent.key, x) === undefined) return err(result.notFound);
  if (referent.type !== kind.type) return err(result.invalidArgument);
  const other = keys.size === 0 ? undefined : kind.find(keys, x);
  if (other?.ok === true && other.value !== referent.key) return err(result.keyConflict);
  return ok(referent.key);
}

function openFound(
  kind: OmapiKind, key: string, attributes: OmapiPairs, flags: Record<(typeof flagNames)[number], boolean>, x: OmapiContext, gate: Gate,
): Outcome {
  if (flags.create && flags.exclusive) return status(statusRows.exists);
  if (flags.create || flags.update) {
    const refusal = gate.refusal(kind.right);
    if (refusal !== undefined) return status(refusal);
    const code = attributes.size === 0 ? result.invalidArgument : kind.update(key, attributes, x);
    if (code !== result.success) return status(updateFailed(code));
  }
  return shown(kind, key, x);
}

function openNew(kind: OmapiKind, attributes: OmapiPairs, x: OmapiContext, gate: Gate): Outcome {
  if (kind.create === undefined) return status(statusRows.cannotCreate);
  const refusal = gate.refusal(kind.right);
  if (refusal !== undefined) return status(refusal);
  if (attributes.size === 0) return status(updateFailed(result.invalidArgument));
  const made = kind.create(attributes, x);
  return made.ok ? shown(kind, made.value, x) : status(updateFailed(made.error));
}

function shown(kind: OmapiKind, key: string, x: OmapiContext): Outcome {
  const attributes = kind.attributes(key, x);
  return attributes === undefined ? status(statusRows.noHandle) : { kind: 'object', type: kind.type, key, attributes };
}

/** What a handle of this connection means, or nothing any more. */
export function performOn(
  operation: 'refresh' | 'update' | 'delete', referent: Referent | undefined, attributes: OmapiPairs, x: OmapiContext, gate: Gate,
): Outcome {
  if (referent?.type === 'authenticator') return onAuthenticator(operation);
  const kind = referent === undefined ? undefined : byType.get(referent.type);
  if (kind === undefined || referent === undefined || kind.attributes(referent.key, x) === undefined) return status(statusRows.noHandle);
  if (operation === 'refresh') return shown(kind, referent.key, x);
  const refusal = gate.refusal(kind.right);
  if (refusal !== undefined) return status(refusal);
  if (operation === 'delete') return status(plain(kind.remove(referent.key, x)));
  const code = attributes.size === 0 ? result.invalidArgument : kind.update(referent.key, attributes, x);
  return status(code === result.success ? statusRows.done : updateFailed(code));
}

function onAuthenticator(operation: 'refresh' | 'update' | 'delete'): Outcome {
  if (operation === 'update') return status(statusRows.authenticatorFixed);
  return status(operation === 'delete' ? statusRows.noRemove : statusRows.noHandle);
}
