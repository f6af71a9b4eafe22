// get-lease-hostnames: asked beside the packet path, told in the next answer, once for five minutes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flag, text, World } from './testing.ts';

const lan = { networks: [[{ network: '10.0.0.0/24', pools: [{ range: '10.0.0.100-10.0.0.150' }] }]] };
const nameIn = (options: ReadonlyMap<number, Uint8Array> | undefined): string => Buffer.from(options?.get(12) ?? []).toString('latin1');
const asks = { requestList: [12] };

test('the first answer waits for nobody, the next one has the name', () => {
  const world = new World({ ...lan, global: [flag('getLeaseHostnames', 1)] });
  const [offer] = world.discover(1, asks);
  assert.equal(nameIn(offer?.message.options), '');
  const asked = world.requests.find(({ kind }) => kind === 'reverse');
  assert.ok(asked?.kind === 'reverse');
  world.collect((effects) => void world.engine.answer(asked.id, { kind: 'reverse', name: 'host.example' }, world.now, effects));
  assert.equal(nameIn(world.discover(1, asks)[0]?.message.options), 'host.example');
  assert.equal(world.requests.filter(({ kind }) => kind === 'reverse').length, 1, 'not asked again');
});

test('no name is said once; a configured one asks nobody', () => {
  const world = new World({ ...lan, global: [flag('getLeaseHostnames', 1)] });
  world.discover(1, asks);
  const asked = world.requests.find(({ kind }) => kind === 'reverse');
  assert.ok(asked?.kind === 'reverse');
  world.collect((effects) => void world.engine.answer(asked.id, { kind: 'reverse', name: undefined }, world.now, effects));
  assert.ok(world.log.some((line) => /^No hostname for 10\.0\.0\.1\d\d$/.test(line)));
  const named = new World({ ...lan, global: [flag('getLeaseHostnames', 1), text(12, 'said')] });
  assert.equal(nameIn(named.discover(1, asks)[0]?.message.options), 'said');
  assert.equal(named.requests.some(({ kind }) => kind === 'reverse'), false);
});
