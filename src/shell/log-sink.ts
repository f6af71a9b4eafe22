// Where log lines go: a descriptor (standard error, with journal priorities when the journal reads it) or syslog.
// Bounded: a reader that stalls never stops the server; lines beyond the backlog are counted and the loss is said.
// PERF: one write(2) for all lines of a drain.

import { fstatSync } from 'node:fs';
import { ByteWriter } from '../std/bytes.ts';
import { EAGAIN, AF, errno, libc, SOCK, MSG } from './libc.ts';
import { addressOf, NativeBlock } from './native.ts';
import { unixName } from './notify.ts';

/** Lines of one drain, each ended by a newline (node/log-buffer.ts). */
export interface LogLines {
  readonly out: ByteWriter;
  readonly lines: number;
  /** Syslog severity of a line. */
  severity(line: number): number;
  /** Offset behind the newline of a line. */
  end(line: number): number;
}

export interface LogSink {
  /** Takes all lines or counts those it must drop; never blocks. */
  write(lines: LogLines): void;
  /** Another try for what a stalled reader left behind; true when nothing is left. */
  flush(): boolean;
  /** Lines dropped since the start. */
  readonly dropped: number;
  close(): void;
}

/** More than the lines of one drain can be, so that a half-written line always finds room for its rest. */
const backlogSizeMax = 2 * 1024 * 1024;
const pipeSize = 1024 * 1024;
/** A pipe that poll(2) calls writable takes at least this much without blocking (PIPE_BUF). */
const pipeChunkSize = 4096;
const F_SETPIPE_SZ = 1031;
const POLLOUT = 4;
const O_WRONLY_NONBLOCK = 0o1 | 0o4000 | 0o2000000;

const noticeOf = (count: number): string =>
  `${count} log lines lost: the reader of this log did not keep up\n`;

/** How bytes get into a descriptor without ever waiting. */
type Writer = (bytes: Uint8Array, from: number, to: number) => number;

/** Bytes taken, 0 when it would block, -1 when the reader is gone. */
const resultOf = (result: number): number => (result >= 0 ? result : errno() === EAGAIN ? 0 : -1);

function pipeWriter(fd: number): Writer {
  libc.fcntl(fd, F_SETPIPE_SZ, pipeSize);
  // Why: O_NONBLOCK set on fd 2 itself would be seen by every process that shares the pipe; a second description is ours.
  const path = Buffer.from(`/proc/self/fd/${fd}\0`);
  const block = new NativeBlock(path.length);
  block.bytes.set(path);
  const own = libc.open(block.address, O_WRONLY_NONBLOCK, 0);
  if (own >= 0) return (bytes, from, to) => resultOf(libc.write(own, addressOf(bytes) + from, to - from));
  const poll = new NativeBlock(8);
  poll.view.setInt32(0, fd, true);
  poll.view.setUint16(4, POLLOUT, true);
  return (bytes, from, to) => {
    const isWritable = libc.poll(poll.address, 1, 0) > 0;
    return isWritable ? resultOf(libc.write(fd, addressOf(bytes) + from, Math.min(to - from, pipeChunkSize))) : 0;
  };
}

function writerFor(fd: number): Writer {
  const stat = fstatSync(fd);
  if (stat.isFIFO() || stat.isCharacterDevice()) return pipeWriter(fd);
  if (stat.isSocket())
    return (bytes, from, to) => resultOf(libc.send(fd, addressOf(bytes) + from, to - from, MSG.dontwait | MSG.nosignal));
  return (bytes, from, to) => resultOf(libc.write(fd, addressOf(bytes) + from, to - from));
}

/** Whether this descriptor is the journal's (systemd.exec(5), JOURNAL_STREAM): then priorities `<6>` are understood. */
export function isJournal(fd: number, environment: NodeJS.ProcessEnv): boolean {
  try {
    const { dev, ino } = fstatSync(fd);
    return environment['JOURNAL_STREAM'] === `${dev}:${ino}`;
  } catch {
    return false;
  }
}

/** Lines as they are, or each with its priority before it. */
export class DescriptorSink implements LogSink {
  dropped = 0;
  readonly #write: Writer;
  readonly #withPriorities: boolean;
  readonly #staging = new ByteWriter(64 * 1024);
  readonly #backlog = new ByteWriter(64 * 1024);
  #backlogStart = 0;
  #unsaid = 0;

  constructor(fd: number, withPriorities = false) {
    this.#write = writerFor(fd);
    this.#withPriorities = withPriorities;
  }

  write(lines: LogLines): void {
    if (lines.lines === 0) return;
    const isClear = this.#backlog.size === 0 || this.flush();
    if (!this.#withPriorities && isClear) {
      this.#keep(lines.out.bytes, this.#push(lines.out.bytes, 0, lines.out.size), lines.out.size);
      return;
    }
    const staging = this.#staging;
    staging.reset();
    for (let line = 0; line < lines.lines; line++) {
      if (this.#withPriorities) {
        staging.u8(60);
        staging.decimal(lines.severity(line));
        staging.u8(62);
      }
      staging.raw(lines.out.bytes.subarray(line === 0 ? 0 : lines.end(line - 1), lines.end(line)));
    }
    this.#keep(staging.bytes, isClear ? this.#push(staging.bytes, 0, staging.size) : 0, staging.size);
  }

