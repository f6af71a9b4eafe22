// The failover codec: messages captured from dhcpd 4.4.3-P1 both ways, its faults in its own words, streams cut anywhere.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { ByteWriter, concatBytes, latin1, toHex } from '../std/bytes.ts';
import type { Seconds, UnixSeconds } from '../std/time.ts';
import { forever, unset } from '../std/time.ts';
import type { BindingState } from '../model/binding-state.ts';
import { bindingCode, bindingStates } from '../model/binding-state.ts';
import {
  bindingStatusCode,
  bindingStatuses,
  encodeBare,
  encodeBndack,
  encodeBndupd,
  encodeConnect,
  encodeConnectack,
  encodeDisconnect,
  encodePoolresp,
  encodeState,
  FailoverReader,
  failoverOptions,
  receiveTimer,
  rejectText,
  serverStateCode,
  updateWindow,
} from './failover-message.ts';
import type {
  AnnouncedState,
  BindingHolder,
  BindingStatus,
  FailoverFault,
  FailoverMessage,
  PrivateOptions,
} from './failover-message.ts';
import { splitBuckets } from './load-balance-hash.ts';
import { hex, ip } from './testing.ts';

const time = 0x6b032aab;
const at = (value: number): UnixSeconds => value as UnixSeconds;
const noPrivate: PrivateOptions = new Map();
const limits = { maxUnacked: updateWindow(10), receiveTimer: receiveTimer(10) };
const handshake = {
  relationshipName: latin1('fo'), maxUnacked: 10, receiveTimer: 10, vendorClass: 'isc-4.4.3-P1', protocolVersion: 1,
  capabilities: undefined,
};
const noBinding = {
  uid: undefined, hardware: undefined, leaseExpiration: unset, potentialExpiration: unset, stos: unset,
  cltt: undefined, ipFlags: undefined,
};
const written = { leaseExpiration: unset, potentialExpiration: unset, stos: unset, cltt: unset, isReserved: false, isBootp: false };
const mac = (text: string): { htype: number; address: Uint8Array } => ({ htype: 1, address: hex(text) });

interface Golden {
  readonly id: string;
  readonly bytes: string;
  readonly write: (out: ByteWriter) => void;
  readonly read: FailoverMessage;
}

