// What must agree between the two nodes of a pair, and does not: told to each other when a link comes up and after every reload, and
// named on both (docs/drift.md). Nothing is changed here, and nobody stops serving for it.

import { addMillis, never, type MonoMillis, type Now } from '../std/time.ts';
import type { Effects } from '../model/step.ts';
import type { FailoverPeer, ServerConfig } from '../model/server-config.ts';
import { compareClaims, differenceText, type Claim, type Difference } from '../model/agreement/compare.ts';
import { factsOf, nameFacts, sectionNames, sectionOfCode, sections, type SectionName } from '../model/agreement/facts.ts';
import { pairNumbers } from '../model/agreement/matters.ts';
import { bytesEqual } from '../std/bytes.ts';
import { claimSize, decodeDrift, encodeDrift, factsSizeMax, type DriftParcel, type SectionDigest } from '../wire/drift-parcel.ts';
import { vendorClass } from './capabilities.ts';
import type { Endpoint } from './endpoint.ts';
import * as say from './log-events.ts';
import { differingBuckets, everyBucket, OwnFacts } from './own-facts.ts';
import type { Topic } from './parcels.ts';

/** A section with no more facts is told whole; of a larger one the buckets that differ. */
const wholeCountMax = 64;
/** Both nodes are often reloaded one after the other: what still differs after so long is said. */
const settleMillis = 2_000;
const saidMax = 20;
/** Differences kept of one section. */
const keptMax = 1_000;

/** What the partner said of a section that differs. */
interface Theirs {
  readonly covered: Uint8Array;
  /** Sorted by key. */
  readonly claims: readonly Claim[];
  /** It had more, with later keys. */
  readonly isCut: boolean;
}
interface Partner {
  readonly generation: number;
  readonly digests: ReadonlyMap<SectionName, SectionDigest>;
  readonly theirs: Map<SectionName, Theirs>;
}

export type DriftState = 'unknown' | 'comparing' | 'agrees' | 'differs';

