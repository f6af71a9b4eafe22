// The statements of a lease record that are not on the fast way: variables, agent options, billing, handlers, old forms, and
// unusual spellings of the common ones (dhcpd-leases reference §2).

import { fromLatin1, latin1 } from '../std/bytes.ts';
import type { UnixSeconds } from '../std/time.ts';
import { decodeSource } from '../lang/source-text.ts';
import { bindingCode, type BindingState } from '../model/binding-state.ts';
import { hardwareTypeNames } from '../model/hardware.ts';
import type { LeaseExtras, VariableValue } from '../model/lease.ts';
import { readAgentOption } from './agent-options.ts';
import type { DateReader } from './date-reader.ts';
import type { LeaseChange } from './lease-change.ts';
import { readHexList, readQuoted } from './text-bytes.ts';

/** `state`: the statement told the binding state. `unknown`: passed over. `bad`: the record cannot be believed. */
export type StatementVerdict = 'good' | 'state' | 'unknown' | 'bad';

type Reader = (rest: string, statements: LeaseStatements) => StatementVerdict;

const timeFields = ['starts', 'ends', 'tstp', 'tsfp', 'atsfp', 'cltt'] as const;
const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ...timeFields.map((field): [string, Reader] => [field, (rest, to) => to.time(field, rest)]),
  ['binding', (rest, to) => to.state('current', rest)],
  ['next', (rest, to) => to.state('next', rest.replace(/^binding\s+/, ''))],
  ['rewind', (rest, to) => to.state('rewind', rest.replace(/^binding\s+/, ''))],
  ['abandoned', (_, to) => to.state('current', 'state abandoned')],
  ['reserved', (_, to) => to.flag('isReserved')],
  ['dynamic-bootp', (_, to) => to.flag('isBootp')],
  ['hardware', (rest, to) => to.hardware(rest)],
  ['uid', (rest, to) => to.uid(rest)],
  ['client-hostname', (rest, to) => to.hostname(rest)],
  ['billing', (rest, to) => to.billing(rest)],
  ['set', (rest, to) => to.variable(rest)],
  ['option', (rest, to) => to.agentOption(rest)],
  ['on', (rest, to) => to.handler(`on ${rest}`)],
  // Written by versions before 3.0; what they say is in variables since.
  ['ddns-fwd-name', () => 'good'],
  ['ddns-rev-name', () => 'good'],
  ['hostname', () => 'good'],
]);

const scratch = new Uint8Array(65_536);

/** A quoted string or a hex list, decoded; undefined for neither. */
export function readData(text: string): Uint8Array | undefined {
  const bytes = latin1(text);
  const count =
    bytes[0] === 34
      ? readQuoted(bytes, 1, bytes.length, scratch)
      : readHexList(bytes, 0, bytes.length, scratch);
  return count < 0 ? undefined : scratch.slice(0, count);
}

export class LeaseStatements {
  /** The statement that was unknown or bad: its first words. */
  failed = '';
  readonly #dates: DateReader;
  #change: LeaseChange | undefined;
  #variables: LeaseExtras['variables'][number][] = [];
  #agentOptions: number[] = [];
  #handlers: string[] = [];

  constructor(dates: DateReader) {
    this.#dates = dates;
  }

