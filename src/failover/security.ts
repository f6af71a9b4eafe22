// Whether a link is secured: decided by both nodes from the same facts, before anything but the handshake is said.
// Towards dhcpd nothing changes, since it shows no capabilities.

import { bytesEqual, latin1, toHex } from '../std/bytes.ts';
import { keyName } from '../model/key-name.ts';
import type { FailoverPeer, ServerConfig } from '../model/server-config.ts';
import { relationshipSettings, type CertificateSettings, type SecurityPolicy } from '../model/relationship-settings.ts';
import type { ChannelCertificate } from '../wire/channel-certificate.ts';
import { channelKey, channelSecretSizeMin, type Capabilities, type ChannelKey } from '../wire/failover-security.ts';

/** What proves to the partner who this node is. */
export type Credential = ({ readonly kind: 'key' } & ChannelKey) | ({ readonly kind: 'certificate' } & ChannelCertificate);

/** What this node has for a relationship. */
export interface OwnSecurity {
  readonly policy: SecurityPolicy;
  readonly credential: Credential | undefined;
  /** `key failover_key`, `certificate /etc/…`: for people. */
  readonly credentialName: string;
  /** Why there is none; empty when there is one. */
  readonly problem: string;
}

export function ownSecurity(config: ServerConfig, { name }: FailoverPeer): OwnSecurity {
  const own = relationshipSettings(config.leasehold.relationships, name);
  const policy = own?.policy ?? 'prefer';
  return { policy, ...(own?.certificate === undefined ? ownKey(config, name, own?.key?.name) : ownCertificate(own.certificate)) };
}
type Own = Omit<OwnSecurity, 'policy'>;

function ownCertificate({ files, channel, problem }: CertificateSettings): Own {
  const credential = channel === undefined ? undefined : { kind: 'certificate' as const, ...channel };
  return { credential, credentialName: `certificate ${files.certificate.path}`, problem };
}
function ownKey({ keys, settings }: ServerConfig, relationship: string, named: string | undefined): Own {
  const wanted = named ?? settings.omapiKey ?? '';
  const none = (problem: string): Own => ({ credential: undefined, credentialName: `key ${wanted}`, problem });
  if (wanted === '') return none('no key: there is no omapi-key, and leasehold.conf names none');
  const key = keys.find((candidate) => keyName(candidate.name) === keyName(wanted));
  if (key === undefined) return none(`there is no key ${wanted}`);
  if (key.secret.length < channelSecretSizeMin) return none(`the secret of key ${wanted} is shorter than ${channelSecretSizeMin} bytes`);
  return { credential: { kind: 'key', ...channelKey(key.secret, latin1(relationship)) }, credentialName: `key ${wanted}`, problem: '' };
}

function fingerprintsOf(credential: Credential | undefined): readonly Uint8Array[] {
  if (credential === undefined) return [];
  return credential.kind === 'key' ? [credential.fingerprint] : credential.authorities;
}
export const capabilitiesOf = ({ policy, credential }: OwnSecurity): Capabilities => ({
  wantsSecurity: policy !== 'off' && credential !== undefined,
  demandsSecurity: policy === 'require',
  isCertified: policy !== 'off' && credential?.kind === 'certificate',
  fingerprints: policy === 'off' ? [] : fingerprintsOf(credential),
});

export const fingerprintText = (fingerprints: readonly Uint8Array[]): string =>
  fingerprints.length === 0 ? 'none' : fingerprints.map((fingerprint) => toHex(fingerprint, ':')).join(' and ');

export type SecurityVerdict =
  | { readonly kind: 'secure' }
  /** `alarm`: it could be secured, and is not. */
  | { readonly kind: 'plain'; readonly reason: string; readonly alarm: boolean }
  | { readonly kind: 'refuse'; readonly reason: string };

/** Both prove themselves in one way, by one key or under an authority that both trust. */
const isShared = (a: Capabilities, b: Capabilities | undefined): boolean =>
  a.isCertified === b?.isCertified && a.fingerprints.some((ours) => b.fingerprints.some((theirs) => bytesEqual(ours, theirs)));

/**
 * `theirs` undefined: a partner that showed no capabilities, a dhcpd or one whose option was cut out on the way. `isPinned`: this
 * partner was secured before, and is not believed plain again until an operator says so.
 */
export function securityVerdict(ours: OwnSecurity, theirs: Capabilities | undefined, isLeasehold: boolean, isPinned: boolean): SecurityVerdict {
  const wanted = capabilitiesOf(ours);
  if (isShared(wanted, theirs) && wanted.wantsSecurity && theirs?.wantsSecurity === true) return { kind: 'secure' };
  const reason = whyNot(ours, theirs, isLeasehold);
  if (wanted.demandsSecurity || theirs?.demandsSecurity === true) return { kind: 'refuse', reason };
  if (isPinned && ours.policy !== 'off') return { kind: 'refuse', reason: `${reason}, and this partner was secured before` };
  const hasNothing = ours.credential === undefined && (theirs?.fingerprints.length ?? 0) === 0;
  const isSilent = ours.policy === 'off' || (!isLeasehold && theirs === undefined) || hasNothing;
  return { kind: 'plain', reason, alarm: !isSilent };
}

function whyNot(ours: OwnSecurity, theirs: Capabilities | undefined, isLeasehold: boolean): string {
  const { credential, credentialName } = ours;
  if (ours.policy === 'off') return 'security is off here';
  if (theirs === undefined) return isLeasehold ? 'the partner says nothing of security though it is Leasehold' : 'the partner is no Leasehold';
  if (credential === undefined) return ours.problem;
  if (theirs.fingerprints.length === 0) return 'the partner has no key, or security is off there';
  const [here, there] = [fingerprintText(fingerprintsOf(credential)), fingerprintText(theirs.fingerprints)];
  if ((credential.kind === 'certificate') !== theirs.isCertified)
    return theirs.isCertified ? `this node has a key (${credentialName}), the partner a certificate` : `this node has a certificate (${credentialName}), the partner a key`;
  return theirs.isCertified
    ? `the authorities differ: that of ${credentialName} here has fingerprint ${here}, the partner's ${there}`
    : `the keys differ: ${credentialName.replace(/^key /, '')} here has fingerprint ${here}, the partner's ${there}`;
}
