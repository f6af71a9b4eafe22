// A file as a transfer reads it: forwards, in pieces, the next piece asked of the disk before it is needed.
// PERF: two pieces of memory a transfer, whatever the size of its file.

import type { BootFile } from './boot-files.ts';

export const pieceSize = 64 * 1024;

/** undefined: on its way. `short`: the file ended before its size, or the disk failed. */
type Piece = Uint8Array | undefined | 'short';

export class ReadAhead {
  readonly #file: BootFile;
  /** By piece number; at most three: a window may lie across two, and the next one is on its way. */
  readonly #pieces = new Map<number, Piece>();
  readonly #onPiece: () => void;

  /** `onPiece` is called when bytes that `copy` lacked may be there. */
  constructor(file: BootFile, onPiece: () => void) {
    this.#file = file;
    this.#onPiece = onPiece;
  }

  /** Copies [from, from + count) of the file to `target`; `later` until `onPiece`, `failed` for good. */
  copy(from: number, count: number, target: Uint8Array, at: number): 'copied' | 'later' | 'failed' {
    let done = 0;
    while (done < count) {
      const number = Math.floor((from + done) / pieceSize);
      const piece = this.#pieces.get(number);
      if (piece === 'short') return 'failed';
      if (piece === undefined) {
        this.#ask(number);
        return 'later';
      }
      const start = from + done - number * pieceSize;
      const part = Math.min(count - done, pieceSize - start);
      target.set(piece.subarray(start, start + part), at + done);
      done += part;
    }
    return 'copied';
  }

  /** Everything before `from` is never asked again, what follows soon is. */
  advance(from: number): void {
    const number = Math.floor(from / pieceSize);
    for (const kept of this.#pieces.keys()) if (kept < number) this.#pieces.delete(kept);
    this.#ask(number);
    this.#ask(number + 1);
  }

  /** The file is read otherwise for now. */
  forget(): void {
    if (this.#pieces.size > 0) this.#pieces.clear();
  }

  #ask(number: number): void {
    const from = number * pieceSize;
    if (this.#pieces.has(number) || from >= this.#file.size) return;
    this.#pieces.set(number, undefined);
    const count = Math.min(pieceSize, this.#file.size - from);
    this.#file.read(from, count).then(
      (bytes) => this.#take(number, bytes.length === count ? bytes : 'short'),
      () => this.#take(number, 'short'),
    );
  }
  #take(number: number, piece: Piece): void {
    if (!this.#pieces.has(number)) return;
    this.#pieces.set(number, piece);
    this.#onPiece();
  }
}
