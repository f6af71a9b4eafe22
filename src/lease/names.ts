// Names (of hosts, groups, classes, peers) between lang's text, which may hold any character or stray byte, and the bytes of the
// lease file.

import { latin1, type ByteWriter } from '../std/bytes.ts';
import { decodeSource, encodeSource } from '../lang/source-text.ts';
import { readData } from './lease-statements.ts';
import { appendQuoted } from './text-bytes.ts';

/** A quoted string as a regular expression's source: no line ends, escapes allowed. */
export const quotedPattern = String.raw`"(?:[^"\\\n]|\\[^\n])*"`;

/** `"…"`; bytes beyond ASCII as octal escapes, which dhcpd reads too. */
export function appendQuotedName(out: ByteWriter, name: string): void {
  const bytes = encodeSource(name);
  appendQuoted(out, bytes, 0, bytes.length);
}

/** A name as the file has it (one char a byte), quoted or bare. */
export function nameFrom(text: string): string {
  const bytes = text.startsWith('"') ? readData(text) : undefined;
  return decodeSource(bytes ?? latin1(text));
}
