// What `leasehold boot status` prints.

import type { BootChoice } from '../../model/boot-choice.ts';
import type { TimelineFile, TimelineRow } from '../../boot/boot-timeline.ts';
import { choicePhrase } from './choice-lines.ts';

/** A machine with what was set for it. */
type StatusRow = TimelineRow & { readonly choice: BootChoice | null };

const timeOf = (at: number): string => new Date(at * 1000).toISOString().replace(/\.\d+Z$/, 'Z');

const fileLine = ({ at, name, protocol, outcome, bytes, size, repeats, profile }: TimelineFile): string => {
  const more = [
    outcome === 'missing' || outcome === 'refused' ? '' : `${bytes === size ? bytes : `${bytes} of ${size}`} bytes`,
    repeats === 0 ? '' : `${repeats} repeats`,
    profile === '' ? '' : `made from profile ${profile}`,
  ].filter((part) => part !== '');
  return `  ${timeOf(at)}  ${outcome.padEnd(7)}  ${protocol}  ${name}${more.length === 0 ? '' : `  (${more.join(', ')})`}`;
};

function machineLines({ address, mac, host, profile, stands, forgotten, files, choice }: StatusRow, isWhole: boolean): string[] {
  const names = [address, mac, host, profile === '' ? '' : `profile ${profile}`].filter((part) => part !== '').join(', ');
  const set = choice === null ? '' : choicePhrase(choice);
  const head = `${names}: ${stands}${set === '' ? '' : `; ${set}`}`;
  return isWhole ? [head, ...(forgotten === 0 ? [] : [`  ${forgotten} earlier ones are no longer known`]), ...files.map(fileLine)] : [head];
}

/** `isWhole`: with every file. */
export function statusLines(answer: unknown, isWhole: boolean): string[] {
  const { machines } = answer as { readonly machines: readonly StatusRow[] };
  if (machines.length === 0) return ['no machine has asked this node for a file since it started'];
  return machines.flatMap((row) => machineLines(row, isWhole));
}
