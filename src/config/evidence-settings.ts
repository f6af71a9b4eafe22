// The blocks `fence { … }` and `witness { … }` of a relationship in leasehold.conf: who may say that the partner is down.

import type { Diagnostic } from '../model/diagnostic.ts';
import { openAccess, type EvidenceSettings, type FenceSettings, type WitnessAccess, type WitnessSettings } from '../model/evidence-settings.ts';
import { fromLatin1 } from '../std/bytes.ts';
import type * as ast from '../lang/ast.ts';
import { error } from '../lang/diagnostics/make.ts';
import { absolutePath, numberOf, settingOf, withCodes, type NamedRow, type SettingRow } from './setting-rows.ts';

type Draft<T> = { -readonly [K in keyof T]: T[K] };

const fenceOwnRows: readonly NamedRow<Draft<FenceSettings>>[] = [
  {
    name: 'command',
    format: 't',
    unit: 'path in quotes',
    byDefault: 'must be there',
    example: 'command "/usr/sbin/fence_ipmilan";',
    help: 'Run without a shell, as the user of the server, with LEASEHOLD_RELATIONSHIP, LEASEHOLD_ROLE (of this node) and LEASEHOLD_PARTNER_ADDRESS in its environment. Exit status 0 says: the machine of the partner is powered off, and stays so.',
    problem: absolutePath,
    apply: (settings, bytes) => {
      settings.command = fromLatin1(bytes);
    },
  },
  {
    name: 'argument',
    format: 't',
    unit: 'text in quotes',
    byDefault: 'none',
    example: 'argument "--action=off";',
    help: 'One argument of the command, as it is. May be repeated.',
    apply: (settings, bytes) => {
      settings.arguments = [...settings.arguments, fromLatin1(bytes)];
    },
  },
  {
    name: 'timeout',
    format: 'L',
    unit: 'seconds',
    byDefault: '30',
    example: 'timeout 60;',
    help: 'A command that takes longer is killed, with everything it started, and has said nothing.',
    problem: (bytes) => (numberOf(bytes) >= 1 && numberOf(bytes) <= 600 ? undefined : 'this must be 1 to 600'),
    apply: (settings, bytes) => {
      settings.timeoutMillis = numberOf(bytes) * 1_000;
    },
  },
];

const urlProblem = (bytes: Uint8Array): string | undefined => {
  const text = fromLatin1(bytes);
  if (!/^https?:\/\/[^\s/]+/.test(text) || !URL.canParse(text)) return 'this must be an address such as "http://10.0.0.9:2379"';
  return new URL(text).username === '' ? undefined : 'a password has no place in an address: write `login` and `password-file`';
};
const accessFile = (name: string, file: keyof WitnessAccess['files'], example: string, help: string): NamedRow<Draft<WitnessSettings>> => ({
  name,
  format: 't',
  unit: 'absolute path in quotes',
  byDefault: 'none',
  example: `${name} "/etc/dhcp/${example}";`,
  help,
  problem: absolutePath,
  apply: (settings, bytes) => {
    settings.access = { ...settings.access, files: { ...settings.access.files, [file]: fromLatin1(bytes) } };
  },
});

const witnessOwnRows: readonly NamedRow<Draft<WitnessSettings>>[] = [
  {
    name: 'etcd',
    format: 't',
    unit: 'URL in quotes',
    byDefault: 'one of etcd and http',
    example: 'etcd "http://10.0.0.9:2379";',
    help: 'A member of an etcd cluster (version 3.4 or later). Repeat it for others of the same cluster: they are tried in order. Both nodes must name the same, in the same words.',
    problem: urlProblem,
    apply: (settings, bytes) => {
      settings.kind = 'etcd';
      settings.urls = [...settings.urls, fromLatin1(bytes).replace(/\/+$/, '')];
    },
  },
  {
    name: 'etcd-key',
    format: 't',
    unit: 'text in quotes',
    byDefault: '"leasehold/NAME" of the relationship',
    example: 'etcd-key "dhcp/pair1";',
    help: 'The key of the claim in etcd.',
    apply: (settings, bytes) => {
      settings.key = fromLatin1(bytes);
    },
  },
  {
    name: 'http',
    format: 't',
    unit: 'URL in quotes',
    byDefault: 'one of etcd and http',
    example: 'http "http://10.0.0.9/claims/pair1";',
    help: 'A document that keeps the claim: GET with a strong ETag, PUT with If-Match and If-None-Match: *, DELETE with If-Match (RFC 9110).',
    problem: urlProblem,
    apply: (settings, bytes) => {
      settings.kind = 'http';
      settings.urls = [...settings.urls, fromLatin1(bytes)];
    },
  },
  {
    name: 'ttl',
    format: 'L',
    unit: 'seconds',
    byDefault: '120',
    example: 'ttl 300;',
    help: 'A node that lost its partner and hears nothing from the witness, or that the partner has the claim, serves pools on for so long. The partner waits as long before it calls itself in partner-down. Both nodes must say the same.',
    problem: (bytes) => (numberOf(bytes) >= 5 && numberOf(bytes) <= 3_600 ? undefined : 'this must be 5 to 3600'),
    apply: (settings, bytes) => {
      settings.ttlMillis = numberOf(bytes) * 1_000;
    },
  },
  {
    name: 'login',
    format: 't',
    unit: 'text in quotes',
    byDefault: 'nobody in particular',
    example: 'login "dhcp";',
    help: 'Who asks: a user of etcd who may read and write the key, or of the HTTP server (Basic, RFC 7617).',
    apply: (settings, bytes) => {
      settings.access = { ...settings.access, user: fromLatin1(bytes) };
    },
  },
  accessFile('password-file', 'password', 'witness.password', 'The password of the login, in a file that the server alone can read. The files of a witness are read at every question, so that a new one is used at once.'),
  accessFile('trusted-authority', 'authority', 'witness-ca.pem', 'Who must have signed the certificate of an https address (PEM). Without it one of those that Node.js knows.'),
  accessFile('client-certificate', 'certificate', 'node1.pem', 'What this node shows to an https address that asks for a certificate (PEM).'),
  accessFile('client-key', 'privateKey', 'node1.key', 'The private key of the client-certificate, without a password.'),
];

