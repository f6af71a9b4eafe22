// Work that must not run twice at once, and whose callers want to know how it ended.

/**
 * Starts `run`, or waits: whoever comes while it runs shares the run after this one, because what they ask for may have changed since
 * this one began.
 */
export function oneAtATime<T>(run: () => Promise<T>): () => Promise<T> {
  let current: Promise<T> | undefined;
  let next: Promise<T> | undefined;
  const start = (): Promise<T> => {
    next = undefined;
    current = run().finally(() => {
      if (next === undefined) current = undefined;
    });
    return current;
  };
  return () => (current === undefined ? start() : (next ??= current.then(start, start)));
}
