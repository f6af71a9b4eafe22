// Which names mean the same machine.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { macNameOf, sameMachine } from './mac-name.ts';

const none: readonly string[] = [
  'pxelinux.cfg/default', 'pxelinux.cfg/0A4D0064', 'pxelinux.cfg/01004d56-aaaa-bb4b-8ccc-0123456789ab', '01-52-54-00-aa-00-01',
  'other/01-52-54-00-aa-00-01', 'grub.cfg', 'grub.cfg-0A4D0064', 'pxelinux.cfg/01-52-54-00-aa-00', 'pxelinux.cfg/01-52-54-00-aa-00-01-02',
  'pxelinux.cfg/x01-52-54-00-aa-00-01',
];
for (const path of none) test(`no MAC name: ${path}`, () => assert.equal(macNameOf(path), undefined));

test('MAC names wherever the loader looks', () => {
  assert.deepEqual(macNameOf('pxelinux.cfg/01-52-54-00-aa-00-0b'), { folder: 'pxelinux.cfg', digits: '01525400aa000b', form: 'pxelinux' });
  assert.deepEqual(macNameOf('bios/pxelinux.cfg/01:52:54:00:AA:00:0B')?.digits, '01525400aa000b');
  assert.deepEqual(macNameOf('grub.cfg-01-52-54-00-aa-00-0b'), { folder: '', digits: '01525400aa000b', form: 'grub' });
  assert.equal(macNameOf('grub/grub.cfg-01525400AA000B')?.folder, 'grub');
});

test('the same machine in other letters, and no other', () => {
  const wanted = macNameOf('pxelinux.cfg/01-52-54-00-aa-00-0b');
  assert.ok(wanted !== undefined);
  assert.equal(sameMachine(wanted, ['default', '01-52-54-00-AA-00-0B', '01-52-54-00-aa-00-0c']), '01-52-54-00-AA-00-0B');
  assert.equal(sameMachine(wanted, ['01525400aa000b', '01:52:54:00:aa:00:0b']), '01525400aa000b');
  assert.equal(sameMachine(wanted, ['06-52-54-00-aa-00-0b', 'grub.cfg-01-52-54-00-aa-00-0b', 'DEFAULT']), undefined);
});
