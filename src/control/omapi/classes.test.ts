// Classes and subclasses made over OMAPI: served at once, kept in dhcpd's form, read back, gone when deleted; dhcpd.conf's stay.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHex } from '../../std/bytes.ts';
import { withDynamicClasses } from '../../lease/dynamic-classes.ts';
import type { LeaseStore } from '../../lease/lease-store.ts';
import { omapiResult as result } from './results.ts';
import { OmapiBench } from './testing.ts';

const bytes = Uint8Array.of(1, 2, 0xaa, 0xbb, 0xcc, 0xdd, 2);

/** Classes as the engine has them: name, what the class matches, its statements, and keys and statements of its subclasses. */
function served({ config, kept }: LeaseStore): unknown[] {
  return withDynamicClasses(config, kept).classes.map(({ name, submatch, scopes, subclasses }) => [
    name, submatch?.kind, scopes.flatMap(({ statements }) => statements).length, ...subclasses.map(({ key, scopes: own }) => `${toHex(key)} ${own.length}`),
  ]);
}
test('a class with a group’s statements and a subclass: written as dhcpd writes them, served now and after a restart', () => {
  const bench = new OmapiBench();
  const client = bench.signedIn();
  client.create('group', { name: 'made', statements: 'option domain-name "made.example";' });
  assert.ok((client.create('class', { name: 'dyn', match: 'hardware', group: 'made' })?.handle ?? 0) > 0);
  assert.ok((client.create('subclass', { name: 'dyn', hashstring: bytes, group: 'g' })?.handle ?? 0) > 0);
  assert.match(bench.journalText, /^class "dyn" \{\n {2}dynamic;\n {2}match hardware;\n {8}supersede domain-name = "made\.example";\n\}\n$/m);
  assert.match(bench.journalText, /^subclass "dyn" 01:02:aa:bb:cc:dd:02 \{\n {2}dynamic;\n {8}supersede domain-name = "g\.example";\n\}\n$/m);
  const wanted = [['c', 'hardware', 0], ['dyn', 'hardware', 1, '0102aabbccdd02 1']];
  assert.deepEqual(served(bench.store), wanted);
  assert.deepEqual(served(bench.restarted()), wanted);
});

test('a class goes with its subclasses, and stays away', () => {
  const bench = new OmapiBench();
  const client = bench.signedIn();
  const handle = client.create('class', { name: 'dyn', match: 'hardware' })?.handle ?? 0;
  client.create('subclass', { name: 'dyn', hashstring: bytes });
  assert.equal(client.remove(handle)?.result, result.success);
  assert.equal(client.open('subclass', { name: 'dyn', hashstring: bytes })?.result, result.notFound);
  assert.deepEqual(served(bench.restarted()), [['c', 'hardware', 0]]);
});

test('classes of dhcpd.conf take new subclasses, and stay', () => {
  const bench = new OmapiBench();
  const client = bench.signedIn();
  const handle = client.create('subclass', { name: 'c', hashstring: 'abc' })?.handle ?? 0;
  assert.deepEqual(served(bench.store), [['c', 'hardware', 0, '616263 0']]);
  assert.equal(client.remove(handle)?.result, result.success);
  assert.equal(client.remove(client.open('class', { name: 'c' })?.handle ?? 0)?.result, result.permissionDenied);
});

test('what classes may not be', () => {
  const client = new OmapiBench().signedIn();
  for (const [fields, code] of [
    [{ name: '', match: 'hardware' }, result.invalidArgument],
    [{ name: 'a"b', match: 'hardware' }, result.invalidArgument],
    [{ name: 'x', match: 'option user-class' }, result.invalidArgument],
    [{ name: 'x', match: 'hardware', group: 'nosuch' }, result.notFound],
    [{ name: 'x', option: 'a' }, result.invalidArgument],
    [{ name: 'x', colour: 'a' }, result.unknownAttribute],
  ] as const)
    assert.equal(client.create('class', fields)?.result, code, JSON.stringify(fields));
  assert.equal(client.create('subclass', { name: 'c', hashstring: '' })?.result, result.invalidArgument);
});