  /** Where the reader stopped taking; at the end when it is gone, because then nobody misses them. */
  #push(bytes: Uint8Array, from: number, size: number): number {
    let at = from;
    while (at < size) {
      const taken = this.#write(bytes, at, size);
      if (taken < 0) return size;
      if (taken === 0) break;
      at += taken;
    }
    return at;
  }

  /** Remembers bytes[from, size), whole lines only once the backlog is full. */
  #keep(bytes: Uint8Array, from: number, size: number): void {
    if (from === size) return;
    if (this.#backlog.size + size - from <= backlogSizeMax) {
      this.#backlog.raw(bytes.subarray(from, size));
      return;
    }
    let count = 0;
    for (let at = from; at < size; at++) if (bytes[at] === 10) count++;
    this.dropped += count;
    this.#unsaid += count;
  }

  flush(): boolean {
    const backlog = this.#backlog;
    this.#backlogStart = this.#push(backlog.bytes, this.#backlogStart, backlog.size);
    if (this.#backlogStart < backlog.size) return false;
    backlog.reset();
    this.#backlogStart = 0;
    if (this.#unsaid === 0) return true;
    backlog.text(`${this.#withPriorities ? '<4>' : ''}${noticeOf(this.#unsaid)}`);
    this.#unsaid = 0;
    return this.flush();
  }

  close(): void {
    this.flush();
  }
}

/** Facilities of syslog(3) that `log-facility` can name. */
const facilities: Readonly<Record<string, number>> = {
  kern: 0, user: 1, mail: 2, daemon: 3, auth: 4, syslog: 5, lpr: 6, news: 7, uucp: 8, cron: 9, authpriv: 10, ftp: 11,
  local0: 16, local1: 17, local2: 18, local3: 19, local4: 20, local5: 21, local6: 22, local7: 23,
};
const reopenMillis = 1_000;

/** One datagram a line to /dev/log, in the form of syslog(3): `<30>Nov 24 00:12:13 dhcpd[42]: text`. */
export class SyslogSink implements LogSink {
  dropped = 0;
  readonly #facility: number;
  readonly #tag: string;
  readonly #path: string;
  readonly #message = new NativeBlock(4096);
  #fd = -1;
  #openedAt = -Infinity;
  #stamp = '';
  #stampSecond = 0;
  #unsaid = 0;

  constructor(facility: string, name: string, path = '/dev/log') {
    this.#facility = (facilities[facility.toLowerCase()] ?? 3) * 8;
    this.#tag = ` ${name}[${process.pid}]: `;
    this.#path = path;
    this.#open();
  }

  get isOpen(): boolean {
    return this.#fd >= 0;
  }

  #open(): void {
    if (performance.now() - this.#openedAt < reopenMillis) return;
    this.#openedAt = performance.now();
    if (this.#fd >= 0) libc.close(this.#fd);
    this.#fd = libc.socket(AF.unix, SOCK.dgram | SOCK.nonblock | SOCK.cloexec, 0);
    const name = unixName(this.#path);
    if (this.#fd >= 0 && libc.connect(this.#fd, name.block.address, name.size) < 0) {
      libc.close(this.#fd);
      this.#fd = -1;
    }
  }

  write(lines: LogLines): void {
    if (lines.lines === 0) return;
    if (this.#fd < 0) this.#open();
    this.#refreshStamp();
    if (this.#unsaid > 0) {
      const notice = Buffer.from(noticeOf(this.#unsaid));
      if (this.#send(4, notice, 0, notice.length - 1)) this.#unsaid = 0;
    }
    for (let line = 0; line < lines.lines; line++) {
      const from = line === 0 ? 0 : lines.end(line - 1);
      if (this.#send(lines.severity(line), lines.out.bytes, from, lines.end(line) - 1)) continue;
      this.dropped++;
      this.#unsaid++;
    }
  }

  #send(severity: number, bytes: Uint8Array, from: number, to: number): boolean {
    if (this.#fd < 0) return false;
    const head = Buffer.from(`<${this.#facility + severity}>${this.#stamp}${this.#tag}`, 'latin1');
    const size = Math.min(head.length + to - from, this.#message.bytes.length);
    this.#message.bytes.set(head);
    this.#message.bytes.set(bytes.subarray(from, from + size - head.length), head.length);
    if (libc.send(this.#fd, this.#message.address, size, MSG.dontwait | MSG.nosignal) >= 0) return true;
    // syslogd was restarted: its old socket refuses, a new one is there.
    if (errno() !== EAGAIN) {
      libc.close(this.#fd);
      this.#fd = -1;
    }
    return false;
  }

  #refreshStamp(): void {
    const second = Math.floor(Date.now() / 1000);
    if (second === this.#stampSecond) return;
    this.#stampSecond = second;
    const [, month, day, , time] = new Date(second * 1000).toString().split(' ');
    this.#stamp = `${month ?? ''} ${(day ?? '').replace(/^0/, ' ')} ${time ?? ''}`;
  }

  flush(): boolean {
    return true;
  }
  close(): void {
    if (this.#fd >= 0) libc.close(this.#fd);
    this.#fd = -1;
  }
}

/** The same lines to several sinks. */
export class TeeSink implements LogSink {
  readonly #sinks: readonly LogSink[];
  constructor(sinks: readonly LogSink[]) {
    this.#sinks = sinks;
  }
  get dropped(): number {
    return this.#sinks.reduce((sum, sink) => sum + sink.dropped, 0);
  }
  write(lines: LogLines): void {
    for (const sink of this.#sinks) sink.write(lines);
  }
  flush(): boolean {
    return this.#sinks.map((sink) => sink.flush()).every(Boolean);
  }
  close(): void {
    for (const sink of this.#sinks) sink.close();
  }
}
