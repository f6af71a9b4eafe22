// Rows, queues, timers, client indexes and records of the lease table.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByteWriter, fromLatin1 } from '../std/bytes.ts';
import { formatIpv4, type Ipv4 } from '../std/ipv4.ts';
import { forever } from '../std/time.ts';
import { LeaseTable } from './lease-table.ts';
import { at, bytes, grant, ip, mac, recordText, testConfig, testLease, testTable } from './testing.ts';

const free = 1;
const active = 2;
const abandoned = 5;
const journal = new ByteWriter();

function queueOf(table: LeaseTable, pool = 0, state = free): string[] {
  const found: string[] = [];
  for (let row = table.head(pool, state); row >= 0; row = table.next(row)) found.push(formatIpv4(table.ip(row)));
  return found;
}

test('a fresh pool is given away in ascending order of address, whatever the order of its ranges', () => {
  const table = new LeaseTable(testConfig({ pools: [{ ranges: ['10.9.0.100-10.9.0.102', '10.9.0.20-10.9.0.21'] }] }));
  table.settle();
  assert.deepEqual(queueOf(table), ['10.9.0.20', '10.9.0.21', '10.9.0.100', '10.9.0.101', '10.9.0.102']);
  assert.equal(table.rowOf(ip('10.9.0.101')) >= 0, true);
  assert.equal(table.rowOf(ip('10.9.0.22')), -1);
});

test('never used addresses come first, then the longest unused', () => {
  const table = testTable('10.9.0.100-10.9.0.105');
  for (const [index, now] of [[0, 1000], [1, 1001], [2, 1002]] as const) grant(table, index, mac(`02000000000${index}`), now, 600);
  for (const [row, now] of [[2, 2000], [0, 2001]] as const) {
    const change = table.begin(row);
    change.state = free;
    change.ends = at(now);
    table.apply(row, change, 'release', journal);
  }
  assert.deepEqual(queueOf(table), ['10.9.0.103', '10.9.0.104', '10.9.0.105', '10.9.0.102', '10.9.0.100']);
  assert.equal(table.count(0, free), 5);
  assert.equal(table.count(0, active), 1);
});

test('a held row is out of its queue until it is let go or changes state', () => {
  const table = testTable('10.9.0.100-10.9.0.102');
  table.hold(0);
  table.hold(0);
  assert.deepEqual(queueOf(table), ['10.9.0.101', '10.9.0.102']);
  assert.equal(table.count(0, free), 3);
  table.unhold(0);
  assert.deepEqual(queueOf(table), ['10.9.0.100', '10.9.0.101', '10.9.0.102']);
  table.hold(1);
  grant(table, 1, mac('020000000001'), 1000, 60);
  assert.equal(table.isHeld(1), false);
});

test('a withheld row is counted and never a candidate', () => {
  const table = testTable('10.9.0.100-10.9.0.101');
  table.withhold(ip('10.9.0.100'), true);
  assert.deepEqual(queueOf(table), ['10.9.0.101']);
  assert.equal(table.count(0, free), 2);
  assert.equal(table.countWithheld(0, free), 1);
  assert.throws(() => grant(table, 0, mac('020000000001'), 1000, 60), /belongs to a host/);
  table.withhold(ip('10.9.0.100'), false);
  assert.deepEqual(queueOf(table), ['10.9.0.100', '10.9.0.101']);
  assert.equal(table.countWithheld(0, free), 0);
});

test('clients are found by hardware and by uid, long hardware included', () => {
  const table = testTable('10.9.0.100-10.9.0.110');
  const ethernet = mac('020000000021');
  const infiniband = mac('0102030405060708090a0b0c0d0e0f10');
  grant(table, 3, ethernet, 1000, 60);
  grant(table, 5, ethernet, 1000, 60);
  const change = table.begin(7);
  change.state = active;
  change.ends = at(99);
  change.setHardware(32, infiniband, 0, 16);
  const uid = bytes('xx\xffinf');
  change.setUid(uid, 2, 4);
  table.apply(7, change, 'grant', journal);
  const found = [table.firstByHardware(1, ethernet, 0, 6)];
  found.push(table.nextByHardware(found[0] ?? -1));
  assert.deepEqual(found.toSorted(), [3, 5]);
  assert.equal(table.nextByHardware(found[1] ?? -1), -1);
  assert.equal(table.firstByHardware(6, ethernet, 0, 6), -1);
  assert.equal(table.firstByHardware(32, infiniband, 0, 16), 7);
  assert.equal(table.firstByUid(uid, 2, 4), 7);
  assert.equal(table.firstByUid(uid, 1, 4), -1);
  const again = table.begin(7);
  again.clearUid();
  again.clearHardware();
  table.apply(7, again, 'operator', journal);
  assert.equal(table.firstByHardware(32, infiniband, 0, 16), -1);
  assert.equal(table.firstByUid(uid, 2, 4), -1);
  assert.equal(table.hasUid(7), false);
});

