// Certificates of the secured failover channel (X.509, RFC 5280): what a node needs of its own, and what it demands of the partner's.

import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { formatIpv4, type Ipv4 } from '../std/ipv4.ts';
import { err, ok, type Result } from '../std/result.ts';
import { forever, type UnixSeconds } from '../std/time.ts';
import { authoritiesMax, fingerprintSize } from './failover-security.ts';

/** What an operator reads of a certificate. */
export interface CertificateFacts {
  /** `CN=dhcp1, O=Example`. */
  readonly subject: string;
  readonly from: UnixSeconds;
  readonly until: UnixSeconds;
}

/** From so long before its end on, people are told. */
export const expiresSoonSeconds = 30 * 86_400;

/** Plain data: it travels with the configuration. */
export interface ChannelCertificate {
  /** PEM: the certificate, with those between it and the authority behind it. */
  readonly certificate: string;
  readonly privateKey: string;
  readonly authority: string;
  readonly facts: CertificateFacts;
  /** Of each authority: by these both nodes see whether they trust the same one. */
  readonly authorities: readonly Uint8Array[];
  readonly partner: PartnerName;
}

/** Whom the partner's certificate must name. */
export type PartnerName =
  | { readonly kind: 'address' }
  | { readonly kind: 'name'; readonly name: string }
  /** SHA-256 of the certificate, as `openssl x509 -fingerprint -sha256` writes it. */
  | { readonly kind: 'fingerprint'; readonly fingerprint: string };

export interface CertificateTexts {
  readonly certificate: string;
  readonly privateKey: string;
  readonly authority: string;
}
export interface CertificateProblem {
  /** The file to blame. */
  readonly file: keyof CertificateTexts;
  readonly problem: string;
}

const block = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Undefined: what the text says is no certificate. */
function certificatesIn(text: string): X509Certificate[] | undefined {
  try {
    return (text.match(block) ?? []).map((pem) => new X509Certificate(pem));
  } catch {
    return undefined;
  }
}

/** Whether the three belong together. A certificate that is not valid at the moment is none of the problems: TLS will say so. */
export function channelCertificate(texts: CertificateTexts, partner: PartnerName): Result<ChannelCertificate, CertificateProblem> {
  const chain = certificatesIn(texts.certificate);
  const [own] = chain ?? [];
  if (chain === undefined || own === undefined) return err({ file: 'certificate', problem: 'this file holds no certificate in PEM' });
  const authorities = certificatesIn(texts.authority) ?? [];
  if (authorities.length === 0) return err({ file: 'authority', problem: 'this file holds no certificate in PEM' });
  if (authorities.length > authoritiesMax) return err({ file: 'authority', problem: `this file holds more than ${authoritiesMax} authorities` });
  const problem = keyProblem(texts.privateKey, own);
  if (problem !== undefined) return err({ file: 'privateKey', problem });
  if (!chain.some((certificate) => authorities.some((authority) => certificate.checkIssued(authority) && certificate.verify(authority.publicKey))))
    return err({ file: 'certificate', problem: `no authority of the authority file has signed the certificate of ${subjectOf(own)}` });
  return ok({ ...texts, facts: factsOf(own), authorities: authorities.map(({ raw }) => shortDigest(raw)), partner });
}

function keyProblem(text: string, own: X509Certificate): string | undefined {
  try {
    return own.checkPrivateKey(createPrivateKey(text)) ? undefined : `this private key is not that of the certificate of ${subjectOf(own)}`;
  } catch {
    return 'this file holds no private key in PEM without a password';
  }
}

const shortDigest = (bytes: Uint8Array): Uint8Array => Uint8Array.from(createHash('sha256').update(bytes).digest().subarray(0, fingerprintSize));
const subjectOf = ({ subject }: X509Certificate): string => (subject ?? '').split('\n').join(', ');

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** As OpenSSL prints it: `Nov  8 05:20:12 2026 GMT`. Beyond what 32 bits hold: forever. */
export function certificateTime(text: string): UnixSeconds {
  const [, word = '', ...digits] = /^(\w{3}) +(\d+) (\d+):(\d+):(\d+) (\d+) GMT$/.exec(text) ?? [];
  const [day = 0, hour = 0, minute = 0, second = 0, year = 0] = digits.map(Number);
  // Days since 1970 of a year that begins in March, so that the leap day is its last.
  const month = months.indexOf(word);
  const shifted = month < 2 ? year - 1 : year;
  const days = 365 * shifted + Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400) - 719_468 +
    Math.floor((153 * ((month + 10) % 12) + 2) / 5) + day - 1;
  return Math.min(Math.max(days * 86_400 + hour * 3600 + minute * 60 + second, 1), forever) as UnixSeconds;
}
export const factsOf = (certificate: X509Certificate): CertificateFacts => ({
  subject: subjectOf(certificate), from: certificateTime(certificate.validFrom), until: certificateTime(certificate.validTo),
});

/** `2027-01-31`, in UTC. */
export function certificateDate(time: UnixSeconds): string {
  const days = Math.floor(time / 86_400);
  const era = Math.floor((days + 719_468) / 146_097);
  const dayOfEra = days + 719_468 - era * 146_097;
  const yearOfEra = Math.floor((dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${yearOfEra + era * 400 + (month < 3 ? 1 : 0)}-${two(month)}-${two(dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1)}`;
}

/** Why a certificate that an authority of ours has signed is not the partner's; undefined when it is. */
export function strangerProblem(theirs: X509Certificate, wanted: PartnerName, address: Ipv4): string | undefined {
  const subject = subjectOf(theirs);
  switch (wanted.kind) {
    case 'address': {
      const text = formatIpv4(address);
      return theirs.checkIP(text) === undefined ? `its certificate (${subject}) is not for the partner's address ${text}` : undefined;
    }
    case 'name': return theirs.checkHost(wanted.name) === undefined ? `its certificate (${subject}) is not for ${wanted.name}` : undefined;
    case 'fingerprint':
      return theirs.fingerprint256.toUpperCase() === wanted.fingerprint ? undefined : `its certificate (${subject}) has fingerprint ${theirs.fingerprint256}`;
  }
}