/** Complete messages of relationship "fo" (failover reference §2). */
const golden: readonly Golden[] = [
  {
    id: 'CONNECT, split 128',
    bytes: `0068050c6b032aab00000000 00160002666f 000e00040000000a 001300040000000a 001c000c6973632d342e342e332d5031
      0014000101 001b000100 000f00040000003c 000b0020${'ff'.repeat(16)}${'00'.repeat(16)}`,
    write: (out) =>
      encodeConnect(out, time, 0, {
        relationshipName: latin1('fo'), ...limits, vendorClass: 'isc-4.4.3-P1', mclt: 60 as Seconds, hashBuckets: splitBuckets(128),
      }),
    read: {
      kind: 'connect', time, xid: 0, privateOptions: noPrivate, ...handshake, tlsRequest: 0, mclt: 60 as Seconds,
      hashBuckets: splitBuckets(128),
    } as FailoverMessage,
  },
  {
    id: 'CONNECTACK',
    bytes: '003c060c6b032aab00000000 00160002666f 000e00040000000a 001300040000000a 001c000c6973632d342e342e332d5031 0014000101 001a000100',
    write: (out) => encodeConnectack(out, time, 0, { relationshipName: latin1('fo'), limits, vendorClass: 'isc-4.4.3-P1', hasTlsRequest: true }),
    read: {
      kind: 'connectack', time, xid: 0, privateOptions: noPrivate, ...handshake, tlsReply: 0, rejectReason: undefined, message: undefined,
    } as FailoverMessage,
  },
  {
    id: 'STATE recover in startup',
    bytes: '001e0a0c6b032aab00000000 0018000106 0017000101 001900046b032aab',
    write: (out) => encodeState(out, time, 0, { state: 'recover', isStartup: true, stos: at(time) }),
    read: { kind: 'state', time, xid: 0, privateOptions: noPrivate, state: 'recover', stateCode: 6, isStartup: true, stos: at(time) },
  },
  {
    id: 'STATE normal',
    bytes: '001e0a0c6b032aab00000019 0018000102 0017000100 001900046b032aab',
    write: (out) => encodeState(out, time, 25, { state: 'normal', isStartup: false, stos: at(time) }),
    read: { kind: 'state', time, xid: 25, privateOptions: noPrivate, state: 'normal', stateCode: 2, isStartup: false, stos: at(time) },
  },
  {
    id: 'CONTACT',
    bytes: '000c0b0c6b032aae00000025',
    write: (out) => encodeBare(out, 0x6b032aae, 0x25, 'contact'),
    read: { kind: 'contact', time: 0x6b032aae, xid: 0x25, privateOptions: noPrivate },
  },
  {
    id: 'BNDUPD free, never used',
    bytes: '0031030c6b032aab00000004 000200040a4d0164 0003000101 000d000400000000 0012000400000000 0019000400000000',
    write: (out) => encodeBndupd(out, time, 4, { ...written, address: ip('10.77.1.100'), status: 'free', hardware: undefined, uid: undefined }),
    read: { kind: 'bndupd', time, xid: 4, privateOptions: noPrivate, ...noBinding, address: ip('10.77.1.100'), status: 'free', statusCode: 1 },
  },
  {
    id: 'BNDUPD backup, a gift',
    bytes: '0031030c6b032aab0000001b 000200040a4d0164 0003000107 000d000400000000 001200046b032aab 001900046b032aab',
    write: (out) =>
      encodeBndupd(out, time, 0x1b, {
        ...written, address: ip('10.77.1.100'), status: 'backup', hardware: undefined, uid: undefined, potentialExpiration: at(time), stos: at(time),
      }),
    read: {
      kind: 'bndupd', time, xid: 0x1b, privateOptions: noPrivate, ...noBinding, address: ip('10.77.1.100'), status: 'backup', statusCode: 7,
      potentialExpiration: at(time), stos: at(time),
    },
  },
  {
    id: 'BNDUPD active',
    bytes: `0044030c6b032ab500000028 000200040a4d016e 0003000102 0005000701020000000000 000d00046b032af1 001200046b0338e3
      001900046b032ab5 000600046b032ab5`,
    write: (out) =>
      encodeBndupd(out, 0x6b032ab5, 0x28, {
        ...written, address: ip('10.77.1.110'), status: 'active', hardware: mac('020000000000'), uid: undefined,
        leaseExpiration: at(0x6b032af1), potentialExpiration: at(0x6b0338e3), stos: at(0x6b032ab5), cltt: at(0x6b032ab5),
      }),
    read: {
      kind: 'bndupd', time: 0x6b032ab5, xid: 0x28, privateOptions: noPrivate, ...noBinding, address: ip('10.77.1.110'), status: 'active',
      statusCode: 2, hardware: mac('020000000000'), leaseExpiration: at(0x6b032af1), potentialExpiration: at(0x6b0338e3),
      stos: at(0x6b032ab5), cltt: at(0x6b032ab5),
    },
  },
  {
    id: 'BNDUPD active with client identifier',
    bytes: `0050030c6b0332bc00000021 000200040a4d016c 0003000102 00040008ff6369642d74776f 0005000701020000000002
      000d00046b0332f8 001200046b0340ea 001900046b0332bc 000600046b0332bc`,
    write: (out) =>
      encodeBndupd(out, 0x6b0332bc, 0x21, {
        ...written, address: ip('10.77.1.108'), status: 'active', hardware: mac('020000000002'), uid: hex('ff6369642d74776f'),
        leaseExpiration: at(0x6b0332f8), potentialExpiration: at(0x6b0340ea), stos: at(0x6b0332bc), cltt: at(0x6b0332bc),
      }),
    read: {
      kind: 'bndupd', time: 0x6b0332bc, xid: 0x21, privateOptions: noPrivate, ...noBinding, address: ip('10.77.1.108'), status: 'active',
      statusCode: 2, hardware: mac('020000000002'), uid: hex('ff6369642d74776f'), leaseExpiration: at(0x6b0332f8),
      potentialExpiration: at(0x6b0340ea), stos: at(0x6b0332bc), cltt: at(0x6b0332bc),
    },
  },
  {
    id: 'BNDUPD released',
    bytes: `0044030c6b0332aa00000028 000200040a4d016e 0003000104 0005000701020000000000 000d00046b0332aa 001200046b0332aa
      001900046b0332a6 000600046b0332a6`,
    write: (out) =>
      encodeBndupd(out, 0x6b0332aa, 0x28, {
        ...written, address: ip('10.77.1.110'), status: 'released', hardware: mac('020000000000'), uid: undefined,
        leaseExpiration: at(0x6b0332aa), potentialExpiration: at(0x6b0332aa), stos: at(0x6b0332a6), cltt: at(0x6b0332a6),
      }),
    read: {
      kind: 'bndupd', time: 0x6b0332aa, xid: 0x28, privateOptions: noPrivate, ...noBinding, address: ip('10.77.1.110'), status: 'released',
      statusCode: 4, hardware: mac('020000000000'), leaseExpiration: at(0x6b0332aa), potentialExpiration: at(0x6b0332aa),
      stos: at(0x6b0332a6), cltt: at(0x6b0332a6),
    },
  },
  {
    id: 'BNDUPD abandoned',
    bytes: '0031030c6b0332c00000002f 000200040a4d016c 0003000105 000d00046b048440 001200046b0332a0 001900046b0332bc',
    write: (out) =>
      encodeBndupd(out, 0x6b0332c0, 0x2f, {
        ...written, address: ip('10.77.1.108'), status: 'abandoned', leaseExpiration: at(0x6b048440),
        potentialExpiration: at(0x6b0332a0), stos: at(0x6b0332bc),
      }),
    read: {
      kind: 'bndupd', time: 0x6b0332c0, xid: 0x2f, privateOptions: noPrivate, ...noBinding, address: ip('10.77.1.108'), status: 'abandoned',
      statusCode: 5, leaseExpiration: at(0x6b048440), potentialExpiration: at(0x6b0332a0), stos: at(0x6b0332bc),
    },
  },
  {
    id: 'BNDUPD reserved, free',
    bytes: '0037030c6b0332e50000003d 000200040a4d0177 0003000101 000d000400000000 0012000400000000 0019000400000000 000c00020001',
    write: (out) =>
      encodeBndupd(out, 0x6b0332e5, 0x3d, { ...written, address: ip('10.77.1.119'), status: 'free', hardware: undefined, uid: undefined, isReserved: true }),
    read: {
      kind: 'bndupd', time: 0x6b0332e5, xid: 0x3d, privateOptions: noPrivate, ...noBinding, address: ip('10.77.1.119'), status: 'free',
      statusCode: 1, ipFlags: 1,
    },
  },
  {
    id: 'BNDACK',
    bytes: '0014040c6b032aab00000005 000200040a4d0164',
    write: (out) => encodeBndack(out, time, 5, ip('10.77.1.100')),
    read: { kind: 'bndack', time, xid: 5, privateOptions: noPrivate, address: ip('10.77.1.100'), rejectReason: undefined, message: undefined },
  },
  {
    id: 'BNDACK, rejected',
    bytes: `0052040c6b032aab00000004 000200040a4d0164 0015000110 00100035${toHex(latin1('incoming update is less critical than outgoing update'))}`,
    write: (out) =>
      encodeBndack(out, time, 4, ip('10.77.1.100'), { reason: 16, message: 'incoming update is less critical than outgoing update' }),
    read: {
      kind: 'bndack', time, xid: 4, privateOptions: noPrivate, address: ip('10.77.1.100'), rejectReason: 16,
      message: 'incoming update is less critical than outgoing update',
    },
  },
  {
    id: 'UPDREQ',
    bytes: '000c090c6b03303b00000003',
    write: (out) => encodeBare(out, 0x6b03303b, 3, 'updreq'),
    read: { kind: 'updreq', time: 0x6b03303b, xid: 3, privateOptions: noPrivate },
  },
  {
    id: 'UPDREQALL',
    bytes: '000c070c6b032aab00000003',
    write: (out) => encodeBare(out, time, 3, 'updreqall'),
    read: { kind: 'updreqall', time, xid: 3, privateOptions: noPrivate },
  },
  {
    id: 'UPDDONE',
    bytes: '000c080c6b032aab00000004',
    write: (out) => encodeBare(out, time, 4, 'upddone'),
    read: { kind: 'upddone', time, xid: 4, privateOptions: noPrivate },
  },
  {
    id: 'POOLREQ',
    bytes: '000c010c6b03324f0000002e',
    write: (out) => encodeBare(out, 0x6b03324f, 0x2e, 'poolreq'),
    read: { kind: 'poolreq', time: 0x6b03324f, xid: 0x2e, privateOptions: noPrivate },
  },
  {
    id: 'POOLRESP',
    bytes: '0014020c6b03324f0000002e 0001000400000005',
    write: (out) => encodePoolresp(out, 0x6b03324f, 0x2e, 5),
    read: { kind: 'poolresp', time: 0x6b03324f, xid: 0x2e, privateOptions: noPrivate, count: 5 },
  },
  {
    id: 'DISCONNECT',
    bytes: `00490c0c6b032aab00000001 0015000108 00100034${toHex(latin1('remote failover relationship name bar does not match'))}`,
    write: (out) => encodeDisconnect(out, time, 1, { reason: 8, message: 'remote failover relationship name bar does not match' }),
    read: {
      kind: 'disconnect', time, xid: 1, privateOptions: noPrivate, rejectReason: 8,
      message: 'remote failover relationship name bar does not match',
    },
  },
];

