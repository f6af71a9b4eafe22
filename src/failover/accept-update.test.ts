// Acceptance of binding updates (failover reference §5.4, §5.5): order of the checks, both 7 × 7 tables, the duel.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ipv4 } from '../std/ipv4.ts';
import type { UnixSeconds } from '../std/time.ts';
import { bindingStates, type BindingState } from '../model/binding-state.ts';
import type { Rejection } from '../wire/failover-message.ts';
import { rejection, type Bndupd, type OurBinding } from './accept-update.ts';
import { serverStates, type Role } from './peer-states.ts';

const now = 100_000 as UnixSeconds;
const hardware = { htype: 1, address: Uint8Array.of(2, 0, 0, 0, 0, 1) };

const update = (status: BindingState | undefined, part: Partial<Bndupd> = {}): Bndupd => ({
  kind: 'bndupd', time: now, xid: 1, privateOptions: new Map(),
  address: 0x0a000001 as Ipv4, status, statusCode: status === undefined ? 0 : 1,
  uid: undefined, hardware: status === 'abandoned' ? undefined : hardware,
  leaseExpiration: now, potentialExpiration: (now + 500) as UnixSeconds, stos: now, cltt: now, ipFlags: undefined,
  ...part,
});
const binding = (state: BindingState, part: Partial<OurBinding> = {}): OurBinding => ({
  state, ends: (now + 3600) as UnixSeconds, cltt: now, isReserved: false, isBootp: false, unacked: undefined, isRival: false, isUnheard: false, isOwnPartner: false, ...part,
});

/** ISC's tables: ok, X reject 2, t only when the message's potential expiry has passed, e only when our end (less 65 s) has. */
const tables: Readonly<Record<Role | 'elsewhere', string>> = {
  secondary: `
own        free active expired released abandoned reset backup
free       ok   ok     ok      ok       ok        ok    ok
abandoned  ok   ok     ok      ok       ok        ok    ok
active     t    ok     e       ok       ok        ok    t
expired    t    ok     ok      ok       ok        ok    t
reset      t    ok     ok      ok       ok        ok    t
released   ok   ok     ok      ok       ok        ok    ok
backup     ok   ok     ok      ok       ok        ok    ok`,
  primary: `
own        free active expired released abandoned reset backup
free       ok   ok     ok      ok       ok        ok    ok
abandoned  ok   ok     ok      ok       ok        ok    ok
active     X    ok     X       ok       ok        X     X
expired    t    ok     ok      ok       ok        ok    t
reset      t    ok     ok      ok       ok        ok    t
released   ok   ok     ok      ok       ok        ok    ok
backup     ok   ok     ok      ok       ok        ok    ok`,
  elsewhere: `
own        free active expired released abandoned reset backup
free       ok   ok     ok      ok       ok        ok    ok
abandoned  ok   ok     ok      ok       ok        ok    ok
active     X    ok     e       ok       ok        ok    X
expired    ok   ok     ok      ok       ok        ok    ok
reset      ok   ok     ok      ok       ok        ok    ok
released   ok   ok     ok      ok       ok        ok    ok
backup     ok   ok     ok      ok       ok        ok    ok`,
};
const cellsOf = (text: string): readonly { own: BindingState; incoming: BindingState; cell: string }[] => {
  const [head, ...rows] = text.trim().split('\n').map((line) => line.trim().split(/\s+/));
  return rows.flatMap(([own, ...cells]) =>
    cells.map((cell, index) => ({ own: own as BindingState, incoming: head?.[index + 1] as BindingState, cell })),
  );
};

function checkCell(own: BindingState, incoming: BindingState, cell: string, role: Role, mine: (typeof serverStates)[number]): void {
  const reason = (message: Bndupd, ours: OurBinding): number | undefined => rejection(message, ours, role, mine, now)?.reason;
  const future = update(incoming);
  const past = update(incoming, { potentialExpiration: now });
  const running = binding(own);
  const nearlyOver = binding(own, { ends: (now + 65) as UnixSeconds });
  const notQuite = binding(own, { ends: (now + 66) as UnixSeconds });
  assert.equal(reason(future, running), cell === 'ok' || own === incoming ? undefined : 2, 'message in the future, lease running');
  assert.equal(reason(past, running), cell === 'ok' || cell === 't' || own === incoming ? undefined : 2, 'message in the past');
  assert.equal(reason(future, nearlyOver), cell === 'ok' || cell === 'e' || own === incoming ? undefined : 2, 'lease nearly over');
  assert.equal(reason(future, notQuite), cell === 'ok' || own === incoming ? undefined : 2, 'lease not quite over');
}

