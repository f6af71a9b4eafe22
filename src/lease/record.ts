// A lease record in dhcpd's own byte layout (dhcpd-leases reference §4), straight from columns to bytes.

import { assert } from '../std/assert.ts';
import { latin1, type ByteWriter } from '../std/bytes.ts';
import { unset, type UnixSeconds } from '../std/time.ts';
import { bindingStates } from '../model/binding-state.ts';
import { hardwareTypeName } from '../model/hardware.ts';
import type { StartSettings } from '../model/server-config.ts';
import { writeAgentOptions } from './agent-options.ts';
import type { ByteArena } from './byte-arena.ts';
import type { ClientIndex } from './client-index.ts';
import { type Columns, flag } from './columns.ts';
import { DateText, epochText } from './date-text.ts';
import { readSigned, section, type ExtrasStore } from './extras-store.ts';
import { appendBytes, appendQuoted, isPlainText } from './text-bytes.ts';
import { nextStateOf } from './transitions.ts';

/** How uids and times are written: `lease-id-format`, `db-time-format`. */
export type RecordFormat = Pick<StartSettings, 'leaseIdFormat' | 'dbTimeFormat'>;

const words = (prefix: string): readonly Uint8Array[] => ['', ...bindingStates].map((state) => latin1(`${prefix}${state};\n`));
const text = {
  lease: latin1('lease '),
  open: latin1(' {\n'),
  starts: latin1('  starts '),
  ends: latin1('  ends '),
  tstp: latin1('  tstp '),
  tsfp: latin1('  tsfp '),
  atsfp: latin1('  atsfp '),
  cltt: latin1('  cltt '),
  state: words('  binding state '),
  next: words('  next binding state '),
  rewind: words('  rewind binding state '),
  reserved: latin1('  reserved;\n'),
  bootp: latin1('  dynamic-bootp;\n'),
  billingClass: latin1('  billing class '),
  billingSubclass: latin1('  billing subclass '),
  ethernet: latin1('  hardware ethernet '),
  uid: latin1('  uid '),
  set: latin1('  set '),
  equals: latin1(' = '),
  hostname: latin1('  client-hostname "'),
  end: latin1(';\n'),
  quoteEnd: latin1('";\n'),
  close: latin1('}\n'),
} as const;

const newline = 10;
const blank = 32;
/** Everything but uid and extras: six times, states, flags and hardware. */
const fixedSizeMax = 640;

export class RecordWriter {
  readonly #columns: Columns;
  readonly #clients: ClientIndex;
  readonly #arena: ByteArena;
  readonly #extras: ExtrasStore;
  readonly #dates = new DateText();
  #format: RecordFormat = { leaseIdFormat: 'octal', dbTimeFormat: 'default' };

  constructor(columns: Columns, clients: ClientIndex, arena: ByteArena, extras: ExtrasStore) {
    this.#columns = columns;
    this.#clients = clients;
    this.#arena = arena;
    this.#extras = extras;
  }

  setFormat(format: RecordFormat): void {
    this.#format = format;
  }

  /** PERF: no string is made for a lease without extras. `hasPeer` decides what stands as next binding state. */
  append(out: ByteWriter, row: number, hasPeer: boolean): void {
    const columns = this.#columns;
    const state = columns.state[row] ?? 0;
    assert(state >= 1 && state <= 7, 'a row that is written has a binding state');
    out.reserve(fixedSizeMax);
    appendBytes(out, text.lease);
    out.ipv4(columns.ip[row] ?? 0);
    appendBytes(out, text.open);
    this.#time(out, text.starts, columns.starts[row] ?? 0);
    this.#time(out, text.ends, columns.ends[row] ?? 0);
    this.#time(out, text.tstp, columns.tstp[row] ?? 0);
    this.#time(out, text.tsfp, columns.tsfp[row] ?? 0);
    this.#time(out, text.atsfp, columns.atsfp[row] ?? 0);
    this.#time(out, text.cltt, columns.cltt[row] ?? 0);
    this.#states(out, row, state, hasPeer);
    const extras = columns.extras[row] ?? 0;
    if (extras !== 0) this.#billing(out, extras);
    this.#hardware(out, row);
    this.#uid(out, row);
    if (extras !== 0) this.#sections(out, extras);
    appendBytes(out, text.close);
  }

