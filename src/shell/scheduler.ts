// Puts work off until later: the event loop in production, the virtual clock in simulation.

export interface Scheduler {
  soon(run: () => void): void;
  /** `background`: not worth keeping the process alive for. Gives what `cancel` takes. */
  later(run: () => void, millis: number, kind?: 'background'): unknown;
  cancel(handle: unknown): void;
  monoMillis(): number;
}

export const eventLoop: Scheduler = {
  soon: (run) => setImmediate(run),
  later(run, millis, kind) {
    const timer = setTimeout(run, millis);
    if (kind === 'background') timer.unref();
    return timer;
  },
  cancel: (handle) => clearTimeout(handle as NodeJS.Timeout | undefined),
  monoMillis: () => performance.now(),
};