for (const role of ['primary', 'secondary'] as const) {
  const cells = cellsOf(tables[role]);
  test(`${role} in normal: all 49 moves`, () => {
    assert.equal(cells.length, 49);
    assert.deepEqual([...new Set(cells.map(({ own }) => own))].sort(), [...bindingStates].sort());
    for (const { own, incoming, cell } of cells) checkCell(own, incoming, cell, role, 'normal');
  });
  test(`${role} elsewhere: all 49 moves in every other state`, () => {
    for (const { own, incoming, cell } of cellsOf(tables.elsewhere))
      for (const mine of serverStates) if (mine !== 'normal') checkCell(own, incoming, cell, role, mine);
  });
}

const checks = [
  { id: 'no status', message: update(undefined), ours: binding('free'), reason: 3, text: 'binding update lacks required options' },
  {
    id: 'duel before client',
    message: update('free', { hardware: { htype: 1, address: new Uint8Array(30) } }),
    ours: binding('free', { unacked: 'free' }), reason: 16, text: 'incoming update is less critical than outgoing update',
  },
  { id: 'chaddr too long', message: update('active', { hardware: { htype: 1, address: new Uint8Array(21) } }), ours: binding('free'), reason: 6, text: 'chaddr too long' },
  { id: 'abandoned with chaddr', message: update('abandoned', { hardware }), ours: binding('free'), reason: 6, text: 'BNDUPD to ABANDONED with a CHADDR' },
  { id: 'abandoned with client-id', message: update('abandoned', { uid: Uint8Array.of(1) }), ours: binding('free'), reason: 6, text: 'BNDUPD to ABANDONED with client-id' },
  { id: 'active without chaddr', message: update('active', { hardware: undefined }), ours: binding('free'), reason: 3, text: 'BNDUPD without CHADDR' },
  { id: 'expired without chaddr', message: update('expired', { hardware: undefined }), ours: binding('free'), reason: 3, text: 'BNDUPD without CHADDR' },
  { id: 'released without chaddr', message: update('released', { hardware: undefined }), ours: binding('free'), reason: 3, text: 'BNDUPD without CHADDR' },
  { id: 'free without chaddr', message: update('free', { hardware: undefined }), ours: binding('free'), reason: undefined, text: '' },
  { id: 'reserved flag on our free', message: update('active', { ipFlags: 1 }), ours: binding('free'), reason: 19, text: 'Address is not reserved.' },
  { id: 'reserved flag on our reserved free', message: update('active', { ipFlags: 1 }), ours: binding('free', { isReserved: true }), reason: undefined, text: '' },
  { id: 'bootp flag on our free', message: update('active', { ipFlags: 2 }), ours: binding('free'), reason: 6, text: 'Address is not allocated to BOOTP.' },
  { id: 'flags on a lease of theirs', message: update('active', { ipFlags: 3 }), ours: binding('backup'), reason: undefined, text: '' },
  { id: 'transition last', message: update('free'), ours: binding('active'), reason: 2, text: '10.0.0.1: invalid state transition: active to free' },
] as const;
for (const { id, message, ours, reason, text } of checks)
  test(`check of a primary in normal: ${id}`, () => {
    const found = rejection(message, ours, 'primary', 'normal', now);
    assert.deepEqual([found?.reason, found?.message ?? ''], [reason, text]);
  });

/** Our announced state, incoming state, our contact minus theirs; does ours win as primary, as secondary? */
const duels: readonly (readonly [BindingState, BindingState, number, boolean, boolean])[] = [
  ['active', 'active', 1, true, true],
  ['active', 'active', 0, true, false],
  ['active', 'active', -1, false, false],
  ['active', 'expired', 5, false, false],
  ['active', 'free', 0, true, false],
  ['active', 'released', -5, true, false],
  ['free', 'active', 5, false, false],
  ['backup', 'active', 5, false, false],
  ['free', 'free', 0, true, false],
  ['expired', 'released', 0, true, false],
];
for (const [unacked, incoming, later, asPrimary, asSecondary] of duels)
  test(`duel: ${unacked} against ${incoming}, our contact ${later} s later`, () => {
    for (const [role, wins] of [['primary', asPrimary], ['secondary', asSecondary]] as const) {
      const ours = binding('backup', { unacked, cltt: (now + later) as UnixSeconds });
      assert.equal(rejection(update(incoming), ours, role, 'recover', now)?.reason === 16, wins, role);
    }
  });

