import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderValue } from './render-value.ts';

test('fields stand in a column, times are readable, absent values are a dash', () => {
  assert.deepEqual(renderValue({ state: 'active', lastContact: 1795370934, hostname: null }), [
    'state         active',
    'last contact  2026-11-22T18:08:54Z',
    'hostname      -',
  ]);
});
test('a list of like objects is a table without empty columns', () => {
  assert.deepEqual(renderValue([{ ip: '10.0.0.7', name: 'a', uid: null }, { ip: '10.0.0.100', name: 'bb', uid: null }]), [
    'ip          name',
    '10.0.0.7    a',
    '10.0.0.100  bb',
  ]);
});
test('nested values are indented', () => {
  assert.deepEqual(renderValue({ storage: { mode: 'leasing', reason: '' }, peers: [] }), [
    'storage:',
    '  mode    leasing',
    '  reason  -',
    'peers    none',
  ]);
});
test('words stand on one line, and nothing is called none', () => {
  assert.deepEqual(renderValue({ interfaces: ['eth0', 'eth1'], drops: {}, names: [] }), [
    'interfaces  eth0, eth1',
    'drops       none',
    'names       none',
  ]);
});
