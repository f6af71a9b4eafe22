// When option values are made: what a statement stores is evaluated with the reply, and the latest statement counts
// (dhcpd-conf reference §7, §11.5).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AddressItem, DataExpr, OptionStatement, Statement } from '../model/expression.ts';
import { nowhere } from '../lease/testing.ts';
import { dhcpOption, fqdnCode, optionOfCode, predefinedSpaces } from '../wire/option-table.ts';
import { fromLatin1 } from '../std/bytes.ts';
import { equal, ip, literal, option, requestOption, text, when, World } from './testing.ts';

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

test('break ends the block of an `if` or the cases of a `switch`, and nothing around it', () => {
  const leave: Statement = { kind: 'break', span: nowhere };
  const always = equal(literal('a'), literal('a'));
  const cases = [{ value: undefined, body: [when(always, text(17, 'if'), leave, text(17, 'never')), text(40, 'behind the if'), leave, text(40, 'never')], span: nowhere }];
  const inner: Statement[] = [{ kind: 'switch', subject: literal('a'), cases, span: nowhere }, text(64, 'behind the switch')];
  const world = new World({ networks: [[{ network: '10.0.0.0/24', pools: [{ range: '10.0.0.100-10.0.0.109' }], statements: inner }]] });
  const options = world.discover(1, { requestList: [17, 40, 64] })[0]?.message.options;
  assert.deepEqual([17, 40, 64].map((code) => fromLatin1(options?.get(code) ?? new Uint8Array(0))), ['if', 'behind the if', 'behind the switch']);
});

test('fqdn.domainname of a DNS name begins with its dot, and fqdn.no-client-update is the O bit', () => {
  const fqdn = predefinedSpaces.get('fqdn') ?? assert.fail();
  const part = (code: number): DataExpr => ({ kind: 'option', option: optionOfCode(fqdn, code), span: nowhere });
  const global = [computed(15, part(fqdnCode.domainname)), computed(40, part(fqdnCode.noClientUpdate))];
  const world = new World({ networks: [[{ network: '10.0.0.0/24', pools: [{ range: '10.0.0.100-10.0.0.109' }] }]], global });
  for (const [sent, domain, bit] of [['0e00000161016200', '.b', 1], [`080000${Buffer.from('a.b').toString('hex')}`, 'b', 0]] as const) {
    const [offer] = world.discover(1, { requestList: [15, 40], extra: [[81, [...Buffer.from(sent, 'hex')]]] });
    assert.equal(fromLatin1(offer?.message.options.get(15) ?? new Uint8Array(0)), domain);
    assert.deepEqual([...(offer?.message.options.get(40) ?? [])], [bit]);
  }
});

const secondsOfLease: DataExpr = { kind: 'encode-int', value: { kind: 'lease-time', span: nowhere }, width: 32, span: nowhere };
const onCommit = (...body: Statement[]): Statement => ({ kind: 'on', events: ['commit'], body, span: nowhere });
for (const [id, hosts] of [['of a pool', []], ['of a host declaration', [{ name: 'h', mac: 1, fixed: ['10.0.0.9'] }]]] as const)
  test(`what an \`on commit\` sets is in the ACK, and lease-time is the time granted, for an address ${id}`, () => {
    const global = [text(15, 'before'), computed(35, secondsOfLease), onCommit(text(15, 'committed'))];
    const world = new World({ networks: [[{ network: '10.0.0.0/24', pools: [{ range: '10.0.0.100-10.0.0.109' }] }]], global, hosts });
    const asked = { requestList: [15, 35], leaseSeconds: 700 };
    const [offer] = world.discover(1, asked);
    const ack = world.lease(1, asked);
    assert.deepEqual([offer, ack].map((reply) => fromLatin1(reply?.message.options.get(15) ?? new Uint8Array(0))), ['before', 'committed']);
    assert.deepEqual([offer, ack].map((reply) => [...(reply?.message.options.get(35) ?? [])]), [[0, 0, 2, 188], [0, 0, 2, 188]]);
    assert.equal(fromLatin1(world.discover(1, asked)[0]?.message.options.get(15) ?? new Uint8Array(0)), 'before');
  });

test('of an address list the addresses that are known are sent, in its order; one whose names are all unknown is not sent', () => {
  const list = (code: number, ...items: AddressItem[]): Statement => ({ kind: 'option', operator: 'supersede', option: dhcpOption(code), value: { kind: 'addresses', items }, span: nowhere });
  const name = (of: string): AddressItem => ({ kind: 'name', name: of, span: nowhere });
  const literalAddress: AddressItem = { kind: 'address', address: ip('10.0.0.9') };
  const global = [list(42, name('ntp.test'), literalAddress, name('gone.test')), list(6, name('gone.test'))];
  const world = new World({ networks: [[{ network: '10.0.0.0/24', pools: [{ range: '10.0.0.100-10.0.0.109' }] }]], global });
  const sent = (client: number, code: number): number[] | undefined => {
    const value = world.discover(client, { requestList: [42, 6] })[0]?.message.options.get(code);
    return value && [...value];
  };
  assert.deepEqual(sent(1, 42), [10, 0, 0, 9]);
  assert.equal(sent(1, 6), undefined);
  world.store.names.put('ntp.test', [ip('10.0.0.1'), ip('10.0.0.2')], undefined);
  world.store.names.put('gone.test', [ip('10.0.0.3')], undefined);
  assert.deepEqual(sent(2, 42), [10, 0, 0, 1, 10, 0, 0, 2, 10, 0, 0, 9, 10, 0, 0, 3]);
  assert.deepEqual(sent(2, 6), [10, 0, 0, 3]);
});
