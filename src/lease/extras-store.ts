// What only some leases have (host name, stashed agent options, billing, variables, handlers), as one byte string per row in an
// arena: no object per lease.
//
//   sections, in the order of kinds:  | kind 1 | size 2 | content … |

import { assert } from '../std/assert.ts';
import { fromLatin1, latin1 } from '../std/bytes.ts';
import { decodeSource, encodeSource } from '../lang/source-text.ts';
import { clientClassVariables, type LeaseExtras, type VariableValue } from '../model/lease.ts';
import { arenaSizeMax, type ByteArena } from './byte-arena.ts';
import type { ByteSlice, LeaseChange, PartAction } from './lease-change.ts';

/** Section kinds in the order in which dhcpd writes the statements. */
export const section = {
  billingClass: 1,
  /** Key of the subclass that is billed; absent for a class. */
  billingKey: 2,
  /** | name size 1 | name | bytes | */
  dataVariable: 3,
  /** | name size 1 | name | 4 bytes, signed | */
  numberVariable: 4,
  /** | name size 1 | name | 0 or 1 | */
  booleanVariable: 5,
  agentOptions: 6,
  hostname: 7,
  /** Four bytes: number of a text that many leases share. */
  handlers: 8,
} as const;

type Variables = LeaseExtras['variables'];
const noVariables: Variables = [];

/** PERF: encoding works in one scratch buffer; a change that leaves the string as it was costs a comparison. */
export class ExtrasStore {
  readonly #arena: ByteArena;
  readonly #scratch = new Uint8Array(arenaSizeMax);
  #size = 0;
  /** False while a new class takes the place of the old variable, or none does. */
  #withVendorClass = true;
  #withUserClass = true;
  /** Handler texts come from the configuration, so there are few and they repeat. */
  readonly #handlerTexts: string[] = [];
  readonly #handlerNumbers = new Map<string, number>();

  constructor(arena: ByteArena) {
    this.#arena = arena;
  }

  /** The reference after `change`; `reference` is released when it changes. 0: none. */
  update(reference: number, change: LeaseChange): number {
    this.#size = 0;
    if (change.billingAction === 'set') this.#putBilling(change.billing);
    else this.#keep(reference, change.billingAction, section.billingClass, section.billingKey);
    this.#withVendorClass = change.vendorClassAction === 'keep';
    this.#withUserClass = change.userClassAction === 'keep';
    if (change.variablesAction === 'set') this.#putVariables(change.variables);
    else this.#keep(reference, change.variablesAction, section.dataVariable, section.booleanVariable);
    if (change.vendorClassAction === 'set') this.#putClientClass(vendorClassHead, change.vendorClass);
    if (change.userClassAction === 'set') this.#putClientClass(userClassHead, change.userClass);
    if (change.agentOptionsAction === 'set') {
      const { bytes, offset, length } = change.agentOptions;
      if (length > 0) this.#put(section.agentOptions, bytes, offset, length);
    } else this.#keep(reference, change.agentOptionsAction, section.agentOptions, section.agentOptions);
    if (change.hostnameAction === 'set') {
      const { bytes, offset, length } = change.hostname;
      if (isSuitableHostname(bytes, offset, length)) this.#put(section.hostname, bytes, offset, length);
    } else this.#keep(reference, change.hostnameAction, section.hostname, section.hostname);
    if (change.handlersAction === 'set') this.#putHandlers(change.handlers);
    else this.#keep(reference, change.handlersAction, section.handlers, section.handlers);
    return this.#store(reference);
  }

  #store(reference: number): number {
    if (reference !== 0 && this.#arena.equals(reference, this.#scratch, 0, this.#size)) return reference;
    if (reference !== 0) this.#arena.release(reference);
    return this.#size === 0 ? 0 : this.#arena.put(this.#scratch, 0, this.#size);
  }

  /** Copies the sections of kinds first … last of the present string. */
  #keep(reference: number, action: PartAction, first: number, last: number): void {
    if (action === 'clear' || reference === 0) return;
    const bytes = this.#arena.bytes(reference);
    let at = this.#arena.offset(reference);
    const end = at + this.#arena.length(reference);
    while (at < end) {
      const kind = bytes[at] ?? 0;
      const size = ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
      if (kind >= first && kind <= last && !this.#isReplaced(bytes, at)) this.#put(kind, bytes, at + 3, size);
      at += 3 + size;
    }
  }
  #isReplaced(bytes: Uint8Array, at: number): boolean {
    return (!this.#withVendorClass && isVariable(bytes, at, vendorClassHead)) || (!this.#withUserClass && isVariable(bytes, at, userClassHead));
  }

  /** A section that no longer fits is left out: 64 kB of extras are more than any client can cause. */
  #put(kind: number, bytes: Uint8Array, offset: number, length: number): void {
    if (this.#size + 3 + length > arenaSizeMax) return;
    const scratch = this.#scratch;
    let at = this.#size;
    scratch[at++] = kind;
    scratch[at++] = length >>> 8;
    scratch[at++] = length & 255;
    for (let i = 0; i < length; i++) scratch[at++] = bytes[offset + i] ?? 0;
    this.#size = at;
  }

