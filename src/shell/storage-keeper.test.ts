import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { ByteWriter } from '../std/bytes.ts';
import { Journal } from './journal.ts';
import { StorageKeeper } from './storage-keeper.ts';
import { MemoryDisk } from './testing.ts';

const path = '/var/lib/dhcp/dhcpd.leases';

function keep(t: TestContext, slices = 3) {
  const disk = new MemoryDisk();
  const journal = new Journal(disk, path, { close: (writer, _from, sequence) => writer.text(`# ${sequence}\n`) });
  const events: string[] = [];
  const rewritten: number[] = [];
  const failed: string[] = [];
  const keeper = new StorageKeeper({
    journal,
    inbox: { deliver: (event) => void events.push(event.kind) },
    snapshot: (cursor: number, _size: number, out: ByteWriter) => {
      out.text(`slice ${cursor}\n`);
      return cursor + 1 < slices ? cursor + 1 : -1;
    },
    header: (out) => out.text('# header\n'),
    onRewritten: (size) => void rewritten.push(size),
    onFailed: (detail) => void failed.push(detail),
    recoveryMillis: 10,
  });
  t.after(() => keeper.close());
  const commit = (text: string): string => {
    journal.lane.text(text);
    return journal.commit();
  };
  return { disk, journal, keeper, events, rewritten, failed, commit };
}
async function until(fits: () => boolean): Promise<void> {
  const end = Date.now() + 3_000;
  while (!fits()) {
    assert.ok(Date.now() < end, 'it did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test('a rewrite goes on between commits and is told when it is in place', async (t) => {
  const { disk, keeper, commit, rewritten } = keep(t, 20);
  keeper.request();
  assert.equal(commit('during\n'), 'ok');
  await until(() => rewritten.length === 1);
  assert.match(disk.text(path), /^# header\n/);
  assert.match(disk.text(path), /during\n/);
  assert.match(disk.text(path), /slice 19\n/);
});

test('a full disk heals: once there is room the file is rewritten and the core is told', async (t) => {
  const { disk, keeper, commit, events, journal } = keep(t);
  assert.equal(commit('lease a\n'), 'ok');
  disk.room = 3;
  assert.equal(commit('lease b\n'), 'full');
  keeper.look();
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(events.length, 0, 'no attempt without room');
  disk.room = Infinity;
  await until(() => events.includes('storage-restored'));
  assert.equal(journal.fault, undefined);
  assert.equal(commit('lease c\n'), 'ok');
  assert.deepEqual(events, ['storage-restored']);
});

test('a disk that fails while it heals is tried again', async (t) => {
  const { disk, keeper, commit, events, failed } = keep(t);
  disk.failing.set('write', 'EROFS');
  assert.equal(commit('lease a\n'), 'write');
  keeper.look();
  await until(() => failed.length > 1);
  disk.failing.clear();
  await until(() => events.includes('storage-restored'));
});

test('after a failed sync nothing is tried again', async (t) => {
  const { disk, keeper, commit, events } = keep(t);
  disk.failing.set('fdatasync', 'EIO');
  assert.equal(commit('lease a\n'), 'sync');
  disk.failing.clear();
  keeper.look();
  keeper.request();
  await new Promise((resolve) => setTimeout(resolve, 60));
  assert.deepEqual(events, []);
  assert.equal(commit('lease b\n'), 'sync');
});

test('a failed sync of the directory is told to the core', async (t) => {
  const { disk, keeper, events } = keep(t);
  disk.failing.set('fsyncDirectory', 'EIO');
  keeper.request();
  await until(() => events.length > 0);
  assert.deepEqual(events, ['commit-failed']);
});

test('a rewrite at start is finished when the call returns', (t) => {
  const { disk, keeper, rewritten } = keep(t);
  assert.equal(keeper.rewriteNow(), true);
  assert.equal(rewritten.length, 1);
  assert.equal(disk.exists(`${path}~`), true);
});