/** Half a proof: what is given and what is missing beside it. */
function halfProof({ user, files }: WitnessAccess, urls: readonly string[]): string | undefined {
  if ((user === '') !== (files.password === undefined)) return user === '' ? 'a password-file needs its login' : 'a login needs a password-file';
  if ((files.certificate === undefined) !== (files.privateKey === undefined)) return files.certificate === undefined ? 'a client-key needs its client-certificate' : 'a client-certificate needs its client-key';
  const isForTls = files.authority !== undefined || files.certificate !== undefined;
  return isForTls && urls.some((url) => !url.startsWith('https:')) ? 'trusted-authority and client-certificate are for https addresses' : undefined;
}

/** Codes of options of space `server` that nobody else has; see leasehold-settings.ts. */
export const fenceRows = withCodes(fenceOwnRows, 10_330);
export const witnessRows = withCodes(witnessOwnRows, 10_340);

/** C1426 */
const notAnEvidenceSetting = (item: ast.Item, word: string): Diagnostic =>
  error('C1426', item.span, `this is no setting of ${word}`, { help: `docs/evidence.md lists what may stand in ${word} { … }` });
/** C1427 */
const badEvidenceSetting = (item: ast.Item, problem: string): Diagnostic => error('C1427', item.span, problem);
/** C1428 */
const evidenceIncomplete = (block: ast.OwnBlock, problem: string): Diagnostic => error('C1428', block.head, problem);
/** C1429 */
const evidenceTwice = (block: ast.OwnBlock): Diagnostic => error('C1429', block.head, `this relationship has a ${block.word} already`, { help: 'leave one of the two' });

export const isEvidenceBlock = (item: ast.Item): item is ast.OwnBlock =>
  item.kind === 'own-block' && item.name === undefined && (item.word === 'fence' || item.word === 'witness');

function readRows<S>(block: ast.OwnBlock, settings: S, rows: readonly SettingRow<S>[]): Diagnostic[] {
  return block.body.flatMap((item) => {
    if (item.kind === 'skipped' || item.kind === 'not-served') return [];
    const setting = settingOf(item, rows);
    if (setting === undefined) return [notAnEvidenceSetting(item, block.word)];
    const problem = setting.row.problem?.(setting.bytes);
    if (problem !== undefined) return [badEvidenceSetting(item, problem)];
    setting.row.apply(settings, setting.bytes, item.span);
    return [];
  });
}

/** Read into `evidence`; what is wrong with it. */
export function readEvidence(evidence: Draft<EvidenceSettings>, block: ast.OwnBlock): Diagnostic[] {
  if ((block.word === 'fence' ? evidence.fence : evidence.witness) !== undefined) return [evidenceTwice(block)];
  if (block.word === 'fence') {
    const fence: Draft<FenceSettings> = { command: '', arguments: [], timeoutMillis: 30_000 };
    const diagnostics = readRows(block, fence, fenceRows);
    if (fence.command !== '') evidence.fence = fence;
    else if (diagnostics.length === 0) diagnostics.push(evidenceIncomplete(block, 'a fence without a command says nothing'));
    return diagnostics;
  }
  const witness: Draft<WitnessSettings> = { kind: 'etcd', urls: [], key: '', ttlMillis: 120_000, access: openAccess };
  const diagnostics = readRows(block, witness, witnessRows);
  const kinds = new Set(block.body.flatMap((item) => settingOf(item, witnessRows)?.row.definition.name ?? []).filter((name) => name === 'etcd' || name === 'http'));
  if (diagnostics.length > 0) return diagnostics;
  if (kinds.size !== 1) return [evidenceIncomplete(block, kinds.size === 0 ? 'a witness needs an address: etcd or http' : 'one witness, not two: etcd or http')];
  if (witness.kind === 'http' && witness.urls.length > 1) return [evidenceIncomplete(block, 'one document keeps the claim: name it once')];
  const half = halfProof(witness.access, witness.urls);
  if (half !== undefined) return [evidenceIncomplete(block, half)];
  evidence.witness = witness;
  return [];
}
