// May a silent partner be declared down without a person? Only on evidence that can say yes to one side: a witness that keeps one
// claim, a fence that powered the partner's machine off. An address that answers counts only against it (docs/evidence.md).
//
// With a witness a lone node serves pools only while it has the claim, or for `ttl` since it last knew that the partner had not; so
// the partner, which waits as long before it calls itself in partner-down, finds no lease younger than that, and MCLT does the rest.

import { latin1 } from '../std/bytes.ts';
import { formatIpv4 } from '../std/ipv4.ts';
import { TimerQueue } from '../std/timer-queue.ts';
import { addMillis, never, type MonoMillis, type Now, type UnixSeconds } from '../std/time.ts';
import { noEvidence, type EvidenceSettings, type WitnessSettings } from '../model/evidence-settings.ts';
import { relationshipSettings } from '../model/relationship-settings.ts';
import type { Answer, Command, Effects, Request, RequestId } from '../model/step.ts';
import { crc32 } from '../lease/crc32.ts';
import type { Endpoint } from './endpoint.ts';
import * as say from './log-events.ts';
import type { ServerState } from './peer-states.ts';

type Act = Extract<Request, { kind: 'witness' }>['act'];
type Outcome = Extract<Answer, { kind: 'witness' }>['outcome'];

/** Asked again after an answer that was no yes. */
const retryMillis = 10_000;
/** The claim is what a lone node serves by: it is asked for more often. */
const claimRetryMillis = 3_000;
/** While both are normal, and while we hold the claim: is the witness there, and does it say what we think? */
const lookMillis = 60_000;
const tendMillis = 30_000;
const probeMillis = 1_000;
/** Beyond `ttl`, for an answer on its way and a packet in the partner's hands. */
const ripeMarginMillis = 2_000;

/** What a source said last. */
export interface Finding {
  readonly who: string;
  readonly at: UnixSeconds;
  readonly said: string;
  /** `unknown`: it was asked, and nothing follows. */
  readonly counts: 'for' | 'against' | 'unknown';
}

type Timer = 'ask' | 'tend' | 'hold';
/** What is going on. A probe goes before the fence, and before the last step: it has a purpose. */
type Doing =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'probing'; readonly waiting: Set<RequestId>; readonly purpose: 'fence' | 'order'; isAlive: boolean }
  | { readonly kind: 'fencing'; readonly request: RequestId };

/** Both nodes must mean one witness: the same addresses, key and time. */
export function witnessDigest({ kind, urls, key, ttlMillis }: WitnessSettings): number {
  const text = latin1([kind, key, ttlMillis, ...urls.toSorted()].join('\n'));
  return crc32(text, 0, text.length) || 1;
}

export class Takeover {
  readonly #endpoint: Endpoint;
  readonly #nextRequestId: () => RequestId;
  readonly #timers = new TimerQueue<Timer>();
  readonly findings = new Map<string, Finding>();
  #doing: Doing = { kind: 'nothing' };
  #isAlone = false;
  /** No message of the partner came since this process started: it may have been fenced, or told that it is down. */
  #hasHeard = false;
  #asking: { readonly id: RequestId; readonly act: Act } | undefined;
  /** What the witness is asked for as soon as it has answered. */
  #nextAct: Act | undefined;
  #claim: Outcome | 'unasked' = 'unasked';
  #isWitnessSilent = false;
  /** Serving pools is safe until then. */
  #mayServeUntil: MonoMillis = never;
  /** From then on our claim is as good as a yes. */
  #ripeAt: MonoMillis = never;
  #isHeldBack = false;
  /** In partner-down the claim becomes ours, whoever had it: the partner must find it so when it starts cut off. */
  #mustSeize = false;
  /** Our claim was taken away while we served by it. */
  #hasYielded = false;
  #order: Command | undefined;

  constructor(endpoint: Endpoint, nextRequestId: () => RequestId) {
    this.#endpoint = endpoint;
    this.#nextRequestId = nextRequestId;
  }

  get settings(): EvidenceSettings {
    const { config, name } = this.#endpoint;
    return relationshipSettings(config.leasehold.relationships, name)?.evidence ?? noEvidence;
  }
  get isConfigured(): boolean {
    return this.settings.fence !== undefined || this.settings.witness !== undefined;
  }
  /** What CONNECT tells the partner. */
  get digest(): number {
    const { witness } = this.settings;
    return witness === undefined ? 0 : witnessDigest(witness);
  }
  get deadline(): MonoMillis {
    return this.#timers.earliest;
  }
  /** dhcpd's style of reason; empty: pools may be served. */
  get heldBack(): string {
    if (this.#hasYielded) return ' (the witness names the partner)';
    return this.#isHeldBack ? ' (alone, and not known to be the only one)' : '';
  }
  /** The order that evidence gives, as an operator would; once. */
  takeOrder(): Command | undefined {
    const order = this.#order;
    this.#order = undefined;
    return order;
  }

  /** The witness binds both nodes, or it proves nothing: the partner must have named the same. */
  get #whyNoWitness(): string {
    const { witness } = this.settings;
    if (witness === undefined) return 'no witness is configured';
    const theirs = this.#endpoint.partnerWitness;
    if (theirs === 0) return 'the partner keeps to no witness, or was never heard';
    return theirs === witnessDigest(witness) ? '' : 'the partner names another witness, or another ttl';
  }