const readOne = (bytes: Uint8Array): FailoverMessage | FailoverFault | undefined => {
  const reader = new FailoverReader();
  reader.push(bytes);
  return reader.next();
};
const encoded = (write: (out: ByteWriter) => void): Uint8Array => {
  const out = new ByteWriter();
  write(out);
  return out.copy();
};

for (const { id, bytes, write, read } of golden) {
  test(`${id} is written as dhcpd writes it`, () => assert.equal(toHex(encoded(write)), toHex(hex(bytes))));
  test(`${id} is read`, () => assert.deepEqual(readOne(hex(bytes)), read));
}

test('a stream may be cut anywhere', () => {
  const stream = concatBytes(...golden.map(({ bytes }) => hex(bytes)));
  for (const step of [1, 2, 3, 7, 11, 100, stream.length]) {
    const reader = new FailoverReader();
    const read: unknown[] = [];
    for (let from = 0; from < stream.length; from += step) {
      reader.push(stream.slice(from, from + step));
      for (let message = reader.next(); message !== undefined; message = reader.next()) read.push(message);
    }
    assert.deepEqual(read, golden.map((row) => row.read));
  }
});

const protocolError = 'message length wait: protocol error';
const state = '0a0c6b032aab00000000';
/** Malformed messages with what dhcpd logs before it closes the link (§1.2, §1.3). */
const faults: readonly { readonly id: string; readonly bytes: string; readonly code: string; readonly lines: readonly string[] }[] = [
  { id: 'length 11', bytes: `000b${state}`, code: 'length', lines: ['message length wait: unexpected error'] },
  { id: 'length 2049', bytes: '0801', code: 'length', lines: ['message length wait: unexpected error'] },
  { id: 'type 13 with an option', bytes: '00110d0c6b032aab00000000 0018000102', code: 'type', lines: ['FAILOVER: invalid message type: 13', protocolError] },
  { id: 'payload offset 8', bytes: `00190a086b032aab00000000 0018000102 001900046b032aab`, code: 'overflow', lines: ['FAILOVER: message overflow at data.', protocolError] },
  { id: 'cut in the option code', bytes: `000d${state} 00`, code: 'overflow', lines: ['FAILOVER: message overflow at option code.', protocolError] },
  { id: 'cut in the option length', bytes: `000f${state} 001800`, code: 'overflow', lines: ['FAILOVER: message overflow at length.', protocolError] },
  { id: 'cut in the option data', bytes: `0010${state} 00180001`, code: 'overflow', lines: ['FAILOVER: message overflow at data.', protocolError] },
  { id: 'an option twice', bytes: `0016${state} 0018000102 0018000102`, code: 'duplicate', lines: ['FAILOVER: duplicate option server-state', protocolError] },
  { id: 'two bindings in one BNDUPD', bytes: '001c030c6b032aab00000001 000200040a4d0164 000200040a4d0165', code: 'duplicate', lines: ['FAILOVER: duplicate option assigned-IP-address', protocolError] },
  { id: 'an option of wrong size', bytes: `0012${state} 001800020002`, code: 'size', lines: ['FAILOVER: option size (2:1), option server-state', protocolError] },
  { id: 'IP-flags of one byte', bytes: '0011030c6b032aab00000001 000c000101', code: 'size', lines: ['FAILOVER: option size (1:2), option IP-flags', protocolError] },
];
for (const { id, bytes, code, lines } of faults)
  test(`${id} ends the stream`, () => {
    const reader = new FailoverReader();
    reader.push(hex(bytes));
    assert.deepEqual(reader.next(), { kind: 'fault', code, lines });
    reader.push(hex('000c0b0c6b032aae00000025'));
    assert.equal(reader.next(), undefined);
  });

