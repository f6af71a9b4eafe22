// What was set for machines that boot from the network goes to the partner: all of it when a link comes up, changes at once. The order
// of arrival does not matter (model/boot-choice.ts), so nothing is acknowledged: what a link lost is told again at the next.

import { addMillis, never, type MonoMillis, type Now, type UnixSeconds } from '../std/time.ts';
import type { Effects } from '../model/step.ts';
import { bootTargets, type BootChoice } from '../model/boot-choice.ts';
import { applyBootChoice, type BootChoices } from '../lease/boot-choices.ts';
import { encodeBootChoices, readBootChoices, type BootChoiceRow } from '../wire/boot-choice-parcel.ts';
import type { Endpoint } from './endpoint.ts';
import type { Topic } from './parcels.ts';

const rowsPerParcel = 200;
/** Between two parcels, so that neither side works long in one go. */
const pauseMillis = 20;

export class BootChoicesTopic implements Topic {
  readonly name = 'boot';
  readonly needsSecurity = true;
  readonly #endpoint: Endpoint;
  readonly #choices: BootChoices;
  /** MAC addresses that are still to be told. */
  readonly #waiting = new Set<string>();
  #isUp = false;
  deadline: MonoMillis = never;

  constructor(endpoint: Endpoint, choices: BootChoices) {
    this.#endpoint = endpoint;
    this.#choices = choices;
  }

  linkUp(now: Now): void {
    this.#isUp = true;
    for (const { mac } of this.#choices.values()) this.#waiting.add(mac);
    this.#choices.watchers.set(this.#endpoint.name, this.#waiting);
    this.deadline = addMillis(now.mono, pauseMillis);
  }
  linkLost(): void {
    this.#isUp = false;
    this.#choices.watchers.delete(this.#endpoint.name);
    this.#waiting.clear();
    this.deadline = never;
  }
  afterStep(now: Now, effects: Effects): void {
    if (this.#isUp && this.#waiting.size > 0 && this.deadline === never) this.#tell(now, effects);
  }
  tick(now: Now, effects: Effects): void {
    if (this.deadline <= now.mono) this.#tell(now, effects);
  }

  #tell(now: Now, effects: Effects): void {
    const rows: BootChoiceRow[] = [];
    for (const mac of this.#waiting) {
      if (rows.length >= rowsPerParcel) break;
      this.#waiting.delete(mac);
      const choice = this.#choices.get(mac);
      if (choice !== undefined) rows.push([mac, choice.target, choice.profile, choice.setAt, choice.state]);
    }
    if (rows.length > 0) this.#endpoint.parcels.send(this, encodeBootChoices(rows), now, effects);
    this.deadline = this.#waiting.size > 0 ? addMillis(now.mono, pauseMillis) : never;
  }

  received(parcel: Uint8Array, _now: Now, effects: Effects): void {
    for (const row of readBootChoices(parcel)) {
      const choice = choiceOf(row);
      if (choice === undefined) continue;
      const wasWaiting = this.#waiting.has(choice.mac);
      applyBootChoice(this.#choices, choice, effects);
      // What the partner just said need not be told to it.
      if (!wasWaiting) this.#waiting.delete(choice.mac);
    }
  }
}

function choiceOf([mac, word, profile, setAt, state]: BootChoiceRow): BootChoice | undefined {
  const target = bootTargets.find((known) => known === word);
  if (target === undefined || (state !== 'pending' && state !== 'done')) return undefined;
  return { mac, target, profile, setAt: setAt as UnixSeconds, state };
}
