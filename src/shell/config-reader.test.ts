// A configuration read in a thread: what it sends arrives, and whatever happens to the thread, the configuration is read.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { ok } from '../std/result.ts';
import { ConfigReader } from './config-reader.ts';
import { version } from './version.ts';

const here = ok({ config: { title: 'read in place' } as never, remarks: [] });

const folder = mkdtempSync(join(tmpdir(), 'leasehold-reader-'));
after(() => rmSync(folder, { recursive: true }));
// A thread does not inherit what lets this process run TypeScript; the built program has no need of it.
const thread = join(folder, 'thread.mjs');
const behaviour = JSON.stringify(pathToFileURL(join(import.meta.dirname, 'config-reader-testing.ts')).href);
writeFileSync(thread, `import { tsImport } from ${JSON.stringify(import.meta.resolve('tsx/esm/api'))};\nawait tsImport(${behaviour}, import.meta.url);\n`);

function readerFor(configPath: string, script = thread): { reader: ConfigReader; why: string[] } {
  const why: string[] = [];
  const settings = { programName: 'leasehold', configPath, leasePath: 'some title', pidPath: undefined };
  return { why, reader: new ConfigReader({ settings, script, loadHere: () => here, onReadHere: (reason) => why.push(reason) }) };
}

test('what the thread read is put together here, again and again', async () => {
  const { reader, why } = readerFor('read');
  for (let round = 0; round < 2; round++)
    assert.deepEqual(await reader.read(), ok({ config: { title: 'some title' }, remarks: ['a remark'] }));
  assert.deepEqual(why, []);
});

test('a refusal arrives with every line of it', async () => {
  const { reader, why } = readerFor('refuse');
  assert.deepEqual(await reader.read(), { ok: false, error: { lines: ['line 1', 'line 2'], summary: 'line 1 (and 1 more error)' } });
  assert.deepEqual(why, []);
});

test('a defect of the reader costs the new configuration only: it is not read in place', async () => {
  const { reader, why } = readerFor('break');
  const read = await reader.read();
  assert.ok(!read.ok);
  assert.match(read.error.summary, /^a defect of Leasehold keeps it from being read: a defect of the reader$/);
  assert.deepEqual(why, []);
});

const failures: readonly (readonly [id: string, why: RegExp, script?: string])[] = [
  ['another version', new RegExp(`^the program on disk is version 9\\.9 now, this is ${version}$`)],
  ['end', /^the thread that should read it ended early$/],
  ['exit at once', /^the thread that should read it ended early$/],
  ['read', /nowhere/, '/nowhere/program.mjs'],
];
for (const [id, reason, script] of failures)
  test(`${id}${script === undefined ? '' : ' of a program that is not there'}: it is read in place, and why is told`, async () => {
    const { reader, why } = readerFor(id, script);
    assert.deepEqual(await reader.read(), here);
    assert.equal(why.length, 1);
    assert.match(why[0] ?? '', reason);
  });

test('closed while it reads: the thread ends, nothing is read in place', async (t) => {
  const { reader, why } = readerFor('wait');
  let hasEnded = false;
  void reader.read().finally(() => (hasEnded = true));
  reader.close();
  // Another one is read meanwhile, and its answer is its own.
  const next = readerFor('read');
  assert.equal((await next.reader.read()).ok, true);
  assert.deepEqual([hasEnded, why], [false, []]);
  t.diagnostic('the test ends because no thread is left');
});
