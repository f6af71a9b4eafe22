// Failover scenarios as text: `>` lines are commands, the rest is every message, transition and log line that followed.
// UPDATE_GOLDEN=1 rewrites them; read the difference as a protocol change, since that is what it is.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { runScript } from './script.ts';

const folder = new URL('.', import.meta.url).pathname;
const isUpdating = process.env['UPDATE_GOLDEN'] === '1';

for (const name of readdirSync(folder).filter((file) => file.startsWith('failover-') && file.endsWith('.txt'))) {
  test(name, () => {
    const lines = readFileSync(`${folder}/${name}`, 'utf8').trimEnd().split('\n');
    const comments = lines.filter((line) => line.startsWith('#'));
    const script = lines.filter((line) => line.startsWith('>')).map((line) => line.slice(2));
    const actual = [...comments, ...runScript(script)];
    if (isUpdating) writeFileSync(`${folder}/${name}`, `${actual.join('\n')}\n`);
    else assert.deepEqual(actual, lines);
  });
}
