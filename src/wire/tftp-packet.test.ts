// TFTP packets both ways, options, and what is refused.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { ByteWriter, latin1, toHex } from '../std/bytes.ts';
import { hex } from './testing.ts';
import { ackOf, encodeTftp, parseTftp, tftpOption, writeDataHeader } from './tftp-packet.ts';
import type { TftpPacket } from './tftp-packet.ts';

const golden: readonly { readonly id: string; readonly bytes: string; readonly packet: TftpPacket }[] = [
  {
    id: 'RRQ as a PXE ROM sends it',
    bytes: `0001 ${toHex(latin1('pxelinux.0'))} 00 ${toHex(latin1('octet'))} 00 ${toHex(latin1('tsize'))} 00 30 00 ${toHex(latin1('blksize'))} 00 31343536 00`,
    packet: { kind: 'rrq', filename: 'pxelinux.0', mode: 'octet', options: new Map([['tsize', '0'], ['blksize', '1456']]) },
  },
  { id: 'WRQ', bytes: `0002 61 00 ${toHex(latin1('netascii'))} 00`, packet: { kind: 'wrq', filename: 'a', mode: 'netascii', options: new Map() } },
  { id: 'DATA', bytes: '0003 0001 cafe', packet: { kind: 'data', block: 1, data: hex('cafe') } },
  { id: 'DATA, the empty last block', bytes: '0003 ffff', packet: { kind: 'data', block: 65535, data: hex('') } },
  { id: 'ACK', bytes: '0004 0102', packet: { kind: 'ack', block: 258 } },
  { id: 'ERROR', bytes: `0005 0001 ${toHex(latin1('File not found'))} 00`, packet: { kind: 'error', code: 1, message: 'File not found' } },
  { id: 'OACK', bytes: `0006 ${toHex(latin1('windowsize'))} 00 34 00`, packet: { kind: 'oack', options: new Map([['windowsize', '4']]) } },
];
for (const { id, bytes, packet } of golden) {
  test(`${id} is written`, () => {
    const out = new ByteWriter();
    encodeTftp(out, packet);
    assert.equal(toHex(out.view()), toHex(hex(bytes)));
  });
  test(`${id} is read`, () => assert.deepEqual(parseTftp(hex(bytes)), packet));
}

test('an acknowledgement is read without a packet', () => {
  for (const { bytes, packet } of golden) assert.equal(ackOf(hex(bytes), hex(bytes).length), packet.kind === 'ack' ? packet.block : -1);
  assert.equal(ackOf(hex('0004 0102 ffff'), 3), -1);
});

const drops: readonly (readonly [bytes: string, drop: string])[] = [
  ['', 'short'],
  ['00', 'short'],
  ['0003', 'short'],
  ['0004 01', 'short'],
  ['0000 0000', 'opcode'],
  ['0007 0000', 'opcode'],
  ['0001 61', 'string'],
  ['0001 61 00 6f63746574', 'string'],
  ['0001 00 6f63746574 00', 'string'],
  ['0001 61 00 6f 00 626c', 'string'],
  ['0001 61 00 6f 00 626c 00', 'string'],
  ['0006 626c 00 31', 'string'],
  [`0001 ${'61'.repeat(511)}`, 'size'],
];
for (const [bytes, drop] of drops)
  test(`${bytes.slice(0, 24) || 'nothing'} is dropped: ${drop}`, () => assert.equal(parseTftp(hex(bytes)), drop));

test('names of options ignore case, and the first of two counts', () => {
  const read = parseTftp(latin1('\0\x01f\0OCTET\0BlkSize\x001428\0blksize\x00512\0'));
  assert.ok(typeof read === 'object' && read.kind === 'rrq');
  assert.deepEqual([read.mode, read.options], ['octet', new Map([['blksize', '1428']])]);
});

test('an error without its NUL is still an error', () =>
  assert.deepEqual(parseTftp(hex('0005 0008 6162')), { kind: 'error', code: 8, message: 'ab' }));

test('option values outside their range count as absent', () => {
  const rows: readonly (readonly [name: Parameters<typeof tftpOption>[1], text: string, value: number | undefined])[] = [
    ['blksize', '8', 8], ['blksize', '7', undefined], ['blksize', '65464', 65464], ['blksize', '65465', undefined],
    ['timeout', '0', undefined], ['timeout', '255', 255], ['windowsize', '65535', 65535], ['windowsize', '0', undefined],
    ['tsize', '0', 0], ['tsize', '-1', undefined], ['tsize', '1e3', undefined], ['blksize', '', undefined],
  ];
  for (const [name, text, value] of rows) assert.equal(tftpOption(new Map([[name, text]]), name), value, `${name} ${text}`);
  assert.equal(tftpOption(new Map(), 'tsize'), undefined);
});

test('a NUL in text cannot forge an option', () => {
  const out = new ByteWriter();
  encodeTftp(out, { kind: 'error', code: 0, message: 'a\0blksize\x008' });
  assert.deepEqual(parseTftp(out.copy()), { kind: 'error', code: 0, message: 'ablksize8' });
});

test('the header of a data block is written in place', () => {
  const bytes = hex('ffffffff ca');
  writeDataHeader(bytes, 0x10203);
  assert.equal(toHex(bytes), '00030203ca');
});

test('no bytes make the parser throw', () => {
  fc.assert(fc.property(fc.nat(8), fc.uint8Array({ maxLength: 600 }), (opcode, body) => {
    parseTftp(Uint8Array.of(0, opcode, ...body));
  }), { numRuns: 2000 });
});
