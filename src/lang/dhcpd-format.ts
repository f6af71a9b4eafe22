// dhcpd's own three-line form of a diagnostic (dhcpd-conf reference §2): `FILE line N: TEXT`, the line as far as it was read, a caret.

import type { Diagnostic } from '../model/diagnostic.ts';

/** Width that dhcpd gives to a tab before the caret. */
const tabWidth = 8;
const columnMax = 80;

/** The diagnostics that dhcpd prints, in its words; ends with a newline unless empty. */
export const renderDhcpd = (diagnostics: readonly Diagnostic[]): string => diagnostics.map(renderOne).join('');

function renderOne({ dhcpdText, dhcpdPlace }: Diagnostic): string {
  const [first, ...rest] = dhcpdText ?? [];
  if (first === undefined) return '';
  if (dhcpdPlace === undefined) return `${[first, ...rest].join('\n')}\n`;
  const { file, line, text, column } = dhcpdPlace;
  return `${[`${file.name} line ${line}: ${first}`, text, `${caretIndent(text, column)}^`, ...rest].join('\n')}\n`;
}

function caretIndent(text: string, column: number): string {
  if (column > columnMax) return '';
  let width = 0;
  for (let at = 0; at < column - 1; at++)
    width = text.charAt(at) === '\t' ? (Math.floor(width / tabWidth) + 1) * tabWidth : width + 1;
  return ' '.repeat(width);
}
