// What only the outside can do, one row per kind of request: each is answered later by an event with the same id.

import { execFile } from 'node:child_process';
import { lookup, lookupService } from 'node:dns';
import { formatIpv4, parseIpv4, type Ipv4 } from '../std/ipv4.ts';
import type { BootChoice } from '../model/boot-choice.ts';
import type { BootMachine, BootStep } from '../model/boot-desk.ts';
import type { Answer, Request, RequestId } from '../model/step.ts';
import type { TreeExchange } from './boot/tree-exchange.ts';
import { fence } from './evidence/fence.ts';
import { probe } from './evidence/probe.ts';
import { askWitness } from './evidence/witness.ts';
import type { Inbox } from './inbox.ts';
import type { Links } from './links.ts';
import type { Pinger } from './ping.ts';

type Of<Kind extends Request['kind']> = Extract<Request, { kind: Kind }>;

/** A name that the resolver cannot answer in this time counts as unanswered. */
const resolveTimeoutMillis = 3_000;
/** Commands of `execute` statements that run at once, and that may wait; what is beyond is answered with -1. */
const commandsMax = 8;
const commandsWaitingMax = 1_000;

export interface RequestsDeps {
  readonly inbox: Inbox;
  readonly links: Links;
  readonly pinger: Pinger;
  readonly compact: () => void;
  readonly bootMachine: (machine: BootMachine) => void;
  readonly bootStep: (step: BootStep) => void;
  readonly bootTree: TreeExchange;
  readonly lookAtBootTree: () => void;
  readonly bootChoices: (choices: readonly BootChoice[]) => void;
}

export class Requests {
  readonly #inbox: Inbox;
  readonly #links: Links;
  readonly #pinger: Pinger;
  readonly #compact: () => void;
  readonly #bootTree: TreeExchange;
  readonly #lookAtBootTree: () => void;
  readonly #bootMachine: RequestsDeps['bootMachine'];
  readonly #bootStep: RequestsDeps['bootStep'];
  readonly #bootChoices: RequestsDeps['bootChoices'];
  readonly #commands: Of<'run'>[] = [];
  #runningCount = 0;

  constructor(deps: RequestsDeps) {
    this.#inbox = deps.inbox;
    this.#links = deps.links;
    this.#pinger = deps.pinger;
    this.#compact = deps.compact;
    this.#bootMachine = deps.bootMachine;
    this.#bootStep = deps.bootStep;
    this.#bootTree = deps.bootTree;
    this.#lookAtBootTree = deps.lookAtBootTree;
    this.#bootChoices = deps.bootChoices;
  }

  execute(request: Request): void {
    switch (request.kind) {
      case 'ping': this.#pinger.ping(request); break;
      case 'resolve': this.#resolve(request); break;
      case 'reverse': this.#reverse(request); break;
      case 'listen': this.#links.listen(request); break;
      case 'connect': this.#links.connect(request); break;
      case 'secure': this.#links.secure(request); break;
      case 'unlisten': this.#links.unlisten(request); break;
      case 'close': this.#links.close(request.link, request.isBlamed); break;
      case 'compact': this.#compact(); break;
      // The same way as `systemctl stop`: one path to the end of the process.
      case 'stop': process.kill(process.pid, 'SIGTERM'); break;
      case 'boot-machine': this.#bootMachine(request.machine); break;
      case 'boot-step': this.#bootStep(request.step); break;
      case 'boot-read': this.#answer(request.id, this.#bootTree.read(request)); break;
      case 'boot-write': this.#answer(request.id, this.#bootTree.write(request)); break;
      case 'boot-look': this.#lookAtBootTree(); break;
      case 'boot-choices': this.#bootChoices(request.choices); break;
      case 'run': this.#run(request); break;
      case 'probe': this.#answer(request.id, probe(request)); break;
      case 'fence': this.#answer(request.id, fence(request)); break;
      case 'witness': this.#answer(request.id, askWitness(request)); break;
      default: request satisfies never;
    }
  }

  #answer(request: RequestId, answer: Promise<Answer>): void {
    void answer.then((value) => this.#inbox.deliver({ kind: 'answer', request, answer: value }));
  }

  #resolve(request: Of<'resolve'>): void {
    const answer = onceOnly((addresses: readonly Ipv4[] | undefined, detail: string) =>
      this.#inbox.deliver({ kind: 'answer', request: request.id, answer: { kind: 'resolve', addresses, detail } }),
    );
    const timer = setTimeout(() => answer(undefined, 'no answer within 3 seconds'), resolveTimeoutMillis);
    // The system's own order (nsswitch: /etc/hosts first), in a thread; libuv runs two of these at a time.
    lookup(request.name, { family: 4, all: true }, (error, found) => {
      clearTimeout(timer);
      if (error !== null) answer(undefined, error.code ?? error.message);
      else answer(found.flatMap(({ address }) => parseIpv4(address) ?? []), '');
    });
  }

  #reverse(request: Of<'reverse'>): void {
    const answer = onceOnly((name: string | undefined) =>
      this.#inbox.deliver({ kind: 'answer', request: request.id, answer: { kind: 'reverse', name } }),
    );
    const timer = setTimeout(() => answer(undefined), resolveTimeoutMillis);
    const address = formatIpv4(request.address);
    lookupService(address, 0, (error, name) => {
      clearTimeout(timer);
      // An address without a name comes back as itself.
      answer(error !== null || name === address ? undefined : name);
    });
  }

  #run(request: Of<'run'>): void {
    if (this.#runningCount < commandsMax) this.#start(request);
    else if (this.#commands.length < commandsWaitingMax) this.#commands.push(request);
    else this.#ran(request, -1, `more than ${commandsWaitingMax} commands wait`);
  }

  #start(request: Of<'run'>): void {
    this.#runningCount++;
    const options = { timeout: request.timeoutMillis, killSignal: 'SIGKILL', maxBuffer: 64 * 1024 } as const;
    execFile(request.command, request.arguments, options, (error) => {
      this.#runningCount--;
      if (error === null) this.#ran(request, 0, '');
      else this.#ran(request, typeof error.code === 'number' ? error.code : -1, error.killed === true ? 'took too long' : error.message);
      const next = this.#commands.shift();
      if (next !== undefined) this.#start(next);
    });
  }

  #ran(request: Of<'run'>, status: number, detail: string): void {
    this.#inbox.deliver({ kind: 'answer', request: request.id, answer: { kind: 'run', status, detail } });
  }
}

function onceOnly<Arguments extends unknown[]>(run: (...args: Arguments) => void): (...args: Arguments) => void {
  let isDone = false;
  return (...args) => {
    if (isDone) return;
    isDone = true;
    run(...args);
  };
}
