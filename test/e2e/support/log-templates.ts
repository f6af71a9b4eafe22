// What a dhcpd says about the pair to another dhcpd, as line templates and how often it says each: the measure of what it may say to
// us. Recorded with UPDATE_GOLDEN=1, which plays every scenario with two dhcpds; a template's number is the largest of all recorded
// runs, because two dhcpds in the same scenario do not say the same twice.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Fault, MixedPair, Role } from './mixed-pair.ts';

const golden = join(import.meta.dirname, '../../golden/dhcpd-failover-templates');

/** A log line without what differs from run to run. */
const templateOf = (line: string): string =>
  line
    .replace(/\b[0-9a-f]{2}(:[0-9a-f]{2}){5}\b/g, 'MAC')
    .replace(/\b\d+\.\d+\.\d+\.\d+(\/\d+)?\b/g, 'ADDRESS')
    .replace(/\b[0-9a-f]{6,}\b/g, 'ID')
    .replace(/-?\b\d+\b/g, 'N');

/** The banner and the exchanges with clients; with a reason behind the interface, an exchange is about the pair too. */
const isOfNoPair = /^(Internet Systems|Copyright|All rights|For info|Config file|Database file|PID file|Wrote|Listening on|Sending on|Server starting|DHCP[A-Z]+ .* via eth0$)/;

/** How often each template about the pair stands in the lines. */
function multisetOf(lines: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) if (line !== '' && !isOfNoPair.test(line)) counts.set(templateOf(line), (counts.get(templateOf(line)) ?? 0) + 1);
  return counts;
}

interface Recording {
  runs: number;
  /** Of the longest run. */
  seconds: number;
  readonly counts: Map<string, number>;
}
const fileOf = (id: string): string => join(golden, `${id}.txt`);

/** `# runs 3, seconds 61` and lines `TIMES TEMPLATE`. */
function recorded(id: string): Recording {
  const recording: Recording = { runs: 0, seconds: 0, counts: new Map() };
  if (!existsSync(fileOf(id))) return recording;
  for (const line of readFileSync(fileOf(id), 'utf8').split('\n')) {
    const [, runs, seconds] = /^# runs (\d+), seconds (\d+)$/.exec(line) ?? [];
    if (runs !== undefined) Object.assign(recording, { runs: Number(runs), seconds: Number(seconds) });
    const [, times, template = ''] = /^ *(\d+) (.*)$/.exec(line) ?? [];
    if (times !== undefined) recording.counts.set(template, Number(times));
  }
  return recording;
}
export function record(id: string, seconds: number, lines: readonly string[]): void {
  const before = recorded(id);
  const counts = multisetOf(lines);
  for (const [template, times] of before.counts) counts.set(template, Math.max(times, counts.get(template) ?? 0));
  const rows = [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([template, times]) => `${String(times).padStart(4)} ${template}`);
  mkdirSync(golden, { recursive: true });
  writeFileSync(fileOf(id), `# runs ${before.runs + 1}, seconds ${Math.ceil(Math.max(before.seconds, seconds))}\n${rows.join('\n')}\n`);
}

interface Scene {
  readonly id: string;
  readonly fault: Fault | undefined;
  /** Messages of clients so far. */
  readonly messages: number;
  readonly seconds: number;
}
/** dhcpd's default. */
const minBalanceSeconds = 60;

/** What a dhcpd may say beyond that, how much oftener, and why it is no difference of ours. */
const mayAlsoSay: readonly { readonly text: RegExp; readonly more: (scene: Scene) => number; readonly because: string }[] = [
  {
    text: /peer moves from (normal to paused|paused to normal)|I move from normal to communications-interrupted|peer fo: disconnected/,
    more: ({ fault }) => (fault === 'stop' ? 1 : 0),
    because: 'a clean end is announced, as by a dhcpd that is told to end by omshell; one that gets SIGTERM says nothing',
  },
  { text: /^DHCP[A-Z]+ .*: (lease owned by peer|load balance to peer fo)$/, more: ({ messages }) => messages, because: 'it depends on what clients ask, one line a message' },
  {
    text: /peer moves from (paused to communications-interrupted|communications-interrupted to normal)$/,
    more: ({ id }) => (id.endsWith('-we-pause') ? 1 : 0),
    because: 'we resume by way of communications-interrupted; a dhcpd that omshell sets to normal skips it',
  },
  { text: /^balanc(ed|ing) pool /, more: ({ seconds }) => Math.ceil(seconds / minBalanceSeconds), because: 'it looks at its pools whenever leases moved, but not oftener than its min-balance' },
  { text: /^timeout waiting for failover peer fo$/, more: ({ fault }) => (fault?.startsWith('cut') === true ? 1 : 0), because: 'either node is the first to notice a cut; the other then hears of it by a reset' },
  { text: /got ack from fo: xid mismatch/, more: () => 1, because: 'it depends on which message was under way' },
];

/** What the lines say oftener than two dhcpds did, with both numbers. */
export function excess(scene: Scene, lines: readonly string[]): string[] {
  const { counts } = recorded(scene.id);
  const allowed = (template: string): number =>
    mayAlsoSay.reduce((times, { text, more }) => times + (text.test(template) ? more(scene) : 0), counts.get(template) ?? 0);
  return [...multisetOf(lines)].filter(([template, times]) => times > allowed(template)).map(([template, times]) => `${times} times, not ${allowed(template)}: ${template}`);
}

export const isRecording = process.env['UPDATE_GOLDEN'] === '1';

/** Two dhcpds do not always come to what a scenario asks for; what they said until then is recorded all the same. */
export async function played(t: TestContext, scenario: Promise<void>): Promise<void> {
  await scenario.catch((error: unknown) => {
    if (!isRecording) throw error;
    t.diagnostic(String(error));
  });
}

/** Records what the dhcpd in this role said, or compares it with what it says to another dhcpd. */
export function judgeLog(pair: MixedPair, role: Role, id: string, fault: Fault | undefined): void {
  const said = pair.lines(role);
  if (isRecording) record(id, pair.seconds, said);
  else assert.deepEqual(excess({ id, fault, messages: pair.messagesSent, seconds: pair.seconds }, said), [], `what this dhcpd says oftener than to another dhcpd in ${id}`);
}
