// What a client's attributes make of a lease (OMAPI reference §4.1), decided before anything is changed.

import { bytesEqual } from '../../std/bytes.ts';
import { addSeconds, forever, unset, type Seconds, type UnixSeconds } from '../../std/time.ts';
import { bindingCode, bindingStateOf, type BindingState } from '../../model/binding-state.ts';
import type { Lease, LeaseExtras } from '../../model/lease.ts';
import { mayMove } from '../../lease/transitions.ts';
import type { OmapiPairs } from '../../wire/omapi-message.ts';
import { omapiResult as result } from './results.ts';
import { u32Of } from './values.ts';

export interface LeaseDraft {
  state: BindingState;
  ends: UnixSeconds;
  isReserved: boolean;
  isBootp: boolean;
  variables: LeaseExtras['variables'];
  /** The lease leaves its client: what was noted about it goes too. */
  dropsExtras: boolean;
  isSame: boolean;
}

interface Circumstances {
  readonly now: UnixSeconds;
  /** With a partner a freed address is reset first: it becomes free on both nodes when the partner has agreed. */
  readonly hasPeer: boolean;
  /** How long an abandoned address rests. */
  readonly abandonLeaseTime: Seconds;
}
type Setter = (draft: LeaseDraft, value: Uint8Array) => number;

const flagBits = { bootp: 0x02, reserved: 0x04, all: 0x4e } as const;

const ignored: Setter = () => result.success;
const refused = (code: number): Setter => () => code;

const setters: Readonly<Record<string, Setter>> = {
  state(draft, value) {
    const state = bindingStateOf(u32Of(value) ?? 0);
    if (state === undefined) return result.invalidArgument;
    draft.state = state;
    return result.success;
  },
  ends(draft, value) {
    const time = u32Of(value);
    if (time === undefined) return result.invalidArgument;
    draft.ends = time as UnixSeconds;
    return result.success;
  },
  flags(draft, value) {
    const flags = value.length === 1 ? value[0] : u32Of(value);
    if (flags === undefined || (flags & ~flagBits.all) !== 0) return result.invalidArgument;
    draft.isReserved = (flags & flagBits.reserved) !== 0;
    draft.isBootp = (flags & flagBits.bootp) !== 0;
    return result.success;
  },
  'ip-address': refused(result.permissionDenied),
  pool: refused(result.permissionDenied),
  starts: refused(result.permissionDenied),
  subnet: refused(result.invalidArgument),
  // dhcpd makes variables of these names, which is no use to anybody; times of failover are the failover protocol's.
  tstp: refused(result.permissionDenied),
  tsfp: refused(result.permissionDenied),
  atsfp: refused(result.permissionDenied),
  cltt: refused(result.permissionDenied),
  'dhcp-client-identifier': ignored,
  'client-hostname': ignored,
  hostname: ignored,
  host: ignored,
  'billing-class': ignored,
  'hardware-address': ignored,
  'hardware-type': ignored,
};

const variableName = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
const variablesMax = 64;

/** A scope variable, stored as the data it is; an empty value takes it away. */
function setVariable(draft: LeaseDraft, name: string, value: Uint8Array): number {
  const others = draft.variables.filter((variable) => variable.name !== name);
  if (value.length === 0) {
    if (others.length === draft.variables.length) return result.unknownAttribute;
    draft.variables = others;
    return result.success;
  }
  if (!variableName.test(name) || others.length >= variablesMax || value.length > 1024) return result.invalidArgument;
  draft.variables = [{ name, value: { kind: 'data', bytes: value } }, ...others];
  return result.success;
}

/** The lease with the attributes in it, or the number of the first refusal. */
export function leaseWith(lease: Lease, attributes: OmapiPairs, circumstances: Circumstances): LeaseDraft | number {
  const { state, ends, isReserved, isBootp, extras } = lease;
  const draft: LeaseDraft = { state, ends, isReserved, isBootp, variables: extras?.variables ?? [], dropsExtras: false, isSame: true };
  for (const [name, value] of attributes) {
    const setter = Object.hasOwn(setters, name) ? setters[name] : undefined;
    const code = setter === undefined ? setVariable(draft, name, value) : setter(draft, value);
    if (code !== result.success) return code;
  }
  return settled(lease, draft, circumstances);
}

/** An end in the past frees the address (MAAS relies on it), unless a state was set beside it. */
function settled(lease: Lease, draft: LeaseDraft, { now, hasPeer, abandonLeaseTime }: Circumstances): LeaseDraft | number {
  const endsNow = draft.ends !== lease.ends && draft.ends <= now && lease.state === 'active' && draft.state === 'active';
  if (endsNow || (draft.state === 'free' && lease.state !== 'free')) draft.state = freed(lease.state, hasPeer);
  if (draft.state === 'active' && (draft.ends === unset || (draft.ends <= now && draft.ends !== forever))) return result.invalidArgument;
  // Who has no client cannot be active.
  if (draft.state === 'active' && lease.state !== 'active') return result.invalidArgument;
  if (draft.state !== lease.state && !mayMove('operator', bindingCode[lease.state], bindingCode[draft.state])) return result.invalidArgument;
  if (draft.state === 'abandoned' && draft.ends === lease.ends) draft.ends = addSeconds(now, abandonLeaseTime);
  draft.dropsExtras = draft.state !== lease.state && lease.state === 'active';
  draft.isSame =
    draft.state === lease.state && draft.ends === lease.ends && draft.isReserved === lease.isReserved &&
    draft.isBootp === lease.isBootp && isSameVariables(draft.variables, lease.extras?.variables ?? []);
  return draft;
}

const freed = (from: BindingState, hasPeer: boolean): BindingState => (hasPeer && from !== 'backup' ? 'reset' : 'free');

const isSameVariables = (a: LeaseExtras['variables'], b: LeaseExtras['variables']): boolean =>
  a.length === b.length &&
  a.every(({ name, value }, index) => {
    const other = b[index];
    if (other?.name !== name || other.value.kind !== value.kind) return false;
    return value.kind === 'data' && other.value.kind === 'data'
      ? bytesEqual(value.bytes, other.value.bytes)
      : JSON.stringify(value) === JSON.stringify(other.value);
  });
