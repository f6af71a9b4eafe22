// `lease-id-format …;` and `db-time-format …;` (dhcpd-conf reference §3).

import type { FormatDecl } from './ast.ts';
import * as declarations from './diagnostics/declarations.ts';
import * as syntax from './diagnostics/syntax.ts';
import { refuse } from './parse-basics.ts';
import type { Loss, Session } from './session.ts';

/** The word `db-time-format` was taken. */
export function parseTimeFormat({ reader }: Session, loss: Loss, start: number): FormatDecl | undefined {
  const word = reader.take();
  if (word !== 'default' && word !== 'local') {
    loss.isTold = true;
    return refuse(reader, declarations.badFormatWord(reader.span, ['default', 'local'], "Expecting 'local' or 'default'."));
  }
  const previous = reader.span;
  if (reader.take() === ';') return { kind: 'db-time-format', span: reader.spanFrom(start), word };
  loss.isTold = true;
  reader.report(syntax.semicolonMissing(previous, reader.span, 'Expecting a semicolon.'));
  return undefined;
}

/** The word `lease-id-format` was taken. */
export function parseLeaseIdFormat({ reader }: Session, start: number): FormatDecl | undefined {
  const word = reader.take();
  if (word !== 'octal' && word !== 'hex') {
    const wording = 'lease-id-format is invalid:  it must be octal or hex.';
    reader.report(declarations.badFormatWord(reader.span, ['octal', 'hex'], wording));
    reader.skipRest();
    return undefined;
  }
  const previous = reader.span;
  if (reader.take() === ';') return { kind: 'lease-id-format', span: reader.spanFrom(start), word };
  reader.report(syntax.semicolonMissing(previous, reader.span, 'corrupt lease file; expecting a semicolon'));
  reader.skip();
  return undefined;
}
