// `failover status` for people: a paragraph a peer, the sentence why we serve or not, and the next safe step.

import type { UnixSeconds } from '../std/time.ts';
import { certificateDate } from '../wire/channel-certificate.ts';
import { driftSentence, type DriftView } from './render-drift.ts';
import { renderValue } from './render-value.ts';

/** What failover/status.ts answers per peer. */
interface PeerStatus {
  readonly name: string;
  readonly role: string;
  readonly myState: string;
  readonly mySince: number;
  readonly partnerState: string;
  readonly partnerSince: number;
  readonly isConnected: boolean;
  readonly software: string;
  readonly partnerSoftware: string;
  readonly notShared: readonly string[];
  readonly evidence: {
    readonly fence: string | null;
    readonly witness: string | null;
    readonly witnessIs: string | null;
    readonly claim: string | null;
    readonly servesForSeconds: number | null;
    readonly findings: readonly { readonly who: string; readonly at: number; readonly said: string; readonly counts: string }[];
  } | null;
  readonly why: string;
  readonly next: string;
  readonly mclt: number;
  readonly security: string | null;
  readonly certificates: { readonly subject: string; readonly until: number; readonly partner: { readonly subject: string; readonly until: number } | null } | null;
  readonly drift: DriftView;
  readonly skewSeconds: number;
  readonly syncUpdates: boolean;
  readonly unconfirmedAcks: number;
  readonly bootFiles: string;
  readonly clocks: { readonly measuredHere: number; readonly measuredThere: number | null; readonly isSynced: boolean | null; readonly partnerIsSynced: boolean | null };
  readonly updatesWaiting: number;
  readonly updatesUnacked: number;
  readonly hosts: { readonly replication: string; readonly waiting: number; readonly conflicts: number };
  readonly pools: readonly Readonly<Record<string, unknown>>[];
}

const at = (time: number): string => (time > 0 ? ` since ${new Date(time * 1000).toISOString().slice(0, 19)}Z` : '');

/** Of a relationship with sync-updates. */
const sync = ({ syncUpdates, unconfirmedAcks }: PeerStatus): string =>
  syncUpdates || unconfirmedAcks > 0 ? `; new leases wait for the partner${syncUpdates ? '' : ' (not now)'}, ${unconfirmedAcks} left without it` : '';
function hostsLine({ replication, waiting, conflicts }: PeerStatus['hosts']): string {
  const state = replication !== 'on' ? `replication ${replication}` : waiting === 0 ? 'in step on both nodes' : `${waiting} changes on the way to the partner`;
  return conflicts === 0 ? state : `${state}; ${conflicts} conflicts: leasehold hosts conflicts`;
}
function clockWords({ measuredHere, measuredThere, isSynced, partnerIsSynced }: PeerStatus['clocks']): string {
  const both = measuredThere === null ? '' : ` (measured here ${measuredHere}, there ${measuredThere})`;
  const words = (isIt: boolean | null): string => (isIt === null ? 'unknown' : isIt ? 'synchronized' : 'NOT synchronized');
  return `${both}; NTP: this node ${words(isSynced)}, the partner ${words(partnerIsSynced)}`;
}

function certificateLines(certificates: PeerStatus['certificates']): string[] {
  if (certificates === null) return [];
  const { partner, ...own } = certificates;
  const words = (label: string, { subject, until }: typeof own): string => `  ${label} ${subject}, valid until ${certificateDate(until as UnixSeconds)}`;
  return [words('certificate ', own), ...(partner === null ? [] : [words("partner's   ", partner)])];
}
const claimWords: Readonly<Record<string, string>> = { ours: 'this node has the claim', theirs: 'the partner has the claim', free: 'nobody has the claim', unasked: 'not asked yet' };
/** Of a relationship with a fence or a witness: who can say that the partner is down, and what they said. */
function evidenceLines(evidence: PeerStatus['evidence']): string[] {
  if (evidence === null) return [];
  const { fence, witness, witnessIs, claim, servesForSeconds, findings } = evidence;
  return [
    ...(witness === null ? [] : [`  witness      ${witness}: ${witnessIs}; ${claimWords[claim ?? ''] ?? 'no answer'}`]),
    ...(fence === null ? [] : [`  fence        ${fence}`]),
    ...findings.map(({ who, at: time, said, counts }) => `    ${new Date(time * 1000).toISOString().slice(0, 19)}Z ${who}: ${said}${counts === 'unknown' ? '' : ` (counts ${counts} a takeover)`}`),
    ...(servesForSeconds === null ? [] : [`    pools are served for ${servesForSeconds} s more, unless the witness gives this node the claim`]),
  ];
}

function paragraph(peer: PeerStatus): string[] {
  const link = peer.isConnected ? `connected${peer.partnerSoftware === '' ? '' : `, ${peer.partnerSoftware}`}` : 'not connected';
  return [
    `failover peer ${peer.name} (${peer.role})`,
    `  ${peer.why}`,
    `  next step    ${peer.next}`,
    `  this node    ${peer.myState}${at(peer.mySince)}`,
    `  the partner  ${peer.partnerState}${at(peer.partnerSince)}; ${link}`,
    ...(peer.notShared.length === 0 ? [] : [`  versions     this node ${peer.software}, the partner ${peer.partnerSoftware}: not used until both are the same: ${peer.notShared.join(', ')}`]),
    ...(peer.security === null ? [] : [`  secured      ${peer.security.startsWith('plain') ? `no, ${peer.security}` : peer.security}`]),
    ...certificateLines(peer.certificates),
    ...evidenceLines(peer.evidence),
    `  agreement    ${driftSentence(peer.drift)}`,
    ...peer.drift.differences.map(({ section, text }) => `    ${section}: ${text}`),
    ...(peer.drift.count > peer.drift.differences.length ? [`    and ${peer.drift.count - peer.drift.differences.length} more: leasehold check --live`] : []),
    `  updates      ${peer.updatesWaiting} waiting, ${peer.updatesUnacked} not acknowledged${sync(peer)}`,
    `  clocks       the partner's is ${Math.abs(peer.skewSeconds)} s ${peer.skewSeconds < 0 ? 'behind' : 'ahead'}${clockWords(peer.clocks)}; MCLT ${peer.mclt} s`,
    ...(peer.bootFiles === '' ? [] : [`  boot files   ${peer.bootFiles}`]),
    `  hosts        ${hostsLine(peer.hosts)}`,
    ...renderValue(peer.pools, '  '),
  ];
}

export function renderFailover(value: unknown): readonly string[] {
  const peers = value as readonly PeerStatus[];
  return peers.length === 0 ? ['no failover peer is configured: this node serves alone'] : peers.flatMap(paragraph);
}
