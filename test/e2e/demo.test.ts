// `leasehold demo`: it plays to its end with either partner, and leaves nothing behind, also when it is interrupted.

import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { before, test, type TestContext } from 'node:test';
import { execFileSync } from 'node:child_process';
import { Child } from '../../src/cli/lab/child.ts';
import { ip, skipWithout } from './support/namespaces.ts';

const skip = skipWithout('udhcpc', 'nft');

before(() => {
  if (skip === false) execFileSync(process.execPath, ['--import', 'tsx', 'tools/build.ts'], { stdio: 'inherit' });
});

function play(t: TestContext, ...words: string[]): Child {
  const child = new Child([process.execPath, 'dist/leasehold.mjs', 'demo', ...words]);
  t.after(() => child.stop('SIGTERM'));
  return child;
}

function assertNothingLeft(pid: number): void {
  const own = `lh${pid}-`;
  assert.doesNotMatch(ip('netns', 'list'), new RegExp(`^${own}`, 'm'));
  const etc = existsSync('/etc/netns') ? readdirSync('/etc/netns').filter((name) => name.startsWith(own)) : [];
  assert.deepEqual(etc, []);
}

for (const partner of ['leasehold', 'isc'] as const)
  test(`the demo shows what it promises, with ${partner} as partner`, { skip: skip || (partner === 'isc' && skipWithout('dhcpd')) }, async (t) => {
    const demo = play(t, '--partner', partner);
    const { code } = await demo.exited;
    assert.equal(code, 0, demo.text);
    for (const name of ['bootstrap', 'master01', 'master02', 'master03', 'worker01', 'worker02', 'worker03'])
      assert.equal(demo.lines.filter((line) => line.includes(`✓ ${name}`)).length, 3, `${name} boots three times`);
    assert.match(demo.text, /✓ stranger {3}52:54:00:99:99:99 {2}gets nothing/);
    assert.match(demo.text, /because {2}dhcp01: DHCPDISCOVER from 52:54:00:99:99:99 via eth0: .*unknown client/);
    assertNothingLeft(demo.pid);
  });

test('an interrupted demo cleans up', { skip }, async (t) => {
  const folders = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('leasehold-demo-'));
  const before = folders();
  const demo = play(t);
  await demo.line(/Both servers normal/);
  demo.process.kill('SIGINT');
  const { code } = await demo.exited;
  assert.equal(code, 2, demo.text);
  assertNothingLeft(demo.pid);
  assert.deepEqual(folders(), before);
});
