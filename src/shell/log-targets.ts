// Which sinks a server writes to: everything to standard error while it starts, then where the settings say.

import { existsSync } from 'node:fs';
import { DescriptorSink, isJournal, SyslogSink, TeeSink, type LogLines, type LogSink } from './log-sink.ts';
import type { ServeSettings } from './settings.ts';

const standardError = 2;
const syslogPath = '/dev/log';

export class LogTargets implements LogSink {
  readonly #starting: LogSink;
  readonly #serving: LogSink;
  #isServing = false;

  constructor(settings: ServeSettings, facility: string, environment: NodeJS.ProcessEnv) {
    const isJournalFd = isJournal(standardError, environment);
    const stderr = new DescriptorSink(standardError, isJournalFd && settings.log.format === 'text');
    // The journal is syslog too: a line is not written there twice.
    const wantsSyslog = settings.log.syslog && existsSync(syslogPath) && !(settings.log.stderr && isJournalFd);
    const syslog = wantsSyslog ? new SyslogSink(facility, settings.programName, syslogPath) : undefined;
    this.#starting = syslog === undefined ? stderr : new TeeSink([stderr, syslog]);
    // Without a syslog daemon standard error is better than nothing.
    if (syslog === undefined || settings.log.stderr) this.#serving = this.#starting;
    else this.#serving = syslog;
  }

  /** From now on only where the settings say. */
  serve(): void {
    this.#starting.flush();
    this.#isServing = true;
  }
  get #sink(): LogSink {
    return this.#isServing ? this.#serving : this.#starting;
  }
  get dropped(): number {
    return this.#sink.dropped;
  }
  write(lines: LogLines): void {
    this.#sink.write(lines);
  }
  flush(): boolean {
    return this.#sink.flush();
  }
  close(): void {
    this.#sink.close();
  }
}
