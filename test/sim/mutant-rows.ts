// Rules of the product, and of the simulation's own judges, broken on purpose: each must be caught, or the simulation proves
// nothing about the rule. Every `text` stands exactly once in its file.

import type { WorldName } from './worlds.ts';

/** What must fail: seeds of the pair, seeds of one crashing node, seeds with faults of operators, or a test file. */
export type Judge = WorldName | `${string}.test.ts`;

export interface Change {
  readonly file: string;
  readonly text: string;
  readonly broken: string;
}

export interface Mutant extends Change {
  readonly name: string;
  /** Where one place alone would be caught by a second line of defence. */
  readonly also?: Change;
  readonly judge: Judge;
  /** Words of the judge that count; absent: what its world is mostly about. */
  readonly sign?: string;
  /** The first seed tried: the ones before it are known not to show it. Absent: 1. */
  readonly from?: number;
  /** The rule that is broken: reference or promise. */
  readonly rule: string;
}

const granting = 'src/engine/granting.ts';
const ownership = 'src/lease/ownership.ts';
const bindings = 'src/failover/bindings.ts';
const updates = 'src/failover/binding-updates.ts';
const update = 'src/failover/accept-update.ts';
const hostsWorld = 'test/sim/hosts.test.ts';

/** While apart a lease is over at its end. */
const endsApart: Change = {
  file: bindings, text: 'return addSeconds(my === \'partner-down\' ? latest(promised, stos) : promised, mclt);', broken: 'return unset;',
};
/** Allocation looks into the partner's addresses when its own are used up. */
const anyHead: Change = {
  file: 'src/engine/lookup.ts', text: "if (view !== undefined && view.service !== 'partner-down' && peer >= 0) row = -1;", broken: 'if (false) row = -1;',
};

