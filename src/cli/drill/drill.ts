// The walk of a drill: both nodes normal, one hands over, synthetic clients go on, it serves again, both normal. Whatever happens on
// the way, an interruption included, what was changed is undone before it ends.

import { setTimeout as sleep } from 'node:timers/promises';
import { formatIpv4, type Ipv4 } from '../../std/ipv4.ts';
import type { CommandAnswer } from '../../control/command-table.ts';
import type { Result } from '../../std/result.ts';
import { wholeList } from '../whole-list.ts';
import { macPrefix } from './pulse.ts';
import { serviceOf, type Probe } from './service.ts';

/** A node that takes commands: where its control socket is, and how to send. */
export interface DrillNode {
  readonly label: string;
  send(name: string, parameters: Readonly<Record<string, unknown>>): Promise<Result<CommandAnswer, string>>;
}
/** The synthetic clients. */
export interface Clients {
  run(isOver: () => boolean): Promise<readonly Probe[]>;
  release(): number;
}

export const outages = {
  /** The partner serves alone (communications-interrupted). Ends by itself should the drill be killed. */
  pause: { begin: 'failover.pause', end: 'failover.resume', mine: 'paused', partners: 'communications-interrupted', endsBySelf: true },
  /** The partner takes everything over (partner-down), and this node recovers from it. */
  shutdown: { begin: 'failover.shutdown', end: 'failover.recover', mine: 'shutdown', partners: 'partner-down', endsBySelf: false },
} as const;
export type Outage = keyof typeof outages;

export interface DrillOptions {
  readonly peer: string | undefined;
  readonly outage: Outage;
  /** Of the outage; before and after it is watched too. */
  readonly seconds: number;
}

export interface StepReport {
  readonly node: string;
  readonly step: 'before' | 'outage' | 'return';
  readonly probes: number;
  readonly served: number;
  readonly secondsWithoutService: number;
  readonly longestMillis: number;
  readonly servedBy: Readonly<Record<string, number>>;
}
export interface DrillReport {
  readonly outage: Outage;
  readonly steps: readonly StepReport[];
  readonly secondsWithoutService: number;
  /** Sentences; empty: all went well and everything is as it was found. */
  readonly problems: readonly string[];
}

interface Status {
  readonly name: string;
  readonly role: string;
  readonly myState: string;
  readonly partnerState: string;
  readonly isConnected: boolean;
  readonly drift: { readonly isDangerous: boolean };
}

const pollMillis = 250;
const watchSeconds = 3;
const returnSecondsMax = 90;
const releaseSecondsMax = 10;
/** A pause ends by itself so long after it should have. */
const pauseMarginSeconds = 30;

export class Drill {
  readonly #nodes: readonly DrillNode[];
  readonly #clients: Clients;
  readonly #options: DrillOptions;
  readonly #progress: (text: string) => void;
  readonly #steps: StepReport[] = [];
  readonly #problems: string[] = [];
  #isAborted = false;

  constructor(nodes: readonly DrillNode[], clients: Clients, options: DrillOptions, progress: (text: string) => void) {
    this.#nodes = nodes;
    this.#clients = clients;
    this.#options = options;
    this.#progress = progress;
  }

  /** Ends early: what was changed is undone, then `run` returns. */
  abort(): void {
    this.#isAborted = true;
  }

