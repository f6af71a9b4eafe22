// Commands of operators: values in, a CommandAnswer out. The rows are in control/command-table.ts; failover's own are passed on.

import { formatIpv4, parseIpv4 } from '../std/ipv4.ts';
import { forever, unset, type Now, type UnixSeconds } from '../std/time.ts';
import { fromLatin1, printable, toHex } from '../std/bytes.ts';
import { bindingStateOf } from '../model/binding-state.ts';
import { hardwareTypeName } from '../model/hardware.ts';
import { clientClassOf, type Lease } from '../model/lease.ts';
import type { ServerConfig } from '../model/server-config.ts';
import type { StorageView } from '../model/service-view.ts';
import type { Command, Effects } from '../model/step.ts';
import { BootCommands } from '../control/boot-commands.ts';
import { HostCommands } from '../control/host-commands.ts';
import { listPart, listWanted } from '../control/list-part.ts';
import { answered, commandNamed, refused, type CommandAnswer } from '../control/command-table.ts';
import { agentOptionsText } from '../lease/agent-options.ts';
import type { LeaseStore } from '../lease/lease-store.ts';
import type { Failover } from '../failover/failover.ts';
import { commandDone } from '../control/log-events.ts';

export interface CommandsDeps {
  readonly store: LeaseStore;
  readonly failover: Failover;
  readonly storage: StorageView;
  readonly config: () => ServerConfig;
}

type Handler = (command: Command, now: Now, effects: Effects) => CommandAnswer;

const timeOf = (time: UnixSeconds): number | 'never' | null =>
  time === unset ? null : time === forever ? 'never' : time;

const textOf = (bytes: Uint8Array | undefined): string | null => (bytes === undefined ? null : printable(fromLatin1(bytes)));

/** A lease as the JSON that people and programs read. Times are seconds since 1970, `never`, or null. */
export const leaseView = (lease: Lease): Readonly<Record<string, unknown>> => ({
  ip: formatIpv4(lease.ip),
  state: lease.state,
  hardware: lease.hardware === undefined ? null : toHex(lease.hardware.address, ':'),
  hardwareType: lease.hardware === undefined ? null : hardwareTypeName(lease.hardware.htype),
  clientId: lease.uid === undefined ? null : toHex(lease.uid, ':'),
  hostname: lease.extras?.clientHostname ?? null,
  vendorClass: textOf(clientClassOf(lease.extras, 'vendor')),
  userClass: textOf(clientClassOf(lease.extras, 'user')),
  agentOptions: lease.extras?.agentOptions === undefined ? null : agentOptionsText(lease.extras.agentOptions),
  starts: timeOf(lease.starts),
  ends: timeOf(lease.ends),
  lastContact: timeOf(lease.cltt),
  isReserved: lease.isReserved,
});

/** What a change says of itself in its answer, for the audit line. */
function beforeAndAfter(answer: CommandAnswer): { readonly before: string; readonly after: string } {
  const value = answer.ok ? (answer.value as { readonly before?: unknown; readonly after?: unknown } | undefined) : undefined;
  const text = (part: unknown): string => (part === undefined ? '' : JSON.stringify(part));
  return { before: text(value?.before), after: text(value?.after) };
}

export class Commands {
  readonly #deps: CommandsDeps;
  readonly #handlers: Readonly<Record<string, Handler>>;