test('an end that was judged without our renewal does not cross it; a dhcpd has its way', () => {
  const crossing = (part: Partial<OurBinding>, cltt: number): Rejection | undefined =>
    rejection(update('expired', { cltt: cltt as UnixSeconds }), binding('active', { ends: now, unacked: 'active', ...part }), 'secondary', 'normal', now);
  assert.equal(crossing({ isOwnPartner: true }, now - 1)?.reason, 16);
  assert.equal(crossing({ isOwnPartner: true }, now), undefined, 'nothing was renewed since');
  assert.equal(crossing({ isOwnPartner: false }, now - 1), undefined);
  assert.equal(crossing({ isOwnPartner: true, unacked: undefined }, now - 1), undefined, 'the partner was promised nothing');
});

test('two clients of one address: the later transaction keeps it on both nodes, before and after the updates crossed', () => {
  for (const later of [-1, 0, 1]) {
    const primary = binding('active', { isRival: true, cltt: (now + later) as UnixSeconds });
    const secondary = binding('active', { isRival: true, cltt: now });
    const atPrimary = rejection(update('active'), primary, 'primary', 'potential-conflict', now);
    const atSecondary = rejection(update('active', { cltt: primary.cltt }), secondary, 'secondary', 'potential-conflict', now);
    assert.notEqual(atPrimary === undefined, atSecondary === undefined, 'exactly one of the two gives way');
    assert.equal(atPrimary === undefined, later < 0);
  }
});

test('the last minute of a lease ends early only by the word of a partner that knows of its last renewal', () => {
  const ours = { ends: (now + 30) as UnixSeconds, cltt: (now - 30) as UnixSeconds };
  const old = update('expired', { cltt: (now - 60) as UnixSeconds });
  const informed = update('expired', { cltt: ours.cltt });
  const isAccepted = (what: Bndupd, isOwnPartner: boolean, mine: 'normal' | 'potential-conflict'): boolean =>
    rejection(what, binding('active', { ...ours, isOwnPartner }), 'secondary', mine, now) === undefined;
  assert.ok(isAccepted(informed, true, 'normal') && isAccepted(informed, true, 'potential-conflict'));
  assert.ok(!isAccepted(old, true, 'normal') && !isAccepted(old, true, 'potential-conflict'));
  assert.ok(isAccepted(old, false, 'normal'), 'a dhcpd does not keep our times of contact');
  assert.ok(!isAccepted(old, false, 'potential-conflict'));
});

test('a release, a DECLINE or a reset from before our lease does not end it', () => {
  const isAccepted = (status: BindingState, part: Partial<OurBinding>, mine: 'normal' | 'potential-conflict' = 'potential-conflict'): boolean =>
    rejection(update(status, { cltt: (now - 60) as UnixSeconds }), binding('active', { cltt: (now - 30) as UnixSeconds, ...part }), 'primary', mine, now) === undefined;
  for (const status of ['released', 'abandoned', 'reset'] as const) {
    assert.ok(!isAccepted(status, {}), status);
    assert.ok(isAccepted(status, { cltt: (now - 60) as UnixSeconds }), `${status}, nothing heard since`);
    assert.ok(isAccepted(status, { ends: now }), `${status}, our lease is over`);
  }
  assert.ok(!isAccepted('released', { isOwnPartner: true }, 'normal'));
  assert.ok(isAccepted('released', {}, 'normal'), 'in normal a dhcpd is believed');
});

test('an end in the second of our lease is that of a lease before, if the partner has not heard of ours', () => {
  const isAccepted = (later: number, part: Partial<OurBinding>, mine: 'normal' | 'potential-conflict' = 'normal'): boolean =>
    rejection(update('abandoned', { cltt: (now + later) as UnixSeconds }), binding('active', { isOwnPartner: true, isUnheard: true, ...part }), 'secondary', mine, now) === undefined;
  assert.ok(!isAccepted(0, {}) && !isAccepted(1, {}), 'the clocks may differ by one');
  assert.ok(isAccepted(2, {}));
  assert.ok(isAccepted(0, { isUnheard: false }), 'it knew our lease when it ended it');
  assert.ok(isAccepted(0, { isOwnPartner: false }, 'potential-conflict'), 'a dhcpd');
  assert.ok(isAccepted(0, { ends: now }), 'our lease is over');
});
