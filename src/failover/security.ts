// Whether a link is secured: decided by both nodes from the same facts, before anything but the handshake is said (DESIGN §4.5).
// Towards dhcpd nothing changes, since it shows no capabilities.

import { bytesEqual, latin1, toHex } from '../std/bytes.ts';
import { keyName } from '../model/key-name.ts';
import type { FailoverPeer, ServerConfig } from '../model/server-config.ts';
import { relationshipSettings, type SecurityPolicy } from '../model/relationship-settings.ts';
import { channelKey, channelSecretSizeMin, type Capabilities, type ChannelKey } from '../wire/failover-security.ts';

/** What this node has for a relationship. */
export interface OwnSecurity {
  readonly policy: SecurityPolicy;
  readonly key: ChannelKey | undefined;
  readonly keyName: string;
  /** Why there is no key; empty when there is one. */
  readonly problem: string;
}

export function ownSecurity({ leasehold, keys, settings }: ServerConfig, { name }: FailoverPeer): OwnSecurity {
  const own = relationshipSettings(leasehold.relationships, name);
  const policy = own?.policy ?? 'prefer';
  const wanted = own?.key?.name ?? settings.omapiKey ?? '';
  const none = (problem: string): OwnSecurity => ({ policy, key: undefined, keyName: wanted, problem });
  if (wanted === '') return none('no key: there is no omapi-key, and leasehold.conf names none');
  const key = keys.find((candidate) => keyName(candidate.name) === keyName(wanted));
  if (key === undefined) return none(`there is no key ${wanted}`);
  if (key.secret.length < channelSecretSizeMin) return none(`the secret of key ${wanted} is shorter than ${channelSecretSizeMin} bytes`);
  return { policy, key: channelKey(key.secret, latin1(name)), keyName: wanted, problem: '' };
}

export const capabilitiesOf = ({ policy, key }: OwnSecurity): Capabilities => ({
  wantsSecurity: policy !== 'off' && key !== undefined,
  demandsSecurity: policy === 'require',
  fingerprint: policy === 'off' ? undefined : key?.fingerprint,
});

export const fingerprintText = (fingerprint: Uint8Array | undefined): string => (fingerprint === undefined ? 'none' : toHex(fingerprint, ':'));

export type SecurityVerdict =
  | { readonly kind: 'secure' }
  /** `alarm`: it could be secured, and is not. */
  | { readonly kind: 'plain'; readonly reason: string; readonly alarm: boolean }
  | { readonly kind: 'refuse'; readonly reason: string };

/**
 * `theirs` undefined: a partner that showed no capabilities, a dhcpd or one whose option was cut out on the way. `isPinned`: this
 * partner was secured before, and is not believed plain again until an operator says so.
 */
export function securityVerdict(ours: OwnSecurity, theirs: Capabilities | undefined, isLeasehold: boolean, isPinned: boolean): SecurityVerdict {
  const wanted = capabilitiesOf(ours);
  const isSame = wanted.fingerprint !== undefined && theirs?.fingerprint !== undefined && bytesEqual(wanted.fingerprint, theirs.fingerprint);
  if (isSame && wanted.wantsSecurity && theirs.wantsSecurity) return { kind: 'secure' };
  const reason = whyNot(ours, theirs, isLeasehold);
  if (wanted.demandsSecurity || theirs?.demandsSecurity === true) return { kind: 'refuse', reason };
  if (isPinned && ours.policy !== 'off') return { kind: 'refuse', reason: `${reason}, and this partner was secured before` };
  const isSilent = ours.policy === 'off' || (!isLeasehold && theirs === undefined) || (ours.key === undefined && theirs?.fingerprint === undefined);
  return { kind: 'plain', reason, alarm: !isSilent };
}

function whyNot(ours: OwnSecurity, theirs: Capabilities | undefined, isLeasehold: boolean): string {
  if (ours.policy === 'off') return 'security is off here';
  if (theirs === undefined) return isLeasehold ? 'the partner says nothing of security though it is Leasehold' : 'the partner is no Leasehold';
  if (ours.key === undefined) return ours.problem;
  if (theirs.fingerprint === undefined) return 'the partner has no key, or security is off there';
  return `the keys differ: ${ours.keyName} here has fingerprint ${fingerprintText(ours.key.fingerprint)}, the partner's ${fingerprintText(theirs.fingerprint)}`;
}
