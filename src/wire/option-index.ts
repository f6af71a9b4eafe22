// Where the options of a message lie: one walk over options, file and sname (RFC 2131 §4.1), repeated options joined
// (RFC 3396). dhcp-view.ts is its only user.
//
// PERF: stamps instead of clearing, no allocation but for the join buffer of the first packet that repeats an option.

import { optionCode } from './option-codes.ts';

/** Areas that options may lie in, as offsets in the message. */
const options = 240;
const file = { from: 108, to: 236 } as const;
const sname = { from: 44, to: 108 } as const;

const generationMax = 0x7fffffff;
const absent = -1;

/** Options that say nothing when empty: they count as absent (reference §1.3 rule 6). */
const emptyIsAbsent = new Uint8Array(256);
for (const code of [
  optionCode.hostName,
  optionCode.requestedAddress,
  optionCode.overload,
  optionCode.parameterRequestList,
  optionCode.relayAgentInformation,
])
  emptyIsAbsent[code] = 1;

type Area = 'options' | 'overload';

/** Overload areas may name neither further overloads nor a relay (RFC 3046 §2.1): a client would forge its circuit. */
const isIndexed = (code: number, length: number, area: Area): boolean =>
  (length > 0 || emptyIsAbsent[code] === 0) &&
  (area === 'options' || (code !== optionCode.overload && code !== optionCode.relayAgentInformation));

export class OptionIndex {
  /** What offsets point into: the slot, or a copy of it with the joined values behind the message. */
  joined: Uint8Array;
  /** Option 52 as acted upon: bit 0 `file`, bit 1 `sname` carry options. */
  overload = 0;

  readonly #slot: Uint8Array;
  #start = 0;
  #end = 0;
  readonly #offsets = new Int32Array(256);
  readonly #lengths = new Int32Array(256);
  /** An entry counts when its stamp is the current generation. */
  readonly #stamps = new Int32Array(256);
  readonly #repeatStamps = new Int32Array(256);
  readonly #fills = new Int32Array(256);
  #generation = 1;
  #hasRepeats = false;
  /** Twice the slot, so every join fits behind the message. */
  #joinBuffer: Uint8Array | undefined;
  #joinEnd = 0;

  constructor(slot: Uint8Array) {
    this.#slot = slot;
    this.joined = slot;
  }

  has(code: number): boolean {
    return this.#stamps[code] === this.#generation;
  }
  at(code: number): number {
    return this.#stamps[code] === this.#generation ? (this.#offsets[code] ?? absent) : absent;
  }
  length(code: number): number {
    return this.#stamps[code] === this.#generation ? (this.#lengths[code] ?? absent) : absent;
  }
  drop(code: number): void {
    this.#stamps[code] = 0;
  }

  /** Forgets the message before. */
  reset(): void {
    this.joined = this.#slot;
    this.overload = 0;
    this.#hasRepeats = false;
    if (this.#generation === generationMax) {
      this.#stamps.fill(0);
      this.#repeatStamps.fill(0);
      this.#generation = 0;
    }
    this.#generation++;
  }

  /** Indexes the message of `size` bytes at `start`, a checked header with cookie; false when an option runs past its area. */
  read(start: number, size: number): boolean {
    this.#start = start;
    this.#end = start + size;
    if (!this.#walk(start + options, this.#end, 'options', 'index')) return false;
    const overloadAt = this.at(optionCode.overload);
    if (overloadAt >= 0) this.overload = (this.#slot[overloadAt] ?? 0) & 3;
    if (this.overload !== 0 && !this.#walkOverload('index')) return false;
    if (this.#hasRepeats) this.#join();
    return true;
  }

  #walkOverload(purpose: 'index' | 'join'): boolean {
    const start = this.#start;
    if ((this.overload & 1) !== 0 && !this.#walk(start + file.from, start + file.to, 'overload', purpose)) return false;
    return (this.overload & 2) === 0 || this.#walk(start + sname.from, start + sname.to, 'overload', purpose);
  }

  #walk(from: number, end: number, area: Area, purpose: 'index' | 'join'): boolean {
    const bytes = this.#slot;
    let at = from;
    while (at < end) {
      const code = bytes[at] ?? 0;
      if (code === optionCode.pad) {
        at++;
        continue;
      }
      if (code === optionCode.end) return true;
      if (at + 1 >= end) return false;
      const length = bytes[at + 1] ?? 0;
      const next = at + 2 + length;
      if (next > end) return false;
      if (isIndexed(code, length, area)) {
        if (purpose === 'index') this.#note(code, at + 2, length);
        else if (this.#repeatStamps[code] === this.#generation) this.#append(code, at + 2, length);
      }
      at = next;
    }
    return true;
  }

  #note(code: number, at: number, length: number): void {
    if (this.#stamps[code] === this.#generation) {
      this.#repeatStamps[code] = this.#generation;
      this.#lengths[code] = (this.#lengths[code] ?? 0) + length;
      this.#hasRepeats = true;
      return;
    }
    this.#stamps[code] = this.#generation;
    this.#offsets[code] = at;
    this.#lengths[code] = length;
  }

  /**
   * Copies the message to the same place of the join buffer, so that all offsets stay true, and the values of
   * repeated options, joined in walk order, behind it.
   */
  #join(): void {
    const buffer = (this.#joinBuffer ??= new Uint8Array(this.#slot.length * 2));
    for (let at = this.#start; at < this.#end; at++) buffer[at] = this.#slot[at] ?? 0;
    this.joined = buffer;
    this.#joinEnd = this.#end;
    this.#fills.fill(0);
    this.#walk(this.#start + options, this.#end, 'options', 'join');
    this.#walkOverload('join');
  }

  #append(code: number, at: number, length: number): void {
    let fill = this.#fills[code] ?? 0;
    if (fill === 0) {
      fill = this.#joinEnd;
      this.#offsets[code] = fill;
      this.#joinEnd += this.#lengths[code] ?? 0;
    }
    for (let i = 0; i < length; i++) this.joined[fill + i] = this.#slot[at + i] ?? 0;
    this.#fills[code] = fill + length;
  }
}
