// A process in the laboratory: its lines are kept, and whoever needs one waits for it instead of sleeping.

import { spawn, type ChildProcess } from 'node:child_process';

const waitMillisMax = 30_000;
/** How long output is read after the process has ended. */
const outputMillisMax = 3_000;

/** Standard output and standard error of one process, read at all times so that it never stalls. */
export class Child {
  readonly process: ChildProcess;
  readonly lines: string[] = [];
  /** Resolves with status and signal, also when the program could not be started. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  hasExited = false;
  /** Lines read so far; counts on when lines are not kept. */
  lineCount = 0;
  readonly #keepsLines: boolean;
  readonly #onLine: ((line: string) => void) | undefined;
  readonly #waiting = new Set<() => void>();
  readonly #name: string;

  constructor(words: readonly string[], options: { readonly keepsLines?: boolean; readonly env?: NodeJS.ProcessEnv; readonly onLine?: (line: string) => void } = {}) {
    const [command = '', ...rest] = words;
    this.#name = words.join(' ');
    this.#keepsLines = options.keepsLines ?? true;
    this.#onLine = options.onLine;
    this.process = spawn(command, rest, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`, ...options.env },
    });
    this.exited = new Promise((resolve) => {
      const ended = (code: number | null, signal: string | null): void => {
        this.hasExited = true;
        this.#wake();
        resolve({ code, signal });
      };
      this.process.once('close', ended);
      // Helpers of a killed daemon may hold its output open for ever.
      this.process.once('exit', () => setTimeout(() => this.#dropOutput(), outputMillisMax));
      this.process.once('error', () => ended(null, null));
    });
    this.#read(this.process.stdout);
    this.#read(this.process.stderr);
  }

  get pid(): number {
    return this.process.pid ?? 0;
  }
  get text(): string {
    return this.lines.join('\n');
  }

  #read(stream: NodeJS.ReadableStream | null): void {
    let pending = '';
    stream?.setEncoding('utf8');
    stream?.on('data', (chunk: string) => {
      const lines = (pending + chunk).split('\n');
      pending = lines.pop() ?? '';
      this.lineCount += lines.length;
      // Waiters still see the lines of a process whose lines are not kept, for a moment.
      if (!this.#keepsLines) this.lines.length = 0;
      for (const line of lines) {
        this.lines.push(line);
        this.#onLine?.(line);
      }
      if (this.#waiting.size > 0) this.#wake();
    });
    stream?.on('end', () => {
      if (pending !== '') this.lines.push(pending);
      this.#wake();
    });
  }

  #dropOutput(): void {
    this.process.stdout?.destroy();
    this.process.stderr?.destroy();
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }

  /** The first line at or after `from` that fits; fails with what was said when none comes. */
  async line(pattern: RegExp, from = 0, millis = waitMillisMax): Promise<string> {
    const found = await this.until(() => this.lines.slice(from).find((line) => pattern.test(line)), millis);
    if (found === undefined) throw new Error(`${this.#name}: no line ${pattern}; its last lines:\n${this.lines.slice(-30).join('\n')}`);
    return found;
  }

  /** Calls `find` after each line until it finds something; undefined after `millis` or when the process has ended. */
  async until<T>(find: () => T | undefined, millis = waitMillisMax): Promise<T | undefined> {
    const end = Date.now() + millis;
    for (;;) {
      const found = find();
      if (found !== undefined || this.hasExited || Date.now() >= end) return found;
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          clearTimeout(timer);
          this.#waiting.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, end - Date.now());
        this.#waiting.add(wake);
      });
    }
  }

  /** Sends the signal and waits for the end. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (!this.hasExited) this.process.kill(signal);
    const timer = setTimeout(() => this.process.kill('SIGKILL'), 10_000);
    await this.exited;
    clearTimeout(timer);
  }
}

/** Asks again every 20 ms until `find` finds something; for what no process says. */
export async function eventually<T>(what: string, find: () => T | undefined | Promise<T | undefined>, millis = waitMillisMax): Promise<T> {
  const end = Date.now() + millis;
  for (;;) {
    const found = await find();
    if (found !== undefined) return found;
    if (Date.now() >= end) throw new Error(`${what}: not within ${millis} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
