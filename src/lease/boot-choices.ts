// What was set for machines' boots from the network, by MAC address. dhcpd has no place for it: it is kept in comments.

import type { ByteWriter } from '../std/bytes.ts';
import { supersedes, type BootChoice, type BootChoiceView } from '../model/boot-choice.ts';
import type { Effects } from '../model/step.ts';
import { writeComment } from './comment-records.ts';

/** Machines with a choice, those whose choice was taken back included. */
export const choicesMax = 65_536;

export class BootChoices implements BootChoiceView {
  readonly #choices = new Map<string, BootChoice>();
  /** By relationship: where the MAC address of a changed choice is noted, to be told. */
  readonly watchers = new Map<string, Set<string>>();

  get size(): number {
    return this.#choices.size;
  }
  get(mac: string): BootChoice | undefined {
    return this.#choices.get(mac);
  }
  values(): IterableIterator<BootChoice> {
    return this.#choices.values();
  }
  /** False: a later one is known, or there are too many machines. `journal` undefined: it comes from the lease file. */
  put(choice: BootChoice, journal: ByteWriter | undefined): boolean {
    const before = this.#choices.get(choice.mac);
    if (!supersedes(choice, before) || (before === undefined && this.#choices.size >= choicesMax)) return false;
    this.#choices.set(choice.mac, choice);
    for (const waiting of this.watchers.values()) waiting.add(choice.mac);
    if (journal !== undefined) writeComment(journal, { kind: 'boot', choice });
    return true;
  }
  snapshot(out: ByteWriter): void {
    for (const choice of this.#choices.values()) writeComment(out, { kind: 'boot', choice });
  }
}

/**
 * The one way in for every change: an operator's, a fetched installation's, another node's. Changes nothing where a later choice is
 * known; else it is kept, and the file server is told. Returns whether it was taken.
 */
export function applyBootChoice(choices: BootChoices, change: BootChoice, { journal, requests }: Pick<Effects, 'journal' | 'requests'>): boolean {
  if (!choices.put(change, journal)) return false;
  requests.push({ kind: 'boot-choices', choices: [change] });
  return true;
}
