import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ipv4 } from '../std/ipv4.ts';
import { Prng } from '../std/prng.ts';
import { SubnetOverlaps } from './subnet-overlaps.ts';

interface Net {
  readonly network: Ipv4;
  readonly mask: Ipv4;
}

/** dhcpd's list as it is, walked for every subnet. */
class PlainList {
  readonly #innermostFirst: Net[] = [];
  add(subnet: Net): readonly Net[] {
    const found: Net[] = [];
    for (const [at, other] of this.#innermostFirst.entries()) {
      const isOverlap = (subnet.network & other.mask) >>> 0 === other.network || (other.network & subnet.mask) >>> 0 === subnet.network;
      if (!isOverlap) continue;
      found.push(other);
      if (subnet.mask > other.mask) {
        this.#innermostFirst.splice(at, 0, subnet);
        return found;
      }
    }
    this.#innermostFirst.unshift(subnet);
    return found;
  }
}

const masks = [0xff000000, 0xffff0000, 0xfffff000, 0xffffff00, 0xffffff80, 0xfffffffc, 0xff00ff00, 0];

test('what overlaps is what dhcpd’s own walk finds, in its order', () => {
  const seed = Number(process.env['LEASEHOLD_SEED'] ?? 7);
  const random = new Prng(seed);
  let overlaps = 0;
  for (let round = 0; round < 200; round++) {
    const quick = new SubnetOverlaps<Net>();
    const plain = new PlainList();
    for (let count = 0; count < 40; count++) {
      const mask = random.pick(masks) as Ipv4;
      const subnet = { mask, network: ((random.pick([0x0a000000, 0x0a010000, 0x0b000000]) + random.below(1 << 13)) & mask) >>> 0 } as Net;
      const found = quick.add(subnet);
      assert.deepEqual(found, plain.add(subnet), `seed ${seed}, round ${round}`);
      overlaps += found.length;
    }
  }
  assert.ok(overlaps > 1000);
});
