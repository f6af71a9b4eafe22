// L2918, L2047: option spaces that travel nowhere, and such that do not exist.

import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Span } from '../../model/span.ts';
import { fromLatin1 } from '../../std/bytes.ts';
import { parseFormat } from '../../wire/option-format.ts';
import { predefinedSpaces, serverOptionCode as code } from '../../wire/option-table.ts';
import { warning } from '../../lang/diagnostics/make.ts';
import { firstOfEach, groupBy, isParameter, optionsOf, othersToo } from './statements.ts';
import type { View } from './view.ts';

/** Names of option spaces that a parameter gives, lower case; undefined when one is computed. */
function spacesNamed(view: View, number: number): readonly { readonly name: string; readonly span: Span }[] | undefined {
  const found = optionsOf(view).filter((placed) => isParameter(placed) && placed.statement.option.code === number);
  const named = found.flatMap(({ statement: { value, span } }) => (value.kind === 'constant' ? [{ name: fromLatin1(value.bytes).replace(/\0+$/, '').toLowerCase(), span }] : []));
  return named.length === found.length ? named : undefined;
}

/** Spaces that an option carries: 43, or one that is declared so; undefined when that is computed. */
function carriedSpaces(view: View): ReadonlySet<string> | undefined {
  const vendor = spacesNamed(view, code.vendorOptionSpace);
  if (vendor === undefined) return undefined;
  const carried = new Set(vendor.map(({ name }) => name));
  for (const { byCode } of view.config.optionSpaces.values())
    for (const { format } of byCode.values()) for (const { letter, name } of parseFormat(format).elements) if (letter === 'E') carried.add(name.toLowerCase());
  return carried;
}
/** Codes of a site space take the place of the main space's from here on, at the lowest. */
const siteCodeMin = 128;

/** L2918: options of a space that travels in no option, and those of a site space that the main space hides. */
export function optionsNobodySends(view: View): Diagnostic[] {
  const carried = carriedSpaces(view);
  const site = spacesNamed(view, code.siteOptionSpace)?.map(({ name }) => name);
  if (carried === undefined || site === undefined) return [];
  const found = optionsOf(view).filter(({ statement: { option } }) => view.config.optionSpaces.has(option.space) && !predefinedSpaces.has(option.space) && !carried.has(option.space) && !isDhcp6(option.space));
  const lost = found.filter(({ statement: { option } }) => !site.includes(option.space));
  const hidden = found.filter(({ statement: { option } }) => site.includes(option.space) && option.code < siteCodeMin);
  return [
    ...[...groupBy(lost, ({ statement }) => statement.option.space)].flatMap(([space, [first, ...others]]) =>
      first === undefined ? [] : [
        warning('L2918', first.statement.span, `options of space ${space} are never sent: no option carries this space`, {
          notes: othersToo(others),
          help: `\`vendor-option-space ${space};\` sends them as option 43; \`option NAME code N = encapsulate ${space};\` as option N`,
        }),
      ],
    ),
    ...firstOfEach(hidden).map(({ statement: { option, span }, notes }) =>
      warning('L2918', span, `${option.space}.${option.name} has code ${option.code}: a site-option-space is read from code ${siteCodeMin} on, so it is never sent`, { notes, help: `declare it with a code from ${siteCodeMin} to 254` }),
    ),
  ];
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
