// Profiles of the boot block: what they come to, and every complaint at its place.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { BootProfile } from '../model/boot-settings.ts';
import { expectGolden } from './caret-testing.ts';
import { check, configOf, marksOf, expectedMarks } from './testing.ts';

const hosts = `subnet 10.0.0.0 netmask 255.255.255.0 { }
class "pxe" { match if substring(option vendor-class-identifier, 0, 9) = "PXEClient"; }
group masters { host master-1 { hardware ethernet 52:54:00:00:00:01; } }
host web-1 { hardware ethernet 52:54:00:00:00:02; }`;

test('a profile whole', () => {
  const text = `boot {
    profile "web" {
      match host "web-*", "db-?";
      match group masters;
      match class "pxe";
      match mac 52:54:00, 2:0:0:0:0:1;
      kernel "/linux/vmlinuz";
      initrd "linux/initrd.img";
      initrd "linux/extra.img";
      arguments "console=ttyS0";
      arguments "name=\${hostname} ip=\${ip} mac=\${mac} from=\${node}";
    }
    profile local { match host *; kernel "memdisk"; }
  }`.replace('host *;', 'host "*";');
  const [web, local] = configOf(hosts, { 'leasehold.conf': text }).leasehold.boot?.profiles ?? [];
  const plain = ({ matches }: Pick<BootProfile, 'matches'>): unknown =>
    matches.map((match) => [match.kind, match.kind === 'mac' ? [...match.prefix] : match.pattern]);
  assert.deepEqual(web && plain(web), [
    ['host', 'web-*'], ['host', 'db-?'], ['group', 'masters'], ['class', 'pxe'], ['mac', [0x52, 0x54, 0]], ['mac', [2, 0, 0, 0, 0, 1]],
  ]);
  const { matches: _matches, span: _span, ...rest } = web ?? assert.fail();
  assert.deepEqual(rest, {
    name: 'web', kernel: 'linux/vmlinuz', initrds: ['linux/initrd.img', 'linux/extra.img'],
    arguments: 'console=ttyS0 name=${hostname} ip=${ip} mac=${mac} from=${node}', isOnce: false,
  });
  assert.equal(local?.name, 'local');
});

const caretRows: readonly (readonly [id: string, text: string])[] = [
  ['a variable that is none, one that is not closed, and a bare $', `profile "a" {
  match host "web-*"; kernel "k";
  arguments "x=\${hostnam}";
#              ^^^^^^^^^^ C1415
  arguments "x=\${ip y=$1 z=\${node}";
#              ^^^^ C1415
#                     ^^ C1415
}`],
  ['a subject that is none', `profile "a" {
  match hots "web-*"; kernel "k";
#       ^^^^ C1416
}`],
  ['a name twice', `profile "a" { match host "web-*"; kernel "k"; }
  profile "a" { match host "web-1"; kernel "k"; }
#         ^^^ C1414`],
  ['files that are no files below the root', `profile "a" {
  match host "web-*";
  kernel "http://10.0.0.1/k";
# ^^^^^^^^^^^^^^^^^^^^^^^^^^^ C1412
  initrd "../etc/shadow";
# ^^^^^^^^^^^^^^^^^^^^^^^ C1412
  initrd "two words";
# ^^^^^^^^^^^^^^^^^^^ C1412
  arguments "say=\\"hello\\"";
# ^^^^^^^^^^^^^^^^^^^^^^^^^^ C1412
  arguments "a && b";
# ^^^^^^^^^^^^^^^^^^^ C1412
}`],
  ['what has no place', `profile "a" {
  match host "web-*"; kernel "k";
  root "/srv";
# ^^^^^^^^^^^^ C1411
  default-lease-time 60;
# ^^^^^^^^^^^^^^^^^^^^^^ C1411
}`],
  ['an address too long', `profile "a" {
  kernel "k";
  match mac 52:54:00:00:00:01:02;
#           ^^^^^^^^^^^^^^^^^^^^ C1412
}`],
  ['nobody of dhcpd.conf', `profile "a" {
  kernel "k";
  match host "WEB-?", "db-*";
#                     ^^^^^^ C1417
  match group "workers";
#             ^^^^^^^^^ C1417
  match class "PXE", "ipxe";
#                    ^^^^^^ C1417
}`],
];
for (const [id, text] of caretRows)
  test(`carets: ${id}`, () => {
    const conf = `boot {\n${text}\n}\n`;
    const { report } = check(hosts, { 'leasehold.conf': conf });
    const ours = report.filter(({ code }) => code.startsWith('C14'));
    assert.deepEqual(marksOf(ours), expectedMarks(conf), report.map(({ code, message }) => `${code} ${message}`).join('\n'));
    for (const { help, code } of ours) assert.ok(help !== undefined, `${code} has a remedy`);
  });

