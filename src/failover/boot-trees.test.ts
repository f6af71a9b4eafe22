// Boot files of two Leasehold nodes: compared, named, copied; never over a plain connection.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { bootPieceSizeMax, type BootTreeFile } from '../model/boot-tree.ts';
import { encodeFilesParcel, readFilesParcel } from '../wire/failover-files.ts';
import { Pair, type NodeName } from './testing.ts';

const secret = '0123456789abcdef';
type Content = Readonly<Record<string, string | Uint8Array>>;

const filled = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, at) => (at * 7) & 255);
const bytesOf = (content: string | Uint8Array): Uint8Array => (typeof content === 'string' ? new TextEncoder().encode(content) : content);

/** What the shell would read. */
const entries = (tree: ReadonlyMap<string, Uint8Array>): BootTreeFile[] =>
  [...tree].map(([path, content]) => ({ path, size: content.length, digest: createHash('sha256').update(content).digest('hex') }));
function look(pair: Pair, name: NodeName): void {
  pair.step(pair.nodes[name], (failover, effects) => failover.bootFiles(entries(pair.nodes[name].tree), pair.now, effects));
  pair.settle();
}
function pairWith(a: Content, b: Content, secrets: readonly [string, string] = [secret, secret]): Pair {
  const pair = new Pair({ security: { a: { policy: 'prefer', secret: secrets[0] }, b: { policy: 'prefer', secret: secrets[1] } } });
  for (const [name, content] of [['a', a], ['b', b]] as const) {
    pair.start(name);
    pair.command(name, 'failover.init', { identity: 'pair-00000001' });
    for (const [path, text] of Object.entries(content)) pair.nodes[name].tree.set(path, bytesOf(text));
  }
  pair.run(60);
  assert.equal(pair.states(), 'normal normal');
  for (const name of ['a', 'b'] as const) look(pair, name);
  return pair;
}
interface Status {
  readonly compared: string;
  readonly missing: readonly string[];
  readonly different: readonly string[];
  readonly extra: readonly string[];
  readonly copying: { readonly isDone: boolean; readonly copied: number; readonly total: number; readonly problems: readonly { path: string; problem: string }[]; readonly ended: string } | null;
}
const statusOf = (pair: Pair, name: NodeName): Status => (pair.command(name, 'boot.files') as { value: Status }).value;
const sync = (pair: Pair, name: NodeName): { ok: boolean; problem?: string } => {
  const answer = pair.command(name, 'boot.sync', { yes: true }) as { ok: boolean; problem?: string };
  pair.settle();
  return answer;
};

test('the same files: nothing is said', () => {
  const pair = pairWith({ 'pxelinux.0': 'x', 'grub/grub.cfg': 'y' }, { 'grub/grub.cfg': 'y', 'pxelinux.0': 'x' });
  for (const name of ['a', 'b'] as const) assert.deepEqual(statusOf(pair, name), { compared: '', files: 2, missing: [], different: [], extra: [], copying: null });
  assert.ok(!pair.transcript.some((line) => line.includes('boot files')));
});

test('differences are named on both nodes, each from its side', () => {
  const pair = pairWith({ both: '1', changed: 'old', mine: '2' }, { both: '1', changed: 'new', theirs: '3' });
  const [a, b] = [statusOf(pair, 'a'), statusOf(pair, 'b')];
  assert.deepEqual([a.missing, a.different, a.extra], [['theirs'], ['changed'], ['mine']]);
  assert.deepEqual([b.missing, b.different, b.extra], [['mine'], ['changed'], ['theirs']]);
  for (const name of ['a', 'b']) assert.equal(pair.transcript.filter((line) => line.includes(`${name}: failover peer fo: the boot files of the two nodes differ: 1 only at the partner, 1 with other content, 1 only here (changed)`)).length, 1);
});

