// The OMAPI codec against omshell's and dhcpd's bytes (omapi reference §5), its limits, streams cut anywhere.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { ByteWriter, concatBytes, latin1, toHex } from '../std/bytes.ts';
import { encodeOmapi, encodeOmapiIntro, omapiLimits, omapiOpcode, OmapiReader } from './omapi-message.ts';
import type { OmapiEvent, OmapiMessage, OmapiPairs } from './omapi-message.ts';
import { isSignatureValid, omapiAlgorithms, omapiSigner } from './omapi-signature.ts';
import { hex } from './testing.ts';

const intro = '00000064 00000018';
/** Key `omapi_key` of the transcripts, hmac-md5. */
const signer = omapiSigner('hmac-md5', latin1('0123456789abcdef'));

const pairs = (...rows: readonly (readonly [string, string | Uint8Array])[]): OmapiPairs =>
  new Map(rows.map(([name, value]) => [name, typeof value === 'string' ? hex(value) : value]));
const none = pairs();

interface Golden {
  readonly id: string;
  readonly bytes: string;
  readonly message: OmapiMessage;
  readonly isSigned: boolean;
}
const algorithm = latin1('hmac-md5.SIG-ALG.REG.INT.');
const lease = pairs(
  ['state', '00000002'],
  ['ip-address', '0a630064'],
  ['dhcp-client-identifier', '0102005e100001'],
  ['client-hostname', latin1('wendelina')],
  ['subnet', '00000003'],
  ['pool', '00000004'],
  ['hardware-address', '02005e100001'],
  ['hardware-type', '00000001'],
  ['ends', '6b047d31'],
  ['starts', '6b032b75'],
  ['tstp', '6b047d31'],
  ['tsfp', '00000000'],
  ['atsfp', '00000000'],
  ['cltt', '6b032b75'],
  ['flags', '00'],
  ['counter', '00000007'],
  ['vendor-class-identifier', '76636958'],
);
const leaseBody = `0000
  0005 7374617465 00000004 00000002
  000a 69702d61646472657373 00000004 0a630064
  0016 646863702d636c69656e742d6964656e746966696572 00000007 0102005e100001
  000f 636c69656e742d686f73746e616d65 00000009 77656e64656c696e61
  0006 7375626e6574 00000004 00000003
  0004 706f6f6c 00000004 00000004
  0010 68617264776172652d61646472657373 00000006 02005e100001
  000d 68617264776172652d74797065 00000004 00000001
  0004 656e6473 00000004 6b047d31
  0006 737461727473 00000004 6b032b75
  0004 74737470 00000004 6b047d31
  0004 74736670 00000004 00000000
  0005 6174736670 00000004 00000000
  0004 636c7474 00000004 6b032b75
  0005 666c616773 00000001 00
  0007 636f756e746572 00000004 00000007
  0017 76656e646f722d636c6173732d6964656e746966696572 00000004 76636958
  0000`;

