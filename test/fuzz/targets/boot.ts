// Fuzz targets of the boot room: requests for files, and what a client answers while it is sent one.

import { latin1 } from '../../../src/std/bytes.ts';
import type { MonoMillis } from '../../../src/std/time.ts';
import { bootPath, pathOfTarget } from '../../../src/boot/boot-path.ts';
import { parseRange } from '../../../src/boot/http-range.ts';
import { toNetascii } from '../../../src/boot/netascii.ts';
import { negotiate } from '../../../src/boot/tftp-negotiate.ts';
import { Transfer } from '../../../src/boot/tftp-transfer.ts';
import { fromLatin1 } from '../../../src/std/bytes.ts';
import { parseTftp } from '../../../src/wire/tftp-packet.ts';
import { must, type FuzzTarget } from '../target.ts';

const limits = { blockSizeMax: 1468, windowBytesMax: 65_536 };
const sizeOfFile = 300_000;

/** A request up to its 0xff, then pairs of bytes: 4 an ACK behind what was sent, 5 an error, 6 a wait. */
function runExchange(input: Uint8Array): string {
  const end = input.indexOf(0xff);
  const packet = parseTftp(end < 0 ? input : input.subarray(0, end));
  if (typeof packet === 'string') return packet;
  if (packet.kind !== 'rrq' && packet.kind !== 'wrq') return packet.kind;
  const path = bootPath(packet.filename);
  if (path.ok) must(!path.value.split('/').includes('..') && !path.value.startsWith('/'), 'a path stays below the root');
  const terms = negotiate({ options: packet.options, size: sizeOfFile }, limits);
  must(terms.blockSize >= 8 && terms.blockSize <= limits.blockSizeMax, 'a block fits the path');
  must(terms.windowSize >= 1 && terms.windowSize * terms.blockSize <= limits.windowBytesMax, 'a window is bounded');
  for (const name of terms.answer?.keys() ?? []) must(packet.options.has(name), 'nothing is answered that was not asked');
  const events = end < 0 ? new Uint8Array() : input.subarray(end + 1);
  return `${path.ok ? 'path' : path.error} ${terms.answer?.size ?? 0} ${play(new Transfer(terms, sizeOfFile), events)}`;
}

function play(transfer: Transfer, events: Uint8Array): string {
  let now = 0;
  let seen = '';
  let step = transfer.step({ kind: 'start' }, now as MonoMillis);
  for (let at = 0; at + 1 < events.length && step.kind !== 'end'; at += 2) {
    const value = events[at + 1] ?? 0;
    now += 1;
    if ((events[at] ?? 0) % 3 === 0) step = transfer.step({ kind: 'ack', block: (transfer.acked + value - 128) & 0xffff }, now as MonoMillis);
    else if ((events[at] ?? 0) % 3 === 1) step = transfer.step({ kind: 'error', code: value, message: '' }, now as MonoMillis);
    else step = transfer.step({ kind: 'tick' }, (now += value * 100) as MonoMillis);
    if (step.kind === 'blocks')
      must(step.first === transfer.acked + 1 && step.last <= transfer.lastBlock && step.last - step.first < transfer.terms.windowSize, 'only the window leaves');
    if (seen.length < 12) seen += step.kind.charAt(0);
  }
  must(step.kind === 'end' ? transfer.deadline === Infinity : Number.isFinite(transfer.deadline), 'a transfer always has an end');
  return seen;
}

function runTarget(input: Uint8Array): string {
  const [target = '', range] = fromLatin1(input).split('\n');
  const path = pathOfTarget(target);
  const below = path === undefined ? undefined : bootPath(path);
  if (below?.ok === true) must(!/(^|[/\\])\.\.([/\\]|$)/.test(below.value) && !below.value.startsWith('/'), 'a target stays below the root');
  const part = parseRange(range, 1000);
  if (typeof part === 'object') must(part.first >= 0 && part.first <= part.last && part.last < 1000, 'a range lies in the file');
  must(toNetascii(input).length <= input.length * 2, 'netascii at most doubles');
  return `${below === undefined ? 'coding' : below.ok ? below.value.split('/').length : below.error} ${typeof part === 'object' ? 'part' : part}`;
}

const seeds = [
  '\0\x01pxelinux.0\0octet\0\xff\0\x81\0\x81\x02\x20',
  '\0\x01/a/../b\0netascii\0blksize\x001468\0windowsize\x0016\0tsize\x000\0timeout\x003\0\xff\0\x80\0\x84\0\x80\x02\xff\x02\xff\x01\x08',
  '\0\x02x\0octet\0',
];

export const targets: readonly FuzzTarget[] = [
  { name: 'tftp-exchange', seeds: () => seeds.map(latin1), sizeMax: 700, run: runExchange },
  {
    name: 'boot-target',
    seeds: () => ['/a%2f..%2fb\nbytes=0-99', '/%2e%2e/x\nbytes=-5', 'http://h/%5c..%5cx?y\nbytes=5-'].map(latin1),
    sizeMax: 1_500,
    run: runTarget,
  },
];
