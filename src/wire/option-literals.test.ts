// Option values: golden list both ways, every predefined format, text forms, and properties.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { latin1, toHex } from '../std/bytes.ts';
import { formatIpv6, parseIpv6 } from './ipv6-text.ts';
import { parseFormat } from './option-format.ts';
import { decodeLiteral, encodeLiteral, printValue } from './option-literals.ts';
import type { LiteralItem, LiteralRecords } from './option-literals.ts';
import { dhcpOption, optionCode, optionIn, optionOfCode, predefinedSpaces, serverOption, serverOptionCode } from './option-table.ts';
import { hex, ip } from './testing.ts';

const address = (text: string): LiteralItem => ({ kind: 'address', address: ip(text) });
const integer = (value: number, size: 1 | 2 | 4): LiteralItem => ({ kind: 'integer', value, size, isInfinite: false });
const flag = (value: 0 | 1 | 2): LiteralItem => ({ kind: 'flag', value });
const text = (value: string): LiteralItem => ({ kind: 'text', bytes: latin1(value) });
const names = (isCompressed: boolean, ...list: string[]): LiteralItem => ({
  kind: 'domain-list',
  names: list.map((name) => ({ bytes: latin1(name) })),
  isCompressed,
});

interface Golden {
  readonly format: string;
  readonly bytes: string;
  readonly records: LiteralRecords;
  readonly printed: string;
}
const golden: readonly Golden[] = [
  { format: 'I', bytes: '0a000001', records: [[address('10.0.0.1')]], printed: '10.0.0.1' },
  { format: 'IA', bytes: '0a000001 0a000002', records: [[address('10.0.0.1')], [address('10.0.0.2')]], printed: '10.0.0.1, 10.0.0.2' },
  { format: 'Ia', bytes: '0a000001 0a000002', records: [[address('10.0.0.1')], [address('10.0.0.2')]], printed: '10.0.0.1, 10.0.0.2' },
  {
    format: 'IIA', bytes: '0a000000 0a000001 0a010000 0a000002',
    records: [[address('10.0.0.0'), address('10.0.0.1')], [address('10.1.0.0'), address('10.0.0.2')]],
    printed: '10.0.0.0 10.0.0.1, 10.1.0.0 10.0.0.2',
  },
  { format: '6', bytes: `20010db8${'00'.repeat(11)}01`, records: [[{ kind: 'ipv6', bytes: hex(`20010db8${'00'.repeat(11)}01`) }]], printed: '2001:db8::1' },
  { format: 'B', bytes: 'ff', records: [[integer(255, 1)]], printed: '255' },
  { format: 'b', bytes: 'ff', records: [[integer(-1, 1)]], printed: '-1' },
  { format: 'S', bytes: 'fffe', records: [[integer(65534, 2)]], printed: '65534' },
  { format: 's', bytes: 'fffe', records: [[integer(-2, 2)]], printed: '-2' },
  { format: 'L', bytes: 'fffffffd', records: [[integer(4294967293, 4)]], printed: '4294967293' },
  { format: 'l', bytes: 'fffffffd', records: [[integer(-3, 4)]], printed: '-3' },
  { format: 'SA', bytes: '01280200', records: [[integer(0x128, 2)], [integer(0x200, 2)]], printed: '296, 512' },
  { format: 'f', bytes: '01', records: [[flag(1)]], printed: 'true' },
  { format: 'f', bytes: '02', records: [[flag(2)]], printed: 'ignore' },
  { format: 't', bytes: '61 22 5c 0a', records: [[text('a"\\\n')]], printed: '"a\\"\\\\\\012"' },
  { format: 't', bytes: '', records: [[text('')]], printed: '""' },
  { format: 'X', bytes: '50584543', records: [[{ kind: 'string', bytes: latin1('PXEC') }]], printed: '"PXEC"' },
  { format: 'X', bytes: '01020304', records: [[{ kind: 'hex', bytes: hex('01020304') }]], printed: '01:02:03:04' },
  { format: 'd', bytes: '0161 0162 00', records: [[{ kind: 'domain-name', name: 'a.b' }]], printed: 'a.b' },
  { format: 'Dc', bytes: '0161 036f7267 00 0162 c002', records: [[names(true, 'a.org', 'b.org')]], printed: '"a.org", "b.org"' },
  { format: 'D', bytes: '0161 00 0162 00', records: [[names(false, 'a', 'b')]], printed: '"a", "b"' },
  { format: 'T', bytes: 'ffffffff', records: [[{ kind: 'integer', value: 0xffffffff, size: 4, isInfinite: true }]], printed: 'infinite' },
  { format: 'T', bytes: '00000258', records: [[integer(600, 4)]], printed: '600' },
  { format: 'Nddns-styles.', bytes: '02', records: [[{ kind: 'enumeration', word: 'interim', value: 2 }]], printed: 'interim' },
  { format: 'U', bytes: '505845', records: [[{ kind: 'space-name', name: 'PXE' }]], printed: 'PXE' },
  { format: 'k', bytes: '6b31', records: [[{ kind: 'key-name', name: 'k1' }]], printed: 'k1' },
  { format: 'E.', bytes: '0604ac100001', records: [[{ kind: 'hex', bytes: hex('0604ac100001') }]], printed: '06:04:ac:10:00:01' },
  { format: 'Z', bytes: '', records: [], printed: '' },
  { format: 'fIa', bytes: '01 0a000001 0a000002', records: [[flag(1), address('10.0.0.1')], [address('10.0.0.2')]], printed: 'true 10.0.0.1, 10.0.0.2' },
  { format: 'fto', bytes: '00', records: [[flag(0)]], printed: 'false' },
  { format: 'fto', bytes: '00 61', records: [[flag(0), text('a')]], printed: 'false "a"' },
  { format: 'BX', bytes: '00 0001', records: [[integer(0, 1), { kind: 'hex', bytes: hex('0001') }]], printed: '0 00:01' },
  {
    format: 'BIID', bytes: '01 0a000001 0a000002 0161 00',
    records: [[integer(1, 1), address('10.0.0.1'), address('10.0.0.2'), names(false, 'a')]], printed: '1 10.0.0.1 10.0.0.2 "a"',
  },
];
for (const row of golden) {
  const id = `${row.format} ${row.bytes || 'nothing'}`;
  test(`${id} is encoded`, () => {
    const encoded = encodeLiteral(row.records);
    assert.ok(encoded.ok);
    assert.equal(toHex(encoded.value), toHex(hex(row.bytes)));
  });
  test(`${id} is decoded and printed`, () => {
    assert.deepEqual(decodeLiteral(row.format, hex(row.bytes)), row.records);
    assert.equal(printValue(row.format, hex(row.bytes)), row.printed);
  });
}

