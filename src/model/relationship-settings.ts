// What leasehold.conf says about a failover relationship; the relationship itself stands in dhcpd.conf.

import type { EvidenceSettings } from './evidence-settings.ts';
import type { ChannelCertificate, PartnerName } from '../wire/channel-certificate.ts';
import type { Span } from './span.ts';

/** `prefer`: secured where both nodes can, with an alarm where they could and do not; `require`: secured or not at all. */
export const securityPolicies = ['prefer', 'require', 'off'] as const;
export type SecurityPolicy = (typeof securityPolicies)[number];

export interface NamedFile {
  readonly path: string;
  readonly span: Span;
}
/** A certificate in place of a key. */
export interface CertificateSettings {
  readonly files: { readonly certificate: NamedFile; readonly privateKey: NamedFile; readonly authority: NamedFile };
  readonly partner: PartnerName;
  /** Undefined: they cannot be used, and `problem` says why. */
  readonly channel: ChannelCertificate | undefined;
  readonly problem: string;
}

export interface RelationshipSettings {
  readonly policy: SecurityPolicy;
  /** A key of dhcpd.conf; undefined: the omapi-key. */
  readonly key: { readonly name: string; readonly span: Span } | undefined;
  readonly certificate: CertificateSettings | undefined;
  /** The ACK of a new lease waits until a Leasehold partner has it; so many milliseconds at most. */
  readonly isSynchronous: boolean;
  readonly syncWaitMillis: number;
  /** Two Leasehold nodes say something at least this often; 0: as dhcpd, by max-response-delay. */
  readonly contactMillis: number;
  /** Without a word for so long the partner is lost; never longer than max-response-delay. */
  readonly silenceMillis: number;
  readonly evidence: EvidenceSettings;
  readonly span: Span;
}

/** Of a relationship without a block. */
export const contactDefaults = { contactMillis: 1_000, silenceMillis: 3_000 } as const;

/** What a relationship's block says, else the block without a name; undefined where neither is there. */
export const relationshipSettings = (blocks: ReadonlyMap<string, RelationshipSettings>, name: string): RelationshipSettings | undefined =>
  blocks.get(name) ?? blocks.get('');