  constructor(deps: CommandsDeps) {
    this.#deps = deps;
    const hosts = new HostCommands(deps);
    const boot = new BootCommands(deps);
    this.#handlers = {
      status: () => this.#status(),
      'leases.list': (command) => this.#listLeases(command),
      'leases.show': (command) => this.#showLease(command),
      'leases.free': (command, _now, effects) => this.#freeLease(command, effects),
      'hosts.list': (command) => hosts.list(command),
      'hosts.put': (command, _now, effects) => this.#ifDurable(() => hosts.put(command, effects)),
      'hosts.remove': (command, now, effects) => this.#ifDurable(() => hosts.remove(command, now, effects)),
      'hosts.restore': (command, now, effects) => this.#ifDurable(() => hosts.restore(command, now, effects)),
      'hosts.settle': (command, now, effects) => this.#ifDurable(() => hosts.settle(command, now, effects)),
      'hosts.export': () => hosts.export(),
      'hosts.conflicts': () => hosts.conflicts(),
      'boot.choices': (command) => boot.list(command),
      'boot.set': (command, now, effects) => this.#ifDurable(() => boot.set(command, now, effects)),
      'boot.clear': (command, now, effects) => this.#ifDurable(() => boot.clear(command, now, effects)),
      stop: (_command, _now, effects) => {
        effects.requests.push({ kind: 'stop' });
        return answered({ stopping: true });
      },
    };
  }

  /** Never throws for anything a client sends. Changes are logged with who, what and the answer. */
  run(command: Command, now: Now, effects: Effects): CommandAnswer {
    const row = commandNamed(command.name);
    if (row === undefined)
      return refused('unknown-command', `there is no command ${JSON.stringify(command.name).slice(0, 80)}`);
    for (const parameter of row.arguments)
      if (parameter.endsWith('!') && command.arguments[parameter.slice(0, -1)] === undefined)
        return refused('bad-argument', `${row.name} needs ${parameter.slice(0, -1)}`);
    if (row.danger === 'dangerous' && command.arguments['yes'] !== true)
      return refused('needs-yes', row.warning ?? 'say yes to do this');
    const handler = this.#handlers[row.name];
    const answer = handler?.(command, now, effects) ?? this.#deps.failover.command(command, now, effects);
    if (row.danger !== 'reads')
      effects.log.event(commandDone, {
        who: command.who,
        name: row.name,
        what: JSON.stringify(command.arguments).slice(0, 200),
        ...beforeAndAfter(answer),
        outcome: answer.ok ? 'done' : `${answer.code}: ${answer.problem}`,
      });
    return answer;
  }

  #ifDurable(run: () => CommandAnswer): CommandAnswer {
    const { mode, reason } = this.#deps.storage;
    return mode === 'leasing' ? run() : refused('refused', `the lease file cannot be written (${reason}): nothing was changed`);
  }

  #status(): CommandAnswer {
    const { store, failover, storage } = this.#deps;
    return answered({
      storage: { mode: storage.mode, reason: storage.reason },
      leases: { rows: store.table.rowCount },
      hosts: { count: store.hosts.count },
      failover: failover.views.map(({ service, reason, role }) => ({ service, reason: reason.trim(), role })),
    });
  }

  /** Part of them: `next` is where the following begin. */
  #listLeases({ arguments: given }: Command): CommandAnswer {
    const { table } = this.#deps.store;
    const state = given['state'];
    const { views, ...part } = listPart(
      {
        rowCount: table.rowCount,
        has: (row) => (state === undefined ? !table.isUnused(row) : bindingStateOf(table.state(row)) === state),
        view: (row) => leaseView(table.lease(row)),
      },
      listWanted(given),
    );
    return answered({ ...part, leases: views });
  }

  /** The row of the `ip` argument, or the refusal. */
  #rowOf({ arguments: given }: Command): number | CommandAnswer {
    const ip = typeof given['ip'] === 'string' ? parseIpv4(given['ip']) : undefined;
    if (ip === undefined) return refused('bad-argument', 'ip must be a dotted address, such as 10.0.0.7');
    const row = this.#deps.store.table.rowOf(ip);
    return row >= 0 ? row : refused('not-found', `${formatIpv4(ip)} is in no range of the configuration`);
  }

  #showLease(command: Command): CommandAnswer {
    const row = this.#rowOf(command);
    return typeof row === 'number' ? answered(leaseView(this.#deps.store.table.lease(row))) : row;
  }

  #freeLease(command: Command, effects: Effects): CommandAnswer {
    const row = this.#rowOf(command);
    if (typeof row !== 'number') return row;
    const { table } = this.#deps.store;
    const before = leaseView(table.lease(row));
    if (before['state'] === 'free') return refused('refused', `${String(before['ip'])} is free already`);
    const change = table.begin(row);
    // With a partner the address is reset: it becomes free on both nodes when the partner has agreed.
    change.state = table.peer(row) < 0 ? 1 : 6;
    change.clearExtras();
    table.apply(row, change, 'operator', effects.journal);
    return answered({ before, after: leaseView(table.lease(row)) });
  }
}
