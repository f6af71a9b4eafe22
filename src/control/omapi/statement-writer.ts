// Statements in the form in which dhcpd writes them into its lease file (OMAPI reference §4.2): `option` and `send` become
// `supersede`, parameters get `server.` in front, values become data. dhcpd also breaks lines near column 80; we do not.

import { fromLatin1 } from '../../std/bytes.ts';
import type { OptionValue } from '../../model/expression.ts';
import type { Body, ExecutableStatement, Item, OptionStatement } from '../../lang/ast.ts';
import { lowerValue } from '../../lang/lower.ts';
import { printCondition, printExpr } from '../../lang/print-expressions.ts';
import { printStatement } from '../../lang/print-statements.ts';
import { encodeSource } from '../../lang/source-text.ts';
import type { OptionDefinition } from '../../wire/option-table.ts';

const operatorOf: Readonly<Record<OptionStatement['operator'], string>> = {
  option: 'supersede', parameter: 'supersede', 'server-identifier': 'supersede', send: 'supersede', supersede: 'supersede',
  default: 'default', append: 'append', prepend: 'prepend',
};
const flagBytes = { deny: 0, allow: 1, ignore: 2 } as const;

export const writeStatements = (body: Body): string[] => body.flatMap((item) => linesOf(item).join('\n'));

function linesOf(item: Item): string[] {
  switch (item.kind) {
    case 'option-statement': return [optionLine(operatorOf[item.operator], item.option.definition, lowerValue(item.value), item)];
    case 'flag-statement':
      return [`supersede ${nameOf(item.definition)} = ${dataText(Uint8Array.of(flagBytes[item.action]))};`];
    case 'if': return ifLines(item);
    case 'on':
      return [`on ${item.events.join(' or ')} {`, ...inside(item.body), '}'];
    default: return [...printStatement(item as ExecutableStatement)];
  }
}

function optionLine(operator: string, definition: OptionDefinition, value: OptionValue | undefined, item: OptionStatement): string {
  if (value === undefined) return '';
  const written = item.value.kind === 'computed' ? printExpr(item.value.expr) : valueText(definition, value);
  return `${operator} ${nameOf(definition)} = ${written};`;
}

function valueText(definition: OptionDefinition, value: OptionValue): string {
  if (value.kind === 'computed') return '""';
  if (value.kind === 'constant')
    return definition.format.startsWith('I') && value.bytes.length > 4
      ? concat(Array.from({ length: value.bytes.length / 4 }, (_, index) => dataText(value.bytes.subarray(index * 4, index * 4 + 4))))
      : dataText(value.bytes);
  return concat(
    value.items.map((item) =>
      item.kind === 'name' ? `gethostbyname("${item.name}")` : dataText(encodeAddress(item.address)),
    ),
  );
}
const encodeAddress = (address: number): Uint8Array =>
  Uint8Array.of(address >>> 24, (address >>> 16) & 255, (address >>> 8) & 255, address & 255);
const concat = (parts: readonly string[]): string => (parts.length === 1 ? (parts[0] ?? '') : `concat (${parts.join(', ')})`);

const nameOf = ({ space, name }: OptionDefinition): string => (space === 'dhcp' ? name : `${space}.${name}`);

/** A quoted string when every byte can be printed, else hex; what was quoted reads back as the same bytes. */
function dataText(bytes: Uint8Array): string {
  const characters = fromLatin1(bytes);
  if (!/^[\x20-\x7e]*$/.test(characters)) return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':');
  return `"${characters.replace(/["\\]/g, '\\$&')}"`;
}

const inside = (body: Body): string[] => body.flatMap(linesOf).map((line) => `  ${line}`);

/** Chains of `elsif` are walked, not recursed into: they can be long. */
function ifLines(first: Extract<Item, { kind: 'if' }>): string[] {
  const lines = [`if ${printCondition(first.condition)} {`, ...inside(first.then)];
  for (let rest = first.else; rest !== undefined; ) {
    const [only] = rest;
    if (rest.length === 1 && only?.kind === 'if' && only.isElsif) {
      lines.push(`} elsif ${printCondition(only.condition)} {`, ...inside(only.then));
      rest = only.else;
    } else {
      lines.push('} else {', ...inside(rest));
      break;
    }
  }
  lines.push('}');
  return lines;
}

/** Names and text in the file's bytes, one character a byte. */
export const asFileText = (line: string): string => (/^[\0-\x7f]*$/.test(line) ? line : fromLatin1(encodeSource(line)));
