// When a boot counts as the once that was set: a table of what a machine fetches.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BootChoice } from '../model/boot-choice.ts';
import type { UnixSeconds } from '../std/time.ts';
import { BootProgress, bootsMax, type SentFile } from './boot-progress.ts';
import { MachineFiles } from './machine-files.ts';

const mac = '525400aa0001';
const choice = (more: Partial<BootChoice> = {}): BootChoice => ({ mac, target: 'install', profile: '', setAt: 7 as UnixSeconds, state: 'pending', ...more });
const profile = { name: 'web', kernel: 'linux/./vmlinuz', initrds: ['linux/a.img', 'linux/b.img'], arguments: '', isOnce: false };

function progressOf(choices: readonly BootChoice[], isOnce = false): BootProgress {
  const files = new MachineFiles();
  files.setProfiles([{ ...profile, isOnce }, { ...profile, name: 'rescue', kernel: 'rescue', initrds: [] }]);
  files.put({ mac, hostName: 'web-1', ip: '10.0.0.9', profile: 'web' });
  for (const each of choices) files.choose(each);
  return new BootProgress(files);
}
/** `NAME` by TFTP from 10.0.0.9; `http:` in front for HTTP, `@` and an address behind for somebody else. */
function fileOf(text: string): SentFile {
  const [name = '', client = '10.0.0.9'] = text.replace(/^http:/, '').split('@');
  const isOwn = /01-|\.ipxe$/.test(name);
  return { protocol: text.startsWith('http:') ? 'http' : 'tftp', client, name, profile: isOwn ? 'web' : '' };
}
const own = 'pxelinux.cfg/01-52-54-00-aa-00-01';
const all = [own, 'linux/vmlinuz', 'linux/a.img', 'linux/b.img'];
const set = [choice()];

const rows: readonly (readonly [id: string, choices: readonly BootChoice[], names: readonly string[], isComplete: boolean])[] = [
  ['pxelinux', set, ['pxelinux.0', 'ldlinux.c32', ...all], true],
  ['GRUB, with slashes', set, ['grubx64.efi', '/grub/grub.cfg', '/grub/grub.cfg-01-52:54:00:aa:00:01', '/linux/vmlinuz', '/linux/a.img', '/linux/b.img'], true],
  ['iPXE by HTTP', set, ['http:/ipxe/01-52-54-00-aa-00-01.ipxe', 'http:/linux/vmlinuz', 'http:/linux/a%2eimg', 'http:/linux/b.img?x=1'], true],
  ['files in another order, some twice', set, [own, 'linux/b.img', 'linux/b.img', 'linux/a.img', 'linux/vmlinuz'], true],
  ['without the last initrd', set, all.slice(0, -1), false],
  ['without its own file, another one was told', set, all.slice(1), false],
  ['files for somebody else’s address', set, [own, ...all.slice(1).map((name) => `${name}@10.0.0.10`)], false],
  ['begun twice', set, [...all.slice(0, 3), ...all], true],
  ['begun again, the rest is from before', set, [...all.slice(0, 3), own, 'linux/b.img'], false],
  ['nothing set', [], all, false],
  ['taken back', [choice({ target: 'none', state: 'done' })], all, false],
  ['done already: it is told to boot from its disk', [choice({ state: 'done' })], all, false],
];
for (const [id, choices, names, isComplete] of rows)
  test(`${isComplete ? 'once' : 'not yet'}: ${id}`, () => {
    const progress = progressOf(choices);
    const found = names.map((name) => progress.sent(fileOf(name)));
    assert.deepEqual(found.at(-1), isComplete ? { mac, setAt: 7 } : undefined);
    assert.ok(found.slice(0, -1).every((each) => each === undefined), 'not before the last file');
  });

test('the profile that was chosen counts, not the one that fits', () => {
  const progress = progressOf([choice({ profile: 'rescue' })]);
  assert.equal(progress.sent(fileOf(own)), undefined);
  assert.deepEqual(progress.sent(fileOf('rescue')), { mac, setAt: 7 });
});
test('a profile that boots once counts by itself, and says that nothing was set', () => {
  const progress = progressOf([], true);
  assert.deepEqual(all.map((name) => progress.sent(fileOf(name))).at(-1), { mac, setAt: 0 });
});
test('a file that is on disk, or says to boot from there, begins nothing', () => {
  const progress = progressOf(set);
  progress.sent({ ...fileOf(own), profile: '' });
  assert.deepEqual(all.slice(1).map((name) => progress.sent(fileOf(name))), [undefined, undefined, undefined]);
});
test('names that are no paths, and more machines than are remembered', () => {
  const progress = progressOf(set);
  for (const name of ['..', '', '\u0000', 'http:/%zz']) assert.equal(progress.sent(fileOf(name)), undefined);
  progress.sent(fileOf(own));
  for (let n = 0; n < bootsMax; n++) progress.sent(fileOf(`${own}@host-${n}`));
  assert.deepEqual(all.slice(1).map((name) => progress.sent(fileOf(name))).at(-1), undefined, 'the first was forgotten');
  assert.deepEqual(all.slice(1).map((name) => progress.sent(fileOf(`${name}@host-9`))).at(-1), { mac, setAt: 7 });
});
