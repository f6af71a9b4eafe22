// `leasehold explain`: what the engine says of one message. Pure but for what `ExplainCli` does.

import { toHex } from '../../std/bytes.ts';
import type { Ipv4 } from '../../std/ipv4.ts';
import { err, ok, type Result } from '../../std/result.ts';
import type { Now } from '../../std/time.ts';
import type { Span } from '../../model/span.ts';
import type { ServerConfig } from '../../model/server-config.ts';
import { loadConfig, type ReadText } from '../../config/load-config.ts';
import type { ExplainNote, Explanation } from '../../engine/explain.ts';
import { LeaseStore } from '../../lease/lease-store.ts';
import { replayBytes } from '../../lease/replay.ts';
import { messageType } from '../../wire/dhcp-view.ts';
import { predefinedSpaces } from '../../wire/option-table.ts';
import type { ExitStatus } from '../cli-context.ts';
import { placeOf } from '../render-diagnostic.ts';
import { subnetText } from './client.ts';
import { outcomeOf, type Outcome } from './outcome.ts';
import { partnersQuestion, shareOut } from './pair.ts';
import { packetOf } from './packet-source.ts';
import { questionOfPacket } from './packet-question.ts';
import { questionOf, type Described, type Question } from './question.ts';
import { pairStates, rehearse } from './rehearsal.ts';
import { replyLines, type ReplyLine } from './render-reply.ts';

export interface ExplainArgs {
  /** What the client is and says, or the packet that it sent. */
  readonly subject: Described | CapturedSubject;
  readonly config: string;
  readonly leaseholdConf: string;
  /** undefined: as if no lease had ever been given. */
  readonly leases?: string;
  readonly json: boolean;
  readonly hex: boolean;
}

export interface CapturedSubject {
  /** A capture file, a file of hex, or hex. */
  readonly packet: string;
  /** Which one of the capture, from 1. */
  readonly number?: number;
  /** Our own address on the client's subnet. */
  readonly on?: Ipv4;
}

export interface ExplainCli {
  out(text: string): void;
  err(text: string): void;
  readonly readText: ReadText;
  /** The lease file, or the system's sentence. */
  readBytes(path: string): Result<Uint8Array, string>;
  readonly now: Now;
}

/** 0: it would get what it came for. 1: it would not. 2: could not run. */
export function runExplain(args: ExplainArgs, cli: ExplainCli): ExitStatus {
  const prepared = prepare(args, cli);
  if (!prepared.ok) {
    cli.err(prepared.error);
    return 2;
  }
  const answer = answerOf(prepared.value);
  const { reply } = answer.explanation;
  if (args.json) cli.out(JSON.stringify(jsonOf(answer), undefined, 2));
  else for (const line of textOf(answer)) cli.out(line);
  if (args.hex && !args.json && reply !== undefined) cli.out(toHex(reply));
  return answer.outcome.isGood ? 0 : 1;
}

/** A message and the leases it meets, on the configuration as it would be served. */
export interface Prepared {
  readonly question: Question;
  /** Leases as the file has them. */
  readonly store: LeaseStore;
  /** The same anew: what a message other than a DISCOVER changes must not reach the next rehearsal. */
  readonly storeAgain: () => LeaseStore;
}

export function prepare(args: ExplainArgs, cli: ExplainCli): Result<Prepared, string> {
  const loaded = loadConfig({ path: args.config, read: cli.readText, leaseholdConf: args.leaseholdConf });
  if (!loaded.ok) return err(`cannot read ${args.config}: ${loaded.error.problem}`);
  const { config } = loaded.value;
  if (config === undefined) return err(`${args.config} has errors and would not be served; run: leasehold check ${args.config}`);
  const bytes = args.leases === undefined ? ok(undefined) : cli.readBytes(args.leases);
  if (!bytes.ok) return err(`cannot read ${args.leases ?? ''}: ${bytes.error}`);
  const storeAgain = (): LeaseStore => storeFrom(config, bytes.value, cli.now);
  const store = storeAgain();
  const question = ask(args.subject, config, store, cli);
  return question.ok ? ok({ question: question.value, store, storeAgain }) : question;
}

function ask(subject: ExplainArgs['subject'], config: ServerConfig, store: LeaseStore, cli: ExplainCli): Result<Question, string> {
  if (!('packet' in subject)) return questionOf(subject, config, store, cli.now);
  const heard = packetOf(subject.packet, subject.number, (path) => cli.readBytes(path));
  return heard.ok ? questionOfPacket(heard.value, subject.on, config, store, cli.now) : heard;
}