  begin(change: LeaseChange): void {
    this.#change = change;
    if (this.#variables.length > 0) this.#variables = [];
    if (this.#agentOptions.length > 0) this.#agentOptions = [];
    if (this.#handlers.length > 0) this.#handlers = [];
  }

  /** Hands what was collected over several statements to the change. */
  finish(): void {
    if (this.#variables.length > 0) this.#change?.setVariables(this.#variables);
    if (this.#agentOptions.length > 0)
      this.#change?.setAgentOptions(Uint8Array.from(this.#agentOptions), 0, this.#agentOptions.length);
    if (this.#handlers.length > 0) this.#change?.setHandlers(this.#handlers.join('\n  '));
  }

  /** bytes[from, to) is one statement with its semicolon or closing brace. */
  read(bytes: Uint8Array, from: number, to: number): StatementVerdict {
    const text = fromLatin1(bytes.subarray(from, to));
    const match = /^([\w-]+)\s*([^]*?)\s*;?$/.exec(text);
    const reader = readers.get(match?.[1]?.toLowerCase() ?? '');
    const verdict = reader === undefined ? 'unknown' : reader(match?.[2] ?? '', this);
    if (verdict === 'unknown' || verdict === 'bad') this.failed = text.split('\n')[0]?.trim() ?? '';
    return verdict;
  }

  time(field: (typeof timeFields)[number], rest: string): StatementVerdict {
    const time = this.#dates.read(rest.trim());
    if (time < 0 || this.#change === undefined) return 'bad';
    this.#change[field] = time as UnixSeconds;
    return 'good';
  }

  /** `state NAME`; the old states bootp and reserved are active leases with a flag. */
  state(which: 'current' | 'next' | 'rewind', rest: string): StatementVerdict {
    const name = /^state\s+([\w-]+)$/i.exec(rest)?.[1]?.toLowerCase() ?? '';
    const change = this.#change;
    if (change === undefined) return 'bad';
    if (which === 'current' && (name === 'bootp' || name === 'reserved')) {
      change.state = bindingCode.active;
      if (name === 'bootp') change.isBootp = true;
      else change.isReserved = true;
      return 'state';
    }
    if (!Object.hasOwn(bindingCode, name)) return 'bad';
    const code = bindingCode[name as BindingState];
    if (which === 'current') change.state = code;
    else if (which === 'rewind') change.rewindState = code;
    return which === 'current' ? 'state' : 'good';
  }

  flag(field: 'isReserved' | 'isBootp'): StatementVerdict {
    if (this.#change !== undefined) this.#change[field] = true;
    return 'good';
  }

  hardware(rest: string): StatementVerdict {
    const [name = '', list = ''] = rest.split(/\s+/);
    const htype = htypeOf(name.toLowerCase());
    const address = list === '' ? new Uint8Array(0) : readData(list);
    if (htype === undefined || address === undefined || address.length > 20) return 'bad';
    this.#change?.setHardware(htype, address, 0, address.length);
    return 'good';
  }

  uid(rest: string): StatementVerdict {
    const uid = readData(rest);
    if (uid === undefined) return 'bad';
    if (uid.length > 0) this.#change?.setUid(uid, 0, uid.length);
    return 'good';
  }

  /** Quoted, or one bare word. */
  hostname(rest: string): StatementVerdict {
    const name = readData(rest.startsWith('"') ? rest : `"${rest}"`);
    if (name === undefined) return 'bad';
    this.#change?.setHostname(name, 0, name.length);
    return 'good';
  }

  billing(rest: string): StatementVerdict {
    const match = /^(class|subclass)\s+("(?:[^"\\\n]|\\[^\n])*")\s*([^]*)$/.exec(rest);
    const name = readData(match?.[2] ?? '');
    if (match === null || name === undefined) return 'unknown';
    const className = decodeSource(name);
    const [, kind, , key = ''] = match;
    // Interop: dhcpd writes the text of a key as it is, quotes and backslashes included.
    const text = /^"(.*)"$/.exec(key)?.[1];
    const subclassKey = kind === 'class' ? undefined : text === undefined ? readData(key) : latin1(text);
    if (kind === 'subclass' && subclassKey === undefined) return 'unknown';
    this.#change?.setBilling({ className, subclassKey });
    return 'good';
  }

  variable(rest: string): StatementVerdict {
    const match = /^([\w.-]+)\s*=\s*([^]+)$/.exec(rest);
    const value = match === null ? undefined : readVariable(match[2] ?? '');
    if (match === null || value === undefined) return 'unknown';
    this.#variables.push({ name: match[1] ?? '', value });
    return 'good';
  }

  agentOption(rest: string): StatementVerdict {
    const match = /^agent\.([\w-]+)\s+([^]+)$/i.exec(rest);
    if (match === null) return 'unknown';
    const [, name = '', value = ''] = match;
    const option = readAgentOption(name, value, readData(value));
    if (option === undefined || option.payload.length > 255) return 'unknown';
    // An empty one could not be written again: dhcpd has no way to say it.
    if (option.payload.length > 0) this.#agentOptions.push(option.code, option.payload.length, ...option.payload);
    return 'good';
  }

  handler(text: string): StatementVerdict {
    if (!text.endsWith('}')) return 'unknown';
    this.#handlers.push(text);
    return 'good';
  }
}

const htypes = new Map(Object.entries(hardwareTypeNames).map(([htype, name]) => [name, Number(htype)]));

/** ARP type of a word behind `hardware`. */
export function htypeOf(name: string): number | undefined {
  const known = htypes.get(name);
  if (known !== undefined) return known;
  const match = /^unknown-(\d{1,3})$/.exec(name);
  return match !== null && Number(match[1]) < 256 ? Number(match[1]) : undefined;
}

function readVariable(text: string): VariableValue | undefined {
  if (text === 'true' || text === 'false') return { kind: 'boolean', value: text === 'true' };
  const number = /^%(-?\d{1,10})$/.exec(text);
  if (number !== null) return { kind: 'number', value: Number(number[1]) | 0 };
  const bytes = readData(text);
  return bytes === undefined ? undefined : { kind: 'data', bytes };
}
