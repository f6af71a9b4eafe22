// Option names, and what they mean at this place of the file (dhcpd-conf reference §9.2).

import type { Span } from '../model/span.ts';
import type { OptionDefinition, OptionSpace } from '../wire/option-table.ts';
import type { OptionName } from './ast.ts';
import * as options from './diagnostics/options.ts';
import { isDhcp6 } from './dhcp6-options.ts';
import { decimal, refuse } from './parse-basics.ts';
import { isIdentifier } from './reader.ts';
import { suggestFor, type Session } from './session.ts';
import { nearest } from './suggest.ts';

/** A name that was read; `definition` undefined for one that may be about to be defined. */
export interface FoundOption {
  readonly span: Span;
  readonly writtenSpace: string | undefined;
  readonly name: string;
  readonly space: OptionSpace;
  readonly definition: OptionDefinition | undefined;
}

/** dhcpd's `option-name`; undefined after a report, with the statement skipped. Unknown names are left to the caller. */
export function findOption(session: Session): FoundOption | undefined {
  const { reader } = session;
  const first = reader.take();
  if (!isIdentifier(first)) return refuse(reader, options.optionNameMissing(reader.span, false));
  const start = reader.span.start;
  const spaceSpan = reader.span;
  let name = reader.word;
  let writtenSpace: string | undefined;
  let space = session.options.space('dhcp');
  if (reader.takeIf('.')) {
    writtenSpace = name;
    if (!isIdentifier(reader.take())) return refuse(reader, options.optionNameMissing(reader.span, true));
    name = reader.word;
    space = session.options.space(writtenSpace);
  }
  if (space === undefined) {
    const suggestion = nearest(writtenSpace ?? '', session.options.spaces.keys());
    reader.report(options.unknownSpace(spaceSpan, writtenSpace ?? '', suggestion));
    reader.skip();
    return undefined;
  }
  return resolve(session, { span: reader.spanFrom(start), writtenSpace, name, space });
}

/** Codes that `unknown-N` cannot mean: 0 anywhere, and the end mark of the dhcp space. */
const lastCode = (space: OptionSpace): number => (space.name === 'dhcp' ? 255 : 0);

function resolve(session: Session, written: Omit<FoundOption, 'definition'>): FoundOption | undefined {
  const { reader } = session;
  const { name, space, span } = written;
  const known = session.options.definition(space, name);
  if (known !== undefined || !/^unknown-/i.test(name)) return { ...written, definition: known };
  const code = decimal(name.slice('unknown-'.length));
  if (code === 0 || code === lastCode(space)) {
    reader.report(options.reservedCode(span, space.name, lastCode(space)));
    reader.skip();
    return undefined;
  }
  const ofCode = space.byCode.get(code);
  if (ofCode === undefined) return { ...written, definition: { space: space.name.toLowerCase(), code, name, format: 'X' } };
  session.reader.reportBare(options.codeHasName({ ...span, start: span.end - name.length }, ofCode.name));
  return { ...written, definition: ofCode };
}

/** What an unknown option might have been meant to be. */
const suggestion = (session: Session, { space, name }: FoundOption): string | undefined =>
  suggestFor(session, name, `option of ${space.name}`, space.byName.size, () => Array.from(space.byName.values(), (definition) => definition.name));

export const unknownOf = (session: Session, found: FoundOption): Parameters<typeof options.unknownOption>[0] => ({
  span: found.span,
  space: found.space.name,
  name: found.name,
  suggestion: suggestion(session, found),
});

export function optionNameOf(found: FoundOption, definition: OptionDefinition): OptionName {
  return { kind: 'option-name', span: found.span, space: found.writtenSpace, name: found.name, definition };
}

/** An option that must be known: in expressions, and behind `supersede`, `append` and the like. */
export function parseKnownOption(session: Session): OptionName | undefined {
  const found = findOption(session);
  if (found === undefined) return undefined;
  if (found.definition === undefined) {
    session.reader.report(options.noSuchOption(unknownOf(session, found)));
    session.reader.skip();
    return undefined;
  }
  warnOfDhcp6(session, found, found.definition);
  return optionNameOf(found, found.definition);
}

export function warnOfDhcp6({ reader }: Session, found: FoundOption, definition: OptionDefinition): void {
  if (isDhcp6(definition)) reader.reportBare(options.dhcp6Option(found.span));
}
