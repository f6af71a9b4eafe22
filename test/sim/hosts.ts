// Hosts edited on both nodes of a pair, through lost links and crashes: afterwards both are equal and nothing is silently lost.

import { Prng } from '../../src/std/prng.ts';
import { parseIpv4, type Ipv4 } from '../../src/std/ipv4.ts';
import type { HostRecord } from '../../src/lease/host-record.ts';
import { hostSink } from '../../src/lease/host-conflicts.ts';
import { HostsLedger, stateOf } from './hosts-ledger.ts';
import { HostsNode } from './hosts-node.ts';

const actionCount = 250;
const names = ['ant', 'bee', 'cat', 'dog', 'elk', 'fox'];

export interface HostsRun {
  readonly problems: readonly string[];
  readonly edits: number;
  readonly conflicts: number;
  readonly crashes: number;
}

class HostsWorld {
  readonly #random: Prng;
  readonly #nodes: readonly [HostsNode, HostsNode];
  readonly #ledger = new HostsLedger();
  #millis = 0;
  #serial = 0;
  edits = 0;
  crashes = 0;

  constructor(seed: number) {
    this.#random = new Prng(seed);
    const node = (role: 'primary' | 'secondary', salt: number): HostsNode =>
      new HostsNode(role, new Prng(seed * 2 + salt), this.#random.between(-30_000, 30_000), () => this.#millis);
    this.#nodes = [node('primary', 0), node('secondary', 1)];
  }

  run(): HostsRun {
    this.#setLink(true);
    for (let count = 0; count < actionCount; count++) {
      this.#millis += this.#random.below(2_000);
      this.#act();
    }
    const problems = this.#heal();
    const conflicts = this.#nodes[0].log.filter((line) => /changed on both|made on two nodes/.test(line)).length;
    return { problems, edits: this.edits, conflicts, crashes: this.crashes };
  }

  #act(): void {
    const [a, b] = this.#nodes;
    const node = this.#random.pick(this.#nodes);
    const roll = this.#random.below(100);
    if (roll < 35) this.#edit(node);
    else if (roll < 60) node.commit();
    else if (roll < 90) this.#deliver(node, node === a ? b : a);
    else if (roll < 94) this.#setLink(false);
    else if (roll < 97) this.#setLink(true);
    else if (roll < 98) node.compact();
    else this.#crash(node);
  }
  #deliver(from: HostsNode, to: HostsNode): void {
    const bytes = from.sent.shift();
    if (bytes !== undefined && to.isUp) to.receive(bytes);
  }
  #setLink(isUp: boolean): void {
    const [a, b] = this.#nodes;
    if (isUp === a.isUp) return;
    for (const node of this.#nodes) if (isUp) node.linkUp();
    else node.linkLost();
    if (a.isUp !== b.isUp) throw new Error('a link has two ends');
  }
  #crash(node: HostsNode): void {
    this.#setLink(false);
    node.crash();
    this.crashes++;
  }

  #edit(node: HostsNode): void {
    const name = this.#random.pick(names);
    const before = node.store.replicated.version(name);
    const roll = this.#random.below(100);
    const { hosts, replicated } = node.store;
    const isSettling = roll >= 80;
    let done = (): void => {};
    node.step((effects) => {
      if (roll < 60) hosts.put(this.#host(name), effects.journal);
      else if (roll < 80) hosts.remove(name, effects.journal);
      else if (roll < 90) replicated.restore(name, node.now, hostSink(effects));
      else replicated.settleConflict(name, node.now, hostSink(effects));
      replicated.stamp(node.now, hostSink(effects));
      done = this.#ledger.note(node, name, before, isSettling);
    }, () => done());
    this.edits++;
  }
  /** Few MACs and addresses, so that hosts clash; a serial number, so that no two writes are alike. */
  #host(name: string): HostRecord {
    return {
      name, isDeleted: false, isStatic: false, uid: undefined, group: undefined, statements: [`filename "${++this.#serial}";`],
      hardware: { htype: 1, address: Uint8Array.of(2, 0, 0, 0, 0, this.#random.below(8)) },
      fixedAddresses: [{ kind: 'address', address: parseIpv4(`10.0.0.${this.#random.below(12)}`) as Ipv4 }],
    };
  }

  /** Nothing befalls them any more; one restart of each at the end shows that it is all on disk. */
  #heal(): string[] {
    this.#setLink(false);
    for (const restarts of [0, 1, 2]) {
      if (restarts > 0) this.#crash(this.#nodes[restarts - 1] as HostsNode);
      this.#setLink(true);
      if (!this.#settle()) return ['the nodes talk without end'];
      this.#setLink(false);
    }
    const [a, b] = this.#nodes;
    const waiting = this.#nodes.reduce((sum, { topic }) => sum + topic.waitingCount, 0);
    const problems = this.#nodes.flatMap((node) => this.#ledger.problems(node).map((text) => `${node.role}: ${text}`));
    if (waiting > 0) problems.push(`${waiting} changes wait for ever`);
    if (stateOf(a) !== stateOf(b)) problems.push(`the nodes differ:\n${stateOf(a)}\n---\n${stateOf(b)}`);
    return problems;
  }
  #settle(): boolean {
    const [a, b] = this.#nodes;
    for (let round = 0; round < 10_000; round++) {
      if (a.isIdle && b.isIdle) return true;
      for (const node of this.#nodes) node.commit();
      this.#deliver(a, b);
      this.#deliver(b, a);
    }
    return false;
  }
}

export const runHosts = (seed: number): HostsRun => new HostsWorld(seed).run();
