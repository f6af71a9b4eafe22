// From the tree to the resolved forms that engines execute: values as wire bytes, options as definitions, flags as numbers.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type * as model from '../model/expression.ts';
import { fromLatin1 } from '../std/bytes.ts';
import { lowerStatements } from './lower.ts';
import { isAccepted, parseText } from './testing.ts';

function lowered(text: string): model.Statement[] {
  const { tree, diagnostics } = parseText(text);
  assert.ok(isAccepted(diagnostics), diagnostics.map(({ message }) => message).join('\n'));
  return lowerStatements(tree.body);
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** `space.name operator value`. */
function shown(statement: model.Statement | undefined): string {
  if (statement?.kind !== 'option') return String(statement?.kind);
  const { option, operator, value } = statement;
  const text =
    value.kind === 'constant'
      ? hex(value.bytes)
      : value.kind === 'addresses'
        ? value.items.map((item) => (item.kind === 'name' ? item.name : String(item.address))).join(',')
        : value.expr.kind;
  return `${option.space}.${option.name} ${operator} ${text}`;
}

const rows: readonly (readonly [text: string, result: string])[] = [
  ['default-lease-time 600;', 'server.default-lease-time supersede 00000258'],
  ['default-lease-time -1;', 'server.default-lease-time supersede ffffffff'],
  ['default-lease-time infinite;', 'server.default-lease-time supersede ffffffff'],
  ['default-lease-time 4294967296;', 'server.default-lease-time supersede 00000000'],
  ['default-lease-time 0x10;', 'server.default-lease-time supersede 00000010'],
  ['option time-offset -18000;', 'dhcp.time-offset supersede ffffb9b0'],
  ['option default-ip-ttl 0100;', 'dhcp.default-ip-ttl supersede 40'],
  ['option interface-mtu 9000;', 'dhcp.interface-mtu supersede 2328'],
  ['allow unknown-clients;', 'server.boot-unknown-clients supersede 01'],
  ['deny bootp;', 'server.allow-bootp supersede 00'],
  ['ignore client-updates;', 'server.client-updates supersede 02'],
  ['use-host-decl-names on;', 'server.use-host-decl-names supersede 01'],
  ['option ip-forwarding ignore;', 'dhcp.ip-forwarding supersede 02'],
  ['option domain-name "é";', 'dhcp.domain-name supersede c3a9'],
  ['option domain-name bare-word;', `dhcp.domain-name supersede ${Buffer.from('bare-word').toString('hex')}`],
  ['option vendor-class-identifier 1:2:ff;', 'dhcp.vendor-class-identifier supersede 0102ff'],
  ['option routers 10.0.0.1, 10.0.0.2;', 'dhcp.routers supersede 0a0000010a000002'],
  ['option routers 10.0.0.1, gw.example.org;', 'dhcp.routers supersede 167772161,gw.example.org'],
  ['next-server tftp.example.org;', 'server.next-server supersede tftp.example.org'],
  ['server-identifier 10.0.0.1;', 'dhcp.dhcp-server-identifier supersede 0a000001'],
  ['option domain-search "a.org", "b.a.org";', 'dhcp.domain-search supersede 0161036f7267000162c000'],
  ['option v4-lost a.org;', 'dhcp.v4-lost supersede 0161036f726700'],
  ['option static-routes 10.0.0.0 10.0.0.1, 10.1.0.0 10.0.0.2;', 'dhcp.static-routes supersede 0a0000000a0000010a0100000a000002'],
  ['ddns-update-style standard;', 'server.ddns-update-style supersede 03'],
  ['omapi-key k;', 'server.omapi-key supersede 6b'],
  ['option o code 200 = zerolen; option o;', 'dhcp.o supersede '],
  ['option routers = 0a:00:00:01;', 'dhcp.routers supersede bytes'],
  ['append domain-name-servers 10.0.0.1;', 'dhcp.domain-name-servers append 0a000001'],
  ['send host-name "x";', 'dhcp.host-name supersede 78'],
  ['option space s; option s.a code 1 = text; option s.a "x";', 's.a supersede 78'],
  ['option unknown-224 "x";', 'dhcp.unknown-224 supersede 78'],
];

for (const [text, result] of rows)
  test(`lowered: ${text}`, () => {
    assert.equal(shown(lowered(text).at(-1)), result);
  });

test('an option means what it was when the statement was read', () => {
  const text = 'option a code 200 = text; option a "1"; option a code 200 = integer 8; option a 1;';
  assert.deepEqual(lowered(text).map(shown), ['dhcp.a supersede 31', 'dhcp.a supersede 01']);
});

test('branches nest, and cases keep their order', () => {
  const [made] = lowered('if known { break; } elsif static { unset vv; } else { eval hardware; }');
  assert.ok(made?.kind === 'if' && made.condition.kind === 'known');
  const [inner] = made.else;
  assert.ok(inner?.kind === 'if' && inner.condition.kind === 'static');
  assert.deepEqual(inner.else.map(({ kind }) => kind), ['eval']);
  const [choice] = lowered('switch (hardware) { case "a": break; default: case "b": unset vv; }');
  assert.ok(choice?.kind === 'switch');
  assert.deepEqual(choice.cases.map(({ value, body }) => [value?.kind, body.length]), [['bytes', 1], [undefined, 0], ['bytes', 1]]);
});

test('ranks are dhcpd’s own (reference §8.2)', () => {
  const value = (text: string): unknown => {
    const [made] = lowered(`set vv = ${text};`);
    assert.ok(made?.kind === 'set');
    const show = (expr: model.AnyExpr): unknown => {
      if ('left' in expr) return [show(expr.left), 'operator' in expr ? expr.operator : expr.kind, show(expr.right)];
      if (expr.kind === 'bytes') return fromLatin1(expr.bytes);
      return expr.kind === 'number' ? expr.value : expr.kind;
    };
    return show(made.value);
  };
  assert.deepEqual(value('lease-time * 3 + 4'), ['lease-time', '*', [3, '+', 4]]);
  assert.deepEqual(value('lease-time + 3 * 4'), [['lease-time', '+', 3], '*', 4]);
  assert.deepEqual(value('known or static and known'), [['known', 'or', 'static'], 'and', 'known']);
  assert.deepEqual(value('known and "a" = "b" or static'), ['known', 'and', [['a', 'equal', 'b'], 'or', 'static']]);
  assert.deepEqual(value('(known and "a" = "b") or static'), [['known', 'and', ['a', 'equal', 'b']], 'or', 'static']);
  assert.deepEqual(value('lease-time + 3 & 1'), ['lease-time', '+', [3, '&', 1]]);
});

test('words without effect are not executed, calls are', () => {
  assert.deepEqual(lowered('autoritative; define shout(word) { return ucase(word); } shout("x");').map(({ kind }) => kind), ['define', 'eval']);
});
