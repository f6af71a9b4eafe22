// dhcpd's expressions, NULL included (dhcpd-conf reference §8): one row each. `undefined` is NULL.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { latin1 } from '../std/bytes.ts';
import type { AnyExpr, BooleanExpr, DataExpr, NumericExpr } from '../model/expression.ts';
import { nowhere } from '../lease/testing.ts';
import { dhcpOption } from '../wire/option-table.ts';
import { dhcpPacket, ip, viewOf } from '../wire/testing.ts';
import { evaluate, type Environment } from './evaluate.ts';

const span = nowhere;
const d = (value: string | readonly number[]): DataExpr => ({ kind: 'bytes', bytes: typeof value === 'string' ? latin1(value) : Uint8Array.from(value), span });
const n = (value: number): NumericExpr => ({ kind: 'number', value, span });
const nul: DataExpr = { kind: 'null', span };
const yes: BooleanExpr = { kind: 'known', span };
const no: BooleanExpr = { kind: 'static', span };
const unknown: BooleanExpr = { kind: 'variable', name: 'nobody', span };
const both = (kind: 'and' | 'or', left: BooleanExpr, right: BooleanExpr): BooleanExpr => ({ kind, left, right, span });
const not = (operand: BooleanExpr): BooleanExpr => ({ kind: 'not', operand, span });
const eq = (left: AnyExpr, right: AnyExpr): BooleanExpr => ({ kind: 'equal', left, right, span });
const ne = (left: AnyExpr, right: AnyExpr): BooleanExpr => ({ kind: 'not-equal', left, right, span });
const opt = (code: number): DataExpr => ({ kind: 'option', option: dhcpOption(code), span });
const sub = (data: DataExpr, offset: number, length: number): DataExpr => ({ kind: 'substring', data, offset: n(offset), length: n(length), span });
const suffix = (data: DataExpr, length: number): DataExpr => ({ kind: 'suffix', data, length: n(length), span });
const concat = (...parts: DataExpr[]): DataExpr => ({ kind: 'concat', parts, span });
const reverse = (width: number, data: DataExpr): DataExpr => ({ kind: 'reverse', width: n(width), data, span });
const ascii = (base: number, width: number, separator: string, data: DataExpr): DataExpr => ({ kind: 'binary-to-ascii', base: n(base), width: n(width), separator: d(separator), data, span });
const encode = (value: number, width: 8 | 16 | 32): DataExpr => ({ kind: 'encode-int', value: n(value), width, span });
const extract = (data: DataExpr, width: 8 | 16 | 32): NumericExpr => ({ kind: 'extract-int', data, width, span });
const sum = (operator: '+' | '*' | '/' | '%' | '&' | '|' | '^', left: number, right: number): NumericExpr => ({ kind: 'arithmetic', operator, left: n(left), right: n(right), span });
const regex = (left: string | DataExpr, right: string, ignoreCase = false): BooleanExpr => ({ kind: 'regex', ignoreCase, left: typeof left === 'string' ? d(left) : left, right: d(right), span });
const pick = (...parts: DataExpr[]): DataExpr => ({ kind: 'pick-first-value', parts, span });
const lcase = (kind: 'lcase' | 'ucase', data: DataExpr): DataExpr => ({ kind, data, span });
const packet = (offset: number, length: number): DataExpr => ({ kind: 'packet', offset: n(offset), length: n(length), span });
const field = (kind: 'filename' | 'server-name' | 'leased-address' | 'host-decl-name' | 'hardware'): DataExpr => ({ kind, span });
const exists = (code: number): BooleanExpr => ({ kind: 'exists', option: dhcpOption(code), span });
const call = (name: string, ...args: AnyExpr[]): DataExpr => ({ kind: 'call', name, arguments: args, span });

const { view } = viewOf(dhcpPacket({ options: [[53, [1]], [12, '7063'], [60, '505845']], file: '626f6f74' }));
const bare = viewOf(dhcpPacket({ options: [[53, [1]]] })).view;

const environment = (part: Partial<Environment> = {}): Environment => ({
  view,
  requestOption: (option) => view.option(option.code),
  replyOption: () => undefined,
  isKnown: true, isStatic: false,
  hostName: 'h1', leasedAddress: ip('10.0.0.7'), leaseTime: () => 600, serverName: 'server',
  addressesOf: () => undefined,
  variables: new Map([
    ['v', { kind: 'data', bytes: latin1('value') }],
    ['double', { kind: 'function', parameters: ['x'], body: [{ kind: 'return', value: concat({ kind: 'variable', name: 'X', span }, { kind: 'variable', name: 'x', span }), span }] }],
    ['forever', { kind: 'function', parameters: ['x'], body: [{ kind: 'return', value: call('forever', d('x')), span }] }],
  ]),
  report: () => {},
  vendor: { space: undefined }, callsLeft: 50,
  ...part,
});

