// What a dhcpd says to another dhcpd, as line templates recorded with UPDATE_GOLDEN=1: the measure of what it may say to us.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault } from './mixed-pair.ts';

const golden = join(import.meta.dirname, '../../golden/dhcpd-failover-templates');

/** A log line without what differs from run to run. */
const templateOf = (line: string): string =>
  line
    .replace(/\b[0-9a-f]{2}(:[0-9a-f]{2}){5}\b/g, 'MAC')
    .replace(/\b\d+\.\d+\.\d+\.\d+(\/\d+)?\b/g, 'ADDRESS')
    .replace(/\b[0-9a-f]{6,}\b/g, 'ID')
    .replace(/-?\b\d+\b/g, 'N');

/** Templates that a dhcpd logs in this case when its partner is a dhcpd, as recorded. */
function recorded(id: string): readonly string[] {
  const path = join(golden, `${id}.txt`);
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
}
/** What a dhcpd may say beyond that, and why it is no difference of ours. */
const mayAlsoSay: readonly { readonly text: RegExp; readonly when: (fault: Fault) => boolean; readonly because: string }[] = [
  { text: /peer moves from (normal to paused|paused to normal)/, when: (fault) => fault === 'stop', because: 'a clean end is announced, as by a dhcpd that is told to end by omshell; one that gets SIGTERM says nothing' },
  { text: /I move from normal to communications-interrupted|peer fo: disconnected/, when: (fault) => fault === 'stop', because: 'follows from the announced end' },
  { text: /timeout waiting for failover peer fo|got ack from fo: xid mismatch|lease owned by peer|load balance to peer fo/, when: () => true, because: 'two dhcpds say it in other cases: it depends on which message was under way' },
];
/** Lines of a dhcpd about the pair that are neither recorded for this case nor explained. */
export function strangeLines(id: string, fault: Fault, lines: readonly string[]): string[] {
  const known = new Set(recorded(id));
  const isAboutThePair = (line: string): boolean => /failover|peer|bind update|conflict|pool/i.test(line);
  const isExplained = (line: string): boolean => known.has(line) || mayAlsoSay.some(({ text, when }) => when(fault) && text.test(line));
  return [...new Set(lines.map(templateOf))].filter((line) => isAboutThePair(line) && !isExplained(line));
}
export function record(id: string, lines: readonly string[]): void {
  mkdirSync(golden, { recursive: true });
  const all = new Set([...recorded(id), ...lines.map(templateOf)]);
  writeFileSync(join(golden, `${id}.txt`), `${[...all].toSorted().join('\n')}\n`);
}
