// The mistakes that the reference lists with dhcpd's answer (dhcpd-conf reference §17), as far as the text alone tells them; what
// declarations say about each other is checked in config/. All answers were taken from dhcpd 4.4.3-P1.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderDhcpd } from './dhcpd-format.ts';
import { isAccepted, parseText } from './testing.ts';

interface Row {
  /** Number in the reference. */
  readonly id: number;
  readonly text: string;
  /** `line: message`, in order. */
  readonly said: readonly string[];
}

const net = 'subnet 10.0.0.0 netmask 255.255.255.0';
const rows: readonly Row[] = [
  { id: 1, text: 'default-lease-time 600\nmax-lease-time 7200;', said: ['2: semicolon expected.', '2: expecting a parameter or declaration'] },
  { id: 2, text: 'subnet 10.0.0.0/24 { }', said: ['1: Expecting netmask'] },
  { id: 6, text: 'host a { hardware ethernet 00:11:22:33:44:300; }', said: ['1: 300 exceeds max (255) for precision.'] },
  { id: 7, text: 'host "a" { }', said: ['1: expecting a name for host declaration.'] },
  { id: 8, text: 'host a { fixed-address 10.0.0.1; fixed-address 10.0.0.2; }', said: ['1: Only one fixed address declaration per host.'] },
  { id: 11, text: 'option foo code 200 = uint8;', said: ['1: unknown data type uint8'] },
  { id: 12, text: 'option zork.foo 1;', said: ['1: no option space named zork.'] },
  { id: 13, text: 'option no-such-option "x";', said: ['1: unknown option dhcp.no-such-option'] },
  { id: 14, text: 'option domain-name-servers "10.0.0.1";', said: ['1: 10.0.0.1 (262): expecting IP address or hostname'] },
  { id: 18, text: `${net} {\n`, said: ['1: unexpected end of file'] },
  { id: 19, text: 'default-lease-time 1d;', said: ['1: Bogus number 1d: digit 13 not in base 10'] },
  { id: 20, text: 'ddns-update-style None;', said: ['1: unknown value', '1: expecting a parameter or declaration'] },
  { id: 21, text: 'key k { algorithm hmac-md5; secret changeme_now==; }', said: ['1: invalid base64 character 95.'] },
  { id: 22, text: 'key k { algorithm hmac-md5; secret changemeusingdnsseckeygen==; }', said: ['1: partial base64 value left over: 39.'] },
  { id: 24, text: 'if option host-name == "x" { }', said: ['1: expecting right-hand side.'] },
  { id: 25, text: 'let x = 1;', said: ['0: expecting a parameter or declaration'] },
  { id: 26, text: 'subnet6 2001:db8::/32 { }', said: ['1: subnet6 statement is only supported in DHCPv6 mode.'] },
  { id: 27, text: 'failover peer "f" {\n secondary;\n address 10.0.0.2;\n peer address 10.0.0.3;\n split 255;\n}', said: ['5: secondary may not define load balance settings.'] },
  { id: 28, text: 'class "x" { match if option foo = "x"; }', said: ['1: no option named foo in space dhcp'] },
  { id: 29, text: 'host a {\nhardware ethernet 00:11:22:33:44:55\nfixed-address 10.0.0.1; }', said: ['3: expecting semicolon.'] },
  { id: 30, text: 'include "/nonexistent/x.conf";', said: ["-: Can't open /nonexistent/x.conf: No such file or directory"] },
  { id: 31, text: `${net} { };`, said: ['1: expecting a declaration'] },
  { id: 33, text: 'group { option foo code 200 = text; }', said: ['1: option definitions may not be scoped.'] },
  { id: 34, text: `${net} {\ninterface eth0.10;\n}`, said: ['2: semicolon expected.', '2: expecting a declaration'] },
  { id: 35, text: 'option ntp-servers 10.0.0;', said: ['1: too few numbers.'] },
  { id: 36, text: `${net} { pool x { range 10.0.0.1; } }`, said: ['1: expecting left brace.'] },
  { id: 37, text: 'supersede option routers 10.0.0.1;', said: ['1: no option named option in space dhcp'] },
  { id: 38, text: 'option ip-forwarding 1;', said: ['1: expecting identifier.'] },
  { id: 39, text: 'if extract-int(05,8) + 1 = 6 { }', said: ['1: illegal expression relating different types'] },
];

for (const { id, text, said } of rows)
  test(`reference §17, ${id}`, () => {
    const { diagnostics } = parseText(text);
    const found = diagnostics
      .filter(({ dhcpdText }) => dhcpdText !== undefined)
      .map(({ dhcpdText, dhcpdPlace }) => `${dhcpdPlace?.line ?? '-'}: ${dhcpdText?.[0]}`);
    assert.deepEqual(found, said);
    assert.ok(!isAccepted(diagnostics));
  });

/** Byte for byte, names of files as in the reference. */
const outputs: readonly (readonly [name: string, text: string, printed: string])[] = [
  [
    '01.conf',
    'default-lease-time 600\nmax-lease-time 7200;\n',
    `01.conf line 2: semicolon expected.
max-lease-time \n ^
01.conf line 2: expecting a parameter or declaration
max-lease-time 7200;
                    ^
`,
  ],
  [
    '14.conf',
    'option domain-name-servers "10.0.0.1";\n',
    `14.conf line 1: 10.0.0.1 (262): expecting IP address or hostname
option domain-name-servers "10.0.0.1"
                            ^
`,
  ],
  [
    '27.conf',
    'failover peer "f" {\n  secondary;\n  address 10.0.0.2;\n  peer address 10.0.0.3;\n  split 255;\n}\n',
    `27.conf line 5: secondary may not define load balance settings.
  split 255;
         ^
`,
  ],
  [
    'a.conf',
    'key k { algorithm hmac-md5; secret changemeusingdnsseckeygen==;\n}\n',
    `a.conf line 1: partial base64 value left over: 39.
key k { algorithm hmac-md5; secret changemeusingdnsseckeygen==;
                                                             ^
`,
  ],
  ['25.conf', 'let x = 1;\n', '25.conf line 0: expecting a parameter or declaration\n\n^\n'],
  ['tab.conf', '\toption\trouters "x";\n', 'tab.conf line 1: x (262): expecting IP address or hostname\n\toption\trouters "x"\n                         ^\n'],
  [
    'long.conf',
    `option domain-name "${'x'.repeat(80)}" "y";\n`,
    `long.conf line 1: semicolon expected.\noption domain-name "${'x'.repeat(60)}\n^\n`,
  ],
];

for (const [name, text, printed] of outputs)
  test(`dhcpd's own output about ${name}`, () => {
    assert.equal(renderDhcpd(parseText(text, {}, name).diagnostics), printed);
  });

test('nothing is printed behind what ends dhcpd', () => {
  const { diagnostics } = parseText('include "a.conf";\noption domain-name x y;\n');
  assert.equal(renderDhcpd(diagnostics), "Can't open a.conf: No such file or directory\n");
  assert.equal(diagnostics.length, 2);
});

test('complaints about an included file come before the one about the include', () => {
  const { diagnostics } = parseText('include "a.conf";\n', { 'a.conf': 'foo bar;\n' });
  assert.equal(
    renderDhcpd(diagnostics),
    'a.conf line 1: semicolon expected.\nfoo bar;\n     ^\ntest.conf line 1: a.conf: bad parse.\ninclude "a.conf"\n         ^\n',
  );
});
