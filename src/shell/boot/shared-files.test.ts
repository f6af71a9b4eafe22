// Who shares an open file with whom, and when it is closed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FileHandle } from 'node:fs/promises';
import { err, ok } from '../../std/result.ts';
import { SharedFiles } from './shared-files.ts';

/** Opens nothing; counts. A name that begins with `no` is not there. */
function counted(): { readonly files: SharedFiles; readonly log: string[]; readonly clock: { now: number } } {
  const log: string[] = [];
  const clock = { now: 1_000 };
  const open: ConstructorParameters<typeof SharedFiles>[0] = async (root, path) => {
    const name = `${root}/${path} ${clock.now}`;
    log.push(`open ${name}`);
    if (path.startsWith('no')) return err('missing');
    const handle = { close: async () => void log.push(`close ${name}`) } as unknown as FileHandle;
    return ok({ handle, size: 1, modified: new Date(0), realPath: name });
  };
  return { files: new SharedFiles(open, () => clock.now), log, clock };
}
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('those that begin together share one file, which is closed with the last of them', async () => {
  const { files, log } = counted();
  const [a, b, other] = await Promise.all([files.open('/r', 'x'), files.open('/r', 'x'), files.open('/s', 'x')]);
  assert.ok(a.ok && b.ok && other.ok);
  assert.deepEqual(log, ['open /r/x 1000', 'open /s/x 1000']);
  assert.equal(a.value.handle, b.value.handle);
  a.value.close();
  a.value.close();
  await settled();
  assert.equal(log.length, 2, 'the other one reads on, however often the first says that it is done');
  b.value.close();
  await settled();
  assert.deepEqual(log.slice(2), ['close /r/x 1000']);
});

test('a file is opened anew when it is 100 ms old, or when nobody has it open', async () => {
  const { files, log, clock } = counted();
  const first = await files.open('/r', 'x');
  clock.now += 99;
  const second = await files.open('/r', 'x');
  clock.now += 1;
  const third = await files.open('/r', 'x');
  assert.ok(first.ok && second.ok && third.ok);
  assert.deepEqual(log, ['open /r/x 1000', 'open /r/x 1100']);
  first.value.close();
  second.value.close();
  await settled();
  assert.deepEqual(log.slice(2), ['close /r/x 1000']);
  const fourth = await files.open('/r', 'x');
  assert.ok(fourth.ok);
  assert.equal(fourth.value.handle, third.value.handle, 'the end of the old one is not that of the new one');
  third.value.close();
  fourth.value.close();
  await settled();
  const fifth = await files.open('/r', 'x');
  assert.ok(fifth.ok);
  assert.deepEqual(log.slice(3), ['close /r/x 1100', 'open /r/x 1100']);
});

test('what is not there is looked for again by everybody who comes later', async () => {
  const { files, log } = counted();
  const both = await Promise.all([files.open('/r', 'no'), files.open('/r', 'no')]);
  assert.deepEqual(both.map((one) => !one.ok && one.error), ['missing', 'missing']);
  assert.ok(!(await files.open('/r', 'no')).ok);
  assert.deepEqual(log, ['open /r/no 1000', 'open /r/no 1000']);
});