const rows: readonly (readonly [id: string, expr: AnyExpr, expected: string | readonly number[] | number | boolean | undefined])[] = [
  ['equal bytes', eq(d('a'), d('a')), true],
  ['case counts', eq(d('a'), d('A')), false],
  ['both NULL are equal', eq(nul, nul), true],
  ['one NULL is not', eq(nul, d('a')), false],
  ['one NULL: != is true', ne(nul, d('a')), true],
  ['different types are not equal', eq(n(97), d('a')), false],
  ['numbers', eq(n(5), sum('+', 2, 3)), true],
  ['regex', regex('PXEClient:Arch', '^PXE.*:A'), true],
  ['regex, an empty pattern matches nothing', regex('abc', ''), false],
  ['regex, nothing matches in an empty string', regex('', '^$'), false],
  ['regex, case', regex('pxe', 'PXE'), false],
  ['regex, case ignored', regex('pxe', 'PXE', true), true],
  ['regex, POSIX classes', regex('port-17', '^[[:alpha:]]+-[[:digit:]]{2}$'), true],
  ['regex, a backslash in brackets is itself', regex('a\\b', '^a[\\]b$'), true],
  ['regex, NULL', regex(nul, 'x'), undefined],
  ['regex, invalid', regex('x', '('), false],
  ['regex, up to NUL', regex('ab\0cd', 'cd'), false],
  ['and', both('and', yes, yes), true],
  ['and, right false', both('and', yes, no), false],
  ['and, left false is NULL', both('and', no, yes), undefined],
  ['and, right NULL', both('and', yes, unknown), undefined],
  ['or', both('or', no, yes), true],
  ['or, NULL and true', both('or', unknown, yes), true],
  ['or, false and NULL', both('or', no, unknown), false],
  ['or, both NULL', both('or', unknown, unknown), undefined],
  ['not', not(no), true],
  ['not NULL', not(unknown), undefined],
  ['not (a and b) with a false is NULL', not(both('and', no, yes)), undefined],
  ['exists', exists(12), true],
  ['exists not', exists(50), false],
  ['defined', { kind: 'defined', name: 'V', span }, true],
  ['defined not', { kind: 'defined', name: 'w', span }, false],
  ['substring', sub(d('abcdef'), 2, 3), 'cde'],
  ['substring, shorter', sub(d('abc'), 2, 9), 'c'],
  ['substring from beyond is empty, not NULL', sub(d('abc'), 3, 1), ''],
  ['substring of NULL', sub(nul, 0, 1), undefined],
  ['suffix', suffix(d('abcdef'), 2), 'ef'],
  ['suffix, all', suffix(d('ab'), 9), 'ab'],
  ['lcase', lcase('lcase', d('AbC1')), 'abc1'],
  ['ucase', lcase('ucase', d('AbC1')), 'ABC1'],
  ['concat', concat(d('a'), d('b'), d('c')), 'abc'],
  ['concat with NULL', concat(d('a'), nul), undefined],
  ['reverse', reverse(2, d([1, 2, 3, 4, 5, 6])), [5, 6, 3, 4, 1, 2]],
  ['reverse, odd length', reverse(2, d([1, 2, 3])), undefined],
  ['binary-to-ascii, address', ascii(10, 8, '.', d([10, 0, 0, 1])), '10.0.0.1'],
  ['binary-to-ascii, no padding', ascii(16, 8, ':', d([2, 0, 0xab])), '2:0:ab'],
  ['binary-to-ascii, 16 bits', ascii(16, 16, '-', d([1, 2, 3, 4])), '102-304'],
  ['binary-to-ascii, odd length', ascii(10, 16, '.', d([1, 2, 3])), undefined],
  ['binary-to-ascii, bad width', ascii(10, 9, '.', d([1])), undefined],
  ['binary-to-ascii, base 17', ascii(17, 8, '.', d([1, 2])), '.'],
  ['binary-to-ascii, dhcpd’s extra zero', ascii(10, 32, '.', d([0xff, 0xff, 0xff, 0xff])), '04294967295'],
  ['encode-int', encode(258, 16), [1, 2]],
  ['encode-int, cut', encode(258, 8), [2]],
  ['encode-int, -1', encode(-1, 32), [255, 255, 255, 255]],
  ['extract-int', extract(d([1, 2]), 16), 258],
  ['extract-int, too short', extract(d([1]), 16), undefined],
  ['division', sum('/', 7, 2), 3],
  ['division by zero', sum('/', 7, 0), undefined],
  ['modulo by zero', sum('%', 7, 0), undefined],
  ['bits', sum('^', 0xff, 0x0f), 0xf0],
  ['option', opt(60), 'PXE'],
  ['option, absent', opt(50), undefined],
  ['hardware', field('hardware'), [1, 2, 0, 0, 0, 0, 1]],
  ['packet', packet(0, 3), [1, 1, 6]],
  ['packet, cut', packet(298, 10), [0, 0]],
  ['packet, beyond', packet(400, 1), undefined],
  ['filename', field('filename'), 'boot'],
  ['server-name, none', field('server-name'), undefined],
  ['leased-address', field('leased-address'), [10, 0, 0, 7]],
  ['host-decl-name', field('host-decl-name'), 'h1'],
  ['lease-time', { kind: 'lease-time', span }, 600],
  ['pick-first-value', pick(nul, opt(50), d('x'), d('y')), 'x'],
  ['pick, none', pick(nul), undefined],
  ['gethostname', { kind: 'gethostname', span }, 'server'],
  ['gethostbyname, unresolved', { kind: 'gethostbyname', name: 'ntp', span }, undefined],
  ['a variable', { kind: 'variable', name: 'V', span }, 'value'],
  ['a function', call('Double', d('ab')), 'abab'],
  ['endless recursion', call('forever', d('x')), undefined],
  ['check', { kind: 'check', collection: 'default', span }, false],
];
for (const [id, expr, expected] of rows)
  test(`expression: ${id}`, () => {
    const value = evaluate(expr, environment());
    assert.deepEqual(value, typeof expected === 'string' ? latin1(expected) : Array.isArray(expected) ? Uint8Array.from(expected as number[]) : expected);
  });

test('what is not known yet is NULL', () => {
  const env = environment({ view: bare, hostName: undefined, leasedAddress: undefined, leaseTime: () => undefined });
  for (const expr of [field('leased-address'), field('host-decl-name'), field('filename'), { kind: 'lease-time', span } as const])
    assert.equal(evaluate(expr, env), undefined);
});
