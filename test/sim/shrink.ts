// A failing seed made small: faults, clients and hours are left out while the same kind of failure remains. What is left is
// 1-minimal (Zeller's ddmin): without any one fault, or any one client, of it the failure does not show.

import type { Fault, FaultName } from './fault-schedule.ts';
import type { Part } from './sim.ts';
import type { WorldName } from './worlds.ts';

/** What the problems of the worlds are about, whoever and whenever it was. */
const kinds: readonly (readonly [kind: string, sign: RegExp])[] = [
  ['two holders', /^two holders: /],
  ['unexcused overlap', /^without an operator's error: /],
  ['still held twice', /^still held twice: /],
  ['not told', / does not tell of /],
  ['agreement', /^agreement: /],
  ['conduct', /^conduct: /],
  ['lead time', /^lead time: /],
  ['not durable', / before it was durable$/],
  ['ended itself', / ended itself: /],
  ['not normal', /^[ab] is /],
  ['bindings differ', /^[\d.]+: .* \/ /],
  ['no address', / is (selecting|requesting|rebooting|renewing|rebinding)$/],
];
export const kindOf = (problem: string): string => kinds.find(([, sign]) => sign.test(problem))?.[0] ?? problem;

export interface Played {
  readonly problems: readonly string[];
  readonly struck: readonly Fault[];
}
export type Play = (part: Part) => Played;

export interface Shrunk {
  readonly kind: string;
  readonly part: Part;
  /** Runs that it took. */
  readonly runs: number;
}

/** The fewest `items`, in order, of which `fails` still holds; it holds of all of them. */
export function fewest<T>(items: readonly T[], fails: (some: readonly T[]) => boolean): readonly T[] {
  if (items.length === 0 || fails([])) return [];
  let kept = items;
  for (let size = Math.ceil(kept.length / 2); ; size = Math.ceil(size / 2)) {
    for (let from = kept.length; from > 0; from -= size) {
      const without = [...kept.slice(0, Math.max(from - size, 0)), ...kept.slice(from)];
      if (without.length > 0 && fails(without)) kept = without;
    }
    if (size === 1) return kept;
  }
}

const minutesTried = [10, 20, 40, 80, 160, 240];

/** undefined: the seed does not fail. `clientCount` is how many the world has. */
export function shrink(play: Play, clientCount: number): Shrunk | undefined {
  let runs = 1;
  const whole = play({});
  const [first] = whole.problems;
  if (first === undefined) return undefined;
  const kind = kindOf(first);
  let part: Part = {};
  let { struck } = whole;
  const keepIfFails = (candidate: Part): boolean => {
    runs++;
    const played = play(candidate);
    if (!played.problems.some((problem) => kindOf(problem) === kind)) return false;
    part = candidate;
    ({ struck } = played);
    return true;
  };
  minutesTried.some((minutes) => keepIfFails({ ...part, minutes }));
  const fewerFaults = (): void => void fewest(struck.map(({ name }) => name), (some) => keepIfFails({ ...part, faults: new Set(some) }));
  fewerFaults();
  fewest(Array.from({ length: clientCount }, (_, index) => index + 1), (some) => keepIfFails({ ...part, clients: new Set(some) }));
  // With fewer clients about, some fault may not matter any more.
  fewerFaults();
  return { kind, part, runs };
}

// ── As text ──

/** The arguments that play this part of a seed again; `partOf` reads them. */
export function replayLine(world: WorldName, seed: number, { faults, clients, minutes, contact }: Part): string {
  const words = [world === 'pair' ? '' : `--world ${world}`, `--seed ${seed}`];
  if (minutes !== undefined) words.push(`--minutes ${minutes}`);
  if (faults !== undefined) words.push(`--faults ${[...faults].join(',') || 'none'}`);
  if (clients !== undefined) words.push(`--clients ${[...clients].join(',')}`);
  if (contact !== undefined) words.push(`--contact ${contact}`);
  return words.filter((word) => word !== '').join(' ');
}

/** Values of the flags `--faults`, `--clients`, `--minutes` and `--contact`. */
export interface PartFlags {
  readonly faults?: string | undefined;
  readonly clients?: string | undefined;
  readonly minutes?: string | undefined;
  readonly contact?: string | undefined;
}
export const partOf = ({ faults, clients, minutes, contact }: PartFlags): Part => ({
  ...(faults === undefined ? {} : { faults: new Set(faults.split(',') as FaultName[]) }),
  ...(clients === undefined ? {} : { clients: new Set(clients.split(',').map(Number)) }),
  ...(minutes === undefined ? {} : { minutes: Number(minutes) }),
  ...(contact === undefined ? {} : { contact: Number(contact) }),
});

const isLeft = /moves? from|Both servers normal|was held twice/;

/** What a reader needs of a transcript: faults, state changes, and what was said of the addresses of the problem, until it showed. */
export function essence(transcript: readonly string[], problem: string): string[] {
  const addresses = problem.match(/\b\d+\.\d+\.\d+\.\d+\b/g) ?? [];
  // A holder that is told of later has given up meanwhile: its end differs.
  const sign = problem.split(' until ')[0] ?? problem;
  const end = transcript.findIndex((line) => line.includes(sign));
  return transcript.slice(0, end < 0 ? undefined : end + 1).filter((line) => {
    const text = line.slice(11);
    const isOfNode = /^[ab]: /.test(text);
    return !isOfNode || isLeft.test(text) || addresses.some((address) => text.split(/[ :]+/).includes(address));
  });
}
