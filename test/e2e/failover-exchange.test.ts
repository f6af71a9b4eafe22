// A pair of the whole product and a real ISC dhcpd, in both roles: either side is stopped, killed or cut off at every step of a
// client's exchange. The client always ends with an address that is its own on both nodes, and the pair returns to normal unaided.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { skipWithout } from './support/lab.ts';
import { isRecording, judgeLog, played } from './support/log-templates.ts';
import { kindsWith, openPair, other, requestOf, roles, type Bound, type Fault, type MixedPair, type Role } from './support/mixed-pair.ts';

const skip = skipWithout('dhcpd', 'tshark', 'nft', 'omshell');

type Step = 'offered' | 'acknowledged' | 'renewing';

/** What befalls the node that answered the client. */
const cases: readonly (readonly [Step, Fault])[] = [
  ['offered', 'stop'], ['offered', 'kill'], ['offered', 'cut'],
  ['acknowledged', 'stop'], ['acknowledged', 'kill'], ['acknowledged', 'cut'],
  ['renewing', 'stop'], ['renewing', 'kill'], ['renewing', 'cut'], ['renewing', 'cut from'], ['renewing', 'cut to'],
];

async function runCase(pair: MixedPair, victim: Role, step: Step, fault: Fault): Promise<void> {
  const survivor = other(victim);
  const { mac, offer } = await pair.clientOf(victim);
  const address = offer.yiaddr;
  if (step !== 'offered') {
    const [ack] = await pair.send([requestOf(mac, offer)]);
    assert.equal(ack?.type, 5);
    if (step === 'renewing') await pair.isKnownToBoth(mac, address);
  }
  const marks = pair.marks();
  await pair.hit(victim, fault);
  await pair.servers[survivor].child.line(/I move from normal to (communications-interrupted|partner-down)/, marks[survivor], 40_000);
  const bound = step === 'offered' ? await pair.persist(mac, offer) : await survived(pair, survivor, step, mac, address);
  await pair.mend(victim, fault, marks);
  const kept = await pair.renewed(mac, bound);
  await pair.isKnownToBoth(mac, kept.address);
  const second = await pair.fresh(pair.newMac());
  assert.notEqual(second.address, kept.address, 'a second client gets another address');
}

async function survived(pair: MixedPair, survivor: Role, step: Step, mac: string, address: string): Promise<Bound> {
  const again = await pair.rebind(mac, address);
  // A survivor that never heard of the lease says nothing or no; one of ours that did extends it (a dhcpd at times does not).
  if (again === undefined || again === 'nak') {
    if (pair.servers[survivor].kind === 'leasehold') assert.equal(step, 'acknowledged', 'a lease that both knew is extended by the survivor');
    return pair.fresh(mac);
  }
  assert.equal(again.address, address);
  return again;
}

describe('a client in the middle of an exchange', { concurrency: 4, skip }, () => {
  for (const ours of isRecording ? [undefined] : roles)
    for (const victim of roles)
      for (const [step, fault] of cases) {
        const whose = ours === undefined ? 'a dhcpd of two' : ours === victim ? `ours, the ${victim},` : `the dhcpd, ${victim},`;
        test(`${step}, and ${whose} that answered is hit: ${fault}`, { timeout: 300_000 }, async (t) => {
          const pair = await openPair(t, kindsWith(ours));
          await played(t, runCase(pair, victim, step, fault));
          const scenario = `${victim}-${step}-${fault}`.replaceAll(' ', '-');
          await pair.wireIsWellFormed(`exchange-${ours ?? 'neither'}-${scenario}`);
          for (const role of roles.filter((one) => one !== ours)) judgeLog(pair, role, `${role}-${scenario}`, fault);
        });
      }
});