/** Leases as a file has them; without one none was ever given, and a pair has shared its addresses out. */
export function storeFrom(config: ServerConfig, leases: Uint8Array | undefined, now: Now): LeaseStore {
  const store = new LeaseStore(config, 1);
  if (leases === undefined) {
    store.settle();
    shareOut(store, config, now);
  } else replayBytes(leases, store, now.wall);
  return store;
}

interface Answer {
  readonly question: Question;
  readonly explanation: Explanation;
  readonly outcome: Outcome;
  readonly reply: readonly ReplyLine[];
  readonly states: readonly InState[];
  readonly partner: readonly InState[];
}
interface InState {
  readonly state: string;
  readonly outcome: string;
}

function answerOf({ question, store, storeAgain }: Prepared): Answer {
  const { config, messageType: type } = question;
  const storeForNext = type === messageType.discover ? () => store : storeAgain;
  const explanation = rehearse(question, storeForNext());
  const inStates = (asked: Question): readonly InState[] =>
    pairStates.map((state) => ({ state: state.title, outcome: outcomeOf(rehearse(asked, storeForNext(), state), type).text }));
  const isPair = config.peers.length > 0;
  const heard = isPair ? partnersQuestion(question) : undefined;
  const space = config.optionSpaces.get('dhcp') ?? predefinedSpaces.get('dhcp');
  return {
    question,
    explanation,
    outcome: outcomeOf(explanation, type),
    reply: explanation.reply === undefined || space === undefined ? [] : replyLines(explanation.reply, explanation.notes, space),
    states: isPair ? inStates(question) : [],
    partner: heard === undefined ? [] : inStates(heard),
  };
}

/** `dhcpd.conf:11`; undefined for what stands in no file. */
function lineOf(span: Span | undefined): string | undefined {
  return span === undefined || span.file.name === '' ? undefined : `${span.file.name}:${placeOf(span).line}`;
}
/** `  (dhcpd.conf:11, before it dhcpd.conf:3)`. */
function placeText({ span, option }: ExplainNote): string {
  const line = lineOf(span);
  const earlier = lineOf(option?.earlier?.span);
  return line === undefined ? '' : `  (${line}${earlier === undefined ? '' : `, before it ${earlier}`})`;
}
const noteText = (note: ExplainNote): string => `  ${note.topic.padEnd(9)} ${note.text}${placeText(note)}`;

const statesText = (states: readonly InState[]): string[] => states.map(({ state, outcome }) => `  ${state.padEnd(31)} ${outcome}`);

const textOf = ({ question, explanation, outcome, reply, states, partner }: Answer): string[] => [
  question.title,
  '',
  ...explanation.notes.map(noteText),
  '',
  outcome.text,
  ...reply.map(({ text, by }) => `  ${text}${by === undefined ? '' : placeText(by)}`),
  ...(states.length === 0 ? [] : ['', 'In each state of this node of the pair:', ...statesText(states), '', ...partnerText(partner)]),
];

const partnerText = (partner: readonly InState[]): string[] =>
  partner.length === 0 ? ['Its partner does not hear this message: it is sent to this node alone.'] : ['In each state of its partner:', ...statesText(partner)];

/** File and line where there are any. */
const placeJson = (span: Span | undefined): object => (span === undefined || span.file.name === '' ? {} : { file: span.file.name, line: placeOf(span).line });
const noteJson = ({ topic, text, span, option }: ExplainNote): object => ({
  topic, text, ...placeJson(span),
  ...(option?.earlier === undefined ? {} : { earlier: { scope: option.earlier.scope, ...placeJson(option.earlier.span) } }),
});

const jsonOf = ({ question: { identity, subnet }, explanation, outcome, reply, states, partner }: Answer): object => ({
  client: { hardware: toHex(identity.hardware, ':'), clientId: identity.clientId === undefined ? null : toHex(identity.clientId, ':') },
  subnet: subnetText(subnet),
  outcome: outcome.text,
  notes: explanation.notes.map(noteJson),
  reply: explanation.reply === undefined ? null : {
    lines: reply.map(({ text }) => text),
    origins: reply.map(({ by }) => (by === undefined ? null : placeJson(by.span))),
    hex: toHex(explanation.reply),
  },
  states,
  partner,
});