  async run(): Promise<DrillReport> {
    try {
      for (const node of this.#nodes) if (!this.#isOver && (await this.#isReady(node))) await this.#walk(node);
    } finally {
      await this.#giveBack();
    }
    if (this.#isAborted) this.#problems.push('the drill was interrupted; what it had changed was undone');
    const total = this.#steps.reduce((sum, { secondsWithoutService }) => sum + secondsWithoutService, 0);
    return { outage: this.#options.outage, steps: this.#steps, secondsWithoutService: Math.round(total * 100) / 100, problems: this.#problems };
  }
  get #isOver(): boolean {
    return this.#isAborted || this.#problems.length > 0;
  }

  // ── One node ──

  /** Why the node cannot be drilled now; nothing was changed. */
  async #isReady(node: DrillNode): Promise<boolean> {
    const status = await this.#statusOf(node);
    if (typeof status === 'string') return this.#fail(`${node.label}: ${status}`);
    const { myState, partnerState, isConnected, drift } = status;
    if (myState !== 'normal' || partnerState !== 'normal' || !isConnected)
      return this.#fail(`${node.label} is in ${myState} and its partner in ${partnerState}: a drill begins when both are normal. Nothing was changed`);
    if (drift.isDangerous) return this.#fail(`${node.label}: the configurations of the two nodes differ in what must agree: leasehold check --live. Nothing was changed`);
    return true;
  }

  async #walk(node: DrillNode): Promise<void> {
    const { outage, seconds, peer } = this.#options;
    const { begin, end, mine, partners, endsBySelf } = outages[outage];
    const peerWords = peer === undefined ? {} : { peer };
    this.#progress(`${node.label}: both nodes normal, ${watchSeconds} s`);
    const before = await this.#watch(node, 'before', () => Promise.resolve(false), watchSeconds);
    if (this.#isAborted) return;
    if (before.served < before.probes) {
      this.#fail(`only ${before.served} of ${before.probes} synthetic clients were served while both nodes are normal: are unknown clients denied, is a pool empty, or does the drill run on one of the nodes (which does not hear its own interface)? Nothing was changed`);
      return;
    }
    this.#progress(`${node.label}: hands over (${outage}) for ${seconds} s`);
    const started = await node.send(begin, { ...peerWords, yes: true, ...(endsBySelf ? { seconds: seconds + pauseMarginSeconds } : {}) });
    const refusal = refusalOf(started);
    if (started.ok && refusal !== undefined) {
      this.#fail(`${node.label}: ${refusal}. Nothing was changed`);
      return;
    }
    try {
      // Without an answer it may have been done all the same, so it is undone.
      if (refusal !== undefined) {
        this.#fail(`${node.label}: ${refusal}`);
        return;
      }
      await this.#watch(node, 'outage', () => Promise.resolve(false), seconds);
      const status = await this.#statusOf(node);
      if (typeof status === 'string' || status.myState !== mine || status.partnerState !== partners)
        this.#problems.push(`${node.label}: expected ${mine} and ${partners} at the partner, found ${typeof status === 'string' ? status : `${status.myState} and ${status.partnerState}`}`);
    } finally {
      await this.#bringBack(node, end, peerWords);
    }
  }

  /** Asked until it is so: a node must not be left as the drill made it. */
  async #bringBack(node: DrillNode, end: string, peerWords: Readonly<Record<string, unknown>>): Promise<void> {
    this.#progress(`${node.label}: serves again`);
    const answer = await node.send(end, { ...peerWords, yes: true });
    const refusal = refusalOf(answer);
    const isNormal = async (): Promise<boolean> => {
      const status = await this.#statusOf(node);
      return typeof status !== 'string' && status.myState === 'normal' && status.partnerState === 'normal';
    };
    await this.#watch(node, 'return', isNormal, returnSecondsMax);
    if (!(await isNormal()))
      this.#problems.push(`${node.label} is not back in normal after ${returnSecondsMax} s${refusal === undefined ? '' : ` (${refusal})`}: leasehold failover status tells the next step`);
  }

  /** Clients ask for so long, or until it is so and a little longer. */
  async #watch(node: DrillNode, step: StepReport['step'], isReached: () => Promise<boolean>, secondsMax: number): Promise<StepReport> {
    const startedAt = performance.now();
    let until = startedAt + secondsMax * 1000;
    let isEnded = false;
    const asking = this.#clients.run(() => isEnded || (step !== 'return' && this.#isAborted) || performance.now() >= until);
    const polling = (async (): Promise<void> => {
      while (!isEnded && performance.now() < until) {
        if (await isReached()) {
          until = Math.min(until, performance.now() + watchSeconds * 1000);
          return;
        }
        await sleep(pollMillis);
      }
    })();
    const probes = await asking;
    isEnded = true;
    await polling;
    const { servedBy, ...service } = serviceOf(probes, performance.now());
    const report = { node: node.label, step, ...service, servedBy: Object.fromEntries([...servedBy].map(([server, count]) => [formatIpv4(server as Ipv4), count])) };
    this.#steps.push(report);
    return report;
  }

  // ── The end ──

  /** Releases what the clients hold, and looks whether the nodes know it. */
  async #giveBack(): Promise<void> {
    const count = this.#clients.release();
    const [node] = this.#nodes;
    if (node === undefined || count === 0) return;
    this.#progress(`${count} addresses released`);
    for (const end = performance.now() + releaseSecondsMax * 1000; ; await sleep(pollMillis)) {
      const left = await this.#activeOf(node);
      if (left === 0) return;
      if (performance.now() < end) continue;
      this.#problems.push(`${left} leases of synthetic clients (${macPrefix}…) are still active on ${node.label}: they end by themselves, or leasehold leases free ADDRESS`);
      return;
    }
  }
  async #activeOf(node: DrillNode): Promise<number> {
    const answer = await wholeList((name, parameters) => node.send(name, parameters), 'leases.list', { state: 'active', search: macPrefix, limit: 0 });
    return answer.ok && answer.value.ok ? (answer.value.value as { count: number }).count : 0;
  }

  async #statusOf(node: DrillNode): Promise<Status | string> {
    const answer = await node.send('failover.status', this.#options.peer === undefined ? {} : { peer: this.#options.peer });
    const refusal = refusalOf(answer);
    if (refusal !== undefined || !answer.ok || !answer.value.ok) return refusal ?? 'no answer';
    const [status, second] = answer.value.value as readonly Status[];
    if (status === undefined) return 'no failover peer is configured';
    return second === undefined ? status : 'there are several failover peers: name one';
  }
  #fail(problem: string): false {
    this.#problems.push(problem);
    return false;
  }
}

const refusalOf = (answer: Result<CommandAnswer, string>): string | undefined =>
  !answer.ok ? answer.error : answer.value.ok ? undefined : answer.value.problem;
