// Commands of operators to a relationship: what is refused, and why, is decided here.

import type { Command, Effects } from '../model/step.ts';
import { addSeconds, secondsBetween, unset, type Now } from '../std/time.ts';
import type { LeaseStore } from '../lease/lease-store.ts';
import { isIdentity } from './capabilities.ts';
import { driftView } from './drift-view.ts';
import type { Endpoint } from './endpoint.ts';
import { statusOf } from './status.ts';

export type FailoverAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: 'bad-argument' | 'not-found' | 'refused'; readonly problem: string };

const done = (value: unknown): FailoverAnswer => ({ ok: true, value });
const refuse = (problem: string): FailoverAnswer => ({ ok: false, code: 'refused', problem });

/** A pause that ends by itself, at most. */
const pauseSecondsMax = 3600;

type Handler = (endpoint: Endpoint, store: LeaseStore, command: Command, now: Now, effects: Effects) => FailoverAnswer;

const newIdentity = (endpoint: Endpoint): string => `pair-${endpoint.random.u32().toString(16).padStart(8, '0')}`;

/** Who hands over must have somebody to hand over to. */
function handOverProblem(endpoint: Endpoint): string | undefined {
  if (endpoint.link === undefined) return 'the partner is not connected: nobody would serve. Bring it back first';
  if (endpoint.my !== 'normal') return `this node is in ${endpoint.my}: hand over when both nodes are normal`;
  return endpoint.partner === 'normal' ? undefined : `the partner is in ${endpoint.partner}: hand over when both nodes are normal`;
}

const handlers: Readonly<Record<string, Handler>> = {
  'failover.init': (endpoint, store, { arguments: given }, now, effects) => {
    const identity = given['identity'] ?? newIdentity(endpoint);
    if (typeof identity !== 'string' || !isIdentity(identity))
      return { ok: false, code: 'bad-argument', problem: 'identity must be a word of 8 to 64 letters, digits, underscores or hyphens' };
    if (endpoint.my !== 'startup' && endpoint.my !== 'recover' && endpoint.my !== 'recover-wait')
      return refuse(`this pair is in use (${endpoint.my}): a pair is declared new before its first lease only`);
    endpoint.states.declareNew(identity, effects);
    if (endpoint.my === 'recover-wait') endpoint.setState('recover-done', now, effects);
    else if (endpoint.my === 'recover') endpoint.setState('recover', now, effects);
    return done(statusOf(endpoint, store.table, now));
  },
  'failover.partner-down': (endpoint, store, _command, now, effects) => {
    if (endpoint.my === 'partner-down' && endpoint.takeover.heldBack !== '') {
      endpoint.takeover.insist(effects);
      return done(statusOf(endpoint, store.table, now));
    }
    if (endpoint.my === 'partner-down') return refuse('this node is in partner-down already');
    if (endpoint.link !== undefined)
      return refuse('the partner answers on the link: it is not down. Stop it first, or hand over with leasehold failover shutdown there');
    const wait = secondsBetween(now.wall, addSeconds(endpoint.states.waitFrom, endpoint.mclt));
    if (endpoint.hasLostState && wait > 0)
      return refuse(`this node has no record of its leases, and those it gave may run for ${wait} s more: try again then, or, for a pair that never gave a lease, leasehold failover init ${endpoint.name}`);
    endpoint.setState('partner-down', now, effects);
    return done(statusOf(endpoint, store.table, now));
  },
  'failover.drift': (endpoint) => done([driftView(endpoint, Infinity)]),
  'failover.trust-plain': (endpoint, store, _command, now, effects) => {
    if (!endpoint.isPinned) return refuse('the partner was never secured: a plain connection is accepted already, unless leasehold.conf requires a secured one');
    endpoint.pin(false, effects);
    return done(statusOf(endpoint, store.table, now));
  },
  'failover.recover': (endpoint, store, _command, now, effects) => {
    if (endpoint.my === 'recover') return refuse('this node is recovering already');
    // After an orderly hand-over nothing of ours is unknown to the partner, so there is nothing to wait for.
    const isHandedOver = endpoint.my === 'shutdown' && endpoint.partner === 'partner-down' && endpoint.queue.isIdle;
    if (isHandedOver) endpoint.states.waitFrom = unset;
    endpoint.setState('recover', now, effects);
    return done(statusOf(endpoint, store.table, now));
  },
  'failover.shutdown': (endpoint, store, _command, now, effects) => {
    const problem = handOverProblem(endpoint);
    if (problem !== undefined) return refuse(problem);
    endpoint.setState('shutdown', now, effects);
    return done(statusOf(endpoint, store.table, now));
  },
  'failover.pause': (endpoint, store, { arguments: given }, now, effects) => {
    const problem = handOverProblem(endpoint);
    if (problem !== undefined) return refuse(problem);
    const { seconds } = given;
    if (seconds !== undefined && !(typeof seconds === 'number' && seconds >= 1 && seconds <= pauseSecondsMax))
      return { ok: false, code: 'bad-argument', problem: `seconds must be a number from 1 to ${pauseSecondsMax}` };
    endpoint.setState('paused', now, effects);
    if (seconds !== undefined) endpoint.states.resumeAfter(seconds, now);
    return done(statusOf(endpoint, store.table, now));
  },
  'boot.files': (endpoint) => done(endpoint.bootTrees.status()),
  'boot.sync': (endpoint, _store, _command, now, effects) => {
    const problem = endpoint.bootTrees.copy(now, effects);
    return problem === undefined ? done(endpoint.bootTrees.status()) : refuse(problem);
  },
  'failover.resume': (endpoint, store, _command, now, effects) => {
    if (endpoint.my !== 'paused') return refuse(`this node is not paused but ${endpoint.my}`);
    endpoint.setState('communications-interrupted', now, effects);
    return done(statusOf(endpoint, store.table, now));
  },
};

export function runCommand(
  endpoints: readonly Endpoint[],
  store: LeaseStore,
  command: Command,
  now: Now,
  effects: Effects,
): FailoverAnswer {
  if (endpoints.length === 0) return refuse('this configuration has no failover peer');
  const wanted = command.arguments['peer'];
  if (command.name === 'failover.status' && wanted === undefined)
    return done(endpoints.map((endpoint) => statusOf(endpoint, store.table, now)));
  if (command.name === 'failover.drift' && wanted === undefined) return done(endpoints.map((endpoint) => driftView(endpoint, Infinity)));
  const endpoint = wanted === undefined && endpoints.length === 1 ? endpoints[0] : endpoints.find(({ name }) => name === wanted);
  if (endpoint === undefined)
    return { ok: false, code: 'not-found', problem: `name one of the failover peers: ${endpoints.map(({ name }) => name).join(', ')}` };
  if (command.name === 'failover.status') return done([statusOf(endpoint, store.table, now)]);
  return handlers[command.name]?.(endpoint, store, command, now, effects) ?? refuse(`unknown command ${command.name}`);
}
