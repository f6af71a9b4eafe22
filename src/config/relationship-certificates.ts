// Certificates of a relationship of leasehold.conf: which files hold them, and what is wrong with these. A server starts without
// them all the same; the connection to the partner then says why it is not secured.

import { fromLatin1 } from '../std/bytes.ts';
import { secondsBetween, type UnixSeconds } from '../std/time.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { CertificateSettings, NamedFile, RelationshipSettings } from '../model/relationship-settings.ts';
import type { Span } from '../model/span.ts';
import { channelCertificate, certificateDate, expiresSoonSeconds, type CertificateFacts, type CertificateTexts, type PartnerName } from '../wire/channel-certificate.ts';
import { error, warning } from '../lang/diagnostics/make.ts';
import type { ReadText } from './load-config.ts';
import { absolutePath, type NamedRow } from './setting-rows.ts';

/** What the block says so far. */
export interface CertificateDraft {
  files: { readonly [K in keyof CertificateTexts]?: NamedFile };
  partner: PartnerName;
}

const words = { certificate: 'certificate', privateKey: 'private-key', authority: 'authority' } as const;
const fileRow = (file: keyof CertificateTexts, example: string, help: string): NamedRow<CertificateDraft> => ({
  name: words[file],
  format: 't',
  unit: 'absolute path in quotes',
  byDefault: 'none',
  example: `${words[file]} "/etc/dhcp/${example}";`,
  help,
  problem: absolutePath,
  apply: (draft, bytes, span) => {
    draft.files = { ...draft.files, [file]: { path: fromLatin1(bytes), span } };
  },
});
const fingerprintPattern = /^[0-9a-f]{2}(?::[0-9a-f]{2}){31}$/i;

export const certificateRows: readonly NamedRow<CertificateDraft>[] = [
  fileRow('certificate', 'node1.pem', 'A certificate in place of a key: that of this node (PEM, intermediate ones behind it), for its failover address unless the partner says otherwise. It is shown as client or server, whichever node calls the other. Read anew by every reload.'),
  fileRow('privateKey', 'node1.key', 'The private key of the certificate, without a password, readable by the server alone.'),
  fileRow('authority', 'ca.pem', 'Who must have signed the partner\'s certificate: one to four certificates in PEM. Several while one replaces another.'),
  {
    name: 'partner-name',
    format: 't',
    unit: 'host name in quotes',
    byDefault: "the partner's address",
    example: 'partner-name "dhcp2.example.org";',
    help: 'What the partner\'s certificate must be for. Without it, the address of the partner (subjectAltName IP).',
    problem: (bytes) => (/^[\w-]+(\.[\w-]+)*$/.test(fromLatin1(bytes)) ? undefined : 'this must be a host name'),
    apply: (draft, bytes) => {
      draft.partner = { kind: 'name', name: fromLatin1(bytes) };
    },
  },
  {
    name: 'partner-fingerprint',
    format: 't',
    unit: 'SHA-256 in quotes',
    byDefault: 'any certificate for the partner',
    example: `partner-fingerprint "${Array.from({ length: 32 }, () => '3A').join(':')}";`,
    help: 'The one certificate that the partner may have, as `openssl x509 -noout -fingerprint -sha256` prints it. An authority must have signed it all the same.',
    problem: (bytes) => (fingerprintPattern.test(fromLatin1(bytes)) ? undefined : 'this must be 32 bytes in hex with colons'),
    apply: (draft, bytes) => {
      draft.partner = { kind: 'fingerprint', fingerprint: fromLatin1(bytes).toUpperCase() };
    },
  },
];

/** What a block came to, before its files are read. C1426, C1427. */
export function certificateOf({ files, partner }: CertificateDraft, key: RelationshipSettings['key'], head: Span): { readonly certificate?: CertificateSettings; readonly diagnostics: readonly Diagnostic[] } {
  const named = Object.values(files);
  const { certificate, privateKey, authority } = files;
  if (named.length === 0 && partner.kind === 'address') return { diagnostics: [] };
  if (key !== undefined) return { diagnostics: [error('C1427', key.span, 'a relationship is secured by a key or by a certificate, not by both', { help: 'remove one of the two, on both nodes' })] };
  if (certificate === undefined || privateKey === undefined || authority === undefined) {
    const missing = (['certificate', 'privateKey', 'authority'] as const).filter((file) => files[file] === undefined).map((file) => `\`${words[file]} "…";\``);
    return { diagnostics: [error('C1426', head, `certificates need ${missing.join(' and ')} too`, { help: 'docs/failover-security.md shows all three' })] };
  }
  return { certificate: { files: { certificate, privateKey, authority }, partner, channel: undefined, problem: 'its files were not read' }, diagnostics: [] };
}

/** What only the machine knows. */
export interface Outside {
  readonly wall: UnixSeconds;
  /** Permission bits of a file. */
  modeOf(path: string): number | undefined;
}

/** Reads the files that blocks name. C1428 to C1430. */
export function withCertificates(
  relationships: ReadonlyMap<string, RelationshipSettings>, read: ReadText, outside: Outside | undefined,
): { readonly relationships: ReadonlyMap<string, RelationshipSettings>; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const entries = [...relationships].map(([name, settings]) => {
    if (settings.certificate === undefined) return [name, settings] as const;
    const { certificate, said } = readFiles(settings.certificate, read);
    diagnostics.push(...said, ...(outside === undefined ? [] : outsideProblems(certificate, outside)));
    return [name, { ...settings, certificate }] as const;
  });
  return { relationships: new Map(entries), diagnostics };
}

function readFiles(settings: CertificateSettings, read: ReadText): { readonly certificate: CertificateSettings; readonly said: readonly Diagnostic[] } {
  const { files, partner } = settings;
  const blame = (file: keyof CertificateTexts, problem: string) => ({
    certificate: { ...settings, problem: `${files[file].path}: ${problem}` },
    said: [warning('C1428', files[file].span, problem, { help: 'until this is right, the connection to the partner is not secured by it' })],
  });
  const texts = { certificate: '', privateKey: '', authority: '' };
  for (const file of ['certificate', 'privateKey', 'authority'] as const) {
    const text = read(files[file].path);
    if (!text.ok) return blame(file, `this file cannot be read: ${text.error.problem}`);
    texts[file] = text.value;
  }
  const channel = channelCertificate(texts, partner);
  return channel.ok ? { certificate: { ...settings, channel: channel.value, problem: '' }, said: [] } : blame(channel.error.file, channel.error.problem);
}

function outsideProblems({ files, channel }: CertificateSettings, { wall, modeOf }: Outside): readonly Diagnostic[] {
  const dates = channel === undefined ? undefined : dateProblem(channel.facts, wall);
  const mode = modeOf(files.privateKey.path) ?? 0;
  return [
    ...(dates === undefined ? [] : [warning('C1429', files.certificate.span, dates, { help: 'renew it and reload: the partner refuses a certificate that is not valid' })]),
    ...((mode & 0o077) === 0
      ? []
      : [warning('C1430', files.privateKey.span, `others than its owner may read or write this private key (mode ${(mode & 0o777).toString(8)})`, { help: `chmod 600 ${files.privateKey.path}` })]),
  ];
}

function dateProblem({ subject, from, until }: CertificateFacts, wall: UnixSeconds): string | undefined {
  if (until <= wall) return `the certificate of ${subject} has expired on ${certificateDate(until)}`;
  if (from > wall) return `the certificate of ${subject} is not valid before ${certificateDate(from)}`;
  return secondsBetween(wall, until) < expiresSoonSeconds ? `the certificate of ${subject} expires on ${certificateDate(until)}` : undefined;
}