const golden: readonly Golden[] = [
  {
    id: 'open of an authenticator',
    bytes: `00000000 00000000 00000001 00000000 6b8b4567 00000000
      0004 74797065 0000000d 61757468656e74696361746f72 0000
      0004 6e616d65 00000009 6f6d6170695f6b6579
      0009 616c676f726974686d 00000019 686d61632d6d64352e5349472d414c472e5245472e494e542e 0000`,
    message: {
      authId: 0, opcode: omapiOpcode.open, handle: 0, id: 0x6b8b4567, rid: 0,
      message: pairs(['type', latin1('authenticator')]), object: pairs(['name', latin1('omapi_key')], ['algorithm', algorithm]),
    },
    isSigned: false,
  },
  {
    id: 'reply with the authenticator',
    bytes: `00000000 00000000 00000003 00000001 0f0919a8 6b8b4567 0000
      0004 6e616d65 00000009 6f6d6170695f6b6579
      0009 616c676f726974686d 00000019 686d61632d6d64352e5349472d414c472e5245472e494e542e 0000`,
    message: {
      authId: 0, opcode: omapiOpcode.update, handle: 1, id: 0x0f0919a8, rid: 0x6b8b4567,
      message: none, object: pairs(['name', latin1('omapi_key')], ['algorithm', algorithm]),
    },
    isSigned: false,
  },
  {
    id: 'open of a lease',
    bytes: `00000001 00000010 00000001 00000000 6b8b4568 00000000
      0004 74797065 00000005 6c65617365 0000 000a 69702d61646472657373 00000004 0a630064 0000
      f5456ebc15a2673da823feb78487e850`,
    message: {
      authId: 1, opcode: omapiOpcode.open, handle: 0, id: 0x6b8b4568, rid: 0,
      message: pairs(['type', latin1('lease')]), object: pairs(['ip-address', '0a630064']),
    },
    isSigned: true,
  },
  {
    id: 'reply with a lease',
    bytes: `00000001 00000010 00000003 00000002 0f0919a9 6b8b4568 ${leaseBody} d9f808fa6215003bdad9e366164c2696`,
    message: { authId: 1, opcode: omapiOpcode.update, handle: 2, id: 0x0f0919a9, rid: 0x6b8b4568, message: none, object: lease },
    isSigned: true,
  },
  {
    id: 'refresh of a lease',
    bytes: '00000001 00000010 00000002 00000002 6b8b4569 00000000 0000 0000 a2652d02b6db0709bac4165386b233e4',
    message: { authId: 1, opcode: omapiOpcode.refresh, handle: 2, id: 0x6b8b4569, rid: 0, message: none, object: none },
    isSigned: true,
  },
  {
    id: 'reply to the refresh',
    bytes: `00000001 00000010 00000003 00000002 0f0919aa 6b8b4569 ${leaseBody} 497e664aad3dc66198323ef4fd69113d`,
    message: { authId: 1, opcode: omapiOpcode.update, handle: 2, id: 0x0f0919aa, rid: 0x6b8b4569, message: none, object: lease },
    isSigned: true,
  },
  {
    id: 'create of a host',
    bytes: `00000001 00000010 00000001 00000000 6b8b456a 00000000
      0006 637265617465 00000004 00000001 0009 6578636c7573697665 00000004 00000001 0004 74797065 00000004 686f7374 0000
      0004 6e616d65 00000002 6831 0010 68617264776172652d61646472657373 00000006 02aa00000001
      000d 68617264776172652d74797065 00000004 00000001 000a 69702d61646472657373 00000004 0a630015
      0000 ed6864e64e5f38c83cf5aad17bd6d23f`,
    message: {
      authId: 1, opcode: omapiOpcode.open, handle: 0, id: 0x6b8b456a, rid: 0,
      message: pairs(['create', '00000001'], ['exclusive', '00000001'], ['type', latin1('host')]),
      object: pairs(['name', latin1('h1')], ['hardware-address', '02aa00000001'], ['hardware-type', '00000001'], ['ip-address', '0a630015']),
    },
    isSigned: true,
  },
  {
    id: 'reply with the host',
    bytes: `00000001 00000010 00000003 00000005 0f0919ab 6b8b456a 0000
      000a 69702d61646472657373 00000004 0a630015 0004 6e616d65 00000002 6831
      0010 68617264776172652d61646472657373 00000006 02aa00000001 000d 68617264776172652d74797065 00000004 00000001
      0000 613f30cfb6fd78855628206517c24cf9`,
    message: {
      authId: 1, opcode: omapiOpcode.update, handle: 5, id: 0x0f0919ab, rid: 0x6b8b456a, message: none,
      object: pairs(['ip-address', '0a630015'], ['name', latin1('h1')], ['hardware-address', '02aa00000001'], ['hardware-type', '00000001']),
    },
    isSigned: true,
  },
  {
    id: 'update that unsets an address',
    bytes: `00000001 00000010 00000003 00000005 6b8b456c 00000000
      0000 000a 69702d61646472657373 00000000 0000 f2da3e6f6c8655ed808b82f926609e97`,
    message: { authId: 1, opcode: omapiOpcode.update, handle: 5, id: 0x6b8b456c, rid: 0, message: none, object: pairs(['ip-address', '']) },
    isSigned: true,
  },
  {
    id: 'status of a deletion',
    bytes: `00000001 00000010 00000005 00000000 0f0919ae 6b8b456d
      0006 726573756c74 00000004 00000000 0000 0000 37a1ffbce565aafbb79db86c902d1071`,
    message: { authId: 1, opcode: omapiOpcode.status, handle: 0, id: 0x0f0919ae, rid: 0x6b8b456d, message: pairs(['result', '00000000']), object: none },
    isSigned: true,
  },
  {
    id: 'status: no key used',
    bytes: `00000000 00000000 00000005 00000000 69ab8f9f 6b8b4567
      0006 726573756c74 00000004 00060009
      0007 6d657373616765 0000001b ${toHex(latin1('No authenticator on message'))} 0000 0000`,
    message: {
      authId: 0, opcode: omapiOpcode.status, handle: 0, id: 0x69ab8f9f, rid: 0x6b8b4567,
      message: pairs(['result', '00060009'], ['message', latin1('No authenticator on message')]), object: none,
    },
    isSigned: false,
  },
];

