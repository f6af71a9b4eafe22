// L2918, L2047: option spaces that travel nowhere, and such that do not exist.

import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Span } from '../../model/span.ts';
import { fromLatin1 } from '../../std/bytes.ts';
import { parseFormat } from '../../wire/option-format.ts';
import { predefinedSpaces, serverOptionCode as code } from '../../wire/option-table.ts';
import { warning } from '../../lang/diagnostics/make.ts';
import { groupBy, isParameter, optionsOf, othersToo } from './statements.ts';
import type { View } from './view.ts';

/** Names of option spaces that a parameter gives, lower case; undefined when one is computed. */
function spacesNamed(view: View, number: number): readonly { readonly name: string; readonly span: Span }[] | undefined {
  const found = optionsOf(view).filter((placed) => isParameter(placed) && placed.statement.option.code === number);
  const named = found.flatMap(({ statement: { value, span } }) => (value.kind === 'constant' ? [{ name: fromLatin1(value.bytes).replace(/\0+$/, '').toLowerCase(), span }] : []));
  return named.length === found.length ? named : undefined;
}

/** L2918: options of a space that travels in no option. */
export function spacesNobodySends(view: View): Diagnostic[] {
  const vendor = spacesNamed(view, code.vendorOptionSpace);
  const site = spacesNamed(view, code.siteOptionSpace);
  if (vendor === undefined || site === undefined) return [];
  const sent = new Set([...vendor, ...site].map(({ name }) => name));
  for (const { byCode } of view.config.optionSpaces.values())
    for (const { format } of byCode.values()) for (const { letter, name } of parseFormat(format).elements) if (letter === 'E') sent.add(name.toLowerCase());
  const found = optionsOf(view).filter(({ statement: { option } }) => view.config.optionSpaces.has(option.space) && !predefinedSpaces.has(option.space) && !sent.has(option.space) && !isDhcp6(option.space));
  const bySpace = groupBy(found, ({ statement }) => statement.option.space);
  return [...bySpace].flatMap(([space, [first, ...others]]) =>
    first === undefined ? [] : [
      warning('L2918', first.statement.span, `options of space ${space} are never sent: no option carries this space`, {
        notes: othersToo(others),
        help: `\`vendor-option-space ${space};\` sends them as option 43; \`option NAME code N = encapsulate ${space};\` as option N`,
      }),
    ],
  );
}
/** Told by C0219. */
const isDhcp6 = (space: string): boolean => /^(dhcp6|isc6|vsio|vendor-class6)$/.test(space);

/** L2047: a space that is named and does not exist: option 43 is missing, or, worse, the reply is. */
export function unknownSpaces(view: View): Diagnostic[] {
  const missing = (number: number): readonly { readonly name: string; readonly span: Span }[] => (spacesNamed(view, number) ?? []).filter(({ name }) => !view.config.optionSpaces.has(name));
  return [
    ...missing(code.siteOptionSpace).map(({ name, span }) =>
      warning('L2047', span, `there is no option space ${name}: clients for which this holds get no reply at all, here as from dhcpd`, { help: `declare it: \`option space ${name};\`, or remove this` }),
    ),
    ...missing(code.vendorOptionSpace).map(({ name, span }) =>
      warning('L2047', span, `there is no option space ${name}: option 43 is not sent`, { help: `declare it: \`option space ${name};\`, and set its options` }),
    ),
  ];
}
