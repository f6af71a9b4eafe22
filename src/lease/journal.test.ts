// The journal as a whole: groups and their checksums, every prefix, snapshots while the table changes. Seeded.

import assert from 'node:assert/strict';
import { crc32 as zlibCrc32 } from 'node:zlib';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { ByteWriter, fromLatin1, latin1 } from '../std/bytes.ts';
import { Prng } from '../std/prng.ts';
import { forever, type UnixSeconds } from '../std/time.ts';
import { bindingStates } from '../model/binding-state.ts';
import type { Lease, LeaseExtras } from '../model/lease.ts';
import { crc32 } from './crc32.ts';
import { closeGroup, ClosingReader, lastClosingEnd } from './journal-group.ts';
import { LeaseStore } from './lease-store.ts';
import { replayBytes } from './replay.ts';
import { writeHeader } from './snapshot.ts';
import { at, bytes, grant, ip, testConfig, testLease } from './testing.ts';

const wall = at(1_795_400_000);
const config = testConfig({ pools: [{ ranges: ['10.0.0.1-10.0.0.40'] }, { ranges: ['10.0.1.1-10.0.1.20'], peer: 0 }], roles: ['primary'] });

function replayed(text: Uint8Array): { store: LeaseStore; codes: readonly string[]; goodSize: number; sequence: number } {
  const store = new LeaseStore(config);
  const report = replayBytes(text, store, wall);
  return { store, codes: report.problems.map(({ code }) => code), goodSize: report.goodSize, sequence: report.sequence };
}
/** All leases that a rewrite would write, by address. */
function leasesOf({ table }: LeaseStore): Lease[] {
  return Array.from({ length: table.rowCount }, (_, row) => row)
    .filter((row) => table.isRecorded(row))
    .map((row) => table.lease(row))
    .toSorted((a, b) => a.ip - b.ip);
}

test('the checksum is zlib’s', { skip: typeof zlibCrc32 === 'function' ? false : 'this Node has no zlib.crc32' }, () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), (data, split) => {
      const middle = Math.min(split, data.length);
      assert.equal(crc32(data, 0, data.length), zlibCrc32(data));
      assert.equal(crc32(data, middle, data.length, crc32(data, 0, middle)), zlibCrc32(data));
    }),
  );
});

test('the checksum of "123456789" is the one in every textbook', () => {
  const text = latin1('123456789');
  assert.equal(crc32(text, 0, text.length), 0xcbf43926);
});

test('a group closes with number, checksum and size', () => {
  const out = new ByteWriter();
  out.text('before\n');
  const from = out.size;
  out.text('123456789');
  closeGroup(out, from, 17);
  const text = fromLatin1(out.view());
  const summed = latin1('123456789# leasehold 17');
  const crc = crc32(summed, 0, summed.length);
  const sum = crc.toString(16).padStart(8, '0');
  assert.equal(text, `before\n123456789# leasehold 17 crc32 ${sum} size 9\n`);
  const reader = new ClosingReader();
  assert.equal(reader.read(out.view(), 16, out.size), out.size);
  assert.deepEqual([reader.sequence, reader.crc, reader.size], [17, crc, 9]);
  for (const bad of ['# leasehold 17 crc32 cbf4392 size 9\n', '# leasehold x crc32 cbf43926 size 9\n', '# leasehold 17 crc32 cbf43926 size 9', '# leasehold 17 crc32 cbf43926 size\n'])
    assert.equal(reader.read(latin1(bad), 0, bad.length), -1, bad);
  const two = latin1('# leasehold 1 crc32 00000000 size 0\nx # leasehold 2 crc32 00000000 size 0\n# leasehold 3 crc32 00000000');
  assert.equal(lastClosingEnd(two, 0, two.length), 36);
});

