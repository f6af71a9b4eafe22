// Whole files: valid ones parse without a word, print and read back as the same tree, and huge ones take no time.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { included, inTheField, oddities, places, statements } from '../../test/differential/accept-inputs.ts';
import { Prng } from '../std/prng.ts';
import { print } from './printer.ts';
import { decodeSource } from './source-text.ts';
import { isAccepted, mutate, parseText, shapeOf } from './testing.ts';

const folder = 'test/golden/conf/valid';
const read = (name: string): string => decodeSource(readFileSync(`${folder}/${name}`));
const names = readdirSync(folder).filter((name) => name.endsWith('.conf'));
const files = { ...included, 'included/dhcpd.hosts': read('included/dhcpd.hosts') };

/** What is read, and said not to be served or to have no effect. */
const notServed = new Set(['C0219', 'C0221', 'C0802', 'C0803']);

for (const name of names)
  test(`${name} is read without complaint`, () => {
    const { diagnostics } = parseText(read(name), files, name);
    assert.deepEqual(diagnostics.filter(({ code }) => !notServed.has(code)).map(({ code, message }) => `${code} ${message}`), []);
  });

const roundTrip = (text: string): void => {
  const { tree } = parseText(text, files);
  const printed = print(tree);
  const again = parseText(printed, files);
  assert.deepEqual(shapeOf(again.tree), shapeOf(tree), text);
  assert.equal(print(again.tree), printed, text);
};

for (const name of names)
  test(`${name} prints as text of the same tree`, () => {
    roundTrip(read(name));
  });

test('the canonical form of one of each', () => {
  const { tree } = parseText(read('pxe-arch.conf'), files);
  assert.equal(
    print(tree).split('\n').slice(12, 29).join('\n'),
    `option pxelinux.reboottime code 211 = unsigned integer 32;
class "pxeclients" {
  match if substring(option vendor-class-identifier, 0, 9) = "PXEClient";
  next-server 192.0.2.10;
  if exists ipxe.http {
    filename "http://192.0.2.10/boot.ipxe";
  } elsif option architecture-type = 00:07 {
    filename "uefi/shimx64.efi";
  } elsif option architecture-type = 00:0b {
    filename "uefi/arm64.efi";
  } else {
    filename "pxelinux/pxelinux.0";
  }
}
class "httpclients" {
  match if substring(option vendor-class-identifier, 0, 10) = "HTTPClient";
  option vendor-class-identifier "HTTPClient";`,
  );
});

const seed = Number(process.env['SEED'] ?? 20261124);
const inputs = [
  ...names.map(read),
  ...inTheField,
  ...oddities,
  ...Object.values(places).flatMap((wrap) => statements.map(wrap)),
];

test(`whatever is accepted prints as text of the same tree (seed ${seed})`, () => {
  const prng = new Prng(seed);
  let accepted = 0;
  for (let round = 0; round < 3000; round++) {
    const text = round < inputs.length ? (inputs[round] ?? '') : mutate(prng.pick(inputs), prng);
    const { tree, diagnostics } = parseText(text, files);
    if (!isAccepted(diagnostics) || JSON.stringify(shapeOf(tree)).includes('"skipped"')) continue;
    accepted += 1;
    roundTrip(text);
  }
  assert.ok(accepted > 600, `only ${accepted} accepted`);
});

/** Hosts as provisioning tools write them, a pool every hundred. */
function hugeFile(lines: number): string {
  const out = ['authoritative;', 'option arch code 93 = unsigned integer 16;'];
  for (let index = 0; out.length < lines; index++) {
    const [a, b] = [(index >> 8) & 255, index & 255];
    out.push(
      `host node-${index}.cluster.example.org {`,
      `  hardware ethernet 52:54:00:${[index >> 16, a, b].map((byte) => (byte & 255).toString(16)).join(':')};`,
      `  fixed-address 10.${index >> 16}.${a}.${b};`,
      `  option host-name "node-${index}"; # rack ${index % 42}`,
      '  if option arch = 00:07 { filename "shim.efi"; } else { filename "pxelinux.0"; }',
      '}',
    );
  }
  return out.join('\n');
}

/** Processor time of a reading in ms, the best of three: what else the machine does is not in it. */
function readingMillis(text: string): number {
  const times = [0, 1, 2].map(() => {
    const started = process.cpuUsage();
    parseText(text);
    return process.cpuUsage(started).user / 1000;
  });
  return Math.min(...times);
}

test('twenty times the lines take about twenty times as long', () => {
  const { tree, diagnostics } = parseText(hugeFile(20_000));
  assert.deepEqual(diagnostics, []);
  assert.ok(tree.body.length > 3000);
  const [small, large] = [hugeFile(1_000), hugeFile(20_000)];
  readingMillis(small);
  const ratio = readingMillis(large) / readingMillis(small);
  // Anything quadratic would be at 400.
  assert.ok(ratio < 100, `${ratio.toFixed(0)} times as long`);
});

test('a file full of mistakes takes a few times as long as one without, not more', () => {
  const text = hugeFile(20_000);
  const broken = text.replaceAll('hardware ethernet', 'hardware-ethernet').replaceAll('";', '"');
  assert.ok(parseText(broken).diagnostics.length > 3000);
  const ratio = readingMillis(broken) / readingMillis(text);
  assert.ok(ratio < 20, `${ratio.toFixed(1)} times as long`);
});
