// Diagnostics as `dhcpd -t` prints them (dhcpd-conf reference §2): three lines each, the second one as far as dhcpd had read it.

import type { Diagnostic, DhcpdPlace } from '../model/diagnostic.ts';
import { encodeSource } from './source-text.ts';

/** Beyond this column dhcpd prints its caret without indentation. */
const columnMax = 80;
const tab = 9;

/** Blanks up to the caret; a TAB of the line takes it to the next multiple of 8. */
function indentation({ text, column }: DhcpdPlace): string {
  if (column > columnMax) return '';
  const bytes = encodeSource(text);
  let width = 0;
  for (let at = 0; at < bytes.length && at < column - 1; at++) width = bytes[at] === tab ? (width | 7) + 1 : width + 1;
  return ' '.repeat(width);
}

function linesOf({ dhcpdText, dhcpdPlace }: Diagnostic): readonly string[] {
  const [first, ...more] = dhcpdText ?? [];
  if (first === undefined) return [];
  if (dhcpdPlace === undefined) return [first, ...more];
  const { file, line, text } = dhcpdPlace;
  return [`${file.name} line ${line}: ${first}`, text, `${indentation(dhcpdPlace)}^`, ...more];
}

/**
 * Everything that dhcpd would say itself, each line with its newline; to be written as `encodeSource` bytes. Nothing follows a
 * mistake that ends dhcpd at once.
 */
export function renderDhcpd(diagnostics: readonly Diagnostic[]): string {
  const end = diagnostics.findIndex(({ dhcpdFatal, dhcpdText }) => dhcpdFatal === true && dhcpdText !== undefined);
  const told = end < 0 ? diagnostics : diagnostics.slice(0, end + 1);
  return told
    .flatMap(linesOf)
    .map((line) => `${line}\n`)
    .join('');
}
