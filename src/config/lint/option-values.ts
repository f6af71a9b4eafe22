// L2038, L2919: values that are not what the option holds.

import type { Diagnostic } from '../../model/diagnostic.ts';
import type { DataExpr, OptionValue } from '../../model/expression.ts';
import { concatBytes, fromLatin1 } from '../../std/bytes.ts';
import { decodeLiteral } from '../../wire/option-literals.ts';
import { optionCode, predefinedSpaces, type OptionDefinition } from '../../wire/option-table.ts';
import { warning } from '../../lang/diagnostics/make.ts';
import { expressionsIn } from '../expressions-in.ts';
import { placedStatements, type Placed } from '../placed-statements.ts';
import { isOption } from './statements.ts';
import type { View } from './view.ts';

/** Wire bytes, where they hang on no packet. */
function bytesOf(value: OptionValue): Uint8Array | undefined {
  if (value.kind === 'constant') return value.bytes;
  return value.kind === 'computed' ? constantOf(value.expr) : undefined;
}
function constantOf(expr: DataExpr): Uint8Array | undefined {
  if (expr.kind === 'bytes') return expr.bytes;
  if (expr.kind !== 'concat') return undefined;
  const parts = expr.parts.map(constantOf);
  return parts.every((part) => part !== undefined) ? concatBytes(...parts) : undefined;
}

/** Classless routes (RFC 3442): width, as many bytes of the network as it needs, router. dhcpd has no name for them. */
function areRoutes(bytes: Uint8Array): boolean {
  let at = 0;
  while (at < bytes.length) {
    const width = bytes[at] ?? 0;
    if (width > 32) return false;
    at += 1 + Math.ceil(width / 8) + 4;
  }
  return at === bytes.length && bytes.length > 0;
}
const microsoftRoutes = 249;

/** `"10.0.0.1"` may be as long as two addresses. */
const isAddressText = (bytes: Uint8Array): boolean => /^\d{1,3}(\.\d{1,3}){3}[\d., ]*$/.test(fromLatin1(bytes));

interface Kind {
  readonly name: string;
  /** Text has no place in it. */
  readonly isBinary: boolean;
  readonly fits: (bytes: Uint8Array) => boolean;
}
/** What clients take an option of the main space for, whatever the file declares. */
function kindOf({ code, format }: OptionDefinition, value: OptionValue): Kind | undefined {
  if (code === optionCode.classlessStaticRoutes || code === microsoftRoutes) return { name: 'classless routes (RFC 3442)', isBinary: true, fits: areRoutes };
  const known = predefinedSpaces.get('dhcp')?.byCode.get(code);
  // A literal of the option's own form was checked when it was read.
  if (known === undefined || (known.format === format && value.kind === 'constant')) return undefined;
  // Boot loaders that are older than RFC 5859 take 150 for the path of their menu.
  if (code === optionCode.tftpServerAddress) return { name: known.name, isBinary: true, fits: () => true };
  return { name: known.name, isBinary: !/[tXEdD]/.test(known.format), fits: (bytes) => decodeLiteral(known.format, bytes) !== undefined };
}

/** L2038: bytes of another kind than the option has: text where addresses belong, a number of another width. */
export function valuesOfWrongType(view: View): Diagnostic[] {
  return [...placedStatements(view.draft.facts.scopes)].filter(isOption).flatMap(({ statement: { option, operator, value, span } }) => {
    const kind = option.space === 'dhcp' && (operator === 'supersede' || operator === 'default') ? kindOf(option, value) : undefined;
    const bytes = bytesOf(value);
    if (kind === undefined || bytes === undefined || bytes.length === 0 || (kind.fits(bytes) && !(kind.isBinary && isAddressText(bytes)))) return [];
    return [
      warning('L2038', span, `these ${bytes.length} bytes are no ${kind.name}: clients cannot read this option ${option.code}`, {
        help: value.kind === 'computed' ? 'behind `=` stand the bytes themselves; without it the value is written in the form of the option' : `declare option ${option.code} with the type that it has (RFC 2132), or use its predefined name`,
      }),
    ];
  });
}

/** L2919: option values are computed when the reply is made, and see variables of file level alone (dhcpd-conf reference §7). */
export function invisibleVariables(view: View): Diagnostic[] {
  const statements = [...placedStatements(view.draft.facts.scopes)];
  const isInHandler = ({ around }: Placed): boolean => around.some(({ kind }) => kind === 'on' || kind === 'define');
  const visible = new Set(
    statements.flatMap((placed) => (placed.statement.kind === 'set' && placed.scope.kind === 'global' && !isInHandler(placed) ? [placed.statement.name.toLowerCase()] : [])),
  );
  return statements.filter(isOption).flatMap(({ statement: { option, value }, around }) => {
    if (option.space === 'server' || value.kind !== 'computed' || around.some(({ kind }) => kind === 'define')) return [];
    return [...expressionsIn(value.expr)].flatMap((expr) =>
      expr.kind !== 'variable' || visible.has(expr.name.toLowerCase()) ? [] : [
        warning('L2919', expr.span, `\`${expr.name}\` is nothing here: the value of an option sees variables of file level only`, {
          help: 'write the expression itself, or set the option inside an `if` that tests the variable',
        }),
      ],
    );
  });
}