test('a profile that boots nothing, or is nobody’s, is complained about at its head', () => {
  for (const [text, message] of [
    ['profile "a" { match host "web-1"; }', 'this profile has no kernel'],
    ['profile "a" { kernel "k"; }', 'this profile is nobody’s'],
  ] as const) {
    const [found] = check(hosts, { 'leasehold.conf': `boot { ${text} }` }).diagnostics;
    assert.deepEqual([found?.code, found?.message, found && found.span.file.text.slice(found.span.start, found.span.end)], ['C1413', message, 'profile "a"']);
  }
});
test('the nearest word is named', () => {
  const helpOf = (text: string): string | undefined => check(hosts, { 'leasehold.conf': `boot { ${text} }` }).diagnostics[0]?.help;
  assert.equal(helpOf('profile "a" { match host "web-1"; kernel "k"; arguments "${hostnam}"; }'), 'did you mean ${hostname}?');
  assert.equal(helpOf('profile "a" { match hots "web-1"; kernel "k"; }'), 'did you mean host?');
});

const refusals: readonly (readonly [text: string, ...codes: readonly string[]])[] = [
  ['profile { kernel "k"; }', 'C1411'],
  ['profile "a" { match 5; kernel "k"; }', 'C0026'],
  ['profile "a" { match host 5; kernel "k"; match host "web-1"; }', 'C1417'],
  ['profile "a" { match host; kernel "k"; }', 'C0026'],
  ['profile "a" { match mac "x"; kernel "k"; }', 'C0010'],
  ['profile "a" { match host "web-1" kernel "k"; }', 'C0020'],
];
for (const [text, ...codes] of refusals)
  test(`refused: ${text}`, () => {
    assert.deepEqual(check(hosts, { 'leasehold.conf': `boot { ${text} }` }).diagnostics.map(({ code }) => code), codes);
  });
test('each points at its words, as the golden file shows', () => {
  const texts = [...caretRows.map(([, text]) => text), 'profile "a" { match host "web-1"; }', 'profile "a" { kernel "k"; }', ...refusals.map(([text]) => text)];
  const plain = (text: string): string => text.split('\n').filter((line) => !line.startsWith('#')).join('\n').trim();
  expectGolden('test/golden/conf/boot-profiles.txt', 'What boot profiles may not say.', texts.map((text) => {
    const conf = `boot {\n${plain(text)}\n}\n`;
    return { title: plain(text).split('\n')[0] ?? '', said: check(hosts, { 'leasehold.conf': conf }).report.filter(({ code }) => code.startsWith('C14')) };
  }));
});
test('dhcpd.conf has no profiles, and its match stays its own', () => {
  assert.equal(check('profile "a" { }').config, undefined);
  assert.equal(check('class "a" { match hardware; }').diagnostics.length, 0);
});
test('no text of a boot block stops the reader', () => {
  const word = fc.constantFrom(
    'boot', 'profile', '"a"', 'match', 'host', 'mac', 'class', '"web-*"', '52:54', '5', 'kernel', '"k"', 'initrd', 'arguments', '"${ip"', '"$"', 'next-server', 'self',
    'x64-loader', '{', '}', ';', ',', ':', 'if', 'include', 'on', '#', '\n',
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 30 }), (words) => {
      const text = `boot { ${words.join(' ')}`;
      const { config, diagnostics } = check(hosts, { 'leasehold.conf': text });
      assert.equal(config === undefined, diagnostics.some(({ severity }) => severity === 'error'));
      for (const { span } of diagnostics) assert.ok(span.start <= span.end && span.end <= span.file.text.length);
    }),
    { numRuns: 400 },
  );
});
