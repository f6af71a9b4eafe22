// What a client would get, and why: a packet answered on paper. Nothing is sent, probed or written.

import { ByteWriter } from '../std/bytes.ts';
import type { Ipv4 } from '../std/ipv4.ts';
import type { LogEvent } from '../model/log-event.ts';
import type { LogLane, PacketLine } from '../model/log-lane.ts';
import type { Span } from '../model/span.ts';
import type { Effects, FrameOut, SendLane } from '../model/step.ts';
import type { Recorder } from '../model/why.ts';
import { payloadSizeMax } from '../wire/dhcp-writer.ts';

export interface ExplainNote {
  /** `network`, `host`, `class`, `pool`, `address`, `time`, `condition`, `option`, `log`, `done` (a message without answer was believed), `refused`. */
  readonly topic: string;
  readonly text: string;
  /** The configuration that decided, where one place did. */
  readonly span: Span | undefined;
}

export interface Explanation {
  /** Decisions in the order in which they fell. */
  readonly notes: readonly ExplainNote[];
  /** The reply's payload; undefined when there would be none. */
  readonly reply: Uint8Array | undefined;
}

/** Keeps what the engine tells while it decides. */
export class NoteTaker implements Recorder {
  readonly notes: ExplainNote[] = [];
  step(topic: string, text: string, span?: Span): void {
    this.notes.push({ topic, text, span });
  }
  condition(span: Span, isTrue: boolean): void {
    this.notes.push({ topic: 'condition', text: isTrue ? 'true' : 'not true', span });
  }
  option(option: { readonly space: string; readonly name: string }, span: Span, scope: string, isOverride: boolean): void {
    const name = option.space === 'dhcp' || option.space === 'server' ? option.name : `${option.space}.${option.name}`;
    this.notes.push({ topic: 'option', text: `${name} by ${scope}${isOverride ? ', instead of what a weaker scope said' : ''}`, span });
  }
}

/** A lane that keeps the one frame of a rehearsal. */
class PaperLane implements SendLane {
  made: FrameOut | undefined;
  frame(): FrameOut {
    const bytes = new Uint8Array(payloadSizeMax);
    this.made = {
      bytes, view: new DataView(bytes.buffer), size: 0, path: 'raw', ifindex: 0, mac: new Uint8Array(6),
      source: 0 as Ipv4, destination: 0 as Ipv4, destinationPort: 0,
    };
    return this.made;
  }
  link(): ByteWriter {
    return new ByteWriter(16);
  }
  reply(): void {}
}

/** What the line of a message that is never answered says when it was believed. */
const believed: Partial<Readonly<Record<PacketLine, string>>> = { RELEASE: 'found', DECLINE: 'abandoned' };

/** Lines become notes: the reason of a refusal is in them. */
class PaperLog implements LogLane {
  readonly #notes: NoteTaker;
  constructor(notes: NoteTaker) {
    this.#notes = notes;
  }
  event<Fields extends object>(event: LogEvent<Fields>, fields: Fields): void {
    this.#notes.step('log', event.text(fields));
  }
  packet(line: PacketLine, _ip: number, _view: unknown, _via: unknown, _hostname: string, reason: string): void {
    if (reason !== '') this.#notes.step(believed[line] === reason ? 'done' : 'refused', reason);
  }
}

export function paperEffects(notes: NoteTaker): Effects & { readonly now: PaperLane; readonly afterCommit: PaperLane } {
  return { journal: new ByteWriter(16), now: new PaperLane(), afterCommit: new PaperLane(), requests: [], log: new PaperLog(notes) };
}
