// Where a boot stands still and why, as one sentence, from the steps of its timeline.

import { architectureTitle } from '../model/firmware.ts';
import { misfit } from '../model/loader-fit.ts';
import type { TimelineDhcp, TimelineFile, TimelineStep } from './boot-timeline.ts';

/** Who asked by DHCP. */
export const askerOf = ({ asker, architecture }: Pick<TimelineDhcp, 'asker' | 'architecture'>): string =>
  asker === 'ipxe' ? 'iPXE' : asker === 'system' ? 'its system' : architectureTitle(architecture);

/** What it was told to load; a URL names its server. */
export const toldOf = ({ file, server }: Pick<TimelineDhcp, 'file' | 'server'>): string =>
  file === '' ? 'no file' : /^\w+:\/\//.test(file) ? file : server === '' ? `${file}, and no server to fetch it from` : `${file} from ${server}`;

/** Files that it asked for one after the other, at last, and did not get. */
export function missesAtEnd(steps: readonly TimelineStep[]): TimelineFile[] {
  const from = steps.findLastIndex((step) => step.kind !== 'file' || step.outcome !== 'missing') + 1;
  return steps.slice(from).filter((step) => step.kind === 'file');
}

const sentences: Readonly<Record<string, (file: TimelineFile) => string>> = {
  sent: ({ name, bytes }) => `has ${name} (${bytes} bytes); what it does with it is not seen here`,
  stopped: ({ name, bytes, size, detail }) => `stopped ${name} itself after ${bytes} of ${size} bytes: ${detail}`,
  silent: ({ name, bytes, size }) => `fell silent at ${bytes} of ${size} bytes of ${name}: it was switched off, or packets to or from it are lost`,
  refused: ({ name, detail }) => `asked for ${name} at last, which it may not have (${detail})`,
  failed: ({ name, detail }) => `could not be sent ${name}: ${detail}`,
};

/** Interop: UEFI firmware first asks for a file's size alone, and stops it with error 8; no BIOS does (pxe-boot reference §3.2). */
const isAskedByUefi = (steps: readonly TimelineStep[], { name }: TimelineFile): boolean =>
  steps.some((step) => step.kind === 'file' && step.name === name && step.outcome === 'stopped' && step.bytes === 0);

/** Loaders try many names before one exists, so a miss says something only where nothing follows it. */
function missed(misses: readonly TimelineFile[], { name, detail }: TimelineFile): string {
  const there = detail === 'kind' ? 'no regular file' : 'not there';
  const [first] = misses;
  if (first === undefined || misses.length === 1) return `asked for ${name} at last, which is ${there}`;
  return `asked for ${misses.length} names one after the other, and none is there: ${first.name} first, ${name} at last`;
}

function fileStands(steps: readonly TimelineStep[], last: TimelineFile): string {
  if (last.outcome === 'missing') return missed(missesAtEnd(steps), last);
  const wrong = last.outcome === 'sent' && isAskedByUefi(steps, last) ? misfit(last.name, 'uefi') : undefined;
  if (wrong !== undefined) return `has its first file and loads like UEFI firmware: ${wrong}`;
  return sentences[last.outcome]?.(last) ?? '';
}

function dhcpStands(last: TimelineDhcp): string {
  const { kind, asker, ip, file } = last;
  const who = askerOf(last);
  if (asker === 'system') return `is up: ${who} got ${ip} by DHCP`;
  const what = toldOf(last);
  if (kind === 'offer') return `was offered ${ip}, ${what}, and has not taken it yet (${who}): it waits, or took what another server offered`;
  return file === '' ? `was given ${ip} and told no file (${who})` : `was told ${what} (${who}), and has not asked here for a file since`;
}

/** Of a file's name or URL. */
const pathOf = (name: string): string => name.replace(/^\w+:\/\/[^/]*/, '').replace(/^\/+/, '');

/** The last answer by DHCP, while nothing but the file that it names was fetched since. */
function lastTold(steps: readonly TimelineStep[]): TimelineDhcp | undefined {
  for (const step of steps.toReversed()) {
    if (step.kind !== 'file') return step;
    const told = steps.findLast((each) => each.kind !== 'file');
    if (told === undefined || pathOf(told.file) !== pathOf(step.name)) return undefined;
  }
  return undefined;
}

/** What is known to be wrong with what it was told goes before what happened since. */
export function standing(steps: readonly TimelineStep[]): string {
  const last = steps.at(-1);
  if (last === undefined) return '';
  const told = lastTold(steps);
  if (told !== undefined && told.problem !== '') return told.problem;
  return last.kind === 'file' ? fileStands(steps, last) : dhcpStands(last);
}