  #putBilling(billing: LeaseExtras['billing']): void {
    assert(billing !== undefined, 'billing that is set has a class');
    const name = encodeSource(billing.className);
    this.#put(section.billingClass, name, 0, name.length);
    if (billing.subclassKey !== undefined)
      this.#put(section.billingKey, billing.subclassKey, 0, billing.subclassKey.length);
  }

  #putVariables(variables: Variables): void {
    for (const { name, value } of variables) {
      if (!this.#withVendorClass && name === clientClassVariables.vendor) continue;
      if (!this.#withUserClass && name === clientClassVariables.user) continue;
      const content = value.kind === 'data' ? value.bytes : value.kind === 'number' ? bigEndian(value.value) : flagByte(value.value);
      const text = latin1(name).subarray(0, 255);
      const bytes = new Uint8Array(1 + text.length + content.length);
      bytes[0] = text.length;
      bytes.set(text, 1);
      bytes.set(content, 1 + text.length);
      this.#put(kindOfVariable[value.kind], bytes, 0, bytes.length);
    }
  }

  #putClientClass(head: Uint8Array, { bytes, offset, length }: ByteSlice): void {
    const size = head.length + length;
    if (length === 0 || this.#size + 3 + size > arenaSizeMax) return;
    const scratch = this.#scratch;
    let at = this.#size;
    scratch[at++] = section.dataVariable;
    scratch[at++] = size >>> 8;
    scratch[at++] = size & 255;
    for (const byte of head) scratch[at++] = byte;
    for (let i = 0; i < length; i++) scratch[at++] = bytes[offset + i] ?? 0;
    this.#size = at;
  }

  #putHandlers(text: string | undefined): void {
    assert(text !== undefined, 'handlers that are set have a text');
    let number = this.#handlerNumbers.get(text);
    if (number === undefined) {
      number = this.#handlerTexts.push(text) - 1;
      this.#handlerNumbers.set(text, number);
    }
    this.#put(section.handlers, bigEndian(number), 0, 4);
  }

  handlerText(number: number): string {
    return this.#handlerTexts[number] ?? '';
  }

  /** Where a section's content begins in `arena.bytes(reference)`, -1 when there is none; its size is in the two bytes before. */
  find(reference: number, kind: number): number {
    if (reference === 0) return -1;
    const bytes = this.#arena.bytes(reference);
    let at = this.#arena.offset(reference);
    const end = at + this.#arena.length(reference);
    while (at < end) {
      if (bytes[at] === kind) return at + 3;
      at += 3 + (((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0));
    }
    return -1;
  }

  /** Cold. */
  decode(reference: number): LeaseExtras | undefined {
    if (reference === 0) return undefined;
    const extras: { -readonly [Key in keyof LeaseExtras]: LeaseExtras[Key] } = {
      variables: noVariables,
      agentOptions: undefined,
      clientHostname: undefined,
      billing: undefined,
      handlers: undefined,
    };
    const bytes = this.#arena.slice(reference);
    for (let at = 0; at < bytes.length; ) {
      const end = at + 3 + (((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0));
      this.#decodeSection(bytes[at] ?? 0, bytes.subarray(at + 3, end), extras);
      at = end;
    }
    return extras;
  }

  #decodeSection(kind: number, content: Uint8Array, extras: { -readonly [Key in keyof LeaseExtras]: LeaseExtras[Key] }): void {
    switch (kind) {
      case section.billingClass: extras.billing = { className: decodeSource(content), subclassKey: undefined }; break;
      case section.billingKey:
        extras.billing = { className: extras.billing?.className ?? '', subclassKey: content.slice() };
        break;
      case section.agentOptions: extras.agentOptions = content.slice(); break;
      case section.hostname: extras.clientHostname = fromLatin1(content); break;
      case section.handlers: extras.handlers = this.handlerText(readSigned(content)); break;
      default: extras.variables = [...extras.variables, decodeVariable(kind, content)];
    }
  }
}

/** Size and name in front of a variable's content. */
const variableHead = (name: string): Uint8Array => Uint8Array.of(name.length, ...latin1(name));
const vendorClassHead = variableHead(clientClassVariables.vendor);
const userClassHead = variableHead(clientClassVariables.user);

/** Whether the section at `at` is the data variable of this head. */
function isVariable(bytes: Uint8Array, at: number, head: Uint8Array): boolean {
  if (bytes[at] !== section.dataVariable) return false;
  for (let i = 0; i < head.length; i++) if (bytes[at + 3 + i] !== head[i]) return false;
  return true;
}

function decodeVariable(kind: number, content: Uint8Array): Variables[number] {
  const split = 1 + (content[0] ?? 0);
  const rest = content.subarray(split);
  const value: VariableValue =
    kind === section.dataVariable
      ? { kind: 'data', bytes: rest.slice() }
      : kind === section.numberVariable
        ? { kind: 'number', value: readSigned(rest) }
        : { kind: 'boolean', value: rest[0] === 1 };
  return { name: fromLatin1(content.subarray(1, split)), value };
}

const kindOfVariable: Readonly<Record<VariableValue['kind'], number>> = {
  data: section.dataVariable,
  number: section.numberVariable,
  boolean: section.booleanVariable,
};
const bigEndian = (value: number): Uint8Array => Uint8Array.of(value >> 24, value >> 16, value >> 8, value);
const flagByte = (value: boolean): Uint8Array => Uint8Array.of(value ? 1 : 0);
/** Four bytes as dhcpd's numbers are: signed. */
export const readSigned = (bytes: Uint8Array, at = 0): number =>
  ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);

/** dhcpd leaves a name with other bytes out of the file (`Hostname Unsuitable for Printing`). */
function isSuitableHostname(bytes: Uint8Array, offset: number, length: number): boolean {
  for (let i = 0; i < length; i++) {
    const byte = bytes[offset + i] ?? 0;
    if (byte < 32 || byte > 126 || byte === 34 || byte === 92) return false;
  }
  return length > 0;
}
