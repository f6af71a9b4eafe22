// When option values are made: what a statement stores is evaluated with the reply, and the latest statement counts
// (dhcpd-conf reference §7, §11.5).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DataExpr, OptionStatement, Statement } from '../model/expression.ts';
import { nowhere } from '../lease/testing.ts';
import { dhcpOption } from '../wire/option-table.ts';
import { fromLatin1 } from '../std/bytes.ts';
import { ip, literal, option, requestOption, text, World } from './testing.ts';

const computed = (code: number, expr: DataExpr, operator: OptionStatement['operator'] = 'supersede'): Statement => ({
  kind: 'option', operator, option: dhcpOption(code), value: { kind: 'computed', expr }, span: nowhere,
});
const configured = (code: number): DataExpr => ({ kind: 'config-option', option: dhcpOption(code), span: nowhere });
const first = (...parts: DataExpr[]): DataExpr => ({ kind: 'pick-first-value', parts, span: nowhere });
const nothing = requestOption(60);
const ownLease: DataExpr = { kind: 'leased-address', span: nowhere };

interface Row {
  readonly id: string;
  readonly global: Statement[];
  readonly inner: Statement[];
  /** Option 15 of the offer; undefined: not sent. */
  readonly domainName: string | undefined;
}
const rows: readonly Row[] = [
  { id: 'config-option sees what later statements set', global: [], inner: [computed(15, first(configured(17), literal('none'))), text(17, 'later')], domainName: 'later' },
  { id: 'config-option sees what inner scopes set', global: [computed(15, configured(17))], inner: [text(17, 'inner')], domainName: 'inner' },
  { id: 'a value that is NULL hides the one of an outer scope', global: [text(15, 'outer')], inner: [computed(15, nothing)], domainName: undefined },
  { id: 'and stands in the way of a default', global: [computed(15, nothing)], inner: [computed(15, literal('default'), 'default')], domainName: undefined },
  { id: 'a part that is NULL makes the whole NULL', global: [text(15, 'outer')], inner: [computed(15, nothing, 'append')], domainName: undefined },
  { id: 'parts in the order they are set', global: [text(15, 'b')], inner: [computed(15, literal('c'), 'append'), computed(15, literal('a'), 'prepend')], domainName: 'abc' },
  { id: 'an option in its own value ends', global: [], inner: [computed(15, configured(15))], domainName: undefined },
];
for (const { id, global, inner, domainName } of rows)
  test(`option values: ${id}`, () => {
    const world = new World({ networks: [[{ network: '10.0.0.0/24', pools: [{ range: '10.0.0.100-10.0.0.109' }], statements: inner }]], global });
    const value = world.discover(1, { requestList: [15] })[0]?.message.options.get(15);
    assert.equal(value && fromLatin1(value), domainName);
  });

test('leased-address is NULL where no lease is: a client that informs has an address of its own', () => {
  const world = new World({ networks: [[{ network: '10.0.0.0/24', pools: [{ range: '10.0.0.100-10.0.0.109' }] }]], global: [computed(42, ownLease)] });
  assert.deepEqual([...(world.discover(1, { requestList: [42] })[0]?.message.options.get(42) ?? [])], [10, 0, 0, 100]);
  const [reply] = world.send({ type: 8, ciaddr: ip('10.0.0.200'), requestList: [42] });
  assert.equal(reply?.message.options.get(42), undefined);
});

test('dhcp-message and associated-ip are sent unasked; what only clients send is not', () => {
  const bytes = Uint8Array.of(1, 2, 3, 4);
  const global = [50, 52, 56, 57, 61, 82, 92, 118].map((code) => option(code, bytes));
  const world = new World({ networks: [[{ network: '10.0.0.0/24', pools: [{ range: '10.0.0.100-10.0.0.109' }] }]], global });
  for (const requestList of [[6], [], [50, 52, 56, 57, 61, 82, 92, 118, 6]])
    assert.deepEqual(world.discover(1, { requestList })[0]?.message.order, [53, 54, 51, 58, 59, 56, 92, 1]);
});
