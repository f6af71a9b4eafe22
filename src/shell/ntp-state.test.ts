// The kernel's word about its clock: told once, and again only when it changed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NtpState } from './ntp-state.ts';

test('the state is told once, and not again while it stays', () => {
  const ntp = new NtpState();
  assert.equal(typeof ntp.changed(0), 'boolean');
  assert.equal(ntp.changed(1_000), undefined);
  assert.equal(ntp.changed(61_000), undefined);
});
