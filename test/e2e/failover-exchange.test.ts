// A pair of the whole product and a real ISC dhcpd, in both roles: either side is stopped, killed or cut off at every step of a
// client's exchange. The client always ends with an address that is its own on both nodes, and the pair returns to normal unaided.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { ServerKind } from './support/dhcp-servers.ts';
import { openLab, skipWithout } from './support/lab.ts';
import { MixedPair, other, requestOf, roles, templateOf, type Role } from './support/mixed-pair.ts';

const skip = skipWithout('dhcpd', 'tshark', 'nft', 'omshell');
const golden = join(import.meta.dirname, '../golden/dhcpd-failover-templates');
const isRecording = process.env['UPDATE_GOLDEN'] === '1';

type Step = 'offered' | 'acknowledged' | 'renewing';
type Fault = 'stop' | 'kill' | 'cut' | 'cut from' | 'cut to';

/** What befalls the node that answered the client. */
const cases: readonly (readonly [Step, Fault])[] = [
  ['offered', 'stop'], ['offered', 'kill'], ['offered', 'cut'],
  ['acknowledged', 'stop'], ['acknowledged', 'kill'], ['acknowledged', 'cut'],
  ['renewing', 'stop'], ['renewing', 'kill'], ['renewing', 'cut'], ['renewing', 'cut from'], ['renewing', 'cut to'],
];

async function harm(pair: MixedPair, lan: { cut: (host: MixedPair['servers'][Role]['host'], direction?: 'from-host' | 'to-host' | 'both') => void }, victim: Role, fault: Fault): Promise<void> {
  const server = pair.servers[victim];
  if (fault === 'stop') await server.stop();
  else if (fault === 'kill') await server.kill();
  else lan.cut(server.host, fault === 'cut' ? 'both' : fault === 'cut from' ? 'from-host' : 'to-host');
}

async function runCase(pair: MixedPair, lab: Awaited<ReturnType<typeof openLab>>, victim: Role, step: Step, fault: Fault): Promise<void> {
  await pair.start();
  const survivor = other(victim);
  const { mac, offer } = await pair.clientOf(victim);
  let address = offer.yiaddr;
  if (step !== 'offered') {
    const [ack] = await pair.send([requestOf(mac, offer)]);
    assert.equal(ack?.type, 5);
    if (step === 'renewing') await pair.isKnownToBoth(mac, address);
  }
  const marks = pair.marks();
  await harm(pair, lab.lan, victim, fault);
  await pair.servers[survivor].child.line(/I move from normal to (communications-interrupted|partner-down)/, marks[survivor], 40_000);
  if (step === 'offered') address = (await pair.persist(mac, offer)).address;
  else {
    const again = await pair.rebind(mac, address);
    // A survivor that never heard of the lease says nothing or no; one of ours that did extends it (a dhcpd at times does not).
    if (again === undefined || again === 'nak') {
      if (pair.servers[survivor].kind === 'leasehold') assert.equal(step, 'acknowledged', 'a lease that both knew is extended by the survivor');
      address = (await pair.fresh(mac)).address;
    } else assert.equal(again.address, address);
  }
  const isDown = fault === 'stop' || fault === 'kill';
  if (isDown) await pair.startAgain(victim);
  else lab.lan.heal();
  await pair.areNormal(isDown ? { ...marks, [victim]: 0 } : marks);
  await pair.isKnownToBoth(mac, address);
  const second = await pair.fresh(pair.newMac());
  assert.notEqual(second.address, address, 'a second client gets another address');
}

/** Templates that a dhcpd logs in this case when its partner is a dhcpd, as recorded. */
function recorded(id: string): readonly string[] {
  const path = join(golden, `${id}.txt`);
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
}
/** What a dhcpd may say beyond that, and why it is no difference of ours. */
const mayAlsoSay: readonly { readonly text: RegExp; readonly when: (fault: Fault) => boolean; readonly because: string }[] = [
  { text: /peer moves from (normal to paused|paused to normal)/, when: (fault) => fault === 'stop', because: 'a clean end is announced, as by a dhcpd that is told to end by omshell; one that gets SIGTERM says nothing' },
  { text: /I move from normal to communications-interrupted|peer fo: disconnected/, when: (fault) => fault === 'stop', because: 'follows from the announced end' },
  { text: /timeout waiting for failover peer fo|got ack from fo: xid mismatch|lease owned by peer|load balance to peer fo/, when: () => true, because: 'two dhcpds say it in other cases: it depends on which message was under way' },
];
function strangeLines(id: string, fault: Fault, lines: readonly string[]): string[] {
  const known = new Set(recorded(id));
  const isAboutThePair = (line: string): boolean => /failover|peer|bind update|conflict|pool/i.test(line);
  const isExplained = (line: string): boolean => known.has(line) || mayAlsoSay.some(({ text, when }) => when(fault) && text.test(line));
  return [...new Set(lines.map(templateOf))].filter((line) => isAboutThePair(line) && !isExplained(line));
}
function record(id: string, lines: readonly string[]): void {
  mkdirSync(golden, { recursive: true });
  const all = new Set([...recorded(id), ...lines.map(templateOf)]);
  writeFileSync(join(golden, `${id}.txt`), `${[...all].toSorted().join('\n')}\n`);
}