const arbitraryTime = fc.oneof(
  fc.constant(0), fc.constant(forever as number), fc.integer({ min: 1, max: 0xfffffffe }), fc.integer({ min: 1_700_000_000, max: 1_900_000_000 }),
).map((time) => time as UnixSeconds);
const printableText = fc.string({ minLength: 1, maxLength: 20 }).map((text) => text.replace(/[^\x20-\x7e]|["\\]/g, 'x'));
const nonEmptyBytes = (maxLength: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: 1, maxLength });
/** Sub-options of every format, without those that dhcpd could not read again. */
const agentOptions = fc
  .array(fc.tuple(fc.constantFrom(1, 2, 6, 9, 151), nonEmptyBytes(30)), { minLength: 1, maxLength: 4 })
  .map((options) => Uint8Array.from(options.flatMap(([code, payload]) => [code, payload.length, ...payload])));
const arbitraryExtras: fc.Arbitrary<LeaseExtras> = fc.record({
  variables: fc.array(
    fc.record({
      name: fc.stringMatching(/^[a-z][a-z0-9-]{0,10}$/),
      value: fc.oneof(
        fc.record({ kind: fc.constant('data' as const), bytes: fc.uint8Array({ maxLength: 20 }) }),
        fc.record({ kind: fc.constant('number' as const), value: fc.integer() }),
        fc.record({ kind: fc.constant('boolean' as const), value: fc.boolean() }),
      ),
    }),
    { maxLength: 3 },
  ),
  agentOptions: fc.option(agentOptions, { nil: undefined }),
  clientHostname: fc.option(printableText, { nil: undefined }),
  billing: fc.option(
    fc.record({ className: fc.constantFrom('cable', 'a b'), subclassKey: fc.option(nonEmptyBytes(12), { nil: undefined }) }),
    { nil: undefined },
  ),
  handlers: fc.constantFrom(undefined, 'on expiry or release {\n    log (info, \n        concat ("a;}", "b"));\n  }'),
});
const isEmpty = (extras: LeaseExtras): boolean =>
  extras.variables.length === 0 && extras.agentOptions === undefined && extras.clientHostname === undefined &&
  extras.billing === undefined && extras.handlers === undefined;

const arbitraryLease: fc.Arbitrary<Lease> = fc
  .record({
    host: fc.integer({ min: 1, max: 40 }), net: fc.constantFrom(0, 1, 7),
    state: fc.constantFrom(...bindingStates), rewind: fc.constantFrom(...bindingStates),
    starts: arbitraryTime, ends: arbitraryTime, tstp: arbitraryTime, tsfp: arbitraryTime, atsfp: arbitraryTime, cltt: arbitraryTime,
    hardware: fc.option(fc.record({ htype: fc.constantFrom(1, 1, 6, 32, 77, 255), address: fc.uint8Array({ maxLength: 20 }) }), { nil: undefined }),
    uid: fc.option(nonEmptyBytes(255), { nil: undefined }),
    isReserved: fc.boolean(), isBootp: fc.boolean(),
    extras: fc.option(arbitraryExtras, { nil: undefined }),
  })
  .map(({ host, net, rewind, ...part }) =>
    testLease(`10.0.${net}.${host}`, {
      ...part,
      rewindState: rewind === part.state ? undefined : rewind,
      extras: part.extras === undefined || isEmpty(part.extras) ? undefined : part.extras,
    }),
  );

test('what is written is read equal (seeded)', () => {
  fc.assert(
    fc.property(fc.array(arbitraryLease, { maxLength: 30 }), (leases) => {
      const store = new LeaseStore(config);
      store.settle();
      const out = new ByteWriter();
      for (const lease of leases) store.table.record(store.table.putLease(lease), out);
      closeGroup(out, 0, 1);
      const { store: again, codes } = replayed(out.view());
      assert.deepEqual(codes.filter((code) => code !== 'no-range'), []);
      assert.deepEqual(leasesOf(again), leasesOf(store));
    }),
    { numRuns: 300 },
  );
});

test('a rewrite is read equal, whatever the size of its slices (seeded)', () => {
  fc.assert(
    fc.property(fc.array(arbitraryLease, { maxLength: 60 }), fc.integer({ min: 1, max: 3000 }), (leases, sizeWanted) => {
      const store = new LeaseStore(config);
      store.settle();
      for (const lease of leases) store.table.putLease(lease);
      const out = new ByteWriter();
      writeHeader(out, '1.0');
      for (let cursor = 0, sequence = 1; cursor >= 0; sequence++) {
        const from = out.size;
        cursor = store.snapshot(cursor, sizeWanted, out);
        closeGroup(out, from, sequence);
      }
      const { store: again, codes } = replayed(out.view());
      assert.deepEqual(codes.filter((code) => code !== 'no-range'), []);
      const used = (all: readonly Lease[]): readonly Lease[] =>
        all.filter(({ state, ends, hardware, uid }) => state !== 'free' || ends !== 0 || hardware !== undefined || uid !== undefined);
      assert.deepEqual(used(leasesOf(again)), used(leasesOf(store)));
    }),
    { numRuns: 100 },
  );
});

/** A journal of random groups, and the leases as they stood at the end of each. */
function journalOf(seed: number): { bytes: Uint8Array; ends: number[]; states: Lease[][] } {
  const random = new Prng(seed);
  const store = new LeaseStore(config);
  store.settle();
  const out = new ByteWriter();
  writeHeader(out, '1.0');
  const ends = [out.size];
  const states = [leasesOf(store)];
  for (let sequence = 1; sequence <= 6; sequence++) {
    const from = out.size;
    for (let count = random.between(1, 3); count > 0; count--) step(store, random, out);
    closeGroup(out, from, sequence);
    ends.push(out.size);
    states.push(leasesOf(store));
  }
  return { bytes: out.copy(), ends, states };
}

function step({ table }: LeaseStore, random: Prng, out: ByteWriter): void {
  const row = random.below(4);
  if (table.tstp(row) !== 0 && random.chance(0.3)) {
    table.agree(row, out);
    return;
  }
  if (random.chance(0.2)) {
    table.shiftTimes(random.between(-100, 100), out);
    return;
  }
  if (table.state(row) !== 2 || random.chance(0.5)) {
    grant(table, row, Uint8Array.of(2, 0, 0, 0, 0, random.below(4)), 1_795_000_000 + random.below(1000), 600, out);
    return;
  }
  const change = table.begin(row);
  change.state = 1;
  change.ends = at(1_795_000_500);
  table.apply(row, change, 'release', out);
}

test('every prefix of a journal is a state that once stood at the end of a group', () => {
  for (const seed of [1, 2, 3]) {
    const { bytes: journal, ends, states } = journalOf(seed);
    for (let size = 0; size <= journal.length; size++) {
      const { store, goodSize, codes } = replayed(journal.subarray(0, size));
      const whole = ends.findLastIndex((end) => end <= size);
      // Before the first closing line nothing tells our file from dhcpd's; it holds no lease then.
      assert.deepEqual(leasesOf(store), whole < 0 ? [] : states[whole], `seed ${seed}, cut at ${size}`);
      if (whole >= 0) assert.equal(goodSize, ends[whole], `seed ${seed}, cut at ${size}`);
      assert.ok(codes.every((code) => code === 'cut-group' || code === 'cut-record' || code === 'garbage'), codes.join());
    }
  }
});

test('records edited by hand are accepted, and said; a flipped bit cannot pass unsaid', () => {
  const store = new LeaseStore(config);
  store.settle();
  const out = new ByteWriter();
  writeHeader(out, '1.0');
  grant(store.table, 0, Uint8Array.of(2, 0, 0, 0, 0, 1), 1_795_000_000, 600, out);
  const text = fromLatin1(out.view());
  const from = text.indexOf('lease 10');
  const group = new ByteWriter();
  group.text(text.slice(from));
  closeGroup(group, 0, 1);
  const journal = text.slice(0, from) + fromLatin1(group.view());
  assert.deepEqual(replayed(latin1(journal)).codes, []);
  const edited = replayed(latin1(journal.replace('02:00:00:00:00:01', '02:00:00:00:00:99')));
  assert.deepEqual(edited.codes, ['edited-group']);
  assert.deepEqual(edited.store.table.lease(0).hardware?.address, Uint8Array.of(2, 0, 0, 0, 0, 0x99));
  for (let byte = from; byte < journal.length - 1; byte++) {
    const flipped = latin1(journal);
    flipped[byte] = (flipped[byte] ?? 0) ^ 1;
    assert.notDeepEqual(replayed(flipped).codes, [], `byte ${byte} of ${JSON.stringify(journal.slice(byte - 10, byte + 10))}`);
  }
});

test('a dhcpd file that we continued: its records count, our groups are checked, the last open one is cut', () => {
  const store = new LeaseStore(config);
  store.settle();
  const dhcpd = 'lease 10.0.0.9 {\n  ends 2 2026/11/24 18:58:55;\n  binding state active;\n  hardware ethernet 02:00:00:00:00:09;\n}\n';
  const group = grant(store.table, 0, Uint8Array.of(2, 0, 0, 0, 0, 1), 1_795_000_000, 600);
  closeGroup(group, 0, 5);
  const whole = dhcpd + fromLatin1(group.view());
  const { store: again, codes, goodSize, sequence } = replayed(latin1(`${whole}lease 10.0.0.3 {\n  binding state active;\n}\n`));
  assert.deepEqual(codes, ['cut-group']);
  assert.deepEqual([goodSize, sequence], [whole.length, 5]);
  assert.deepEqual([again.table.state(8), again.table.state(0), again.table.state(2)], [2, 2, 1]);
});

test('rows that change while the file is rewritten are right in the new file (seeded)', () => {
  for (let seed = 1; seed <= 40; seed++) {
    const random = new Prng(seed);
    const store = new LeaseStore(config);
    store.settle();
    const scratch = new ByteWriter();
    for (let n = 0; n < 6; n++) step(store, random, scratch);
    const out = new ByteWriter();
    writeHeader(out, '1.0');
    let sequence = 0;
    for (let cursor = 0; cursor >= 0; ) {
      let from = out.size;
      cursor = store.snapshot(cursor, 150, out);
      closeGroup(out, from, ++sequence);
      from = out.size;
      step(store, random, out);
      closeGroup(out, from, ++sequence);
    }
    const { store: again, codes } = replayed(out.view());
    assert.deepEqual(codes, [], `seed ${seed}`);
    const inRange = (leases: readonly Lease[]): readonly Lease[] => leases.filter(({ ip: address }) => address < ip('10.0.1.0'));
    assert.deepEqual(inRange(leasesOf(again)), inRange(leasesOf(store)), `seed ${seed}`);
  }
});

test('a file says its format; one of a later version is read as far as it is understood, and that is said', () => {
  const out = new ByteWriter();
  writeHeader(out, '1.0');
  assert.match(fromLatin1(out.view()), /^# leasehold format 1$/m);
  const later = latin1('# leasehold format 2\nlease 10.0.0.9 {\n  ends never;\n  binding state active;\n  hardware ethernet 02:00:00:00:00:09;\n}\n');
  const { store, codes } = replayed(later);
  assert.deepEqual([codes, store.table.state(8)], [['later-format'], 2]);
});

test('no bytes make the reader throw, or read without end (seeded)', () => {
  const words = ['lease 10.0.0.1 {', '\n', '}', '"', '\\', '  ends 1 2026/11/24 18:58:55;', 'host a {', '# leasehold 1 crc32 00000000 size 3\n', '{', ';', '\0', '# leasehold clock-step 5\n', '# leasehold agreed 10.0.0.1 1795000000\n', 'binding state active;', 'failover peer "x" state {', 'uid "\\1', 'set a = ', '# '];
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 5 })), { maxLength: 40 }), (parts) => {
      const text = latin1(parts.join(''));
      const { goodSize } = replayed(text);
      assert.ok(goodSize <= text.length);
    }),
    { numRuns: 2000 },
  );
});

test('a record longer than the window, and thousands of them across its borders', () => {
  const text: string[] = [];
  for (let n = 1; n <= 40; n++)
    text.push(`lease 10.0.0.${n} {\n  binding state active;\n  ends never;\n  client-hostname "h${n}";\n  on expiry {\n    log (info, "${'x'.repeat(40_000 + n)}");\n  }\n}\n`);
  const long = `lease 10.0.0.1 {\n  binding state active;\n  ends never;\n  on expiry {\n    log (info, "${'y'.repeat(3_000_000)}");\n  }\n}\n`;
  const { store, codes } = replayed(latin1(text.join('') + long + text.slice(1).join('')));
  assert.deepEqual(codes, []);
  assert.equal(store.table.count(0, 2), 40);
  assert.equal(store.table.extras(0)?.handlers?.length, 3_000_000 + 35);
  assert.equal(store.table.hostnameIs(39, bytes('h40'), 0, 3), true);
});
