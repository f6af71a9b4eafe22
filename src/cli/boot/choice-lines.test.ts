// Sentences about what was set.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeLines, choiceLines, choicePhrase } from './choice-lines.ts';
import { statusLines } from './status-lines.ts';

const view = { mac: '52:54:00:aa:00:01', host: 'web-1', target: 'install', profile: null, state: 'pending', setAt: 1_700_000_000 } as const;
const rows: readonly (readonly [choice: Parameters<typeof choicePhrase>[0], phrase: string])[] = [
  [view, 'boots its profile once, then from its disk (set 2023-11-14T22:13:20Z)'],
  [{ ...view, profile: 'rescue' }, 'boots profile rescue once, then from its disk (set 2023-11-14T22:13:20Z)'],
  [{ ...view, state: 'done' }, 'boots from its disk: it has fetched its profile (set 2023-11-14T22:13:20Z)'],
  [{ ...view, target: 'local', state: 'done' }, 'boots from its disk (set 2023-11-14T22:13:20Z)'],
  [{ ...view, target: 'none', state: 'done' }, ''],
];
for (const [choice, phrase] of rows) test(`says: ${phrase || 'nothing'}`, () => assert.equal(choicePhrase(choice), phrase));

test('a list, a change, and nothing', () => {
  assert.deepEqual(choiceLines({ choices: [view, { ...view, host: null }] }).map((line) => line.slice(0, 30)), ['52:54:00:aa:00:01, web-1: boot', '52:54:00:aa:00:01: boots its p']);
  assert.deepEqual(choiceLines({ choices: [] }), ['nothing is set: machines boot as their profiles say']);
  assert.match(changeLines({ before: null, after: view })[0] ?? '', /^52:54:00:aa:00:01, web-1: boots its profile once/);
  assert.deepEqual(changeLines({ before: view, after: null }), ['52:54:00:aa:00:01: nothing is set any more; it boots as its profile says']);
});
test('status tells it behind where the boot stands', () => {
  const row = { address: '10.0.0.9', mac: view.mac, host: '', profile: 'web', stands: 'has vmlinuz', forgotten: 0, files: [], choice: { ...view, mac: '525400aa0001', profile: '' } };
  assert.match(statusLines({ machines: [row] }, false)[0] ?? '', /: has vmlinuz; boots its profile once, then from its disk/);
  assert.match(statusLines({ machines: [{ ...row, choice: null }] }, false)[0] ?? '', /: has vmlinuz$/);
});
