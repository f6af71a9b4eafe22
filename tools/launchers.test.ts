// Which Node.js the two launchers run: the one that LEASEHOLD_NODE names, one that lies beside the program, the machine's.

import assert from 'node:assert/strict';
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const repository = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'leasehold-launchers-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Status of a launcher that cannot start: dhcpd's own is 1. */
const launchers = [
  { path: 'leasehold', words: [], status: 2 },
  { path: 'bin/dhcpd', words: ['dhcpd'], status: 1 },
] as const;

/** A program without its sources, as it is installed, that says with which words it was started and by which Node.js. */
function install(name: string): string {
  const place = join(folder, name);
  for (const part of ['bin', 'dist']) mkdirSync(join(place, part), { recursive: true });
  for (const { path } of launchers) copyFileSync(join(repository, path), join(place, path));
  writeFileSync(join(place, 'dist/leasehold.mjs'), 'console.log(JSON.stringify([process.env.CHOSEN ?? "", ...process.argv.slice(2)]));\n');
  return place;
}
/** A Node.js that can be told from others. */
function nodeAt(path: string, name: string): string {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `#!/bin/sh\nCHOSEN=${name} exec '${process.execPath}' "$@"\n`);
  chmodSync(path, 0o755);
  return path;
}
const run = (program: string, env: NodeJS.ProcessEnv): SpawnSyncReturns<string> =>
  spawnSync(program, ['-t', 'a b'], { encoding: 'utf8', env: { PATH: process.env['PATH'], ...env } });

for (const { path, words, status } of launchers) {
  test(`${path} runs what lies beside it, or the machine's Node.js`, () => {
    const place = install(`beside-${words.length}`);
    assert.deepEqual(JSON.parse(run(join(place, path), {}).stdout), ['', ...words, '-t', 'a b']);
    nodeAt(join(place, 'node/bin/node'), 'beside');
    assert.deepEqual(JSON.parse(run(join(place, path), {}).stdout), ['beside', ...words, '-t', 'a b']);
    symlinkSync(join(place, path), join(place, 'link'));
    assert.deepEqual(JSON.parse(run(join(place, 'link'), {}).stdout), ['beside', ...words, '-t', 'a b']);
  });

  test(`${path} runs the Node.js that LEASEHOLD_NODE names, or none`, () => {
    const place = install(`named-${words.length}`);
    nodeAt(join(place, 'node/bin/node'), 'beside');
    const named = nodeAt(join(place, 'elsewhere/node'), 'named');
    assert.deepEqual(JSON.parse(run(join(place, path), { LEASEHOLD_NODE: named }).stdout), ['named', ...words, '-t', 'a b']);
    const result = run(join(place, path), { LEASEHOLD_NODE: '/nowhere/node' });
    assert.equal(result.status, status);
    assert.equal(result.stdout, '');
    assert.match(result.stderr, /^\w+: no \/nowhere\/node: install Node\.js 20\.19 or later, or correct LEASEHOLD_NODE\n$/);
  });
}

test('leasehold that its user may not build runs what is there, and says that it is old', () => {
  const place = install('older');
  for (const path of ['src', 'node_modules/koffi']) mkdirSync(join(place, path), { recursive: true });
  writeFileSync(join(place, 'src/main.ts'), '');
  const program = join(place, 'dist/leasehold.mjs');
  utimesSync(program, 1, 1);
  chmodSync(program, 0o444);
  // For whoever may write everywhere it lies where nobody can, as under the unit's ProtectSystem=strict.
  const readOnly = ['unshare', '--mount', 'sh', '-c', 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$0/leasehold" "$@"', place];
  const [command = '', ...words] = [...(process.getuid?.() === 0 ? readOnly : [join(place, 'leasehold')]), '-t'];
  const { status, stdout, stderr } = spawnSync(command, words, { encoding: 'utf8' });
  assert.deepEqual([status, JSON.parse(stdout)], [0, ['', '-t']]);
  assert.match(stderr, /^leasehold: \S+leasehold\.mjs is older than its sources, and this user may not build it: run \S+leasehold --version as its owner\n$/);
});
