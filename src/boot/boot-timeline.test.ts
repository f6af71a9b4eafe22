// Who fetched what, and the sentence about where a boot stands.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BootStep } from '../model/boot-desk.ts';
import { BootTimeline, machinesMax, stepsMax, type TimelineFile } from './boot-timeline.ts';

const file = (name: string, outcome: string, more: Partial<TimelineFile> = {}): TimelineFile => ({
  kind: 'file', at: 1, name, protocol: 'tftp', outcome, detail: '', bytes: 0, size: 0, repeats: 0, profile: '', ...more,
});

const step = (more: Partial<BootStep> = {}): BootStep => ({
  mac: '525400000001', host: 'web-1', profile: 'web', ip: '10.0.0.9', asker: 'firmware', architecture: 7, kind: 'ack', file: 'grubx64.efi', server: '10.0.0.1', problem: '', ...more,
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

test('a row of names, none of which is there, is told as one', () => {
  const timeline = new BootTimeline();
  timeline.file('10.0.0.9', file('ldlinux.c32', 'sent'));
  for (const name of ['01-52-54-00-00-00-01', '0A000009', 'default']) timeline.file('10.0.0.9', file(`pxelinux.cfg/${name}`, 'missing', { detail: 'missing' }));
  assert.equal(timeline.rows()[0]?.stands, 'asked for 3 names one after the other, and none is there: pxelinux.cfg/01-52-54-00-00-00-01 first, pxelinux.cfg/default at last');
});

const answers: readonly (readonly [id: string, steps: readonly Partial<BootStep>[], stands: RegExp])[] = [
  ['offered', [{ kind: 'offer' }], /^was offered 10\.0\.0\.9, grubx64\.efi from 10\.0\.0\.1, and has not taken it yet \(UEFI firmware of an x86-64 machine\)/],
  ['told its file', [{ kind: 'offer' }, {}], /^was told grubx64\.efi from 10\.0\.0\.1 \(UEFI firmware of an x86-64 machine\), and has not asked here for a file since$/],
  ['told no file', [{ file: '', server: '' }], /^was given 10\.0\.0\.9 and told no file \(UEFI/],
  ['told a file and no server', [{ server: '' }], /^was told grubx64\.efi, and no server to fetch it from \(UEFI/],
  ['iPXE', [{}, { asker: 'ipxe', file: 'http://10.0.0.1/a.ipxe' }], /^was told http:\/\/10\.0\.0\.1\/a\.ipxe \(iPXE\)/],
  ['its system', [{}, { asker: 'system', architecture: 0, file: '', server: '' }], /^is up: its system got 10\.0\.0\.9 by DHCP$/],
  ['a problem', [{ kind: 'offer', problem: 'is told a file that it cannot run: x' }], /^is told a file that it cannot run: x$/],
];
for (const [id, told, stands] of answers)
  test(`a boot stands at an answer by DHCP: ${id}`, () => {
    const timeline = new BootTimeline();
    for (const each of told) timeline.dhcp(step(each), 1);
    assert.match(timeline.rows('web-1')[0]?.stands ?? '', stands);
  });
test('a problem counts while nothing but the file with it was fetched', () => {
  const timeline = new BootTimeline();
  const problem = 'is told a file that it cannot run: x';
  timeline.dhcp(step({ file: 'pxelinux.0', problem }), 1);
  timeline.file('10.0.0.9', file('/pxelinux.0', 'sent', { bytes: 9 }));
  assert.equal(timeline.rows()[0]?.stands, problem);
  timeline.file('10.0.0.9', file('grub.cfg', 'sent', { bytes: 9 }));
  assert.match(timeline.rows()[0]?.stands ?? '', /^has grub\.cfg/);
});
test('the same answer once more is counted, another one is a step', () => {
  const timeline = new BootTimeline();
  for (const more of [{ kind: 'offer' }, { kind: 'offer' }, {}, {}, { file: 'other' }] as const) timeline.dhcp(step(more), 1);
  assert.deepEqual(timeline.rows()[0]?.steps.map(({ kind, repeats }) => [kind, repeats]), [['offer', 1], ['ack', 1], ['ack', 0]]);
});

test('a machine is found by address, name and MAC address, which DHCP or its own file told', () => {
  const timeline = new BootTimeline();
  timeline.dhcp(step(), 1);
  timeline.file('10.0.0.10', file('/pxelinux.cfg/01-52-54-00-00-00-0b', 'missing'));
  timeline.file('10.0.0.11', file('..', 'refused'));
  assert.deepEqual(timeline.rows().map(({ address, mac }) => [address, mac]), [['10.0.0.11', ''], ['10.0.0.10', '52:54:00:00:00:0b'], ['10.0.0.9', '52:54:00:00:00:01']]);
  for (const who of ['10.0.0.9', 'web-1', '52-54-00-00-00-01', '5254.0000.0001']) assert.equal(timeline.rows(who)[0]?.address, '10.0.0.9', who);
  assert.deepEqual(timeline.rows('other'), []);
});
test('another machine with the address has a timeline of its own', () => {
  const timeline = new BootTimeline();
  timeline.dhcp(step(), 1);
  timeline.file('10.0.0.9', file('a', 'sent'));
  timeline.dhcp(step(), 2);
  assert.equal(timeline.rows()[0]?.steps.length, 3);
  timeline.dhcp(step({ mac: '525400000002' }), 3);
  assert.equal(timeline.rows()[0]?.steps.length, 1);
  assert.deepEqual(timeline.rows('52:54:00:00:00:01'), []);
});
test('a machine whose system gets another address than its firmware keeps its timeline', () => {
  const timeline = new BootTimeline();
  timeline.dhcp(step(), 1);
  timeline.file('10.0.0.9', file('a', 'sent'));
  timeline.dhcp(step({ asker: 'system', ip: '10.0.0.20', file: '' }), 2);
  assert.deepEqual(timeline.rows().map(({ address, steps }) => [address, steps.length]), [['10.0.0.20', 3]]);
  timeline.dhcp(step({ mac: '525400000002', ip: '10.0.0.9' }), 3);
  assert.deepEqual(timeline.rows().map(({ address, steps }) => [address, steps.length]), [['10.0.0.9', 1], ['10.0.0.20', 3]]);
});
test('memory is bounded, in machines and in steps', () => {
  const timeline = new BootTimeline();
  for (let number = 0; number < machinesMax + 5; number++) timeline.dhcp(step({ mac: number.toString(16).padStart(12, '0'), ip: `10.0.${number >> 8}.${number & 255}` }), 1);
  assert.equal(timeline.rows().length, machinesMax);
  assert.deepEqual(timeline.rows('10.0.0.4'), []);
  for (let number = 0; number < stepsMax + 3; number++) timeline.file('10.9.9.9', file(`f${number}`, 'sent'));
  const [row] = timeline.rows('10.9.9.9');
  const [first] = row?.steps ?? [];
  assert.deepEqual([row?.steps.length, row?.forgotten, first?.kind === 'file' && first.name], [stepsMax, 3, 'f3']);
});