function readAll(reader: OmapiReader, bytes: Uint8Array): OmapiEvent[] {
  reader.push(bytes);
  const events: OmapiEvent[] = [];
  for (let event = reader.next(); event !== undefined; event = reader.next()) events.push(event);
  return events;
}
const message = (event: OmapiEvent | undefined): Extract<OmapiEvent, { kind: 'message' }> => {
  assert.ok(event?.kind === 'message');
  return event;
};

for (const row of golden) {
  test(`${row.id} is written`, () => {
    const out = new ByteWriter();
    encodeOmapi(out, row.message, row.isSigned ? signer : undefined);
    assert.equal(toHex(out.view()), toHex(hex(row.bytes)));
  });
  test(`${row.id} is read and its signature verified`, () => {
    const events = readAll(new OmapiReader(), hex(intro + row.bytes));
    assert.deepEqual(events[0], { kind: 'intro', headerSize: 24 });
    const { kind: _kind, signature, signed, ...read } = message(events[1]);
    assert.deepEqual(read, row.message);
    assert.deepEqual([...read.object.keys()], [...row.message.object.keys()]);
    assert.equal(isSignatureValid(signer, signed, signature), row.isSigned);
  });
}

test('the intro is what pypureomapi insists on', () => {
  const out = new ByteWriter();
  encodeOmapiIntro(out);
  assert.equal(toHex(out.view()), toHex(hex(intro)));
});

test('a stream may be cut anywhere, and messages may be pipelined', () => {
  const stream = concatBytes(hex(intro), ...golden.map(({ bytes }) => hex(bytes)));
  const whole = readAll(new OmapiReader(), stream);
  assert.equal(whole.length, golden.length + 1);
  for (const step of [1, 3, 64]) {
    const reader = new OmapiReader();
    const events: OmapiEvent[] = [];
    for (let from = 0; from < stream.length; from += step) events.push(...readAll(reader, stream.slice(from, from + step)));
    assert.deepEqual(events, whole);
  }
});

test('extra header bytes are skipped and not signed', () => {
  const row = golden[2];
  assert.ok(row);
  const bytes = hex(row.bytes);
  const stretched = concatBytes(hex('00000064 0000001c'), bytes.subarray(0, 24), hex('deadbeef'), bytes.subarray(24));
  const { signature, signed, object } = message(readAll(new OmapiReader(), stretched)[1]);
  assert.ok(isSignatureValid(signer, signed, signature));
  assert.deepEqual(object, row.message.object);
});

test('of a name that comes twice the last value counts, at the first place', () => {
  const body = '00000000 00000000 00000001 00000000 00000001 00000000 0000 0001 61 00000001 01 0001 62 00000000 0001 61 00000001 02 0000';
  const { object } = message(readAll(new OmapiReader(), hex(intro + body))[1]);
  assert.deepEqual([...object], [['a', hex('02')], ['b', hex('')]]);
});