test('a record is dhcpd’s, statement by statement', () => {
  const table = testTable('10.9.0.118-10.9.0.120');
  const change = table.begin(2);
  change.state = active;
  change.starts = at(1795373335);
  change.cltt = at(1795373335);
  change.ends = at(1795373935);
  change.setHardware(1, mac('020000000021'), 0, 6);
  const uid = bytes('\x01\x02\0\0\0\0!');
  change.setUid(uid, 0, uid.length);
  change.setVariables([
    { name: 'num', value: { kind: 'number', value: 258 } },
    { name: 'bin', value: { kind: 'data', bytes: bytes('\0\x01"\xff') } },
    { name: 'yes', value: { kind: 'boolean', value: true } },
  ]);
  const agent = bytes('\x01\x04p7-1\x02\x06\xaa\xbb\xcc\xdd\xee\x01\x05\x04\x0a\x09\0\0\x04\x04\0\0\0\x07\x09\x03a"$');
  change.setAgentOptions(agent, 0, agent.length);
  change.setBilling({ className: 'cable', subclassKey: bytes('p7-1') });
  change.setHostname(bytes('xpc-1'), 1, 4);
  change.setHandlers('on expiry or release {\n    log (info, "gone");\n  }');
  const out = new ByteWriter(16);
  table.apply(2, change, 'grant', out);
  assert.equal(
    fromLatin1(out.view()),
    `lease 10.9.0.120 {
  starts 0 2026/11/22 18:48:55;
  ends 0 2026/11/22 18:58:55;
  cltt 0 2026/11/22 18:48:55;
  binding state active;
  next binding state free;
  rewind binding state free;
  billing subclass "cable" "p7-1";
  hardware ethernet 02:00:00:00:00:21;
  uid "\\001\\002\\000\\000\\000\\000!";
  set num = %258;
  set bin = "\\000\\001\\"\\377";
  set yes = true;
  option agent.circuit-id "p7-1";
  option agent.remote-id aa:bb:cc:dd:ee:1;
  option agent.link-selection 10.9.0.0;
  option agent.DOCSIS-device-class 7;
  option agent.unknown-9 "a\\"\\$";
  client-hostname "pc-1";
  on expiry or release {
    log (info, "gone");
  }
}
`,
  );
  assert.equal(recordText(table, 2), fromLatin1(out.view()));
});

test('release keeps the client, expiry also the variables, abandonment nothing', () => {
  const rows = [
    { id: 'release', cause: 'release', state: free, kept: /hardware[^]*uid "abc";\n\}/ },
    { id: 'expiry', cause: 'expire', state: free, kept: /hardware[^]*uid "abc";\n {2}set v = "x";\n\}/ },
    { id: 'decline', cause: 'abandon', state: abandoned, kept: /rewind binding state free;\n\}/ },
  ] as const;
  for (const { id, cause, state, kept } of rows) {
    const table = testTable('10.9.0.1-10.9.0.2');
    table.putLease(
      testLease('10.9.0.1', {
        state: 'active', starts: at(10), ends: at(20), uid: bytes('abc'), hardware: { htype: 1, address: mac('020000000001') },
        extras: {
          variables: [{ name: 'v', value: { kind: 'data', bytes: bytes('x') } }],
          clientHostname: 'pc', agentOptions: bytes('\x01\x01z'), billing: { className: 'c', subclassKey: undefined }, handlers: 'on expiry { }',
        },
      }),
    );
    const change = table.begin(0);
    change.state = state;
    change.ends = at(30);
    table.apply(0, change, cause, journal);
    assert.match(recordText(table, 0), kept, id);
    assert.equal(table.hasHardware(0), id !== 'decline');
  }
});

test('never is forever and nothing else; times past 2038 are dates', () => {
  const table = testTable('10.9.0.1');
  for (const [ends, text] of [[forever, 'never'], [0xfffffffe, '0 2106/02/07 06:28:14'], [2147483648, '2 2038/01/19 03:14:08']] as const) {
    table.putLease(testLease('10.9.0.1', { state: 'active', ends: at(ends) }));
    assert.match(recordText(table, 0), new RegExp(`  ends ${text};`));
  }
});

