// Readiness of a descriptor that node:net knows nothing of.

import koffi from 'koffi';

export interface PollHandle {
  /** Calls back again while the descriptor is readable (level triggered). */
  resume(): void;
  pause(): void;
  /** Call before closing the descriptor. */
  close(): void;
}

interface KoffiHandle {
  start(options: object, callback: (status: number) => void): void;
  stop(): void;
  close(): void;
}
const watch = koffi.node.poll as unknown as (
  fd: number,
  options: object,
  callback: (status: number) => void,
) => KoffiHandle;

/** Handles are kept here: a collected one would stop watching. */
const alive = new Set<KoffiHandle>();

/**
 * Watches at once. Why the callback may do next to nothing: it runs outside Node's callback scope, so an exception
 * would be lost and promises and process.nextTick would wait; callers mark what is readable and use setImmediate.
 */
export function pollReadable(fd: number, onReadable: () => void): PollHandle {
  const callback = (): void => onReadable();
  const options = { readable: true };
  const handle = watch(fd, options, callback);
  alive.add(handle);
  return {
    resume: () => handle.start(options, callback),
    pause: () => handle.stop(),
    close: () => {
      alive.delete(handle);
      handle.close();
    },
  };
}
