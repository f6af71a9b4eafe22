// What `leasehold boot status` prints.

import type { BootChoice } from '../../model/boot-choice.ts';
import { askerOf, toldOf } from '../../boot/boot-standing.ts';
import type { TimelineDhcp, TimelineFile, TimelineRow, TimelineStep } from '../../boot/boot-timeline.ts';
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

const dhcpLine = (step: TimelineDhcp): string => {
  const { at, kind, ip, problem, repeats } = step;
  const told = step.asker === 'system' ? '' : `: ${toldOf(step)}`;
  return `  ${timeOf(at)}  ${kind.padEnd(7)}  dhcp  ${ip} to ${askerOf(step)}${told}${repeats === 0 ? '' : `  (${repeats} repeats)`}${problem === '' ? '' : `  PROBLEM`}`;
};
const stepLine = (step: TimelineStep): string => (step.kind === 'file' ? fileLine(step) : dhcpLine(step));

function machineLines({ address, mac, host, profile, stands, forgotten, steps, choice }: StatusRow, isWhole: boolean): string[] {
  const names = [address, mac, host, profile === '' ? '' : `profile ${profile}`].filter((part) => part !== '').join(', ');
  const set = choice === null ? '' : choicePhrase(choice);
  const head = `${names}: ${stands}${set === '' ? '' : `; ${set}`}`;
  return isWhole ? [head, ...(forgotten === 0 ? [] : [`  ${forgotten} earlier ones are no longer known`]), ...steps.map(stepLine)] : [head];
}

/** `isWhole`: with every step. */
export function statusLines(answer: unknown, isWhole: boolean): string[] {
  const { machines } = answer as { readonly machines: readonly StatusRow[] };
  if (machines.length === 0) return ['no machine has booted from the network by this node since it started'];
  return machines.flatMap((row) => machineLines(row, isWhole));
}