export const mutants: readonly Mutant[] = [
  {
    name: 'MCLT is ignored when a lease is granted', rule: 'failover reference §5.2', judge: 'pair', file: granting,
    text: 'const granted = view === undefined ? wish : grantLimit(wish, this.#deps.table.tsfp(row), x.now.wall, view.mclt);',
    broken: 'const granted = wish;',
  },
  {
    name: 'leases are measured by what the partner was sent, not by what it acknowledged', rule: 'failover reference §5.2', judge: 'pair', sign: 'lead time',
    file: bindings, text: '    change.tstp = tstp;\n', broken: '    change.tstp = tstp;\n    change.tsfp = tstp;\n',
  },
  {
    name: 'the ACK leaves before the journal', rule: 'P1', judge: 'single', file: granting,
    text: 'const plan = this.#plan(x, subnet, policy, messageType.ack, ip, seconds, this.#hostName(x));\n    plan.lane = x.effects.afterCommit;',
    broken: 'const plan = this.#plan(x, subnet, policy, messageType.ack, ip, seconds, this.#hostName(x));',
  },
  {
    name: 'the BNDACK leaves before the journal', rule: 'P1', judge: 'pair', sign: 'before it was durable', file: updates,
    text: 'encodeBndack(link.out(effects.afterCommit, now)', broken: 'encodeBndack(link.out(effects.now, now)',
  },
  {
    name: 'the BNDUPD leaves before the journal', rule: 'P1', judge: 'pair', sign: 'before it was durable', file: updates,
    text: 'encodeBndupd(link.out(effects.afterCommit, now)', broken: 'encodeBndupd(link.out(effects.now, now)',
  },
  {
    name: 'the primary gives out backup addresses while both are normal', rule: 'failover reference §5.6', judge: 'src/lease/ownership.test.ts', file: ownership,
    text: "'told-or-takeover', 'reset-takeover', 'takeover'],",
    broken: "'told-or-takeover', 'reset-takeover', 'always'],", also: anyHead, from: 153,
  },
  {
    name: 'the secondary gives out free addresses while both are normal', rule: 'failover reference §5.6', judge: 'src/lease/ownership.test.ts', file: ownership,
    text: "secondary: ['never', 'takeover',", broken: "secondary: ['never', 'always',", also: anyHead,
  },
  {
    name: 'a partner that is down is inherited from at once', rule: 'failover reference §5.6', judge: 'src/lease/ownership.test.ts', file: ownership,
    text: "service === 'partner-down' && now > addSeconds(latest(table.tsfp(row), stos), mclt)", broken: "service === 'partner-down'",
  },
  {
    name: 'who lost its leases does not wait MCLT', rule: 'failover reference §4.7', judge: 'pair', sign: 'conduct', file: 'src/failover/peer-states.ts',
    text: "|| isWaitOver ? 'recover-done' : 'recover-wait';", broken: "|| isWaitOver || true ? 'recover-done' : 'recover-wait';",
  },
  {
    name: 'a node that resolves conflicts or recovers serves', rule: 'failover reference §4.1', judge: 'pair', sign: 'conduct', file: 'src/failover/peer-states.ts',
    text: "'potential-conflict': none(' (resolving conflicts)'),\n  recover: none(' (recovering)'),",
    broken: "'potential-conflict': { service: 'alone', reason: '' },\n  recover: { service: 'alone', reason: '' },",
  },
  {
    name: 'a partner that went on alone is joined without comparing leases', rule: 'failover reference §4.4', judge: 'operator', sign: 'conduct', file: 'src/failover/peer-states.ts',
    text: "  'partner-down': {\n    normal: 'potential-conflict',\n    'communications-interrupted': 'potential-conflict',",
    broken: "  'partner-down': {\n    normal: 'normal',\n    'communications-interrupted': 'normal',",
  },
  {
    name: 'what the partner missed is forgotten on the way into normal', rule: 'failover reference §4.6', judge: 'pair', sign: 'agreement', file: updates,
    text: 'if (bindings.isBehind(row) && !queue.unacked.has(row)) queue.push(row);', broken: 'if (false) queue.push(row);',
  },
  {
    name: 'in partner-down a lease ends without the MCLT the partner may have added', rule: 'failover reference §5.3', judge: 'pair', file: bindings,
    text: 'change.tsfp = earliest(addSeconds(latest(announced, stos), mclt), nearlyForever);', broken: 'change.tsfp = announced;',
    also: endsApart,
  },
  {
    name: 'a node that lost its leases takes its partner at its word', rule: 'P2: one disk lost', judge: 'test/transcripts/failover.test.ts', file: updates,
    text: 'const taken = hasLostState ? bindings.mayHaveRenewed(update, mclt) : update;', broken: 'const taken = update;',
  },
  {
    name: 'while apart a lease is over although the partner may have renewed it', rule: 'P2: one disk lost', judge: 'test/sim/kept-seeds.test.ts', ...endsApart,
  },
  {
    name: 'leases of a pair end to the second', rule: 'P2: clocks differ', judge: 'pair', file: bindings,
    text: 'export const expiryGrace = seconds(6);', broken: 'export const expiryGrace = seconds(0);',
  },
  {
    name: 'a lease is judged before the partner has told its part', rule: 'failover reference §4.6', judge: 'test/transcripts/failover.test.ts', file: bindings,
    text: 'const settleTime = seconds(10);', broken: 'const settleTime = seconds(0);',
  },
  {
    name: 'a starting or recovering node ends leases', rule: 'failover reference §4.7', judge: 'test/transcripts/failover.test.ts', file: bindings,
    text: 'if (!mayJudge) {', broken: 'if (false) {',
  },
  {
    name: "a partner's older word shortens a lease renewed since", rule: 'failover reference §5.5', judge: 'test/transcripts/failover.test.ts', file: bindings,
    text: 'if (table.ends(row) <= now || theirs > addSeconds(ours, expiryGrace)) return false;', broken: 'return false;',
  },
  {
    name: 'the end of an update request is told before its updates are answered', rule: 'failover reference §4.7', judge: 'pair', file: 'src/failover/resync.ts',
    text: '|| link === undefined || queue.awaitedCount > 0) return;', broken: '|| link === undefined) return;',
  },
  {
    name: "a partner's end of a lease is believed while ours runs", rule: 'failover reference §5.4', judge: 'pair', file: update,
    text: "case 'ended': return ours.ends - fudge <= now;", broken: "case 'ended': return true;",
  },
  {
    name: 'half a group at the end of the file is believed', rule: 'P1', judge: 'src/lease/journal.test.ts', file: 'src/lease/group-check.ts',
    text: '    source.size = end;\n  }', broken: '  }',
  },
  {
    name: "the judge excuses an overlap without an operator's error", rule: 'P2', judge: 'test/sim/overlap-causes.test.ts', file: 'test/sim/overlap-causes.ts',
    text: 'return this.#spans.findLast(({ from, to }) => from <= at && at <= to)?.cause;', broken: "return at < 0 ? undefined : 'clock stepped';",
  },
  {
    name: 'a longer lease whose update crossed the partner’s is not told again', rule: 'P2: clocks differ', judge: 'test/transcripts/failover.test.ts', file: updates,
    text: 'if (taken !== update || isOursKept) queue.push(row);', broken: 'if (taken !== update) queue.push(row);',
  },
  {
    name: 'a double holding is told on one node only', rule: 'P2', judge: 'operator', file: updates,
    text: 'const told = rival !== undefined && endpoint.shares(\'rival\') ? rivalOption(rival) : undefined;', broken: 'const told = undefined;',
  },
  {
    name: 'addresses that neither node remembers are not probed', rule: 'state loss', judge: 'operator', file: 'src/failover/service-view.ts',
    text: 'view.probesUnused = memory.isMemoryLost(name);', broken: 'view.probesUnused = false;',
  },
  {
    name: 'a partner whose clock is wrong is taken at its word', rule: 'P2: clocks step', judge: 'operator', file: updates,
    text: 'const update = inOurTime(sent, now.wall);', broken: 'const update = sent;', from: 88,
  },
  {
    name: 'a step of the clock moves no stored time', rule: 'P2: clocks step', judge: 'clocks', file: 'src/node/node.ts',
    text: 'this.#store.table.shiftTimes(deltaSeconds, effects.journal);', broken: '',
  },
  {
    name: 'the times of a partner with another clock are taken as they are', rule: 'P2: clocks differ', judge: 'clocks', file: updates,
    text: 'const update = inOurTime(sent, now.wall);', broken: 'const update = sent;',
  },
  {
    name: 'an end that was judged without our renewal is believed while that is on its way', rule: 'P2: seed 2275', judge: 'src/failover/accept-update.test.ts', file: update,
    text: ' || isUnheardRenewal(announced, status, ours, update)', broken: '',
  },
  {
    name: 'a DECLINE at the partner ends a lease of the same second that it has not heard of', rule: 'P2: seed 5630', judge: 'src/failover/accept-update.test.ts', file: update,
    text: ' || (isUnheard && isOwnPartner && theirs <= cltt + clockSeconds)', broken: '',
  },
  {
    name: 'what the partner may have leased unheard is free to the second after MCLT', rule: 'P2: seed 8668', judge: 'pair', file: bindings, from: 8668,
    text: 'addSeconds(this.#promisedEnd(row, situation), expiryGrace)', broken: 'this.#promisedEnd(row, situation)',
  },
  {
    name: 'what the partner gave is confirmed without a record', rule: 'P2', judge: 'src/engine/failover-gate.test.ts', file: granting,
    text: 'if (lookup.viewOf(row) !== undefined && table.tstp(row) < table.tsfp(row)) return undefined;', broken: '',
  },
  {
    name: 'a DECLINE of anybody is believed', rule: 'server reference §14', judge: 'src/engine/engine.test.ts', file: 'src/engine/decline.ts',
    text: 'if (!isLeased && !desk.offers.isOffered(row, x.client))', broken: 'if (false)',
  },
  {
    name: 'hosts are told to the partner before they are on the own disk', rule: 'P1', judge: hostsWorld, file: 'src/failover/parcels.ts',
    text: 'encodeParcel(link.out(effects.afterCommit, now)', broken: 'encodeParcel(link.out(effects.now, now)',
  },
  {
    name: 'of two texts of one host the lost one is dropped', rule: 'nothing silently lost', judge: hostsWorld, file: 'src/lease/host-version.ts',
    text: '  return kept.slice(0, writtenMax);', broken: '  return kept.slice(0, 1);',
  },
  {
    name: 'a host that clashes with a later one stays in force', rule: 'one hardware address, one host', judge: hostsWorld, file: 'src/lease/replicated-hosts.ts',
    text: "return this.#rival(name, entry) === undefined ? undefined : 'clash';", broken: 'return undefined;',
  },
  {
    name: 'the sums of a new connection are not compared', rule: 'both end equal', judge: hostsWorld, file: 'src/failover/hosts-topic.ts',
    text: 'if (differs(bucketOf(name))) this.#waiting.add(name);', broken: 'if (false) this.#waiting.add(name);',
  },
];
