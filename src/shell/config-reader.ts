// A new configuration, read beside the packet path: a thread reads and checks it, and what it sends is put together between packets.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { ServerConfig } from '../model/server-config.ts';
import { err, ok, type Result } from '../std/result.ts';
import { unpackGraph } from '../std/value-graph.ts';
import { defect, type ReadAnswer, type ReadOrder } from './config-thread.ts';
import type { LoadedForServing, LoadForServing, LoadRefusal, ReadSettings } from './settings.ts';
import { version } from './version.ts';

export interface ConfigReaderParts {
  readonly settings: ReadSettings;
  /** Reads it in this thread. */
  readonly loadHere: LoadForServing;
  /** Why this thread had to read it, while packets waited. */
  readonly onReadHere: (why: string) => void;
  /** What the thread runs: this program, unless a test has another. */
  readonly script?: string;
}

/** Time taken from packets in one go, in milliseconds. */
const sliceMillis = 2;

export class ConfigReader {
  readonly #parts: ConfigReaderParts;
  #thread: Worker | undefined;

  constructor(parts: ConfigReaderParts) {
    this.#parts = parts;
  }

  /** One call at a time; never resolves when it is closed meanwhile. */
  async read(): Promise<Result<LoadedForServing, LoadRefusal>> {
    const answer = await this.#ask();
    switch (answer.kind) {
      case 'read': return ok({ config: (await inSlices(unpackGraph(answer.config))) as ServerConfig, remarks: answer.remarks });
      case 'refused': return err(answer.refusal);
      case 'other-version': return this.#readHere(`the program on disk is version ${answer.version} now, this is ${version}`);
      case 'failed': return this.#readHere(answer.why);
    }
  }

  #ask(): Promise<ReadAnswer | { readonly kind: 'failed'; readonly why: string }> {
    const { settings, script = process.argv[1] ?? '' } = this.#parts;
    const order: ReadOrder = { settings, version };
    return new Promise((resolve) => {
      const thread = new Worker(script, { workerData: order });
      this.#thread = thread;
      // What is said after that concerns nobody: a thread that was ended ends with an event too.
      const done = (answer: Parameters<typeof resolve>[0]): void => {
        if (this.#thread !== thread) return;
        this.close();
        resolve(answer);
      };
      thread.on('message', (answer: ReadAnswer) => done(answer));
      thread.on('error', (error) => done(isTooLarge(error) ? { kind: 'refused', refusal: defect(error) } : { kind: 'failed', why: error.message }));
      thread.on('exit', () => done({ kind: 'failed', why: 'the thread that should read it ended early' }));
    });
  }

  /** Behind chroot(2) the program's file is out of reach. */
  #readHere(why: string): Result<LoadedForServing, LoadRefusal> {
    this.#parts.onReadHere(why);
    return this.#parts.loadHere();
  }

  /** Whatever is being read is of no interest any more. */
  close(): void {
    const thread = this.#thread;
    this.#thread = undefined;
    void thread?.terminate();
  }
}

/** What is too large for a thread is too large for the server, and would end it. */
const isTooLarge = (error: NodeJS.ErrnoException): boolean => error.code === 'ERR_WORKER_OUT_OF_MEMORY';

/** Runs it to its end with a turn of the event loop after every slice. */
async function inSlices<T>(work: Generator<undefined, T>): Promise<T> {
  for (;;) {
    const until = performance.now() + sliceMillis;
    do {
      const step = work.next();
      if (step.done === true) return step.value;
    } while (performance.now() < until);
    await nextTurn();
  }
}