  #time(out: ByteWriter, keyword: Uint8Array, time: number): void {
    if (time === unset) return;
    appendBytes(out, keyword);
    if (this.#format.dbTimeFormat === 'local') {
      out.text(epochText(time as UnixSeconds));
      out.u8(newline);
      return;
    }
    this.#dates.append(out, time as UnixSeconds);
    appendBytes(out, text.end);
  }

  #states(out: ByteWriter, row: number, state: number, hasPeer: boolean): void {
    const { rewind, flags } = this.#columns;
    const next = nextStateOf(state, hasPeer);
    const back = rewind[row] ?? 0;
    const bits = flags[row] ?? 0;
    appendWord(out, text.state, state);
    if (next !== state) appendWord(out, text.next, next);
    if (back !== state && back !== 0) appendWord(out, text.rewind, back);
    if ((bits & flag.reserved) !== 0) appendBytes(out, text.reserved);
    if ((bits & flag.bootp) !== 0) appendBytes(out, text.bootp);
  }

  #hardware(out: ByteWriter, row: number): void {
    const htype = this.#clients.htype(row);
    if (htype < 0) return;
    if (htype === 1) appendBytes(out, text.ethernet);
    else out.text(`  hardware ${hardwareTypeName(htype)} `);
    const at = this.#clients.hardwareAt(row);
    out.hexColons(this.#clients.hardwareBytes(row), at, at + this.#clients.hardwareLength(row));
    appendBytes(out, text.end);
  }

  #uid(out: ByteWriter, row: number): void {
    const reference = this.#columns.uid[row] ?? 0;
    if (reference === 0) return;
    const bytes = this.#arena.bytes(reference);
    const from = this.#arena.offset(reference);
    const to = from + this.#arena.length(reference);
    appendBytes(out, text.uid);
    if (this.#format.leaseIdFormat === 'hex') out.hexColons(bytes, from, to);
    else appendQuoted(out, bytes, from, to);
    appendBytes(out, text.end);
  }

  #billing(out: ByteWriter, extras: number): void {
    const at = this.#extras.find(extras, section.billingClass);
    if (at < 0) return;
    const bytes = this.#arena.bytes(extras);
    const keyAt = this.#extras.find(extras, section.billingKey);
    appendBytes(out, keyAt < 0 ? text.billingClass : text.billingSubclass);
    appendQuoted(out, bytes, at, at + sizeBefore(bytes, at));
    if (keyAt >= 0) {
      const keyEnd = keyAt + sizeBefore(bytes, keyAt);
      out.u8(blank);
      // Why: dhcpd writes quotes and backslashes of a key as they are, and then cannot read them; hex it reads.
      if (isPlainText(bytes, keyAt, keyEnd)) appendQuoted(out, bytes, keyAt, keyEnd);
      else out.hexColons(bytes, keyAt, keyEnd);
    }
    appendBytes(out, text.end);
  }

  #sections(out: ByteWriter, extras: number): void {
    const bytes = this.#arena.bytes(extras);
    const end = this.#arena.offset(extras) + this.#arena.length(extras);
    for (let at = this.#arena.offset(extras) + 3; at < end; ) {
      const to = at + sizeBefore(bytes, at);
      this.#section(out, bytes[at - 3] ?? 0, bytes, at, to);
      at = to + 3;
    }
  }

  #section(out: ByteWriter, kind: number, bytes: Uint8Array, from: number, to: number): void {
    switch (kind) {
      case section.dataVariable:
      case section.numberVariable:
      case section.booleanVariable: appendVariable(out, kind, bytes, from, to); break;
      case section.agentOptions: writeAgentOptions(out, bytes, from, to); break;
      case section.hostname:
        appendBytes(out, text.hostname);
        out.reserve(to - from);
        for (let i = from; i < to; i++) out.u8(bytes[i] ?? 0);
        appendBytes(out, text.quoteEnd);
        break;
      case section.handlers: out.text(`  ${this.#extras.handlerText(readSigned(bytes, from))}\n`); break;
      default: break; // Billing stands further up.
    }
  }
}

/** A section's size stands in the two bytes before its content. */
const sizeBefore = (bytes: Uint8Array, at: number): number => ((bytes[at - 2] ?? 0) << 8) | (bytes[at - 1] ?? 0);

function appendWord(out: ByteWriter, wordsOfState: readonly Uint8Array[], state: number): void {
  const word = wordsOfState[state];
  assert(word !== undefined, 'a state code is 1 to 7');
  appendBytes(out, word);
}

function appendVariable(out: ByteWriter, kind: number, bytes: Uint8Array, from: number, to: number): void {
  const valueAt = from + 1 + (bytes[from] ?? 0);
  appendBytes(out, text.set);
  for (let i = from + 1; i < valueAt; i++) out.u8(bytes[i] ?? 0);
  appendBytes(out, text.equals);
  if (kind === section.dataVariable) appendQuoted(out, bytes, valueAt, to);
  else if (kind === section.booleanVariable) out.text(bytes[valueAt] === 1 ? 'true' : 'false');
  else out.text(`%${readSigned(bytes, valueAt)}`);
  appendBytes(out, text.end);
}
