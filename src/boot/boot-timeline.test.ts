// Who fetched what, and the sentence about where a boot stands.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BootTimeline, filesMax, machinesMax, type TimelineFile } from './boot-timeline.ts';

const file = (name: string, outcome: string, more: Partial<TimelineFile> = {}): TimelineFile => ({
  at: 1, name, protocol: 'tftp', outcome, detail: '', bytes: 0, size: 0, repeats: 0, profile: '', ...more,
});

const rows: readonly (readonly [last: TimelineFile, stands: RegExp])[] = [
  [file('vmlinuz', 'sent', { bytes: 9 }), /^has vmlinuz \(9 bytes\)/],
  [file('ldlinux.c32', 'missing', { detail: 'missing' }), /^asked for ldlinux\.c32 at last, which is not there$/],
  [file('a', 'missing', { detail: 'kind' }), /which is no regular file$/],
  [file('vmlinuz', 'silent', { bytes: 5, size: 9 }), /^fell silent at 5 of 9 bytes of vmlinuz/],
  [file('grubx64.efi', 'stopped', { size: 9, detail: 'error 8 User aborted the transfer' }), /^stopped grubx64\.efi itself after 0 of 9 bytes: error 8/],
  [file('x', 'refused', { detail: 'unreadable' }), /which it may not have \(unreadable\)$/],
  [file('x', 'failed', { detail: 'the disk' }), /^could not be sent x: the disk$/],
];
for (const [last, stands] of rows)
  test(`a boot stands: ${last.outcome}`, () => {
    const timeline = new BootTimeline();
    timeline.file('10.0.0.9', file('pxelinux.0', 'sent'));
    timeline.file('10.0.0.9', last);
    assert.match(timeline.rows()[0]?.stands ?? '', stands);
  });

test('UEFI firmware that was given a program for a BIOS, by its way to load', () => {
  const timeline = new BootTimeline();
  timeline.file('10.0.0.9', file('pxelinux.0', 'stopped', { size: 42_430, detail: 'error 8 User aborted the transfer' }));
  timeline.file('10.0.0.9', file('pxelinux.0', 'sent', { bytes: 42_430, size: 42_430 }));
  assert.match(timeline.rows()[0]?.stands ?? '', /^has its first file and loads like UEFI firmware: pxelinux\.0 is a program for a BIOS, which UEFI firmware cannot run: give it a loader/);
  timeline.file('10.0.0.10', file('pxelinux.0', 'sent', { bytes: 9 }));
  assert.match(timeline.rows('10.0.0.10')[0]?.stands ?? '', /^has pxelinux\.0 \(9 bytes\)/, 'a BIOS asks once');
  timeline.file('10.0.0.11', file('grubx64.efi', 'stopped', { size: 9 }));
  timeline.file('10.0.0.11', file('grubx64.efi', 'sent', { bytes: 9, size: 9 }));
  assert.match(timeline.rows('10.0.0.11')[0]?.stands ?? '', /^has grubx64\.efi/);
});

test('a machine is found by address, name and MAC address, which its own file told', () => {
  const timeline = new BootTimeline();
  timeline.met({ mac: '525400000001', hostName: 'web-1', ip: '10.0.0.9', profile: 'web' });
  timeline.file('10.0.0.10', file('/pxelinux.cfg/01-52-54-00-00-00-0b', 'missing'));
  timeline.file('10.0.0.11', file('..', 'refused'));
  assert.deepEqual(timeline.rows().map(({ address, mac }) => [address, mac]), [['10.0.0.11', ''], ['10.0.0.10', '52:54:00:00:00:0b'], ['10.0.0.9', '52:54:00:00:00:01']]);
  for (const who of ['10.0.0.9', 'web-1', '52-54-00-00-00-01', '5254.0000.0001']) assert.equal(timeline.rows(who)[0]?.address, '10.0.0.9', who);
  assert.match(timeline.rows('web-1')[0]?.stands ?? '', /asked for no file$/);
  assert.deepEqual(timeline.rows('other'), []);
});
test('another machine with the address has a timeline of its own', () => {
  const timeline = new BootTimeline();
  timeline.met({ mac: '525400000001', hostName: '', ip: '10.0.0.9', profile: 'web' });
  timeline.file('10.0.0.9', file('a', 'sent'));
  timeline.met({ mac: '525400000001', hostName: '', ip: '10.0.0.9', profile: 'web' });
  assert.equal(timeline.rows()[0]?.files.length, 1);
  timeline.met({ mac: '525400000002', hostName: '', ip: '10.0.0.9', profile: 'web' });
  assert.equal(timeline.rows()[0]?.files.length, 0);
});
test('memory is bounded, in machines and in files', () => {
  const timeline = new BootTimeline();
  for (let number = 0; number < machinesMax + 5; number++) timeline.file(`10.0.${number >> 8}.${number & 255}`, file('a', 'sent'));
  assert.equal(timeline.rows().length, machinesMax);
  assert.deepEqual(timeline.rows('10.0.0.4'), []);
  for (let number = 0; number < filesMax + 3; number++) timeline.file('10.9.9.9', file(`f${number}`, 'sent'));
  const [row] = timeline.rows('10.9.9.9');
  assert.deepEqual([row?.files.length, row?.forgotten, row?.files[0]?.name], [filesMax, 3, 'f3']);
});
