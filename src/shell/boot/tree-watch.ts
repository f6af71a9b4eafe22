// Looks at the tree of boot files from time to time and tells the server when it is another one.

import type { BootTreeFile } from '../../model/boot-tree.ts';
import type { ChildMessage } from './boot-channel.ts';
import type { TreeDigests } from './tree-digests.ts';

/** Between two looks that nobody asked for. */
const lookMillis = 60_000;
/** Of one message, so that a line stays far below what the other side reads. */
const filesPerMessage = 1_000;

export class TreeWatch {
  readonly #digests: TreeDigests;
  readonly #tell: (message: ChildMessage) => void;
  #isWatching = false;
  #isLooking = false;
  #mustLookAgain = false;
  /** What was told, as text; undefined before the first time. */
  #told: string | undefined;
  #problem = '';

  constructor(digests: TreeDigests, tell: (message: ChildMessage) => void) {
    this.#digests = digests;
    this.#tell = tell;
  }

  /** Now, and from now on. */
  look(): void {
    if (!this.#isWatching) setInterval(() => this.look(), lookMillis).unref();
    this.#isWatching = true;
    this.#mustLookAgain = this.#isLooking;
    if (this.#isLooking) return;
    this.#isLooking = true;
    void this.#digests.read().then(({ files, problem }) => {
      this.#isLooking = false;
      if (problem !== this.#problem && problem !== '') this.#tell({ kind: 'problem', line: problem });
      this.#problem = problem;
      this.#tellTree(files);
      if (this.#mustLookAgain) this.look();
    });
  }

  #tellTree(files: readonly BootTreeFile[]): void {
    const text = JSON.stringify(files);
    if (text === this.#told) return;
    this.#told = text;
    for (let from = 0; from === 0 || from < files.length; from += filesPerMessage) {
      const part = files.slice(from, from + filesPerMessage);
      this.#tell({ kind: 'tree', files: part, isLast: from + part.length >= files.length });
    }
  }
}