export class Drift implements Topic {
  readonly name = 'drift';
  readonly needsSecurity = false;
  readonly #endpoint: Endpoint;
  #own: { readonly facts: OwnFacts; readonly config: ServerConfig; readonly names: number } | undefined;
  #generation = 0;
  #partner: Partner | undefined;
  readonly #found = new Map<SectionName, readonly Difference[]>();
  #isOtherVersion = false;
  #clockTold: { readonly measured: number; readonly isSynced: boolean | undefined } | undefined;
  #sayAt: MonoMillis = never;
  /** What was said last; undefined: nothing on this link. */
  #said: string | undefined;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
  }

  get deadline(): MonoMillis {
    return this.#sayAt;
  }

  // ── What others ask ──

  get state(): DriftState {
    if (this.#partner === undefined) return 'unknown';
    const { theirs } = this.#partner;
    if (this.#differing().some((section) => !theirs.has(section))) return 'comparing';
    return this.differences().length > 0 ? 'differs' : 'agrees';
  }
  /** Why nothing is known; empty when something is. */
  get unknownBecause(): string {
    const { link, isLeaseholdPartner, name } = this.#endpoint;
    if (this.#partner !== undefined) return '';
    if (link === undefined) return 'the partner is not connected';
    if (!isLeaseholdPartner) return `the partner of ${name} is no Leasehold and says nothing of its configuration: compare the two files with leasehold check FILE --peer FILE`;
    return this.#isOtherVersion || !this.#endpoint.shares('parcels') ? 'the partner is of another version, which compares otherwise' : 'the partner has not told its configuration yet';
  }
  /** Dangerous ones first. */
  differences(): readonly Difference[] {
    return sectionNames.flatMap((section) => this.#found.get(section) ?? []);
  }
  get hasDangerous(): boolean {
    return sectionNames.some((section) => sections[section].isDangerous && (this.#found.get(section)?.length ?? 0) > 0);
  }

  /** What would be dangerously different with another configuration, and is not yet; empty while the partner is unknown. */
  dangersOf(config: ServerConfig): readonly Difference[] {
    const peer = config.peers.find(({ name }) => name === this.#endpoint.name);
    const own = this.#own?.facts;
    if (peer === undefined || own === undefined || this.#partner === undefined) return [];
    const wanted = this.#factsOf(config, peer);
    const now = new Set(this.differences().map(idOf));
    return sectionNames
      .filter((section) => this.#partner?.digests.has(section) === true)
      .flatMap((section) => this.#differencesWith(section, wanted, own))
      .filter((difference) => asksFirst(difference) && !now.has(idOf(difference)));
  }
  /** In buckets that neither node nor the wish changes, all three are the same. */
  #differencesWith(section: SectionName, wanted: OwnFacts, own: OwnFacts): Difference[] {
    const theirs = this.#partner?.theirs.get(section);
    const touched = differingBuckets(wanted.digests(section), own.digests(section));
    const known = Uint8Array.from(touched, (byte, at) => byte & ~(theirs?.covered[at] ?? 0));
    const looked = Uint8Array.from(touched, (byte, at) => byte | (theirs?.covered[at] ?? 0));
    const there = [...own.claims(section, known), ...(theirs?.claims ?? [])];
    return compareClaims(section, withinCut(wanted.claims(section, looked), theirs), there);
  }

  // ── The link ──

  linkUp(now: Now, effects: Effects): void {
    this.linkLost();
    this.#refresh();
    this.#sendSummary(now, effects);
    this.#tellClock(now, effects);
  }
  linkLost(): void {
    this.#clockTold = undefined;
    this.#partner = undefined;
    this.#found.clear();
    this.#isOtherVersion = false;
    this.#sayAt = never;
    this.#said = undefined;
  }

  /** A reload, or the resolver said something new. PERF: two comparisons. */
  afterStep(now: Now, effects: Effects): void {
    this.#tellClock(now, effects);
    const { config, namesGeneration } = this.#endpoint;
    if (this.#own === undefined || (this.#own.config === config && this.#own.names === namesGeneration)) return;
    // Without a partner nobody asks: the next link does it.
    if (!this.#endpoint.parcels.carries(this)) return;
    const before = this.#own.facts;
    this.#refresh();
    if (this.#own !== undefined && sectionNames.every((section) => bytesEqual(before.digest(section), this.#own?.facts.digest(section) ?? everyBucket))) return;
    this.#sendSummary(now, effects);
    this.#compare(now, effects);
  }
  tick(now: Now, effects: Effects): void {
    if (now.mono < this.#sayAt) return;
    this.#sayAt = never;
    this.#say(effects);
  }

  /** Each node measures the other's clock; both measurements together take out the time that messages are under way. */
  #tellClock(now: Now, effects: Effects): void {
    const { clock, link, parcels } = this.#endpoint;
    if (link === undefined || !parcels.carries(this)) return;
    const { measured } = clock.meter;
    const told = this.#clockTold;
    if (told !== undefined && told.isSynced === clock.isSynced && Math.abs(told.measured - measured) < 2) return;
    this.#clockTold = { measured, isSynced: clock.isSynced };
    this.#send({ kind: 'clock', generation: this.#generation, ahead: measured, isSynced: clock.isSynced }, now, effects);
  }

  #factsOf(config: ServerConfig, peer: FailoverPeer): OwnFacts {
    const { addressesOf } = this.#endpoint;
    return OwnFacts.of(factsOf({ config, peer, addressesOf, software: vendorClass }));
  }
  #refresh(): void {
    const { config, peer, namesGeneration, addressesOf } = this.#endpoint;
    this.#generation = (this.#generation + 1) >>> 0;
    if (this.#own?.config === config) {
      if (this.#own.names !== namesGeneration) this.#own = { facts: this.#own.facts.with('names', nameFacts(config, addressesOf)), config, names: namesGeneration };
      return;
    }
    // Why from the configuration: pools are known by its own place in the file, which a reload may move.
    const current = config.peers.find(({ name }) => name === peer.name) ?? peer;
    this.#own = { facts: this.#factsOf(config, current), config, names: namesGeneration };
  }
  /** Fingerprints of keys are said where nobody else hears them. */
  #speaksOf(section: SectionName): boolean {
    return section !== 'keys' || this.#endpoint.link?.cipher !== undefined;
  }

  #send(parcel: DriftParcel, now: Now, effects: Effects): void {
    this.#endpoint.parcels.send(this, encodeDrift(parcel), now, effects);
  }
  #sendSummary(now: Now, effects: Effects): void {
    const facts = this.#own?.facts;
    if (facts === undefined) return;
    const told = sectionNames
      .filter((section) => this.#speaksOf(section))
      .map((section) => ({ section: sections[section].code, count: facts.count(section), digest: facts.digest(section) }));
    this.#send({ kind: 'summary', generation: this.#generation, sections: told }, now, effects);
  }

  received(bytes: Uint8Array, now: Now, effects: Effects): void {
    const parcel = decodeDrift(bytes);
    if (parcel === 'malformed' || parcel === 'version') {
      if (!this.#isOtherVersion) effects.log.event(say.driftUnreadable, { name: this.#endpoint.name });
      this.#isOtherVersion = true;
      return;
    }
    if (parcel.kind === 'clock') {
      this.#endpoint.clock.told(parcel.ahead, parcel.isSynced, effects);
      return;
    }
    if (parcel.kind === 'summary') {
      const digests = parcel.sections.flatMap((told) => {
        const section = sectionOfCode(told.section);
        return section === undefined ? [] : [[section, told] as const];
      });
      this.#partner = { generation: parcel.generation, digests: new Map(digests), theirs: new Map() };
      this.#compare(now, effects);
    } else if (parcel.generation === this.#partner?.generation && parcel.about === this.#generation) this.#hear(parcel, now, effects);
  }

  /** Sections of which both speak and that are not the same. */
  #differing(): readonly SectionName[] {
    const facts = this.#own?.facts;
    return sectionNames.filter((section) => {
      const theirs = this.#partner?.digests.get(section);
      return facts !== undefined && theirs !== undefined && this.#speaksOf(section) && !bytesEqual(facts.digest(section), theirs.digest);
    });
  }

  /** One of the two summaries is new: what differs is told, and so does the partner. */
  #compare(now: Now, effects: Effects): void {
    const facts = this.#own?.facts;
    if (facts === undefined || this.#partner === undefined) return;
    const { generation: about, theirs, digests } = this.#partner;
    theirs.clear();
    this.#found.clear();
    this.#sayAt = addMillis(now.mono, settleMillis);
    for (const section of this.#differing()) {
      const isWhole = Math.max(facts.count(section), digests.get(section)?.count ?? 0) <= wholeCountMax;
      if (isWhole) this.#tell(section, everyBucket, now, effects);
      else this.#send({ kind: 'buckets', generation: this.#generation, about, section: sections[section].code, digests: facts.digests(section) }, now, effects);
    }
  }
  #tell(section: SectionName, covered: Uint8Array, now: Now, effects: Effects): void {
    const all = this.#own?.facts.claims(section, covered) ?? [];
    let size = 0;
    const end = all.findIndex((claim) => (size += claimSize(claim)) > factsSizeMax);
    const claims = end < 0 ? all : all.slice(0, end);
    this.#send(
      { kind: 'facts', generation: this.#generation, about: this.#partner?.generation ?? 0, section: sections[section].code, isCut: end >= 0, covered, claims },
      now, effects,
    );
  }

  #hear(parcel: Extract<DriftParcel, { kind: 'buckets' | 'facts' }>, now: Now, effects: Effects): void {
    const section = sectionOfCode(parcel.section);
    const facts = this.#own?.facts;
    if (section === undefined || facts === undefined || !this.#differing().includes(section)) return;
    if (parcel.kind === 'buckets') {
      this.#tell(section, differingBuckets(facts.digests(section), parcel.digests), now, effects);
      return;
    }
    const theirs: Theirs = { covered: parcel.covered, claims: parcel.claims, isCut: parcel.isCut };
    this.#partner?.theirs.set(section, theirs);
    const ours = withinCut(facts.claims(section, parcel.covered), theirs);
    this.#found.set(section, compareClaims(section, ours, parcel.claims).slice(0, keptMax));
    this.#sayAt = addMillis(now.mono, settleMillis);
  }

  // ── What is said of it ──

  /** Once for each set of differences. */
  #say(effects: Effects): void {
    const { name } = this.#endpoint;
    if (this.#partner === undefined || this.state === 'comparing') return;
    const found = this.differences();
    const text = found.map(idOf).join('\n');
    if (text === this.#said) return;
    this.#said = text;
    if (found.length === 0) effects.log.event(say.driftNone, { name });
    for (const difference of found.slice(0, saidMax)) {
      const event = sections[difference.section].isDangerous ? say.driftDangerous : say.driftFound;
      effects.log.event(event, { name, section: difference.section, text: differenceText(difference) });
    }
    if (found.length > saidMax) effects.log.event(say.driftMore, { name, count: found.length - saidMax });
  }
}

/** Of what the partner cut off nothing is known. */
function withinCut(claims: Claim[], theirs: Theirs | undefined): Claim[] {
  if (theirs?.isCut !== true) return claims;
  const last = theirs.claims.at(-1)?.key ?? '';
  return claims.filter(({ key }) => key < last);
}

const idOf = ({ section, key, here, there }: Difference): string => `${section} ${key} ${here?.digest ?? ''} ${there?.digest ?? ''}`;

/** A reload that makes such a difference is agreed to first. What only this node has takes nothing from anybody. */
function asksFirst({ section, key, there }: Difference): boolean {
  if (section === 'timers') return Object.hasOwn(pairNumbers, key);
  if (section === 'hosts' || section === 'networks') return there !== undefined;
  return sections[section].isDangerous;
}

