// The same configurations through a real dhcpd (`dhcpd -4 -t`) and through ours: both accept or both refuse, and the first thing said
// is the same, file, line and words. What follows the first mistake is allowed to differ: dhcpd gives up more than it must.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { loadConfig } from '../../src/config/load-config.ts';
import { renderDhcpd } from '../../src/lang/dhcpd-format.ts';
import { decodeSource, encodeSource } from '../../src/lang/source-text.ts';
import { mutate } from '../../src/lang/testing.ts';
import { Prng } from '../../src/std/prng.ts';
import { included, inTheField, oddities, otherBuilds, places, statements, twoPeersOfOnePair } from './accept-inputs.ts';
import { fieldFiles, ldapFile } from './field-inputs.ts';

const isNight = process.env['LEASEHOLD_NIGHT'] === '1';
const version = spawnSync('dhcpd', ['--version'], { encoding: 'utf8' });
const isMissing = version.error !== undefined;
const skip = isMissing && process.env['CI'] !== 'true' ? 'dhcpd is not installed (Debian package isc-dhcp-server)' : false;

const seed = Number(process.env['SEED'] ?? 20261124);
const folder = mkdtempSync(join(tmpdir(), 'leasehold-accept-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const corpusFolder = 'test/golden/conf/valid';
const corpus = readdirSync(corpusFolder).filter((name) => name.endsWith('.conf'));
const readCorpus = (name: string): string => decodeSource(readFileSync(join(corpusFolder, name)));
const files: Readonly<Record<string, string>> = { ...included, 'included/dhcpd.hosts': readCorpus('included/dhcpd.hosts') };

interface Verdict {
  readonly isAccepted: boolean;
  /** Everything that was said about the configuration. */
  readonly said: string;
}

/** Said by statements that dhcpd executes when it starts, and by the start itself. */
const notAboutTheText =
  /^(Config file|Database file|PID file|data: |lease_id_format is|Not using fsync|Setting server-id-check|Failover configuration sanity check failed).*\n|^(\w+ opcode in evaluate_.*|.*: no such function\.|x|other|hello)\n/gm;

function askDhcpd(text: string): Verdict | 'crashed' {
  const path = join(folder, 'test.conf');
  writeFileSync(path, encodeSource(text));
  const run = spawnSync('dhcpd', ['-4', '-t', '-cf', 'test.conf'], { cwd: folder, timeout: 20_000 });
  if (run.signal !== null) return 'crashed';
  const said = decodeSource(run.stderr)
    .replace(/^Internet Systems Consortium[^]*?\nFor info, .*\n/, '')
    .replace(/^Configuration file errors encountered[^]*/m, '')
    .replace(/\n\nIf you think you have received this message[^]*/, '\n')
    .replace(notAboutTheText, '');
  return { isAccepted: run.status === 0, said };
}

function askOurs(text: string): Verdict {
  const loaded = loadConfig({
    path: 'test.conf',
    read: (path) => {
      const found = path === 'test.conf' ? text : files[path];
      return found === undefined ? { ok: false, error: { problem: 'No such file or directory' } } : { ok: true, value: found };
    },
  });
  assert.ok(loaded.ok);
  return { isAccepted: loaded.value.config !== undefined, said: renderDhcpd(loaded.value.diagnostics) };
}

/** Where we differ knowingly, and why. */
const knownDifferences = new Map([
  ['group {\ndynamic;\n}\n', 'dhcpd cannot read the groups it writes itself'],
  ['group {\ndeleted;\n}\n', 'dhcpd cannot read the groups it writes itself'],
  ['failover peer "f" state { my state normal; }', 'a lease-file record in a configuration: harmless'],
  ['omapi-key nokey;', 'dhcpd prints freed memory for the name'],
  [otherBuilds.ldap, 'a dhcpd built with LDAP accepts it: read, said, not served'],
  [ldapFile, 'the same, as it is written in the field'],
  [otherBuilds.eui64, 'a dhcpd built with EUI-64 accepts it: read, said, not served'],
  [twoPeersOfOnePair, 'connections of both relationships would look alike'],
]);

const firstLine = (text: string): string => text.split('\n')[0] ?? '';

/** A file that ends behind `=`: dhcpd looks at a variable it never set, and may say nothing. */
const isUndefinedBehaviour = (text: string): boolean => /=\s*$/.test(text);

/** undefined: alike, or dhcpd crashed. */
function difference(text: string): string | undefined {
  if (isUndefinedBehaviour(text)) return undefined;
  const theirs = askDhcpd(text);
  if (theirs === 'crashed') return undefined;
  const ours = askOurs(text);
  if (theirs.isAccepted === ours.isAccepted && firstLine(theirs.said) === firstLine(ours.said)) return undefined;
  const verdict = ({ isAccepted, said }: Verdict): string => `${isAccepted ? 'accepts' : 'refuses'}: ${firstLine(said)}`;
  return `${text}\n  dhcpd ${verdict(theirs)}\n  ours  ${verdict(ours)}`;
}

function compareAll(inputs: readonly string[]): void {
  const different = inputs.filter((text) => !knownDifferences.has(text)).flatMap((text) => difference(text) ?? []);
  assert.deepEqual(different, []);
}

if (skip === false) {
  mkdirSync(dirname(join(folder, 'included/x')), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), encodeSource(text));
}

for (const [place, wrap] of Object.entries(places))
  test(`every statement, place: ${place}`, { skip }, () => {
    compareAll(statements.map(wrap));
  });

test('mistakes and oddities one by one', { skip }, () => {
  compareAll(oddities);
});

test('what public configurations contain', { skip }, () => {
  compareAll([...inTheField, ...corpus.map(readCorpus)]);
});

test('whole configurations as people and tools write them', { skip }, () => {
  compareAll(fieldFiles);
});

test('it is 400 configurations or more, of which 100 or more are as public ones are, and at most 10 are judged otherwise', () => {
  const placed = Object.values(places).flatMap((wrap) => statements.map(wrap));
  const all = new Set([...placed, ...oddities, ...inTheField, ...fieldFiles, ...corpus.map(readCorpus)]);
  assert.ok(all.size >= 1_400, `${all.size} different ones`);
  assert.ok(new Set([...inTheField, ...fieldFiles]).size >= 160, `${inTheField.length} and ${fieldFiles.length}`);
  assert.ok(knownDifferences.size <= 10);
  for (const text of knownDifferences.keys()) assert.ok(all.has(text), `a difference is about a configuration that is compared: ${text}`);
});

test('known differences are still differences', { skip }, () => {
  for (const [text, reason] of knownDifferences) assert.ok(difference(text) !== undefined, `${reason}: ${text}`);
});

/** Byte for byte, all that dhcpd says: examples 1, 14, 16 and 27 of the reference. */
const whole = [
  'default-lease-time 600\nmax-lease-time 7200;\n',
  'option domain-name-servers "10.0.0.1";\n',
  'subnet 10.0.0.0 netmask 255.255.255.0 {\n  pool { allow unknown-clients; }\n}\n',
  'failover peer "f" {\n  secondary;\n  address 10.0.0.2;\n  peer address 10.0.0.3;\n  split 255;\n  load balance max seconds 3;\n}\nsubnet 10.0.0.0 netmask 255.255.255.0 { pool { failover peer "f"; range 10.0.0.9; } }\n',
];
for (const [index, text] of whole.entries())
  test(`the whole output, byte for byte: example ${index + 1}`, { skip }, () => {
    assert.deepEqual(askOurs(text), askDhcpd(text));
  });

/**
 * Damage: one or two tokens of a good file. Both must agree on acceptance always; on the first words nearly always, since two
 * mistakes in one statement can be met in another order.
 */
test(`damaged files (seed ${seed})`, { skip }, () => {
  const prng = new Prng(seed);
  // However damaged, what other builds know stays what it is.
  const otherwise = new Set<string>([...Object.values(otherBuilds), twoPeersOfOnePair]);
  const inputs = [...corpus.map(readCorpus), ...inTheField, ...oddities].filter((text) => !/execute|fatal/.test(text) && !otherwise.has(text));
  const rounds = isNight ? 5000 : 400;
  const wordsDiffer: string[] = [];
  const verdictsDiffer: string[] = [];
  for (let round = 0; round < rounds; round++) {
    let text = mutate(prng.pick(inputs), prng);
    if (prng.chance(0.3)) text = mutate(text, prng);
    const found = difference(text);
    if (found === undefined || knownDifferences.has(text)) continue;
    const verdicts = [...found.matchAll(/^ {2}(?:dhcpd|ours ) (accepts|refuses)/gm)].map((match) => match[1]);
    if (verdicts[0] !== verdicts[1]) verdictsDiffer.push(found);
    else wordsDiffer.push(found);
  }
  assert.deepEqual(verdictsDiffer, []);
  assert.ok(wordsDiffer.length <= rounds * 0.02, wordsDiffer.join('\n\n'));
});
