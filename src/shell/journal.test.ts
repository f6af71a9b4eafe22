import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ByteWriter } from '../std/bytes.ts';
import { Journal, type GroupFormat, type RewriteResult, type Snapshot } from './journal.ts';
import { MemoryDisk } from './testing.ts';

const path = '/var/lib/dhcp/dhcpd.leases';
const format: GroupFormat = {
  close: (writer, _from, sequence) => writer.text(`# end ${sequence}\n`),
};
const noHeader = (): void => {};

function open(disk = new MemoryDisk()): { disk: MemoryDisk; journal: Journal } {
  return { disk, journal: new Journal(disk, path, format) };
}
const put = (journal: Journal, text: string): string => {
  journal.lane.text(`${text}\n`);
  return journal.commit();
};
/** The whole state is `count` records. */
const snapshotOf =
  (count: number): Snapshot =>
  (cursor: number, _size: number, out: ByteWriter) => {
    out.text(`record ${cursor}\n`);
    return cursor + 1 < count ? cursor + 1 : -1;
  };
function rewriteAll(journal: Journal, between: () => void = () => {}): RewriteResult {
  for (;;) {
    const result = journal.rewriteSlice();
    if (result.kind !== 'more') return result;
    between();
  }
}

test('a group is one write, closed, and durable when commit returns', () => {
  const { disk, journal } = open();
  disk.calls.length = 0;
  journal.lane.text('lease a\nlease b\n');
  assert.equal(journal.commit(), 'ok');
  assert.deepEqual(disk.calls, ['write', 'fdatasync']);
  assert.equal(disk.text(path), 'lease a\nlease b\n# end 1\n');
  assert.equal(disk.files.get(path)?.durableSize, journal.size);
  assert.equal(journal.commit(), 'nothing');
});

test('a short write is cut off again and nothing is committed until a rewrite succeeded', () => {
  const { disk, journal } = open();
  assert.equal(put(journal, 'lease a'), 'ok');
  disk.room = 5;
  assert.equal(put(journal, 'lease b'), 'full');
  assert.equal(disk.text(path), 'lease a\n# end 1\n');
  disk.room = Infinity;
  assert.equal(put(journal, 'lease c'), 'full', 'no retry without a rewrite');
  assert.ok(journal.startRewrite(snapshotOf(2), noHeader));
  assert.equal(rewriteAll(journal).kind, 'done');
  assert.equal(journal.fault, undefined);
  assert.equal(put(journal, 'lease d'), 'ok');
  assert.match(disk.text(path), /^record 0\n# end \d+\nrecord 1\n# end \d+\nlease d\n# end \d+\n$/);
});

for (const [code, fault] of [['ENOSPC', 'full'], ['EDQUOT', 'full'], ['EIO', 'write'], ['EROFS', 'write']] as const)
  test(`a write that fails with ${code} is a fault of kind ${fault}`, () => {
    const { disk, journal } = open();
    disk.failing.set('write', code);
    assert.equal(put(journal, 'lease a'), fault);
    assert.match(journal.detail, new RegExp(code));
    assert.equal(journal.size, 0);
  });

test('a failed fdatasync is never retried, not even by a rewrite', () => {
  const { disk, journal } = open();
  disk.failing.set('fdatasync', 'EIO');
  assert.equal(put(journal, 'lease a'), 'sync');
  disk.failing.clear();
  disk.calls.length = 0;
  assert.equal(put(journal, 'lease b'), 'sync');
  assert.equal(journal.startRewrite(snapshotOf(1), noHeader), false);
  assert.deepEqual(disk.calls, []);
});

test('groups written during a rewrite are in the old and in the new file', () => {
  const { disk, journal } = open();
  put(journal, 'old');
  assert.ok(journal.startRewrite(snapshotOf(3), (out) => out.text('# header\n')));
  let count = 0;
  const result = rewriteAll(journal, () => assert.equal(put(journal, `during ${count++}`), 'ok'));
  assert.equal(result.kind, 'done');
  for (const file of [path, `${path}~`])
    for (let i = 0; i < count; i++) assert.match(disk.text(file), new RegExp(`during ${i}\n`));
  assert.match(disk.text(path), /^# header\n/);
  assert.match(disk.text(`${path}~`), /^old\n/);
  assert.equal(disk.files.get(path)?.durableSize, journal.size);
  assert.ok(disk.calls.indexOf('rename') < disk.calls.indexOf('fsyncDirectory /var/lib/dhcp'));
});

test('what changes while a faulty journal is rewritten reaches the new file', () => {
  const { disk, journal } = open();
  disk.room = 0;
  assert.equal(put(journal, 'lost'), 'full');
  disk.room = Infinity;
  assert.ok(journal.startRewrite(snapshotOf(2), noHeader));
  assert.equal(journal.rewriteSlice().kind, 'more');
  assert.equal(put(journal, 'expired meanwhile'), 'full');
  assert.equal(rewriteAll(journal).kind, 'done');
  assert.match(disk.text(path), /expired meanwhile/);
});

test('a rewrite that cannot finish leaves the old file serving', () => {
  for (const call of ['write', 'fdatasync', 'rename'] as const) {
    const { disk, journal } = open();
    put(journal, 'old');
    assert.ok(journal.startRewrite(snapshotOf(2), noHeader));
    disk.failing.set(call, 'EIO');
    assert.equal(rewriteAll(journal).kind, 'failed', call);
    disk.failing.clear();
    assert.equal(journal.fault, undefined, call);
    assert.equal(disk.exists(`${path}.new`), false, call);
    assert.equal(put(journal, 'next'), 'ok', call);
    assert.match(disk.text(path), /^old\n# end 1\nnext\n/);
  }
});

test('a directory that cannot be synced after the swap ends leasing', () => {
  const { disk, journal } = open();
  assert.ok(journal.startRewrite(snapshotOf(1), noHeader));
  disk.failing.set('fsyncDirectory', 'EIO');
  const result = rewriteAll(journal);
  assert.equal(result.kind, 'failed');
  assert.equal(journal.fault, 'sync');
});

test('a file system without hard links does not stop the rewrite', () => {
  const { disk, journal } = open();
  disk.failing.set('link', 'EPERM');
  assert.ok(journal.startRewrite(snapshotOf(1), noHeader));
  const result = rewriteAll(journal);
  assert.deepEqual([result.kind, result.kind === 'done' && result.backup], ['done', undefined]);
});

test('room for a rewrite is room for a second file', () => {
  const { disk, journal } = open();
  put(journal, 'x'.repeat(100));
  disk.room = 1024 * 1024;
  assert.equal(journal.hasRoomToRewrite(), false);
  disk.room = 2 * 1024 * 1024;
  assert.equal(journal.hasRoomToRewrite(), true);
});