  // ── What happens to the relationship ──

  /** The node starts and has heard nobody. */
  started(): void {
    this.#hasHeard = false;
    if (this.isConfigured) this.#mayServeUntil = 0 as MonoMillis;
  }
  /** A link stands. */
  heard(): void {
    this.#hasHeard = true;
    this.#mayServeUntil = never;
  }

  /** After every change of state or link. */
  changed(now: Now, effects: Effects): void {
    const { my, link } = this.#endpoint;
    const isAlone = my === 'communications-interrupted' && link === undefined && this.isConfigured;
    if (isAlone !== this.#isAlone) {
      this.#isAlone = isAlone;
      if (isAlone) this.#left(now);
      else this.#dropQuestion();
    }
    this.#judgeHold(now, effects);
  }
  #left(now: Now): void {
    const { witness, askAfterMillis } = this.settings;
    if (this.#hasHeard) {
      const heardAt = now.mono - this.#endpoint.contact.silenceMillis;
      this.#mayServeUntil = witness === undefined ? never : ((heardAt + witness.ttlMillis) as MonoMillis);
    }
    this.#timers.set('ask', addMillis(now.mono, askAfterMillis));
  }
  #dropQuestion(): void {
    this.#timers.clear('ask');
    this.#doing = { kind: 'nothing' };
    this.#ripeAt = never;
  }

  /** Entered by whatever way. */
  entered(state: ServerState, from: ServerState, effects: Effects): void {
    if (this.settings.witness === undefined) return;
    this.#mustSeize = state === 'partner-down' && from !== 'startup';
    if (state === 'normal') {
      this.#hasYielded = false;
      this.#ask('release', effects);
    } else if (state === 'partner-down') this.#ask(this.#mustSeize ? 'seize' : 'look', effects);
  }
  /** An operator says once more that the partner does not run, after the witness had named it. */
  insist(effects: Effects): void {
    this.#hasYielded = false;
    this.#mustSeize = true;
    this.#ask('seize', effects);
    this.#endpoint.updateView();
  }

  /** What is not served because nobody knows that it is safe. */
  #judgeHold(now: Now, effects: Effects): void {
    const isHeldBack = this.#isAlone && this.#claim !== 'ours' && now.mono >= this.#mayServeUntil;
    if (this.#isAlone && this.#claim !== 'ours' && now.mono < this.#mayServeUntil) this.#timers.set('hold', this.#mayServeUntil);
    else this.#timers.clear('hold');
    if (isHeldBack === this.#isHeldBack) return;
    this.#isHeldBack = isHeldBack;
    effects.log.event(isHeldBack ? say.heldBack : say.heldBackNoMore, { name: this.#endpoint.name, reason: this.#holdReason });
    this.#endpoint.updateView();
  }
  get #holdReason(): string {
    if (this.settings.witness === undefined) return 'this node has started and not heard its partner, which may have powered it off before';
    return this.#claim === 'theirs' ? 'the partner has the claim' : 'the witness has not said that the partner has no claim';
  }

  // ── Questions ──

  tick(now: Now, effects: Effects): void {
    for (let timer = this.#timers.due(now.mono); timer !== undefined; timer = this.#timers.due(now.mono)) {
      if (timer === 'ask') this.#consider(now, effects);
      else if (timer === 'tend') this.#ask(this.#endpoint.my === 'normal' ? 'release' : this.#mustSeize ? 'seize' : 'look', effects);
      else this.#judgeHold(now, effects);
    }
  }

  /** The next thing to ask, of whom it makes sense to ask now. */
  #consider(now: Now, effects: Effects): void {
    if (!this.#isAlone || this.#doing.kind !== 'nothing') return;
    const { fence, witness } = this.settings;
    if (witness !== undefined && this.#claim !== 'ours') {
      this.#ask('claim', effects);
      return;
    }
    if (fence !== undefined) this.#probe('fence', now, effects);
    else this.#probeWhenRipe(now, effects);
  }
  #probeWhenRipe(now: Now, effects: Effects): void {
    const why = this.#whyNoWitness;
    if (why !== '') this.#found('the witness', now, `it has our claim, but ${why}`, 'unknown', effects);
    else if (now.mono >= this.#ripeAt) this.#probe('order', now, effects);
    else this.#timers.set('ask', this.#ripeAt);
  }

  #probe(purpose: 'fence' | 'order', now: Now, effects: Effects): void {
    const { localAddress: local, partnerAddress: remote, peer } = this.#endpoint;
    if (local === undefined || remote === undefined) {
      this.#timers.set('ask', addMillis(now.mono, retryMillis));
      return;
    }
    const [ping, probe] = [this.#nextRequestId(), this.#nextRequestId()];
    this.#doing = { kind: 'probing', waiting: new Set([ping, probe]), purpose, isAlive: false };
    effects.requests.push(
      { kind: 'ping', id: ping, address: remote, timeoutMillis: probeMillis },
      { kind: 'probe', id: probe, local, remote, port: peer.partnerPort, timeoutMillis: probeMillis },
    );
  }

  /** Whether the request was ours. Answers to a question that was dropped change nothing. */
  answer(request: RequestId, answer: Answer, now: Now, effects: Effects): boolean {
    if (request === this.#asking?.id) {
      if (answer.kind === 'witness') this.#witnessSaid(this.#asking.act, answer, now, effects);
      return true;
    }
    const doing = this.#doing;
    if (doing.kind === 'probing' && doing.waiting.delete(request)) {
      if (answer.kind === 'ping' || answer.kind === 'probe') doing.isAlive ||= answer.isAlive;
      if (doing.waiting.size === 0) this.#probed(doing.isAlive, doing.purpose, now, effects);
      return true;
    }
    if (doing.kind !== 'fencing' || doing.request !== request) return false;
    this.#doing = { kind: 'nothing' };
    if (answer.kind === 'fence') this.#fenced(answer, now, effects);
    return true;
  }

  #probed(isAlive: boolean, purpose: 'fence' | 'order', now: Now, effects: Effects): void {
    this.#doing = { kind: 'nothing' };
    const { partnerAddress } = this.#endpoint;
    const who = `address ${partnerAddress === undefined ? '?' : formatIpv4(partnerAddress)}`;
    this.#found(who, now, isAlive ? 'it answers: the machine runs' : 'no answer', isAlive ? 'against' : 'unknown', effects);
    if (isAlive) this.#timers.set('ask', addMillis(now.mono, retryMillis));
    else if (purpose === 'fence') this.#fence(effects);
    else this.#decide(now);
  }

  #fence(effects: Effects): void {
    const { fence } = this.settings;
    const { name, peer, partnerAddress } = this.#endpoint;
    if (fence === undefined) return;
    const request = this.#nextRequestId();
    this.#doing = { kind: 'fencing', request };
    effects.log.event(say.fencing, { name, command: fence.command });
    const address = partnerAddress === undefined ? '' : formatIpv4(partnerAddress);
    const environment = { LEASEHOLD_RELATIONSHIP: name, LEASEHOLD_ROLE: peer.role, LEASEHOLD_PARTNER_ADDRESS: address };
    effects.requests.push({ kind: 'fence', id: request, fence, environment });
  }
  #fenced({ isOff, detail }: Extract<Answer, { kind: 'fence' }>, now: Now, effects: Effects): void {
    const words = detail === '' ? '' : ` (${detail})`;
    this.#found('the fence', now, isOff ? `the machine is off${words}` : `it could not power the machine off${words}`, isOff ? 'for' : 'unknown', effects);
    // What a fence says of a machine that answers is not true.
    if (isOff) this.#probe('order', now, effects);
    else if (this.settings.witness !== undefined) this.#afterFailedFence(now, effects);
    else this.#timers.set('ask', addMillis(now.mono, retryMillis));
  }
  /** The claim is evidence of its own, when it is old enough. */
  #afterFailedFence(now: Now, effects: Effects): void {
    if (this.#whyNoWitness === '' && now.mono >= this.#ripeAt) this.#probe('order', now, effects);
    else this.#timers.set('ask', Math.min(addMillis(now.mono, retryMillis), Math.max(this.#ripeAt, now.mono + 1)) as MonoMillis);
  }

  #decide(now: Now): void {
    const { name } = this.#endpoint;
    const who = [...this.findings.values()].filter(({ counts }) => counts === 'for').map((finding) => `${finding.who}: ${finding.said}`);
    // Should the order be refused, the question is open again.
    this.#timers.set('ask', addMillis(now.mono, retryMillis));
    this.#order = { name: 'failover.partner-down', arguments: { peer: name, yes: true }, who: `evidence (${who.join('; ')})` };
  }

  // ── The witness ──

  #ask(act: Act, effects: Effects): void {
    const { witness } = this.settings;
    const { peer, random, name } = this.#endpoint;
    if (witness === undefined) return;
    if (this.#asking !== undefined) {
      this.#nextAct = act;
      return;
    }
    this.#asking = { id: this.#nextRequestId(), act };
    const key = witness.key === '' ? `leasehold/${name}` : witness.key;
    const token = random.u32().toString(16).padStart(8, '0') + random.u32().toString(16).padStart(8, '0');
    effects.requests.push({ kind: 'witness', id: this.#asking.id, act, witness: { ...witness, key }, holder: peer.role, token });
  }

  #witnessSaid(act: Act, { outcome, detail }: Extract<Answer, { kind: 'witness' }>, now: Now, effects: Effects): void {
    this.#asking = undefined;
    this.#noteSilence(outcome === 'failed', detail, effects);
    if (act === 'claim') this.#claimed(outcome, detail, now, effects);
    else this.#tended(outcome, now, effects);
    const next = this.#nextAct;
    this.#nextAct = undefined;
    if (next !== undefined) this.#ask(next, effects);
  }
  #noteSilence(isSilent: boolean, detail: string, effects: Effects): void {
    if (isSilent === this.#isWitnessSilent) return;
    this.#isWitnessSilent = isSilent;
    effects.log.event(isSilent ? say.witnessSilent : say.witnessAnswers, { name: this.#endpoint.name, detail });
  }

  #claimed(outcome: Outcome, detail: string, now: Now, effects: Effects): void {
    const said = { ours: 'this node has the claim', theirs: 'the partner has the claim', free: 'nobody has the claim', failed: `no answer: ${detail}` }[outcome];
    this.#found('the witness', now, said, outcome === 'ours' ? 'for' : outcome === 'theirs' ? 'against' : 'unknown', effects);
    if (outcome !== 'failed') this.#claim = outcome;
    if (!this.#isAlone) return;
    if (outcome === 'ours') {
      this.#ripeAt = addMillis(now.mono, (this.settings.witness?.ttlMillis ?? 0) + ripeMarginMillis);
      this.#timers.set('tend', addMillis(now.mono, tendMillis));
      this.#judgeHold(now, effects);
      this.#consider(now, effects);
    } else this.#timers.set('ask', addMillis(now.mono, claimRetryMillis));
  }

  /** A look, a release or an operator's word. */
  #tended(outcome: Outcome, now: Now, effects: Effects): void {
    const { my } = this.#endpoint;
    this.#timers.set('tend', addMillis(now.mono, outcome === 'failed' || my !== 'normal' ? tendMillis : lookMillis));
    if (outcome === 'failed') return;
    const before = this.#claim;
    this.#claim = outcome;
    if (outcome === 'ours') this.#mustSeize = false;
    const isDown = my === 'partner-down';
    if (!isDown && !this.#isAlone) return;
    if (outcome === 'free') this.#ask('claim', effects);
    // Somebody said at the partner that we do not run: two that serve everything is what must not be.
    else if (outcome === 'theirs' && !this.#mustSeize && (isDown || before === 'ours')) this.#yield(now, effects);
  }
  #yield(now: Now, effects: Effects): void {
    if (this.#hasYielded) return;
    this.#hasYielded = true;
    this.#mayServeUntil = now.mono;
    this.#dropQuestion();
    if (this.#isAlone) this.#timers.set('ask', addMillis(now.mono, retryMillis));
    effects.log.event(say.yielded, { name: this.#endpoint.name });
    this.#endpoint.updateView();
  }

  // ── What people read ──

  #found(who: string, now: Now, said: string, counts: Finding['counts'], effects: Effects): void {
    const isNew = this.findings.get(who)?.said !== said;
    this.findings.set(who, { who, at: now.wall, said, counts });
    if (isNew) effects.log.event(say.evidenceSaid, { name: this.#endpoint.name, who, said, counts });
  }

  status(now: Now): Readonly<Record<string, unknown>> | null {
    const { fence, witness } = this.settings;
    if (!this.isConfigured) return null;
    const isTimed = this.#isAlone && this.#claim !== 'ours' && this.#mayServeUntil !== never;
    return {
      fence: fence?.command ?? null,
      witness: witness === undefined ? null : witness.urls.join(' '),
      witnessIs: witness === undefined ? null : this.#isWitnessSilent ? 'silent' : this.#whyNoWitness === '' ? 'good for both' : this.#whyNoWitness,
      claim: witness === undefined ? null : this.#claim,
      isAsking: this.#doing.kind !== 'nothing' || this.#asking !== undefined,
      servesForSeconds: isTimed ? Math.max(Math.ceil((this.#mayServeUntil - now.mono) / 1000), 0) : null,
      heldBack: this.heldBack.trim(),
      findings: [...this.findings.values()],
    };
  }
}
