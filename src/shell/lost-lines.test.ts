import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LogBuffer } from '../node/log-buffer.ts';
import { JsonLog } from './json-log.ts';
import { said } from './log-events.ts';
import { LostLines } from './lost-lines.ts';

const line = 'x'.repeat(1000);

for (const [name, log] of [['text', new LogBuffer()], ['JSON', new JsonLog()]] as const)
  test(`${name}: lines that one turn had no room for are counted, and told once`, () => {
    const told: string[] = [];
    const lost = new LostLines(() => log.dropped, (text) => told.push(text));
    lost.look();
    for (let i = 0; i < 2_000; i++) log.event(said, { line });
    const kept = log.lines;
    assert.ok(kept < 2_000, `${kept} kept`);
    log.reset();
    lost.look();
    lost.look();
    assert.deepEqual(told, [`${2_000 - kept} log lines lost: more at once than are kept for writing`]);
    for (let i = 0; i < 2_000; i++) log.event(said, { line });
    lost.look();
    assert.equal(told.length, 2);
  });