test('lease-id-format hex and db-time-format local', () => {
  const table = new LeaseTable(testConfig({ pools: [{ ranges: ['10.9.0.1'] }], leaseIdFormat: 'hex', dbTimeFormat: 'local' }));
  table.settle();
  table.putLease(testLease('10.9.0.1', { state: 'active', ends: at(1795370934), uid: bytes('\x01a\n') }));
  assert.match(recordText(table, 0), /  ends epoch 1795370934; # Sun Nov 22 18:08:54 2026\n/);
  assert.match(recordText(table, 0), /  uid 01:61:0a;/);
});

test('timers come in order of time; without a peer expired rows are due at once', () => {
  const table = testTable('10.9.0.1-10.9.0.5');
  assert.equal(table.nextDue, forever);
  grant(table, 0, mac('020000000001'), 1000, 600);
  grant(table, 1, mac('020000000002'), 1000, 60);
  grant(table, 2, mac('020000000003'), 0, forever);
  assert.equal(table.nextDue, 1060);
  assert.equal(table.dueRow(at(1059)), -1);
  assert.equal(table.dueRow(at(1060)), 1);
  grant(table, 1, mac('020000000002'), 1030, 5000);
  assert.equal(table.dueRow(at(1600)), 0);
  table.setTimer(0, at(9000));
  assert.equal(table.nextDue, 6030);
  table.restoreTimers(0);
  assert.equal(table.dueRow(at(1600)), 0);
  table.putLease(testLease('10.9.0.4', { state: 'expired', ends: at(7777) }));
  assert.equal(table.dueRow(at(2)), 3);
});

test('changes that the partner must hear of wait in a ring, each row once', () => {
  const table = new LeaseTable(testConfig({ pools: [{ ranges: ['10.9.0.1-10.9.0.3'], peer: 0 }, { ranges: ['10.9.1.1'] }], roles: ['primary'] }));
  table.settle();
  for (const row of [2, 0, 2, 3]) grant(table, row, mac('020000000001'), 1000, 60);
  const change = table.begin(1);
  change.state = active;
  change.ends = at(5);
  table.apply(1, change, 'partner-update', journal);
  assert.equal(table.changed.count, 2);
  assert.deepEqual([table.changed.take(), table.changed.take(), table.changed.take()], [2, 0, -1]);
  assert.equal(table.rewindState(2), free, 'the partner still believes the old state');
  grant(table, 0, mac('020000000001'), 1000, 60);
  assert.equal(table.changed.take(), 0);
});

test('a move that no rule allows is an assertion', () => {
  const table = testTable('10.9.0.1');
  const change = table.begin(0);
  change.state = 4;
  assert.throws(() => table.apply(0, change, 'release', journal), /does not move from 1 to 4 by release/);
});

test('reload keeps rows, adds new ones and retires the rest', () => {
  const table = testTable('10.9.0.1-10.9.0.4');
  grant(table, 1, mac('020000000001'), 1000, 60);
  grant(table, 3, mac('020000000002'), 1000, 60);
  table.putLease(testLease('10.8.0.1', { state: 'active', ends: at(50) }));
  assert.equal(table.pool(4), -1);
  assert.equal(table.nextDue, 1060, 'a retired row has no timer');
  table.reload(testConfig({ pools: [{ ranges: ['10.8.0.0-10.8.0.2'] }, { ranges: ['10.9.0.2-10.9.0.3', '10.9.0.0'] }] }));
  assert.deepEqual([0, 1, 2, 3, 4].map((row) => table.pool(row)), [-1, 1, 1, -1, 0]);
  assert.equal(table.rowOf(ip('10.8.0.1')), 4);
  assert.deepEqual(queueOf(table, 0), ['10.8.0.0', '10.8.0.2']);
  assert.deepEqual(queueOf(table, 1), ['10.9.0.0', '10.9.0.3']);
  assert.equal(table.dueRow(at(50)), 4, 'back in a range it expires');
  assert.equal(table.count(1, active), 1);
  for (let row = 0; row < table.rowCount; row++) assert.equal(table.rowOf(table.ip(row)), row);
});

test('a clock step moves finite times, timers and queues with it', () => {
  const table = testTable('10.9.0.1-10.9.0.3');
  grant(table, 0, mac('020000000001'), 1000, 60);
  grant(table, 1, mac('020000000002'), 0, forever);
  const out = new ByteWriter();
  table.shiftTimes(-400, out);
  assert.equal(fromLatin1(out.view()), '# leasehold clock-step -400\n');
  assert.deepEqual([table.starts(0), table.ends(0), table.ends(1), table.tstp(0), table.nextDue], [600, 660, forever, 0, 660]);
});

test('extras survive a change that keeps them, and an equal one costs no new string', () => {
  const table = testTable('10.9.0.1');
  const name = bytes('pc-1');
  for (let round = 0; round < 3; round++) {
    const change = table.begin(0);
    change.state = active;
    change.ends = at(1000 + round);
    change.setHostname(name, 0, 4);
    table.apply(0, change, 'grant', journal);
  }
  const before = table.figures.arenaSize;
  grant(table, 0, mac('020000000001'), 1000, 60);
  assert.equal(table.hostnameIs(0, name, 0, 4), true);
  assert.equal(table.hostnameIs(0, name, 0, 3), false);
  assert.equal(table.figures.arenaSize, before);
  const change = table.begin(0);
  change.setHostname(bytes('bad"name'), 0, 8);
  table.apply(0, change, 'operator', journal);
  assert.equal(table.extras(0), undefined);
});

test('vendor and user class are variables of their own among the others', () => {
  const table = testTable('10.9.0.1');
  const values = (): string[] =>
    (table.extras(0)?.variables ?? []).map(({ name, value }) => `${name}=${value.kind === 'data' ? fromLatin1(value.bytes) : value.value}`);
  const apply = (fill: (change: ReturnType<LeaseTable['begin']>) => void): void => {
    const change = table.begin(0);
    change.state = active;
    change.ends = at(9);
    fill(change);
    table.apply(0, change, 'grant', journal);
  };
  apply((change) => {
    change.setVariables([{ name: 'a', value: { kind: 'number', value: 1 } }]);
    change.setVendorClass(bytes('MSFT 5.0'), 0, 8);
  });
  assert.deepEqual(values(), ['a=1', 'vendor-class-identifier=MSFT 5.0']);
  apply((change) => change.setVendorClass(bytes('xudhcp'), 1, 5));
  assert.deepEqual(values(), ['a=1', 'vendor-class-identifier=udhcp']);
  apply(() => {});
  assert.deepEqual(values(), ['a=1', 'vendor-class-identifier=udhcp']);
  apply((change) => change.setUserClass(bytes('\x04iPXE'), 0, 5));
  assert.deepEqual(values(), ['a=1', 'vendor-class-identifier=udhcp', 'user-class-identifier=\x04iPXE']);
  apply((change) => {
    change.setVendorClass(bytes('b'), 0, 1);
    change.clearUserClass();
  });
  assert.deepEqual(values(), ['a=1', 'vendor-class-identifier=b'], 'the client said no user class any more');
  apply((change) => change.setUserClass(bytes('x'.repeat(400)), 0, 400));
  assert.equal(values().at(-1), `user-class-identifier=${'x'.repeat(255)}`, 'and never more than one option holds');
  apply((change) => {
    change.setVariables([{ name: 'user-class-identifier', value: { kind: 'boolean', value: true } }, { name: 'a', value: { kind: 'number', value: 2 } }]);
    change.clearUserClass();
  });
  assert.deepEqual(values(), ['a=2'], 'what a handler read of the old one is no new one');
  apply((change) => change.setVariables([]));
  assert.deepEqual(values(), []);
});

test('a lease comes out as it was put in', () => {
  const table = testTable('10.9.0.1');
  const lease = testLease('10.9.0.1', {
    state: 'active', nextState: 'free', rewindState: 'free', starts: at(1), ends: at(2), tstp: at(3), tsfp: at(4), atsfp: at(5), cltt: at(6),
    hardware: { htype: 6, address: mac('010203') }, uid: bytes('u'), isReserved: true, isBootp: true,
    extras: {
      variables: [{ name: 'n', value: { kind: 'number', value: -5 } }, { name: 'b', value: { kind: 'boolean', value: false } }],
      agentOptions: bytes('\x01\x01a'), clientHostname: 'h', billing: { className: 'c', subclassKey: bytes('k') }, handlers: 'on expiry {}',
    },
  });
  table.putLease(lease);
  assert.deepEqual(table.lease(0), lease);
  const address: Ipv4 = table.ip(0);
  assert.equal(formatIpv4(address), '10.9.0.1');
});
