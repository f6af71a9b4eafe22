// Names are resolved before readiness, bounded, refreshed, and a good answer outlives the resolver.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByteWriter, fromLatin1 } from '../std/bytes.ts';
import type { Ipv4 } from '../std/ipv4.ts';
import type { MonoMillis, Now, UnixSeconds } from '../std/time.ts';
import { NameTable } from '../lease/name-table.ts';
import type { Effects, Request } from '../model/step.ts';
import { LogBuffer } from './log-buffer.ts';
import { NameRefresh } from './name-refresh.ts';

const at = (millis: number): Now => ({ mono: millis as MonoMillis, wall: 1_800_000_000 as UnixSeconds });

function world() {
  const names = new NameTable();
  let last = 0;
  const refresh = new NameRefresh(names, () => ++last);
  const requests: Request[] = [];
  const effects = { journal: new ByteWriter(), requests, log: new LogBuffer() } as unknown as Effects & { log: LogBuffer };
  return { names, refresh, requests, effects };
}

test('without names a node is ready at once', () => {
  const { refresh, effects } = world();
  refresh.watch([], at(0), effects);
  assert.equal(refresh.isReady, true);
  assert.equal(refresh.deadline, Infinity);
});

test('readiness waits for the answer, which is journaled, sorted and kept', () => {
  const { names, refresh, requests, effects } = world();
  refresh.watch(['ntp.example'], at(0), effects);
  assert.equal(refresh.isReady, false);
  assert.deepEqual(requests, [{ kind: 'resolve', id: 1, name: 'ntp.example' }]);
  const addresses = [0x0a000002 as Ipv4, 0x0a000001 as Ipv4];
  assert.equal(refresh.answer(1, { kind: 'resolve', addresses, detail: '' }, at(40), effects), true);
  assert.equal(refresh.isReady, true);
  assert.deepEqual(names.addressesOf('NTP.example'), [0x0a000001, 0x0a000002]);
  assert.match(fromLatin1(effects.journal.view()), /ntp\.example 10\.0\.0\.1 10\.0\.0\.2/);
  assert.equal(refresh.deadline, 300_040);
});

test('a silent resolver delays readiness by three seconds, no more', () => {
  const { refresh, effects } = world();
  refresh.watch(['ntp.example'], at(0), effects);
  assert.equal(refresh.deadline, 3_000);
  refresh.tick(at(2_999), effects);
  assert.equal(refresh.isReady, false);
  refresh.tick(at(3_000), effects);
  assert.equal(refresh.isReady, true);
});

test('a failed lookup is said, retried, and leaves the last good answer in use', () => {
  const { names, refresh, requests, effects } = world();
  names.put('ntp.example', [0x0a000001 as Ipv4], undefined);
  refresh.watch(['ntp.example'], at(0), effects);
  refresh.answer(1, { kind: 'resolve', addresses: undefined, detail: 'timed out' }, at(10), effects);
  assert.match(effects.log.line(0), /ntp\.example: timed out; its last known addresses stay in use/);
  assert.deepEqual(names.addressesOf('ntp.example'), [0x0a000001]);
  refresh.tick(at(30_010), effects);
  assert.equal(requests.length, 2);
});

test('answers to others are not taken', () => {
  const { refresh, effects } = world();
  refresh.watch(['ntp.example'], at(0), effects);
  assert.equal(refresh.answer(99, { kind: 'resolve', addresses: [], detail: '' }, at(1), effects), false);
});
