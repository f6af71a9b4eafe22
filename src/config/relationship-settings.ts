// The block `relationship ["NAME"] { … }` of leasehold.conf: how the connection to the failover partner is secured, and what waits for it.

import { keyName } from '../model/key-name.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { LeaseholdSettings, ServerConfig } from '../model/server-config.ts';
import { contactDefaults, securityPolicies, type RelationshipSettings, type SecurityPolicy } from '../model/relationship-settings.ts';
import type { Span } from '../model/span.ts';
import { fromLatin1 } from '../std/bytes.ts';
import { formatIpv4 } from '../std/ipv4.ts';
import type * as ast from '../lang/ast.ts';
import { error, warning } from '../lang/diagnostics/make.ts';
import { certificateOf, certificateRows, type CertificateDraft } from './relationship-certificates.ts';
import { noEvidence } from '../model/evidence-settings.ts';
import { isEvidenceBlock, readEvidence } from './evidence-settings.ts';
import { isOn, numberOf, settingOf, withCodes, type NamedRow } from './setting-rows.ts';

type Draft = { -readonly [K in keyof RelationshipSettings]: RelationshipSettings[K] } & CertificateDraft;

const rows: readonly NamedRow<Draft>[] = [
  {
    name: 'secure-key',
    format: 't',
    unit: 'key name in quotes',
    byDefault: 'the omapi-key',
    example: 'secure-key "failover_key";',
    help: 'The key of dhcpd.conf that secures the connection to a Leasehold partner; the same on both nodes, at least 16 bytes. `leasehold keygen` makes one.',
    apply: (settings, bytes, span) => {
      settings.key = { name: fromLatin1(bytes), span };
    },
  },
  {
    name: 'security',
    format: 't',
    unit: '"prefer", "require" or "off"',
    byDefault: '"prefer"',
    example: 'security "require";',
    help: 'prefer: secured (TLS 1.3) where both nodes are Leasehold and have the same key; else plain, with an alarm that says why. A partner that was secured once is not believed plain again before `leasehold failover trust-plain`. require: secured, or no connection. off: plain.',
    problem: (bytes) => (policyOf(bytes) === undefined ? `this must be one of ${securityPolicies.map((policy) => `"${policy}"`).join(', ')}` : undefined),
    apply: (settings, bytes) => {
      settings.policy = policyOf(bytes) ?? settings.policy;
    },
  },
  {
    name: 'sync-updates',
    format: 'f',
    unit: 'on or off',
    byDefault: 'off',
    example: 'sync-updates on;',
    help: 'on: the DHCPACK of a new lease leaves when a Leasehold partner has written the lease down too, so that a node that dies takes no lease with it. Costs every new client one round trip between the nodes and the partner\'s disk. Renewals and reserved hosts never wait. A dhcpd is not waited for.',
    apply: (settings, bytes) => {
      settings.isSynchronous = isOn(bytes);
    },
  },
  {
    name: 'sync-updates-wait',
    format: 'L',
    unit: 'milliseconds',
    byDefault: '100',
    example: 'sync-updates-wait 250;',
    help: 'How long an ACK waits for the partner at most; then it leaves all the same, with a log line, and the lease is an ordinary first lease of failover (MCLT).',
    problem: (bytes) => (numberOf(bytes) >= 1 && numberOf(bytes) <= syncWaitMax ? undefined : `this must be 1 to ${syncWaitMax}: beyond that the client asks again before`),
    apply: (settings, bytes) => {
      settings.syncWaitMillis = numberOf(bytes);
    },
  },
  {
    name: 'contact-interval',
    format: 'L',
    unit: 'seconds',
    byDefault: '1',
    example: 'contact-interval 2;',
    help: 'Two Leasehold nodes say something at least this often; the slower of the two decides. 0: as with a dhcpd, a third of max-response-delay.',
    problem: (bytes) => (numberOf(bytes) <= contactMax ? undefined : `this must be at most ${contactMax}`),
    apply: (settings, bytes) => {
      settings.contactMillis = numberOf(bytes) * 1_000;
    },
  },
  {
    name: 'contact-silence',
    format: 'L',
    unit: 'seconds',
    byDefault: '3',
    example: 'contact-silence 5;',
    help: 'A Leasehold partner that was silent for so long is lost, and this node answers everybody. Never less than two intervals, never more than max-response-delay.',
    problem: (bytes) => (numberOf(bytes) >= 2 && numberOf(bytes) <= 600 ? undefined : 'this must be 2 to 600'),
    apply: (settings, bytes) => {
      settings.silenceMillis = numberOf(bytes) * 1_000;
    },
  },
  ...certificateRows,
  {
    name: 'ask-after',
    format: 'L',
    unit: 'seconds',
    byDefault: '5',
    example: 'ask-after 10;',
    help: 'From the lost connection to the first question to the witness or by the fence (docs/evidence.md). Without a witness the two nodes need different ones, or each powers the other off.',
    problem: (bytes) => (numberOf(bytes) <= 3_600 ? undefined : 'this must be at most 3600'),
    apply: (settings, bytes) => {
      settings.evidence = { ...settings.evidence, askAfterMillis: numberOf(bytes) * 1_000 };
    },
  },
];
/** Seconds; two bytes of milliseconds in CONNECT. */
const contactMax = 60;
/** Clients wait about four seconds before they repeat themselves (RFC 2131 §4.1). */
const syncWaitMax = 3000;
const policyOf = (bytes: Uint8Array): SecurityPolicy | undefined => securityPolicies.find((policy) => policy === fromLatin1(bytes));

