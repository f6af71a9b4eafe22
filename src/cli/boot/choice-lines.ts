// What `leasehold boot set` prints, and the words for a choice elsewhere.

import type { BootChoice } from '../../model/boot-choice.ts';
import type { ChoiceView } from '../../control/boot-commands.ts';

const timeOf = (at: number): string => new Date(at * 1000).toISOString().replace(/\.\d+Z$/, 'Z');

/** `boots its profile once, then its disk (set 2026-…)`; empty for none. */
export function choicePhrase({ target, profile, state, setAt }: Pick<ChoiceView | BootChoice, 'target' | 'profile' | 'state' | 'setAt'>): string {
  const what = profile === null || profile === '' ? 'its profile' : `profile ${profile}`;
  switch (target) {
    case 'none': return '';
    case 'local': return `boots from its disk (set ${timeOf(setAt)})`;
    case 'install': return state === 'pending' ? `boots ${what} once, then from its disk (set ${timeOf(setAt)})` : `boots from its disk: it has fetched ${what} (set ${timeOf(setAt)})`;
  }
}

const lineOf = (view: ChoiceView): string => `${view.mac}${view.host === null ? '' : `, ${view.host}`}: ${choicePhrase(view)}`;

export function choiceLines(answer: unknown): string[] {
  const { choices } = answer as { readonly choices: readonly ChoiceView[] };
  return choices.length === 0 ? ['nothing is set: machines boot as their profiles say'] : choices.map(lineOf);
}

/** Of a change. */
export function changeLines(answer: unknown): string[] {
  const { before, after } = answer as { readonly before: ChoiceView | null; readonly after: ChoiceView | null };
  if (after !== null) return [lineOf(after)];
  return [`${before?.mac ?? ''}: nothing is set any more; it boots as its profile says`];
}