const tolerated: readonly { readonly id: string; readonly bytes: string; readonly kinds: readonly string[] }[] = [
  { id: 'type 0', bytes: '0011000c6b032aab00000000 0018000102', kinds: [] },
  { id: 'type 13 without options', bytes: '000c0d0c6b032aab00000000', kinds: [] },
  { id: 'extra header octets', bytes: '00150a106b032aab00000000 deadbeef 0018000102', kinds: ['state'] },
  { id: 'options that the message does not use, of any size', bytes: `0016${state} 0002000101 0018000102`, kinds: ['state'] },
  { id: 'options over 29', bytes: `0016${state} 001e000101 0018000102`, kinds: ['state'] },
  { id: 'option 0', bytes: `0015${state} 00000000 0018000102`, kinds: ['state'] },
  { id: 'DDNS in a BNDUPD', bytes: '0017030c6b032aab00000001 0009000700000161016200', kinds: ['bndupd'] },
];
for (const { id, bytes, kinds } of tolerated)
  test(`${id}: tolerated`, () => {
    const reader = new FailoverReader();
    reader.push(hex(`${bytes} 000c0b0c6b032aae00000025`));
    const read: string[] = [];
    for (let message = reader.next(); message !== undefined; message = reader.next()) read.push(message.kind);
    assert.deepEqual(read, [...kinds, 'contact']);
  });

