// Transfers as timetables: what comes at which virtual millisecond, and what leaves then.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MonoMillis } from '../std/time.ts';
import { Prng } from '../std/prng.ts';
import type { Terms } from './tftp-negotiate.ts';
import { Transfer, type TransferEvent, type TransferStep } from './tftp-transfer.ts';

const plain: Terms = { blockSize: 512, windowSize: 1, timeoutMillis: 1_000, answer: undefined };
const withOack = (more: Partial<Terms> = {}): Terms => ({ ...plain, ...more, answer: new Map([['tsize', '0']]) });

/** `1..4`, `oack`, `wait`, `sent`. */
function show(step: TransferStep): string {
  if (step.kind === 'blocks') return step.first === step.last ? String(step.first) : `${step.first}..${step.last}`;
  return step.kind === 'end' ? step.outcome.kind : step.kind;
}
const ack = (block: number): TransferEvent => ({ kind: 'ack', block });
const tick: TransferEvent = { kind: 'tick' };

type Line = readonly [at: number, event: TransferEvent, leaves: string];
function follow(terms: Terms, size: number, lines: readonly Line[]): Transfer {
  const transfer = new Transfer(terms, size);
  for (const [at, event, leaves] of lines) assert.equal(show(transfer.step(event, at as MonoMillis)), leaves, `at ${at}`);
  return transfer;
}
const start: TransferEvent = { kind: 'start' };

test('without options block 1 leaves at once; the last block is shorter [RFC1350-6]', () => {
  follow(plain, 1000, [[0, start, '1'], [1, ack(1), '2'], [2, ack(2), 'sent']]);
});
test('a multiple of the block size ends with an empty block', () => {
  assert.equal(follow(plain, 1024, [[0, start, '1'], [1, ack(1), '2'], [2, ack(2), '3'], [3, ack(3), 'sent']]).lastBlock, 3);
  assert.equal(follow(plain, 0, [[0, start, '1'], [1, ack(1), 'sent']]).lastBlock, 1);
});
test('an OACK is acknowledged with block 0 [RFC2347-4]', () => {
  follow(withOack(), 100, [[0, start, 'oack'], [1, ack(1), 'wait'], [2, ack(0), '1'], [3, ack(1), 'sent']]);
});
test('second, old and future acknowledgements bring nothing out [RFC1123-4.2.3.1]', () => {
  follow(plain, 2000, [[0, start, '1'], [1, ack(1), '2'], [2, ack(1), 'wait'], [3, ack(0), 'wait'], [4, ack(3), 'wait'], [5, ack(65_535), 'wait'], [6, ack(2), '3']]);
});
test('silence: again after 1, 2, 4, 8, 8 s …, then the end', () => {
  const transfer = follow(plain, 2000, [
    [0, start, '1'], [1, ack(1), '2'], [1_000, tick, 'wait'], [1_001, tick, '2'], [3_001, tick, '2'], [7_001, tick, '2'], [15_001, tick, '2'],
    [23_001, tick, '2'], [31_001, tick, '2'], [39_001, tick, '2'], [47_001, tick, 'silent'],
  ]);
  assert.equal(transfer.repeats, 7);
  assert.equal(transfer.deadline, Infinity);
});
test('an acknowledgement resets the waiting', () => {
  follow(plain, 2000, [[0, start, '1'], [1_000, tick, '1'], [2_999, tick, 'wait'], [2_999, ack(1), '2'], [3_998, tick, 'wait'], [3_999, tick, '2']]);
});
test('a client never heard is given up sooner', () => {
  follow(withOack(), 100, [[0, start, 'oack'], [1_000, tick, 'oack'], [3_000, tick, 'oack'], [7_000, tick, 'oack'], [15_000, tick, 'oack'], [23_000, tick, 'silent']]);
});
test('a negotiated timeout is the first wait', () => {
  follow({ ...plain, timeoutMillis: 10_000 }, 100, [[0, start, '1'], [9_999, tick, 'wait'], [10_000, tick, '1'], [20_000, tick, '1']]);
});
test('an error ends it, said by the client or not', () => {
  const transfer = new Transfer(withOack(), 100);
  transfer.step(start, 0 as MonoMillis);
  assert.deepEqual(transfer.step({ kind: 'error', code: 8, message: 'enough' }, 1 as MonoMillis), { kind: 'end', outcome: { kind: 'refused', code: 8, message: 'enough' } });
});
test('windows [RFC7440-4]: whole, cut short, its first block lost, the end', () => {
  follow(withOack({ windowSize: 4 }), 512 * 9 + 1, [
    [0, start, 'oack'], [1, ack(0), '1..4'], [2, ack(4), '5..8'], [3, ack(6), '7..10'],
    // The first block of the window was lost: 6 again. Once; a third one is a duplicate of the network.
    [4, ack(6), '7..10'], [5, ack(6), 'wait'], [6, ack(8), '9..10'], [7, ack(10), 'sent'],
  ]);
});
test('block numbers begin again at 0 behind 65535', () => {
  const transfer = new Transfer(plain, 512 * 65_540);
  let step = transfer.step(start, 0 as MonoMillis);
  for (let block = 1; step.kind === 'blocks'; block++) {
    assert.equal(step.first, block);
    step = transfer.step(ack(block & 0xffff), block as MonoMillis);
  }
  assert.equal(show(step), 'sent');
  assert.equal(transfer.acked, 65_541);
});

test('whatever the network loses, doubles and delays, the file arrives whole or the transfer ends', () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = new Prng(seed);
    const chance = (percent: number): boolean => random.below(100) < percent;
    const terms = withOack({ windowSize: 1 + random.below(8) });
    const transfer = new Transfer(terms, 512 * random.below(60) + random.below(512));
    let received = 0;
    let now = 0;
    let step = transfer.step(start, 0 as MonoMillis);
    for (let turn = 0; step.kind !== 'end'; turn++) {
      assert.ok(turn < 20_000, `seed ${seed} goes on for ever`);
      const inbox: TransferEvent[] = [];
      if (step.kind === 'oack' && !chance(20)) inbox.push(ack(0));
      // The receiver of RFC 7440: the last one in order, at the end of a window, the end of the file, or behind a gap.
      if (step.kind === 'blocks') {
        const before = received;
        let hasGap = false;
        for (let block = step.first; block <= step.last; block++) {
          if (chance(15)) continue;
          if (block === received + 1) received = block;
          else hasGap ||= block > received + 1;
        }
        if ((received > before || hasGap || step.last <= received) && !chance(15)) inbox.push(ack(received & 0xffff));
        if (chance(10)) inbox.push(ack(before & 0xffff));
      }
      let next: TransferStep = { kind: 'wait' };
      for (const event of inbox) {
        const made = transfer.step(event, ++now as MonoMillis);
        if (made.kind !== 'wait') next = made;
      }
      if (next.kind === 'wait') next = transfer.step(tick, (now = Math.max(now, transfer.deadline)) as MonoMillis);
      step = next;
    }
    if (step.outcome.kind === 'sent') assert.equal(received, transfer.lastBlock, `seed ${seed}`);
  }
});