/** Codes of options of space `server` that nobody else has; see leasehold-settings.ts. */
const codeBase = 10_300;
export const relationshipSettingRows = withCodes(rows, codeBase);

/** C1421 */
const notARelationshipSetting = (item: ast.Item): Diagnostic =>
  error('C1421', item.span, 'this is no setting of a relationship', { help: 'docs/failover-security.md lists what may stand in relationship { … }' });
/** C1422 */
const badRelationshipSetting = (item: ast.Item, problem: string): Diagnostic => error('C1422', item.span, problem);
/** C1423 */
const relationshipTwice = (block: ast.OwnBlock): Diagnostic => error('C1423', block.head, 'this relationship has a block already', { help: 'join the two' });

/** Read into `settings`; what is wrong with it. */
export function readRelationship(settings: { relationships: LeaseholdSettings['relationships'] }, block: ast.OwnBlock): Diagnostic[] {
  const name = block.name?.text ?? '';
  if (settings.relationships.has(name)) return [relationshipTwice(block)];
  const draft: Draft = {
    policy: 'prefer', key: undefined, certificate: undefined, isSynchronous: false, syncWaitMillis: 100, ...contactDefaults, evidence: noEvidence, span: block.head, files: {}, partner: { kind: 'address' },
  };
  const evidence = { ...noEvidence };
  const diagnostics: Diagnostic[] = [];
  for (const item of block.body) {
    if (item.kind === 'skipped' || item.kind === 'not-served') continue;
    if (isEvidenceBlock(item)) {
      diagnostics.push(...readEvidence(evidence, item));
      continue;
    }
    const setting = settingOf(item, relationshipSettingRows);
    const problem = setting?.row.problem?.(setting.bytes);
    if (setting === undefined) diagnostics.push(notARelationshipSetting(item));
    else if (problem !== undefined) diagnostics.push(badRelationshipSetting(item, problem));
    else setting.row.apply(draft, setting.bytes, item.span);
  }
  draft.evidence = { ...draft.evidence, fence: evidence.fence, witness: evidence.witness };
  const { files, partner, ...read } = draft;
  const { certificate, diagnostics: wrong } = certificateOf({ files, partner }, draft.key, block.head);
  settings.relationships = new Map(settings.relationships).set(name, { ...read, certificate });
  return [...diagnostics, ...wrong];
}

/** C1430: a witness beside a node falls silent with it, or says yes to it alone. */
const witnessIsNoThird = (span: Span, host: string): Diagnostic =>
  warning('C1430', span, `the witness at ${host} is on one of the two nodes, and no third party`, {
    help: 'name a third machine; a member of an etcd cluster of three machines or more may be on a node, if the members are named by addresses that both nodes reach',
  });
function witnessHost({ evidence: { witness } }: RelationshipSettings, { peers }: ServerConfig): string | undefined {
  const own = new Set(['localhost', ...peers.flatMap(({ address, partnerAddress }) => [address, partnerAddress].map((item) => (item.kind === 'address' ? formatIpv4(item.address) : item.name)))]);
  return witness?.urls.map((url) => new URL(url).hostname).find((host) => own.has(host) || host.startsWith('127.') || host === '[::1]');
}

/** C1424, C1425: names of dhcpd.conf that are not there; C1430. */
export const relationshipsAgainst = (config: ServerConfig): Diagnostic[] =>
  [...config.leasehold.relationships].flatMap(([name, settings]) => {
    const { keys, peers } = config;
    const { key, span } = settings;
    const host = witnessHost(settings, config);
    const isKnown = name === '' || peers.some((peer) => peer.name === name);
    const hasKey = key === undefined || keys.some((candidate) => keyName(candidate.name) === keyName(key.name));
    return [
      ...(isKnown ? [] : [error('C1424', span, `dhcpd.conf has no failover peer ${name}`, { help: 'write its name as there, or none for every relationship' })]),
      ...(host === undefined ? [] : [witnessIsNoThird(span, host)]),
      ...(hasKey ? [] : [error('C1425', key.span, `dhcpd.conf has no key ${key.name}`, { help: `make one there: \`leasehold keygen ${key.name}\`` })]),
    ];
  });
