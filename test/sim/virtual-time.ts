// One true time for everybody, and the actions that wait for it. Nodes see it through clocks of their own.

/** When a simulation begins: 2026-11-22 17:46:40 UTC. */
export const epochMillis = 1_795_369_600_000;

/** True milliseconds since the simulation began. */
export type TrueMillis = number;

interface Action {
  readonly at: TrueMillis;
  /** Ties run in the order in which they were planned. */
  readonly order: number;
  run: (() => void) | undefined;
}

/** What `plan` gives back: `cancel` takes it. */
export type PlannedAction = { run: (() => void) | undefined };

export class VirtualTime {
  now: TrueMillis = 0;
  readonly #heap: Action[] = [];
  #order = 0;

  plan(delayMillis: number, run: () => void): PlannedAction {
    const action: Action = { at: this.now + Math.max(delayMillis, 0), order: this.#order++, run };
    this.#push(action);
    return action;
  }
  cancel(action: PlannedAction): void {
    action.run = undefined;
  }
  /** Runs everything due until `until`, then stands there. `actionsMax` catches a loop that makes no progress. */
  runUntil(until: TrueMillis, actionsMax = 50_000_000): void {
    let count = 0;
    for (let first = this.#heap[0]; first !== undefined && first.at <= until; first = this.#heap[0]) {
      this.#pop();
      this.now = Math.max(this.now, first.at);
      first.run?.();
      if (++count > actionsMax) throw new Error(`no progress at ${this.now} ms of virtual time`);
    }
    this.now = until;
  }

  #isBefore(a: Action, b: Action): boolean {
    return a.at < b.at || (a.at === b.at && a.order < b.order);
  }
  #push(action: Action): void {
    const heap = this.#heap;
    let at = heap.push(action) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(action, heap[parent] as Action)) break;
      heap[at] = heap[parent] as Action;
      at = parent;
    }
    heap[at] = action;
  }
  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as Action;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.#isBefore(heap[child + 1] as Action, heap[child] as Action)) child++;
      if (!this.#isBefore(heap[child] as Action, last)) break;
      heap[at] = heap[child] as Action;
      at = child;
    }
    heap[at] = last;
  }
}

/** A machine's two clocks: monotonic from its own start, wall with an offset that can jump and a drift. */
export class VirtualClock {
  readonly #time: VirtualTime;
  /** Wall minus true time, milliseconds. */
  wallOffsetMillis: number;
  readonly #epochMillis: number;
  readonly #startedAt: TrueMillis;

  constructor(time: VirtualTime, epochMillis: number, wallOffsetMillis: number) {
    this.#time = time;
    this.#epochMillis = epochMillis;
    this.wallOffsetMillis = wallOffsetMillis;
    this.#startedAt = time.now;
  }
  monoMillis(): number {
    return this.#time.now - this.#startedAt + 1;
  }
  wallMillis(): number {
    return this.#epochMillis + this.#time.now + this.wallOffsetMillis;
  }
}
