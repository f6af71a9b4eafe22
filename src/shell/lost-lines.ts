// Log lines that were more in one turn than are kept of one turn: said as soon as there is room again, with their number.

export class LostLines {
  readonly #lost: () => number;
  readonly #say: (line: string) => void;
  #said = 0;

  /** `lost` grows for as long as the process lives. */
  constructor(lost: () => number, say: (line: string) => void) {
    this.#lost = lost;
    this.#say = say;
  }

  /** Call now and then. */
  look(): void {
    const count = this.#lost() - this.#said;
    if (count === 0) return;
    this.#said += count;
    this.#say(`${count} log lines lost: more at once than are kept for writing`);
  }
}
