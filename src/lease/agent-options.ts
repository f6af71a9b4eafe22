// Sub-options of option 82 as statements of a lease record: `option agent.circuit-id "p7-1";` (dhcpd-leases reference §4).

import { ByteWriter, fromLatin1, latin1 } from '../std/bytes.ts';
import { parseIpv4 } from '../std/ipv4.ts';
import { optionIn, optionOfCode, predefinedSpaces, type OptionSpace } from '../wire/option-table.ts';
import { assert } from '../std/assert.ts';
import { appendBytes, isPrintable } from './text-bytes.ts';

const agentSpace = spaceOfAgent();

function spaceOfAgent(): OptionSpace {
  const space = predefinedSpaces.get('agent');
  assert(space !== undefined, 'the agent option space is predefined');
  return space;
}

/** By code: `  option agent.NAME `. PERF: made once, a relay's options stand in every record. */
const heads = Array.from({ length: 256 }, (_, code) => latin1(`  option agent.${optionOfCode(agentSpace, code).name} `));
const formats = Array.from({ length: 256 }, (_, code) => optionOfCode(agentSpace, code).format);

const end = latin1(';\n');
/** Behind a backslash in texts of options, since dhcpd writes them so that a shell could read them. */
const isEscaped = (byte: number): boolean => byte === 34 || byte === 39 || byte === 36 || byte === 96 || byte === 92;

/** Appends one statement per sub-option, in the order in which the relay sent them. */
export function writeAgentOptions(out: ByteWriter, bytes: Uint8Array, from: number, to: number): void {
  for (let at = from; at + 2 <= to; ) {
    const end = at + 2 + (bytes[at + 1] ?? 0);
    if (end > to) return;
    writeAgentOption(out, bytes[at] ?? 0, bytes, at + 2, end);
    at = end;
  }
}

/** For people: `circuit-id "p7-1" remote-id aa:bb`. Cold. */
export function agentOptionsText(payload: Uint8Array): string {
  const out = new ByteWriter(64);
  writeAgentOptions(out, payload, 0, payload.length);
  return fromLatin1(out.view()).replace(/^ *option agent\.(.*);\n/gm, '$1 ').trimEnd();
}

/**
 * Appends one statement. Nothing for a sub-option without content or of another size than its format has: dhcpd could not
 * read the statement again.
 */
function writeAgentOption(out: ByteWriter, code: number, bytes: Uint8Array, from: number, to: number): void {
  const head = heads[code];
  const format = formats[code];
  if (head === undefined || to === from) return;
  if (format === 'X') {
    appendBytes(out, head);
    appendTextOrHex(out, bytes, from, to);
  } else {
    if (to - from !== 4 || (format !== 'I' && format !== 'L')) return;
    appendBytes(out, head);
    const value =
      (((bytes[from] ?? 0) << 24) | ((bytes[from + 1] ?? 0) << 16) | ((bytes[from + 2] ?? 0) << 8) | (bytes[from + 3] ?? 0)) >>> 0;
    if (format === 'I') out.ipv4(value);
    else out.decimal(value);
  }
  appendBytes(out, end);
}

/** Text if every byte is printable, else hex without leading zeros. dhcpd drops a closing NUL; we keep it as hex. */
function appendTextOrHex(out: ByteWriter, bytes: Uint8Array, from: number, to: number): void {
  let isText = true;
  for (let i = from; i < to && isText; i++) isText = isPrintable(bytes[i] ?? 0);
  out.reserve((to - from) * 3 + 2);
  if (isText) {
    out.u8(34);
    for (let i = from; i < to; i++) {
      const byte = bytes[i] ?? 0;
      if (isEscaped(byte)) out.u8(92);
      out.u8(byte);
    }
    out.u8(34);
    return;
  }
  for (let i = from; i < to; i++) {
    if (i > from) out.u8(58);
    out.text((bytes[i] ?? 0).toString(16));
  }
}

/** Code and payload of one statement; undefined for a name or a value that is not one. `data`: a string or hex list, decoded. */
export function readAgentOption(
  name: string,
  value: string,
  data: Uint8Array | undefined,
): { readonly code: number; readonly payload: Uint8Array } | undefined {
  const option = optionIn(agentSpace, name);
  if (option === undefined) return undefined;
  if (option.format === 'X') return data === undefined ? undefined : { code: option.code, payload: data };
  const number = option.format === 'I' ? parseIpv4(value) : /^\d{1,10}$/.test(value) ? Number(value) : undefined;
  if (number === undefined || number > 0xffffffff) return undefined;
  return { code: option.code, payload: Uint8Array.of(number >>> 24, number >>> 16, number >>> 8, number) };
}