test('a signature must be there, of full size, and right', () => {
  const signed = latin1('x');
  assert.ok(isSignatureValid(signer, signed, signer.sign(signed)));
  assert.ok(!isSignatureValid(signer, signed, hex('')));
  assert.ok(!isSignatureValid(signer, signed, signer.sign(signed).subarray(0, 15)));
  assert.ok(!isSignatureValid(signer, latin1('y'), signer.sign(signed)));
  for (const name of Object.keys(omapiAlgorithms) as (keyof typeof omapiAlgorithms)[])
    assert.equal(omapiSigner(name, latin1('k')).sign(signed).length, omapiAlgorithms[name].size);
});

const header = '00000000 00000000 00000001 00000000 00000001 00000000';
const tooMuch: readonly { readonly id: string; readonly bytes: string; readonly code: string; readonly sizeMax?: number }[] = [
  { id: 'another version', bytes: '00000065 00000018', code: 'version' },
  { id: 'a header of 23 bytes', bytes: '00000064 00000017', code: 'header-size' },
  { id: 'a header without end', bytes: '00000064 ffffffff', code: 'header-size' },
  { id: 'a long name', bytes: `${intro}${header} 0041`, code: 'name-size' },
  { id: 'a value of 4 GiB', bytes: `${intro}${header} 0001 61 fffffff4`, code: 'value-size' },
  { id: 'a value over the limit', bytes: `${intro}${header} 0001 61 0000ea61`, code: 'value-size' },
  { id: 'a value over the message limit', bytes: `${intro}${header} 0001 61 00000400`, code: 'message-size', sizeMax: omapiLimits.messageUnauthenticated },
  { id: 'a signature over the limit', bytes: `${intro}00000001 00000041 00000001 00000000 00000001 00000000`, code: 'signature-size' },
];
for (const { id, bytes, code, sizeMax } of tooMuch)
  test(`${id}: closed before anything is kept`, () => {
    const reader = new OmapiReader(sizeMax);
    const events = readAll(reader, hex(bytes));
    assert.deepEqual(events.at(-1), { kind: 'fault', code });
    assert.deepEqual(readAll(reader, hex(intro)), []);
  });

test('endless small pairs end at the message limit', () => {
  const reader = new OmapiReader(omapiLimits.messageUnauthenticated);
  const events = readAll(reader, hex(`${intro}${header}${'0001 61 00000000'.repeat(200)}`));
  assert.deepEqual(events.at(-1), { kind: 'fault', code: 'message-size' });
});

const value = fc.uint8Array({ maxLength: 40 });
const list = fc
  .array(fc.tuple(fc.string({ minLength: 1, maxLength: 20, unit: 'binary-ascii' }), value), { maxLength: 6 })
  .map((rows): OmapiPairs => new Map(rows));

test('every message is read back', () => {
  const u32 = fc.nat(0xffffffff);
  fc.assert(
    fc.property(fc.tuple(u32, u32, u32, u32, u32), list, list, fc.boolean(), ([authId, opcode, handle, id, rid], about, object, isSigned) => {
      const sent: OmapiMessage = { authId, opcode, handle, id, rid, message: about, object };
      const out = new ByteWriter();
      encodeOmapiIntro(out);
      encodeOmapi(out, sent, isSigned ? signer : undefined);
      const { kind: _kind, signature, signed, ...read } = message(readAll(new OmapiReader(), out.copy())[1]);
      assert.deepEqual(read, sent);
      assert.equal(isSignatureValid(signer, signed, signature), isSigned);
    }),
    { numRuns: 500 },
  );
});

test('no bytes make the reader throw', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 5 }), (chunks) => {
      const reader = new OmapiReader();
      readAll(reader, hex(intro));
      for (const chunk of chunks) assert.ok(readAll(reader, chunk).length < 100);
    }),
    { numRuns: 2000 },
  );
});
