// This node's facts (model/agreement/facts.ts) with their digests, section by section and bucket by bucket.

import { byKey, ClaimWriter, type Claim } from '../model/agreement/compare.ts';
import { sectionNames, type Fact, type Facts, type SectionName } from '../model/agreement/facts.ts';
import { bucketCount, bucketOf, coveredSize, digestOf, isCovered, shortDigest, shortDigestSize } from '../wire/drift-parcel.ts';

export const everyBucket: Uint8Array = new Uint8Array(coveredSize).fill(0xff);

/** Buckets whose digests are not the same. */
export function differingBuckets(a: Uint8Array, b: Uint8Array): Uint8Array {
  const covered = new Uint8Array(coveredSize);
  for (let at = 0; at < bucketCount * shortDigestSize; at++)
    if (a[at] !== b[at]) {
      const bucket = Math.floor(at / shortDigestSize);
      covered[bucket >>> 3] = (covered[bucket >>> 3] ?? 0) | (1 << (bucket & 7));
    }
  return covered;
}

interface Section {
  readonly buckets: readonly (readonly Fact[])[];
  readonly digests: Uint8Array;
  readonly digest: Uint8Array;
  readonly count: number;
}

export class OwnFacts {
  readonly #sections: ReadonlyMap<SectionName, Section>;
  readonly #writer = new ClaimWriter(shortDigest);

  private constructor(sections: ReadonlyMap<SectionName, Section>) {
    this.#sections = sections;
  }
  static of(facts: Facts): OwnFacts {
    return new OwnFacts(new Map(sectionNames.map((name) => [name, sectionFrom(facts[name])])));
  }
  /** PERF: only this section is made anew. */
  with(name: SectionName, facts: readonly Fact[]): OwnFacts {
    return new OwnFacts(new Map(this.#sections).set(name, sectionFrom(facts)));
  }
  #section(name: SectionName): Section {
    return this.#sections.get(name) ?? sectionFrom([]);
  }
  count(name: SectionName): number {
    return this.#section(name).count;
  }
  digest(name: SectionName): Uint8Array {
    return this.#section(name).digest;
  }
  /** 8 bytes a bucket; zeros where there is nothing. */
  digests(name: SectionName): Uint8Array {
    return this.#section(name).digests;
  }
  /** In order of their keys. */
  claims(name: SectionName, covered: Uint8Array): Claim[] {
    return this.#section(name)
      .buckets.flatMap((facts, bucket) => (isCovered(covered, bucket) ? facts.map((fact) => this.#writer.claim(fact)) : []))
      .toSorted(byKey);
  }
}

function sectionFrom(facts: readonly Fact[]): Section {
  const buckets: Fact[][] = Array.from({ length: bucketCount }, () => []);
  for (const fact of facts) buckets[bucketOf(fact.key)]?.push(fact);
  const digests = new Uint8Array(bucketCount * shortDigestSize);
  for (const [bucket, members] of buckets.entries()) {
    if (members.length === 0) continue;
    const text = members.map(({ key, value }) => `${key}\n${value}`).toSorted().join('\n\n');
    digests.set(digestOf(text).subarray(0, shortDigestSize), bucket * shortDigestSize);
  }
  return { buckets, digests, digest: digestOf(digests), count: facts.length };
}
