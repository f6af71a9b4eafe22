// The JSON log lane: one object a line with the stable event id, for machines. Fields instead of rendered bytes.

import pino, { type Logger } from 'pino';
import { ByteWriter, fromLatin1, toHex } from '../std/bytes.ts';
import { formatIpv4, type Ipv4 } from '../std/ipv4.ts';
import type { LogEvent, LogLevel } from '../model/log-event.ts';
import type { LogLane, PacketLine, Via } from '../model/log-lane.ts';
import { packetLineLevel, packetLines } from '../model/packet-lines.ts';
import type { DhcpView } from '../wire/dhcp-view.ts';
import type { LogLines } from './log-sink.ts';

const severities: Readonly<Record<LogLevel, number>> = { fatal: 2, error: 3, info: 6, debug: 7 };
const sizeMax = 1024 * 1024;

/** Control bytes would not survive JSON anyway; bytes above 127 become their Latin-1 characters. */
const hexOf = (bytes: Uint8Array): string => toHex(bytes, ':');

export class JsonLog implements LogLane, LogLines {
  readonly out = new ByteWriter(64 * 1024, 64 * 1024 * 1024);
  /** Objects that found the buffer of this drain full. */
  dropped = 0;
  readonly #logger: Logger;
  readonly #lines: { severity: number; end: number }[] = [];
  #severity = 6;

  constructor() {
    const destination = { write: (line: string): void => this.#append(line) };
    this.#logger = pino(
      {
        base: { pid: process.pid },
        level: 'debug',
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }) },
      },
      destination,
    );
  }

  get lines(): number {
    return this.#lines.length;
  }
  severity(line: number): number {
    return this.#lines[line]?.severity ?? 6;
  }
  end(line: number): number {
    return this.#lines[line]?.end ?? 0;
  }
  reset(): void {
    this.out.reset();
    this.#lines.length = 0;
  }

  event<Fields extends object>(event: LogEvent<Fields>, fields: Fields): void {
    this.#log(event.level, { event: event.id, ...fields }, event.text(fields));
  }

  packet(line: PacketLine, ip: number, view: DhcpView, via: Via, hostname: string, reason: string): void {
    const row = packetLines[line];
    const uid = view.option(61);
    this.#log(packetLineLevel(line, reason), {
      event: row.id,
      ...(ip === 0 ? {} : { ip: formatIpv4(ip as Ipv4) }),
      hardware: hexOf(view.chaddr),
      ...(uid === undefined ? {} : { clientId: hexOf(uid) }),
      xid: view.xid.toString(16).padStart(8, '0'),
      interface: via.interfaceName,
      ...(via.giaddr === 0 ? {} : { relay: formatIpv4(via.giaddr as Ipv4) }),
      ...(hostname === '' ? {} : { hostname }),
      ...(reason === '' ? {} : { reason }),
    });
  }

  #log(level: LogLevel, fields: object, text?: string): void {
    if (this.out.size > sizeMax) {
      this.dropped++;
      return;
    }
    this.#severity = severities[level];
    if (text === undefined) this.#logger[level](fields);
    else this.#logger[level](fields, text);
  }

  #append(line: string): void {
    this.out.raw(Buffer.from(line));
    this.#lines.push({ severity: this.#severity, end: this.out.size });
  }

  /** For tests: the objects so far. */
  objects(): Record<string, unknown>[] {
    return fromLatin1(this.out.view())
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }
}
