// What an operator set for one machine's boots from the network: a value with an order of its own, so that it can be kept, replayed
// and told to another node in any order, and everybody ends with the same one.

import { addSeconds, seconds, unset, type UnixSeconds } from '../std/time.ts';

/**
 * `install`: its profile once, then its own disk. `local`: its own disk. `none`: taken back, as if nothing had been set; it is kept so
 * that an older choice that comes later counts no more.
 */
export const bootTargets = ['install', 'local', 'none'] as const;
export type BootTarget = (typeof bootTargets)[number];

export interface BootChoice {
  /** Whose it is, and its identity: 12 hex digits in lower case. */
  readonly mac: string;
  readonly target: BootTarget;
  /** Of `install`: the profile to boot in place of the one that fits the machine; else empty. */
  readonly profile: string;
  /**
   * When it was set, by the wall clock of who set it; the revision, too: of two choices the later one counts. Never moved when the
   * clock steps. See `nextSetAt`.
   */
  readonly setAt: UnixSeconds;
  /** `pending`: an `install` whose files were not yet fetched. */
  readonly state: 'pending' | 'done';
}

/** `525400aa0001` as `52:54:00:aa:00:01`; of nothing, nothing. */
export const colonsOf = (digits: string): string => digits.match(/../g)?.join(':') ?? '';

/** Of equal age, what is done counts more than what is awaited; the rest only has to be the same everywhere. */
const rank = ({ state, target, profile }: BootChoice): string => `${state === 'done' ? 1 : 0} ${target} ${profile}`;

/** Whether a choice takes the place of another one of the same machine. A total order: the order of arrival does not matter. */
export const supersedes = (change: BootChoice, before: BootChoice | undefined): boolean =>
  before === undefined || (change.setAt === before.setAt ? rank(change) > rank(before) : change.setAt > before.setAt);

/** For a new choice: now, or just behind the one before where two fall into one second or another node's clock is ahead. */
export const nextSetAt = (wall: UnixSeconds, before: BootChoice | undefined): UnixSeconds =>
  before === undefined || before.setAt < wall ? wall : addSeconds(before.setAt, seconds(1));

/** It is told to boot from its own disk. */
export const isDiskBoot = (choice: BootChoice | undefined): boolean =>
  choice?.target === 'local' || (choice?.target === 'install' && choice.state === 'done');

/** The profile that was chosen by name; empty for none. */
export const chosenProfile = (choice: BootChoice | undefined): string => (choice?.target === 'install' ? choice.profile : '');

/** What the core remembers of every machine, read only. */
export interface BootChoiceView {
  get(mac: string): BootChoice | undefined;
}
export const noChoices: BootChoiceView = { get: () => undefined };

/** A machine has fetched everything that it boots; `setAt` of the choice that it was told by, `unset` without one. */
export interface BootFetched {
  readonly mac: string;
  readonly setAt: UnixSeconds;
}

/**
 * What a fetch makes of the choice: done. A profile that boots once leaves a choice behind even where none was set. undefined when
 * the choice is another one by now, or nothing is left to do.
 */
export function afterFetch({ mac, setAt }: BootFetched, before: BootChoice | undefined, wall: UnixSeconds): BootChoice | undefined {
  if ((before?.setAt ?? unset) !== setAt) return undefined;
  if (before === undefined || before.target === 'none')
    return { mac, target: 'install', profile: '', setAt: nextSetAt(wall, before), state: 'done' };
  return before.target === 'install' && before.state === 'pending' ? { ...before, state: 'done' } : undefined;
}