const isOurs = (kind: ServerKind): boolean => kind === 'leasehold';

describe('a client in the middle of an exchange', { concurrency: 4, skip }, () => {
  for (const ours of isRecording ? (['nobody'] as const) : roles)
    for (const victim of roles)
      for (const [step, fault] of cases) {
        const whose = ours === 'nobody' ? 'a dhcpd of two' : ours === victim ? `ours, the ${victim},` : `the dhcpd, ${victim},`;
        test(`${step}, and ${whose} that answered is hit: ${fault}`, { timeout: 300_000 }, async (t) => {
          const lab = await openLab(t);
          const kinds: Record<Role, ServerKind> = { primary: ours === 'primary' ? 'leasehold' : 'dhcpd', secondary: ours === 'secondary' ? 'leasehold' : 'dhcpd' };
          const pair = new MixedPair(lab, kinds);
          await runCase(pair, lab, victim, step, fault);
          await pair.wireIsWellFormed();
          for (const role of roles) {
            if (isOurs(kinds[role])) continue;
            const id = `${role}-${victim}-${step}-${fault}`.replaceAll(' ', '-');
            if (isRecording) record(id, pair.lines(role));
            else assert.deepEqual(strangeLines(id, fault, pair.lines(role)), [], `what this dhcpd never says to another dhcpd in ${id}`);
          }
        });
      }
});

describe('what outlives a lost lease file and a declared death', { concurrency: 4, skip: skip !== false ? skip : isRecording && 'nothing to record' }, () => {
  for (const ours of roles) {
    const kinds: Record<Role, ServerKind> = { primary: ours === 'primary' ? 'leasehold' : 'dhcpd', secondary: ours === 'secondary' ? 'leasehold' : 'dhcpd' };
    for (const loser of roles)
      test(`${kinds[loser] === 'leasehold' ? 'ours' : 'the dhcpd'}, the ${loser}, loses its lease file and gets everything back`, { timeout: 300_000 }, async (t) => {
        const lab = await openLab(t);
        const pair = new MixedPair(lab, kinds);
        await pair.start();
        const address = await pair.settledLease('02:78:00:00:00:f1');
        const marks = pair.marks();
        await pair.servers[loser].kill();
        writeFileSync(pair.servers[loser].leaseFile, '');
        await pair.startAgain(loser);
        await pair.areNormal({ ...marks, [loser]: 0 });
        await pair.isKnownToBoth('02:78:00:00:00:f1', address);
        assert.notEqual((await pair.fresh(pair.newMac())).address, address);
        await pair.wireIsWellFormed();
      });

    test(`ours, the ${ours}, is declared down by omshell on the dhcpd, and comes back`, { timeout: 300_000 }, async (t) => {
      const lab = await openLab(t);
      const pair = new MixedPair(lab, kinds);
      await pair.start();
      const address = await pair.settledLease('02:78:00:00:00:f1');
      const marks = pair.marks();
      await pair.servers[ours].kill();
      const theirs = pair.servers[other(ours)].child;
      await theirs.line(/I move from normal to communications-interrupted/, marks[other(ours)]);
      pair.omshell(other(ours), 4);
      await theirs.line(/to partner-down/, marks[other(ours)]);
      const second = await pair.fresh(pair.newMac());
      await pair.startAgain(ours);
      await pair.areNormal({ ...marks, [ours]: 0 });
      await pair.isKnownToBoth('02:78:00:00:00:f1', address);
      assert.notEqual(second.address, address);
      await pair.wireIsWellFormed();
    });
  }
});