test("the partner's files are copied whole, whatever their size; what only we have stays", () => {
  const sizes = [0, 1, bootPieceSizeMax - 1, bootPieceSizeMax, bootPieceSizeMax + 1, 3 * bootPieceSizeMax + 17];
  const theirs = Object.fromEntries(sizes.map((size) => [`images/${size}`, filled(size)]));
  const pair = pairWith({ mine: 'kept', 'images/1': 'other' }, theirs);
  assert.equal(sync(pair, 'a').ok, true);
  const { copying } = statusOf(pair, 'a');
  assert.deepEqual([copying?.isDone, copying?.copied, copying?.total, copying?.problems], [true, 6, 6, []]);
  for (const [path, content] of Object.entries(theirs)) assert.deepEqual(pair.nodes.a.tree.get(path), content, path);
  assert.deepEqual(pair.nodes.a.tree.get('mine'), bytesOf('kept'));
  look(pair, 'a');
  assert.deepEqual([statusOf(pair, 'a').missing, statusOf(pair, 'a').different, statusOf(pair, 'a').extra], [[], [], ['mine']]);
});

test('a file that became shorter at the partner is told, and the others are copied all the same', () => {
  const pair = pairWith({}, { first: filled(2 * bootPieceSizeMax), second: 'there' });
  pair.nodes.b.tree.set('first', filled(bootPieceSizeMax + 5));
  sync(pair, 'a');
  const { copying } = statusOf(pair, 'a');
  assert.deepEqual([copying?.isDone, copying?.copied], [true, 1]);
  assert.deepEqual(copying?.problems, [{ path: 'first', problem: 'it became shorter at the partner while it was copied' }]);
});

test('the connection is lost in the middle: it is said, and copying can begin again', () => {
  const pair = pairWith({}, { big: filled(50 * bootPieceSizeMax) });
  pair.cut();
  sync(pair, 'a');
  assert.equal(statusOf(pair, 'a').copying?.isDone, false);
  assert.equal(sync(pair, 'a').ok, false);
  pair.run(60);
  assert.match(statusOf(pair, 'a').copying?.ended ?? '', /connection to the partner was lost|sent nothing/);
  pair.heal();
  pair.run(120);
  assert.equal(sync(pair, 'a').ok, true);
  assert.deepEqual([statusOf(pair, 'a').copying?.copied, statusOf(pair, 'a').copying?.ended], [1, '']);
});

test('over a plain connection nothing is told and nothing is copied, and why is said', () => {
  const pair = pairWith({ x: '1' }, { x: '2' }, [secret, 'another secret..']);
  assert.equal(statusOf(pair, 'a').compared, 'the connection is not secured');
  assert.match(sync(pair, 'a').problem ?? '', /not compared: the connection is not secured/);
});

test('a node that serves no files says so', () => {
  const pair = pairWith({}, { x: '2' });
  pair.step(pair.nodes.a, (failover, effects) => failover.bootFiles(undefined, pair.now, effects));
  assert.match(statusOf(pair, 'a').compared, /this node serves no files/);
});

test('whatever the bytes of a parcel are, reading it ends well', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void readFilesParcel(bytes)), { numRuns: 2_000 });
  const heads = fc.jsonValue();
  fc.assert(
    fc.property(fc.nat(6), heads, (kind, head) => {
      const text = new TextEncoder().encode(JSON.stringify(head));
      const size = new Uint8Array(4);
      new DataView(size.buffer).setUint32(0, text.length);
      const parcel = readFilesParcel(Uint8Array.of(kind, ...size, ...text));
      assert.ok(parcel === undefined || ['summary', 'want-list', 'list', 'read', 'data'].includes(parcel.kind));
    }),
    { numRuns: 2_000 },
  );
});

test('every kind of parcel is read as it was written', () => {
  const digest = 'ab'.repeat(32);
  for (const parcel of [
    { kind: 'summary', count: 3, digest }, { kind: 'want-list' }, { kind: 'list', files: [['a/ü', 5, digest]], isLast: true },
    { kind: 'read', path: 'x', from: 4_294_967_296, count: 7 }, { kind: 'data', path: 'x', from: 0, problem: '', piece: filled(1000) },
  ] as const)
    assert.deepEqual(readFilesParcel(encodeFilesParcel(parcel)), parcel);
});
