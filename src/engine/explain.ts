// What a client would get, and why: a packet answered on paper. Nothing is sent, probed or written.

import { ByteWriter } from '../std/bytes.ts';
import type { Ipv4 } from '../std/ipv4.ts';
import type { LogEvent } from '../model/log-event.ts';
import type { LogLane, PacketLine } from '../model/log-lane.ts';
import type { Span } from '../model/span.ts';
import type { Effects, FrameOut, SendLane } from '../model/step.ts';
import type { OptionEffect, Recorder } from '../model/why.ts';
import { payloadSizeMax } from '../wire/dhcp-writer.ts';
import type { OptionDefinition } from '../wire/option-table.ts';

export interface ExplainNote {
  /** `network`, `host`, `class`, `pool`, `address`, `time`, `condition`, `option`, `log`, `done` (a message without answer was believed), `refused`. */
  readonly topic: string;
  readonly text: string;
  /** The configuration that decided, where one place did. */
  readonly span: Span | undefined;
  /** Of topic `option`. */
  readonly option?: OptionNote;
}

export interface OptionNote {
  readonly space: string;
  readonly code: number;
  readonly effect: OptionEffect;
  /** The statement whose value stood there before, and its scope. */
  readonly earlier: { readonly scope: string; readonly span: Span } | undefined;
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
  /** The statement whose value stands, by space and code. */
  readonly #standing = new Map<string, { readonly scope: string; readonly span: Span }>();
  readonly #said = new Map<Span, Set<string>>();
  step(topic: string, text: string, span?: Span): void {
    this.notes.push({ topic, text, span });
  }
  condition(span: Span, isTrue: boolean): void {
    this.#once({ topic: 'condition', text: isTrue ? 'true' : 'not true', span });
  }
  option(option: OptionDefinition, span: Span, scope: string, effect: OptionEffect): void {
    const { space, code } = option;
    const name = space === 'dhcp' || space === 'server' ? option.name : `${space}.${option.name}`;
    const key = `${space} ${code}`;
    const earlier = effect === 'sets' ? undefined : this.#standing.get(key);
    this.#once({ topic: 'option', text: `${name} by ${scope}${effectText(effect, earlier?.scope ?? '')}`, span, option: { space, code, effect, earlier } });
    if (effect !== 'gives-way') this.#standing.set(key, { scope, span });
  }
  /** One packet may have its scopes executed more than once, for its address and for its server's identifier: that is told once. */
  #once(note: ExplainNote & { readonly span: Span }): void {
    const said = this.#said.get(note.span);
    if (said?.has(note.text) === true) return;
    this.#said.set(note.span, (said ?? new Set<string>()).add(note.text));
    this.notes.push(note);
  }
}

const effectText = (effect: OptionEffect, earlier: string): string => {
  switch (effect) {
    case 'sets': return '';
    case 'replaces': return `, instead of ${earlier}`;
    case 'extends': return `, added to ${earlier}`;
    case 'gives-way': return `: a default, and ${earlier} has set it`;
  }
};

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