/** What dhcpd 4.4.3-P1 put on the wire for these literals. */
const sentByDhcpd: readonly (readonly [id: string, records: LiteralRecords, bytes: string])[] = [
  [
    'domain-search "eng.example.org", "example.org", "a.Eng.Example.org", "foo"',
    [[names(true, 'eng.example.org', 'example.org', 'a.Eng.Example.org', 'foo')]],
    '03656e67076578616d706c65036f726700 c004 0161c000 03666f6f00',
  ],
  ['sip-ua-cs-domains "a.b.", "b", "b."', [[names(true, 'a.b.', 'b', 'b.')]], '0161016200 c002 c002'],
  ['bcms-controller-names "x.y", "y"', [[names(false, 'x.y', 'y')]], '0178017900 017900'],
  ['pointers to names that end in pointers', [[names(true, 'x.a.b.c', 'y.b.c', 'z.a.b.c', 'c', 'w.y.b.c')]], '0178016101620163000179c004017ac002c0060177c009'],
  ['one string with a comma in it', [[names(true, 'a, b.c', 'b.c')]], '04612c20620163000162c005'],
  ['equal names', [[names(true, 'a.b', 'a.b', 'A.B')]], '0161016200c000c000'],
  ['v4-access-domain access.example.org.', [[{ kind: 'domain-name', name: 'access.example.org.' }]], '06616363657373076578616d706c65036f726700'],
  ['array of integer 32: -1, 4294967296, 99999999999', [[integer(-1, 4)], [integer(4294967296, 4)], [integer(99999999999, 4)]], 'ffffffff000000004876e7ff'],
  ['integer 8: -1', [[integer(-1, 1)]], 'ff'],
  ['time-offset -3600', [[integer(-3600, 4)]], 'fffff1f0'],
  ['{ integer 8, ip-address, domain-list }', [[integer(3, 1), address('10.0.0.1'), names(false, 'a.b', 'b')]], '030a0000010161016200016200'],
  ['slp-service-scope true "x"', [[flag(1), text('x')]], '0178'],
];
for (const [id, records, bytes] of sentByDhcpd)
  test(`as dhcpd encodes it: ${id}`, () => {
    const encoded = encodeLiteral(records);
    assert.equal(encoded.ok && toHex(encoded.value), toHex(hex(bytes)));
  });

test('numbers are cut to their field', () => {
  const rows: readonly (readonly [value: number, size: 1 | 2 | 4, bytes: string])[] = [
    [-1, 4, 'ffffffff'], [-1, 2, 'ffff'], [-1, 1, 'ff'], [256, 1, '00'], [65537, 2, '0001'],
    [4294967296, 4, '00000000'], [99999999999, 4, '4876e7ff'], [-2147483648, 4, '80000000'],
  ];
  for (const [value, size, bytes] of rows) {
    const encoded = encodeLiteral([[integer(value, size)]]);
    assert.equal(encoded.ok && toHex(encoded.value), bytes, `${value} in ${size}`);
  }
  assert.deepEqual(encodeLiteral([[{ kind: 'integer', value: 0, size: 4, isInfinite: true }]]), { ok: true, value: hex('ffffffff') });
});

