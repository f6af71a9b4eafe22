// Hosts go to the partner: at once when they change here, and after a link was lost whatever the sums say is not the same. A change
// leaves behind the commit that makes it durable here, and is taken off the list when the partner says that it is durable there.

import { ByteWriter } from '../std/bytes.ts';
import { addMillis, never, type MonoMillis, type Now } from '../std/time.ts';
import type { Effects } from '../model/step.ts';
import { hostSink } from '../lease/host-conflicts.ts';
import { bucketCount, bucketOf } from '../lease/host-sums.ts';
import { newOrigin, type ReplicatedHosts } from '../lease/replicated-hosts.ts';
import { beginHosts, decodeHostParcel, encodeHostsTaken, encodeHostSums, writeHost, type WireHost } from '../wire/host-parcel.ts';
import type { Endpoint } from './endpoint.ts';
import { hostGroupMissing, hostsParcelRefused } from './log-events.ts';
import type { Topic } from './parcels.ts';

/**
 * Many hosts go at the pace of DHCP clients: a parcel is a few milliseconds of work for the partner, and between two its packets have
 * their turn. One host after a quiet time goes at once.
 */
const parcelBytes = 4 * 1024;
const windowBytes = 2 * parcelBytes;
const paceMillis = 8;

export class HostsTopic implements Topic {
  readonly name = 'hosts';
  readonly needsSecurity = true;
  readonly #endpoint: Endpoint;
  readonly #hosts: ReplicatedHosts;
  /** Not told yet. */
  readonly #waiting = new Set<string>();
  /** Told, and not known to be durable there: names and bytes by batch. */
  readonly #unacked = new Map<number, { readonly names: readonly string[]; readonly size: number }>();
  #unackedBytes = 0;
  #lastBatch = 0;
  #tellAt = 0 as MonoMillis;
  #isUp = false;
  readonly #out = new ByteWriter(parcelBytes);

  constructor(endpoint: Endpoint, hosts: ReplicatedHosts) {
    this.#endpoint = endpoint;
    this.#hosts = hosts;
    hosts.watch();
  }

  get deadline(): MonoMillis {
    return this.#mayTell ? this.#tellAt : never;
  }
  get #mayTell(): boolean {
    return this.#isUp && this.#waiting.size > 0 && this.#unackedBytes < windowBytes;
  }
  get isUp(): boolean {
    return this.#isUp;
  }
  /** Hosts that the partner does not hold as this node does, as far as is known. */
  get waitingCount(): number {
    let count = this.#waiting.size;
    for (const { names } of this.#unacked.values()) count += names.length;
    return count;
  }

  get conflictCount(): number {
    return [...this.#hosts.conflicts()].length;
  }

  linkUp(now: Now, effects: Effects): void {
    if (!this.#hosts.isEnabled) this.#hosts.enableAs(this.#newOrigin(now), hostSink(effects));
    this.#hosts.countUncounted(hostSink(effects));
    this.#hosts.stamp(now, hostSink(effects));
    this.#hosts.prune(now);
    this.#hosts.watchers.set(this.#endpoint.name, (name) => this.#waiting.add(name));
    this.#isUp = true;
    this.#endpoint.parcels.send(this, encodeHostSums(this.#hosts.digests()), now, effects);
  }
  #newOrigin({ wall }: Now): string {
    const { random, peer } = this.#endpoint;
    return newOrigin(peer.role, random.u32() ^ wall);
  }
  /** What was on the way may have been lost: the sums of the next link tell. */
  linkLost(): void {
    this.#isUp = false;
    this.#hosts.watchers.delete(this.#endpoint.name);
    this.#waiting.clear();
    this.#unacked.clear();
    this.#unackedBytes = 0;
  }

  received(parcel: Uint8Array, now: Now, effects: Effects): void {
    const said = decodeHostParcel(parcel);
    switch (said?.kind) {
      case 'sums': this.#compare(said.words); break;
      case 'taken': this.#taken(said.batch); break;
      case 'hosts':
        for (const host of said.hosts) this.#take(host, effects);
        this.#endpoint.parcels.send(this, encodeHostsTaken(said.batch), now, effects);
        break;
      case undefined: effects.log.event(hostsParcelRefused, { name: this.#endpoint.name, what: 'a parcel' });
    }
  }
  #compare(theirs: Uint32Array): void {
    if (theirs.length !== 2 * bucketCount) return;
    const ours = this.#hosts.digests();
    const differs = (bucket: number): boolean => ours[2 * bucket] !== theirs[2 * bucket] || ours[2 * bucket + 1] !== theirs[2 * bucket + 1];
    for (const name of this.#hosts.names()) if (differs(bucketOf(name))) this.#waiting.add(name);
  }
  #taken(batch: number): void {
    this.#unackedBytes -= this.#unacked.get(batch)?.size ?? 0;
    this.#unacked.delete(batch);
  }
  /** A host that the partner holds just so need not be told. */
  #take(host: WireHost, effects: Effects): void {
    let mustTell = false;
    if (!this.#hosts.receive(host.name, host, hostSink(effects), () => (mustTell = true)))
      effects.log.event(hostsParcelRefused, { name: this.#endpoint.name, what: `host ${host.name}` });
    else {
      if (mustTell) this.#waiting.add(host.name);
      else this.#waiting.delete(host.name);
      this.#lookAtGroup(host.name, effects);
    }
  }

  /** Hosts reach the partner, groups do not. */
  #lookAtGroup(host: string, effects: Effects): void {
    const group = this.#endpoint.hostGroupMissing(host);
    if (group !== undefined) effects.log.event(hostGroupMissing, { name: this.#endpoint.name, host, group });
  }

  tick(): void {}
  afterStep(now: Now, effects: Effects): void {
    this.#hosts.stamp(now, hostSink(effects));
    if (now.mono >= this.#tellAt && this.#mayTell) this.#tell(now, effects);
  }
  #tell(now: Now, effects: Effects): void {
    const batch = ++this.#lastBatch;
    const names: string[] = [];
    beginHosts(this.#out, batch);
    for (const name of this.#waiting) {
      this.#waiting.delete(name);
      const version = this.#hosts.version(name);
      if (version === undefined) continue;
      writeHost(this.#out, { name, ...version });
      names.push(name);
      if (this.#out.size >= parcelBytes) break;
    }
    if (names.length === 0) return;
    this.#unacked.set(batch, { names, size: this.#out.size });
    this.#unackedBytes += this.#out.size;
    this.#tellAt = addMillis(now.mono, paceMillis);
    this.#endpoint.parcels.send(this, this.#out.copy(), now, effects);
  }
}
