import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesEqual, concatBytes } from '../std/bytes.ts';
import { pcapngOf, pcapOf } from './capture-testing.ts';
import { walkCapture, type CaptureEnd } from './capture-file.ts';

const frames = [Uint8Array.of(1, 2, 3), Uint8Array.of(4, 5, 6, 7), new Uint8Array(0), new Uint8Array(1500).fill(9)];

function read(bytes: Uint8Array): { found: Uint8Array[]; links: number[]; end: CaptureEnd } {
  const found: Uint8Array[] = [];
  const links: number[] = [];
  const end = walkCapture(bytes, ({ number, linkType, start, size }) => {
    assert.equal(number, found.length + 1);
    found.push(bytes.slice(start, start + size));
    links.push(linkType);
    return false;
  });
  return { found, links, end };
}

const forms: readonly { id: string; bytes: Uint8Array; link: number }[] = [
  { id: 'pcap', bytes: pcapOf(frames), link: 1 },
  { id: 'pcap, big endian', bytes: pcapOf(frames, { isLittle: false }), link: 1 },
  { id: 'pcap, nanoseconds', bytes: pcapOf(frames, { isNano: true }), link: 1 },
  { id: 'pcap, big endian, nanoseconds, cooked', bytes: pcapOf(frames, { isLittle: false, isNano: true, linkType: 113 }), link: 113 },
  { id: 'pcapng, enhanced packets', bytes: pcapngOf(frames), link: 1 },
  { id: 'pcapng, big endian', bytes: pcapngOf(frames, 'enhanced', { isLittle: false }), link: 1 },
  { id: 'pcapng, simple packets', bytes: pcapngOf(frames, 'simple', { linkType: 101 }), link: 101 },
  { id: 'pcapng, two sections in either order', bytes: concatBytes(pcapngOf(frames.slice(0, 1)), pcapngOf(frames.slice(1), 'enhanced', { isLittle: false })), link: 1 },
];
for (const { id, bytes, link } of forms)
  test(`frames of a capture: ${id}`, () => {
    const { found, links, end } = read(bytes);
    assert.deepEqual(end, { code: 'end' });
    assert.ok(found.length === frames.length && found.every((frame, index) => bytesEqual(frame, frames[index] ?? new Uint8Array(1))));
    assert.deepEqual(links, frames.map(() => link));
  });

test('a snapshot length keeps less than was on the wire', () => {
  const bytes = pcapOf(frames, { snapLength: 2 });
  const sizes: (readonly [number, number])[] = [];
  walkCapture(bytes, ({ size, sizeOnWire }) => {
    sizes.push([size, sizeOnWire]);
    return false;
  });
  assert.deepEqual(sizes, [[2, 3], [2, 4], [0, 0], [2, 1500]]);
});

test('a visitor that has what it wants ends the walk', () => {
  for (const { bytes } of forms) {
    let seen = 0;
    assert.deepEqual(walkCapture(bytes, () => ++seen === 1), { code: 'end' });
    assert.equal(seen, 1);
  }
});

test('every prefix of a capture is read as far as it goes, and says that it is cut', () => {
  for (const { bytes, id } of forms)
    for (let size = 0; size < bytes.length; size += size < 200 ? 1 : 97) {
      const { found, end } = read(bytes.slice(0, size));
      assert.ok(found.length <= frames.length, id);
      if (end.code !== 'end') assert.ok(end.at <= size, `${id} ${size}`);
    }
  const whole = pcapOf(frames);
  assert.deepEqual(read(whole.slice(0, -1)).end, { code: 'cut-short', at: whole.length - 1500 - 16 });
});

test('sizes that cannot be are damage, at their place', () => {
  const pcap = pcapOf(frames);
  new DataView(pcap.buffer).setUint32(24 + 8, 0x7fffffff, true);
  assert.deepEqual(read(pcap).end, { code: 'damaged', at: 24 });
  const pcapng = pcapngOf(frames);
  new DataView(pcapng.buffer).setUint32(4, 13, true);
  assert.deepEqual(read(pcapng).end, { code: 'damaged', at: 0 });
  const noInterface = pcapngOf(frames);
  new DataView(noInterface.buffer).setUint32(28, 99, true);
  assert.deepEqual(read(noInterface).end.code, 'damaged');
  assert.deepEqual(read(new Uint8Array(100)).end, { code: 'not-a-capture', at: 0 });
});
