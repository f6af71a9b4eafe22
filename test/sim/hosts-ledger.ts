// What the world of host edits must remember about who wrote what, apart from the product's own bookkeeping: every durable write is
// there at the end, or somebody who saw it replaced it.

import { textOf } from '../../src/lease/host-text.ts';
import { winner, writeDot, type HostVersion } from '../../src/lease/host-version.ts';
import { hostKeys } from '../../src/lease/host-keys.ts';
import type { HostsNode } from './hosts-node.ts';

interface Write {
  readonly name: string;
  readonly dot: string;
  readonly text: string;
  /** What its writer had before him, and meant to be gone. */
  readonly replaced: readonly string[];
  readonly replacedTexts: readonly string[];
  /** Hosts in force that share a key with it, where it was written. */
  readonly seenBeside: readonly string[];
}

export class HostsLedger {
  readonly #writes = new Map<string, Write>();

  /** Whoever edits calls this with what the host was before. Returns what makes it count once it is durable. */
  note(node: HostsNode, name: string, before: HostVersion | undefined, isSettling: boolean): () => void {
    const after = node.store.replicated.version(name);
    if (after === undefined || before === after) return () => {};
    const { dot, text } = winner(after);
    if (before !== undefined && writeDot(winner(before).dot) === writeDot(dot)) return () => {};
    const gone = before === undefined ? [] : isSettling ? before.written : [winner(before)];
    const write = { name, dot: writeDot(dot), text, replaced: gone.map((old) => writeDot(old.dot)), replacedTexts: gone.map((old) => old.text), seenBeside: besides(node, name) };
    return () => void this.#writes.set(`${name} ${write.dot}`, write);
  }

  /** Writes that are nowhere, and hosts in force that took each other's keys unseen. */
  problems(node: HostsNode): string[] {
    const { hosts, replicated } = node.store;
    const replaced = new Set([...this.#writes.values()].flatMap(({ name, replaced: dots }) => dots.map((dot) => `${name} ${dot}`)));
    const isKept = ({ name, dot, text }: Write): boolean =>
      replicated.version(name)?.written.some((write) => writeDot(write.dot) === dot || write.text === text) === true || replaced.has(`${name} ${dot}`);
    /** What was written before the node had an origin has its version from the first link on: only who replaced it was noted. */
    const isUnnoted = (name: string, dot: string): boolean => !this.#writes.has(`${name} ${dot}`);
    const replacedUnnoted = (other: Write, text: string): boolean =>
      other.replaced.some((dot, index) => other.replacedTexts[index] === text && isUnnoted(other.name, dot));
    /** Two nodes wrote the same: one of them stands for both. */
    const hasTwin = (lost: Write): boolean =>
      [...this.#writes.values()].some(
        (other) => other !== lost && other.name === lost.name && ((other.text === lost.text && isKept(other)) || replacedUnnoted(other, lost.text)),
      );
    const lost = [...this.#writes.values()].filter((write) => !isKept(write) && !hasTwin(write)).map(({ name, dot }) => `the write ${dot} of ${name} is gone`);
    const live = [...hosts.records()].filter(({ isDeleted }) => !isDeleted);
    const clashing = live.flatMap((a) => live.filter((b) => a.name < b.name && this.#clash(node, a.name, b.name)).map((b) => `${a.name} and ${b.name} share a key unseen`));
    return [...lost, ...clashing];
  }
  #clash(node: HostsNode, a: string, b: string): boolean {
    const { hosts, replicated } = node.store;
    const keys = new Set(hostKeys(hosts.record(a)));
    if (!hostKeys(hosts.record(b)).some((key) => keys.has(key))) return false;
    /** What was written before the node had an origin has its version from the first link on, and nobody noted it: it says itself. */
    const seenBeside = (name: string): readonly string[] => {
      const version = replicated.version(name);
      if (version === undefined) return [];
      const { dot, beside } = winner(version);
      return this.#writes.get(`${name} ${writeDot(dot)}`)?.seenBeside ?? beside;
    };
    return !seenBeside(a).includes(b) && !seenBeside(b).includes(a);
  }
}

function besides({ store: { hosts } }: HostsNode, name: string): string[] {
  const keys = new Set(hostKeys(hosts.record(name)));
  return [...hosts.records()].filter((other) => other.name !== name && hostKeys(other).some((key) => keys.has(key))).map((other) => other.name);
}

/** All that a node serves and shows, to be compared. */
export function stateOf({ store: { hosts, replicated } }: HostsNode): string {
  const served = [...hosts.records()].filter(({ isDeleted }) => !isDeleted).map(textOf).toSorted();
  const conflicts = [...replicated.conflicts()].map(({ name, kind, rival, lost }) => `${kind} ${name} ${rival ?? ''} ${writeDot(lost.dot)}`).toSorted();
  return [...served, ...conflicts, replicated.digests().filter((word) => word !== 0).join()].join('\n');
}
