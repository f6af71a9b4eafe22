// Where two running nodes do not agree, for people: a line for each difference, and under it the words of both files.

import type { ExitStatus } from './cli-context.ts';

interface Side {
  readonly shown: string;
  readonly place: string;
  readonly line: string;
}
/** What failover/drift-view.ts answers per relationship. */
export interface DriftView {
  readonly name: string;
  readonly state: 'unknown' | 'comparing' | 'agrees' | 'differs';
  readonly because: string;
  readonly count: number;
  readonly isDangerous: boolean;
  readonly differences: readonly {
    readonly section: string;
    readonly isDangerous: boolean;
    readonly text: string;
    readonly here: Side | null;
    readonly there: Side | null;
  }[];
}

const sideLine = (word: string, side: Side | null): string[] =>
  side === null || side.place === '' ? [] : [`    ${word} ${side.place}${side.line === '' ? '' : `  ${side.line}`}`];

/** One sentence. */
export function driftSentence({ state, because, count, isDangerous }: DriftView): string {
  if (state === 'unknown') return `not known: ${because}`;
  if (state === 'comparing') return 'being compared with the partner; ask again';
  if (state === 'agrees') return 'agrees with the partner';
  return `${isDangerous ? 'DIFFERS' : 'differs'} from the partner in ${count} ${count === 1 ? 'place' : 'places'}`;
}

export function renderDrift(value: unknown): readonly string[] {
  return (value as readonly DriftView[]).flatMap((view) => [
    `failover peer ${view.name}: the configuration ${view.state === 'unknown' ? 'of the partner is ' : ''}${driftSentence(view)}`,
    ...view.differences.flatMap(({ section, isDangerous, text, here, there }) => [
      `  ${isDangerous ? 'alarm' : 'note '}  ${section}: ${text}`,
      ...sideLine('here       ', here),
      ...sideLine('the partner', there),
    ]),
    ...(view.count > view.differences.length ? [`  and ${view.count - view.differences.length} more`] : []),
  ]);
}

/** 0: both nodes agree. 1: they do not. 2: it is not known. */
export function driftStatus(value: unknown): ExitStatus {
  const states = (value as readonly DriftView[]).map(({ state }) => state);
  if (states.includes('differs')) return 1;
  return states.every((state) => state === 'agrees') ? 0 : 2;
}
