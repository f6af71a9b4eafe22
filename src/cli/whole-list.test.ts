// A list in parts as one answer; and a server of before, which tells it whole.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answered, refused, type CommandAnswer } from '../control/command-table.ts';
import { err, ok, type Result } from '../std/result.ts';
import { wholeList, type ListRow } from './whole-list.ts';

/** Answers with these, one behind the other; what it was asked is kept. */
function server(...answers: readonly Result<CommandAnswer, string>[]): { readonly asked: ListRow[]; readonly send: Parameters<typeof wholeList>[0] } {
  const asked: ListRow[] = [];
  return {
    asked,
    send: (_name, parameters) => {
      asked.push(parameters);
      return Promise.resolve(answers[asked.length - 1] ?? err('asked too often'));
    },
  };
}
const part = (ips: readonly string[], count = ips.length, next?: number): Result<CommandAnswer, string> =>
  ok(answered({ count, leases: ips.map((ip) => ({ ip })), ...(next === undefined ? {} : { next }) }));

test('parts are put together until there is no next one', async () => {
  const { asked, send } = server(part(['10.0.0.1', '10.0.0.2'], 2, 700), part([], 0, 900), part(['10.0.0.3']));
  const answer = await wholeList(send, 'leases.list', { state: 'active' });
  assert.deepEqual(answer, ok(answered({ count: 3, leases: [{ ip: '10.0.0.1' }, { ip: '10.0.0.2' }, { ip: '10.0.0.3' }] })));
  assert.deepEqual(asked, [{ state: 'active', from: 0 }, { state: 'active', from: 700 }, { state: 'active', from: 900 }]);
});

test('a limit is for all parts together; those beyond are still counted', async () => {
  const { asked, send } = server(part(['10.0.0.1'], 4, 5), part(['10.0.0.6'], 3, 9), part([], 2));
  const answer = await wholeList(send, 'leases.list', { limit: 2 });
  assert.deepEqual(answer, ok(answered({ count: 9, leases: [{ ip: '10.0.0.1' }, { ip: '10.0.0.6' }] })));
  assert.deepEqual(asked.map(({ limit }) => limit), [2, 1, 0]);
});

test('a refusal, and a server that went away in between, are the answer', async () => {
  assert.deepEqual(await wholeList(server(ok(refused('bad-argument', 'no'))).send, 'leases.list', {}), ok(refused('bad-argument', 'no')));
  assert.deepEqual(await wholeList(server(part(['10.0.0.1'], 1, 5), err('gone')).send, 'leases.list', {}), err('gone'));
});
