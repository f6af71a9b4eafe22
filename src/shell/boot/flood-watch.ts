// A flood of requests: when it begins, and when it is over.

/** A pause that is shorter belongs to the flood. */
const quietMillis = 2_000;

export class FloodWatch {
  readonly #tell: (isOver: boolean) => void;
  #seenAt = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(tell: (isOver: boolean) => void) {
    this.#tell = tell;
  }

  /** A request was above the rate, or found no room; `now` in milliseconds, monotonic. */
  excess(now: number): void {
    this.#seenAt = now;
    if (this.#timer !== undefined) return;
    this.#tell(false);
    this.#await(quietMillis);
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #await(millis: number): void {
    this.#timer = setTimeout(() => this.#look(), millis);
    this.#timer.unref();
  }
  #look(): void {
    const left = this.#seenAt + quietMillis - performance.now();
    if (left > 0) {
      this.#await(left);
      return;
    }
    this.#timer = undefined;
    this.#tell(true);
  }
}
