// L2920..L2923: values that nobody sees whole, or at all.

import type { Diagnostic } from '../../model/diagnostic.ts';
import { numberOf, parameter } from '../../model/effective.ts';
import { serverOptionCode as code } from '../../wire/option-table.ts';
import { info, warning } from '../../lang/diagnostics/make.ts';
import { expressionsIn } from '../expressions-in.ts';
import { placedStatements } from '../placed-statements.ts';
import { isParameter, optionsOf } from './statements.ts';
import type { View } from './view.ts';

/** L2920: only a function may do something while it is evaluated. */
export function evaluatedInVain(view: View): Diagnostic[] {
  return [...placedStatements(view.draft.facts.scopes)].flatMap(({ statement }) =>
    statement.kind !== 'eval' || [...expressionsIn(statement.value)].some(({ kind }) => kind === 'call')
      ? []
      : [warning('L2920', statement.span, 'eval throws this value away: it has no effect', { help: 'remove it, or keep the value: `set name = …;`' })],
  );
}

/** L2921: without a space the bytes of option 43 belong to no option. */
export function vendorOptionsOfNoSpace(view: View): Diagnostic[] {
  const isGiven = optionsOf(view).some((placed) => isParameter(placed) && placed.statement.option.code === code.vendorOptionSpace);
  return isGiven ? [] : [...placedStatements(view.draft.facts.scopes)].flatMap(({ statement }) =>
    statement.kind === 'parse-vendor-option'
      ? [info('L2921', statement.span, 'there is no vendor-option-space, so parse-vendor-option has no effect', { help: 'name the space that the client speaks: `vendor-option-space NAME;`' })]
      : [],
  );
}

/** L2922 */
export function crossedThresholds(view: View): Diagnostic[] {
  return view.places.flatMap((scopes) => {
    const [low, high] = [parameter(scopes, code.logThresholdLow), parameter(scopes, code.logThresholdHigh)];
    if (low === undefined || low === 'varies' || high === undefined || high === 'varies') return [];
    const [from, to] = [numberOf(low.value), numberOf(high.value)];
    if (from === undefined || to === undefined || to === 0 || from < to) return [];
    return [
      warning('L2922', low.span, `log-threshold-low ${from} is not below log-threshold-high ${to}: a pool that is that full is told of at every DHCPACK`, {
        notes: [{ span: high.span, message: 'the upper one is set here' }],
        help: 'set it below: a pool is told of once, and again after it was emptier than that',
      }),
    ];
  });
}

/** Fields of the packet (RFC 2131 table 1), in bytes, and the option that holds the same name whole. */
const fields: ReadonlyMap<number, { readonly size: number; readonly option: number }> = new Map([
  [code.filename, { size: 128, option: 67 }],
  [code.serverName, { size: 64, option: 66 }],
]);

/** L2923 */
export function namesLongerThanFields(view: View): Diagnostic[] {
  return optionsOf(view).flatMap((placed) => {
    const { option, value, span } = placed.statement;
    const field = isParameter(placed) ? fields.get(option.code) : undefined;
    if (field === undefined || value.kind !== 'constant' || value.bytes.length <= field.size) return [];
    return [
      warning('L2923', span, `this ${option.name} has ${value.bytes.length} bytes and its field ${field.size}: clients get it cut`, {
        help: `write a shorter one; \`option ${field.option === 67 ? 'bootfile-name' : 'tftp-server-name'}\` has room for 255 bytes, for clients that ask for it`,
      }),
    ];
  });
}
