// Fuzz targets of `leasehold explain --packet`: files that people were sent, and hex that they pasted.

import { concatBytes, fromLatin1, latin1, toHex } from '../../../src/std/bytes.ts';
import { bytesOfHexText } from '../../../src/cli/explain/hex-text.ts';
import { packetOf } from '../../../src/cli/explain/packet-source.ts';
import { err, ok } from '../../../src/std/result.ts';
import { pcapngOf, pcapOf } from '../../../src/wire/capture-testing.ts';
import { walkCapture } from '../../../src/wire/capture-file.ts';
import { dhcpCaptures } from '../../golden/dhcp-captures.ts';
import { must, type FuzzTarget } from '../target.ts';

/** Captured frames of real clients and of dhcpd. */
const frames = [...dhcpCaptures()].filter(([name]) => !name.endsWith('.payload')).map(([, bytes]) => bytes);

/** Every frame lies in the file, in order, and the walk ends. */
function runFile(input: Uint8Array): string {
  let last = 0;
  let count = 0;
  const end = walkCapture(input, ({ number, start, size }) => {
    must(number === ++count && start >= last && start + size <= input.length, 'a frame lies in the file, behind the one before');
    last = start + size;
    return false;
  });
  must(end.code === 'end' || (end.at >= last && end.at <= input.length), 'damage has its place behind the last frame');
  const heard = packetOf('capture', undefined, () => ok(input));
  must(!heard.ok || (heard.value.payload.length >= 236 && heard.value.payload[0] === 1), 'what is heard is a request');
  must(heard.ok || heard.error.length < 2000, 'what is wrong is told in a line');
  return `${end.code} ${Math.min(count, 4)} ${heard.ok ? 'heard' : heard.error.replaceAll(/\d+|"[^"]*"/g, '').slice(0, 80)}`;
}

/** Whatever is read as hex is bytes that were written there: their digits, in order. */
function runText(input: Uint8Array): string {
  const text = fromLatin1(input);
  const bytes = bytesOfHexText(text);
  if (!bytes.ok) return bytes.error.replaceAll(/\d+|"[^"]*"/g, '');
  let at = 0;
  const lower = text.toLowerCase();
  for (const digit of toHex(bytes.value)) {
    at = lower.indexOf(digit, at) + 1;
    must(at > 0, 'no byte comes from nowhere');
  }
  const heard = packetOf(text, undefined, () => err('none'));
  return `${Math.min(bytes.value.length, 3)} ${heard.ok}`;
}

const xxd = (bytes: Uint8Array): string =>
  Array.from({ length: Math.ceil(bytes.length / 16) }, (_, row) => `${(row * 16).toString(16).padStart(8, '0')}: ${toHex(bytes.subarray(row * 16, row * 16 + 16)).replaceAll(/(.{4})/g, '$1 ')} abcdef\n`).join('');
const textSeeds = (): Uint8Array[] => {
  const [frame = new Uint8Array(0)] = frames;
  const short = frame.subarray(0, 60);
  return [toHex(frame), toHex(short, ':'), `# note\n${toHex(short, ' ')}`, xxd(frame), xxd(short).replaceAll(/^(0000)/gm, '\t0x'), '\\x01\\x01\\x06'].map(latin1);
};

export const targets: readonly FuzzTarget[] = [
  {
    name: 'capture-file',
    sizeMax: 6000,
    seeds: () => [
      pcapOf(frames), pcapOf(frames, { isLittle: false, isNano: true }), pcapngOf(frames), pcapngOf(frames, 'simple', { isLittle: false }),
      concatBytes(pcapngOf(frames.slice(0, 1)), pcapngOf(frames.slice(1, 2), 'enhanced', { isLittle: false })),
      pcapOf(frames.map((frame) => frame.subarray(14)), { linkType: 101 }),
    ],
    run: runFile,
  },
  { name: 'packet-text', sizeMax: 3000, seeds: textSeeds, run: runText },
];