test('numbers that nobody defined are told, not mapped', () => {
  const read = readOne(hex('00110a0c6b032aab00000000 0018000163'));
  assert.ok(read?.kind === 'state' && read.state === undefined && read.stateCode === 99);
  const update = readOne(hex('0011030c6b032aab00000001 0003000108'));
  assert.ok(update?.kind === 'bndupd' && update.status === undefined && update.statusCode === 8);
  const bare = readOne(hex('000c0a0c6b032aab00000000'));
  assert.ok(bare?.kind === 'state' && bare.state === 'unknown-state' && !bare.isStartup);
});

test('endless times go out as 0x7fffffff, and all from there up are read as forever', () => {
  const bytes = encoded((out) =>
    encodeBndupd(out, time, 1, { ...written, address: ip('10.0.0.1'), status: 'active', hardware: mac('020000000000'), uid: undefined, leaseExpiration: forever, potentialExpiration: forever }),
  );
  assert.ok(toHex(bytes).includes('000d00047fffffff001200047fffffff'));
  const later = hex(toHex(bytes).replace('000d00047fffffff', '000d00048000003b'));
  const read = readOne(later);
  assert.ok(read?.kind === 'bndupd' && read.leaseExpiration === forever && read.potentialExpiration === forever);
});

test('what would flood or stall a dhcpd partner is clamped', () => {
  assert.deepEqual([receiveTimer(0), receiveTimer(5.9), receiveTimer(60)], [6, 6, 60]);
  assert.deepEqual([updateWindow(0), updateWindow(10)], [1, 10]);
});

test('capabilities and private options travel with any message', () => {
  const own: PrivateOptions = new Map([[0xf000, hex('0102')], [0xf001, hex('')]]);
  const bytes = encoded((out) =>
    encodeConnectack(
      out, time, 7,
      { relationshipName: undefined, vendorClass: 'leasehold/1', hasTlsRequest: false, capabilities: hex('cafe'), reject: { reason: 8, message: 'unknown failover relationship name' } },
      own,
    ),
  );
  const read = readOne(bytes);
  assert.ok(read?.kind === 'connectack');
  assert.deepEqual(
    [read.relationshipName, read.maxUnacked, read.rejectReason, read.message, read.capabilities, read.privateOptions],
    [undefined, undefined, 8, 'unknown failover relationship name', hex('cafe'), own],
  );
});

