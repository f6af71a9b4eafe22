// The text log lane: dhcpd's lines rendered straight to bytes, one drain's worth at a time.
// PERF: a packet line builds no string; four of them per DORA must stay cheap because logging is on by default.

import { ByteWriter, fromLatin1, latin1 } from '../std/bytes.ts';
import type { LogEvent, LogLevel } from '../model/log-event.ts';
import type { LogLane, PacketLine, Via } from '../model/log-lane.ts';
import { packetLineLevel, packetLines } from '../model/packet-lines.ts';
import type { DhcpView } from '../wire/dhcp-view.ts';

/** Syslog severities of the levels (RFC 5424 §6.2.1). */
export const severityOf: Readonly<Record<LogLevel, number>> = { fatal: 2, error: 3, info: 6, debug: 7 };

const newline = 10;
/** Longest line, bytes: client strings are bounded, an operator's log() text may not be. */
const lineSizeMax = 2048;

/** Opcodes of a compiled packet line: plain numbers so that rendering is one switch. */
const op = { text: 0, ip: 1, serverId: 2, client: 3, host: 4, via: 5 } as const;
interface CompiledPart {
  readonly op: number;
  readonly bytes: Uint8Array;
}
const nothing = new Uint8Array(0);
const opOf = { ip: op.ip, 'server-id': op.serverId, client: op.client, host: op.host, via: op.via };
const compiled = new Map<PacketLine, readonly CompiledPart[]>(
  (Object.keys(packetLines) as PacketLine[]).map((line) => [
    line,
    packetLines[line].parts.map((part) =>
      part.kind === 'text'
        ? { op: op.text, bytes: latin1(part.text) }
        : { op: opOf[part.kind], bytes: nothing },
    ),
  ]),
);

/**
 * Lines since the last `reset`, each ended by a newline, with severity and end offset per line for sinks that
 * frame lines one by one. Holds at most `sizeMax` bytes; what does not fit is counted in `dropped`.
 */
export class LogBuffer implements LogLane {
  readonly out: ByteWriter;
  readonly #sizeMax: number;
  #severities = new Uint8Array(1024);
  #ends = new Uint32Array(1024);
  lines = 0;
  dropped = 0;

  constructor(sizeMax = 1024 * 1024) {
    this.#sizeMax = sizeMax;
    this.out = new ByteWriter(64 * 1024, sizeMax + lineSizeMax * 4);
  }

  severity(line: number): number {
    return this.#severities[line] ?? 6;
  }
  end(line: number): number {
    return this.#ends[line] ?? 0;
  }
  /** Text of one line without its newline, for tests and cold sinks. */
  line(line: number): string {
    const from = line === 0 ? 0 : this.end(line - 1);
    return fromLatin1(this.out.bytes.subarray(from, this.end(line) - 1));
  }
  reset(): void {
    this.out.reset();
    this.lines = 0;
  }

  event<Fields extends object>(event: LogEvent<Fields>, fields: Fields): void {
    if (this.#isFull()) return;
    const text = event.text(fields);
    this.#text(text);
    this.#endLine(severityOf[event.level]);
  }

  packet(line: PacketLine, ip: number, view: DhcpView, via: Via, hostname: string, reason: string): void {
    if (this.#isFull()) return;
    const out = this.out;
    const parts = compiled.get(line) ?? [];
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i] as CompiledPart;
      switch (part.op) {
        case op.text: out.raw(part.bytes); break;
        case op.ip: out.ipv4(ip); break;
        case op.serverId: this.#serverId(view); break;
        case op.client: this.#client(view); break;
        case op.host: this.#host(line, hostname); break;
        default: this.#via(via);
      }
    }
    let severity = 6;
    if (reason !== '') {
      this.#reason(line, reason);
      severity = severityOf[packetLineLevel(line, reason)];
    }
    this.#endLine(severity);
  }

  #isFull(): boolean {
    if (this.out.size <= this.#sizeMax) return false;
    this.dropped++;
    return true;
  }

  #serverId(view: DhcpView): void {
    const serverId = view.serverIdentifier;
    if (serverId <= 0) return;
    this.out.u8(40);
    this.out.ipv4(serverId);
    this.out.text(') ');
  }

  #client(view: DhcpView): void {
    if (view.htype !== 0) {
      this.out.hexColons(view.chaddr);
      return;
    }
    const size = view.optionLength(61);
    if (size <= 0) this.out.text('<no identifier>');
    else this.out.hexColons(view.joined, view.optionAt(61), view.optionAt(61) + Math.min(size, 255));
  }

  #host(line: PacketLine, hostname: string): void {
    if (line === 'BOOTREPLY-STATIC') this.out.text(`${hostname === '' ? 'unknown' : hostname} `);
    else if (hostname !== '') this.#text(`(${hostname}) `);
  }

  #via(via: Via): void {
    if (via.giaddr !== 0) this.out.ipv4(via.giaddr);
    else this.out.text(via.interfaceName);
  }

  #reason(line: PacketLine, reason: string): void {
    const isParenthesis = packetLines[line].reason === 'parentheses';
    // The partner-state reasons begin with their own blank: `not responding (recovering)`.
    this.out.text(isParenthesis ? ' (' : ': ');
    this.#text(reason);
    if (isParenthesis) this.out.u8(41);
  }

  /** Client- or operator-supplied text: control bytes would forge lines, so they become `?`. */
  #text(text: string): void {
    const from = this.out.size;
    this.out.text(text.length > lineSizeMax ? text.slice(0, lineSizeMax) : text);
    const bytes = this.out.bytes;
    for (let at = from; at < this.out.size; at++) {
      const byte = bytes[at] ?? 0;
      if (byte < 32 || byte === 127) bytes[at] = 63;
    }
  }

  #endLine(severity: number): void {
    this.out.u8(newline);
    if (this.lines === this.#ends.length) this.#grow();
    this.#severities[this.lines] = severity;
    this.#ends[this.lines] = this.out.size;
    this.lines++;
  }

  #grow(): void {
    const severities = new Uint8Array(this.#ends.length * 2);
    severities.set(this.#severities);
    const ends = new Uint32Array(this.#ends.length * 2);
    ends.set(this.#ends);
    this.#severities = severities;
    this.#ends = ends;
  }
}