test('a name that cannot be encoded tells which item it was', () => {
  assert.deepEqual(encodeLiteral([[integer(1, 1)], [names(false, 'ok', 'a..b')]]), { ok: false, error: { code: 'empty-label', item: 1 } });
});

test('bytes of another shape are shown as hex', () => {
  const rows: readonly (readonly [format: string, bytes: string])[] = [
    ['I', '0a0000'], ['I', '0a00000100'], ['IA', '0a00000102'], ['f', '03'], ['d', '0561'], ['Dc', 'c000'], ['Nddns-styles.', '09'], ['Z', '00'], ['', '01'],
  ];
  for (const [format, bytes] of rows) {
    assert.equal(decodeLiteral(format, hex(bytes)), undefined, format);
    assert.equal(printValue(format, hex(bytes)), toHex(hex(bytes), ':'));
  }
});

test('every predefined option has a format that parses, and names and codes are unique', () => {
  for (const space of predefinedSpaces.values()) {
    assert.equal(space.byName.size, space.byCode.size, space.name);
    for (const option of space.byCode.values()) {
      const { elements } = parseFormat(option.format);
      assert.ok(option.format === '' || elements.length > 0, option.name);
      assert.equal(space.byName.get(option.name.toLowerCase()), option);
    }
  }
});

test('the codes that code names are those of the table', () => {
  assert.equal(dhcpOption(optionCode.hostName).name, 'host-name');
  for (const [name, code] of Object.entries(serverOptionCode)) {
    const dashed = serverOption(code).name.replaceAll('-', '').toLowerCase();
    assert.equal(dashed, name.toLowerCase());
  }
  const unnamed = new Set<number>([optionCode.pad, optionCode.end, optionCode.rapidCommit, optionCode.authentication, optionCode.classlessStaticRoutes]);
  for (const code of Object.values(optionCode)) if (!unnamed.has(code)) assert.equal(dhcpOption(code).code, code);
});

test('unknown-N names every code that can be sent', () => {
  const dhcp = predefinedSpaces.get('dhcp');
  const vendor = predefinedSpaces.get('vendor');
  assert.ok(dhcp && vendor);
  assert.deepEqual(optionIn(dhcp, 'UNKNOWN-121'), { space: 'dhcp', code: 121, name: 'UNKNOWN-121', format: 'X' });
  assert.equal(optionIn(dhcp, 'unknown-12')?.name, 'host-name');
  assert.equal(optionIn(dhcp, 'Host-Name')?.code, 12);
  for (const name of ['unknown-0', 'unknown-255', 'unknown-256', 'option-121', 'nothing']) assert.equal(optionIn(dhcp, name), undefined, name);
  assert.equal(optionIn(vendor, 'unknown-4491')?.code, 4491);
  assert.equal(optionOfCode(dhcp, 121).name, 'unknown-121');
  assert.equal(optionOfCode(dhcp, 12).name, 'host-name');
});

test('IPv6 text', () => {
  const rows: readonly (readonly [text: string, printed: string])[] = [
    ['::', '::'], ['::1', '::1'], ['1::', '1::'], ['1:0:0:2::3', '1:0:0:2::3'], ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'], ['::ffff:10.0.0.1', '::ffff:a00:1'], ['0:1:2:3:4:5:6:7', '0:1:2:3:4:5:6:7'],
  ];
  for (const [written, printed] of rows) {
    const bytes = parseIpv6(written);
    assert.equal(bytes && formatIpv6(bytes), printed, written);
  }
  for (const wrong of ['', ':', '1', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1::2::3', '12345::', '::g', '1.2.3.4::', '::1.2.3.256', '1:2:3:4:5:6:7::8'])
    assert.equal(parseIpv6(wrong), undefined, wrong);
});

test('whatever a format decodes, encodes to the same bytes', () => {
  const formats = [...new Set([...predefinedSpaces.values()].flatMap((space) => [...space.byCode.values()].map(({ format }) => format)))];
  fc.assert(
    fc.property(fc.constantFrom(...formats), fc.uint8Array({ maxLength: 24 }), (format, bytes) => {
      const records = decodeLiteral(format, bytes);
      printValue(format, bytes);
      if (records === undefined || /[dD]/.test(format)) return;
      assert.deepEqual(encodeLiteral(records), { ok: true, value: bytes });
    }),
    { numRuns: 5000 },
  );
});
