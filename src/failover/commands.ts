// Commands of operators to a relationship: what is refused, and why, is decided here.

import type { Command, Effects } from '../model/step.ts';
import type { Now } from '../std/time.ts';
import type { LeaseStore } from '../lease/lease-store.ts';
import type { Endpoint } from './endpoint.ts';
import { statusOf } from './status.ts';

export type FailoverAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: 'bad-argument' | 'not-found' | 'refused'; readonly problem: string };

const done = (value: unknown): FailoverAnswer => ({ ok: true, value });
const refuse = (problem: string): FailoverAnswer => ({ ok: false, code: 'refused', problem });

type Handler = (endpoint: Endpoint, store: LeaseStore, command: Command, now: Now, effects: Effects) => FailoverAnswer;

const handlers: Readonly<Record<string, Handler>> = {
  'failover.init': (endpoint, store, { arguments: given }, now, effects) => {
    const identity = given['identity'];
    if (typeof identity !== 'string' || !/^[\w-]{8,64}$/.test(identity))
      return { ok: false, code: 'bad-argument', problem: 'identity must be a word of 8 to 64 letters, digits or hyphens, the same on both nodes' };
    if (endpoint.my !== 'startup' && endpoint.my !== 'recover' && endpoint.my !== 'recover-wait')
      return refuse(`this pair is in use (${endpoint.my}): a pair is declared new before its first lease only`);
    store.failover.putIdentity(endpoint.name, identity, effects.journal);
    endpoint.hasLostState = false;
    if (endpoint.my === 'recover-wait') endpoint.setState('recover-done', now, effects);
    return done(statusOf(endpoint, store.table, now));
  },
  'failover.partner-down': (endpoint, store, { arguments: given }, now, effects) => {
    if (endpoint.my === 'partner-down') return refuse('this node is in partner-down already');
    if (endpoint.link !== undefined && given['force'] !== true)
      return refuse('the partner answers on the link: it is not down. Stop it first, or use shutdown there to hand over');
    endpoint.setState('partner-down', now, effects);
    return done(statusOf(endpoint, store.table, now));
  },
  'failover.recover': (endpoint, store, _command, now, effects) => {
    if (endpoint.my === 'recover') return refuse('this node is recovering already');
    // After an orderly hand-over nothing of ours is unknown to the partner, so there is nothing to wait for.
    const isHandedOver = endpoint.my === 'shutdown' && endpoint.partner === 'partner-down' && endpoint.queue.isIdle;
    endpoint.waitFrom = (isHandedOver ? 0 : now.wall) as typeof now.wall;
    endpoint.setState('recover', now, effects);
    return done(statusOf(endpoint, store.table, now));
  },
  'failover.shutdown': (endpoint, store, _command, now, effects) => {
    if (endpoint.link === undefined) return refuse('the partner is not connected: nobody would take over');
    endpoint.setState('shutdown', now, effects);
    return done(statusOf(endpoint, store.table, now));
  },
  'failover.pause': (endpoint, store, _command, now, effects) => {
    if (endpoint.link === undefined) return refuse('the partner is not connected: nobody would serve');
    endpoint.setState('paused', now, effects);
    return done(statusOf(endpoint, store.table, now));
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
  const endpoint = wanted === undefined && endpoints.length === 1 ? endpoints[0] : endpoints.find(({ name }) => name === wanted);
  if (endpoint === undefined)
    return { ok: false, code: 'not-found', problem: `name one of the failover peers: ${endpoints.map(({ name }) => name).join(', ')}` };
  if (command.name === 'failover.status') return done([statusOf(endpoint, store.table, now)]);
  return handlers[command.name]?.(endpoint, store, command, now, effects) ?? refuse(`unknown command ${command.name}`);
}
