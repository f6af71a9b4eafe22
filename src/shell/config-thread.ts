// The thread that reads the configuration while the server serves: it gets an order, answers once and ends. The tree and whatever
// else reading needs never enter the server's own heap.

import { parentPort, workerData } from 'node:worker_threads';
import { buffersOf, packGraph, type PackedGraph } from '../std/value-graph.ts';
import type { LoadForServing, LoadRefusal, ReadSettings } from './settings.ts';
import { version } from './version.ts';

export interface ReadOrder {
  readonly settings: ReadSettings;
  /** Of the server: a thread comes from the file on disk, which an update may have replaced since the server started. */
  readonly version: string;
}

export type ReadAnswer =
  | { readonly kind: 'read'; readonly config: PackedGraph; readonly remarks: readonly string[] }
  | { readonly kind: 'refused'; readonly refusal: LoadRefusal }
  | { readonly kind: 'other-version'; readonly version: string };

/** The whole life of the thread. */
export function answerReadOrder(loaderFor: (settings: ReadSettings) => LoadForServing): void {
  const order = workerData as ReadOrder;
  const answer = order.version === version ? readSafely(loaderFor(order.settings)) : ({ kind: 'other-version', version } as const);
  parentPort?.postMessage(answer, answer.kind === 'read' ? buffersOf(answer.config) : []);
}

/** A defect in here costs the new configuration, and not the server that serves by the old one: this thread's heap goes with it. */
function readSafely(load: LoadForServing): ReadAnswer {
  try {
    return read(load);
  } catch (error) {
    return { kind: 'refused', refusal: defect(error as Error) };
  }
}
export const defect = ({ message }: Error): LoadRefusal => {
  const line = `a defect of Leasehold keeps it from being read: ${message}`;
  return { lines: [line], summary: line };
};

function read(load: LoadForServing): ReadAnswer {
  const loaded = load();
  if (!loaded.ok) return { kind: 'refused', refusal: loaded.error };
  return { kind: 'read', config: packGraph(loaded.value.config), remarks: loaded.value.remarks };
}