test('binding states are those of the model, by the same numbers', () => {
  const same: readonly BindingState[] = bindingStatuses satisfies readonly BindingState[];
  const back: readonly BindingStatus[] = bindingStates;
  assert.deepEqual(same, back);
  for (const status of bindingStatuses) assert.equal(bindingStatusCode(status), bindingCode[status]);
});

test('reject reasons have the texts of dhcpd', () => {
  assert.equal(rejectText(16), 'Less critical binding information.');
  assert.equal(rejectText(77), 'Undefined-77: This reason code is not defined in the protocol standard.');
});

test('the option table has a row for every code', () => {
  assert.equal(failoverOptions.length, 29);
  assert.equal(failoverOptions[28]?.name, 'vendor-specific-options');
});

const word = fc.uint8Array({ minLength: 1, maxLength: 64 });
const moment = fc.integer({ min: 0, max: 0x7ffffffe }).map(at);
const plain = { noNullPrototype: true } as const;
const hardware = fc.record({ htype: fc.nat(255), address: fc.uint8Array({ maxLength: 20 }) }, plain);
const holder: fc.Arbitrary<BindingHolder> = fc.oneof(
  fc.record({ status: fc.constantFrom('active', 'expired', 'released'), hardware, uid: fc.option(word, { nil: undefined }) }),
  fc.record({ status: fc.constant('abandoned' as const) }),
  fc.record({ status: fc.constantFrom('free', 'reset', 'backup'), hardware: fc.option(hardware, { nil: undefined }), uid: fc.option(word, { nil: undefined }) }),
);

test('every binding update is read back', () => {
  const update = fc.tuple(holder, fc.nat(0xffffffff), moment, moment, moment, moment, fc.boolean(), fc.boolean(), fc.integer({ min: 1, max: 0xffffffff }));
  fc.assert(
    fc.property(update, ([who, address, leaseExpiration, potentialExpiration, stos, cltt, isReserved, isBootp, xid]) => {
      const fields = { ...who, address: address as ReturnType<typeof ip>, leaseExpiration, potentialExpiration, stos, cltt, isReserved, isBootp };
      const read = readOne(encoded((out) => encodeBndupd(out, time, xid, fields)));
      assert.deepEqual(read, {
        kind: 'bndupd', time, xid, privateOptions: noPrivate, address, status: who.status, statusCode: bindingStatusCode(who.status),
        uid: who.status === 'abandoned' ? undefined : who.uid,
        hardware: who.status === 'abandoned' ? undefined : who.hardware,
        leaseExpiration, potentialExpiration, stos,
        cltt: cltt === unset ? undefined : cltt,
        ipFlags: isReserved || isBootp ? (isReserved ? 1 : 0) | (isBootp ? 2 : 0) : undefined,
      });
    }),
    { numRuns: 500 },
  );
});

test('every announced state is read back', () => {
  const announced = (Object.keys(serverStateCode) as (keyof typeof serverStateCode)[]).filter(
    (name): name is AnnouncedState => name !== 'unknown-state' && name !== 'startup',
  );
  assert.equal(announced.length, 11);
  for (const name of announced) {
    const read = readOne(encoded((out) => encodeState(out, time, 1, { state: name, isStartup: false, stos: at(5) })));
    assert.ok(read?.kind === 'state' && read.state === name);
  }
});

test('no bytes make the reader throw or keep more than a message', () => {
  const message = fc.tuple(fc.nat(14), fc.constantFrom(12, 12, 12, 8, 16), fc.array(fc.tuple(fc.nat(31), fc.uint8Array({ maxLength: 8 })), { maxLength: 8 }))
    .map(([type, offset, options]) => {
      const body = options.flatMap(([option, value]) => [0, option, 0, value.length, ...value]);
      const size = 12 + body.length;
      return [size >>> 8, size & 255, type, offset, 0, 0, 0, 0, 0, 0, 0, 0, ...body];
    });
  fc.assert(
    fc.property(fc.array(fc.oneof(message, fc.uint8Array({ maxLength: 6 }).map((bytes) => [...bytes])), { maxLength: 6 }), (parts) => {
      const reader = new FailoverReader();
      reader.push(Uint8Array.from(parts.flat()));
      for (let rounds = 0; reader.next() !== undefined; rounds++) assert.ok(rounds < 10);
    }),
    { numRuns: 2000 },
  );
});
